// The charts of the load and its answers.

import { annotations, marks } from "./annotations.js";
import { Chart, resetZoom, showMarks, type ChartSpec, type Line } from "./chart.js";
import { el, section } from "./dom.js";
import type { Charts, PageDocument, TimedSeries, Values } from "./document.js";
import { hasAny, joined, ofName, passRatio, perSecond, times, type Stretch } from "./series.js";
import { bytes, duration, number, percent, rate, share } from "./words.js";

// Eight colours that are told apart by those who see no red or no green; past them lines are dashed.
const COLORS = ["c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8"];
const DASHES = [undefined, [6, 4], [2, 3], [10, 3, 2, 3]];

// More lines than these are a tangle: the others wait for their button.
const SHOWN_AT_FIRST = 6;

/** One line for each of many names. */
function lines<Series>(all: Series[], label: (series: Series) => string, values: (series: Series) => Values): Line[] {
  return all.map((series, index) => {
    const dash = DASHES[Math.floor(index / COLORS.length) % DASHES.length];
    return {
      label: label(series),
      values: values(series),
      color: COLORS[index % COLORS.length] ?? "c1",
      hidden: index >= SHOWN_AT_FIRST,
      ...(dash ? { dash } : {}),
    };
  });
}

/** When the generator was not fast enough: what was measured then is partly its own. */
function troubled({ report }: PageDocument): Stretch[] {
  const { saturations, bottlenecks } = report.generator;
  return joined([
    ...saturations.map((stretch) => ({ fromS: stretch.from_ms / 1000, toS: stretch.to_ms / 1000 })),
    ...bottlenecks.map((stretch) => ({ fromS: stretch.from_s, toS: stretch.to_s })),
  ]);
}

export function overTime(page: PageDocument): HTMLElement | null {
  const { charts } = page;
  if (charts.covered_s.length === 0) return null;
  const common = { times: times(charts), shaded: troubled(page), marks: marks(page) };
  const response = new Chart({ ...common, ...responseTimes(charts, null) });
  const requests = new Chart({ ...common, ...requestRates(charts, null) });
  const made = [
    response,
    requests,
    users(charts, common),
    iterations(charts, common),
    errors(charts, common),
    byRequest(charts, common),
    bySteps(charts, common),
    byChecks(charts, common),
  ];
  const choose = (name: string | null) => {
    response.update(responseTimes(charts, name));
    requests.update(requestRates(charts, name));
  };
  const grid = el("div", { class: "charts" }, ...made.map((chart) => chart?.figure));
  const shaded = common.shaded.length > 0 ? " Where the ground is shaded, the load generator was at a limit." : "";
  const note = el("p", { class: "note below" }, `Each point is ${duration(charts.slice_ms)}.${shaded}`, el("span", { class: "screen" }, " Drag to zoom, all charts follow."));
  return section("Over time", "over-time", controls(charts, choose), annotations(page, showMarks), note, grid);
}

function controls(charts: Charts, choose: (name: string | null) => void): HTMLElement {
  const names = charts.requests.map((series) => el("option", { value: series.name }, series.name));
  const select = el("select", { id: "chosen-request" }, el("option", { value: "", class: "all" }, "All requests"), ...names);
  // A request may have any name, that of none too.
  select.addEventListener("change", () => choose(select.selectedIndex === 0 ? null : select.value));
  const reset = el("button", { type: "button", onclick: resetZoom }, "Show all of the time");
  return el("div", { class: "controls" }, names.length > 1 ? el("label", { class: "control" }, "Requests ", select) : null, reset);
}

function titled(title: string, name: string | null): string {
  return name === null ? title : `${title}: ${name}`;
}

function responseTimes(charts: Charts, name: string | null): Omit<ChartSpec, "times"> {
  const series = ofName(charts, name);
  const lines: Line[] = [
    { label: "p50", values: series.p50_ms, color: "c5" },
    { label: "p95", values: series.p95_ms, color: "c1" },
    { label: "p99", values: series.p99_ms, color: "c2" },
  ];
  if (series.corrected_p95_ms) lines.push({ label: "p95 from the schedule", values: series.corrected_p95_ms, color: "c1", dash: [5, 4] });
  if (series.corrected_p99_ms) lines.push({ label: "p99 from the schedule", values: series.corrected_p99_ms, color: "c2", dash: [5, 4] });
  return { id: "response-times", title: titled("Response time", name), lines, format: duration };
}

