import assert from "node:assert/strict";
import { test } from "node:test";
import { abort, fail, log } from "@outrider/sdk";
import { ITERATION, asynchronous, iterate, iterateAsync } from "./host/journey.js";
import { callsOf } from "./host/state.js";

// Async functions as the toolchain leaves them.
const broken = async (error = new Error("lost")) => {try{__outrider.enter(); await null; throw error; }catch(e){throw __outrider.failed(e)}finally{__outrider.leave()}}; // prettier-ignore
const slow = async (rounds) => {try{__outrider.enter(); for (let i = 0; i < rounds; i++) await null; throw new Error("late"); }catch(e){throw __outrider.failed(e)}finally{__outrider.leave()}}; // prettier-ignore
const handled = async () => {try{__outrider.enter(); try { await broken(); } catch (e) {__outrider.caught(e); } }catch(e){throw __outrider.failed(e)}finally{__outrider.leave()}}; // prettier-ignore

test("a rejection is the iteration's failure", async () => {
  assert.equal((await iterateAsync(async () => broken())).message, "Error: lost");
  assert.equal((await iterateAsync(async () => fail("no token"))).kind, "target");
  assert.equal(await iterateAsync(async () => {}), undefined);
});

test("a rejection that nobody awaits is the iteration's failure", async () => {
  assert.equal((await iterateAsync(async () => void broken())).message, "Error: lost");
});

test("an error in a handler that nobody awaits is not lost, however late it is called", async () => {
  const throws = () => {
    throw new Error("lost");
  };
  const done = async () => {try{__outrider.enter(); return 1; }catch(e){throw __outrider.failed(e)}finally{__outrider.leave()}}; // prettier-ignore
  for (const floating of [
    () => Promise.resolve(1).then(throws),
    () => done().then(throws),
    () => done().then(() => {}).then(() => {}).then(throws), // prettier-ignore
    () => done().then(() => slow(3)),
    () => Promise.reject(new Error("first")).catch(throws),
  ]) {
    const failure = await iterateAsync(async () => void floating());
    assert.match(failure?.message ?? "nothing", /lost|late/, String(floating));
  }
});

test("a handler of a promise that is never settled is no failure", async () => {
  assert.equal(await iterateAsync(async () => void new Promise(() => {}).then(() => {})), undefined);
  assert.equal(await iterateAsync(async () => {}), undefined, "nor does it hold up the next iteration");
});

test("work that nobody awaits is waited for", async () => {
  assert.equal((await iterateAsync(async () => void slow(50))).message, "Error: late");
});

test("a promise of a loop's callback is not lost", async () => {
  assert.equal((await iterateAsync(async () => [1].forEach(() => broken()))).message, "Error: lost");
});

test("an error that is handed on to another promise is not lost", async () => {
  const handsOn = async () => {try{__outrider.enter(); return (broken())}catch(e){throw __outrider.failed(e)}finally{__outrider.leave()}}; // prettier-ignore
  for (const floating of [
    () => handsOn(),
    () => broken().finally(() => {}),
    () => broken().then(() => {}),
    () => Promise.all([1, broken()]),
    () => Promise.race([broken()]),
    () => Promise.any([broken()]),
    () => Promise.resolve(broken()),
    () => new Promise((resolve) => resolve(broken())),
    () => new Promise((resolve, reject) => broken().then(resolve, reject)),
  ]) {
    const failure = await iterateAsync(async () => void floating());
    assert.match(failure?.message ?? "nothing", /lost|AggregateError/, String(floating));
  }
});

test("what a combinator was given is handled", async () => {
  const catches = async (run) => {try{__outrider.enter(); try { await run(); } catch (e) {__outrider.caught(e); } }catch(e){throw __outrider.failed(e)}finally{__outrider.leave()}}; // prettier-ignore
  for (const combinator of ["all", "race", "any", "allSettled"]) {
    const run = () => Promise[combinator]([broken(new Error("one")), broken(new Error("other"))]);
    assert.equal(await iterateAsync(async () => catches(run)), undefined, combinator);
  }
});

test("what is caught is handled", async () => {
  assert.equal(await iterateAsync(async () => handled()), undefined);
  assert.equal(await iterateAsync(async () => void handled()), undefined);
  assert.equal(await iterateAsync(async () => void broken().catch(() => {})), undefined);
  assert.equal(await iterateAsync(async () => void broken().then(() => {}).then(() => {}).catch(() => {})), undefined); // prettier-ignore
  assert.equal(await iterateAsync(async () => void (await Promise.allSettled([broken(), broken()]))), undefined);
});

test("an error thrown by a handler is not lost", async () => {
  const failure = await iterateAsync(async () => void broken().catch(() => fail("from the handler")));
  assert.equal(failure.message, "from the handler");
});

test("rejections without an async function are seen", async () => {
  assert.equal((await iterateAsync(async () => void Promise.reject(new Error("r")))).message, "Error: r");
  assert.equal((await iterateAsync(async () => void new Promise((_, reject) => reject(new Error("n"))))).message, "Error: n"); // prettier-ignore
  assert.equal((await iterateAsync(async () => void new Promise(() => fail("e")))).message, "e");
  assert.equal(await iterateAsync(async () => void new Promise((resolve, reject) => (resolve(), reject(new Error("late"))))), undefined); // prettier-ignore
});

test("the watched constructor behaves as the native one", async () => {
  assert.equal(await new Promise((resolve) => resolve(5)), 5);
  assert.deepEqual(await Promise.all([1, Promise.resolve(2)]), [1, 2]);
  assert.equal(await Promise.race([Promise.resolve(1)]), 1);
  assert.ok((async () => {})() instanceof Promise);
  assert.throws(() => Promise(() => {}), TypeError);
});

test("the first error counts, others are logged", async () => {
  const failure = await iterateAsync(async () => {
    void broken(new Error("second"));
    throw new Error("first");
  });
  assert.equal(failure.message, "Error: first");
  assert.match(callsOf("log")[0][1], /nobody awaited.*Error: second/);
});

test("an abort that nobody awaits still ends the run", async () => {
  const aborting = async () => {try{__outrider.enter(); abort("stop it"); }catch(e){throw __outrider.failed(e)}finally{__outrider.leave()}}; // prettier-ignore
  const failure = await iterateAsync(async () => {
    void aborting();
    throw new Error("first");
  });
  assert.deepEqual([failure.kind, failure.message], ["abort-run", "stop it"]);
});

test("work that never ends is named", async () => {
  const forever = async () => {try{__outrider.enter(); await new Promise(() => {}); }catch(e){throw __outrider.failed(e)}finally{__outrider.leave()}}; // prettier-ignore
  assert.match((await iterateAsync(async () => void forever())).message, /never ends/);
});

test("what one iteration leaves behind does not fail the next", async () => {
  const exports = await asynchronous({ default: async (_user, { index }) => (index === 0 ? void broken() : log.info("fine")) });
  await assert.rejects(exports.iterate(ITERATION), (failure) => failure.message === "Error: lost");
  await exports.iterate({ ...ITERATION, index: 1 });
});

test("a plain function that returns a promise fails loudly", async () => {
  const failure = await iterate(() => Promise.resolve());
  assert.match(failure.message, /scenario "default" is a plain function and returned a promise.*declare it async/);
  assert.equal(failure.kind, "plugin");
});

test("a plain function that calls an async one fails loudly", async () => {
  assert.match((await iterate(() => void slow(1))).message, /called an async one.*declare it async/);
});
