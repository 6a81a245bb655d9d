// Binds a journey to the exports of its world. For the module that the toolchain generates, not for authors.

import * as sdk from "./index.js";
import { setCalls } from "./callee.js";
import { DefinitionError, isAsync, resolveJourney } from "./journey.js";
import { describeFailure, isAbort, toFailure } from "./failure.js";
import { forgetQueue, queue } from "./http/queue.js";
import { installGlobals } from "./globals.js";
import { log } from "./logs.js";
import { enterRun, running } from "./phase.js";
import { calledFromPlain, forgetPromises, hooks, requireNoPromise, setAsynchronous, settlePromises, used, watchPromises } from "./promises.js";
import { setEdits } from "./stack.js";
import { forgetSteps, open } from "./steps.js";

// The toolchain looks for it in what an unsuccessful build prints.
const REPORT = "outrider-build-report:";

installGlobals();
Object.defineProperty(globalThis, "__outrider", { value: hooks });

/**
 * Evaluates the author's module and returns the exports of `user-journey` or `user-journey-async`.
 *
 * `options`: `name` of the journey if it has none; `asynchronous`, the world that is built; `edits`, see
 * stack.js; `calls`, see callee.js; `watch`, whether the journey has async functions.
 */
export async function bind(options, load) {
  setEdits(options.edits);
  setCalls(options.calls, sdk);
  if (options.watch) watchPromises();
  setAsynchronous(options.asynchronous);
  const resolved = await evaluate(options, load);
  forgetPromises();
  return options.asynchronous ? asyncExports(resolved) : plainExports(resolved);
}

async function evaluate(options, load) {
  let resolved;
  try {
    resolved = resolveJourney(await load(), options.name);
  } catch (error) {
    throw error instanceof DefinitionError ? report({ kind: "definition", faults: error.faults }) : report({ ...toFailure(error), kind: "exception" });
  }
  const asynchronous = isAsync(resolved);
  if (asynchronous !== options.asynchronous) throw report({ kind: "world", asynchronous });
  return resolved;
}

function report(content) {
  return new Error(REPORT + JSON.stringify(content));
}

function describe({ name, description, parameters, scenarios }) {
  enterRun();
  const list = [...scenarios].map(([scenario, { description: text, weight }]) => ({ name: scenario, description: text, weight }));
  return { name, description, parameters, scenarios: list };
}

function asyncExports(resolved) {
  return exportsOf(resolved, newUser(), callAsync);
}

function plainExports(resolved) {
  const user = newUser();
  return { ...exportsOf(resolved, user, callPlain), iterate: plainIterate(resolved.scenarios, user) };
}

function newUser() {
  return { vu: 0, data: {} };
}

/** The exports; `call` calls a function of the author's as its world has it. */
function exportsOf(resolved, user, call) {
  const { scenarios, hooks: { setup, start, stop, teardown } } = resolved; // prettier-ignore
  return {
    describe: () => describe(resolved),
    setup: () => call("setup", setup, []),
    start: ({ vu }) => {
      user.vu = vu;
      return call("start", start, [user]);
    },
    iterate: (iteration) => call("iterate", runOf(scenarios, iteration), [user, iteration]),
    stop: () => call("stop", stop, []),
    teardown: () => call("teardown", teardown, []),
  };
}

function runOf(scenarios, { scenario }) {
  return scenarios.get(scenario)?.run ?? { method: () => noScenario(scenario) };
}

function noScenario(name) {
  throw new Error(`the journey has no scenario "${name}"`);
}

// Looking whether there is anything to forget costs less than a call, and every iteration begins here.
function enterCall() {
  if (!running) enterRun();
  if (open.length > 0) forgetSteps();
  if (queue.length > 0) forgetQueue();
  if (used) forgetPromises();
}

function callPlain(name, bound, parameters) {
  enterCall();
  try {
    const result = bound?.method.apply(bound.self, parameters);
    requireNoPromise(result, name);
    return name === "setup" ? toJson(result) : undefined;
  } catch (error) {
    throw toFailure(error);
  }
}

/** `callPlain` for iterations, with as few calls and objects as it takes: what it costs, every iteration costs. */
function plainIterate(scenarios, user) {
  return (iteration) => {
    enterCall();
    try {
      const { method, self } = scenarios.get(iteration.scenario)?.run ?? noScenario(iteration.scenario);
      const result = method.call(self, user, iteration);
      if (result !== undefined || calledFromPlain !== null) requireNoPromise(result, `scenario "${iteration.scenario}"`);
    } catch (error) {
      throw toFailure(error);
    }
  };
}

async function callAsync(name, bound, parameters) {
  enterCall();
  const outcome = await settle(bound, parameters);
  if ("error" in outcome) throw toFailure(outcome.error);
  return name === "setup" ? toJson(outcome.value) : undefined;
}

/** Runs it to the end of everything that it started. */
async function settle(bound, parameters) {
  let outcome;
  try {
    outcome = { value: await bound?.method.apply(bound.self, parameters) };
  } catch (error) {
    hooks.caught(error);
    outcome = { error };
  }
  const unhandled = await settlePromises();
  return unhandled.reduce(withUnhandled, outcome);
}

/** The first error counts, but one that ends the run counts more; the others are logged. */
function withUnhandled(outcome, error) {
  if (!("error" in outcome)) return { error };
  if (isAbort(error) && !isAbort(outcome.error)) return withUnhandled({ error }, outcome.error);
  log.error("and a rejected promise that nobody awaited:", describeFailure(error));
  return outcome;
}

function toJson(value) {
  return value === undefined ? null : (JSON.stringify(value)?.toWellFormed() ?? null);
}
