// No rejection is lost.
//
// QuickJS has a hook for rejections that nobody handles, but not for JavaScript, and the embedding does
// not use it. So the toolchain puts calls of this module into every async function of a journey:
//
//     async function buy() {try{__outrider.enter(); … }catch(e){throw __outrider.failed(e)}finally{__outrider.leave()}}
//
// and into every catch clause in one (`__outrider.caught(e)`). An error that leaves an async function is
// pending until a catch clause or a handler given to `then` has seen it. What is pending when the
// iteration ends, nobody has handled, and the iteration fails by it. Work that nobody awaits is waited for.
//
// A journey of plain functions runs no promise jobs at all: there, calling an async function is an error.

// The other work of an iteration ends within its rounds of the job queue, or it never ends: there are no
// timers and no other sources of events.
const MAX_ROUNDS = 10_000;

// A chain of promises hands an error on by a link every few rounds until it reaches its handler.
const CHAIN_ROUNDS = 100;

const NativePromise = globalThis.Promise;

/** Whether there is anything to forget. */
export let used = false;

let asynchronous = false;
let remedy = "declare it async";
let running = 0;
// Handlers given to `then` that were not called yet, in the call of the author's function that `calls` counts.
let waiting = 0;
let calls = 0;
let pending = new Set();
let anyFailed = false;

/** Where a journey of plain functions called an async one first, a stack; null if it did not. */
export let calledFromPlain = null;

/** What the code that the toolchain inserts calls. */
export const hooks = Object.freeze({
  enter() {
    running += 1;
    used = true;
    if (!asynchronous && calledFromPlain === null) calledFromPlain = new Error("called here").stack;
  },
  leave() {
    running -= 1;
  },
  failed(error) {
    pending.add(error);
    anyFailed = true;
    used = true;
    return error;
  },
  caught(error) {
    pending.delete(error);
  },
});

/** Says whether exports are async functions, so that promises work; if not, what an author can do. */
export function setAsynchronous(works, instead) {
  asynchronous = works;
  remedy = instead;
}

/** Whether promises work. */
export function promisesWork() {
  return asynchronous;
}

/** Called before the author's code runs: what an earlier call left behind does not count any more. */
export function forgetPromises() {
  used = false;
  running = 0;
  waiting = 0;
  calls += 1;
  pending.clear();
  anyFailed = false;
  calledFromPlain = null;
}

/** Throws if a plain function returned a promise or called an async one: nothing would wait for either. */
export function requireNoPromise(value, what) {
  if (isThenable(value)) {
    throw new TypeError(`${what} is a plain function and returned a promise, which nothing waits for; ${remedy}`);
  }
  if (calledFromPlain !== null) {
    const error = new TypeError(`${what} is a plain function and called an async one, which nothing waits for; ${remedy}`);
    error.stack = calledFromPlain;
    throw error;
  }
}

/** Whether it can be awaited. */
export function isThenable(value) {
  return value !== null && typeof value === "object" && typeof value.then === "function";
}

/** Waits for what nobody awaits, and returns the errors that nobody has handled. */
export async function settlePromises() {
  // A handler of a promise that is never settled is waited for in vain, but not for long.
  const isBusy = (idle) => running > 0 || (idle < CHAIN_ROUNDS && (waiting > 0 || anyFailed));
  for (let round = 0, idle = 0; round < MAX_ROUNDS && isBusy(idle); round++) {
    idle = running > 0 ? 0 : idle + 1;
    await undefined;
  }
  const unhandled = [...pending];
  if (running > 0) unhandled.push(new Error("an async function that nobody awaits never ends"));
  forgetPromises();
  return unhandled;
}

/** Makes rejections visible that async functions have no part in: of `then` and of `new Promise`. */
export function watchPromises() {
  const then = NativePromise.prototype.then;
  watchThen(NativePromise.prototype, then);
  globalThis.Promise = watchedConstructor(then);
}

function watchThen(prototype, then) {
  const watched = function (onFulfilled, onRejected) {
    const called = expected(onFulfilled) || expected(onRejected) ? expectCall() : undefined;
    const onRejection = (error) => {
      called?.();
      hooks.caught(error);
    };
    return then.call(this, watchedHandler(onFulfilled, called), watchedHandler(onRejected, onRejection));
  };
  Object.defineProperty(prototype, "then", { value: watched, writable: true, configurable: true });
}

/** Waits for a handler, until what is returned is called. */
function expectCall() {
  const call = calls;
  let isCalled = false;
  waiting += 1;
  used = true;
  return () => {
    // What an earlier call of the author's function left behind is waited for no more.
    if (!isCalled && call === calls) waiting -= 1;
    isCalled = true;
  };
}

/** Whether it is a handler of the author's. */
function expected(handler) {
  return typeof handler === "function" && !isNative(handler);
}

function watchedHandler(handler, before) {
  // The language's own handlers (of `return promise`, `finally`, `Promise.all`) hand an error on to
  // another promise: it stays pending.
  if (!expected(handler)) return handler;
  return (value) => {
    before?.(value);
    try {
      return handler(value);
    } catch (error) {
      throw hooks.failed(error);
    }
  };
}

function isNative(handler) {
  return Function.prototype.toString.call(handler).slice(-20).includes("[native code]");
}

// The prototype and its `constructor` stay the native ones, so that `await` keeps its short way and
// `instanceof` holds.
function watchedConstructor(then) {
  function Promise(executor) {
    if (new.target === undefined) throw new TypeError("Promise must be called with new");
    return Reflect.construct(NativePromise, [watchedExecutor(executor)], new.target === Promise ? NativePromise : new.target);
  }
  Promise.prototype = NativePromise.prototype;
  for (const name of ["resolve", "try", "withResolvers"]) {
    if (typeof NativePromise[name] === "function") Promise[name] = NativePromise[name].bind(NativePromise);
  }
  for (const name of ["all", "allSettled", "any", "race"]) Promise[name] = watchedCombinator(name, then);
  Promise.reject = (reason) => NativePromise.reject(hooks.failed(reason));
  return Promise;
}

/** What goes into a combinator is handled by it; what comes out is pending. */
function watchedCombinator(name, then) {
  return (values) => {
    const inputs = [...values];
    for (const input of inputs) {
      if (isThenable(input)) input.then(undefined, hooks.caught);
    }
    const result = NativePromise[name](inputs);
    then.call(result, undefined, hooks.failed);
    return result;
  };
}

function watchedExecutor(executor) {
  if (typeof executor !== "function") return executor;
  return (resolve, reject) => {
    let settled = false;
    const once = (settle, value) => {
      if (!settled) settle(value);
      settled = true;
    };
    try {
      executor(
        (value) => once(resolve, value),
        (reason) => once((error) => reject(hooks.failed(error)), reason),
      );
    } catch (error) {
      once((thrown) => reject(hooks.failed(thrown)), error);
    }
  };
}
