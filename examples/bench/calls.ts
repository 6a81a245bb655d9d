// Three calls of the host an iteration and no request: what a guest in TypeScript costs.

import { metrics, step } from "@outrider/sdk";

const done = metrics.counter("work.done");

export const description = "Calls the host three times.";

export default function () {
  step("work", () => done.add(1));
}
