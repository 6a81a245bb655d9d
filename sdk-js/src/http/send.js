// Sending, one request or several side by side.

import { batch as hostBatch, send as hostSend, sendPlain as hostSendPlain } from "outrider:plugin/http@0.1.0";
import { HttpError, refusalOf } from "../errors.js";
import { Response } from "./response.js";
import { statusIn } from "./status.js";

/** Sends a request and waits for the answer. */
export function send(request) {
  let head;
  try {
    head = hostSend(request);
  } catch (thrown) {
    throw new HttpError(refusalOf(thrown), request.method, request.url);
  }
  return new Response(head, statusIn(request.expected, head.status));
}

/** Sends a request that is a method and a URL, and waits for the answer. */
export function sendPlain(method, url) {
  let head;
  try {
    head = hostSendPlain(method, url);
  } catch (thrown) {
    throw new HttpError(refusalOf(thrown), method, url);
  }
  return new Response(head, head.status < 400);
}

/** Sends requests side by side and waits for all: an answer or an `HttpError` for each, in order. */
export function sendAll(requests) {
  if (requests.length === 0) return [];
  return hostBatch(requests).map((outcome, index) => {
    const request = requests[index];
    return outcome.tag === "ok"
      ? new Response(outcome.val, statusIn(request.expected, outcome.val.status))
      : new HttpError(outcome.val, request.method, request.url);
  });
}
