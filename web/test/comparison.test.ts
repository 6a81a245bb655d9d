import assert from "node:assert/strict";
import { test } from "node:test";
import { lines } from "../src/comparison.js";
import { placeOf, reachOf } from "../src/interval.js";
import { comparison } from "./comparison-example.js";

test("what is worse stands first, and each measure with its own words", () => {
  const page = comparison();
  const all = lines(page);
  assert.deepEqual(all.slice(0, 2).map(({ row, measure }) => [row.name, measure?.verdict]), [["/api/products", "worse"], ["/api/products", "worse"]]);
  assert.equal(all.length, page.comparison.rows.reduce((sum, row) => sum + row.measures.length, 0));
  for (const { measure, words } of all) assert.equal(measure?.change !== null, words?.change !== "");
});

test("a row of one side alone has a line of its own", () => {
  const page = comparison();
  const [first] = page.comparison.rows;
  assert.ok(first);
  page.comparison.rows = [{ ...first, verdict: "added", baseline: null, measures: [] }];
  page.words.measures = [[]];
  assert.deepEqual(lines(page).map(({ measure, words }) => [measure, words]), [[null, null]]);
});

test("a scale shows the limits and most intervals whole, and cuts off the rest", () => {
  const of = (low: number, high: number) => ({ low, high, change: (low + high) / 2, limit: 0.1 });
  const many = Array.from({ length: 19 }, () => of(-0.05, 0.3));
  const reach = reachOf([...many, of(5, 9)]);
  assert.ok(reach > 0.3 && reach < 0.4, String(reach));
  assert.ok(reachOf([of(-0.01, 0.01)]) >= 0.2, "limits are seen");
  assert.equal(reachOf([]), 1);
  assert.deepEqual([-9, -reach, 0, reach, 9].map((change) => placeOf(change, reach)), [0, 0, 0.5, 1, 1]);
});
