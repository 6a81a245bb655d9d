import assert from "node:assert/strict";
import { test } from "node:test";
import { marks, within } from "../src/annotations.js";
import { example } from "./example.js";

test("a mark has its place in the list, and a moment is a stretch of no length", () => {
  assert.deepEqual(marks(example()), [
    { number: 1, fromS: 4, toS: 4, text: "deployed v2.1 of the cart" },
    { number: 2, fromS: 8, toS: 10, text: "failover of the database" },
  ]);
});

test("a moment is within the slice that it begins, and what lasts within all that it touches", () => {
  const all = marks(example());
  const slice = (seconds: number) => within(all, seconds, seconds + 1).map((mark) => mark.number);
  assert.deepEqual([3, 4, 5, 7.5, 9, 10, 10.5].map(slice), [[], [1], [], [2], [2], [2], []]);
});
