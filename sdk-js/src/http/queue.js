// Requests of async functions that stand side by side. Those issued before the next job of the promise
// queue runs are sent as one batch, so `await Promise.all([http.async.get("/a"), http.async.get("/b")])`
// asks for both at once.

import { promisesWork } from "../promises.js";
import { send, sendAll } from "./send.js";

/** What is not sent yet. */
export let queue = [];

/** Called before each iteration: requests that the last one left behind are not this one's. */
export function forgetQueue() {
  queue = [];
}

/** Queues a request; the promise is kept when the batch is back. */
export function enqueue(request) {
  if (!promisesWork()) {
    throw new TypeError("http.async works in async functions only; here http.get and http.batch do the same");
  }
  return new Promise((resolve, reject) => {
    if (queue.length === 0) queueMicrotask(flushQueue);
    queue.push({ request, resolve, reject });
  });
}

/** Sends what is queued now: before anything whose order or step would otherwise be wrong. */
export function flushQueue() {
  if (queue.length === 0) return;
  const entries = queue;
  queue = [];
  for (const [index, outcome] of outcomes(entries).entries()) {
    const { resolve, reject } = entries[index];
    if (outcome instanceof Error) reject(outcome);
    else resolve(outcome);
  }
}

function outcomes(entries) {
  if (entries.length > 1) return sendAll(entries.map(({ request }) => request));
  try {
    return [send(entries[0].request)];
  } catch (error) {
    return [error];
  }
}
