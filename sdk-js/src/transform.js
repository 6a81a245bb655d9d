// What a transform is made of, and every fault of it at once.

import { toInteger, toNanoseconds } from "./convert.js";
import { KindError } from "./errors.js";
import { Defined, DefinitionError, boundPlain, checkKeys, head, text } from "./definition.js";

const KEYS = new Set(["name", "description", "table", "parameters", "start", "transform"]);

/** Defines a transform. Checked when it is built. */
export function transform(definition) {
  return new Defined("transform", definition);
}

/** A definition in one form: `{ name, description, table, parameters, start, transform }`. */
export function resolveTransform(definition, fallbackName) {
  const faults = [];
  checkKeys(definition, KEYS, "transform()", faults);
  if (definition.table === undefined) faults.push("it has no table: \"access_logs\", or one of its own");
  if (definition.transform === undefined) faults.push("it has no transform function");
  const resolved = {
    world: "transform",
    ...head(definition, fallbackName, faults),
    table: text(definition.table ?? "", "table", faults),
    start: boundPlain(definition, "start", faults, "transform()"),
    transform: boundPlain(definition, "transform", faults, "transform()"),
  };
  if (faults.length > 0) throw new DefinitionError(faults, "transform");
  return resolved;
}

/** A record cannot be understood: what `reject` throws. */
export class RejectError extends KindError {
  constructor(message, options) {
    super("plugin", message, options);
  }
}
Object.defineProperty(RejectError.prototype, "name", { value: "RejectError", writable: true, configurable: true });

/** Keeps the record whole in the dead-letter place, with the reason. */
export function reject(message, options) {
  throw new RejectError(String(message), options);
}

/** A value whose type a plain one does not say; `val` is a number, since the runtime takes nothing else for one. */
export class Typed {
  constructor(tag, val) {
    this.tag = tag;
    this.val = val;
    Object.freeze(this);
  }
}

const NANOSECONDS_PER_MS = 1_000_000n;
const MAX_NANOSECONDS = 2n ** 64n - 1n;

// A value of the right type that no column holds is the record's fault, as `Number("x")` is: it rejects the record. The
// host says so of a number that is not finite.
export const column = Object.freeze({
  integer: (value) => new Typed("integer", integer(value)),
  float: (value) => new Typed("float", aNumber(value, "column.float's value")),
  duration: (value) => new Typed("duration", duration(value)),
  time: (value) => new Typed("time", nanoseconds(value)),
});

function aNumber(value, what) {
  if (typeof value !== "number") throw new TypeError(`${what} must be a number, not ${String(value)}`);
  return value;
}

function integer(value) {
  const { MIN_SAFE_INTEGER: least, MAX_SAFE_INTEGER: most } = Number;
  const isLarge = typeof value === "bigint" ? value < least || value > most : typeof value === "number" && !Number.isSafeInteger(value);
  if (isLarge) reject(`column.integer's value must be a whole number up to 2^53 - 1, not ${value}: write it as text`);
  return toInteger(typeof value === "bigint" ? Number(value) : value, least, most, "column.integer's value");
}

function duration(value) {
  try {
    return toNanoseconds(value, "column.duration's value");
  } catch (error) {
    if (typeof value === "number" || typeof value === "string") reject(error.message);
    throw error;
  }
}

/** Nanoseconds since 1970: from a Date, from milliseconds, or from nanoseconds as a bigint. */
function nanoseconds(value) {
  const given = value instanceof Date ? value.getTime() : value;
  if (typeof given !== "bigint" && typeof given !== "number") {
    throw new TypeError(`column.time's value must be a Date, milliseconds or nanoseconds (a bigint) since 1970, not ${String(value)}`);
  }
  const found = typeof given === "bigint" ? given : Number.isFinite(given) ? fromMilliseconds(given) : -1n;
  if (found < 0n || found > MAX_NANOSECONDS) reject(`column.time's value is no time since 1970: ${String(value)}`);
  return notBefore(found);
}

/** The first number that is not before it: a number of this size stands for 256 nanoseconds. */
function notBefore(time) {
  let number = Number(time);
  for (let step = 1; BigInt(number) < time; step *= 2) number = Number(time) + step;
  return number;
}

function fromMilliseconds(milliseconds) {
  const whole = Math.floor(milliseconds);
  return BigInt(whole) * NANOSECONDS_PER_MS + BigInt(Math.round((milliseconds - whole) * 1e6));
}
