// What every definition of a plugin is checked by: all faults at once, each a sentence.

import { requireKnownKeys } from "./convert.js";

const AsyncFunction = (async () => {}).constructor;
const GeneratorFunction = (function* () {}).constructor;
const AsyncGeneratorFunction = (async function* () {}).constructor;

/** What `journey()`, `assertionPack()`, `transform()` and `alertChannel()` return. */
export class Defined {
  constructor(world, definition) {
    this.world = world;
    this.definition = definition;
  }
}

/** The faults of a definition, each a sentence. `world` is the one that it was meant for, if that can be told. */
export class DefinitionError extends Error {
  constructor(faults, world = null) {
    super(faults.join("\n"));
    this.faults = faults;
    this.world = world;
  }
}

/** Name, description and parameters, which all worlds have. */
export function head(definition, fallbackName, faults) {
  return {
    name: text(definition.name ?? fallbackName, "name", faults),
    description: text(definition.description ?? "", "description", faults),
    parameters: schema(definition.parameters, faults),
  };
}

/** Keys that nobody would read. */
export function checkKeys(object, known, what, faults) {
  try {
    requireKnownKeys(object, known, what);
  } catch (error) {
    faults.push(error.message);
  }
}

/** A method with its object, `method.call(self, …)`, and whether it is declared `async`. */
export function bound(object, key, faults, what) {
  const method = object[key];
  if (method === undefined) return undefined;
  if (typeof method !== "function") {
    faults.push(`${key} of ${what} must be a function`);
    return undefined;
  }
  if (method instanceof GeneratorFunction || method instanceof AsyncGeneratorFunction) {
    faults.push(`${key} of ${what} must not be a generator`);
  }
  return { method, self: object, isAsync: method instanceof AsyncFunction };
}

/** The same in worlds whose functions are plain ones. */
export function boundPlain(object, key, faults, what) {
  const method = bound(object, key, faults, what);
  if (method?.isAsync) faults.push(`${key} of ${what} is async, and its functions are plain ones: calls of the host wait for their answer`);
  return method;
}

export function text(value, what, faults) {
  if (typeof value !== "string") faults.push(`the ${what} must be a string`);
  return String(value).toWellFormed();
}

function schema(parameters, faults) {
  if (parameters === undefined) return null;
  if (!isObject(parameters)) {
    faults.push("parameters must be a JSON Schema, an object");
    return null;
  }
  return JSON.stringify(parameters).toWellFormed();
}

export function isObject(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
