// What happened while the run went on: marks with numbers in the charts, and the list that says what they are.

import { el } from "./dom.js";
import type { Annotation, PageDocument } from "./document.js";
import { stopwatch } from "./words.js";

export interface Mark {
  /** Its place in the list, from 1. */
  number: number;
  fromS: number;
  /** The same for a moment. */
  toS: number;
  text: string;
}

/** The marks of all annotations, by their places in the list. */
export function marks({ report }: PageDocument): Mark[] {
  return report.annotations.map(({ at_ms, until_ms, text }, index) => ({ number: index + 1, fromS: at_ms / 1000, toS: (until_ms ?? at_ms) / 1000, text }));
}

/** Those of which something is within a stretch of time. */
export function within(marks: Mark[], fromS: number, toS: number): Mark[] {
  return marks.filter((mark) => mark.fromS < toS && fromS <= mark.toS);
}

/** The list, with a button that takes the marks out of the charts. */
export function annotations({ report }: PageDocument, show: (shown: boolean) => void): HTMLElement | null {
  if (report.annotations.length === 0) return null;
  const toggle = (event: Event) => {
    const button = event.currentTarget as HTMLElement;
    const shown = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(shown));
    show(shown);
  };
  const items = report.annotations.map((one) => el("li", {}, el("span", { class: "when", title: one.at }, when(one)), el("span", {}, one.text)));
  return el(
    "div",
    { class: "annotations" },
    el("button", { type: "button", class: "screen", "aria-pressed": "true", onclick: toggle }, "Show in charts"),
    el("ol", { "aria-label": "Annotations" }, ...items),
  );
}

/** `5:00`, `5:00 to 7:00`; before the run `0:10 before`. */
function when({ at_ms, until_ms }: Annotation): string {
  const moment = (ms: number) => (ms < 0 ? `${stopwatch(-ms)} before` : stopwatch(ms));
  return until_ms === null ? moment(at_ms) : `${moment(at_ms)} to ${moment(until_ms)}`;
}
