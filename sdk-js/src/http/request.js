// From a URL and options to the host's request.

import { NONE, requireKnownKeys, toInteger, toNanoseconds, toTags, toText } from "../convert.js";
import { EMPTY, toBody } from "./body.js";
import { toStatuses } from "./status.js";

/** The options of functions that have the method in their name. */
export const KEYS = new Set([
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

/** The options of functions that have it not. */
export const KEYS_WITH_METHOD = new Set(["method", ...KEYS]);
const KEYS_OF_BATCH = new Set(["url", ...KEYS_WITH_METHOD]);

const NO_OPTIONS = Object.freeze({});
const MAX_REDIRECTS = 1000;

/** A request to be filled in by the functions below, with the host's defaults. */
export function newRequest() {
  return {
    method: "GET",
    url: "",
    name: null,
    headers: NONE,
    body: EMPTY,
    timeout: null,
    redirects: null,
    expected: NONE,
    discardBody: false,
    tags: NONE,
  };
}

/** Fills in a request; if `method` is undefined, it is an option. */
export function toRequest(request, method, url, options, keys) {
  if (options === undefined) options = NO_OPTIONS;
  requireKnownKeys(options, keys, "a request");
  return fill(request, method ?? methodOf(options), url, options);
}

/** The request for an entry of a batch: a URL, or options with it. */
export function toBatchRequest(entry) {
  if (typeof entry === "string") return fill(newRequest(), "GET", entry, NO_OPTIONS);
  requireKnownKeys(entry, KEYS_OF_BATCH, "a request");
  return fill(newRequest(), methodOf(entry), entry.url, entry);
}

function methodOf(options) {
  return toText(options?.method ?? "GET", "method").toUpperCase();
}

function fill(request, method, url, options) {
  const address = toText(url, "a URL");
  // All of them are read before the request is touched: an option may be a getter, and send a request of its own.
  return set(
    request,
    method,
    options.query === undefined ? address : withQuery(address, options.query),
    options.name === undefined ? null : toText(options.name, "name"),
    options.headers === undefined ? NONE : headers(options.headers),
    toBody(options),
    options.timeout === undefined ? null : toNanoseconds(options.timeout, "timeout"),
    options.redirects === undefined ? null : toInteger(options.redirects, 0, MAX_REDIRECTS, "redirects"),
    options.expected === undefined ? NONE : toStatuses([options.expected].flat()),
    Boolean(options.discardBody),
    toTags(options.tags, "a request's tag"),
  );
}

// Not `Object.assign`: a new object for every request is what this avoids.
function set(request, method, url, name, headers, body, timeout, redirects, expected, discardBody, tags) {
  request.method = method;
  request.url = url;
  request.name = name;
  request.headers = headers;
  request.body = body;
  request.timeout = timeout;
  request.redirects = redirects;
  request.expected = expected;
  request.discardBody = discardBody;
  request.tags = tags;
  return request;
}

function headers(given) {
  if (Array.isArray(given)) return given.map(([name, value]) => header(name, value));
  return Object.keys(given).map((name) => header(name, given[name]));
}

function header(name, value) {
  return { name: toText(name, "a header's name"), value: toText(String(value), "a header's value") };
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
