// The verdict, which run it was, the key figures, and what to know before reading on.

import { el } from "./dom.js";
import type { PageDocument, Report } from "./document.js";
import { themeSwitch } from "./theme.js";
import { bytes, count, counted, duration, instant, percent, rate } from "./words.js";

const MARKS: Record<string, string> = { PASS: "✓", FAIL: "✗" };

/** The head of the page. */
export function head(page: PageDocument): HTMLElement {
  const { report, words } = page;
  const tone = report.verdict ?? "running";
  const mark = MARKS[words.verdict];
  // `PASS, but …`, `FAIL: …`: the word stands apart.
  const remark = report.headline.slice(words.verdict.length).replace(/^[,:]?\s*/, "") || plainSentence(report);
  return el(
    "header",
    { class: `head ${tone}` },
    el("div", { class: "tools" }, themeSwitch(), el("button", { type: "button", onclick: () => print() }, "Print")),
    el("p", { class: "run-name" }, report.run.name ?? report.run.journeys.map((journey) => journey.name).join(", ")),
    el("h1", {}, el("span", { class: "verdict" }, mark ? el("span", { "aria-hidden": "true" }, `${mark} `) : null, words.verdict), el("span", { class: "remark" }, remark)),
    facts(report),
  );
}

/** What a plain pass comes to. */
function plainSentence(report: Report): string {
  const { all_requests: all, iterations, thresholds } = report;
  const what = all ? `${counted(all.count, "request")}, ${all.failed === 0 ? "none failed" : `${count(all.failed)} failed`}` : counted(iterations.started, "iteration");
  const held = thresholds.length > 0 ? `; ${thresholds.length === 1 ? "the threshold holds" : `all ${thresholds.length} thresholds hold`}` : "";
  return what + held;
}

function facts({ run }: Report): HTMLElement {
  const loads = run.scenarios.map((scenario) => (run.scenarios.length > 1 ? `${scenario.name}: ${scenario.load}` : scenario.load));
  const pairs: [string, string | null][] = [
    ["Target", run.target],
    ["Load", loads.join("; ")],
    ["Started", instant(run.started_at)],
    ["Lasted", duration(run.duration_ms)],
    ["Workers", run.workers > 1 ? count(run.workers) : null],
    ["Run", run.id],
    ["Tags", run.tags.join(", ") || null],
  ];
  const known = pairs.filter(([, value]) => value);
  return el("dl", { class: "facts" }, ...known.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

/** What makes the figures less than they seem; in big words where rows are missing. */
export function warnings({ report }: PageDocument): HTMLElement[] {
  const { completeness, run } = report;
  const found: HTMLElement[] = [];
  if (run.status === "running") {
    found.push(el("aside", { class: "banner" }, el("strong", {}, "This run goes on"), el("p", {}, "What follows is what was written when this page was made.")));
  } else if (!completeness.complete) {
    const missing = completeness.missing.map((sentence) => el("li", {}, sentence));
    found.push(el("aside", { class: "banner incomplete", role: "alert" }, el("strong", {}, "Incomplete"), el("p", {}, "Not everything that was measured is here:"), el("ul", {}, ...missing)));
  }
  if (report.warnings.length > 0) {
    found.push(el("aside", { class: "banner" }, el("ul", {}, ...report.warnings.map((warning) => el("li", {}, warning)))));
  }
  return found;
}

interface Tile {
  name: string;
  value: string;
  beside?: string | undefined;
  bad?: boolean;
}

/** The key figures. */
export function tiles({ report }: PageDocument): HTMLElement {
  const shown = figures(report).map((tile) =>
    el("div", { class: tile.bad ? "tile bad" : "tile" }, el("dt", {}, tile.name), el("dd", {}, el("span", { class: "figure" }, tile.value), tile.beside ? el("span", { class: "note" }, tile.beside) : null)),
  );
  return el("dl", { class: "tiles", "aria-label": "Key figures" }, ...shown);
}

function figures(report: Report): Tile[] {
  const { all_requests: all, iterations, generator, network, checks, run } = report;
  const tiles: Tile[] = [];
  const rated = run.load_duration_ms >= 1000;
  if (all) {
    tiles.push({ name: "Requests", value: count(all.count), beside: rated ? `${rate(all.rate_per_s)} per second` : undefined });
    tiles.push({ name: "Failed", value: percent(all.failed, all.count), beside: counted(all.failed, "request"), bad: all.failed > 0 });
    const times = all.duration_ms;
    if (times) {
      tiles.push({ name: "Median", value: duration(times.p50), beside: `mean ${duration(times.mean)}` });
      tiles.push({ name: "p95", value: duration(times.p95), beside: corrected(times.p95, all.corrected_ms?.p95) });
      tiles.push({ name: "p99", value: duration(times.p99), beside: corrected(times.p99, all.corrected_ms?.p99) ?? `longest ${duration(times.max)}` });
    }
  }
  const lost = iterations.failed + iterations.dropped;
  const notWell = [[iterations.failed, "failed"], [iterations.dropped, "dropped"], [iterations.interrupted, "cut off at the end"]] as const;
  const beside = notWell.filter(([many]) => many > 0).map(([many, what]) => `${count(many)} ${what}`).join(", ");
  tiles.push({ name: "Iterations", value: count(iterations.completed), beside: beside || "all completed", bad: lost > 0 });
  if (generator.max_active_vus !== null) tiles.push({ name: "Users at once", value: count(generator.max_active_vus), beside: "at most" });
  if (checks.length > 0) {
    const [passed, failed] = [checks.reduce((all, check) => all + check.passed, 0), checks.reduce((all, check) => all + check.failed, 0)];
    tiles.push({ name: "Checks passed", value: percent(passed, passed + failed), beside: failed > 0 ? `${count(failed)} failed` : counted(passed, "verdict"), bad: failed > 0 });
  }
  if (all) tiles.push({ name: "Received", value: bytes(network.bytes_received), beside: `sent ${bytes(network.bytes_sent)}` });
  return tiles;
}

/** The value from the schedule, where a reader would see that it is another one: by a millisecond and a hundredth. */
function corrected(measured: number, fromSchedule: number | undefined): string | undefined {
  if (fromSchedule === undefined || fromSchedule - measured <= Math.max(1, measured * 0.01)) return undefined;
  return `${duration(fromSchedule)} from the schedule`;
}
