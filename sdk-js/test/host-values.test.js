import assert from "node:assert/strict";
import { test } from "node:test";
import { DataError, SecretError, data, elapsed, journey, now, random, sleep, think, vars } from "@outrider/sdk";
import { iterate, plain } from "./host/journey.js";
import { callsOf, refuse, reset, state } from "./host/state.js";

/** What a call returns inside an iteration. */
async function value(call, answers = {}) {
  let result;
  const failure = await iterate(() => {
    Object.assign(state.answers, answers);
    result = call();
  });
  assert.equal(failure, undefined, failure?.message);
  return result;
}

test("random numbers come from the host", async () => {
  assert.equal(await value(() => random.float()), 0.25);
  assert.equal(await value(() => Math.random()), 0.25);
  assert.equal(await value(() => random.int(3, 9)), 3);
  assert.equal(await value(() => random.boolean()), true);
  assert.equal(await value(() => random.boolean(0.2)), false);
  assert.equal(await value(() => random.pick(["a", "b"]), { between: 1 }), "b");
  assert.equal((await value(() => random.bytes(3))).length, 3);
  assert.match((await iterate(() => random.pick([]))).message, /needs an array/);
  assert.match((await iterate(() => random.int(0.5, 1))).message, /whole number/);
  assert.match((await iterate(() => random.bytes(70_000))).message, /from 0 to 65536/);
});

test("choices follow from the host's random numbers", async () => {
  const weighted = (float) => value(() => random.weighted({ card: 7, never: 0, invoice: 3 }), { float });
  assert.deepEqual([await weighted(0), await weighted(0.69), await weighted(0.7), await weighted(0.9999)], ["card", "card", "invoice", "invoice"]); // prettier-ignore
  assert.equal(await value(() => random.weighted([[{ id: 1 }, 1]]).id), 1);
  assert.deepEqual(await value(() => random.shuffle(["a", "b", "c"]), { between: 0 }), ["b", "c", "a"]);
  assert.equal(await value(() => random.string(3, "xy")), "xxx");
  assert.equal((await value(() => random.string(8))).length, 8);
  assert.equal(await value(() => random.normal(5, 2)), 7);
  assert.match((await iterate(() => random.weighted({}))).message, /a weight above 0/);
  assert.match((await iterate(() => random.weighted({ a: -1, b: 2 }))).message, /must not be negative/);
  assert.match((await iterate(() => random.weighted("ab"))).message, /an object of weights/);
  assert.match((await iterate(() => random.shuffle("ab"))).message, /needs an array/);
  assert.match((await iterate(() => random.string(3, ""))).message, /an alphabet/);
  assert.match((await iterate(() => random.normal(0, -1))).message, /must not be negative/);
  assert.match((await iterate(() => random.exponential(-1))).message, /must not be negative/);
});

test("time comes from the host, in milliseconds", async () => {
  assert.equal(await value(() => now()), 1_700_000_000_000.5);
  assert.equal(await value(() => elapsed()), 2.5);
  assert.equal(await value(() => Date.now()), 1_700_000_000_000);
  assert.equal(await value(() => new Date().toISOString()), "2023-11-14T22:13:20.000Z");
  assert.equal(await value(() => new Date(0).getTime()), 0);
  assert.equal(await value(() => new Date(2020, 1).getMonth()), 1);
  assert.equal(await value(() => typeof Date()), "string");
  assert.ok(await value(() => new Date() instanceof Date && new Date().constructor === Date));
  assert.equal(await value(() => new (class extends Date {})().getTime()), 1_700_000_000_000);
  assert.equal(await value(() => performance.now()), 2.5);
});

test("waiting is told to the host in nanoseconds", async () => {
  const slept = async (wait) => {
    await value(wait);
    return callsOf("sleep")[0][0];
  };
  assert.equal(await slept(() => sleep("2s")), 2e9);
  assert.equal(await slept(() => think(10)), 10e6);
  assert.equal(await slept(() => think(10, 20)), 12_500_000);
  assert.equal(await slept(() => think("1s", "1s")), 1e9);
  assert.equal(await slept(() => think.exponential(10)), 10e6);
  assert.equal(await slept(() => think.normal(10, "2ms")), 12e6);
  await value(() => think.normal(10, 5), { normal: -1e9 });
  assert.equal(callsOf("sleep")[0][0], 0);
  await value(() => think.exponential(10), { exponential: 1e12 });
  assert.equal(callsOf("sleep")[0][0], 100e6);
  assert.match((await iterate(() => sleep("a while"))).message, /a duration must be/);
});

test("data rows are parsed, and their lack is a DataError", async () => {
  assert.deepEqual(await value(() => data.row("users"), { row: '{"name":"a"}' }), { name: "a" });
  assert.equal(await value(() => data.count("users"), { count: 7 }), 7);
  const lack = async (tag, val) =>
    iterate(() => {
      state.answers.row = () => refuse(tag, val);
      try {
        data.row("users");
      } catch (error) {
        assert.ok(error instanceof DataError);
        throw error;
      }
    });
  const only = "the run has no data 'users', only cards, shops (hint: --data users=FILE)";
  assert.equal((await lack("unknown", ["cards", "shops"])).message, only);
  assert.equal((await lack("unknown", [])).message, "the run has no data 'users' (hint: --data users=FILE)");
  assert.equal((await lack("exhausted", 3)).message, 'data "users": all 3 rows have been used');
});

test("secrets come from the host, and their lack is a SecretError", async () => {
  assert.equal(await value(() => vars.secret("token")), "s3cr3t");
  assert.deepEqual(callsOf("secret"), [["token"]]);
  const failure = await iterate(() => {
    state.answers.secret = () => refuse("not-granted", ["password"]);
    try {
      vars.secret("token");
    } catch (error) {
      assert.ok(error instanceof SecretError);
      assert.equal(error.code, "not-granted");
      throw error;
    }
  });
  assert.equal(failure.message, 'secret "token": the run has no secret of that name (it has password)');
  assert.match((await iterate(() => vars.secret(5))).message, /must be a string/);
});

test("parameters are read once, setup data as soon as it is there", async () => {
  const exports = await plain({ default: journey({ scenarios: { default: () => [vars.get("path"), vars.parameters(), vars.setupData()] } }) });
  reset();
  state.answers.parameters = '{"path":"/x"}';
  const iteration = { scenario: "default", index: 0, userIteration: 0 };
  exports.iterate(iteration);
  state.answers.setupData = '{"id":1}';
  exports.iterate(iteration);
  exports.iterate(iteration);
  assert.equal(callsOf("parameters").length, 1);
  assert.equal(callsOf("setupData").length, 2);
});
