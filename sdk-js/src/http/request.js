// From a URL and options to the host's request.

import { requireKnownKeys, toInteger, toNanoseconds, toTags, toText } from "../convert.js";
import { toBody } from "./body.js";
import { toStatuses } from "./status.js";

const KEYS = new Set([
  "name",
  "headers",
  "query",
  "body",
  "json",
  "form",
  "multipart",
  "timeout",
  "redirects",
  "expected",
  "discardBody",
  "tags",
]);
const KEYS_WITH_METHOD = new Set(["method", ...KEYS]);
const KEYS_OF_BATCH = new Set(["url", ...KEYS_WITH_METHOD]);

const NONE = Object.freeze([]);
const NO_BODY = Object.freeze({ tag: "empty" });
const MAX_REDIRECTS = 1000;

/** The request for a URL whose method the function called has in its name. */
export function toRequest(method, url, options) {
  if (options !== undefined) requireKnownKeys(options, KEYS, "a request");
  return build(method, url, options);
}

/** The request for a URL whose method is an option. */
export function toRequestWithMethod(url, options) {
  if (options !== undefined) requireKnownKeys(options, KEYS_WITH_METHOD, "a request");
  return build(methodOf(options), url, options);
}

/** The request for an entry of a batch: a URL, or options with it. */
export function toBatchRequest(entry) {
  if (typeof entry === "string") return build("GET", entry, undefined);
  requireKnownKeys(entry, KEYS_OF_BATCH, "a request");
  return build(methodOf(entry), entry.url, entry);
}

function methodOf(options) {
  return toText(options?.method ?? "GET", "method").toUpperCase();
}

function build(method, url, options) {
  const address = toText(url, "a URL");
  if (options === undefined) return plain(method, address);
  return {
    method,
    url: options.query === undefined ? address : withQuery(address, options.query),
    name: options.name === undefined ? null : toText(options.name, "name"),
    headers: options.headers === undefined ? NONE : headers(options.headers),
    body: toBody(options),
    timeout: options.timeout === undefined ? null : toNanoseconds(options.timeout, "timeout"),
    redirects: options.redirects === undefined ? null : toInteger(options.redirects, 0, MAX_REDIRECTS, "redirects"),
    expected: options.expected === undefined ? NONE : toStatuses([options.expected].flat()),
    discardBody: Boolean(options.discardBody),
    tags: toTags(options.tags, "a request's tag"),
  };
}

function plain(method, url) {
  return {
    method,
    url,
    name: null,
    headers: NONE,
    body: NO_BODY,
    timeout: null,
    redirects: null,
    expected: NONE,
    discardBody: false,
    tags: NONE,
  };
}

function headers(given) {
  const pairs = Array.isArray(given) ? given : Object.entries(given);
  return pairs.map(([name, value]) => ({
    name: toText(name, "a header's name"),
    value: toText(String(value), `header "${name}"`),
  }));
}

function withQuery(url, query) {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((single) => `${encode(name)}=${encode(String(single))}`),
  );
  if (pairs.length === 0) return url;
  const [address, fragment] = url.split("#", 2);
  const joined = `${address}${address.includes("?") ? "&" : "?"}${pairs.join("&")}`;
  return fragment === undefined ? joined : `${joined}#${fragment}`;
}

const encode = (text) => encodeURIComponent(text.toWellFormed());
