// What a journey is made of, and every fault of it at once.

import { requireKnownKeys } from "./convert.js";

const KEYS = new Set(["name", "description", "parameters", "scenarios", "setup", "start", "stop", "teardown"]);
const SCENARIO_KEYS = new Set(["description", "weight", "run"]);
const HOOKS = ["setup", "start", "stop", "teardown"];
const NAMED_EXPORTS = ["name", "description", "parameters", ...HOOKS];
const MAX_WEIGHT = 2 ** 31 - 1;

const AsyncFunction = (async () => {}).constructor;
const GeneratorFunction = (function* () {}).constructor;
const AsyncGeneratorFunction = (async function* () {}).constructor;

class Journey {
  constructor(definition) {
    this.definition = definition;
  }
}

/** Defines a journey. Checked when it is built. */
export function journey(definition) {
  return new Journey(definition);
}

/** The faults of a journey's definition, each a sentence. */
export class DefinitionError extends Error {
  constructor(faults) {
    super(faults.join("\n"));
    this.faults = faults;
  }
}

/**
 * What the author's module exports, in one form:
 * `{ name, description, parameters, scenarios: Map(name → { description, weight, run }), hooks: { setup, start, stop, teardown } }`,
 * its functions as `bound` gives them.
 */
export function resolveJourney(module, fallbackName) {
  const definition = definitionOf(module);
  const faults = [];
  check(faults, () => requireKnownKeys(definition, KEYS, "journey()"));
  const resolved = {
    name: text(definition.name ?? fallbackName, "name", faults),
    description: text(definition.description ?? "", "description", faults),
    parameters: schema(definition.parameters, faults),
    scenarios: scenarios(definition.scenarios, faults),
    hooks: Object.fromEntries(HOOKS.map((hook) => [hook, bound(definition, hook, faults)])),
  };
  if (faults.length > 0) throw new DefinitionError(faults);
  return resolved;
}

/** Whether any function of a journey is declared `async`. */
export function isAsync({ scenarios: map, hooks }) {
  const functions = [...map.values()].map(({ run }) => run).concat(Object.values(hooks));
  return functions.some((bound) => bound?.isAsync);
}

function definitionOf(module) {
  const exported = module.default;
  if (exported instanceof Journey) {
    const beside = NAMED_EXPORTS.filter((name) => name in module);
    if (beside.length > 0) throw new DefinitionError(beside.map((name) => `"${name}" is exported beside a journey(); put it into it`));
    return isObject(exported.definition) ? exported.definition : {};
  }
  if (typeof exported === "function") {
    const given = NAMED_EXPORTS.filter((name) => name in module).map((name) => [name, module[name]]);
    return { ...Object.fromEntries(given), scenarios: { default: exported } };
  }
  throw new DefinitionError([
    exported === undefined
      ? "there is no default export; a journey is `export default journey({ … })` or `export default function () { … }`"
      : `the default export is ${typeof exported}, not a journey() or a function`,
  ]);
}

function scenarios(given, faults) {
  const entries = isObject(given) ? Object.entries(given) : [];
  if (entries.length === 0) faults.push("scenarios must be an object with a scenario or more");
  return new Map(entries.map(([name, scenario]) => [name, scenarioOf(name, scenario, faults)]));
}

function scenarioOf(name, given, faults) {
  const scenario = typeof given === "function" ? { run: given } : given;
  const what = `scenario "${name}"`;
  if (!isObject(scenario)) {
    faults.push(`${what} must be a function or { weight, run }`);
    return undefined;
  }
  check(faults, () => requireKnownKeys(scenario, SCENARIO_KEYS, what));
  const weight = scenario.weight ?? 1;
  if (!Number.isInteger(weight) || weight < 0 || weight > MAX_WEIGHT) {
    faults.push(`the weight of ${what} must be a whole number from 0, not ${String(weight)}`);
  }
  if (scenario.run === undefined) faults.push(`${what} has no run function`);
  return {
    description: text(scenario.description ?? "", `description of ${what}`, faults),
    weight,
    run: bound(scenario, "run", faults, what),
  };
}

/** A method with its object, `method.call(self, …)`, and whether it is declared `async`. */
function bound(object, key, faults, what = "journey()") {
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

function text(value, what, faults) {
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

function check(faults, validate) {
  try {
    validate();
  } catch (error) {
    faults.push(error.message);
  }
}

function isObject(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
