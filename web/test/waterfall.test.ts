import assert from "node:assert/strict";
import { test } from "node:test";
import { length, PHASES, slowestOf } from "../src/waterfall.js";
import { example } from "./example.js";

test("a bar is as long as its phases, the wait for a connection among them", () => {
  for (const exchange of example().charts.slowest) {
    const phases = PHASES.reduce((sum, [phase]) => sum + exchange.phases_ms[phase], 0);
    assert.ok(Math.abs(phases - length(exchange)) < 0.01, `${exchange.url}: ${phases} and ${length(exchange)}`);
  }
});

test("the slowest are those of a name, or of all", () => {
  const all = example().charts.slowest;
  const name = all[all.length - 1]?.name ?? "";
  assert.ok(slowestOf(all, name).every((exchange) => exchange.name === name));
  const times = slowestOf(all, null).map((exchange) => exchange.duration_ms);
  assert.deepEqual(times, [...times].sort((a, b) => b - a));
  assert.equal(times.length, 15);
});
