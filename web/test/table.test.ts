import assert from "node:assert/strict";
import { test } from "node:test";
import { compare, matches } from "../src/table.js";

test("numbers are sorted by size, words by letters and numbers in them, nothing last", () => {
  const sorted = (values: (number | string | null)[], descending: boolean) => [...values].sort((a, b) => compare(a, b, descending));
  assert.deepEqual(sorted([10, null, 9, 100], true), [100, 10, 9, null]);
  assert.deepEqual(sorted([10, null, 9, 100], false), [9, 10, 100, null]);
  assert.deepEqual(sorted(["step 10", "step 9", null, "Cart"], false), ["Cart", "step 9", "step 10", null]);
});

test("a filter finds each of its words anywhere, whatever their case", () => {
  assert.ok(matches(["GET /api/products/:id", 12], "product get"));
  assert.ok(!matches(["GET /api/products/:id", 12], "product post"));
  assert.ok(!matches(["GET /api", 12], "12"), "figures are no names");
  assert.ok(matches(["x"], ""));
});
