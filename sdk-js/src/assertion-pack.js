// What an assertion pack is made of, and every fault of it at once.

import { Defined, DefinitionError, boundPlain, checkKeys, head } from "./definition.js";

/** Each function that judges, and what the contract calls that in `interest`. */
const JUDGES = { checkExchange: "exchanges", checkStep: "steps", checkPage: "pages", checkIteration: "iterations" };
const KEYS = new Set(["name", "description", "parameters", "start", ...Object.keys(JUDGES)]);

/** Defines an assertion pack. Checked when it is built. */
export function assertionPack(definition) {
  return new Defined("assertion-pack", definition);
}

/** A definition in one form: `{ name, description, parameters, interest, start, judges: { checkExchange, … } }`. */
export function resolveAssertionPack(definition, fallbackName) {
  const faults = [];
  checkKeys(definition, KEYS, "assertionPack()", faults);
  const names = Object.keys(JUDGES);
  const judges = Object.fromEntries(names.map((name) => [name, boundPlain(definition, name, faults, "assertionPack()")]));
  const resolved = {
    world: "assertion-pack",
    ...head(definition, fallbackName, faults),
    interest: Object.fromEntries(names.map((name) => [JUDGES[name], judges[name] !== undefined])),
    start: boundPlain(definition, "start", faults, "assertionPack()"),
    judges,
  };
  if (names.every((name) => definition[name] === undefined)) faults.push(`it judges nothing: it has none of ${names.join(", ")}`);
  if (faults.length > 0) throw new DefinitionError(faults, "assertion-pack");
  return resolved;
}

/** Whether a label fits a pattern in which `*` stands for any text, also for none. */
export function fits(pattern, label) {
  const [first, ...rest] = String(pattern).split("*");
  const text = String(label);
  if (rest.length === 0) return text === first;
  const last = rest.pop();
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
