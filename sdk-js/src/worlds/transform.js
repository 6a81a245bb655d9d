// The exports of `transform`.

import { toFailure } from "../failure.js";
import { RejectError, Typed, column } from "../transform.js";
import { RawRecord } from "../raw-record.js";
import { NONE, toText } from "../convert.js";
import { enterRun } from "../phase.js";
import { callOrFail } from "./call.js";

const SKIPPED = Object.freeze({ tag: "skipped" });

/** The exports of `transforms`. */
export function transformExports({ name, description, table, parameters, start, transform }) {
  return {
    describe() {
      enterRun();
      return { name, description, table, parameters };
    },
    start: () => void callOrFail("start", start, []),
    transform: (records) => records.map((record) => outcomeOf(transform, new RawRecord(record))),
  };
}

function outcomeOf(transform, record) {
  const caught = { method: rowsOrReason, self: undefined };
  return callOrFail("transform", caught, [transform, record]);
}

function rowsOrReason(transform, record) {
  try {
    const made = transform.method.call(transform.self, record);
    // What is a promise is said by who called.
    return typeof made?.then === "function" ? made : toOutcome(made);
  } catch (error) {
    if (error instanceof RejectError) return { tag: "rejected", val: toFailure(error).message };
    throw error;
  }
}

function toOutcome(made) {
  if (made === null) return SKIPPED;
  if (made === undefined) throw new TypeError("transform returned nothing: return a row, an array of rows, or null to skip the record");
  const rows = Array.isArray(made) ? made : [made];
  return { tag: "rows", val: rows.map(toRow) };
}

function toRow(row) {
  if (typeof row !== "object" || row === null || Array.isArray(row)) {
    throw new TypeError(`a row must be an object of columns and values, not ${row === null ? "null" : Array.isArray(row) ? "an array" : typeof row}`);
  }
  const fields = Object.entries(row).flatMap(([name, value]) => (value === null || value === undefined ? NONE : [field(name, value)]));
  return fields;
}

function field(name, value) {
  return { column: toText(name, "a column's name"), value: toValue(name, value) };
}

function toValue(name, value) {
  if (typeof value === "string") return { tag: "text", val: toText(value, `column "${name}"`) };
  if (typeof value === "boolean") return { tag: "boolean", val: value };
  if (typeof value === "bigint") return inColumn(name, column.integer, value);
  if (typeof value === "number") return ofNumber(value);
  if (value instanceof Date) return inColumn(name, column.time, value);
  if (value instanceof Typed) return tagged(value);
  throw new TypeError(
    `column "${name}" must be a string, number, bigint, boolean, Date, null or of column.…, not ${Array.isArray(value) ? "an array" : typeof value}`,
  );
}

/** A value that is refused without its column would be looked for in vain. */
function inColumn(name, make, value) {
  try {
    return tagged(make(value));
  } catch (error) {
    throw error instanceof RejectError ? new RejectError(`column "${name}": ${error.message}`) : error;
  }
}

/** Whole numbers are integers; column.float says otherwise. The host rejects the record of NaN: `Number("x")` is it. */
function ofNumber(value) {
  if (Number.isSafeInteger(value)) return { tag: "integer", val: value };
  return { tag: "float", val: value };
}

const tagged = ({ tag, val }) => ({ tag, val });
