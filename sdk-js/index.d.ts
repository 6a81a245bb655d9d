/**
 * Plugins for Outrider in TypeScript and JavaScript: journeys, assertion packs, transforms and alert channels.
 *
 * A plugin is a module whose default export says which it is: {@link journey}, {@link assertionPack},
 * {@link transform} or {@link alertChannel}. The module is evaluated once, when it is built; every instance, one for
 * each virtual user, starts from a copy of what its top level left behind, and keeps its own module variables from then
 * on. Functions of this package that ask something of the host throw at the top level.
 *
 * What a kind of plugin has not (requests in an assertion pack) cannot be imported in it: the build says so.
 *
 * All numbers that are durations are **milliseconds**.
 *
 * @packageDocumentation
 */

/** Milliseconds, or a number with a unit: `"250ms"`, `"1.5s"`, `"2m"`, `"1h"`. */
export type Duration = number | `${number}${"ns" | "us" | "µs" | "ms" | "s" | "m" | "h"}`;

/** A JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * Tags: few different values, please; every combination is a series of its own. Keys and values are cut after 256 bytes.
 * A row carries at most 32 tags, the iteration's first; more are left out.
 */
export type Tags = Record<string, string | number | boolean>;

// ---------------------------------------------------------------------------------------------- journey

/** One virtual user. */
export interface User {
  /** Its number, from 1, unique in the run. */
  readonly vu: number;
  /** Yours: kept from iteration to iteration of this user, for example a token. */
  readonly data: Record<string, any>;
}

/** One iteration of a user. */
export interface Iteration {
  /** The scenario's name. */
  readonly scenario: string;
  /** Its number in the scenario of the run, from 0, unique over all workers. */
  readonly index: number;
  /** How many iterations this user has run before. */
  readonly userIteration: number;
}

/** What a user does in one iteration. Either all functions of a journey are plain ones, or any is `async`. */
export type ScenarioFunction = (user: User, iteration: Iteration) => void | Promise<void>;

/** One way through the journey. */
export interface Scenario {
  /** What it does, in one sentence. */
  description?: string;
  /** Its share of the iterations where a run names no scenario, relative to the others; 0 is never. Defaults to 1. */
  weight?: number;
  /** Runs one iteration. */
  run: ScenarioFunction;
}

/** A JSON Schema. */
export type JsonSchema = { [keyword: string]: any };

/** A journey. */
export interface JourneyDefinition {
  /** Its name. Defaults to the file's. */
  name?: string;
  /** What it does, in one sentence. */
  description?: string;
  /** The JSON Schema of its parameters, of type `object`. The host checks `--set KEY=VALUE` against it and fills in defaults. */
  parameters?: JsonSchema;
  /** The ways through it, by name; at least one. */
  scenarios: Record<string, ScenarioFunction | Scenario>;
  /**
   * Called before any user starts, once for each journey of a run: scenarios of a plan with the same file and the same
   * parameters are one journey. What it returns is what `vars.setupData()` gives to every user of the journey on every
   * worker, as JSON.
   */
  setup?(): unknown;
  /**
   * Called once for each user, before its first iteration, and again after a timeout or a trap, for the user that takes
   * the place. If it throws before the run, the run does not start; later, the run goes on without this user.
   */
  start?(user: User): void | Promise<void>;
  /**
   * Called once for each user, after its last iteration; not if that was interrupted, trapped or timed out. All users of
   * a scenario have five seconds for it together.
   */
  stop?(): void | Promise<void>;
  /** Called at the end of a run, also when it failed, once for each journey. */
  teardown?(): void | Promise<void>;
}

/** A journey that was defined. */
export interface Journey {
  readonly definition: JourneyDefinition;
}

/**
 * Defines a journey, what one user does.
 *
 * ```ts
 * import { check, http, journey, step } from "@outrider/sdk";
 *
 * export default journey({
 *   name: "visit",
 *   description: "Opens the home page.",
 *   scenarios: {
 *     visit() {
 *       const page = step("home page", () => http.get("/"));
 *       check("status is 200", page.status === 200);
 *     },
 *   },
 * });
 * ```
 *
 * The short form needs none: `export default function (user, iteration) { … }` is a journey with the one
 * scenario `default`, and `name`, `description`, `parameters`, `setup`, `start`, `stop` and `teardown`
 * are taken from the module's exports of these names.
 */
