// Test data from files that the run was given.

import * as host from "outrider:plugin/data@0.1.0";
import { toText } from "./convert.js";
import { DataError, refusalOf } from "./errors.js";
import { requireRun } from "./phase.js";

function ask(name, call) {
  requireRun(`data "${name}"`);
  const label = toText(name, "the name of data");
  try {
    return call(label);
  } catch (thrown) {
    throw new DataError(refusalOf(thrown), label);
  }
}

export const data = Object.freeze({
  row: (name) => JSON.parse(ask(name, host.row)),
  count: (name) => ask(name, host.count),
});
