import assert from "node:assert/strict";
import { test } from "node:test";
import { RejectError, check, column, log, reject, transform } from "@outrider/sdk";
import { reportOf } from "./host/journey.js";
import { exportsOf, thrownBy } from "./host/plugin.js";

const made = (run) => exportsOf("transform", transform({ table: "t", transform: run }));
const record = (data, position = 0) => ({
  source: "a.log",
  position,
  received: 1_700_000_000_123_000_000,
  data: typeof data === "string" ? new TextEncoder().encode(data) : data,
});

async function outcomes(run, ...lines) {
  return (await made(run)).transform(lines.map((line, index) => record(line, index)));
}

test("a transform describes itself with its table", async () => {
  const exports = await made(() => null);
  assert.deepEqual(exports.describe(), { name: "test", description: "", table: "t", parameters: null });
  assert.equal(exports.start(), undefined);
});

test("each record has its outcome", async () => {
  const found = await outcomes(
    ({ text }) => {
      if (text === "") return null;
      if (text === "two") return [{ n: 1 }, { n: 2 }];
      if (text === "none") return [];
      if (text === "bad") reject("not good");
      return { text };
    },
    "one",
    "",
    "two",
    "bad",
    "none",
  );
  assert.deepEqual(found, [
    { tag: "rows", val: [[{ column: "text", value: { tag: "text", val: "one" } }]] },
    { tag: "skipped" },
    { tag: "rows", val: [1, 2].map((val) => [{ column: "n", value: { tag: "integer", val } }]) },
    { tag: "rejected", val: "not good" },
    { tag: "rows", val: [] },
  ]);
});

test("values have the types of columns", async () => {
  const row = {
    text: "é",
    yes: true,
    whole: 5,
    part: 5.5,
    float: column.float(5),
    big: 7n,
    huge: column.integer(2 ** 53 - 1),
    at: new Date(1_700_000_000_123),
    took: column.duration("1.5s"),
    left: null,
    out: undefined,
  };
  const [{ val }] = await outcomes(() => row, "x");
  const values = Object.fromEntries(val[0].map(({ column: name, value: { tag, val: of } }) => [name, [tag, of]]));
  const { at, ...rest } = values;
  assert.deepEqual(rest, {
    text: ["text", "é"],
    yes: ["boolean", true],
    whole: ["integer", 5],
    part: ["float", 5.5],
    float: ["float", 5],
    big: ["integer", 7],
    huge: ["integer", 2 ** 53 - 1],
    took: ["duration", 1_500_000_000],
  });
  assert.equal(at[0], "time");
  const exact = 1_700_000_000_123_000_000n;
  assert.ok(BigInt(at[1]) >= exact && BigInt(at[1]) < exact + 256n, String(at[1]));
});

test("a time is never before the one that is given", () => {
  for (const nanoseconds of [0n, 1n, 2n ** 53n + 1n, 1_700_000_000_000_000_001n, 2n ** 63n + 5n]) {
    const { val } = column.time(nanoseconds);
    assert.ok(BigInt(val) >= nanoseconds && BigInt(val) - nanoseconds < 4096n, String(nanoseconds));
  }
  assert.equal(column.time(1.5).val, 1_500_000);
});

test("what is no value of a column is refused with its name", async () => {
  for (const [row, words] of [
    [{ a: {} }, /column "a" must be a string, number/],
    [{ a: [1] }, /not an array/],
    [5, /a row must be an object/],
    [undefined, /transform returned nothing: return a row/],
    [Promise.resolve({}), /returned a promise, which nothing waits for; functions are plain ones here/],
  ]) {
    const exports = await made(() => row);
    assert.match(thrownBy(() => exports.transform([record("x")])).message, words);
  }
  for (const call of [() => column.time("yesterday"), () => column.integer("1"), () => column.float("1"), () => column.duration({})]) {
    assert.throws(call, (error) => !(error instanceof RejectError), String(call));
  }
});

test("a value that no column holds rejects its record", async () => {
  for (const [row, words] of [
    [() => ({ a: 2n ** 60n }), /^column "a": column\.integer's value must be a whole number up to 2\^53 - 1/],
    [() => ({ a: new Date("yesterday") }), /^column "a": column\.time's value is no time since 1970: Invalid Date/],
    [() => ({ a: column.time(-1) }), /^column\.time's value is no time since 1970/],
    [() => ({ a: column.integer(1.5) }), /up to 2\^53 - 1, not 1\.5/],
    [() => ({ a: column.duration(Number("x")) }), /column\.duration's value must be/],
    [() => ({ a: column.duration("x") }), /column\.duration's value must be/],
  ]) {
    const [outcome] = await outcomes(row, "x");
    assert.equal(outcome.tag, "rejected", String(row));
    assert.match(outcome.val, words);
  }
  // The host rejects them, with the column's name.
  const [{ val }] = await outcomes(() => ({ a: Number("x"), b: column.float(Infinity) }), "x");
  assert.deepEqual(val[0].map(({ value }) => value), [{ tag: "float", val: NaN }, { tag: "float", val: Infinity }]);
});

test("a record is text, JSON and bytes, and what it is not rejects it", async () => {
  const seen = [];
  const found = await outcomes(
    (given) => {
      seen.push([given.source, given.position, given.received.toISOString(), given.data.length]);
      return { text: given.text, n: given.json().n };
    },
    '{"n": 1, "name": "é€𝄞"}',
    "no JSON",
    Uint8Array.of(0xff, 0xfe),
  );
  assert.deepEqual(seen[0], ["a.log", 0, "2023-11-14T22:13:20.123Z", 29]);
  assert.equal(found[0].val[0][0].value.val, '{"n": 1, "name": "é€𝄞"}');
  assert.match(found[1].val, /^not JSON: /);
  assert.deepEqual(found[2], { tag: "rejected", val: "not UTF-8 text" });
});

test("long records are read whole", async () => {
  const line = "é".repeat(50_000);
  const [{ val }] = await outcomes(({ text }) => ({ length: text.length, text }), line);
  assert.equal(val[0][0].value.val, 50_000);
  assert.equal(val[0][1].value.val, line);
});

test("an exception is a failure of the batch, and checks have no place", async () => {
  const exports = await made(({ text }) => {
    log.info(text);
    return check("c", true);
  });
  const failure = thrownBy(() => exports.transform([record("x")]));
  assert.equal(failure.kind, "plugin");
  assert.match(failure.message, /there are no checks but in journeys and assertion packs/);
  assert.match(failure.stack, /transform\.test\.js/);
});

test("every fault of a definition is reported at once", async () => {
  const report = await reportOf(exportsOf("transform", transform({ tabel: "t", async start() {} })));
  const faults = report.faults.join("\n");
  for (const part of ['did you mean "table"', "it has no table", "it has no transform function", "start of transform() is async"]) {
    assert.ok(faults.includes(part), `${part} in:\n${faults}`);
  }
});
