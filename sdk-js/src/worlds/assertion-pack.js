// The exports of `assertion-pack`.

import { collectChecks, refuseChecks } from "../checks.js";
import { NANOSECONDS_PER_MS } from "../convert.js";
import { HttpError } from "../errors.js";
import { describeFailure } from "../failure.js";
import { Response } from "../http/response.js";
import { enterRun } from "../phase.js";
import { call, callOrFail } from "./call.js";

/** What the host looks for in what the runtime prints of a value that is thrown where it becomes a trap. */
const UNCAUGHT = "outrider-uncaught:";

// The host keeps 4 KiB of a line, and some characters take more than one there.
const MAX_UNCAUGHT = 2000;

const ELSEWHERE = "an assertion pack gives its verdicts in checkExchange, checkStep, checkPage and checkIteration";

/** The exports of `assertions`. */
export function packExports({ name, description, parameters, interest, start, judges }) {
  refuseChecks(ELSEWHERE);
  return {
    describe() {
      enterRun();
      return { name, description, interest, parameters };
    },
    start: () => void callOrFail("start", start, []),
    checkExchange: (exchange) => judge("checkExchange", judges, exchangeOf(exchange)),
    checkStep: ({ name: step, duration, error }) =>
      judge("checkStep", judges, { name: step, duration: duration / NANOSECONDS_PER_MS, error: error ?? undefined }),
    checkPage: (page) => judge("checkPage", judges, pageOf(page)),
    checkIteration: ({ scenario, duration, failure }) =>
      judge("checkIteration", judges, { scenario, duration: duration / NANOSECONDS_PER_MS, failure: failureOf(failure) }),
  };
}

/** Has a function judge; what it checks meanwhile are the verdicts. */
function judge(name, judges, subject) {
  const verdicts = collectChecks();
  try {
    call(name, judges[name], [subject]);
  } catch (error) {
    // The contract has no word for it but a trap, and a trap has none but those on standard error.
    throw UNCAUGHT + describeFailure(error).slice(0, MAX_UNCAUGHT).toWellFormed();
  } finally {
    refuseChecks(ELSEWHERE);
  }
  return verdicts;
}

function exchangeOf({ name, method, url, outcome }) {
  if (outcome.tag !== "ok") return { name, method, url, response: undefined, error: new HttpError(outcome.val, method, url) };
  return { name, method, url, response: new Response(outcome.val, outcome.val.status < 400), error: undefined };
}

function pageOf({ name, url, lcp, fcp, ttfb, inp, cls }) {
  const milliseconds = (vital) => (vital === null || vital === undefined ? undefined : vital / NANOSECONDS_PER_MS);
  return { name, url, lcp: milliseconds(lcp), fcp: milliseconds(fcp), ttfb: milliseconds(ttfb), inp: milliseconds(inp), cls: cls ?? undefined };
}

function failureOf(failure) {
  return failure ? { kind: failure.kind, message: failure.message, stack: failure.stack ?? undefined } : undefined;
}
