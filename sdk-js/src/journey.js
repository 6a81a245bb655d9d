// What a journey is made of, and every fault of it at once.

import { Defined, DefinitionError, bound, checkKeys, head, isObject, text } from "./definition.js";

const HOOKS = ["setup", "start", "stop", "teardown"];
const KEYS = new Set(["name", "description", "parameters", "scenarios", ...HOOKS]);
const SCENARIO_KEYS = new Set(["description", "weight", "run"]);
const MAX_WEIGHT = 2 ** 31 - 1;

/** What the short form, a function, takes from the module's exports. */
export const NAMED_EXPORTS = ["name", "description", "parameters", ...HOOKS];

/** Defines a journey. Checked when it is built. */
export function journey(definition) {
  return new Defined("journey", definition);
}

/**
 * A definition in one form:
 * `{ name, description, parameters, scenarios: Map(name → { description, weight, run }), hooks: { setup, start, stop, teardown } }`,
 * its functions as `bound` gives them.
 */
export function resolveJourney(definition, fallbackName) {
  const faults = [];
  checkKeys(definition, KEYS, "journey()", faults);
  const resolved = {
    ...head(definition, fallbackName, faults),
    scenarios: scenarios(definition.scenarios, faults),
    hooks: Object.fromEntries(HOOKS.map((hook) => [hook, bound(definition, hook, faults, "journey()")])),
  };
  if (faults.length > 0) throw new DefinitionError(faults, "journey");
  return { world: isAsync(resolved) ? "journey-async" : "journey", ...resolved };
}

/** Whether any function of a journey is declared `async`. */
function isAsync({ scenarios: map, hooks }) {
  const functions = [...map.values()].map(({ run }) => run).concat(Object.values(hooks));
  return functions.some((method) => method?.isAsync);
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
  checkKeys(scenario, SCENARIO_KEYS, what, faults);
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
