import assert from "node:assert/strict";
import { test } from "node:test";
import { joined, ofName, passRatio, perSecond, times } from "../src/series.js";
import { example } from "./example.js";

test("rates are of the time that the load lasted, and a moment has none", () => {
  assert.deepEqual(perSecond([5, 10, 1], [0.5, 1, 0.1]), [10, 10, null]);
  assert.deepEqual(perSecond([5], [0.1]), [50], "a load that was only a moment long has that one");
  assert.deepEqual(perSecond([0, 3], [0, 1]), [null, 3]);
});

test("nothing that ended is no share", () => {
  assert.deepEqual(passRatio([4, 0, 2], [1, 0, 2]), [0.75, null, 0]);
});

test("stretches that overlap are one", () => {
  const stretch = (fromS: number, toS: number) => ({ fromS, toS });
  assert.deepEqual(joined([stretch(5, 6), stretch(0, 2), stretch(1, 3)]), [stretch(0, 3), stretch(5, 6)]);
});

test("the first slice begins no earlier than the run", () => {
  const charts = { ...example().charts, from_ms: -400, slice_ms: 1000, covered_s: [0.6, 1, 0.3] };
  assert.deepEqual(times(charts), [0, 0.6, 1.6]);
});

test("a name that has no series shows all requests", () => {
  const { charts } = example();
  assert.equal(ofName(charts, charts.requests[0]?.name ?? "").name, charts.requests[0]?.name);
  assert.equal(ofName(charts, null), charts.all_requests);
  assert.equal(ofName(charts, "no such request"), charts.all_requests);
});
