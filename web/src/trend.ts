// The page of a trend: reads the document in its midst, and shows it.

import { begin } from "./begin.js";
import { courseOf, coursePicture, type Course, type Point, type Size } from "./course.js";
import type { Durations } from "./document.js";
import { append, el, section } from "./dom.js";
import { table, type Column } from "./table.js";
import { themeSwitch } from "./theme.js";
import type { Trend, TrendPage, TrendPoint, TrendRow, TrendRun } from "./trend-document.js";
import { count, duration, instant, ms, percent, rate } from "./words.js";

/** The layout of the document that this page reads. */
const VERSION = 1;

export interface Measure {
  /** What its button says. */
  name: string;
  unit: string;
  of: (point: TrendPoint) => number | null;
  /** A value beside its unit. */
  words: (value: number) => string;
}

function time(name: string, pick: (durations: Durations) => number): Measure {
  return { name, unit: "ms", of: ({ duration_ms }) => (duration_ms ? pick(duration_ms) : null), words: duration };
}

export const MEASURES: Record<string, Measure> = {
  mean: time("mean", ({ mean }) => mean),
  p50: time("p50", ({ p50 }) => p50),
  p90: time("p90", ({ p90 }) => p90),
  p95: time("p95", ({ p95 }) => p95),
  p99: time("p99", ({ p99 }) => p99),
  max: time("max", ({ max }) => max),
  failed: { name: "failed", unit: "%", of: ({ count: all, failed }) => (all > 0 ? (failed / all) * 100 : null), words: (value) => percent(value, 100) },
  rate: { name: "per second", unit: "/s", of: ({ rate_per_s }) => rate_per_s, words: (value) => `${rate(value)}/s` },
};

const KINDS: [string, string][] = [
  ["request", "Requests"],
  ["step", "Steps"],
  ["page", "Pages"],
];

/** As many as are looked at; each has a point for each run. */
const MOST_ROWS = 200;

/** The size of a picture beside its numbers, and alone. */
const SMALL: Size = [260, 40];
const LARGE: Size = [1040, 220];

interface Line {
  row: TrendRow;
  course: Course;
}

/** The rows of a kind that have a value in some run. */
export function lines(trend: Trend, kind: string, measure: Measure): Line[] {
  return trend.rows.flatMap((row) => {
    if (row.kind !== kind) return [];
    const course = courseOf(row.points.map((point) => (point ? measure.of(point) : null)));
    return course ? [{ row, course }] : [];
  });
}

/** How much the last run differs from the median of those before it: as a share, and what failed in percentage points. */
export function changeOf({ last, median }: Course, measure: Measure): number | null {
  if (last === null || median === null) return null;
  if (measure.unit === "%") return last - median;
  return median > 0 ? last / median - 1 : null;
}

/** The same in words: `+12 %`, `-0.5 pts`. */
export function changeWords(change: number | null, measure: Measure): string {
  if (change === null) return "–";
  const rounded = measure.unit === "%" ? Math.round(change * 100) / 100 : Math.round(change * 100);
  return `${rounded > 0 ? "+" : ""}${rounded} ${measure.unit === "%" ? "pts" : "%"}`;
}

function head(page: TrendPage): HTMLElement {
  return el(
    "header",
    { class: "head" },
    el("div", { class: "tools" }, themeSwitch(), el("button", { type: "button", onclick: () => print() }, "Print")),
    el("p", { class: "run-name" }, "Trend"),
    el("h1", {}, page.title),
  );
}

function leftOut({ left_out }: Trend): HTMLElement | null {
  if (left_out.length === 0) return null;
  return el("aside", { class: "banner", role: "alert" }, el("ul", {}, ...left_out.map((sentence) => el("li", {}, sentence))));
}

function points({ trend, standings }: TrendPage, course: Course, measure: Measure): Point[] {
  return trend.runs.map((run, index) => {
    const value = course.values[index];
    const when = run.started_at ? `, ${instant(run.started_at)}` : "";
    const tags = run.tags.length > 0 ? `, ${run.tags.join(", ")}` : "";
    return { failed: !isSound(run), words: `${value === null || value === undefined ? "nothing" : measure.words(value)}: ${run.id}${when}${tags}, ${standings[index] ?? run.verdict}` };
  });
}

function isSound(run: TrendRun): boolean {
  return run.verdict === "pass" && run.complete;
}

function picture(page: TrendPage, { row, course }: Line, measure: Measure, size: Size): Node {
  const words = `${row.name}, ${measure.name}: from ${measure.words(course.lowest)} to ${measure.words(course.highest)}${course.last === null ? "" : `, ${measure.words(course.last)} in the last run`}`;
  return coursePicture(course, points(page, course, measure), size, words);
}

