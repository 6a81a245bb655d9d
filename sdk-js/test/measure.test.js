import assert from "node:assert/strict";
import { test } from "node:test";
import { check, expect, fail, log, metrics, step, tag } from "@outrider/sdk";
import { iterate, iterateAsync } from "./host/journey.js";
import { callsOf, state } from "./host/state.js";

const events = () => state.calls.map(([name, ...rest]) => (name === "beginStep" ? `begin ${rest[0]}` : `end ${rest[1] ?? "ok"}`));

test("a step returns what its function returns and ends", async () => {
  let value;
  await iterate(() => void (value = step("outer", () => step("inner", () => 5))));
  assert.equal(value, 5);
  assert.deepEqual(events(), ["begin outer", "begin inner", "end ok", "end ok"]);
});

test("an error fails its step and goes on", async () => {
  const failure = await iterate(() => step("s", () => fail("no token")));
  assert.equal(failure.message, "no token");
  assert.deepEqual(events(), ["begin s", "end no token"]);
});

test("an async step ends when its promise does", async () => {
  const failure = await iterateAsync(async () => {
    await step("a", async () => void (await null));
    await step("b", async () => fail("late"));
  });
  assert.equal(failure.message, "late");
  assert.deepEqual(events(), ["begin a", "end ok", "begin b", "end late"]);
});

test("an async step in a journey of plain functions fails loudly", async () => {
  const failure = await iterate(() => void step("s", async () => {}));
  assert.match(failure.message, /step "s" is async in a journey of plain functions/);
  assert.match(events()[1], /is async/);
});

test("steps side by side are refused", async () => {
  const failure = await iterateAsync(async () => {
    await Promise.all([step("a", async () => void (await null)), step("b", async () => void (await null, await null))]);
  });
  assert.match(failure.message, /step "b" was still open when step "a" ended/);
  assert.deepEqual(events(), ["begin a", "begin b", "end ok"]);
});

test("a step that an iteration left open is forgotten by the next", async () => {
  await iterateAsync(async () => void step("open", () => new Promise(() => {})));
  assert.equal(await iterateAsync(async () => void step("s", () => {})), undefined);
});

test("steps and checks carry tags", async () => {
  await iterate(() => {
    step("s", () => {}, { tags: { plan: "free" } });
    step("t", () => {}, { tags: {} });
    check("yes", true, { tags: { plan: 1 } });
    expect(1, "one", { tags: { plan: "x" }, message: "why" }).toBe(2);
  });
  assert.deepEqual(callsOf("beginStepTagged"), [["s", [{ key: "plan", value: "free" }]]]);
  assert.equal(callsOf("beginStep").length, 1);
  const tagged = [...callsOf("checkTagged"), ...callsOf("checkAt")];
  assert.deepEqual(tagged.map(([{ name, expected, message }, tags]) => [name, expected, message, tags]), [
    ["yes", null, null, [{ key: "plan", value: "1" }]],
    ["one", "2", "why", [{ key: "plan", value: "x" }]],
  ]); // prettier-ignore
  assert.match((await iterate(() => step("s", () => {}, { tag: {} }))).message, /did you mean "tags"/);
  assert.match((await iterate(() => expect(1, "s", { tgas: {} }))).message, /did you mean "tags"/);
});

test("a check records its verdict and returns it", async () => {
  let returned;
  await iterate(() => {
    returned = [check("yes", 1), check("no", 0, { expected: 200, actual: "503", message: "busy" })];
  });
  assert.deepEqual(returned, [true, false]);
  assert.deepEqual(callsOf("check"), [[{ name: "yes", passed: true, expected: null, actual: null, message: null }]]);
  const [[verdict, tags, place]] = callsOf("checkAt");
  assert.deepEqual(verdict, { name: "no", passed: false, expected: "200", actual: '"503"', message: "busy" });
  assert.deepEqual(tags, []);
  assert.match(place, /:\d+:\d+$/);
});

test("a check that fails and has tags says its place too", async () => {
  await iterate(() => void check("no", false, { tags: { plan: "x" } }));
  assert.deepEqual(callsOf("checkAt").map(([, tags]) => tags), [[{ key: "plan", value: "x" }]]);
  assert.deepEqual(callsOf("checkTagged"), []);
});

test("a check of a promise would always hold and is refused", async () => {
  assert.match((await iterateAsync(async () => void check("c", Promise.resolve(false)))).message, /was given a promise/);
  assert.match((await iterate(() => void check("c", true, { expcted: 1 }))).message, /did you mean "expected"/);
});

