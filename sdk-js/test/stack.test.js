import assert from "node:assert/strict";
import { test } from "node:test";
import { cleanStack, setEdits } from "../src/stack.js";

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
