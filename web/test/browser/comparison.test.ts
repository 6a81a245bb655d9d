// The page of a comparison in a real browser.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { comparison } from "../comparison-example.js";
import { Browser } from "./chromium.js";
import { comparisonPage, HOSTILE, removePages } from "./pages.js";
import { open, picture, texts } from "./shown.js";

let browser: Browser;
before(() => {
  browser = new Browser();
});
after(async () => {
  await browser.close();
  removePages();
});

test("it says what became worse, with each interval drawn and in words", async () => {
  const shown = await open(browser, comparisonPage("comparison", comparison()));
  assert.match((await texts(shown, "h1"))[0] ?? "", /^✗ WORSE\s*2 of 28 rows are worse/);
  assert.deepEqual((await texts(shown, ".tile.bad")).map((text) => text.replace(/\s+/g, " ")), ["Worse 2"]);
  const [first = ""] = await texts(shown, "#rows tbody tr");
  assert.match(first.replace(/\s+/g, " "), /^\/api\/products request p50 worse 32.4 ms 72.2 ms \+123% \+109% to \+137%$/);
  const intervals: number = await shown.run(`document.querySelectorAll("svg.interval").length`);
  const lines: number = await shown.run(`document.querySelectorAll("#rows tbody tr").length`);
  assert.equal(intervals, lines);
  assert.deepEqual(await texts(shown, "#runs tbody td:nth-child(2)"), ["baseline", "candidate"]);
  await picture(shown, "comparison");
});

test("it is filtered by name, and fits a telephone and the dark", async () => {
  const shown = await open(browser, comparisonPage("narrow-comparison", comparison()), 400, true);
  await shown.run(`{ const input = document.querySelector("#rows input"); input.value = "worse"; input.dispatchEvent(new Event("input")); }`);
  const names = await texts(shown, "#rows tbody th");
  assert.ok(names.length > 0 && names.every((name) => name === "/api/products" || name === "home page"), String(names));
  assert.equal(await shown.run("document.documentElement.scrollWidth <= innerWidth"), true, "nothing stands out of the page");
  await picture(shown, "narrow-comparison");
});

test("names of targets and journeys are text", async () => {
  const page = comparison();
  for (const row of page.comparison.rows) row.name = HOSTILE;
  for (const run of [...page.comparison.baseline.runs, ...page.comparison.candidate.runs]) Object.assign(run, { journey: HOSTILE, target: HOSTILE, tags: [HOSTILE] });
  page.comparison.remarks = [{ kind: "target", message: HOSTILE }];
  const shown = await open(browser, comparisonPage("hostile-comparison", page));
  assert.equal(await shown.run("document.title"), "hostile-comparison");
  assert.equal(await shown.run("document.querySelectorAll('img').length"), 0);
});

test("a page of another version says so", async () => {
  const shown = await open(browser, comparisonPage("later-comparison", { ...comparison(), version: 99 }));
  assert.deepEqual(await texts(shown, ".banner"), ["This page cannot show a document of version 99."]);
});
