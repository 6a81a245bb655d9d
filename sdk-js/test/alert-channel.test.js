import assert from "node:assert/strict";
import { test } from "node:test";
import { DeliveryError, accepted, alertChannel, fail, http, refuse, tryAgain } from "@outrider/sdk";
import { reportOf } from "./host/journey.js";
import { exportsOf, thrownBy } from "./host/plugin.js";
import { refuse as refuseCall, reset, state } from "./host/state.js";

const channel = (deliver) => exportsOf("alert-channel", alertChannel({ deliver }));
const ALERT = {
  incident: "i-1",
  kind: "failed",
  monitor: "shop",
  summary: "it is down",
  began: 1_700_000_000_123_000_000,
  raised: 1_700_000_060_123_000_000,
  locations: [
    { name: "eu", passed: false, duration: 2_500_000, error: "timeout", failedChecks: [{ name: "status", passed: false, expected: "200", actual: null, message: null }] },
  ],
  run: null,
  link: "https://x.test/",
  tags: [{ key: "team", value: "web" }],
};

test("an alert is told in JavaScript's words", async () => {
  let seen;
  const exports = await channel((alert) => void (seen = alert));
  assert.deepEqual(exports.describe(), { name: "test", description: "", parameters: null });
  assert.equal(exports.start(), undefined);
  assert.equal(exports.deliver(ALERT), undefined);
  assert.deepEqual(seen, {
    ...ALERT,
    began: new Date(1_700_000_000_123),
    raised: new Date(1_700_000_060_123),
    locations: [{ name: "eu", passed: false, duration: 2.5, error: "timeout", failedChecks: [{ name: "status", passed: false, expected: "200", actual: undefined, message: undefined }] }],
    run: undefined,
    tags: { team: "web" },
  });
});

test("how a delivery ends is told apart", async () => {
  const ends = async (deliver) => {
    const exports = await channel(deliver);
    return thrownBy(() => exports.deliver(ALERT));
  };
  assert.deepEqual(await ends(() => tryAgain("busy")), { tag: "try-again", val: "busy" });
  assert.deepEqual(await ends(() => refuse("gone")), { tag: "refused", val: "gone" });
  const caused = await ends(() => refuse("gone", { cause: new TypeError("why") }));
  assert.deepEqual(caused, { tag: "refused", val: "gone; caused by TypeError: why" });
  const broken = await ends(() => null.url);
  assert.equal(broken.tag, "broken");
  assert.match(broken.val.message, /TypeError/);
});

test("what the other side does is tried again, what the plan does not allow is the channel's fault", async () => {
  const exports = await channel(() => void http.post("/hook"));
  const ends = (code, detail) => {
    reset();
    state.answers.send = () => refuseCall(code, detail);
    return thrownBy(() => exports.deliver(ALERT));
  };
  assert.deepEqual(ends("connection-refused"), { tag: "try-again", val: "POST /hook: connection refused" });
  assert.equal(ends("not-granted", "x:1").tag, "broken");
  reset();
  const other = await channel(() => fail("the chat is down"));
  assert.deepEqual(thrownBy(() => other.deliver(ALERT)), { tag: "try-again", val: "the chat is down" });
});

test("every fault of a definition is reported at once", async () => {
  const report = await reportOf(exportsOf("alert-channel", alertChannel({ deliverr() {} })));
  assert.match(report.faults.join("\n"), /did you mean "deliver"[^]*it has no deliver function/);
  assert.throws(() => tryAgain("x"), DeliveryError);
});

test("an answer is accepted, tried again or refused by its status", async () => {
  const ends = (status) => thrownBy(() => accepted({ status, url: "/hook" }));
  assert.equal(accepted({ status: 204, url: "/hook" }), undefined);
  for (const status of [408, 429, 500, 503]) assert.equal(ends(status).kind, "try-again", String(status));
  for (const status of [101, 301, 400, 401, 404]) assert.equal(ends(status).kind, "refused", String(status));
  assert.equal(ends(503).message, "status 503");
});