export function journey(definition: JourneyDefinition): Journey;

// --------------------------------------------------------------------------------------- assertion packs

/** An HTTP exchange that ended. Of a request that followed redirects it is the last one. */
export type Exchange = Answered | Unanswered;

/** What is known of an exchange however it ended. */
export interface ExchangeHead {
  /** The label under which it is counted. */
  readonly name: string;
  /** The method, upper case. */
  readonly method: string;
  /** The URL, without user and password. */
  readonly url: string;
}

/** An exchange with an answer. `response.ok` says whether its status is below 400. */
export interface Answered extends ExchangeHead {
  readonly response: Response;
  readonly error: undefined;
}

/** An exchange without one. */
export interface Unanswered extends ExchangeHead {
  readonly response: undefined;
  /** Why there is no answer. */
  readonly error: HttpError;
}

/** A step that ended. */
export interface EndedStep {
  /** Its name. */
  readonly name: string;
  /** How long it took without the time of packs. */
  readonly duration: number;
  /** The journey's error, if it failed. */
  readonly error: string | undefined;
}

/** A page of a browser that finished loading. Vitals are `undefined` where the browser measured none. */
export interface LoadedPage {
  /** The label under which it is counted. */
  readonly name: string;
  /** Its URL. */
  readonly url: string;
  /** Largest contentful paint. */
  readonly lcp: number | undefined;
  /** First contentful paint. */
  readonly fcp: number | undefined;
  /** Time to first byte. */
  readonly ttfb: number | undefined;
  /** Interaction to next paint. */
  readonly inp: number | undefined;
  /** Cumulative layout shift, without unit. */
  readonly cls: number | undefined;
}

/** An iteration that ended and was not interrupted. */
export interface EndedIteration {
  /** The scenario's name in the run; where a run mixes the journey's own, the one that was drawn. */
  readonly scenario: string;
  /** How long it took without the time of packs. */
  readonly duration: number;
  /** The journey's failure, if it failed. */
  readonly failure: Failure | undefined;
}

/** Why an iteration failed. */
export interface Failure {
  /** Whose fault: the site's, the journey's own, or the journey ended the run. */
  readonly kind: "target" | "plugin" | "abort-run";
  /** What happened, in one sentence. */
  readonly message: string;
  /** Where, one frame a line, innermost first. */
  readonly stack: string | undefined;
}

/**
 * An assertion pack. It sees what it has functions for, at least one; the others are never called. The verdicts of a
 * function are what it says by {@link check} and {@link expect}; 256 of a call are kept.
 */
export interface AssertionPackDefinition {
  /** Its name; rows of `checks` carry it. Defaults to the file's. */
  name?: string;
  /** What it asserts, in one sentence. */
  description?: string;
  /** The JSON Schema of its parameters, of type `object`: `--assert-set PACK.KEY=VALUE`, read by `vars.get`. */
  parameters?: JsonSchema;
  /** Called once for each user, and again after an exception. If it throws before the load, the run ends. */
  start?(): void;
  /** Judges an HTTP exchange that ended. Its answer can be read as in a journey. */
  checkExchange?(exchange: Exchange): void;
  /** Judges a step that ended. */
  checkStep?(step: EndedStep): void;
  /** Judges a browser's page that finished loading. */
  checkPage?(page: LoadedPage): void;
  /** Judges an iteration that ended and was not interrupted. */
  checkIteration?(iteration: EndedIteration): void;
}

/** An assertion pack that was defined. */
export interface AssertionPack {
  readonly definition: AssertionPackDefinition;
}

/**
 * Defines an assertion pack: what must hold about every answer, step and iteration of any journey.
 *
 * ```ts
 * import { assertionPack, expect, vars } from "@outrider/sdk";
 *
 * export default assertionPack({
 *   name: "no server errors",
 *   description: "Every answer's status is below 500, and none takes too long.",
 *   parameters: { type: "object", properties: { most_ms: { type: "integer", default: 1000 } } },
 *   checkExchange({ response }) {
 *     if (response === undefined) return;
 *     expect(response.status, "status is below 500").toBeLessThan(500);
 *     expect(response.duration, "answer is in time").toBeLessThanOrEqual(vars.get("most_ms"));
 *   },
 * });
 * ```
 *
 * Its functions are plain ones and quick: they run in the user's own time, though outside every measured duration. A pack
 * has the clock, its parameters, metrics and logs; it sends no requests and has neither test data nor random numbers. An
 * exception is the pack's own fault and never the target's.
 */
