import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, counted, duration, instant, ms, percent, rate, stopwatch } from "../src/words.js";

test("durations have the unit that suits and three digits", () => {
  const cases: [number, string][] = [[0, "0 ms"], [0.0853, "85.3 µs"], [0.853, "853 µs"], [0.9996, "1 ms"], [98.06, "98.1 ms"], [999.6, "1 s"], [1234, "1.23 s"], [125_000, "2 min 5 s"], [3_720_000, "1 h 2 min"]];
  for (const [value, words] of cases) assert.equal(duration(value), words);
});

test("columns of milliseconds are whole from a hundred on", () => {
  assert.deepEqual([0, 0.1234, 12.34, 123.4, 12_345].map(ms), ["0", "0.123", "12.3", "123", "12,345"]);
});

test("neither one failure nor one success is rounded away", () => {
  const cases: [number, number, string][] = [[0, 0, "0 %"], [1, 100_000, "<0.1 %"], [99_999, 100_000, ">99.9 %"], [5, 5, "100 %"], [1, 8, "12.5 %"]];
  for (const [part, whole, words] of cases) assert.equal(percent(part, whole), words);
});

test("times, rates and sizes", () => {
  assert.deepEqual([7_000, 750_000, 3_750_000].map((at) => stopwatch(at)), ["0:07", "12:30", "1:02:30"]);
  assert.deepEqual([7_340, 59_960].map((at) => stopwatch(at, 1)), ["0:07.3", "1:00.0"]);
  assert.deepEqual([0, 1.234, 98.06, 1234.5].map(rate), ["0", "1.23", "98.1", "1,235"]);
  assert.deepEqual([0, 999, 1000, 12_345_678].map(bytes), ["0 B", "999 B", "1 kB", "12.3 MB"]);
  assert.deepEqual([counted(1, "request"), counted(1200, "request")], ["1 request", "1,200 requests"]);
  assert.equal(instant("2026-01-31T12:00:00.000Z"), "31 Jan 2026, 12:00:00 UTC");
});
