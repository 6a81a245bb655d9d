// What an alert channel is made of, and every fault of it at once.

import { KindError } from "./errors.js";
import { Defined, DefinitionError, boundPlain, checkKeys, head } from "./definition.js";

const KEYS = new Set(["name", "description", "parameters", "start", "deliver"]);

/** Defines an alert channel. Checked when it is built. */
export function alertChannel(definition) {
  return new Defined("alert-channel", definition);
}

/** A definition in one form: `{ name, description, parameters, start, deliver }`. */
export function resolveAlertChannel(definition, fallbackName) {
  const faults = [];
  checkKeys(definition, KEYS, "alertChannel()", faults);
  if (definition.deliver === undefined) faults.push("it has no deliver function");
  const resolved = {
    world: "alert-channel",
    ...head(definition, fallbackName, faults),
    start: boundPlain(definition, "start", faults, "alertChannel()"),
    deliver: boundPlain(definition, "deliver", faults, "alertChannel()"),
  };
  if (faults.length > 0) throw new DefinitionError(faults, "alert-channel");
  return resolved;
}

/** An alert was not delivered: what `tryAgain` and `refuse` throw. `kind` is `try-again` or `refused`. */
export class DeliveryError extends KindError {
  constructor(kind, message, options) {
    super("plugin", message, options);
    this.kind = kind;
  }
}
Object.defineProperty(DeliveryError.prototype, "name", { value: "DeliveryError", writable: true, configurable: true });

/** The alert was not delivered, and it may be later. */
export function tryAgain(message, options) {
  throw new DeliveryError("try-again", String(message), options);
}

// What a server answers that is overloaded or that waited too long: it may work later.
const PASSING = new Set([408, 429]);

/** Returns where the answer says that the alert was taken; else tries again or refuses, as its status says. */
export function accepted({ status }) {
  if (status >= 200 && status < 300) return;
  const words = `status ${status}`;
  if (PASSING.has(status) || status >= 500) tryAgain(words);
  refuse(words);
}

/** The alert was not delivered, and never will be. */
export function refuse(message, options) {
  throw new DeliveryError("refused", String(message), options);
}
