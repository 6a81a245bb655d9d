// Pages of the example and of what may become of it.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ComparisonPage } from "../../src/comparison-document.js";
import type { PageDocument, TimedSeries, Values } from "../../src/document.js";
import type { TrendPage } from "../../src/trend-document.js";
import { example } from "../example.js";

const folder = mkdtempSync(join(tmpdir(), "outrider-pages-"));

/** Removes all pages. */
export function removePages(): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Writes the document of a run as the program does, and gives its address. */
export function page(name: string, document: PageDocument): string {
  return written("report.html", name, document);
}

/** The same of a comparison. */
export function comparisonPage(name: string, document: ComparisonPage): string {
  return written("comparison.html", name, document);
}

/** The same of a trend. */
export function trendPage(name: string, document: TrendPage): string {
  return written("trend.html", name, document);
}

function written(built: string, name: string, document: object): string {
  const [before, between, after] = readFileSync(`dist/${built}`, "utf8").split(/%OUTRIDER-(?:TITLE|DOCUMENT)%/);
  const json = JSON.stringify(document).replace(/[<>&\u2028\u2029]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const path = join(folder, `${name}.html`);
  writeFileSync(path, `${before}${name}${between}${json}${after}`);
  return pathToFileURL(path).href;
}

/** A name that would run a script if it were read as HTML. */
export const HOSTILE = `</script><img src=x onerror="document.title='broken'"><b>`;

export function hostile(): PageDocument {
  const document = example();
  const { report, charts } = document;
  report.run.name = HOSTILE;
  for (const list of [report.requests, charts.requests, charts.slowest, report.steps, charts.steps, report.checks, report.metrics]) {
    for (const one of list.slice(0, 1)) one.name = HOSTILE;
  }
  for (const exchange of charts.slowest) exchange.url = HOSTILE;
  report.errors = [{ cause: "target", kind: HOSTILE, source: "request", name: HOSTILE, count: 1, messages: [{ example: HOSTILE, at: null, stack: HOSTILE, same: true, count: 1 }], other_messages: 0 }];
  document.words.hints = [HOSTILE];
  return document;
}

export function failed(): PageDocument {
  const document = example();
  const { report, words } = document;
  report.verdict = "fail";
  words.verdict = "FAIL";
  report.headline = "FAIL: 2 of 3 thresholds were crossed";
  report.thresholds = [
    { expr: "request.duration p95 < 20ms", value: 61.2, passed: false, reason: null },
    { expr: "requests.failed share < 0.5%", value: 0.012, passed: false, reason: null },
    { expr: "checks.failed count == 0", value: 0, passed: true, reason: null },
  ];
  words.thresholds = ["was 61.2 ms", "was 1.2 %", "was 0"];
  return document;
}

export function incomplete(): PageDocument {
  const document = example();
  document.report.verdict = "fail";
  document.words.verdict = "FAIL";
  document.report.headline = "FAIL: the run did not end by itself: its program was killed";
  document.report.run.status = "incomplete";
  document.report.completeness = { complete: false, rows: 812, tables: 5, missing: ["the run wrote no outcome", "worker 0 did not close its manifest: rows of its last seconds may be missing"] };
  return document;
}

function one<Series extends object>(series: Series): Series {
  const entries = Object.entries(series).map(([key, value]) => [key, Array.isArray(value) ? [value.find((found) => found !== null && found !== 0) ?? value[0]] : value]);
  return Object.fromEntries(entries) as Series;
}

/** One request, in a run of a moment. */
export function single(): PageDocument {
  const document = example();
  const { report, charts } = document;
  const request = report.requests[0];
  if (!request) throw new Error("the example has no request");
  Object.assign(report, { requests: [{ ...request, count: 1, failed: 0 }], all_requests: { ...request, count: 1, failed: 0 }, steps: [], checks: [], errors: [], metrics: [] });
  report.run.load_duration_ms = 20;
  Object.assign(charts, { covered_s: [0.02], requests: [], steps: [], checks: [], errors: [], slowest: charts.slowest.slice(0, 1) });
  charts.all_requests = one(charts.all_requests);
  charts.load = one(charts.load);
  charts.generator = one(charts.generator);
  return document;
}

// What a run of an hour with fifty names has: as many slices as the program makes of it.
const SLICES = 180;

function wave(phase: number, from: number, height: number): number[] {
  return Array.from({ length: SLICES }, (_, index) => Number((from + height * (1 + Math.sin(index / 9 + phase)) * (1 + ((index * 7919) % 97) / 300)).toFixed(2)));
}

function timed(name: string, phase: number): TimedSeries {
  const count = wave(phase, 40, 30).map(Math.round);
  const p50_ms: Values = wave(phase, 12 + phase, 6);
  const times = (factor: number): Values => p50_ms.map((value) => Number(((value ?? 0) * factor).toFixed(2)));
  const failed = count.map((_, index) => (index > 120 && index < 140 ? phase % 7 : 0));
  return { name, count, failed, p50_ms, p95_ms: times(2.1), p99_ms: times(3.4), corrected_p95_ms: times(2.6), corrected_p99_ms: times(5) };
}

export function hour(): PageDocument {
  const document = example();
  const { report, charts } = document;
  const names = Array.from({ length: 50 }, (_, index) => `GET /api/v2/resources/${index}/of-a-kind-with-a-long-name`);
  const [request] = report.requests;
  if (!request) throw new Error("the example has no request");
  report.requests = names.map((name, index) => ({ ...request, name, count: 4000 + index * 31, failed: index % 7 }));
  report.run.duration_ms = report.run.load_duration_ms = 3_600_000;
  report.generator.saturations = [{ kind: "cpu", worker: 0, from_ms: 2_400_000, to_ms: 2_700_000, worst: 0.97 }];
  charts.from_ms = -300;
  charts.slice_ms = 20_000;
  charts.covered_s = wave(0, 20, 0);
  charts.requests = names.map(timed);
  charts.all_requests = timed("(all)", 0);
  charts.steps = names.slice(0, 30).map((name, index) => timed(`step ${index}: ${name}`, index));
  charts.checks = names.slice(0, 12).map((name, index) => ({ ...timed(`check of ${name}`, index), pack: index % 2 ? "rules" : "" }));
  charts.errors = ["status 503", "connection refused", "timeout", "iteration: exception"].map((kind, index) => ({ kind, count: wave(index, 0, 4).map(Math.round) }));
  const counts = wave(1, 400, 60).map(Math.round);
  charts.load = { scheduled: counts, started: counts.map((value) => value - 3), completed: counts.map((value) => value - 5), failed: counts.map(() => 2), dropped: counts.map(() => 3), users: wave(2, 50, 10) };
  charts.generator = { machine_cpu: wave(0, 0.2, 0.2), process_cpu: wave(0, 0.1, 0.1), others_cpu: wave(1, 0.05, 0.1), event_loop_lag_ms: wave(3, 0.2, 2), memory_bytes: wave(2, 8e7, 2e7) };
  charts.slowest = names.flatMap((name, index) => charts.slowest.slice(0, 15).map((exchange) => ({ ...exchange, name, duration_ms: exchange.duration_ms + index })));
  charts.slowest.sort((a, b) => b.duration_ms - a.duration_ms);
  return document;
}
