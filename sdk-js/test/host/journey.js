// Journeys as the host sees them.

import { before } from "node:test";
import { bind } from "@outrider/sdk/runtime";
import { reset } from "./state.js";

// Rejections that nobody handles are what some tests are about; the test runner would count them as its own.
before(() => {
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", () => {});
});

export const ITERATION = Object.freeze({ scenario: "default", index: 0, userIteration: 0 });

/** The exports of the plain world for an author's module. */
export function plain(module) {
  return bind({ name: "test", world: "journey", edits: {}, calls: "{}", watch: false }, async () => module);
}

/** The exports of the async world. */
export function asynchronous(module) {
  return bind({ name: "test", world: "journey-async", edits: {}, calls: "{}", watch: true }, async () => module);
}

/** Runs a function as an iteration of a journey of plain functions; returns the failure, or undefined. */
export async function iterate(run) {
  const exports = await plain({ default: run });
  reset();
  try {
    exports.iterate(ITERATION);
  } catch (failure) {
    return failure;
  }
  return undefined;
}

/** The same for an async one. */
export async function iterateAsync(run) {
  const exports = await asynchronous({ default: run });
  reset();
  return exports.iterate(ITERATION).then(
    () => undefined,
    (failure) => failure,
  );
}

/** What a build that fails reports. */
export async function reportOf(build) {
  try {
    await build;
  } catch (error) {
    return JSON.parse(error.message.replace("outrider-build-report:", ""));
  }
  throw new Error("the build did not fail");
}
