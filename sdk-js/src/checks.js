// Checks: what must hold. One that fails does not end the iteration.

import { checkAt, check as hostCheck, checkTagged } from "outrider:plugin/measure@0.1.0";
import { NONE, requireKnownKeys, toTags, toText } from "./convert.js";
import { requireRun, running } from "./phase.js";
import { show } from "./show.js";
import { callersPlace } from "./stack.js";

const DETAILS = new Set(["expected", "actual", "message", "tags"]);
const OPTIONS = new Set(["tags", "message"]);

/** Where checks go: null is the host, a list collects them. */
let collected = null;
/** Why there are no checks here, if there are none. */
let refused = null;

/** Checks from now on are verdicts of an assertion pack, collected in the list that is returned. */
export function collectChecks() {
  refused = null;
  collected = [];
  return collected;
}

/** There are no checks from now on; why, and what there is instead. */
export function refuseChecks(why) {
  refused = why;
  collected = null;
}

// The host copies a verdict, so one object serves them all.
const verdict = { name: "", passed: false, expected: null, actual: null, message: null };

/** Records whether something holds, and returns it. */
export function check(name, passed, details) {
  if (details !== undefined) requireKnownKeys(details, DETAILS, "check");
  if (passed !== null && typeof passed === "object" && typeof passed.then === "function") {
    throw new TypeError(`check "${name}" was given a promise, which is always true; await it`);
  }
  if (!running) requireRun("check");
  const label = toName(name, passed);
  if (details === undefined || details === null) return record(label, Boolean(passed), null, null, null, NONE);
  const expected = "expected" in details ? show(details.expected) : null;
  const actual = "actual" in details ? show(details.actual) : null;
  const tags = toTags(details.tags, "a check's tag");
  return record(label, Boolean(passed), expected, actual, toMessage(details.message), tags);
}

/** k6 takes what is checked first, and functions by their names behind it. */
function toName(name, passed) {
  const isK6s = typeof name !== "string" && passed !== null && typeof passed === "object";
  if (isK6s && Object.values(passed).some((holds) => typeof holds === "function")) {
    throw new TypeError(
      'check takes a name and whether it holds: check("is 200", response.status === 200); ' +
        "each name of k6's check(response, { … }) is a check of its own (docs/guides/coming-from-k6.md)",
    );
  }
  return toText(name, "a check's name");
}

function toMessage(message) {
  return message === undefined ? null : toText(String(message), "a check's message");
}

/** Starts a check of a value: `expect(res.status, "status").toBe(200)`. */
export function expect(actual, name, options) {
  if (options !== undefined) requireKnownKeys(options, OPTIONS, "expect");
  return new Expectation(actual, toText(name, "a check's name"), options, false);
}

// Nothing of the author's runs between the first line and the last.
function record(name, passed, expected, actual, message, tags) {
  if (refused !== null) throw new TypeError(`check "${name}" belongs to no verdict here: ${refused}`);
  // A verdict that is returned has no tags; with them it is recorded at once, for the same thing.
  if (collected !== null && tags.length === 0) {
    collected.push({ name, passed, expected, actual, message });
    return passed;
  }
  verdict.name = name;
  verdict.passed = passed;
  verdict.expected = expected;
  verdict.actual = actual;
  verdict.message = message;
  // A stack costs more than all the rest: only a check that fails has one.
  if (!passed) checkAt(verdict, tags, callersPlace() ?? "");
  else if (tags.length === 0) hostCheck(verdict);
  else checkTagged(verdict, tags);
  return passed;
}

class Expectation {
  #actual;
  #name;
  #options;
  #negated;

  constructor(actual, name, options, negated) {
    this.#actual = actual;
    this.#name = name;
    this.#options = options;
    this.#negated = negated;
  }

  get not() {
    return new Expectation(this.#actual, this.#name, this.#options, !this.#negated);
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
    return this.#judge(holds, `matches ${String(pattern).toWellFormed()}`);
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
    if (!running) requireRun("check");
    const text = this.#negated ? `not ${expected}` : expected;
    const options = this.#options;
    const message = options === undefined ? null : toMessage(options.message);
    const tags = options === undefined ? NONE : toTags(options.tags, "a check's tag");
    return record(this.#name, holds !== this.#negated, text, show(this.#actual), message, tags);
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
