// `http`: what journeys send requests with.

import { clearCookies, closeConnections } from "outrider:plugin/http@0.1.0";
import { requireRun, running } from "../phase.js";
import { enqueue, flushQueue, queue } from "./queue.js";
import { KEYS, KEYS_WITH_METHOD, newRequest, toBatchRequest, toRequest } from "./request.js";
import { send, sendAll, sendPlain } from "./send.js";

// The host copies a request that is sent at once, so one object serves them all.
const shared = newRequest();

/** A function that sends at once; without a method it is an option. */
function now(method, keys = KEYS) {
  return (url, options) => {
    const plain = options === undefined && method !== undefined && typeof url === "string" && url.isWellFormed();
    const request = plain ? undefined : toRequest(shared, method, url, options, keys);
    if (!running) requireRun("http");
    if (queue.length > 0) flushQueue();
    return plain ? sendPlain(method, url) : send(request);
  };
}

/** A function that queues; without a method it is an option. */
function later(method, keys = KEYS) {
  return (url, options) => {
    const request = toRequest(newRequest(), method, url, options, keys);
    requireRun("http.async");
    return enqueue(request);
  };
}

/** The functions that differ only in how a request is sent. */
function verbs(verb) {
  return {
    get: verb("GET"),
    head: verb("HEAD"),
    options: verb("OPTIONS"),
    post: verb("POST"),
    put: verb("PUT"),
    patch: verb("PATCH"),
    delete: verb("DELETE"),
    request: verb(undefined, KEYS_WITH_METHOD),
  };
}

function batchSettled(entries) {
  requireRun("http.batch");
  if (!Array.isArray(entries)) throw new TypeError("http.batch needs an array of URLs and requests");
  flushQueue();
  return sendAll(entries.map(toBatchRequest));
}

function batch(entries) {
  const outcomes = batchSettled(entries);
  const failed = outcomes.find((outcome) => outcome instanceof Error);
  if (failed !== undefined) throw failed;
  return outcomes;
}

export const http = Object.freeze({
  ...verbs(now),
  batch,
  batchSettled,
  async: Object.freeze(verbs(later)),
  clearCookies() {
    requireRun("http.clearCookies");
    clearCookies();
  },
  closeConnections() {
    requireRun("http.closeConnections");
    closeConnections();
  },
});
