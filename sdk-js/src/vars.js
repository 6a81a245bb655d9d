// What the run was told, and what `setup` returned.

import * as host from "outrider:plugin/vars@0.1.0";
import { toText } from "./convert.js";
import { SecretError, refusalOf } from "./errors.js";
import { requireRun } from "./phase.js";

let parameters;
let setupData = null;

function readParameters() {
  requireRun("vars");
  // They do not change during a run.
  parameters ??= JSON.parse(host.parameters());
  return parameters;
}

function readSetupData() {
  requireRun("vars");
  // It does not change either, once it is there.
  setupData ??= JSON.parse(host.setupData());
  return setupData;
}

function readSecret(name) {
  requireRun("vars.secret");
  const label = toText(name, "a secret's name");
  try {
    return host.secret(label);
  } catch (thrown) {
    throw new SecretError(refusalOf(thrown), label);
  }
}

export const vars = Object.freeze({
  get: (name) => (parameters ?? readParameters())[name],
  parameters: readParameters,
  setupData: readSetupData,
  secret: readSecret,
});