export function assertionPack(definition: AssertionPackDefinition): AssertionPack;

/** Whether a label fits a pattern in which `*` stands for any text: `fits("/api/*", exchange.name)`. */
export function fits(pattern: string, label: string): boolean;

// ------------------------------------------------------------------------------------------- transforms

/** A record as it came: a line of a log, a message of a stream. */
export interface RawRecord {
  /** Where it came from, for example a file's path. Records of one source come in their order, to the same instance. */
  readonly source: string;
  /** Its place in the source, from 0. */
  readonly position: number;
  /** When it was received. */
  readonly received: Date;
  /** Its bytes, of a line without its end. */
  readonly data: Uint8Array;
  /** The bytes as text. What is not UTF-8 rejects the record. */
  readonly text: string;
  /** The text, parsed as JSON. What is not JSON rejects the record. */
  json<T = any>(): T;
}

/** A value whose type a plain one does not say. Made by {@link column}. */
export interface ColumnValue {
  readonly tag: "integer" | "float" | "duration" | "time";
}

/**
 * A row: its columns by their names (ASCII letters, digits and `_`, at most 64 bytes, beginning with no digit), 256 at most. A whole number is an
 * integer, any other number a float, a `Date` a point in time; `null` and `undefined` leave the column out. A value that
 * no column holds (`NaN`, an invalid `Date`, a `bigint` beyond 2⁵³ − 1) rejects the record; what is of another type is
 * the transform's own fault.
 */
export type Row = Record<string, string | number | bigint | boolean | Date | ColumnValue | null | undefined>;

/** Values of columns whose type a plain value does not say. */
export const column: {
  /** A number that is a float also where it is whole. */
  float(value: number): ColumnValue;
  /** A whole number up to 2⁵³ − 1; a larger one is written as text. */
  integer(value: number | bigint): ColumnValue;
  /** A length of time: milliseconds, or text such as `"1.5s"`. */
  duration(value: Duration): ColumnValue;
  /**
   * A point in time: a `Date`, milliseconds since 1970, or nanoseconds since 1970 as a `bigint`. It is kept to 256
   * nanoseconds, never before the time that is given.
   */
  time(value: Date | number | bigint): ColumnValue;
};

/** A transform. */
export interface TransformDefinition {
  /** Its name. Defaults to the file's. */
  name?: string;
  /** What it reads, in one sentence. */
  description?: string;
  /** The table that its rows are for: `access_logs`, or one of its own. */
  table: string;
  /** The JSON Schema of its parameters, of type `object`. */
  parameters?: JsonSchema;
  /** Called once for each instance, after its parameters can be read. */
  start?(): void;
  /**
   * Makes rows of a record: one, several, or `null` for a record that is skipped on purpose. {@link reject} keeps one
   * that cannot be understood. After any other exception the records of the batch are tried again one by one, in a new
   * instance.
   */
  transform(record: RawRecord): Row | Row[] | null;
}

/** A transform that was defined. */
export interface Transform {
  readonly definition: TransformDefinition;
}

/**
 * Defines a transform: from raw records to rows of a table.
 *
 * ```ts
 * import { column, reject, transform } from "@outrider/sdk";
 *
 * const LINE = /^(\S+) "(\w+) (\S+)" (\d{3}) ([\d.]+)$/;
 *
 * export default transform({
 *   name: "proxy-log",
 *   description: "The lines of our proxy's log.",
 *   table: "access_logs",
 *   transform(record) {
 *     if (record.text.startsWith("#")) return null;
 *     const [, time, method, path, status, seconds] = LINE.exec(record.text) ?? reject("not a line of the proxy's log");
 *     return {
 *       time: new Date(time!),
 *       method,
 *       path,
 *       status: Number(status),
 *       duration: column.duration(Number(seconds) * 1000),
 *     };
 *   },
 * });
 * ```
 *
 * Its function is a plain one, and says the same of the same record whenever it is asked: it has its parameters, metrics
 * and logs, and neither network nor clock nor random numbers.
 */
