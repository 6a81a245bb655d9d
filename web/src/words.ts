// Numbers as people read them.

const INTEGER = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const THREE_DIGITS = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

/** `12,345`. */
export function count(value: number): string {
  return INTEGER.format(value);
}

/** About three significant digits, whole from a thousand on. */
export function number(value: number): string {
  return Math.abs(value) >= 1000 ? INTEGER.format(value) : THREE_DIGITS.format(value);
}

/** Milliseconds with the unit that suits: `853 µs`, `98.1 ms`, `1.23 s`, `2 min 5 s`. */
export function duration(ms: number): string {
  if (ms <= 0) return "0 ms";
  if (ms < 0.9995) return `${number(ms * 1000)} µs`;
  if (ms < 999.5) return `${number(ms)} ms`;
  if (ms < 99_950) return `${number(ms / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  const [h, min, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (h > 0) return min > 0 ? `${h} h ${min} min` : `${h} h`;
  return s > 0 ? `${min} min ${s} s` : `${min} min`;
}

/** Milliseconds alone, for columns whose head says the unit. */
export function ms(value: number): string {
  if (value === 0) return "0";
  return Math.abs(value) >= 100 ? INTEGER.format(value) : THREE_DIGITS.format(value);
}

/** Events per second: three significant digits, whole from a hundred on. */
export function rate(perSecond: number): string {
  return perSecond >= 99.95 ? INTEGER.format(perSecond) : THREE_DIGITS.format(perSecond);
}

/** Bytes: `9.32 kB`, `1.2 MB`. */
export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${THREE_DIGITS.format(value)} ${units[unit]}`;
}

/** A part of a whole in percent; neither one failure nor one success is rounded away. */
export function percent(part: number, whole: number): string {
  if (part <= 0 || whole <= 0) return "0 %";
  if (part >= whole) return "100 %";
  const value = (part / whole) * 100;
  if (value < 0.05) return "<0.1 %";
  if (value >= 99.95) return ">99.9 %";
  return `${value.toFixed(1)} %`;
}

/** A share from 0 to 1 in whole percent. */
export function share(value: number): string {
  return `${Math.round(value * 100)} %`;
}

/** A point in a run as a stop-watch shows it: `0:07`, `12:30`, `1:02:30`; parts of a second where they matter. */
export function stopwatch(ms: number, digits = 0): string {
  const scale = 10 ** digits;
  const total = Math.round((Math.max(0, ms) / 1000) * scale) / scale;
  const [h, min] = [Math.floor(total / 3600), Math.floor(total / 60) % 60];
  const s = (total % 60).toFixed(digits).padStart(digits > 0 ? digits + 3 : 2, "0");
  return h > 0 ? `${h}:${String(min).padStart(2, "0")}:${s}` : `${min}:${s}`;
}

/** `1 request`, `2 requests`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A time of RFC 3339 as a person says it, in UTC. */
export function instant(rfc3339: string): string {
  const date = new Date(rfc3339);
  if (Number.isNaN(date.getTime())) return rfc3339;
  const day = date.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
  const time = date.toLocaleTimeString("en-GB", { timeZone: "UTC" });
  return `${day}, ${time} UTC`;
}
