import assert from "node:assert/strict";
import { test } from "node:test";
import { journey } from "@outrider/sdk";
import { ITERATION, asynchronous, plain, reportOf } from "./host/journey.js";

const noop = () => {};

test("the short form is a journey with the scenario default", async () => {
  const exports = await plain({ default: noop });
  assert.deepEqual(exports.describe(), {
    name: "test",
    description: "",
    parameters: null,
    scenarios: [{ name: "default", description: "", weight: 1 }],
  });
});

test("the short form takes the rest from named exports", async () => {
  const exports = await plain({ default: noop, name: "shop", parameters: { type: "object" }, setup: () => ({ id: 7 }) });
  assert.equal(exports.describe().name, "shop");
  assert.equal(exports.describe().parameters, '{"type":"object"}');
  assert.equal(exports.setup(), '{"id":7}');
});

test("a journey describes its scenarios with their weights", async () => {
  const scenarios = { browse: { weight: 8, description: "Looks.", run: noop }, buy: noop };
  const exports = await plain({ default: journey({ name: "checkout", description: "Buys.", scenarios }) });
  assert.deepEqual(exports.describe().scenarios, [
    { name: "browse", description: "Looks.", weight: 8 },
    { name: "buy", description: "", weight: 1 },
  ]);
});

test("functions are called with user and iteration, and keep their this", async () => {
  const seen = [];
  const definition = {
    prefix: undefined,
    scenarios: {
      default: {
        run(user, iteration) {
          seen.push([user.vu, user.data.token, iteration.index, typeof this.run]);
        },
      },
    },
    start(user) {
      user.data.token = "t";
      seen.push(["start", typeof this.start]);
    },
    stop: () => seen.push(["stop"]),
    teardown: () => seen.push(["teardown"]),
  };
  delete definition.prefix;
  const exports = await plain({ default: journey(definition) });
  exports.start({ vu: 3 });
  exports.iterate({ ...ITERATION, index: 9 });
  exports.stop();
  exports.teardown();
  assert.deepEqual(seen, [["start", "function"], [3, "t", 9, "function"], ["stop"], ["teardown"]]);
});

test("hooks may be missing", async () => {
  const exports = await plain({ default: noop });
  assert.equal(exports.setup(), null);
  assert.equal(exports.start({ vu: 1 }), undefined);
  assert.equal(exports.stop(), undefined);
  assert.equal(exports.teardown(), undefined);
});

test("a scenario that the journey has not is the plugin's failure", async () => {
  const exports = await plain({ default: noop });
  assert.throws(
    () => exports.iterate({ ...ITERATION, scenario: "nope" }),
    (failure) => failure.kind === "plugin" && failure.message.includes('no scenario "nope"'),
  );
});

test("every fault of a definition is reported at once", async () => {
  const definition = { nme: "x", parameters: [], scenarios: { a: { weight: -1, run: noop }, b: { weigth: 1 }, c: 5 } };
  const report = await reportOf(plain({ default: journey(definition) }));
  assert.equal(report.kind, "definition");
  const faults = report.faults.join("\n");
  for (const part of ['did you mean "name"', "must be a JSON Schema", 'weight of scenario "a"', 'did you mean "weight"', '"b" has no run', 'scenario "c" must be']) {
    assert.ok(faults.includes(part), `${part} in:\n${faults}`);
  }
});

test("a journey without scenarios and a module without a journey are faults", async () => {
  assert.match((await reportOf(plain({ default: journey({}) }))).faults[0], /a scenario or more/);
  assert.match((await reportOf(plain({}))).faults[0], /no default export/);
  assert.match((await reportOf(plain({ default: 5 }))).faults[0], /is number/);
});

test("a hook beside a journey would be ignored and is a fault", async () => {
  const module = { default: journey({ scenarios: { default: noop } }), setup: noop };
  assert.match((await reportOf(plain(module))).faults[0], /"setup" is exported beside/);
});

test("generators are faults", async () => {
  assert.match((await reportOf(plain({ default: function* () {} }))).faults[0], /generator/);
});

test("a build for the wrong world says which is right", async () => {
  assert.deepEqual(await reportOf(plain({ default: async () => {} })), { kind: "world", world: "journey-async" });
  assert.deepEqual(await reportOf(asynchronous({ default: () => {} })), { kind: "world", world: "journey" });
  const oneAsync = journey({ scenarios: { a: noop, b: noop }, async teardown() {} });
  assert.deepEqual(await reportOf(plain({ default: oneAsync })), { kind: "world", world: "journey-async" });
});

test("an exception at the top level is reported with its name", async () => {
  const { bind } = await import("@outrider/sdk/runtime");
  const build = bind({ name: "x", world: "journey", edits: {}, calls: "{}", watch: false }, async () => {
    throw new TypeError("boom");
  });
  const report = await reportOf(build);
  assert.equal(report.kind, "exception");
  assert.equal(report.message, "TypeError: boom");
});
