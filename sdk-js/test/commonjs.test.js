import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultOf, load, missing, pick } from "../src/commonjs.js";
import { thrownBy } from "./host/plugin.js";

test("a module is run once, when it is required first", () => {
  let runs = 0;
  const body = (exports, _require, module, filename, dirname) => {
    runs += 1;
    exports.seen = [module.id, filename, dirname, module.exports === exports];
  };
  const exports = load("node_modules/a/lib/once.js", body, missing);
  assert.equal(load("node_modules/a/lib/once.js", body, missing), exports);
  assert.equal(runs, 1);
  assert.deepEqual(exports.seen, ["/node_modules/a/lib/once.js", "/node_modules/a/lib/once.js", "/node_modules/a/lib", true]);
});

test("modules that require each other see what is there so far", () => {
  const one = () => load("one", (exports, require) => { exports.before = 1; exports.two = require("two").saw; exports.after = 1; }, () => two()); // prettier-ignore
  const two = () => load("two", (exports, require) => { exports.saw = Object.keys(require("one")); }, () => one()); // prettier-ignore
  assert.deepEqual(one().two, ["before"]);
});

test("a module that throws throws again for the next one", () => {
  const broken = () => load("broken", () => { throw new Error("boom"); }, missing); // prettier-ignore
  assert.throws(broken, /boom/);
  assert.throws(broken, /boom/);
});

test("what is not found has the code that packages ask for", () => {
  assert.equal(thrownBy(() => missing("fs", "'fs' is a part of Node")).code, "MODULE_NOT_FOUND");
  assert.match(thrownBy(() => missing(String(1))).message, /Cannot find module '1'/);
});

test("imports are those of translated modules, or all of it", () => {
  const all = () => 1;
  assert.equal(defaultOf(all), all);
  assert.equal(defaultOf({ __esModule: true, default: 5 }), 5);
  assert.equal(defaultOf(null), null);
  assert.equal(pick({ a: 1 }, "a", "x"), 1);
  assert.throws(() => pick({}, "a", "x"), /Could not find export 'a' in module 'x'/);
  assert.throws(() => pick(undefined, "a", "x"), SyntaxError);
});
