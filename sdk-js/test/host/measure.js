import { answer, state } from "./state.js";

let steps = 0;

export function beginStep(name) {
  steps += 1;
  state.calls.push(["beginStep", name, steps]);
  return steps;
}
export function beginStepTagged(name, tags) {
  steps += 1;
  state.calls.push(["beginStepTagged", name, tags]);
  return steps;
}
export const endStep = (id, error) => answer("endStep", [id, error]);
export const check = (verdict) => answer("check", [verdict]);
export const checkTagged = (verdict, tags) => answer("checkTagged", [verdict, tags]);
export const checkAt = (verdict, tags, place) => answer("checkAt", [verdict, tags, place]);
export const recordMetric = (...parameters) => answer("recordMetric", parameters);
export const setTag = (tag) => answer("setTag", [tag]);
export const log = (level, message) => answer("log", [level, message]);
