// The exports of `journey` and `journey-async`.

import { describeFailure, isAbort, toFailure } from "../failure.js";
import { log } from "../logs.js";
import { enterRun } from "../phase.js";
import { calledFromPlain, hooks, requireNoPromise, settlePromises } from "../promises.js";
import { callOrFail, enterCall } from "./call.js";

/** The exports of `user-journey`. */
export function plainExports(resolved) {
  const user = newUser();
  return { ...exportsOf(resolved, user, callPlain), iterate: plainIterate(resolved.scenarios, user) };
}

/** The exports of `user-journey-async`. */
export function asyncExports(resolved) {
  return exportsOf(resolved, newUser(), callAsync);
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

function describe({ name, description, parameters, scenarios }) {
  enterRun();
  const list = [...scenarios].map(([scenario, { description: text, weight }]) => ({ name: scenario, description: text, weight }));
  return { name, description, parameters, scenarios: list };
}

function runOf(scenarios, { scenario }) {
  return scenarios.get(scenario)?.run ?? { method: () => noScenario(scenario) };
}

function noScenario(name) {
  throw new Error(`the journey has no scenario "${name}"`);
}

function callPlain(name, bound, parameters) {
  const result = callOrFail(name, bound, parameters);
  if (name !== "setup") return undefined;
  try {
    return toJson(result);
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
