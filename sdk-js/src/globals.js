// What journeys and their libraries find on globalThis, and what comes from the host there: the console,
// and the time and the random numbers of the run instead of the runtime's own.

import * as clock from "outrider:plugin/clock@0.1.0";
import * as host from "outrider:plugin/random@0.1.0";
import { NANOSECONDS_PER_MS } from "./convert.js";
import { console } from "./logs.js";
import { running } from "./phase.js";

// The runtime's default leaves too few frames to the author once this package's are gone.
const STACK_FRAMES = 40;

/** Installs them. Called once, before the author's modules are evaluated. */
export function installGlobals() {
  Error.stackTraceLimit = STACK_FRAMES;
  define(globalThis, "console", console);
  const buildRandom = Math.random;
  define(Math, "random", () => (running ? host.float() : buildRandom()));
  define(globalThis, "Date", runDate(globalThis.Date));
  define(globalThis, "performance", Object.freeze({ timeOrigin: 0, now: performanceNow }));
}

function define(target, name, value) {
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
}

function performanceNow() {
  return running ? clock.elapsed() / NANOSECONDS_PER_MS : 0;
}

/** `Date` with the run's clock, which agrees with the rows' timestamps and never goes backwards. */
function runDate(NativeDate) {
  const now = () => (running ? Math.floor(clock.now() / NANOSECONDS_PER_MS) : NativeDate.now());
  function Date(...parts) {
    if (new.target === undefined) return new NativeDate(now()).toString();
    const target = new.target === Date ? NativeDate : new.target;
    return Reflect.construct(NativeDate, parts.length === 0 ? [now()] : parts, target);
  }
  Date.prototype = NativeDate.prototype;
  define(Date.prototype, "constructor", Date);
  define(Date, "now", now);
  define(Date, "parse", NativeDate.parse);
  define(Date, "UTC", NativeDate.UTC);
  return Date;
}
