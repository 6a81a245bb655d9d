// Checks: what must hold. One that fails does not end the iteration.

import * as host from "outrider:plugin/measure@0.1.0";
import { requireKnownKeys, toText } from "./convert.js";
import { requireRun } from "./phase.js";
import { show } from "./show.js";

const DETAILS = new Set(["expected", "actual", "message"]);

/** Records whether something holds, and returns it. */
export function check(name, passed, details) {
  if (details !== undefined) requireKnownKeys(details, DETAILS, "check");
  if (passed !== null && typeof passed === "object" && typeof passed.then === "function") {
    throw new TypeError(`check "${name}" was given a promise, which is always true; await it`);
  }
  return record(name, Boolean(passed), details ?? {});
}

/** Starts a check of a value: `expect(res.status, "status").toBe(200)`. */
export function expect(actual, name) {
  return new Expectation(actual, toText(name, "a check's name"), false);
}

function record(name, passed, details) {
  requireRun("check");
  host.check({
    name: toText(name, "a check's name"),
    passed,
    expected: "expected" in details ? shown(details.expected) : null,
    actual: "actual" in details ? shown(details.actual) : null,
    message: details.message === undefined ? null : toText(String(details.message), "a check's message"),
  });
  return passed;
}

// Text that says what was expected needs no quotes; a value that is a string keeps them.
class Described {
  constructor(text) {
    this.text = text;
  }
}

function shown(value) {
  return value instanceof Described ? value.text : show(value);
}

class Expectation {
  #actual;
  #name;
  #negated;

  constructor(actual, name, negated) {
    this.#actual = actual;
    this.#name = name;
    this.#negated = negated;
  }

  get not() {
    return new Expectation(this.#actual, this.#name, !this.#negated);
  }

  toBe(expected) {
    return this.#judge(Object.is(this.#actual, expected), show(expected));
  }

  toEqual(expected) {
    return this.#judge(equal(this.#actual, expected), show(expected));
  }

  toContain(part) {
    const holds = typeof this.#actual === "string" || Array.isArray(this.#actual) ? this.#actual.includes(part) : false;
    return this.#judge(holds, `contains ${show(part)}`);
  }

  toMatch(pattern) {
    const holds = typeof this.#actual === "string" && new RegExp(pattern).test(this.#actual);
    return this.#judge(holds, `matches ${String(pattern)}`);
  }

  toBeLessThan(limit) {
    return this.#judge(this.#actual < limit, `< ${show(limit)}`);
  }

  toBeLessThanOrEqual(limit) {
    return this.#judge(this.#actual <= limit, `<= ${show(limit)}`);
  }

  toBeGreaterThan(limit) {
    return this.#judge(this.#actual > limit, `> ${show(limit)}`);
  }

  toBeGreaterThanOrEqual(limit) {
    return this.#judge(this.#actual >= limit, `>= ${show(limit)}`);
  }

  toBeTruthy() {
    return this.#judge(Boolean(this.#actual), "a true value");
  }

  toBeDefined() {
    return this.#judge(this.#actual !== undefined, "a value");
  }

  #judge(holds, expected) {
    const text = this.#negated ? `not ${expected}` : expected;
    return record(this.#name, holds !== this.#negated, { expected: new Described(text), actual: this.#actual });
  }
}

/** Whether two values have the same content: plain data, as JSON has it. */
function equal(a, b) {
  if (Object.is(a, b)) return true;
  if (a === null || b === null || typeof a !== "object" || typeof b !== "object") return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]));
}
