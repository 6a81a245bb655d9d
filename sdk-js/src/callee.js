// What is not a function, by its name. QuickJS says no more than "not a function" and a place. The toolchain
// says what the author's modules call where:
//
//     { "cart.ts": { sdk: { http: "http" }, calls: [[[line, column], [line, column], function, "http.gett"], …] } }
//
// `sdk` has the SDK's names by the module's own, "*" for all of them. A call stands between its two positions,
// outer calls before those in them; `function` is a number for the function around it. The table knows no scopes: a
// name that a module also gives to something else, in any function of it, is not in `sdk`, and is named without advice.

import { nearest } from "./convert.js";
import { innermostPlace } from "./stack.js";

const UNNAMED = "not a function";
const NAMES = /^[\w$]+(?:\.[\w$]+)*$/;

let text = "{}";
let modules = null;
let sdk = {};

/** Says what is called where, as JSON, and what the SDK exports. */
export function setCalls(json, exported) {
  text = json;
  modules = null;
  sdk = exported;
}

/** An error's message, with the name of what is not a function if that can be told. */
export function messageOf(error) {
  if (!(error instanceof TypeError) || error.message !== UNNAMED) return error.message;
  const place = innermostPlace(error.stack);
  const suspects = place === null ? [] : suspectsAt(place);
  // The journey made the error itself: the words are its own.
  if (suspects[0]?.callee === "TypeError") return error.message;
  // What the SDK has not is no function for certain; of others one cannot tell.
  const certain = suspects.find(({ exported }) => exported !== undefined);
  if (certain !== undefined) return `${certain.callee} is ${UNNAMED}${hint(certain)}`;
  return suspects.length === 0 ? UNNAMED : `${suspects.map(({ callee }) => callee).join(" or ")} is ${UNNAMED}`;
}

/** What may be called at a place and is no function of the SDK's, the innermost call first. */
function suspectsAt({ file, line, column }) {
  // Read when it is needed for the first time: most users never need it.
  modules ??= JSON.parse(text);
  if (!Object.hasOwn(modules, file)) return [];
  const { sdk: names, calls } = modules[file];
  const here = calls.filter(([from, to]) => !isBefore([line, column], from) && isBefore([line, column], to));
  const inner = here.at(-1);
  const together = here.filter((call) => call[2] === inner[2]).reverse();
  return together.map(([, , , callee]) => ({ callee, exported: exportedAs(callee, names) })).filter(({ exported }) => !exported?.isFunction);
}

function isBefore([line, column], [otherLine, otherColumn]) {
  return line < otherLine || (line === otherLine && column < otherColumn);
}

/** What of the SDK it names: the object and the name in it; undefined if it names nothing of the SDK's. */
function exportedAs(callee, names) {
  if (!NAMES.test(callee)) return undefined;
  const [root, ...members] = callee.split(".");
  if (!Object.hasOwn(names, root)) return undefined;
  const path = names[root] === "*" ? members : [names[root], ...members];
  const name = path.pop();
  const owner = path.reduce((object, member) => object?.[member], sdk);
  if (name === undefined || owner === undefined || owner === null) return undefined;
  return { owner, name, isFunction: typeof owner[name] === "function" };
}

function hint({ callee, exported: { owner, name } }) {
  const functions = Object.keys(owner).filter((key) => typeof owner[key] === "function");
  const near = nearest(name, functions);
  return near === undefined ? "" : ` (did you mean ${callee.slice(0, -name.length)}${near}?)`;
}
