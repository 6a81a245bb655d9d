// A change with the interval that it lies in, beside nothing and the limits that count.

import { shape } from "./dom.js";

export interface Interval {
  low: number;
  change: number;
  high: number;
  limit: number;
}

/** How far a scale reaches to both sides of nothing: so far that most intervals are whole, and limits are seen. */
export function reachOf(intervals: Interval[]): number {
  if (intervals.length === 0) return 1;
  const ends = intervals.map(({ low, high }) => Math.max(Math.abs(low), Math.abs(high))).sort((a, b) => a - b);
  // One of a few hundred per cent makes no line of all the others.
  const most = ends[Math.ceil(ends.length * 0.9) - 1] ?? 1;
  const limits = Math.max(...intervals.map(({ limit }) => limit));
  return Math.max(most * 1.05, limits * 2);
}

const [WIDTH, HEIGHT] = [220, 18];
/** Where a change is on the scale, from 0 to 1. */
export function placeOf(change: number, reach: number): number {
  return Math.min(1, Math.max(0, 0.5 + change / reach / 2));
}

/** The interval as a picture; `words` say the same. */
export function intervalPicture({ low, change, high, limit }: Interval, reach: number, verdict: string, words: string): SVGElement {
  const at = (value: number) => Math.round(placeOf(value, reach) * (WIDTH - 8) * 10) / 10 + 4;
  const middle = HEIGHT / 2;
  const picture = shape("svg", { class: `interval ${verdict}`, viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT, role: "img", "aria-label": words });
  picture.append(
    shape("rect", { class: "limits", x: at(-limit), y: 0, width: Math.max(1, at(limit) - at(-limit)), height: HEIGHT }),
    shape("line", { class: "nothing", x1: at(0), x2: at(0), y1: 0, y2: HEIGHT }),
    shape("line", { class: "range", x1: at(low), x2: at(high), y1: middle, y2: middle }),
  );
  if (Math.abs(change) <= reach) picture.append(shape("circle", { class: "point", cx: at(change), cy: middle, r: 4 }));
  // What goes on beyond the scale has an arrow there.
  if (low < -reach) picture.append(shape("path", { class: "beyond", d: `M6 ${middle - 4}L0 ${middle}L6 ${middle + 4}z` }));
  if (high > reach) picture.append(shape("path", { class: "beyond", d: `M${WIDTH - 6} ${middle - 4}L${WIDTH} ${middle}L${WIDTH - 6} ${middle + 4}z` }));
  return picture;
}
