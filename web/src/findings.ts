// Thresholds, requests, steps, checks, errors and metrics, as tables.

import { el, section } from "./dom.js";
import type { Check, CheckExample, Failure, Metric, PageDocument, Requests, Timed } from "./document.js";
import { table, type Column } from "./table.js";
import { bytes, count, counted, ms, number, percent, rate } from "./words.js";

export function thresholds({ report, words }: PageDocument): HTMLElement | null {
  if (report.thresholds.length === 0) return null;
  const rows = report.thresholds.map((threshold, index) => {
    const [mark, word] = threshold.passed ? ["✓", "holds"] : ["✗", "crossed"];
    const verdict = el("td", { class: threshold.passed ? "good" : "bad" }, el("span", { "aria-hidden": "true" }, `${mark} `), word);
    return el("tr", {}, verdict, el("th", { scope: "row" }, el("code", {}, threshold.expr)), el("td", {}, words.thresholds[index] ?? ""));
  });
  const head = el("tr", {}, ...["", "Threshold", "Measured"].map((name) => el("th", { scope: "col" }, name)));
  const made = el("table", {}, el("caption", { class: "unseen" }, "Thresholds"), el("thead", {}, head), el("tbody", {}, ...rows));
  return section("Thresholds", "thresholds", el("div", { class: "scroll", tabindex: 0 }, made));
}

/** What requests and steps have in common. */
function timed<Row extends Timed>(): Column<Row>[] {
  const at = (name: "p50" | "p90" | "p95" | "p99" | "max", head: string, title: string, bar = false): Column<Row> => ({
    head,
    title,
    value: (row) => row.duration_ms?.[name] ?? null,
    show: (row) => (row.duration_ms ? ms(row.duration_ms[name]) : "–"),
    bar,
  });
  return [
    { head: "Count", value: (row) => row.count, show: (row) => count(row.count) },
    { head: "Failed", title: "share of those that were answered or failed", value: (row) => (row.count > 0 ? row.failed / row.count : 0), show: failed },
    { head: "Per second", value: (row) => row.rate_per_s, show: (row) => rate(row.rate_per_s) },
    at("p50", "p50 ms", "half took no longer"),
    at("p90", "p90 ms", "90 % took no longer"),
    at("p95", "p95 ms", "95 % took no longer", true),
    at("p99", "p99 ms", "99 % took no longer"),
    at("max", "Longest ms", "the longest"),
  ];
}

function failed(row: Timed): Node | string {
  if (row.failed === 0) return "0 %";
  return el("span", { class: "bad", title: `${count(row.failed)} of ${count(row.count)}` }, percent(row.failed, row.count));
}

export function requests({ report }: PageDocument): HTMLElement | null {
  if (report.requests.length === 0) return null;
  const columns: Column<Requests>[] = [{ head: "Request", value: (row) => row.name }, ...timed<Requests>()];
  const late = report.requests.some((row) => row.corrected_ms && row.duration_ms && row.corrected_ms.p99 - row.duration_ms.p99 > Math.max(1, row.duration_ms.p99 * 0.01));
  if (late) {
    const title = "99 % took no longer from the time at which the schedule wanted them";
    columns.push({ head: "p99 from schedule", title, value: (row) => row.corrected_ms?.p99 ?? null, show: (row) => (row.corrected_ms ? ms(row.corrected_ms.p99) : "–") });
  }
  columns.push({ head: "Received", value: (row) => row.bytes_received, show: (row) => bytes(row.bytes_received) });
  const shown = table({ caption: "Requests", rows: report.requests, columns, filter: "Filter by name" });
  return section("Requests", "requests", shown, statuses(report), interrupted(report.requests));
}

function statuses({ status_codes }: PageDocument["report"]): HTMLElement | null {
  if (status_codes.length === 0) return null;
  const words = status_codes.map((code) => `${code.status ?? "no answer"}: ${count(code.count)}`);
  return el("p", { class: "note" }, `Statuses: ${words.join(" · ")}`);
}

function interrupted(rows: Timed[]): HTMLElement | null {
  const cut = rows.reduce((all, row) => all + row.interrupted, 0);
  if (cut === 0) return null;
  return el("p", { class: "note" }, `${counted(cut, "request was", "requests were")} cut off by the end of the run, and in no count and no time above.`);
}

export function steps({ report }: PageDocument): HTMLElement | null {
  if (report.steps.length === 0) return null;
  const columns: Column<Timed>[] = [{ head: "Step", value: (row) => row.name }, ...timed<Timed>()];
  const shown = table({ caption: "Steps", rows: report.steps, columns, filter: "Filter by name" });
  return section("Steps", "steps", el("p", { class: "note" }, "Times include think time."), shown);
}

