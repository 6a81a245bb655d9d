// Values as text, for logs and for checks' expected and actual.

// Enough to recognise a value by.
const MAX_LENGTH = 1000;

/** One value as text: strings quoted, objects as JSON. Never throws. */
export function show(value) {
  return cut(typeof value === "string" ? JSON.stringify(value) : bare(value));
}

/** A console's arguments as one line: strings as they are. */
export function line(values) {
  return values.map((value) => (typeof value === "string" ? value : bare(value))).join(" ").toWellFormed();
}

function bare(value) {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return `[function ${value.name || "anonymous"}]`;
  if (value === null || typeof value !== "object") return String(value);
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof RegExp) return String(value);
  try {
    return JSON.stringify(value, replacer()) ?? String(value);
  } catch (error) {
    return `[object that cannot be shown: ${error.message}]`;
  }
}

function replacer() {
  const seen = new Set();
  return (_key, value) => {
    if (typeof value === "bigint") return `${value}n`;
    if (value instanceof Map) return Object.fromEntries(value);
    if (value instanceof Set) return [...value];
    if (typeof value !== "object" || value === null) return value;
    if (seen.has(value)) return "[seen above]";
    seen.add(value);
    return value;
  };
}

function cut(text) {
  const whole = text.toWellFormed();
  return whole.length > MAX_LENGTH ? `${whole.slice(0, MAX_LENGTH).toWellFormed()}…` : whole;
}
