// An answer. Its body stays in the host until the journey asks for a part of it.

import * as host from "outrider:plugin/responses@0.1.0";
import { NANOSECONDS_PER_MS, toInteger, toText } from "../convert.js";
import { FailError, ReadError, refusalOf } from "../errors.js";
import { showStatuses, statusIn, toStatuses } from "./status.js";

const PHASES = ["blocked", "dns", "connect", "tls", "send", "wait", "receive"];
const MAX_GROUP = 1000;

// A property with a symbol for a name, as private ones cost a call for each answer. Few look at more than its status.
const ID = Symbol("id");

export class Response {
  constructor(head, ok) {
    this[ID] = head.id;
    this.status = head.status;
    this.ok = ok;
    this.duration = head.duration / NANOSECONDS_PER_MS;
    this.size = head.bodySize;
  }

  ensureStatus(...expected) {
    const statuses = toStatuses(expected);
    if (statusIn(statuses, this.status)) return this;
    throw new FailError(`${this.url} answered ${this.status}, expected ${showStatuses(statuses)}`);
  }

  get url() {
    return read(this, "the URL", host.url);
  }

  get protocol() {
    return read(this, "the protocol", host.protocol);
  }

  // Not declared: a property of k6's answers, which would be undefined and break only where it is used.
  get body() {
    throw new TypeError("the answer stays in the host: use response.text(), .json(), .bytes()");
  }

  get status_text() {
    throw new TypeError("an answer has no status text: use response.status");
  }

  get timings() {
    const phases = read(this, "the timings", host.timings);
    return Object.fromEntries(PHASES.map((phase) => [phase, phases[phase] / NANOSECONDS_PER_MS]));
  }

  header(name) {
    return read(this, `header "${name}"`, host.header, toText(name, "a header's name")) ?? undefined;
  }

  headers() {
    return read(this, "the headers", host.headers).map(({ name, value }) => [name, value]);
  }

  text() {
    return read(this, "the body as text", host.text);
  }

  bytes() {
    return read(this, "the body", host.body);
  }

  json() {
    const text = read(this, "the body as JSON", host.text);
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new ReadError({ tag: "not-json", val: error.message }, "the body as JSON");
    }
  }

  jsonPath(path) {
    const node = read(this, `JSONPath ${path}`, host.jsonPath, toText(path, "a JSONPath"));
    return node === null ? undefined : JSON.parse(node);
  }

  jsonPathAll(path) {
    return read(this, `JSONPath ${path}`, host.jsonPathAll, toText(path, "a JSONPath")).map((node) => JSON.parse(node));
  }

  schemaFaults(schema) {
    const text = typeof schema === "string" ? schema : JSON.stringify(schema);
    return read(this, "the body by a JSON Schema", host.jsonSchema, toText(text, "a JSON Schema"));
  }

  css(selector, attribute) {
    return read(this, `selector ${selector}`, host.css, ...toSelector(selector, attribute)) ?? undefined;
  }

  cssAll(selector, attribute) {
    return read(this, `selector ${selector}`, host.cssAll, ...toSelector(selector, attribute));
  }

  xpath(expression) {
    return read(this, `XPath ${expression}`, host.xpath, toText(expression, "an XPath")) ?? undefined;
  }

  xpathAll(expression) {
    return read(this, `XPath ${expression}`, host.xpathAll, toText(expression, "an XPath"));
  }

  headerRegex(name, pattern, group = 0) {
    const source = toPattern(pattern);
    const index = toInteger(group, 0, MAX_GROUP, "a group");
    const what = `regular expression ${source} in header "${name}"`;
    return read(this, what, host.headerRegex, toText(name, "a header's name"), source, index) ?? undefined;
  }

  regex(pattern, group = 0) {
    const source = toPattern(pattern);
    const index = toInteger(group, 0, MAX_GROUP, "a group");
    return read(this, `regular expression ${source}`, host.regex, source, index) ?? undefined;
  }
}

function read(response, what, call, ...parameters) {
  try {
    return call(response[ID], ...parameters);
  } catch (thrown) {
    throw new ReadError(refusalOf(thrown), what);
  }
}

function toSelector(selector, attribute) {
  return [toText(selector, "a CSS selector"), attribute === undefined ? null : toText(attribute, "an attribute's name")];
}

/** The host's syntax is that of Rust's `regex`, which takes flags inside the pattern. */
function toPattern(pattern) {
  if (!(pattern instanceof RegExp)) return toText(pattern, "a regular expression");
  const flags = [...pattern.flags].filter((flag) => "ims".includes(flag)).join("");
  return toText(flags === "" ? pattern.source : `(?${flags})${pattern.source}`, "a regular expression");
}
