// From what authors write to what the host takes. The runtime turns a value of the wrong type into a
// trap without a place in the author's source (and so a negative number where it wants an unsigned
// one, and half a surrogate pair in a string), so everything passes through here first.

const NANOSECONDS = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

/** Nanoseconds in a millisecond: the host counts the first, authors the second. */
export const NANOSECONDS_PER_MS = 1e6;

function describeType(value) {
  return value === null ? "null" : Array.isArray(value) ? "an array" : `a value of type ${typeof value}`;
}

/** A string that the host can take. */
export function toText(value, what) {
  if (typeof value !== "string") throw new TypeError(`${what} must be a string, not ${describeType(value)}`);
  return value.isWellFormed() ? value : value.toWellFormed();
}

/** A whole number from `low` to `high`. */
export function toInteger(value, low, high, what) {
  if (!Number.isSafeInteger(value) || value < low || value > high) {
    throw new RangeError(`${what} must be a whole number from ${low} to ${high}, not ${String(value)}`);
  }
  return value;
}

/** A finite number. */
export function toNumber(value, what) {
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new TypeError(`${what} must be a finite number, not ${String(value)}`);
  }
  return value;
}

/** A duration in nanoseconds, from milliseconds or from text such as "1.5s". */
export function toNanoseconds(value, what) {
  const nanoseconds = typeof value === "string" ? parseDuration(value) : toNumber(value, what) * NANOSECONDS_PER_MS;
  if (!(nanoseconds >= 0 && nanoseconds <= Number.MAX_SAFE_INTEGER)) {
    throw new RangeError(`${what} must be milliseconds from 0 or text such as "1.5s", not ${JSON.stringify(value)}`);
  }
  return Math.round(nanoseconds);
}

function parseDuration(value) {
  const match = /^(\d+(?:\.\d+)?)\s*(ns|us|µs|ms|s|m|h)$/.exec(value.trim());
  return match ? Number(match[1]) * NANOSECONDS[match[2]] : NaN;
}

/** An empty list for the host. */
export const NONE = Object.freeze([]);

/** `{ plan: "premium" }` as the host's list of tags. */
export function toTags(tags, what) {
  if (tags === undefined) return NONE;
  return Object.entries(tags).map(([key, value]) => ({ key: toText(key, what), value: tagValue(key, value, what) }));
}

/** Of an object the text would be "[object Object]", whatever is in it. */
function tagValue(key, value, what) {
  if (typeof value === "object" && value !== null) {
    const instead = key === "tags" ? `: write { ${Object.keys(value).join(", ")} } itself` : "";
    throw new TypeError(`${what} "${key}" must be a string, number or boolean, not an object${instead}`);
  }
  return toText(String(value), what);
}

/** Throws on a key that is not in `known`: a misspelt option would be ignored in silence. */
export function requireKnownKeys(object, known, what) {
  for (const key in object) {
    if (!known.has(key)) {
      throw new TypeError(`${what} knows no "${key}"${didYouMean(key, known)}; it takes ${[...known].join(", ")}`);
    }
  }
}

function didYouMean(key, known) {
  const near = nearest(key, known);
  return near === undefined ? "" : ` (did you mean "${near}"?)`;
}

/** The name that is most like `name`, if any is like it at all. */
export function nearest(name, known) {
  const rated = [...known].map((candidate) => ({ candidate, far: distance(name.toLowerCase(), candidate.toLowerCase()) }));
  return rated.filter(({ far }) => far <= 2).sort((a, b) => a.far - b.far)[0]?.candidate;
}

/** How many letters must be changed, added or removed (Levenshtein). */
function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}
