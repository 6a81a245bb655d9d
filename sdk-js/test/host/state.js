// What the fake host was asked, and what it is to answer.

export const state = { calls: [], answers: {}, responses: new Map() };

/** Forgets everything. */
export function reset() {
  state.calls = [];
  state.answers = {};
  state.responses = new Map();
}

/** The parameters of every call of a function. */
export function callsOf(name) {
  return state.calls.filter(([called]) => called === name).map(([, ...parameters]) => parameters);
}

/**
 * Records a call and gives the answer that the test has set: a value, or a function of the parameters.
 * As with the real host, what is recorded is a copy.
 */
export function answer(name, parameters, fallback) {
  state.calls.push([name, ...structuredClone(parameters)]);
  const given = state.answers[name];
  return typeof given === "function" ? given(...parameters) : (given ?? fallback);
}

/** Throws as the runtime does when an import returns an error. */
export function refuse(tag, val) {
  throw Object.assign(new Error("[object Object] (see error.payload)"), { payload: { tag, val } });
}
