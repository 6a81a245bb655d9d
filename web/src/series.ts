// From counts of slices to what charts show.

import type { Charts, TimedSeries, Values } from "./document.js";

// A quarter of a second: in less, one event more or less is a rate of its own.
const MIN_RATED_S = 0.25;

/** The beginning of each slice, in seconds after the start of the run. */
export function times(charts: Charts): number[] {
  return charts.covered_s.map((_, index) => Math.max(0, charts.from_ms + index * charts.slice_ms) / 1000);
}

/** Events per second of load. A slice of which the load lasted only a moment has no rate. */
export function perSecond(counts: number[], coveredS: number[]): Values {
  const rated = coveredS.some((covered) => covered >= MIN_RATED_S);
  return counts.map((count, index) => {
    const covered = coveredS[index] ?? 0;
    const enough = rated ? covered >= MIN_RATED_S : covered > 0;
    return enough ? count / covered : null;
  });
}

/** The share of those that did not fail; null where there were none. */
export function passRatio(counts: number[], failed: number[]): Values {
  return counts.map((count, index) => (count > 0 ? 1 - (failed[index] ?? 0) / count : null));
}

/** Whether a chart of these would show more than one flat line at nothing. */
export function hasAny(values: Values): boolean {
  return values.some((value) => value !== null && value > 0);
}

export interface Stretch {
  fromS: number;
  toS: number;
}

/** Stretches of time, those that overlap as one. */
export function joined(stretches: Stretch[]): Stretch[] {
  const all: Stretch[] = [];
  for (const next of [...stretches].sort((a, b) => a.fromS - b.fromS)) {
    const last = all[all.length - 1];
    if (last && next.fromS <= last.toS) last.toS = Math.max(last.toS, next.toS);
    else all.push({ ...next });
  }
  return all;
}

/** The series of a name, or that of all requests. */
export function ofName(charts: Charts, name: string | null): TimedSeries {
  return charts.requests.find((series) => series.name === name) ?? charts.all_requests;
}
