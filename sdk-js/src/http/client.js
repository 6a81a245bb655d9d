// `http`: what journeys send requests with.

import * as host from "outrider:plugin/http@0.1.0";
import { requireRun } from "../phase.js";
import { enqueue, flushQueue } from "./queue.js";
import { toBatchRequest, toRequest, toRequestWithMethod } from "./request.js";
import { send, sendAll } from "./send.js";

function sendNow(request) {
  requireRun("http");
  flushQueue();
  return send(request);
}

function sendLater(request) {
  requireRun("http.async");
  return enqueue(request);
}

/** The functions that differ only in how a request is sent. */
function verbs(dispatch) {
  const verb = (method) => (url, options) => dispatch(toRequest(method, url, options));
  return {
    get: verb("GET"),
    head: verb("HEAD"),
    options: verb("OPTIONS"),
    post: verb("POST"),
    put: verb("PUT"),
    patch: verb("PATCH"),
    delete: verb("DELETE"),
    request: (url, options) => dispatch(toRequestWithMethod(url, options)),
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
  ...verbs(sendNow),
  batch,
  batchSettled,
  async: Object.freeze(verbs(sendLater)),
  clearCookies() {
    requireRun("http.clearCookies");
    host.clearCookies();
  },
  closeConnections() {
    requireRun("http.closeConnections");
    host.closeConnections();
  },
});