export function transform(definition: TransformDefinition): Transform;

/** Ends the record's transform: it cannot be understood, and is kept whole with the reason. */
export function reject(reason: string, options?: { cause?: unknown }): never;

/** A record cannot be understood. */
export class RejectError extends Error {}

// --------------------------------------------------------------------------------------- alert channels

/** What one location saw. */
export interface Location {
  /** Its name, for example a region. */
  readonly name: string;
  /** Whether the monitor holds there. */
  readonly passed: boolean;
  /** How long it took there. */
  readonly duration: number;
  /** Why it failed, in one sentence. */
  readonly error: string | undefined;
  /** The checks that failed there. */
  readonly failedChecks: readonly Verdict[];
}

/** A check and what came of it. */
export interface Verdict {
  /** The check's name. */
  readonly name: string;
  /** Whether it holds. */
  readonly passed: boolean;
  /** What was expected. */
  readonly expected: string | undefined;
  /** What was found. */
  readonly actual: string | undefined;
  /** More words. */
  readonly message: string | undefined;
}

/** An alert. */
export interface Alert {
  /** The same for all alerts of one incident, so that a channel can put them together. */
  readonly incident: string;
  /**
   * What there is to tell: the monitor is slower than it should be or fails in some locations, it fails, it still fails, it
   * is well again; or somebody tries the channel and nothing is wrong.
   */
  readonly kind: "degraded" | "failed" | "reminder" | "recovered" | "test";
  /** The monitor's name. */
  readonly monitor: string;
  /** What happened, in one sentence. */
  readonly summary: string;
  /** When the incident began. */
  readonly began: Date;
  /** When the alert was raised. */
  readonly raised: Date;
  /** What each location saw last. */
  readonly locations: readonly Location[];
  /** The run's id. */
  readonly run: string | undefined;
  /** A page with more of it. */
  readonly link: string | undefined;
  /** The monitor's tags. */
  readonly tags: Readonly<Record<string, string>>;
}

/** An alert channel. */
export interface AlertChannelDefinition {
  /** Its name. Defaults to the file's. */
  name?: string;
  /** Whom it tells, in one sentence. */
  description?: string;
  /** The JSON Schema of its parameters, of type `object`. Secrets are read with `vars.secret`. */
  parameters?: JsonSchema;
  /** Called once for each instance, after its parameters can be read. */
  start?(): void;
  /**
   * Delivers an alert, and returns when it is delivered. After {@link tryAgain} it is called again with the same alert;
   * so it is where a request was not answered or {@link Response.ensureStatus} failed. After {@link refuse} it is not. Any
   * other exception is the channel's own fault. It may take a minute.
   */
  deliver(alert: Alert): void;
}

/** An alert channel that was defined. */
export interface AlertChannel {
  readonly definition: AlertChannelDefinition;
}

/**
 * Defines an alert channel: how people are told that a monitor fails.
 *
 * ```ts
 * import { accepted, alertChannel, http, vars } from "@outrider/sdk";
 *
 * export default alertChannel({
 *   name: "chat",
 *   description: "A message in the team's chat.",
 *   parameters: { type: "object", properties: { url: { type: "string" } }, required: ["url"] },
 *   deliver(alert) {
 *     const text = `${alert.monitor}: ${alert.summary}`;
 *     const headers = { authorization: `Bearer ${vars.secret("chat_token")}` };
 *     accepted(http.post(vars.get("url"), { json: { thread: alert.incident, text }, headers }));
 *   },
 * });
 * ```
 *
 * Its functions are plain ones. It has requests, the clock, parameters, secrets, metrics and logs, and neither test data
 * nor random numbers.
 */
export function alertChannel(definition: AlertChannelDefinition): AlertChannel;

/**
 * Ends the delivery unless the answer is a success, a status from 200 to 299: it is tried again for 408, 429 and from 500
 * on, and refused for the others.
 */
export function accepted(answer: Response): void;

/** Ends the delivery: the alert was not delivered, and may be when it is tried again. */
export function tryAgain(why: string, options?: { cause?: unknown }): never;

/** Ends the delivery: the alert was not delivered, however often it is tried. */
export function refuse(why: string, options?: { cause?: unknown }): never;

