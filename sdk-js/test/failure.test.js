import assert from "node:assert/strict";
import { test } from "node:test";
import { abort, fail, http } from "@outrider/sdk";
import { iterate } from "./host/journey.js";
import { refuse, state } from "./host/state.js";

test("fail is the target's, abort ends the run, anything else is the plugin's", async () => {
  assert.equal((await iterate(() => fail("no token"))).kind, "target");
  assert.equal((await iterate(() => abort("wrong site"))).kind, "abort-run");
  assert.equal((await iterate(() => null.x)).kind, "plugin");
  assert.equal((await iterate(() => fail("no token"))).message, "no token");
});

test("an exception says its class", async () => {
  const failure = await iterate(() => {
    throw new RangeError("too far");
  });
  assert.equal(failure.message, "RangeError: too far");
});

test("things that are no errors can be thrown", async () => {
  const thrown = (value) => iterate(() => { throw value; }); // prettier-ignore
  assert.equal((await thrown("text")).message, 'uncaught "text"');
  assert.equal((await thrown({ a: 1 })).message, 'uncaught {"a":1}');
  assert.equal((await thrown(undefined)).message, "uncaught undefined");
  assert.equal((await thrown(Object.create(null))).message, "uncaught {}");
});

test("the kind is that of the first cause that has one", async () => {
  const failure = await iterate(() => {
    try {
      fail("no stock");
    } catch (cause) {
      throw new Error("cannot buy", { cause });
    }
  });
  assert.equal(failure.kind, "target");
  assert.equal(failure.message, "Error: cannot buy; caused by no stock");
});

test("an error that is its own cause ends", async () => {
  const failure = await iterate(() => {
    const error = new Error("round");
    error.cause = error;
    throw error;
  });
  assert.equal(failure.message, "Error: round");
});

test("a long message is cut, and half a surrogate pair is replaced", async () => {
  const failure = await iterate(() => fail("\ud800" + "x".repeat(10_000)));
  assert.ok(failure.message.length < 4_100);
  assert.ok(failure.message.isWellFormed());
});

test("a request without an answer is the target's failure, but not if it could not be sent", async () => {
  const kindOf = async (tag, val) => {
    const failure = await iterate(() => {
      state.answers.send = () => refuse(tag, val);
      http.get("/cart");
    });
    return [failure.kind, failure.message];
  };
  assert.deepEqual(await kindOf("connection-refused"), ["target", "GET /cart: connection refused"]);
  assert.deepEqual(await kindOf("timeout"), ["target", "GET /cart: no whole answer within the limit"]);
  assert.deepEqual(await kindOf("other", "odd"), ["target", "GET /cart: odd"]);
  assert.deepEqual(await kindOf("not-granted", "h:80"), ["plugin", "GET /cart: the run's grants do not cover h:80 (hint: --allow-net h:80)"]);
  assert.deepEqual(await kindOf("dns", "shop.test"), ["target", "GET /cart: cannot resolve shop.test"]);
  assert.deepEqual(await kindOf("tls", "certificate expired"), ["target", "GET /cart: TLS handshake failed: certificate expired"]);
  assert.equal((await kindOf("invalid-url", "no host"))[0], "plugin");
});
