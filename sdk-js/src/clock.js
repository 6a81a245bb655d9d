// Time, and waiting.

import * as host from "outrider:plugin/clock@0.1.0";
import { NANOSECONDS_PER_MS, toNanoseconds } from "./convert.js";
import { requireRun } from "./phase.js";
import { random } from "./random.js";

// Longer waits are one in 22,000, and one of them would hold a user for the rest of a short run.
const EXPONENTIAL_LIMIT = 10;

/** Milliseconds since 1970. */
export function now() {
  requireRun("the clock");
  return host.now() / NANOSECONDS_PER_MS;
}

/** Milliseconds since the run started. */
export function elapsed() {
  requireRun("the clock");
  return host.elapsed() / NANOSECONDS_PER_MS;
}

/** Waits. */
export function sleep(duration) {
  requireRun("sleep");
  host.sleep(toNanoseconds(duration, "a duration"));
}

/** Waits as a user does who reads: this long, or any time between two with equal likelihood. */
export function think(least, most = least) {
  requireRun("think");
  const from = toNanoseconds(least, "think time");
  const to = toNanoseconds(most, "think time");
  host.sleep(to > from ? Math.round(from + (to - from) * random.float()) : from);
}

/** Waits for a time from the exponential distribution: mostly short, at times long. */
think.exponential = function exponential(mean) {
  requireRun("think.exponential");
  const nanoseconds = toNanoseconds(mean, "mean think time");
  host.sleep(Math.round(Math.min(random.exponential(nanoseconds), nanoseconds * EXPONENTIAL_LIMIT)));
};

/** Waits for a time from the normal distribution: mostly near its mean, never less than nothing. */
think.normal = function normal(mean, deviation) {
  requireRun("think.normal");
  const middle = toNanoseconds(mean, "mean think time");
  const spread = toNanoseconds(deviation, "deviation of think time");
  host.sleep(Math.round(Math.min(Math.max(random.normal(middle, spread), 0), Number.MAX_SAFE_INTEGER)));
};
