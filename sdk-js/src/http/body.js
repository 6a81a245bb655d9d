// What is sent.

import { requireKnownKeys, toText } from "../convert.js";

const KINDS = ["body", "json", "form", "multipart"];
const PART_KEYS = new Set(["name", "filename", "contentType", "data"]);

/** The host's body of a request that has none. */
export const EMPTY = Object.freeze({ tag: "empty" });

/** The host's body of a request with these options. */
export function toBody(options) {
  const { body, json, form, multipart } = options;
  const given = (body !== undefined) + (json !== undefined) + (form !== undefined) + (multipart !== undefined);
  if (given === 0) return EMPTY;
  if (given > 1) throw new TypeError(`a request takes one of ${kindsOf(options).join(" and ")}`);
  if (body !== undefined) return plain(body);
  if (json !== undefined) return { tag: "json", val: toJson(json) };
  if (form !== undefined) return { tag: "form", val: fields(form) };
  return { tag: "multipart", val: parts(multipart) };
}

function kindsOf(options) {
  return KINDS.filter((kind) => options[kind] !== undefined);
}

function plain(body) {
  return typeof body === "string" ? { tag: "text", val: toText(body, "body") } : { tag: "bytes", val: toBytes(body, "body") };
}

function toJson(value) {
  const text = JSON.stringify(value);
  if (text === undefined) throw new TypeError("json must be a value that JSON knows");
  return toText(text, "json");
}

function fields(form) {
  return Object.entries(form).flatMap(([name, value]) =>
    [value].flat().map((single) => ({ name: toText(name, "a field's name"), value: toText(String(single), `field "${name}"`) })),
  );
}

function parts(multipart) {
  if (!Array.isArray(multipart)) throw new TypeError("multipart must be an array of parts");
  return multipart.map((part) => {
    requireKnownKeys(part, PART_KEYS, "a part");
    return {
      name: toText(part.name, "a part's name"),
      filename: part.filename === undefined ? null : toText(part.filename, "a part's filename"),
      contentType: part.contentType === undefined ? null : toText(part.contentType, "a part's contentType"),
      data: typeof part.data === "string" ? utf8(toText(part.data, "a part's data")) : toBytes(part.data, "a part's data"),
    };
  });
}

function toBytes(value, what) {
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  throw new TypeError(`${what} must be a string, a Uint8Array or an ArrayBuffer`);
}

/** Text as UTF-8; QuickJS has no TextEncoder. */
function utf8(text) {
  const bytes = [];
  for (const character of text) {
    const code = character.codePointAt(0);
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), tail(code));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), tail(code >> 6), tail(code));
    else bytes.push(0xf0 | (code >> 18), tail(code >> 12), tail(code >> 6), tail(code));
  }
  return Uint8Array.from(bytes);
}

const tail = (bits) => 0x80 | (bits & 0x3f);
