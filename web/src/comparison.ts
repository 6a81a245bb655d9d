// The page of a comparison: reads the document in its midst, and shows it.

import { begin } from "./begin.js";
import type { ComparedRun, ComparisonPage, Measure, MeasureWords, Row, Side } from "./comparison-document.js";
import { append, el, section } from "./dom.js";
import { intervalPicture, reachOf, type Interval } from "./interval.js";
import { table, type Column } from "./table.js";
import { themeSwitch } from "./theme.js";
import { count, counted, instant } from "./words.js";

/** The layout of the document that this page reads. */
const VERSION = 1;

const MARKS: Record<string, string> = { worse: "✗", better: "✓", same: "✓" };
const TONES: Record<string, string> = { worse: "fail", better: "pass", same: "pass" };

/** Verdicts as people read them, the most urgent first. */
const VERDICTS: Record<string, string> = {
  worse: "worse",
  better: "better",
  not_enough_data: "not enough data",
  same: "same",
  added: "added",
  removed: "removed",
};
const URGENCY = Object.keys(VERDICTS);
const MEASURES: Record<string, string> = { p50: "p50", p95: "p95", failed: "failed" };

/** One measure of one row: a line of the table. */
interface Line {
  row: Row;
  measure: Measure | null;
  words: MeasureWords | null;
}

function verdictOf({ row, measure }: Line): string {
  return measure?.verdict ?? row.verdict;
}

function head({ comparison }: ComparisonPage): HTMLElement {
  const mark = MARKS[comparison.verdict];
  const word = comparison.verdict.toUpperCase();
  const remark = comparison.headline.startsWith(word) ? comparison.headline.slice(word.length).replace(/^[,:]?\s*/, "") : comparison.headline;
  const tone = comparison.comparable || comparison.verdict === "worse" ? (TONES[comparison.verdict] ?? "") : "";
  return el(
    "header",
    { class: `head ${tone}` },
    el("div", { class: "tools" }, themeSwitch(), el("button", { type: "button", onclick: () => print() }, "Print")),
    el("p", { class: "run-name" }, "Comparison"),
    el("h1", {}, el("span", { class: "verdict" }, mark ? el("span", { "aria-hidden": "true" }, `${mark} `) : null, word), el("span", { class: "remark" }, remark)),
    el("dl", { class: "facts long" }, side("Baseline", comparison.baseline), side("Candidate", comparison.candidate)),
  );
}

function side(name: string, { asked, runs }: Side): HTMLElement {
  const tagged = runs.some((run) => run.id.startsWith(asked)) ? "" : `${asked}: `;
  const last = runs[runs.length - 1];
  const what = last ? `; ${last.journey}${last.target ? ` → ${last.target}` : ""}: ${last.load.join("; ")}` : "";
  return el("div", {}, el("dt", {}, name), el("dd", {}, `${tagged}${runs.map((run) => run.id).join(", ")}${what}`));
}

function remarks({ comparison }: ComparisonPage): HTMLElement | null {
  if (comparison.remarks.length === 0) return null;
  const items = comparison.remarks.map((remark) => el("li", {}, remark.message));
  const title = comparison.comparable ? null : el("strong", {}, "These runs cannot simply be compared");
  return el("aside", { class: "banner", role: "alert" }, title, el("ul", {}, ...items));
}

function tiles({ comparison: { counts } }: ComparisonPage): HTMLElement {
  const figures: [string, number, boolean?][] = [
    ["Worse", counts.worse, counts.worse > 0],
    ["Better", counts.better],
    ["The same", counts.same],
    ["Not enough data", counts.not_enough_data],
    ["Added", counts.added],
    ["Removed", counts.removed],
  ];
  const shown = figures.map(([name, value, bad]) => el("div", { class: bad ? "tile bad" : "tile" }, el("dt", {}, name), el("dd", {}, el("span", { class: "figure" }, count(value)))));
  return el("dl", { class: "tiles", "aria-label": "Verdicts" }, ...shown);
}

/** The lines of the table, what is worse first. */
export function lines({ comparison, words }: ComparisonPage): Line[] {
  const all = comparison.rows.flatMap((row, index): Line[] => {
    const measures = row.measures.map((measure, place) => ({ row, measure, words: words.measures[index]?.[place] ?? null }));
    return measures.length > 0 ? measures : [{ row, measure: null, words: null }];
  });
  const urgency = (line: Line) => URGENCY.indexOf(verdictOf(line));
  return all.sort((a, b) => urgency(a) - urgency(b));
}

/** The interval of a line, if it has one. */
function interval({ measure }: Line): Interval | null {
  if (!measure || measure.low === null || measure.high === null || measure.change === null) return null;
  return { low: measure.low, change: measure.change, high: measure.high, limit: measure.limit ?? 0 };
}

/** Times change by shares of themselves, failures by points: each has a scale of its own. */
function scales(all: Line[]): (line: Line) => number {
  const isShare = (line: Line) => line.measure?.measure === "failed";
  const reach = (share: boolean) => reachOf(all.filter((line) => isShare(line) === share).flatMap((line) => interval(line) ?? []));
  const [times, shares] = [reach(false), reach(true)];
  return (line) => (isShare(line) ? shares : times);
}

