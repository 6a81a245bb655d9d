// Whether the figures can be trusted, and where they come from.

import { el, section } from "./dom.js";
import type { PageDocument } from "./document.js";
import { generatorCharts } from "./overtime.js";
import { bytes, count, counted, duration, share } from "./words.js";

const MARKS: Record<string, [string, string]> = { kept: ["✓", "good"], doubtful: ["~", "warn"], broken: ["✗", "bad"], unmeasured: ["", ""] };

/** The load generator's own health. */
export function generator(page: PageDocument): HTMLElement {
  const { report, words } = page;
  const health = report.generator;
  const [mark, tone] = MARKS[health.promise] ?? ["", ""];
  const judgement = el("p", { class: `judgement ${tone}` }, mark ? el("span", { "aria-hidden": "true" }, `${mark} `) : null, `The load generator: ${words.generator.judgement}.`);
  const problems = words.generator.problems.map((problem) => el("li", {}, problem));
  const pairs: [string, string | null][] = [
    ["Highest CPU", health.max_cpu === null ? null : share(health.max_cpu)],
    ["Event loop late by", health.max_event_loop_lag_ms === null ? null : duration(health.max_event_loop_lag_ms)],
    ["Memory", health.max_memory_bytes === null ? null : bytes(health.max_memory_bytes)],
    ["Late starts", health.late_starts === 0 ? "none" : `${count(health.late_starts)}, by ${duration(health.max_lateness_ms)} at most`],
    ["Lost samples", health.lost_samples === 0 ? "none" : count(health.lost_samples)],
    ["Lost users", report.vus.lost === 0 ? "none" : count(report.vus.lost)],
  ];
  const known = pairs.filter(([, value]) => value !== null);
  const facts = el("dl", { class: "facts" }, ...known.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
  return section("Load generator", "generator", judgement, problems.length > 0 ? el("ul", { class: "problems" }, ...problems) : null, facts, generatorCharts(page));
}

/** The dataset: whether it is all there, and what made it. */
export function data(page: PageDocument): HTMLElement {
  const { completeness, run } = page.report;
  const rows = `${counted(completeness.rows, "row")} in ${counted(completeness.tables, "table")}`;
  const proof = completeness.complete
    ? el("p", { class: "judgement good" }, el("span", { "aria-hidden": "true" }, "✓ "), `Complete: ${rows}, compared with what the run's manifests say.`)
    : el("div", {}, el("p", { class: "judgement bad" }, el("span", { "aria-hidden": "true" }, "✗ "), `Incomplete: ${rows}.`), el("ul", { class: "problems" }, ...completeness.missing.map((sentence) => el("li", {}, sentence))));
  const pairs: [string, string | null][] = [
    ["Dataset", run.dataset],
    ["Status", run.reason ? `${run.status}: ${run.reason}` : run.status],
    ...run.journeys.map((journey): [string, string] => ["Journey", journey.path]),
    ["Assertion packs", run.packs.join(", ") || null],
    ...run.plugins.map((plugin): [string, string] => [`Plugin ${plugin.name}`, plugin.digest]),
    ["Written by", `host ${page.written_by}`],
  ];
  const known = pairs.filter(([, value]) => value !== null);
  return section("Data", "data", proof, el("dl", { class: "facts long" }, ...known.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))));
}
