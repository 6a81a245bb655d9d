// The page of a run: reads the document in its midst, and shows it.

import { begin } from "./begin.js";
import { append, el } from "./dom.js";
import type { PageDocument } from "./document.js";
import { checks, errors, metrics, requests, steps, thresholds } from "./findings.js";
import { data, generator } from "./foot.js";
import { head, tiles, warnings } from "./head.js";
import { overTime } from "./overtime.js";
import { waterfall } from "./waterfall.js";

/** The layout of the document that this page reads. */
const VERSION = 1;

function show(page: PageDocument, into: HTMLElement): void {
  const sections = [
    thresholds(page),
    overTime(page),
    requests(page),
    waterfall(page),
    steps(page),
    checks(page),
    errors(page),
    metrics(page),
    generator(page),
    data(page),
  ].filter((section) => section !== null);
  const links = sections.map((section) => el("li", {}, el("a", { href: `#${section.id}` }, section.querySelector("h2")?.textContent)));
  const nav = el("nav", { "aria-label": "Sections" }, el("ul", {}, ...links));
  append(into, [head(page), ...warnings(page), tiles(page), nav, ...sections]);
}

begin(VERSION, show);
