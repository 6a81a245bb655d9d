// Custom metrics, and tags.

import * as host from "outrider:plugin/measure@0.1.0";
import { toNumber, toTags, toText } from "./convert.js";
import { requireRun, running } from "./phase.js";

// Words are made only for an error: a journey may record on every line.
function record(name, kind, value, tags) {
  if (!running) requireRun(`metric "${name}"`);
  const number = Number.isFinite(value) ? value : toNumber(value, `metric "${name}"`);
  host.recordMetric(name, kind, number, toTags(tags, "a metric's tag"));
}

const metricName = (name) => toText(name, "a metric's name");

/** Handles touch no host until they record, so they may be made at the top level. */
export const metrics = Object.freeze({
  counter(name) {
    const label = metricName(name);
    return Object.freeze({ add: (value = 1, tags = undefined) => record(label, "counter", value, tags) });
  },
  gauge(name) {
    const label = metricName(name);
    return Object.freeze({ set: (value, tags = undefined) => record(label, "gauge", value, tags) });
  },
  rate(name) {
    const label = metricName(name);
    return Object.freeze({ add: (hit, tags = undefined) => record(label, "rate", hit ? 1 : 0, tags) });
  },
  trend(name) {
    const label = metricName(name);
    return Object.freeze({ add: (value, tags = undefined) => record(label, "trend", value, tags) });
  },
});

/** Sets a tag on everything that follows in this iteration. */
export function tag(key, value) {
  requireRun("tag");
  host.setTag({ key: toText(key, "a tag's key"), value: toText(String(value), "a tag's value") });
}
