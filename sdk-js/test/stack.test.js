import assert from "node:assert/strict";
import { test } from "node:test";
import { callersPlace, cleanStack, placeIn, setEdits } from "../src/stack.js";

test("only the author's frames are kept", () => {
  const stack = [
    "    at helper (/lib/helper.ts:3:22)",
    "    at step (/node_modules/@outrider/sdk/src/steps.js:40:14)",
    "    at <anonymous> (/checkout.ts:12:5)",
    "    at map (native)",
    "    at iterate (/__outrider_entry.js:2:1)",
    "",
  ].join("\n");
  assert.equal(cleanStack(stack), "at helper (lib/helper.ts:3:22)\nat checkout.ts:12:5");
});

test("what stands around a module of CommonJS is left out", () => {
  const stack = [
    "    at missing (/node_modules/@outrider/sdk/src/commonjs.js:38:9)",
    "    at __outrider_required (/node_modules/x/index.js:1:1)",
    "    at __outrider_body (/node_modules/x/index.js:2:12)",
    "    at load (/node_modules/@outrider/sdk/src/commonjs.js:21:5)",
    "    at __outrider_require (/node_modules/x/index.js:1:1)",
    "    at <anonymous> (/__outrider_commonjs/1.js:2:1)",
  ].join("\n");
  assert.equal(cleanStack(stack), "at node_modules/x/index.js:2:12");
});

test("a stack without frames of the author is none", () => {
  assert.equal(cleanStack("    at step (/node_modules/@outrider/sdk/src/steps.js:40:14)\n"), null);
  assert.equal(cleanStack(undefined), null);
});

test("columns behind inserted words move back, on their line alone", () => {
  setEdits({ "a.ts": [[2, 30, 20], [2, 70, 5]] }); // prettier-ignore
  const at = (line, column) => cleanStack(`    at f (/a.ts:${line}:${column})`);
  assert.equal(at(2, 8), "at f (a.ts:2:8)");
  assert.equal(at(2, 30), "at f (a.ts:2:10)");
  assert.equal(at(2, 80), "at f (a.ts:2:55)");
  assert.equal(at(2, 17), "at f (a.ts:2:10)", "inside the inserted words");
  assert.equal(at(3, 80), "at f (a.ts:3:80)");
  setEdits({});
});

test("the place of a call is the author's innermost frame, not that of a package", () => {
  const frames = [
    "    at record (/node_modules/@outrider/sdk/src/checks.js:70:14)",
    "    at wrapped (/node_modules/helpers/index.js:2:12)",
    "    at statusIs (/lib/expectations.ts:3:22)",
    "    at <anonymous> (/checkout.ts:12:5)",
  ];
  assert.equal(placeIn(frames.join("\n")), "lib/expectations.ts:3:22");
  assert.equal(placeIn(frames.slice(0, 2).join("\n")), "node_modules/helpers/index.js:2:12");
  assert.equal(placeIn(frames[0]), null);
  assert.equal(placeIn(undefined), null);
});

test("a place that is asked for again is the same, and another another", () => {
  const ask = () => callersPlace();
  const places = [1, 2].map(ask);
  assert.equal(places[0], places[1]);
  assert.match(places[0], /:\d+:\d+$/);
});
