// The two lives of a plugin's code. Its top level runs once, when the plugin is built, and every
// instance, one for each virtual user, starts from a copy of what it left behind; there is no host then. Functions run later,
// in the user's own instance.

/** Whether there is a host to call. */
export let running = false;

/** Called by every export before the author's code: from now on there is a host to call. */
export function enterRun() {
  running = true;
}

/** Throws if there is no host to call; a call would be a trap without a place in the author's source. */
export function requireRun(what) {
  if (!running) {
    throw new Error(
      `${what} was called at the top level, which runs once, when the journey is built; ` +
        "call it in a scenario, in start or in setup",
    );
  }
}
