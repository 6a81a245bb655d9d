// Random numbers. They follow from the run's seed, the scenario and the iteration, so that a run can be repeated.

import * as host from "outrider:plugin/random@0.1.0";
import { toInteger, toNumber, toText } from "./convert.js";
import { requireRun } from "./phase.js";

const MAX_BYTES = 65_536;
const LETTERS_AND_DIGITS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** Values and their weights, from `{ a: 3, b: 1 }` or `[[value, weight], …]`. */
function toChoices(choices) {
  if (choices === null || typeof choices !== "object") {
    throw new TypeError("random.weighted needs an object of weights or an array of [value, weight]");
  }
  const pairs = Array.isArray(choices) ? choices : Object.entries(choices);
  const weights = pairs.map(([, weight]) => {
    const number = toNumber(weight, "random.weighted's weight");
    if (number < 0) throw new RangeError(`random.weighted's weight must not be negative, not ${number}`);
    return number;
  });
  return [pairs.map(([value]) => value), weights];
}

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
  weighted(choices) {
    const [values, weights] = toChoices(choices);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    if (!(total > 0)) throw new TypeError("random.weighted needs a weight above 0");
    let left = random.float() * total;
    const index = weights.findIndex((weight) => (left -= weight) < 0);
    // Rounding may leave a hair at the end, which belongs to the last that can be chosen.
    return values[index < 0 ? weights.findLastIndex((weight) => weight > 0) : index];
  },
  shuffle(values) {
    if (!Array.isArray(values)) throw new TypeError("random.shuffle needs an array");
    const shuffled = [...values];
    for (let last = shuffled.length - 1; last > 0; last--) {
      const other = random.int(0, last);
      [shuffled[last], shuffled[other]] = [shuffled[other], shuffled[last]];
    }
    return shuffled;
  },
  string(length, alphabet = LETTERS_AND_DIGITS) {
    requireRun("random.string");
    const letters = toText(alphabet, "random.string's alphabet");
    if (letters === "") throw new TypeError("random.string needs an alphabet with a letter");
    return host.text(toInteger(length, 0, MAX_BYTES, "random.string's length"), letters);
  },
  normal(mean, deviation) {
    requireRun("random.normal");
    const spread = toNumber(deviation, "random.normal's deviation");
    if (spread < 0) throw new RangeError(`random.normal's deviation must not be negative, not ${spread}`);
    return host.normal(toNumber(mean, "random.normal's mean"), spread);
  },
  exponential(mean) {
    requireRun("random.exponential");
    const scale = toNumber(mean, "random.exponential's mean");
    if (scale < 0) throw new RangeError(`random.exponential's mean must not be negative, not ${scale}`);
    return host.exponential(scale);
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
