// The slowest exchanges, each a bar of its phases.

import { el, section } from "./dom.js";
import type { PageDocument, Phases, SlowExchange } from "./document.js";
import { bytes, duration, stopwatch } from "./words.js";

/** The phases in their order, with what each is. */
export const PHASES: [keyof Phases, string, string][] = [
  ["blocked", "blocked", "waiting for a free connection, before the exchange began"],
  ["dns", "DNS", "resolving the name"],
  ["connect", "connect", "opening the connection"],
  ["tls", "TLS", "the TLS handshake"],
  ["send", "send", "writing the request"],
  ["wait", "wait", "until the first byte of the answer"],
  ["receive", "receive", "until its last byte"],
];

// As many as a screen shows, and as many as are kept of each name.
const SHOWN = 15;

/** What a bar is as long as. */
export function length(exchange: SlowExchange): number {
  return exchange.duration_ms + exchange.phases_ms.blocked;
}

/** The slowest of a name, or of all. */
export function slowestOf(all: SlowExchange[], name: string | null): SlowExchange[] {
  return all.filter((exchange) => name === null || exchange.name === name).slice(0, SHOWN);
}

export function waterfall({ charts }: PageDocument): HTMLElement | null {
  const all = charts.slowest;
  if (all.length === 0) return null;
  const body = el("tbody");
  const show = (name: string | null) => {
    const rows = slowestOf(all, name);
    const longest = Math.max(...rows.map(length), 0);
    body.replaceChildren(...rows.flatMap((exchange) => lines(exchange, longest)));
  };
  show(null);
  const heads = ["Request", "Answer", "At", "Took", "Phases"].map((head) => el("th", { scope: "col" }, head));
  const made = el("table", { class: "waterfall" }, el("caption", { class: "unseen" }, "The slowest exchanges"), el("thead", {}, el("tr", {}, ...heads)), body);
  const scroll = el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "The slowest exchanges" }, made);
  return section("Slowest exchanges", "slowest", el("div", { class: "controls" }, choice(all, show), legend()), scroll);
}

function choice(all: SlowExchange[], show: (name: string | null) => void): HTMLElement | null {
  const names = [...new Set(all.map((exchange) => exchange.name))].sort((a, b) => a.localeCompare(b));
  if (names.length < 2) return null;
  const options = [el("option", {}, "Of all requests"), ...names.map((name) => el("option", { value: name }, name))];
  const select = el("select", { id: "slowest-of" }, ...options);
  select.addEventListener("change", () => show(select.selectedIndex === 0 ? null : select.value));
  return el("label", { class: "control" }, "Slowest ", select);
}

function legend(): HTMLElement {
  const items = PHASES.map(([phase, name, what]) => el("li", { title: what }, el("span", { class: `phase ${phase}`, "aria-hidden": "true" }), name));
  return el("ul", { class: "phases" }, ...items);
}

function lines(exchange: SlowExchange, longest: number): HTMLElement[] {
  const details = el("tr", { class: "more", hidden: true }, el("td", { colspan: 5 }, facts(exchange)));
  const toggle = (event: Event) => {
    details.hidden = !details.hidden;
    (event.currentTarget as HTMLElement).setAttribute("aria-expanded", String(!details.hidden));
  };
  const button = el("button", { type: "button", class: "plain", "aria-expanded": "false", onclick: toggle }, exchange.name);
  const answer = exchange.status === null ? (exchange.error ?? "none") : String(exchange.status);
  return [
    el(
      "tr",
      {},
      el("th", { scope: "row" }, button),
      el("td", { class: exchange.failed ? "bad" : null }, answer),
      el("td", { class: "number" }, stopwatch(exchange.at_ms, 1)),
      el("td", { class: "number" }, duration(exchange.duration_ms)),
      el("td", { class: "span" }, bar(exchange, longest)),
    ),
    details,
  ];
}

function bar(exchange: SlowExchange, longest: number): HTMLElement {
  const known = PHASES.filter(([phase]) => exchange.phases_ms[phase] > 0);
  const words = known.map(([phase, name]) => `${name} ${duration(exchange.phases_ms[phase])}`).join(", ");
  const pieces = known.map(([phase, name]) => {
    const piece = el("span", { class: `phase ${phase}`, title: `${name} ${duration(exchange.phases_ms[phase])}` });
    piece.style.width = `${(exchange.phases_ms[phase] / (longest || 1)) * 100}%`;
    return piece;
  });
  return el("div", { class: "phase-bar", role: "img", "aria-label": words, title: words }, ...pieces);
}

function facts(exchange: SlowExchange): HTMLElement {
  const phases = PHASES.map(([phase, name]) => `${name} ${duration(exchange.phases_ms[phase])}`).join(", ");
  const connection = [exchange.protocol, exchange.remote_address, exchange.connection_reused ? "reused" : "new"].filter(Boolean).join(", ");
  const user = exchange.vu === null ? null : `VU ${exchange.vu}, iteration ${exchange.iteration ?? "–"}`;
  const pairs: [string, string | null][] = [
    ["Request", `${exchange.method} ${exchange.url}`],
    ["Error", exchange.error],
    ["Phases", phases],
    ["Sent late", exchange.lateness_ms > 0 ? `${duration(exchange.lateness_ms)} later than the schedule wanted` : null],
    ["Scenario", exchange.scenario ?? "set-up or tear-down"],
    ["Step", exchange.step],
    ["User", user],
    ["Connection", connection],
    ["Answer", bytes(exchange.bytes_received)],
    ["Trace", exchange.trace_id],
  ];
  const known = pairs.filter(([, value]) => value !== null);
  return el("dl", { class: "facts" }, ...known.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}
