// Around every call of the author's functions.

import { toFailure } from "../failure.js";
import { forgetQueue, queue } from "../http/queue.js";
import { enterRun, running } from "../phase.js";
import { forgetPromises, requireNoPromise, used } from "../promises.js";
import { forgetSteps, open } from "../steps.js";

// Looking whether there is anything to forget costs less than a call, and every iteration begins here.
export function enterCall() {
  if (!running) enterRun();
  if (open.length > 0) forgetSteps();
  if (queue.length > 0) forgetQueue();
  if (used) forgetPromises();
}

/** Calls a plain function, if there is one. What it throws is thrown. */
export function call(name, bound, parameters) {
  enterCall();
  const result = bound?.method.apply(bound.self, parameters);
  requireNoPromise(result, name);
  return result;
}

/** The same; what is thrown is the contract's failure. */
export function callOrFail(name, bound, parameters) {
  try {
    return call(name, bound, parameters);
  } catch (error) {
    throw toFailure(error);
  }
}
