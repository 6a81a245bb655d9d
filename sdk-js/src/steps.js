// Steps: named parts of an iteration. The host keeps one stack of them, so steps of one user may stand
// inside one another, but not side by side.

import { beginStep, beginStepTagged, endStep } from "outrider:plugin/measure@0.1.0";
import { requireKnownKeys, toTags, toText } from "./convert.js";
import { describeFailure } from "./failure.js";
import { flushQueue, queue } from "./http/queue.js";
import { requireRun, running } from "./phase.js";
import { isThenable, promisesWork } from "./promises.js";

const OPTIONS = new Set(["tags"]);

/** The steps that are open, the innermost last. */
export const open = [];

/** Called before each iteration: the host closed what the last one left open. */
export function forgetSteps() {
  open.length = 0;
}

/** Runs a function as a step, and returns what it returns. */
export function step(name, run, options) {
  if (!running) requireRun("step");
  const label = toText(name, "a step's name");
  if (typeof run !== "function") throw new TypeError(`step "${label}" needs a function`);
  if (options !== undefined) requireKnownKeys(options, OPTIONS, "step");
  const tags = toTags(options?.tags, "a step's tag");
  if (queue.length > 0) flushQueue();
  const opened = { id: tags.length === 0 ? beginStep(label) : beginStepTagged(label, tags), label };
  open.push(opened);
  let result;
  try {
    result = run();
  } catch (error) {
    throw endFailed(opened, error);
  }
  if (result !== undefined && isThenable(result)) return endLater(opened, result);
  end(opened);
  return result;
}

function endLater(opened, result) {
  if (!promisesWork()) {
    const error = new TypeError(`step "${opened.label}" is async in a journey of plain functions; declare the scenario async`);
    throw endFailed(opened, error);
  }
  return result.then(
    (value) => {
      end(opened);
      return value;
    },
    (error) => {
      throw endFailed(opened, error);
    },
  );
}

function endFailed(opened, error) {
  close(opened, describeFailure(error).split("\n", 1)[0]);
  return error;
}

function end(opened) {
  const inner = close(opened, null);
  if (inner !== undefined) {
    throw new Error(
      `step "${inner.label}" was still open when step "${opened.label}" ended: await it there; ` +
        "steps cannot run side by side, requests in one can",
    );
  }
}

/** Ends the step, and returns one that was opened in it and is still open. */
function close(opened, error) {
  if (queue.length > 0) flushQueue();
  const index = open.lastIndexOf(opened);
  // The host ended it with a step around it, whose own end reported it.
  if (index < 0) return undefined;
  const inner = open[index + 1];
  open.length = index;
  endStep(opened.id, error);
  return inner;
}
