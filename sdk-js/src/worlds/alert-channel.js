// The exports of `alert-channel`.

import { DeliveryError } from "../alert-channel.js";
import { NANOSECONDS_PER_MS } from "../convert.js";
import { KIND } from "../errors.js";
import { toFailure } from "../failure.js";
import { enterRun } from "../phase.js";
import { call, callOrFail } from "./call.js";

/** The exports of `alerts`. */
export function channelExports({ name, description, parameters, start, deliver }) {
  return {
    describe() {
      enterRun();
      return { name, description, parameters };
    },
    start: () => void callOrFail("start", start, []),
    deliver(alert) {
      try {
        call("deliver", deliver, [alertOf(alert)]);
      } catch (error) {
        throw toDeliveryError(error);
      }
    },
  };
}

/** An answer that does not come, or that is not what was asked for, may come when it is tried again. */
function toDeliveryError(error) {
  if (error instanceof DeliveryError) return { tag: error.kind, val: toFailure(error).message };
  if (error?.[KIND] === "target") return { tag: "try-again", val: toFailure(error).message };
  return { tag: "broken", val: toFailure(error) };
}

function alertOf({ incident, kind, monitor, summary, began, raised, locations, run, link, tags }) {
  return {
    incident,
    kind,
    monitor,
    summary,
    began: dateOf(began),
    raised: dateOf(raised),
    locations: locations.map(locationOf),
    run: run ?? undefined,
    link: link ?? undefined,
    tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
  };
}

function locationOf({ name, passed, duration, error, failedChecks }) {
  return { name, passed, duration: duration / NANOSECONDS_PER_MS, error: error ?? undefined, failedChecks: failedChecks.map(verdictOf) };
}

function verdictOf({ name, passed, expected, actual, message }) {
  return { name, passed, expected: expected ?? undefined, actual: actual ?? undefined, message: message ?? undefined };
}

function dateOf(nanoseconds) {
  return new Date(Math.round(nanoseconds / NANOSECONDS_PER_MS));
}