/** An alert was not delivered. */
export class DeliveryError extends Error {
  private constructor();
  readonly kind: "try-again" | "refused";
}

// ------------------------------------------------------------------------------------------------- http

/** Status codes: one, a family such as `"2xx"`, or a range with both ends included. */
export type StatusRange = number | `${1 | 2 | 3 | 4 | 5}xx` | { from: number; to: number };

/** A part of a multipart form. */
export interface Part {
  /** The form field's name. */
  name: string;
  /** The file's name, for a file. */
  filename?: string;
  /** The media type; `text/plain` for a field and `application/octet-stream` for a file if none is given. */
  contentType?: string;
  /** The content. */
  data: string | Uint8Array | ArrayBuffer;
}

/** How a request is sent. At most one of `body`, `json`, `form` and `multipart`. */
export interface RequestOptions {
  /** The label under which the exchange is counted. Defaults to the URL's path with numbers and ids replaced. Few different ones, please. Cut after 200 bytes. */
  name?: string;
  /** Header fields besides the host's own; a field given here replaces the host's. */
  headers?: Record<string, string | number> | [name: string, value: string | number][];
  /** Put behind the URL, encoded. A list gives one pair for each of its values. */
  query?: Record<string, string | number | boolean | (string | number | boolean)[]>;
  /** Text (`text/plain; charset=utf-8`) or bytes (no content type). */
  body?: string | Uint8Array | ArrayBuffer;
  /** Sent as JSON (`application/json`). */
  json?: unknown;
  /** Sent as `application/x-www-form-urlencoded`. A list gives one field for each of its values. */
  form?: Record<string, string | number | boolean | (string | number | boolean)[]>;
  /** Sent as `multipart/form-data`. */
  multipart?: Part[];
  /** The limit for the whole exchange with its redirects. Defaults to 60 seconds. */
  timeout?: Duration;
  /** How many redirects are followed; 0 returns the redirect itself. Defaults to 10. */
  redirects?: number;
  /** Status codes that count as success. Defaults to those below 400. */
  expected?: StatusRange | StatusRange[];
  /** Count the body's bytes and throw them away: cheaper for large downloads. Defaults to false. */
  discardBody?: boolean;
  /** Tags of this exchange besides the iteration's. */
  tags?: Tags;
}

/** How a request is sent, and its method. */
export interface MethodOptions extends RequestOptions {
  /** The method. Defaults to `GET`. */
  method?: string;
}

/** A request of a batch. */
export interface BatchRequest extends MethodOptions {
  /** An absolute URL, or a path that is resolved against the target. */
  url: string;
}

/** How long each phase of an exchange took, in milliseconds. A phase that did not happen is 0. */
export interface Timings {
  /** Waiting for a free connection of this user. Not part of the exchange's duration. */
  readonly blocked: number;
  /** Resolving the name. */
  readonly dns: number;
  /** Opening the TCP connection. */
  readonly connect: number;
  /** The TLS handshake. */
  readonly tls: number;
  /** Until the last byte of the request was written. */
  readonly send: number;
  /** From then to the first byte of the answer. */
  readonly wait: number;
  /** From then to its last byte. */
  readonly receive: number;
}

/**
 * An answer. Its body stays in the host until a part of it is asked for, and is freed at the end of the
 * iteration: an answer cannot be read after that. Of a long iteration the host keeps the last 10,000 answers, and
 * 64 MiB of their bodies.
 *
 * Methods throw `ReadError` if what they are asked for cannot be read.
 */
