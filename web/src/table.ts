// Tables that are sorted by their heads and filtered by text.

import { el, freshId } from "./dom.js";
import { count } from "./words.js";

export interface Column<Row> {
  head: string;
  /** What it means, for who rests on it. */
  title?: string;
  /** What it is sorted and filtered by. */
  value: (row: Row) => number | string | null;
  /** What is shown, where that is another thing. */
  show?: (row: Row) => Node | string;
  /** Whether the largest value of the column is a bar across the cell, and the others in proportion. */
  bar?: boolean;
}

export interface TableSpec<Row> {
  caption: string;
  rows: Row[];
  columns: Column<Row>[];
  /** What the input is called that filters; none without. */
  filter?: string;
}

type Value = number | string | null;

/** The order of two values: numbers by size, words by letters, nothing last. */
export function compare(a: Value, b: Value, descending: boolean): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true });
  return descending ? -order : order;
}

/** Whether a row has each of the words, whatever their case, in any of its columns. */
export function matches(values: Value[], words: string): boolean {
  const text = values.filter((value) => typeof value === "string").join("\n").toLowerCase();
  return words.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

// Fewer rows are seen at once.
const MIN_FILTERED = 4;

export function table<Row>(spec: TableSpec<Row>): HTMLElement {
  const { rows, columns } = spec;
  const [body, shown] = [el("tbody"), el("output", { class: "note", "aria-live": "polite" })];
  const numeric = columns.map((column) => rows.some((row) => typeof column.value(row) === "number"));
  const largest = columns.map((column) => Math.max(...rows.map((row) => Number(column.value(row)) || 0), 0));
  let [sorted, descending, words] = [-1, false, ""];

  const cell = (row: Row, column: Column<Row>, index: number) => {
    const value = column.value(row);
    const content = column.show ? column.show(row) : value === null ? "–" : String(value);
    const tag = index === 0 ? "th" : "td";
    const made = el(tag, { class: numeric[index] ? "number" : null, scope: index === 0 ? "row" : null }, content);
    if (column.bar && typeof value === "number" && (largest[index] ?? 0) > 0) {
      made.classList.add("bar");
      made.style.setProperty("--part", `${(value / (largest[index] ?? 1)) * 100}%`);
    }
    return made;
  };
  const elements = new Map(rows.map((row) => [row, el("tr", {}, ...columns.map((column, index) => cell(row, column, index)))]));

  const refresh = () => {
    const kept = rows.filter((row) => words === "" || matches(columns.map((column) => column.value(row)), words));
    const by = columns[sorted];
    if (by) kept.sort((a, b) => compare(by.value(a), by.value(b), descending));
    body.replaceChildren(...kept.map((row) => elements.get(row) as HTMLElement));
    shown.textContent = words === "" ? "" : `${count(kept.length)} of ${count(rows.length)}`;
  };

  const heads = columns.map((column, index) => {
    const sort = () => {
      // Of numbers the largest are asked for first, of words the first.
      descending = sorted === index ? !descending : Boolean(numeric[index]);
      sorted = index;
      heads.forEach((head, other) => {
        if (other === index) head.setAttribute("aria-sort", descending ? "descending" : "ascending");
        else head.removeAttribute("aria-sort");
      });
      refresh();
    };
    const button = el("button", { type: "button", title: column.title, onclick: sort }, column.head);
    return el("th", { scope: "col", class: numeric[index] ? "number" : null }, button);
  });

  refresh();
  const made = el("table", {}, el("caption", { class: "unseen" }, spec.caption), el("thead", {}, el("tr", {}, ...heads)), body);
  const scroll = el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": spec.caption }, made);
  if (!spec.filter || rows.length < MIN_FILTERED) return scroll;
  const id = freshId("filter");
  const input = el("input", {
    id,
    type: "search",
    autocomplete: "off",
    oninput: (event) => {
      words = (event.target as HTMLInputElement).value.trim();
      refresh();
    },
  });
  return el("div", {}, el("div", { class: "filter" }, el("label", { for: id }, spec.filter), " ", input, " ", shown), scroll);
}
