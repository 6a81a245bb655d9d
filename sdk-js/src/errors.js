// Errors that say whose fault they are. Anything else that is thrown is the journey's own fault.

/** Where an error keeps the failure kind that the host is told. */
export const KIND = Symbol("failure kind");

/** An error of the SDK's, which is told by its message alone. */
export class KindError extends Error {
  constructor(kind, message, options) {
    super(message, options);
    Object.defineProperty(this, KIND, { value: kind });
  }
}

function named(errorClass, name) {
  // On the prototype, so that it is no enumerable property of every error.
  Object.defineProperty(errorClass.prototype, "name", { value: name, writable: true, configurable: true });
}

/** The site did not do what the journey asked: what `fail` throws. */
export class FailError extends KindError {
  constructor(message, options) {
    super("target", message, options);
  }
}
named(FailError, "FailError");

/** The run makes no sense any more: what `abort` throws. */
export class AbortError extends KindError {
  constructor(message, options) {
    super("abort-run", message, options);
  }
}
named(AbortError, "AbortError");

const HTTP_MESSAGES = {
  "invalid-url": (detail) => `invalid URL: ${detail}`,
  "invalid-request": (detail) => `invalid request: ${detail}`,
  "not-granted": (address) => `the run's grants do not cover ${address} (hint: --allow-net ${address})`,
  dns: (name) => `cannot resolve ${name}`,
  "connection-refused": () => "connection refused",
  "connection-reset": () => "the other side closed the connection before the answer was whole",
  "connect-timeout": () => "no connection within the limit",
  tls: (detail) => `TLS handshake failed: ${detail}`,
  timeout: () => "no whole answer within the limit",
  "too-many-redirects": () => "too many redirects",
  "body-too-large": (limit) => `the body is larger than ${limit} bytes`,
  protocol: (detail) => `not HTTP: ${detail}`,
};

// These are the journey's or the plan's fault: the site was never asked.
const HTTP_PLUGIN_CODES = new Set(["invalid-url", "invalid-request", "not-granted"]);

/** There is no answer. `code` says why, as the contract spells it. */
export class HttpError extends KindError {
  constructor(errorCode, method, url) {
    const { tag, val } = errorCode ?? {};
    const reason = HTTP_MESSAGES[tag]?.(val) ?? String(val ?? tag);
    super(HTTP_PLUGIN_CODES.has(tag) ? "plugin" : "target", `${method} ${url}: ${reason}`);
    this.code = tag ?? "other";
    this.method = method;
    this.url = url;
  }
}
named(HttpError, "HttpError");

const READ_MESSAGES = {
  gone: () => "its iteration is over",
  decode: (detail) => `the body cannot be decompressed: ${detail}`,
  "not-text": () => "the body is not UTF-8 text",
  "not-json": (detail) => `the body is not JSON: ${detail}`,
  "invalid-pattern": (detail) => `invalid pattern: ${detail}`,
  discarded: () => "the body was discarded (discardBody)",
};

// The site sent something else than the journey reads.
const READ_TARGET_CODES = new Set(["decode", "not-text", "not-json"]);

/** A part of an answer cannot be read. `code` says why, as the contract spells it. */
export class ReadError extends KindError {
  constructor(readError, what) {
    const { tag, val } = readError ?? {};
    const reason = READ_MESSAGES[tag]?.(val) ?? String(val ?? tag);
    super(READ_TARGET_CODES.has(tag) ? "target" : "plugin", `cannot read ${what}: ${reason}`);
    this.code = tag ?? "other";
  }
}
named(ReadError, "ReadError");

const DATA_MESSAGES = {
  unknown: (names, name) =>
    `the run has no data '${name}'${names?.length ? `, only ${names.join(", ")}` : ""} (hint: --data ${name}=FILE)`,
  exhausted: (count, name) => `data "${name}": all ${count} rows have been used`,
};

/** There is no row of test data. `code` says why, as the contract spells it. */
export class DataError extends KindError {
  constructor(dataError, name) {
    const { tag, val } = dataError ?? {};
    super("plugin", DATA_MESSAGES[tag]?.(val, name) ?? `data "${name}": ${String(val ?? tag)}`);
    this.code = tag ?? "other";
  }
}
named(DataError, "DataError");

const SECRET_MESSAGES = {
  "not-granted": (names) => `the run has no secret of that name (it has ${names?.length ? names.join(", ") : "none"})`,
};

/** There is no secret. `code` says why, as the contract spells it. */
export class SecretError extends KindError {
  constructor(secretError, name) {
    const { tag, val } = secretError ?? {};
    super("plugin", `secret "${name}": ${SECRET_MESSAGES[tag]?.(val) ?? String(val ?? tag)}`);
    this.code = tag ?? "other";
  }
}
named(SecretError, "SecretError");

/** Ends the iteration as failed: the site did not do what the journey asked of it. */
export function fail(message, options) {
  throw new FailError(String(message), options);
}

/** Ends the whole run: it makes no sense any more. */
export function abort(message, options) {
  throw new AbortError(String(message), options);
}

/** The host's refusal inside an exception that the runtime threw, or the exception itself, rethrown. */
export function refusalOf(thrown) {
  if (thrown !== null && typeof thrown === "object" && "payload" in thrown) return thrown.payload;
  throw thrown;
}
