// Plugins of the worlds besides journeys, as the host sees them.

import { bind } from "@outrider/sdk/runtime";

/** The exports of a world for a definition. */
export function exportsOf(world, defined) {
  return bind({ name: "test", world, edits: {}, calls: "{}", watch: false }, async () => ({ default: defined }));
}

/** What a function throws. */
export function thrownBy(run) {
  try {
    run();
  } catch (thrown) {
    return thrown;
  }
  throw new Error("nothing was thrown");
}