export class Response {
  private constructor();
  /** The HTTP status code. */
  readonly status: number;
  /** Whether the status counts as success: one of the request's `expected`, or below 400. */
  readonly ok: boolean;
  /** From the beginning of the exchange to the last byte of the answer, in milliseconds. */
  readonly duration: number;
  /** Length of the body as it came over the wire, before decompression, in bytes. */
  readonly size: number;
  /** Itself if the status is one of these (without any: below 400), else the iteration fails as the target's fault. */
  ensureStatus(...expected: StatusRange[]): this;
  /** The URL that answered, after redirects. */
  readonly url: string;
  /** `HTTP/1.1` or `HTTP/2`. */
  readonly protocol: string;
  /** How long each phase of the last exchange took. */
  readonly timings: Timings;
  /** The first value of a header field, whatever the case of its name. */
  header(name: string): string | undefined;
  /** All header fields in the order they came; names are lower case. */
  headers(): [name: string, value: string][];
  /** The body as text. */
  text(): string;
  /** The body, decompressed. */
  bytes(): Uint8Array;
  /** The body, parsed as JSON. Where one value is needed, `jsonPath` copies less. */
  json<T = any>(): T;
  /**
   * The first value that a JSONPath (RFC 9535) selects in the body. Throws for a query that visits more than 2,000,000
   * nodes of it or selects more than 16 MiB of text.
   */
  jsonPath<T = any>(path: string): T | undefined;
  /** All values that a JSONPath (RFC 9535) selects in the body. */
  jsonPathAll<T = any>(path: string): T[];
  /**
   * Where the body does not fit a JSON Schema, and how: at most ten places; none if it fits. The host
   * validates: by the draft that the schema names (else 2020-12), without other documents, at most 64 KiB.
   */
  schemaFaults(schema: string | object): string[];
  /**
   * The text of the first element that a CSS selector selects, with the texts of all elements in it; or
   * the value of an attribute, of the first one that has it: `page.css("a.next", "href")`. The body is read
   * as XML if its content type says so, else as HTML, in the host; documents have at most 8 MiB.
   */
  css(selector: string, attribute?: string): string | undefined;
  /** The same of all elements, in the order of the document. */
  cssAll(selector: string, attribute?: string): string[];
  /**
   * The string value of the first node that an XPath 1.0 expression selects; of an expression that comes to
   * a string, a number or a truth value, that value as text. A name without a prefix is the local name in
   * any namespace, and in HTML case does not matter.
   */
  xpath(expression: string): string | undefined;
  /** The string values of all nodes, in the order of the document. */
  xpathAll(expression: string): string[];
  /** As `regex`, in the values of a header field. */
  headerRegex(name: string, pattern: string | RegExp, group?: number): string | undefined;
  /**
   * A group of the first match of a regular expression in the body. Group 0, the default, is the whole
   * match. The host evaluates it, with the syntax of Rust's `regex`: no look-around and no back-references.
   */
  regex(pattern: string | RegExp, group?: number): string | undefined;
}

/** The functions that send one request. `R` is what comes back. */
export interface HttpVerbs<R> {
  get(url: string, options?: RequestOptions): R;
  head(url: string, options?: RequestOptions): R;
  options(url: string, options?: RequestOptions): R;
  post(url: string, options?: RequestOptions): R;
  put(url: string, options?: RequestOptions): R;
  patch(url: string, options?: RequestOptions): R;
  delete(url: string, options?: RequestOptions): R;
  /** Any method. */
  request(url: string, options?: MethodOptions): R;
}

/**
 * HTTP requests: an absolute URL, or a path that is resolved against the target. Each user has
 * connections and a cookie jar of its own, as a browser has.
 *
 * A request waits for the whole answer, in plain functions and in async ones (where `await` before it
 * does no harm). An answer with any status is an answer; without one, `HttpError` is thrown.
 */
export interface Http extends HttpVerbs<Response> {
  /**
   * Sends requests side by side, over up to six connections for each origin as browsers do (one with
   * HTTP/2), 100 at once at most, and waits for all. Answers stand in the order of the requests. Throws the first
   * `HttpError`. The host ends a journey that sends more than 1,000.
   */
  batch(requests: (string | BatchRequest)[]): Response[];
  /** As `batch`, but an error stands in its place in the list. */
  batchSettled(requests: (string | BatchRequest)[]): (Response | HttpError)[];
  /**
   * The same functions for async functions, returning promises. Requests issued together go side by side:
   * `await Promise.all([http.async.get("/a"), http.async.get("/b")])`.
   */
  readonly async: HttpVerbs<Promise<Response>>;
  /** Forgets this user's cookies. */
  clearCookies(): void;
  /** Closes this user's idle connections, so that the next request opens a new one. */
  closeConnections(): void;
}

/** HTTP requests. */
export const http: Http;

// ------------------------------------------------------------------------------------ steps and checks

/**
 * Runs a function as a step, a named part of the iteration, and returns what it returns. Requests and
 * checks belong to the innermost open step. An error thrown in it fails the step and goes on. More than 64 steps
 * inside one another trap.
 *
 * An async function makes an async step, to be awaited. Steps of one user may stand inside one another,
 * not side by side.
 */
