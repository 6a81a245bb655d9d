// A record as it came, which a transform reads.

import { NANOSECONDS_PER_MS } from "./convert.js";
import { RejectError } from "./transform.js";

// So many parameters does a call take at most, far below what the runtime's stack has room for.
const CHUNK_BYTES = 8192;
const NOT_ASCII = /[\x80-\xff]/;

export class RawRecord {
  #text;
  #received;

  constructor({ source, position, received, data }) {
    this.source = source;
    this.position = position;
    this.data = data;
    this.#received = received;
  }

  get received() {
    return new Date(Math.round(this.#received / NANOSECONDS_PER_MS));
  }

  get text() {
    this.#text ??= utf8(this.data);
    return this.#text;
  }

  json() {
    try {
      return JSON.parse(this.text);
    } catch (error) {
      if (error instanceof RejectError) throw error;
      throw new RejectError(`not JSON: ${error.message}`);
    }
  }
}

/** Text from UTF-8; QuickJS has no TextDecoder, and a loop over the bytes costs ten times as much. */
function utf8(bytes) {
  let latin = "";
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    latin += String.fromCharCode.apply(null, bytes.subarray(at, at + CHUNK_BYTES));
  }
  if (!NOT_ASCII.test(latin)) return latin;
  try {
    return decodeURIComponent(escape(latin));
  } catch {
    throw new RejectError("not UTF-8 text");
  }
}
