// From anything that can be thrown to the failure that the host is told.

import { messageOf } from "./callee.js";
import { AbortError, KIND } from "./errors.js";
import { show } from "./show.js";
import { cleanStack } from "./stack.js";

// Longer messages are mostly data; the host cuts them as well, but they would be copied before.
const MAX_MESSAGE = 4000;
const MAX_CAUSES = 8;

/** What an exported function throws. */
export function toFailure(thrown) {
  const chain = causes(thrown);
  const known = chain.find((error) => error instanceof Error && KIND in error);
  return {
    kind: known === undefined ? "plugin" : known[KIND],
    message: cut(chain.map(describe).join("; caused by ").toWellFormed()),
    stack: stackOf(chain),
  };
}

/** The same as one line and its stack, for a log. */
export function describeFailure(thrown) {
  const { message, stack } = toFailure(thrown);
  return stack === null ? message : `${message}\n${stack}`;
}

/** Whether it ends the whole run. */
export function isAbort(thrown) {
  return causes(thrown).some((error) => error instanceof AbortError);
}

function causes(thrown) {
  const chain = [thrown];
  while (chain.length < MAX_CAUSES) {
    const cause = chain.at(-1) instanceof Error ? chain.at(-1).cause : undefined;
    if (cause === undefined || chain.includes(cause)) break;
    chain.push(cause);
  }
  return chain;
}

function describe(error) {
  if (!(error instanceof Error)) return `uncaught ${show(error)}`;
  if (KIND in error) return error.message;
  const message = messageOf(error);
  return message === "" ? error.name : `${error.name}: ${message}`;
}

// The innermost cause knows best where it happened.
function stackOf(chain) {
  for (const error of chain.toReversed()) {
    const stack = error instanceof Error ? cleanStack(error.stack) : null;
    if (stack !== null) return stack;
  }
  return null;
}

function cut(message) {
  return message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE).toWellFormed()}…` : message;
}
