import assert from "node:assert/strict";
import { test } from "node:test";
import { courseOf, stretches } from "../src/course.js";
import { changeOf, changeWords, lines, MEASURES } from "../src/trend.js";
import { trend } from "./trend-example.js";

function words(name: string, values: (number | null)[]): string {
  const [course, measure] = [courseOf(values), MEASURES[name]];
  assert.ok(course && measure);
  return changeWords(changeOf(course, measure), measure);
}

test("the last run is held against the median of those before it", () => {
  const course = courseOf([4, null, 2, 6]);
  assert.deepEqual([course?.lowest, course?.median, course?.highest, course?.last], [2, 3, 6, 6]);
  assert.equal(courseOf([null, null]), null);
  assert.deepEqual([[4, null, 2, 6], [2, 1.9], [1, 9, 2, null], [0, 5]].map((values) => words("p95", values)), ["+100 %", "-5 %", "–", "–"]);
});

test("failures change by points, also where there were none", () => {
  assert.deepEqual([[0, 40], [2, 1.5], [1, 1]].map((values) => words("failed", values)), ["+40 pts", "-0.5 pts", "0 pts"]);
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
