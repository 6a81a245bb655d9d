import assert from "node:assert/strict";
import { test } from "node:test";
import * as sdk from "@outrider/sdk";
import { messageOf, setCalls } from "../src/callee.js";

// 1 | http.gett(path);
// 2 | cart.pay(http.get(cart.total));
// 3 | list.map((item) => item.price(1));
// 4 | all.think.exponentiall(web.header("x"));
// 5 | page().items(1);
// 6 | http.gett(cart.total(…));
// 7 | cart.pay(cart.total(…));
// 8 | cart.pay(new TypeError("not a function"));
const MODULES = {
  "a.ts": {
    sdk: { http: "http", web: "http", all: "*" },
    calls: [
      [[1, 6], [1, 16], 0, "http.gett"],
      [[2, 6], [2, 31], 0, "cart.pay"],
      [[2, 15], [2, 30], 0, "http.get"],
      [[3, 6], [3, 34], 0, "list.map"],
      [[3, 25], [3, 33], 1, "item.price"],
      [[4, 11], [4, 40], 0, "all.think.exponentiall"],
      [[4, 28], [4, 39], 0, "web.header"],
      [[5, 1], [5, 20], 0, "page().items"],
      [[6, 6], [6, 40], 0, "http.gett"],
      [[6, 16], [6, 39], 0, "cart.total"],
      [[7, 6], [7, 40], 0, "cart.pay"],
      [[7, 16], [7, 39], 0, "cart.total"],
      [[8, 6], [8, 42], 0, "cart.pay"],
      [[8, 14], [8, 41], 0, "TypeError"],
    ],
  },
}; // prettier-ignore

function at(place, message = "not a function") {
  setCalls(JSON.stringify(MODULES), sdk);
  const error = new TypeError(message);
  error.stack = `    at run (${place})\n    at iterate (/node_modules/@outrider/sdk/src/runtime.js:1:1)\n`;
  return messageOf(error);
}

test("what is not a function is named, and the function of the SDK that it is like", () => {
  assert.equal(at("/a.ts:1:11"), "http.gett is not a function (did you mean http.get?)");
  assert.equal(at("/a.ts:1:6"), "http.gett is not a function (did you mean http.get?)");
});

test("a function of the SDK is not suspected", () => {
  assert.equal(at("/a.ts:2:20"), "cart.pay is not a function");
});

test("calls around the function in which it happened are not suspected", () => {
  assert.equal(at("/a.ts:3:25"), "item.price is not a function");
  assert.equal(at("/a.ts:3:6"), "list.map is not a function");
});

test("names of the SDK are known by the module's own", () => {
  assert.equal(at("/a.ts:4:11"), "all.think.exponentiall is not a function (did you mean all.think.exponential?)");
  assert.equal(at("/a.ts:4:28"), "web.header is not a function (did you mean web.head?)");
});

test("where several may be meant, what the SDK has not is certain, and else all are named", () => {
  assert.equal(at("/a.ts:6:30"), "http.gett is not a function (did you mean http.get?)");
  assert.equal(at("/a.ts:7:20"), "cart.total or cart.pay is not a function");
});

test("what is no plain name is shown as it is written", () => {
  assert.equal(at("/a.ts:5:3"), "page().items is not a function");
});

test("nothing is made up", () => {
  assert.equal(at("/a.ts:9:1"), "not a function");
  assert.equal(at("/node_modules/@outrider/sdk/src/steps.js:1:6"), "not a function");
  assert.equal(at("native"), "not a function");
  assert.equal(at("/a.ts:1:6", "boom"), "boom");
  assert.equal(at("/a.ts:8:14"), "not a function", "the journey's own words");
  assert.equal(messageOf(new Error("not a function")), "not a function");
});
