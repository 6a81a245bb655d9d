// The page of a trend in a real browser.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { trend } from "../trend-example.js";
import { Browser } from "./chromium.js";
import { HOSTILE, removePages, trendPage } from "./pages.js";
import { open, picture, texts } from "./shown.js";

let browser: Browser;
before(() => {
  browser = new Browser();
});
after(async () => {
  await browser.close();
  removePages();
});

test("it draws each request over the runs, and shows another measure when asked", async () => {
  const page = trend();
  const shown = await open(browser, trendPage("trend", page));
  const rows: number = await shown.run(`document.querySelectorAll("#requests tbody tr").length`);
  assert.equal(rows, page.trend.rows.filter(({ kind }) => kind === "request").length);
  const dots: number = await shown.run(`document.querySelectorAll("#overview circle").length`);
  assert.equal(dots, page.trend.runs.length);
  assert.deepEqual(await texts(shown, "#requests h2"), ["Requests, p95"]);
  const titles: string = await shown.run(`document.querySelector("#overview circle:last-of-type title").textContent`);
  assert.ok(titles.includes(page.trend.runs[page.trend.runs.length - 1]?.id ?? "?"), titles);
  await picture(shown, "trend");
  await shown.run(`document.querySelector("button[data-measure=rate]").click()`);
  assert.deepEqual(await texts(shown, "#requests h2"), ["Requests, per second"]);
  assert.deepEqual(await texts(shown, ".measures [aria-pressed=true]"), ["per second"]);
});

test("it fits a telephone and the dark, and is filtered by name", async () => {
  const shown = await open(browser, trendPage("narrow-trend", trend()), 400, true);
  await shown.run(`{ const input = document.querySelector("#requests input"); input.value = "cart"; input.dispatchEvent(new Event("input")); }`);
  const names = await texts(shown, "#requests tbody th");
  assert.ok(names.length > 0 && names.every((name) => name.includes("cart")), String(names));
  assert.equal(await shown.run("document.documentElement.scrollWidth <= innerWidth"), true, "nothing stands out of the page");
  await picture(shown, "narrow-trend");
});

test("names of targets and journeys are text", async () => {
  const page = trend();
  for (const row of page.trend.rows) row.name = HOSTILE;
  for (const run of page.trend.runs) Object.assign(run, { journey: HOSTILE, target: HOSTILE, tags: [HOSTILE], headline: HOSTILE });
  page.trend.left_out = [HOSTILE];
  page.title = HOSTILE;
  const shown = await open(browser, trendPage("hostile-trend", page));
  assert.equal(await shown.run("document.title"), "hostile-trend");
  assert.equal(await shown.run("document.querySelectorAll('img').length"), 0);
});

test("a page of another version says so", async () => {
  const shown = await open(browser, trendPage("later-trend", { ...trend(), version: 99 }));
  assert.deepEqual(await texts(shown, ".banner"), ["This page cannot show a document of version 99."]);
});