test("expectations say what was expected and what was found", async () => {
  const verdicts = async (run) => {
    await iterate(run);
    return [...callsOf("check"), ...callsOf("checkAt")].map(([{ passed, expected, actual }]) => [passed, expected, actual]);
  };
  assert.deepEqual(await verdicts(() => expect(200, "s").toBe(200)), [[true, "200", "200"]]);
  assert.deepEqual(await verdicts(() => expect(503, "s").toBe(200)), [[false, "200", "503"]]);
  assert.deepEqual(await verdicts(() => expect({ a: [1] }, "s").toEqual({ a: [1] })), [[true, '{"a":[1]}', '{"a":[1]}']]);
  assert.deepEqual(await verdicts(() => expect({ a: 1 }, "s").toEqual({ b: 1 })), [[false, '{"b":1}', '{"a":1}']]);
  assert.deepEqual(await verdicts(() => expect("abc", "s").toContain("b")), [[true, 'contains "b"', '"abc"']]);
  assert.deepEqual(await verdicts(() => expect([1], "s").toContain(2)), [[false, "contains 2", "[1]"]]);
  assert.deepEqual(await verdicts(() => expect("abc", "s").toMatch(/B/i)), [[true, "matches /B/i", '"abc"']]);
  assert.deepEqual(await verdicts(() => expect(undefined, "s").toMatch(/B/i)), [[false, "matches /B/i", "undefined"]]);
  assert.deepEqual(await verdicts(() => expect(5, "s").toBeLessThan(5)), [[false, "< 5", "5"]]);
  assert.deepEqual(await verdicts(() => expect(5, "s").toBeLessThanOrEqual(5)), [[true, "<= 5", "5"]]);
  assert.deepEqual(await verdicts(() => expect(5, "s").toBeGreaterThan(4)), [[true, "> 4", "5"]]);
  assert.deepEqual(await verdicts(() => expect(5, "s").toBeGreaterThanOrEqual(6)), [[false, ">= 6", "5"]]);
  assert.deepEqual(await verdicts(() => expect("", "s").toBeTruthy()), [[false, "a true value", '""']]);
  assert.deepEqual(await verdicts(() => expect(undefined, "s").toBeDefined()), [[false, "a value", "undefined"]]);
  assert.deepEqual(await verdicts(() => expect("x", "s").not.toBe("")), [[true, 'not ""', '"x"']]);
});

test("a long value is cut", async () => {
  await iterate(() => void expect("x".repeat(10_000), "s").toBe(""));
  assert.ok(callsOf("checkAt")[0][0].actual.length < 1_100);
});

test("metrics are recorded by their kind", async () => {
  const orders = metrics.counter("orders");
  await iterate(() => {
    orders.add();
    orders.add(2, { plan: "x" });
    metrics.gauge("stock").set(5);
    metrics.rate("hits").add(true);
    metrics.trend("price").add(9.5);
  });
  assert.deepEqual(callsOf("recordMetric"), [
    ["orders", "counter", 1, []],
    ["orders", "counter", 2, [{ key: "plan", value: "x" }]],
    ["stock", "gauge", 5, []],
    ["hits", "rate", 1, []],
    ["price", "trend", 9.5, []],
  ]);
  assert.match((await iterate(() => orders.add("2"))).message, /must be a finite number/);
  assert.match((await iterate(() => orders.add(NaN))).message, /must be a finite number/);
});

test("tags are text", async () => {
  await iterate(() => tag("n", 5));
  assert.deepEqual(callsOf("setTag"), [[{ key: "n", value: "5" }]]);
});

test("a tag that is an object is refused with what to write", async () => {
  const words = async (run) => (await iterate(run)).message;
  assert.equal(
    await words(() => metrics.counter("orders").add(1, { tags: { plan: "x" } })),
    'TypeError: a metric\'s tag "tags" must be a string, number or boolean, not an object: write { plan } itself',
  );
  assert.match(await words(() => check("c", true, { tags: { plan: ["x"] } })), /tag "plan" must be .* not an object$/);
});

test("log and console write lines", async () => {
  const round = { name: "round" };
  round.self = round;
  await iterate(() => {
    log.info("a", 1, { b: [true] }, undefined, null);
    console.log(round);
    console.error(new TypeError("t"));
    console.assert(false, "odd");
    console.debug(5n, Symbol("s"), () => {});
  });
  assert.deepEqual(callsOf("log"), [
    ["info", 'a 1 {"b":[true]} undefined null'],
    ["info", '{"name":"round","self":"[seen above]"}'],
    ["error", "TypeError: t"],
    ["error", "assertion failed odd"],
    ["debug", "5n Symbol(s) [function anonymous]"],
  ]);
});

test("k6's form of a check is told what to write", async () => {
  const failure = await iterate(() => void check({ status: 200 }, { "is 200": (r) => r.status === 200 }));
  assert.match(failure.message, /check takes a name and whether it holds: check\("is 200", response\.status === 200\)/);
  assert.match((await iterate(() => void check({}, {}))).message, /a check's name must be a string/);
});
