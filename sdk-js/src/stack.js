// Stacks as the author knows them: only frames of the author's modules, with the author's columns.
//
// Modules are named by their path in the author's project, with a slash before it. The toolchain puts
// a few words into async functions (see promises.js); it says where, so that columns to the right of
// them can be moved back. Lines are never moved. Columns count bytes, from 1.

const FRAME = /^\s*at (?:(.*) \()?\/?(.*?):(\d+):(\d+)\)?$/;
const OURS = /^(?:node_modules\/@outrider\/sdk\/|__outrider)/;

// What stands around a module of CommonJS (see commonjs.js), and the function that the module itself becomes.
const WRAPPERS = new Set(["__outrider_require", "__outrider_required"]);
const BODY = "__outrider_body";

let edits = {};

/** Says what the toolchain put where: `{ "cart.ts": [[line, from, by], …] }`: columns from `from` on are `by` too large. */
export function setEdits(table) {
  edits = table;
}

/** The author's frames of an error's stack, one a line, innermost first; null if there are none. */
export function cleanStack(stack) {
  if (typeof stack !== "string") return null;
  const frames = stack.split("\n").map(cleanFrame).filter((frame) => frame !== null);
  return frames.length > 0 ? frames.join("\n") : null;
}

/** Where an error was made, `{ file, line, column }`; null if that was not in a module of the author's. */
export function innermostPlace(stack) {
  return typeof stack === "string" ? authorsFrame(stack.split("\n", 1)[0]) : null;
}

// The places of stacks that were seen: a check that fails in a loop fails with the same few. More than these are not kept.
const MAX_PLACES = 256;
const places = new Map();

/** Where the author's code called this package: `cart.ts:3:9`; null if nothing of the stack is the author's. */
export function callersPlace() {
  const { stack } = new Error();
  let place = places.get(stack);
  if (place === undefined) {
    place = placeIn(stack);
    if (places.size < MAX_PLACES) places.set(stack, place);
  }
  return place;
}

/** The innermost frame of the author's own modules; if there is none, of a package. */
export function placeIn(stack) {
  let ofPackage = null;
  for (const line of typeof stack === "string" ? stack.split("\n") : []) {
    const frame = authorsFrame(line);
    if (frame === null) continue;
    if (!frame.file.startsWith("node_modules/")) return placeOf(frame);
    ofPackage ??= placeOf(frame);
  }
  return ofPackage;
}

function placeOf({ file, line, column }) {
  return `${file}:${line}:${column}`;
}

function cleanFrame(line) {
  const frame = authorsFrame(line);
  if (frame === null) return null;
  const place = placeOf(frame);
  return frame.name === undefined || frame.name === "<anonymous>" ? `at ${place}` : `at ${frame.name} (${place})`;
}

function authorsFrame(text) {
  const match = FRAME.exec(text);
  if (match === null) return null;
  const [, given, file, row, column] = match;
  if (OURS.test(file) || WRAPPERS.has(given)) return null;
  const name = given === BODY ? undefined : given;
  const line = Number(row);
  return { name, file, line, column: authorsColumn(file, line, Number(column)) };
}

function authorsColumn(file, row, column) {
  let moved = 0;
  for (const [line, from, by] of edits[file] ?? []) {
    if (line !== row) continue;
    // Inside inserted words, the place is where they were inserted.
    if (from <= column) moved += by;
    else if (by > 0 && from - by < column) moved += column - (from - by);
  }
  return Math.max(column - moved, 1);
}
