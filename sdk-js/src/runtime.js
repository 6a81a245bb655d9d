// Binds a journey to the exports of its world. For the module that the toolchain generates, not for authors.

import { DefinitionError, isAsync, resolveJourney } from "./journey.js";
import { describeFailure, isAbort, toFailure } from "./failure.js";
import { forgetQueue } from "./http/queue.js";
import { installGlobals } from "./globals.js";
import { log } from "./logs.js";
import { enterRun } from "./phase.js";
import { forgetPromises, hooks, requireNoPromise, setAsynchronous, settlePromises, watchPromises } from "./promises.js";
import { setEdits } from "./stack.js";
import { forgetSteps } from "./steps.js";

// The toolchain looks for it in what an unsuccessful build prints.
const REPORT = "outrider-build-report:";

installGlobals();
Object.defineProperty(globalThis, "__outrider", { value: hooks });

/**
 * Evaluates the author's module and returns the exports of `user-journey` or `user-journey-async`.
 *
 * `options`: `name` of the journey if it has none; `asynchronous`, the world that is built; `edits`, see
 * stack.js; `watch`, whether the journey has async functions.
 */
export async function bind(options, load) {
  setEdits(options.edits);
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

/** The calls that both worlds have, as `[name, function, parameters]` of the author's. */
function calls({ scenarios, hooks: { setup, start, stop, teardown } }) {
  const user = { vu: 0, data: {} };
  return {
    setup: () => ["setup", setup, []],
    start: ({ vu }) => {
      user.vu = vu;
      return ["start", start, [user]];
    },
    iterate: (iteration) => [`scenario "${iteration.scenario}"`, scenarios.get(iteration.scenario)?.run ?? noScenario(iteration), [user, iteration]],
    stop: () => ["stop", stop, []],
    teardown: () => ["teardown", teardown, []],
  };
}

function noScenario({ scenario }) {
  return () => {
    throw new Error(`the journey has no scenario "${scenario}"`);
  };
}

function enterCall() {
  enterRun();
  forgetSteps();
  forgetQueue();
  forgetPromises();
}

function plainExports(resolved) {
  const bound = Object.entries(calls(resolved)).map(([name, call]) => [
    name,
    (argument) => {
      enterCall();
      try {
        const [what, run, parameters] = call(argument);
        const result = run?.(...parameters);
        requireNoPromise(result, what);
        return name === "setup" ? toJson(result) : undefined;
      } catch (error) {
        throw toFailure(error);
      }
    },
  ]);
  return { describe: () => describe(resolved), ...Object.fromEntries(bound) };
}

function asyncExports(resolved) {
  const bound = Object.entries(calls(resolved)).map(([name, call]) => [
    name,
    async (argument) => {
      enterCall();
      const [, run, parameters] = call(argument);
      const outcome = await settle(run, parameters);
      if ("error" in outcome) throw toFailure(outcome.error);
      return name === "setup" ? toJson(outcome.value) : undefined;
    },
  ]);
  return { describe: () => describe(resolved), ...Object.fromEntries(bound) };
}

/** Runs it to the end of everything that it started. */
async function settle(run, parameters) {
  let outcome;
  try {
    outcome = { value: await run?.(...parameters) };
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