export function step<T>(name: string, run: () => T, options?: StepOptions): T;

/** What a step carries. */
export interface StepOptions {
  /** Tags of the step and of everything recorded in it, besides the iteration's. */
  tags?: Tags;
}

/** What a check says besides whether it holds; each text is cut after 1,024 bytes. */
export interface CheckDetails {
  /** What was expected. */
  expected?: unknown;
  /** What was found. */
  actual?: unknown;
  /** More words, where they help. */
  message?: string;
  /** Tags of this check besides the iteration's. */
  tags?: Tags;
}

/**
 * Records whether something holds, and returns it. A check that fails does not end the iteration. Few
 * different names, please. In an assertion pack it is a verdict about what is judged.
 */
export function check(name: string, passed: unknown, details?: CheckDetails): boolean;

/** A check of a value. Each method records one check and returns whether it holds. */
export interface Expectation {
  /** The opposite. */
  readonly not: Expectation;
  /** The same value (`Object.is`). */
  toBe(expected: unknown): boolean;
  /** The same content. */
  toEqual(expected: unknown): boolean;
  /** A string that contains a part, or an array that contains a value. */
  toContain(part: unknown): boolean;
  /** A string that a regular expression matches. */
  toMatch(pattern: RegExp | string): boolean;
  toBeLessThan(limit: number): boolean;
  toBeLessThanOrEqual(limit: number): boolean;
  toBeGreaterThan(limit: number): boolean;
  toBeGreaterThanOrEqual(limit: number): boolean;
  /** True, or a value that counts as true. */
  toBeTruthy(): boolean;
  /** Anything but `undefined`. */
  toBeDefined(): boolean;
}

/** Starts a check that says what was expected and what was found: `expect(page.status, "status").toBe(200)`. */
export function expect(actual: unknown, name: string, options?: Pick<CheckDetails, "message" | "tags">): Expectation;

// ---------------------------------------------------------------------------------- metrics, tags, logs

/** Custom metrics. Handles may be made at the top level. */
export const metrics: {
  /** Values are added up. */
  counter(name: string): { add(value?: number, tags?: Tags): void };
  /** The last value counts. */
  gauge(name: string): { set(value: number, tags?: Tags): void };
  /** The share of hits counts. */
  rate(name: string): { add(hit: boolean, tags?: Tags): void };
  /** Values are a distribution, reported by percentiles. */
  trend(name: string): { add(value: number, tags?: Tags): void };
};

/** Sets a tag on everything that follows in this iteration. More than 32 different keys trap. */
export function tag(key: string, value: string | number | boolean): void;

/**
 * Log lines, cut after 4,096 bytes. `console` writes the same. What an iteration logs may have 64 KiB, where each line
 * counts 64 bytes more than its text; what is beyond is counted. At the top level lines are dropped.
 */
