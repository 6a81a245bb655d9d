// How a figure went from run to run: as numbers, and as a line with a point for each run.

import { shape } from "./dom.js";

export interface Course {
  values: (number | null)[];
  lowest: number;
  /** The median of all but the last; null if there is no other. */
  median: number | null;
  highest: number;
  last: number | null;
}

function medianOf(values: number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half];
  if (upper === undefined) return null;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? upper) + upper) / 2;
}

/** The course of values, one for each run; null if no run has one. */
export function courseOf(values: (number | null)[]): Course | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  const last = values[values.length - 1] ?? null;
  const median = medianOf(values.slice(0, -1).filter((value) => value !== null));
  return { values, lowest: Math.min(...known), median, highest: Math.max(...known), last };
}

/** A run as a point. */
export interface Point {
  /** What the point says: the run, when, and its value. */
  words: string;
  failed: boolean;
}

/** Width and height, in pixels. */
export type Size = [number, number];

/** Stretches of runs that have a value, one after the other: where a run has none, the line is broken. */
export function stretches(values: (number | null)[]): number[][] {
  const all: number[][] = [];
  values.forEach((value, index) => {
    if (value === null) return;
    const stretch = all[all.length - 1];
    if (stretch && stretch[stretch.length - 1] === index - 1) stretch.push(index);
    else all.push([index]);
  });
  return all;
}

/** The course as a picture, from nothing to its highest; `words` say the same. */
export function coursePicture(course: Course, points: Point[], [width, height]: Size, words: string): SVGElement {
  const { values, highest } = course;
  const [margin, step] = [6, (width - 12) / Math.max(1, values.length - 1)];
  const x = (index: number) => Math.round((margin + index * step) * 10) / 10;
  const y = (value: number) => Math.round((height - margin - (highest > 0 ? value / highest : 0) * (height - 2 * margin)) * 10) / 10;
  const picture = shape("svg", { class: "course", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": words });
  picture.append(shape("line", { class: "nothing", x1: 0, x2: width, y1: height - margin, y2: height - margin }));
  if (course.median !== null) picture.append(shape("line", { class: "median", x1: 0, x2: width, y1: y(course.median), y2: y(course.median) }));
  for (const stretch of stretches(values)) {
    const path = stretch.map((index) => `${x(index)},${y(values[index] ?? 0)}`).join(" ");
    picture.append(shape("polyline", { class: "line", points: path }));
  }
  values.forEach((value, index) => {
    if (value === null) return;
    const dot = shape("circle", { class: points[index]?.failed ? "dot failed" : "dot", cx: x(index), cy: y(value), r: 3 });
    const title = shape("title", {});
    title.textContent = points[index]?.words ?? "";
    dot.append(title);
    picture.append(dot);
  });
  return picture;
}