/** All requests of each run, large. */
function overview(page: TrendPage, measure: Measure): HTMLElement | null {
  const all = lines(page.trend, "request", measure).find(({ row }) => row.name === "(all)");
  if (!all) return null;
  const { lowest, median, highest } = all.course;
  const words = `From ${measure.words(lowest)} to ${measure.words(highest)}${median === null ? "" : `; the dashed line is the median of all runs but the last, ${measure.words(median)}`}. A ring is a run that did not pass, or of which rows are missing.`;
  return section(`All requests, ${measure.name}`, "overview", el("div", { class: "scroll" }, picture(page, all, measure, LARGE)), el("p", { class: "note" }, words));
}

function rows(page: TrendPage, [kind, title]: [string, string], measure: Measure): HTMLElement | null {
  const known = lines(page.trend, kind, measure);
  if (known.length === 0) return null;
  const all = known.slice(0, MOST_ROWS);
  const column = (head: string, pick: (course: Course) => number | null, meaning?: string): Column<Line> => ({
    head,
    ...(meaning ? { title: meaning } : {}),
    value: ({ course }) => pick(course),
    show: ({ course }) => {
      const value = pick(course);
      return value === null ? "–" : ms(value);
    },
  });
  const columns: Column<Line>[] = [
    { head: "Name", value: ({ row }) => row.name },
    column(`Lowest ${measure.unit}`, ({ lowest }) => lowest),
    column("Median", ({ median }) => median, "of all runs but the last"),
    column("Highest", ({ highest }) => highest),
    column("Last", ({ last }) => last),
    { head: "Change", title: "the last run against the median", value: ({ course }) => changeOf(course, measure), show: ({ course }) => changeWords(changeOf(course, measure), measure) },
    { head: "Runs", title: "the oldest at the left", value: () => null, show: (line) => picture(page, line, measure, SMALL) },
  ];
  const more = known.length > all.length ? el("p", { class: "note" }, `… and ${count(known.length - all.length)} more in the JSON document`) : null;
  return section(`${title}, ${measure.name}`, `${kind}s`, table({ caption: title, rows: all, columns, filter: "Filter by name" }), more);
}

function runs({ trend, standings }: TrendPage): HTMLElement {
  const all = trend.rows.find(({ kind, name }) => kind === "request" && name === "(all)");
  const standing = (run: TrendRun) => standings[trend.runs.indexOf(run)] ?? run.verdict;
  const of = (run: TrendRun) => all?.points[trend.runs.indexOf(run)] ?? null;
  const columns: Column<TrendRun>[] = [
    { head: "Run", value: ({ id }) => id },
    { head: "Started", value: ({ started_at }) => started_at, show: ({ started_at }) => (started_at ? instant(started_at) : "–") },
    { head: "Verdict", value: standing, show: (run) => el("span", { class: run.verdict === "fail" ? "bad" : null, title: run.headline }, standing(run)) },
    { head: "Journey", value: ({ journey }) => journey },
    { head: "Target", value: ({ target }) => target },
    { head: "Load", value: ({ load }) => load.join("; ") },
    { head: "Requests", value: (run) => of(run)?.count ?? null, show: (run) => count(of(run)?.count ?? 0) },
    { head: "Failed", value: (run) => of(run)?.failed ?? null, show: (run) => percent(of(run)?.failed ?? 0, of(run)?.count ?? 0) },
    { head: "Failed checks", value: ({ failed_checks }) => failed_checks, show: ({ failed_checks }) => count(failed_checks) },
    { head: "Tags", value: ({ tags }) => tags.join(", ") || null },
  ];
  return section("Runs", "runs", table({ caption: "Runs", rows: [...trend.runs].reverse(), columns, filter: "Filter by id, journey, target or tag" }));
}

function show(page: TrendPage, into: HTMLElement): void {
  const { trend } = page;
  const shown = el("div");
  const buttons = Object.entries(MEASURES).map(([key, measure]) => el("button", { type: "button", "data-measure": key, onclick: () => choose(key) }, measure.name));
  const choose = (key: string) => {
    const measure = MEASURES[key] ?? MEASURES.p95;
    if (!measure) return;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.measure === key));
    shown.replaceChildren();
    append(shown, [overview(page, measure), ...KINDS.map((kind) => rows(page, kind, measure))]);
  };
  choose(page.measure);
  append(into, [head(page), leftOut(trend), el("div", { class: "measures", role: "group", "aria-label": "Measure" }, ...buttons), shown, runs(page), el("p", { class: "note" }, `Whether a change is more than chance says host report compare. Written by host ${page.written_by}`)]);
}

begin(VERSION, show);