export const log: {
  debug(...values: unknown[]): void;
  info(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
};

// --------------------------------------------------------------------------------- time, chance and data

/** Waits as a user does who reads: this long, or any time between two with equal likelihood. */
export const think: {
  (duration: Duration): void;
  (least: Duration, most: Duration): void;
  /** Waits for a time from the exponential distribution, cut at ten times its mean. */
  exponential(mean: Duration): void;
  /** Waits for a time from the normal distribution with this mean and standard deviation, never less than nothing. */
  normal(mean: Duration, deviation: Duration): void;
};

/** Waits, for example between two polls. */
export function sleep(duration: Duration): void;

/** The time now, in milliseconds since 1970. It never goes backwards during a run. `Date` shows the same. */
export function now(): number;

/** The time since the run started, in milliseconds. `performance.now()` is the same. */
export function elapsed(): number;

/**
 * Random numbers that follow from the run's seed, the scenario and the iteration's index, whichever user runs it,
 * so that a run can be repeated; in `setup`, `start`, `stop` and `teardown` from the seed, the journey, the function
 * and the user. `Math.random()` is one of them.
 */
export const random: {
  /** From 0 (included) to 1 (excluded). */
  float(): number;
  /** A whole number, both ends included. */
  int(low: number, high: number): number;
  /** True with this probability. Defaults to 0.5. */
  boolean(probability?: number): boolean;
  /** One of the values. */
  pick<T>(values: readonly T[]): T;
  /** One of the values, each as often as its weight says: `{ card: 7, invoice: 3 }` or `[[value, weight], …]`. */
  weighted<K extends string>(choices: Record<K, number>): K;
  weighted<T>(choices: readonly (readonly [value: T, weight: number])[]): T;
  /** The values in a random order; the array itself stays as it is. */
  shuffle<T>(values: readonly T[]): T[];
  /** A text of so many letters of an alphabet, at most 65,536. Defaults to letters and digits. */
  string(length: number, alphabet?: string): string;
  /** From the normal distribution with this mean and standard deviation. */
  normal(mean: number, deviation: number): number;
  /** From the exponential distribution with this mean: the distance of independent arrivals. */
  exponential(mean: number): number;
  /** Random bytes; at most 65,536 at a time. */
  bytes(length: number): Uint8Array;
  /** A version 4 UUID. */
  uuid(): string;
};

/** Test data from files that the run was given (`--data NAME=FILE:POLICY`). */
export const data: {
  /**
   * This iteration's row. Which one it is, the policy says: `unique`, `circular`, `random` or `shuffled`; it
   * follows from the iteration's number over all workers, and stays the same within an iteration. In `start`
   * and `stop` it is the user's own row. Throws `DataError`.
   */
  row<T = any>(name: string): T;
  /** How many rows there are. Throws `DataError`. */
  count(name: string): number;
};

/** What the run was told, and what `setup` returned. */
export const vars: {
  /** One parameter (`--set KEY=VALUE`, or the plan's, or the schema's default). */
  get<T = any>(name: string): T;
  /** All parameters. */
  parameters<T = Record<string, any>>(): T;
  /** What `setup` returned; `null` before and without it. */
  setupData<T = any>(): T;
  /**
   * A secret that the run was given (`--secret NAME`). The host keeps it out of every row, log and message.
   * Throws `SecretError`.
   */
  secret(name: string): string;
};

// ------------------------------------------------------------------------------------------------ errors

/** Why there is no answer. */
export type HttpErrorCode =
  | "invalid-url"
  | "invalid-request"
  | "not-granted"
  | "dns"
  | "connection-refused"
  | "connection-reset"
  | "connect-timeout"
  | "tls"
  | "timeout"
  | "too-many-redirects"
  | "body-too-large"
  | "protocol"
  | "other";

/** There is no answer. Not caught, it fails the iteration as the target's fault; the first three codes are the journey's. */
export class HttpError extends Error {
  private constructor();
  readonly code: HttpErrorCode;
  readonly method: string;
  readonly url: string;
}

/** A part of an answer cannot be read. */
export class ReadError extends Error {
  private constructor();
  readonly code: "gone" | "decode" | "not-text" | "not-json" | "invalid-pattern" | "discarded" | "other";
}

/** There is no row of test data. */
export class DataError extends Error {
  private constructor();
  readonly code: "unknown" | "exhausted" | "other";
}

/** There is no secret of that name. */
export class SecretError extends Error {
  private constructor();
  readonly code: "not-granted" | "other";
}

/** The site did not do what the journey asked. */
export class FailError extends Error {}

/** The run makes no sense any more. */
export class AbortError extends Error {}

/** Ends the iteration as failed: the site did not do what the journey asked of it. */
export function fail(message: string, options?: { cause?: unknown }): never;

/** Ends the whole run: it makes no sense any more. */
export function abort(message: string, options?: { cause?: unknown }): never;

// ----------------------------------------------------------------------------------------------- globals

declare global {
  // Interfaces, so that they merge with those of other libraries instead of contradicting them.
  interface Console {
    debug(...values: any[]): void;
    trace(...values: any[]): void;
    log(...values: any[]): void;
    info(...values: any[]): void;
    warn(...values: any[]): void;
    error(...values: any[]): void;
    assert(holds?: boolean, ...values: any[]): void;
  }
  interface Performance {
    now(): number;
  }
  /** Writes log lines, as `log` does. */
  var console: Console;
  /** The time since the run started. */
  var performance: Performance;
  function queueMicrotask(callback: () => void): void;
  function atob(data: string): string;
  function btoa(data: string): string;
}
