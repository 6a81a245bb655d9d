// From what the author's module exports to a plugin of one of the worlds.

import { resolveAlertChannel } from "./alert-channel.js";
import { resolveAssertionPack } from "./assertion-pack.js";
import { Defined, DefinitionError, isObject } from "./definition.js";
import { NAMED_EXPORTS, resolveJourney } from "./journey.js";
import { resolveTransform } from "./transform.js";

const RESOLVERS = {
  journey: resolveJourney,
  "assertion-pack": resolveAssertionPack,
  transform: resolveTransform,
  "alert-channel": resolveAlertChannel,
};

/** What defines a plugin of a world. */
const DEFINED_BY = { journey: "journey()", "assertion-pack": "assertionPack()", transform: "transform()", "alert-channel": "alertChannel()" };

/** The plugin in one form, with its `world` by the contract's name. */
export function resolvePlugin(module, fallbackName) {
  const exported = module.default;
  if (exported instanceof Defined) return RESOLVERS[exported.world](definitionOf(exported, module), fallbackName);
  if (typeof exported === "function") {
    const given = NAMED_EXPORTS.filter((name) => name in module).map((name) => [name, module[name]]);
    return resolveJourney({ ...Object.fromEntries(given), scenarios: { default: exported } }, fallbackName);
  }
  throw new DefinitionError([
    exported === undefined
      ? "there is no default export; a journey is `export default journey({ … })` or `export default function () { … }`"
      : `the default export is ${typeof exported}, not a journey(), assertionPack(), transform() or alertChannel(), and no function`,
  ]);
}

function definitionOf({ world, definition }, module) {
  const beside = NAMED_EXPORTS.filter((name) => name in module);
  const faults = beside.map((name) => `"${name}" is exported beside ${DEFINED_BY[world]}; put it into it`);
  if (!isObject(definition)) faults.push(`${DEFINED_BY[world]} takes an object`);
  if (faults.length > 0) throw new DefinitionError(faults, world);
  return definition;
}