function rows(page: ComparisonPage): HTMLElement | null {
  const all = lines(page);
  if (all.length === 0) return null;
  const reach = scales(all);
  const columns: Column<Line>[] = [
    { head: "Name", value: ({ row }) => (row.pack ? `${row.pack}: ${row.name}` : row.name) },
    { head: "Kind", value: ({ row }) => row.kind },
    { head: "Measure", value: ({ measure }) => (measure ? (MEASURES[measure.measure] ?? measure.measure) : null) },
    { head: "Verdict", value: (line) => VERDICTS[verdictOf(line)] ?? verdictOf(line), show: verdict },
    { head: "Before", value: ({ measure }) => measure?.baseline ?? null, show: ({ row, words }) => beside(words?.baseline ?? "", row.baseline) },
    { head: "After", value: ({ measure }) => measure?.candidate ?? null, show: ({ row, words }) => beside(words?.candidate ?? "", row.candidate) },
    { head: "Change", title: "of times as a share of the time before, of failures in percentage points", value: ({ measure }) => measure?.change ?? null, show: ({ words }) => words?.change || "–" },
    { head: `${Math.round(page.comparison.rules.confidence * 1000) / 10} % interval`, title: "in which the change lies, beside the limits that count", value: ({ measure }) => measure?.high ?? null, show: (line) => picture(line, reach(line)) },
  ];
  const shown = table({ caption: "Requests, steps and checks", rows: all, columns, filter: "Filter by name, kind or verdict" });
  return section("Requests, steps and checks", "rows", shown, el("p", { class: "note" }, method(page)));
}

function verdict(line: Line): HTMLElement {
  const found = verdictOf(line);
  const tone = found === "worse" ? "bad" : found === "better" ? "good" : null;
  const title = line.measure ? remedy(line.measure) : null;
  return el("span", { class: tone, title }, VERDICTS[found] ?? found);
}

/** What would lead to a verdict where there is none. */
function remedy({ needed, change, remedy }: Measure): string | null {
  if (needed !== null) return `${change === null ? "at least" : "about"} ${counted(needed, "value")} of each side would be needed`;
  return remedy === null ? null : `${remedy.replaceAll("_", " ")} would lead to a verdict`;
}

/** A value, with what it is of in the tooltip. Of what cannot be compared, how much the side has of it. */
function beside(value: string, counts: { count: number; failed: number } | null): Node | string {
  if (value === "") return counts ? counted(counts.count, "value") : "–";
  return counts ? el("span", { title: `of ${count(counts.count)}, ${count(counts.failed)} failed` }, value) : value;
}

function picture(line: Line, reach: number): Node | string {
  const known = interval(line);
  const words = line.words?.interval ?? "";
  if (!known) return words || "–";
  return el("span", { class: "interval-cell" }, intervalPicture(known, reach, verdictOf(line), words) as unknown as Node, el("span", { class: "note" }, words));
}

function method({ comparison, words }: ComparisonPage): string {
  const blocks = comparison.blocks > 0 ? ` ${counted(comparison.blocks, "block")} of seconds of each run were resampled.` : "";
  const sentence = words.rules.charAt(0).toUpperCase() + words.rules.slice(1);
  return `${sentence}.${blocks} The band is what does not count, the line what the change lies in; arrows go beyond the scale.`;
}

function runs({ comparison }: ComparisonPage): HTMLElement {
  const all = [
    ...comparison.baseline.runs.map((run) => ({ run, of: "baseline" })),
    ...comparison.candidate.runs.map((run) => ({ run, of: "candidate" })),
  ];
  type Shown = { run: ComparedRun; of: string };
  const columns: Column<Shown>[] = [
    { head: "Run", value: ({ run }) => run.id },
    { head: "Side", value: ({ of }) => of },
    { head: "Started", value: ({ run }) => run.started_at, show: ({ run }) => instant(run.started_at) },
    { head: "Journey", value: ({ run }) => run.journey },
    { head: "Target", value: ({ run }) => run.target },
    { head: "Load", value: ({ run }) => run.load.join("; ") },
    { head: "Compared", title: "seconds of load", value: ({ run }) => run.compared_seconds, show: ({ run }) => `${count(run.compared_seconds)} s` },
    { head: "Ended", value: ({ run }) => run.verdict ?? run.status, show: ended },
    { head: "Tags", value: ({ run }) => run.tags.join(", ") || null },
  ];
  return section("Runs", "runs", table({ caption: "Runs", rows: all, columns }));
}

function ended({ run }: { run: ComparedRun }): HTMLElement {
  const saturated = run.generator_saturated ? ", load generator at its limit" : "";
  return el("span", { class: run.verdict === "fail" ? "bad" : null }, `${run.verdict ?? run.status}${saturated}`);
}

function show(page: ComparisonPage, into: HTMLElement): void {
  append(into, [head(page), remarks(page), tiles(page), rows(page), runs(page), el("p", { class: "note" }, `Written by host ${page.written_by}`)]);
}

begin(VERSION, show);
