import assert from "node:assert/strict";
import { test } from "node:test";
import { assertionPack, check, expect, fail, fits, vars } from "@outrider/sdk";
import { reportOf } from "./host/journey.js";
import { exportsOf, thrownBy } from "./host/plugin.js";
import { callsOf, reset, state } from "./host/state.js";

const pack = (definition) => exportsOf("assertion-pack", assertionPack(definition));
const ANSWERED = { name: "/", method: "GET", url: "http://shop/", outcome: { tag: "ok", val: { id: 7, status: 503, duration: 1_500_000, bodySize: 1 } } };

test("a pack asks for what it has functions for", async () => {
  const exports = await pack({ description: "d", parameters: { type: "object" }, checkStep() {}, checkPage() {} });
  assert.deepEqual(exports.describe(), {
    name: "test",
    description: "d",
    interest: { exchanges: false, steps: true, pages: true, iterations: false },
    parameters: '{"type":"object"}',
  });
});

test("what is checked is the verdicts, in their order", async () => {
  reset();
  const exports = await pack({
    checkExchange({ name, response, error }) {
      check("first", response.ok, { actual: name });
      expect(response.status, "second", { message: "m" }).toBeLessThan(500);
      assert.equal(error, undefined);
    },
  });
  assert.deepEqual(exports.checkExchange(ANSWERED), [
    { name: "first", passed: false, expected: null, actual: '"/"', message: null },
    { name: "second", passed: false, expected: "< 500", actual: "503", message: "m" },
  ]);
  assert.deepEqual(callsOf("check"), []);
  assert.deepEqual(exports.checkExchange(ANSWERED).length, 2);
});

test("a verdict with tags is recorded at once", async () => {
  reset();
  const exports = await pack({ checkStep: ({ name }) => check("c", true, { tags: { step: name } }) });
  assert.deepEqual(exports.checkStep({ name: "buy", duration: 1, error: null }), []);
  assert.deepEqual(callsOf("checkTagged")[0][1], [{ key: "step", value: "buy" }]);
});

test("an exchange without an answer has its error, as a journey has it", async () => {
  let seen;
  const exports = await pack({ checkExchange: (exchange) => void (seen = exchange) });
  exports.checkExchange({ ...ANSWERED, outcome: { tag: "err", val: { tag: "timeout" } } });
  assert.equal(seen.response, undefined);
  assert.equal(seen.error.code, "timeout");
  assert.equal(seen.error.url, "http://shop/");
});

test("durations are milliseconds and what is missing is undefined", async () => {
  const seen = [];
  const see = (subject) => void seen.push(subject);
  const exports = await pack({ checkStep: see, checkPage: see, checkIteration: see });
  exports.checkStep({ name: "s", duration: 2_500_000, error: null });
  exports.checkPage({ name: "p", url: "u", lcp: 1_000_000, fcp: null, ttfb: null, inp: null, cls: 0.5 });
  exports.checkIteration({ scenario: "x", duration: 1e6, failure: { kind: "target", message: "m", stack: null } });
  assert.deepEqual(seen, [
    { name: "s", duration: 2.5, error: undefined },
    { name: "p", url: "u", lcp: 1, fcp: undefined, ttfb: undefined, inp: undefined, cls: 0.5 },
    { scenario: "x", duration: 1, failure: { kind: "target", message: "m", stack: undefined } },
  ]);
});

test("checks belong into the functions that judge", async () => {
  const exports = await pack({ start: () => void check("early", true), checkStep() {} });
  const failure = thrownBy(() => exports.start());
  assert.equal(failure.kind, "plugin");
  assert.match(failure.message, /check "early" belongs to no verdict here: an assertion pack gives its verdicts in checkExchange/);
});

test("an exception is told with its place, and forgets the verdicts before it", async () => {
  const exports = await pack({
    checkStep({ name }) {
      check("before", true);
      if (name === "bad") fail("no");
    },
  });
  const thrown = thrownBy(() => exports.checkStep({ name: "bad", duration: 0, error: null }));
  assert.match(thrown, /^outrider-uncaught:no\nat [^]*assertion-pack\.test\.js:\d+/);
  assert.equal(exports.checkStep({ name: "good", duration: 0, error: null }).length, 1);
});

test("start reads parameters, and its exception is a failure", async () => {
  reset();
  state.answers.parameters = '{"most":5}';
  let most;
  const exports = await pack({ start: () => void (most = vars.get("most")), checkStep() {} });
  exports.start();
  assert.equal(most, 5);
});

test("every fault of a definition is reported at once", async () => {
  const report = await reportOf(pack({ nam: "x", async checkStep() {}, start: 5, parameters: [] }));
  assert.equal(report.kind, "definition");
  assert.equal(report.world, "assertion-pack");
  const faults = report.faults.join("\n");
  for (const part of ['did you mean "name"', "checkStep of assertionPack() is async", "start of assertionPack() must be a function", "a JSON Schema"]) {
    assert.ok(faults.includes(part), `${part} in:\n${faults}`);
  }
  assert.match((await reportOf(pack({}))).faults[0], /it judges nothing/);
});

test("a pack that is built as a journey says its world", async () => {
  const build = exportsOf("journey", assertionPack({ checkStep() {} }));
  assert.deepEqual(await reportOf(build), { kind: "world", world: "assertion-pack" });
});

test("a star stands for any text", () => {
  for (const [pattern, label] of [["*", ""], ["a*", "a"], ["*b", "ab"], ["a*c*e", "abcde"], ["a**b", "ab"], ["*a*", "bab"], ["a*a", "aa"], ["/assets/*.js", "/assets/app.js"]]) {
    assert.ok(fits(pattern, label), `${pattern} ${label}`);
  }
  for (const [pattern, label] of [["a", "ab"], ["a*", "ba"], ["*a", "ab"], ["a*a", "a"], ["a*b*c", "acb"]]) {
    assert.ok(!fits(pattern, label), `${pattern} ${label}`);
  }
});
