import assert from "node:assert/strict";
import { test } from "node:test";
import { courseOf, stretches } from "../src/course.js";
import { changeWords, lines, MEASURES } from "../src/trend.js";
import { trend } from "./trend-example.js";

test("the last run is held against the median of those before it", () => {
  const course = courseOf([4, null, 2, 6]);
  assert.deepEqual([course?.lowest, course?.usual, course?.highest, course?.last, course?.change], [2, 3, 6, 6, 1]);
  assert.equal(courseOf([1, 9, 2, null])?.change, null);
  assert.equal(courseOf([0, 5])?.change, null, "nothing is no measure of a change");
  assert.equal(courseOf([null, null]), null);
  assert.deepEqual([0.004, -0.12, 1.5, null].map(changeWords), ["0 %", "-12 %", "+150 %", "–"]);
});

test("where a run has no value the line is broken", () => {
  assert.deepEqual(stretches([null, 1, 2, null, 0, null]), [[1, 2], [4]]);
});

test("rows without any value have no line", () => {
  const page = trend();
  const measure = MEASURES.p95;
  assert.ok(measure);
  const names = lines(page.trend, "request", measure).map(({ row }) => row.name);
  assert.equal(names[0], "(all)");
  const [first] = page.trend.rows;
  assert.ok(first);
  page.trend.rows = [{ ...first, points: first.points.map((point) => (point ? { ...point, duration_ms: null } : null)) }];
  assert.deepEqual(lines(page.trend, "request", measure), []);
  const rate = MEASURES.rate;
  assert.ok(rate);
  assert.equal(lines(page.trend, "request", rate).length, 1);
});