function requestRates(charts: Charts, name: string | null): Omit<ChartSpec, "times"> {
  const series: TimedSeries = ofName(charts, name);
  const [all, failed] = [perSecond(series.count, charts.covered_s), perSecond(series.failed, charts.covered_s)];
  const lines: Line[] = [{ label: "requests", values: all, color: "c1", filled: true }];
  lines.push({ label: "failed", values: failed, color: "c2" });
  return { id: "request-rates", title: titled("Requests per second", name), lines, format: rate };
}

type Common = Pick<ChartSpec, "times" | "shaded" | "marks">;

function users(charts: Charts, common: Common): Chart | null {
  const lines: Line[] = [{ label: "users", values: charts.load.users, color: "c3", filled: true }];
  return new Chart({ ...common, id: "users", title: "Users at work", lines, format: number });
}

function iterations(charts: Charts, common: Common): Chart | null {
  const { load, covered_s } = charts;
  const of = (counts: number[]) => perSecond(counts, covered_s);
  const lines: Line[] = [
    { label: "scheduled", values: of(load.scheduled), color: "c7", dash: [5, 4] },
    { label: "started", values: of(load.started), color: "c1" },
    { label: "completed", values: of(load.completed), color: "c3", hidden: true },
  ];
  if (hasAny(load.failed)) lines.push({ label: "failed", values: of(load.failed), color: "c2" });
  if (hasAny(load.dropped)) lines.push({ label: "dropped", values: of(load.dropped), color: "c4" });
  return new Chart({ ...common, id: "iterations", title: "Iterations per second", lines, format: rate });
}

function errors(charts: Charts, common: Common): Chart | null {
  if (charts.errors.length === 0) return null;
  const shown = lines(charts.errors, (series) => series.kind, (series) => perSecond(series.count, charts.covered_s));
  return new Chart({ ...common, id: "errors-over-time", title: "Errors per second, by kind", lines: shown, format: rate });
}

function byRequest(charts: Charts, common: Common): Chart | null {
  if (charts.requests.length < 2) return null;
  const shown = lines(charts.requests, (series) => series.name, (series) => series.p95_ms);
  return new Chart({ ...common, id: "by-request", title: "95th percentile by request", lines: shown, format: duration });
}

function bySteps(charts: Charts, common: Common): Chart | null {
  if (charts.steps.length === 0) return null;
  const shown = lines(charts.steps, (series) => series.name, (series) => passRatio(series.count, series.failed));
  return new Chart({ ...common, id: "by-step", title: "Steps that went well", lines: shown, format: ratio, tick: wholePercent, top: 1.04 });
}

function byChecks(charts: Charts, common: Common): Chart | null {
  if (charts.checks.length === 0) return null;
  const label = (check: { pack: string; name: string }) => (check.pack ? `${check.pack}: ${check.name}` : check.name);
  const shown = lines(charts.checks, label, (series) => passRatio(series.count, series.failed));
  return new Chart({ ...common, id: "by-check", title: "Checks that passed", lines: shown, format: ratio, tick: wholePercent, top: 1.04 });
}

/** A share that came about by counting: neither one failure nor one success is rounded away. */
function ratio(value: number): string {
  return percent(value, 1);
}

/** The scale goes a little beyond all of it, so that a line there is seen. */
function wholePercent(value: number): string {
  return value > 1 ? "" : share(value);
}

/** The charts of the machines that made the load. */
export function generatorCharts(page: PageDocument): HTMLElement | null {
  const { generator, covered_s } = page.charts;
  if (covered_s.length === 0 || !hasAny(generator.event_loop_lag_ms) && !hasAny(generator.machine_cpu)) return null;
  const common = { times: times(page.charts), shaded: troubled(page), marks: marks(page) };
  const cpu: Line[] = [
    { label: "machine", values: generator.machine_cpu, color: "c7", filled: true },
    { label: "this process, of what it may use", values: generator.process_cpu, color: "c1" },
  ];
  if (hasAny(generator.others_cpu)) cpu.push({ label: "other processes", values: generator.others_cpu, color: "c2" });
  const lag: Line[] = [{ label: "event loop late by", values: generator.event_loop_lag_ms, color: "c4" }];
  const memory: Line[] = [{ label: "memory", values: generator.memory_bytes, color: "c3", filled: true }];
  const made = [
    new Chart({ ...common, id: "generator-cpu", title: "CPU", lines: cpu, format: ratio, tick: wholePercent, top: 1.04 }),
    new Chart({ ...common, id: "generator-lag", title: "Event loop", lines: lag, format: duration }),
    new Chart({ ...common, id: "generator-memory", title: "Memory", lines: memory, format: bytes }),
  ];
  return el("div", { class: "charts" }, ...made.map((chart) => chart.figure));
}

