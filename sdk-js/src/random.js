// Random numbers. They follow from the run's seed, the user and the iteration, so that a run can be repeated.

import * as host from "outrider:plugin/random@0.1.0";
import { toInteger, toNumber } from "./convert.js";
import { requireRun } from "./phase.js";

const MAX_BYTES = 65_536;

export const random = Object.freeze({
  float() {
    requireRun("random.float");
    return host.float();
  },
  int(low, high) {
    requireRun("random.int");
    const { MIN_SAFE_INTEGER: least, MAX_SAFE_INTEGER: most } = Number;
    return host.between(toInteger(low, least, most, "random.int's low"), toInteger(high, least, most, "random.int's high"));
  },
  boolean(probability = 0.5) {
    return random.float() < toNumber(probability, "random.boolean's probability");
  },
  pick(values) {
    if (!Array.isArray(values) || values.length === 0) throw new TypeError("random.pick needs an array with a value");
    return values[random.int(0, values.length - 1)];
  },
  exponential(mean) {
    requireRun("random.exponential");
    return host.exponential(toNumber(mean, "random.exponential's mean"));
  },
  bytes(length) {
    requireRun("random.bytes");
    return host.bytes(toInteger(length, 0, MAX_BYTES, "random.bytes' length"));
  },
  uuid() {
    requireRun("random.uuid");
    return host.uuid();
  },
});
