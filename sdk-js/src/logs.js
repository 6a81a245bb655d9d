// Log lines, and the console.

import * as host from "outrider:plugin/measure@0.1.0";
import { running } from "./phase.js";
import { line } from "./show.js";

function write(level, values) {
  // While the journey is built there is nobody to read them, and every user would repeat them.
  if (running) host.log(level, line(values));
}

export const log = Object.freeze({
  debug: (...values) => write("debug", values),
  info: (...values) => write("info", values),
  warn: (...values) => write("warn", values),
  error: (...values) => write("error", values),
});

/** The console that journeys and their libraries find. */
export const console = Object.freeze({
  debug: log.debug,
  trace: log.debug,
  log: log.info,
  info: log.info,
  warn: log.warn,
  error: log.error,
  assert: (holds, ...values) => holds || write("error", ["assertion failed", ...values]),
});