export function checks({ report }: PageDocument): HTMLElement | null {
  if (report.checks.length === 0) return null;
  const columns: Column<Check>[] = [
    { head: "Check", value: (row) => row.name },
    { head: "From", value: (row) => row.pack || "the journey" },
    { head: "Verdicts", value: (row) => row.passed + row.failed, show: (row) => count(row.passed + row.failed) },
    { head: "Passed", value: (row) => row.passed / Math.max(1, row.passed + row.failed), show: (row) => percent(row.passed, row.passed + row.failed) },
    { head: "Failed", value: (row) => row.failed, show: (row) => (row.failed > 0 ? el("span", { class: "bad" }, count(row.failed)) : "0") },
    { head: "Example of a failure", value: (row) => example(row) || null },
  ];
  return section("Checks", "checks", table({ caption: "Checks", rows: report.checks, columns, filter: "Filter by name" }));
}

function example(check: Check): string {
  const said: CheckExample | null = check.places[0]?.example ?? check.example;
  if (!said) return "";
  const parts = [said.expected && `expected ${said.expected}`, said.actual && `found ${said.actual}`, said.message];
  const text = parts.filter(Boolean).join(", ");
  return said.at ? `${text}${text ? " " : ""}(at ${said.at})` : text;
}

const WHOSE: Record<string, string> = { target: "the target", plugin: "the journey", generator: "the generator" };

export function errors(page: PageDocument): HTMLElement | null {
  const { report, words } = page;
  if (report.errors.length === 0) return null;
  const hints = new Map(report.errors.map((error, index) => [error, words.hints[index] ?? null]));
  const columns: Column<Failure>[] = [
    { head: "Kind", value: (row) => row.kind },
    { head: "In", value: (row) => (row.source === "request" ? row.name : `${row.source} ${row.name}`) },
    { head: "Whose fault", value: (row) => (row.source === "pack" ? "the pack" : (WHOSE[row.cause] ?? row.cause)) },
    { head: "Count", value: (row) => row.count, show: (row) => count(row.count) },
    { head: "What was said", value: (row) => row.messages.map((message) => message.example).join("\n") || hints.get(row) || null, show: (row) => said(row, hints.get(row) ?? null) },
  ];
  return section("Errors", "errors", table({ caption: "Errors", rows: report.errors, columns, filter: "Filter by kind, name or message" }));
}

function said(error: Failure, hint: string | null): HTMLElement {
  const messages = error.messages.map((message) => {
    const often = error.messages.length > 1 ? `${count(message.count)}× ` : "";
    const place = message.at && !message.example.includes(message.at) ? ` (at ${message.at})` : "";
    const stack = message.stack ? el("details", {}, el("summary", {}, "Stack"), el("pre", {}, message.stack)) : null;
    return el("li", {}, `${often}${message.example}${place}`, stack);
  });
  const others = error.other_messages > 0 ? el("li", {}, `${count(error.other_messages)} said something else`) : null;
  return el("div", { class: "said" }, messages.length > 0 ? el("ul", {}, ...messages, others) : null, hint ? el("p", { class: "note" }, hint) : null);
}

export function metrics({ report }: PageDocument): HTMLElement | null {
  if (report.metrics.length === 0) return null;
  const of = (head: string, value: (row: Metric) => number | null | undefined): Column<Metric> => ({
    head,
    value: (row) => value(row) ?? null,
    show: (row) => {
      const found = value(row);
      return found === null || found === undefined ? "–" : number(found);
    },
  });
  const columns: Column<Metric>[] = [
    { head: "Metric", value: (row) => row.name },
    { head: "Kind", value: (row) => row.kind },
    of("Values", (row) => row.count),
    { head: "Result", title: "a counter's sum, a gauge's last value, a rate's share, a trend's mean", value: result, show: (row) => shownResult(row) },
    of("Smallest", (row) => row.values?.min),
    of("p50", (row) => row.values?.p50),
    of("p95", (row) => row.values?.p95),
    of("p99", (row) => row.values?.p99),
    of("Largest", (row) => row.values?.max),
  ];
  const shown = table({ caption: "Metrics", rows: report.metrics, columns, filter: "Filter by name" });
  return section("Metrics", "metrics", el("p", { class: "note" }, "In the journey's own units."), shown);
}

function result(metric: Metric): number | null {
  const results: Record<string, number | null> = { counter: metric.total, gauge: metric.last, rate: metric.share, trend: metric.values?.mean ?? null };
  return results[metric.kind] ?? null;
}

function shownResult(metric: Metric): string {
  const value = result(metric);
  if (value === null) return "–";
  return metric.kind === "rate" ? percent(value, 1) : number(value);
}
