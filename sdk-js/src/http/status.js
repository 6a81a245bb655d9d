// Ranges of status codes.

import { toInteger } from "../convert.js";

/** The host's ranges for 200, "2xx" and { from: 200, to: 299 }. */
export function toStatuses(list) {
  return list.map((expected) => {
    if (typeof expected === "number") return toRange(expected, expected);
    const family = /^([1-5])xx$/i.exec(expected);
    if (family !== null) return { low: Number(family[1]) * 100, high: Number(family[1]) * 100 + 99 };
    const { from, to } = typeof expected === "object" && expected !== null ? expected : { from: expected, to: expected };
    return toRange(from, to);
  });
}

function toRange(from, to) {
  return { low: toInteger(from, 100, 999, "an expected status"), high: toInteger(to, 100, 999, "an expected status") };
}

/** Whether a status is in one of the ranges; without any, whether it counts as success, as with the host: below 400. */
export function statusIn(ranges, status) {
  if (ranges.length === 0) return 100 <= status && status <= 399;
  return ranges.some(({ low, high }) => low <= status && status <= high);
}

/** The ranges as text. */
export function showStatuses(ranges) {
  if (ranges.length === 0) return "less than 400";
  return ranges.map(({ low, high }) => (low === high ? String(low) : `${low}–${high}`)).join(" or ");
}
