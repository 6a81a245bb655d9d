// Binds a plugin to the exports of its world. For the module that the toolchain generates, not for authors.

import * as sdk from "./index.js";
import { setCalls } from "./callee.js";
import { refuseChecks } from "./checks.js";
import { DefinitionError } from "./definition.js";
import { toFailure } from "./failure.js";
import { installGlobals } from "./globals.js";
import { resolvePlugin } from "./plugin.js";
import { forgetPromises, hooks, setAsynchronous, watchPromises } from "./promises.js";
import { setEdits } from "./stack.js";
import { setWorld } from "./world.js";
import { channelExports } from "./worlds/alert-channel.js";
import { packExports } from "./worlds/assertion-pack.js";
import { asyncExports, plainExports } from "./worlds/journey.js";
import { transformExports } from "./worlds/transform.js";

// The toolchain looks for it in what an unsuccessful build prints.
const REPORT = "outrider-build-report:";

const EXPORTS = {
  journey: plainExports,
  "journey-async": asyncExports,
  "assertion-pack": packExports,
  transform: transformExports,
  "alert-channel": channelExports,
};

installGlobals();
Object.defineProperty(globalThis, "__outrider", { value: hooks });

/**
 * Evaluates the author's module and returns the exports of its world.
 *
 * `options`: `name` of the plugin if it has none; `world` that is built; `edits`, see stack.js; `calls`, see
 * callee.js; `watch`, whether there are async functions.
 */
export async function bind(options, load) {
  const { world } = options;
  setEdits(options.edits);
  setCalls(options.calls, sdk);
  if (options.watch) watchPromises();
  const isJourney = world === "journey" || world === "journey-async";
  setAsynchronous(world === "journey-async", isJourney ? "declare it async" : "functions are plain ones here");
  setWorld(world);
  const resolved = await evaluate(options, load);
  forgetPromises();
  if (!isJourney) refuseChecks("there are no checks but in journeys and assertion packs");
  return EXPORTS[world](resolved);
}

async function evaluate({ name, world }, load) {
  let resolved;
  try {
    resolved = resolvePlugin(await load(), name);
  } catch (error) {
    throw error instanceof DefinitionError
      ? report({ kind: "definition", world: error.world, faults: error.faults })
      : report({ ...toFailure(error), kind: "exception" });
  }
  if (resolved.world !== world) throw report({ kind: "world", world: resolved.world });
  return resolved;
}

function report(content) {
  return new Error(REPORT + JSON.stringify(content));
}
