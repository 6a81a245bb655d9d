// The page in a real browser.

import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { example } from "../example.js";
import { Browser, type Page } from "./chromium.js";
import { failed, hostile, HOSTILE, hour, incomplete, page, removePages, single } from "./pages.js";
import { keep, open, picture, text, texts } from "./shown.js";

let browser: Browser;
before(() => {
  browser = new Browser();
});
after(async () => {
  await browser.close();
  removePages();
});

// How many pixels of a chart are neither empty nor as its first one.
const INK = `(selector) => {
  const canvas = document.querySelector(selector + " canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let ink = 0;
  for (let at = 3; at < data.length; at += 4) ink += data[at] > 0 ? 1 : 0;
  return ink;
}`;

function ink(shown: Page, chart: string): Promise<number> {
  return shown.run(`(${INK})(${JSON.stringify(chart)})`);
}

test("it shows the run: verdict, figures, charts that are drawn", async () => {
  const document = example();
  const shown = await open(browser, page("example", document));
  await picture(shown, "light");
  assert.match(await text(shown, "h1"), new RegExp(document.words.verdict));
  assert.match(await text(shown, ".tiles"), new RegExp(document.report.all_requests?.count.toLocaleString("en") ?? ""));
  const charts: string[] = await shown.run("[...document.querySelectorAll('.chart')].map((chart) => chart.id)");
  assert.ok(charts.length >= 8, charts.join());
  for (const chart of charts) assert.ok((await ink(shown, `#${chart}`)) > 500, `${chart} is empty`);
});

test("a line is hidden and shown by its button", async () => {
  const shown = await open(browser, page("toggled", example()));
  const button = "#response-times .legend button:nth-child(3)";
  const all = await ink(shown, "#response-times");
  await shown.click(button);
  assert.equal(await shown.run(`document.querySelector("${button}").getAttribute("aria-pressed")`), "false");
  assert.notEqual(await ink(shown, "#response-times"), all);
  await shown.click(button);
  assert.equal(await ink(shown, "#response-times"), all);
});

test("the values at the cursor are told, by mouse and by keys, in all charts at once", async () => {
  const shown = await open(browser, page("hovered", example()));
  assert.equal(await text(shown, "#response-times .time"), "");
  await shown.hover("#response-times .u-over", 0.5);
  assert.match(await text(shown, "#response-times .time"), /^at \d+:\d\d$/);
  assert.match(await text(shown, "#response-times .legend button"), /p50\s*[\d.]+ (µs|ms|s)/);
  assert.equal(await text(shown, "#users .time"), await text(shown, "#response-times .time"));
  await shown.run("document.querySelector('#users .plot').focus()");
  await shown.key("Home");
  assert.equal(await text(shown, "#users .time"), "at 0:00");
  await shown.key("ArrowRight");
  await shown.key("ArrowRight");
  assert.match(await text(shown, "#response-times .time"), /^at 0:0[12]$/);
});

test("tables are filtered by text and sorted by their heads", async () => {
  const document = example();
  const shown = await open(browser, page("filtered", document));
  const names = () => texts(shown, "#requests tbody th");
  assert.deepEqual(await names(), document.report.requests.map((request) => request.name));
  await shown.click("#requests thead th:nth-child(2) button");
  const counts = (await texts(shown, "#requests tbody td:nth-child(2)")).map((count) => Number(count.replace(/,/g, "")));
  assert.deepEqual(counts, [...counts].sort((a, b) => b - a));
  const word = document.report.requests[1]?.name.slice(-6) ?? "";
  await shown.type("#requests input", word);
  const wanted = document.report.requests.map((request) => request.name).filter((name) => name.toLowerCase().includes(word.toLowerCase()));
  assert.deepEqual((await names()).sort(), wanted.sort());
  assert.match(await text(shown, "#requests .filter output"), new RegExp(`^${wanted.length} of `));
});

test("a request is chosen for the charts, and an exchange tells of itself", async () => {
  const document = example();
  const shown = await open(browser, page("chosen", document));
  const name = document.charts.requests[1]?.name ?? "";
  await shown.run(`(() => { const select = document.querySelector("#chosen-request"); select.selectedIndex = 2; select.dispatchEvent(new Event("change")); })()`);
  assert.equal(await text(shown, "#response-times h3"), `Response time: ${name}`);
  assert.ok((await ink(shown, "#response-times")) > 500);
  await shown.click("#slowest tbody button");
  assert.match(await text(shown, "#slowest .more"), /Phases/);
  await shown.click("#by-request .values summary");
  assert.equal((await texts(shown, "#by-request .values tbody tr")).length, document.charts.covered_s.length);
});

test("names of a run are text, whatever they hold", async () => {
  const shown = await open(browser, page("hostile", hostile()));
  await picture(shown, "hostile");
  assert.equal(await shown.run("document.title"), "hostile");
  assert.equal(await shown.run("document.images.length + document.querySelectorAll('b').length"), 0);
  assert.equal((await texts(shown, "#requests tbody th"))[0], HOSTILE);
  assert.ok((await texts(shown, "#errors tbody th")).includes(HOSTILE));
});

test("dark is as the system has it, until another is chosen", async () => {
  const shown = await open(browser, page("dark", example()), 1280, true);
  await picture(shown, "dark");
  const ground = () => shown.run<string>("getComputedStyle(document.body).backgroundColor");
  assert.equal(await ground(), "rgb(15, 19, 24)");
  await shown.run(`(() => { const select = document.querySelector("#theme"); select.value = "light"; select.dispatchEvent(new Event("change")); })()`);
  assert.equal(await ground(), "rgb(245, 246, 248)");
});

test("on paper it is light, without what only a screen can do", async () => {
  const shown = await open(browser, page("printed", example()), 1280, true);
  const pdf = await shown.pdf();
  assert.ok(pdf.length > 20_000, `${pdf.length} bytes`);
  assert.equal(await shown.run("'paper' in document.documentElement.dataset"), false, "and after it is as before");
  keep("print.pdf", pdf);
  await shown.run("dispatchEvent(new Event('beforeprint'))");
  assert.equal(await shown.run("getComputedStyle(document.documentElement).getPropertyValue('--text').trim()"), "#1a1f26");
  assert.ok(await shown.run("[...document.querySelectorAll('.chart canvas')].every((canvas) => canvas.clientWidth <= 340)"));
});

test("on a telephone nothing is wider than the screen", async () => {
  for (const [name, document] of [["narrow", example()], ["narrow-hour", hour()]] as const) {
    const shown = await open(browser, page(name, document), 400);
    await picture(shown, name);
    assert.equal(await shown.run("document.documentElement.scrollWidth"), 400);
  }
});

test("what failed and what is missing is said in big words", async () => {
  const crossed = await open(browser, page("failed", failed()));
  await picture(crossed, "failed");
  assert.match(await text(crossed, "h1"), /FAIL/);
  assert.deepEqual((await texts(crossed, "#thresholds td:first-child")).map((verdict) => verdict.trim()), ["✗ crossed", "✗ crossed", "✓ holds"]);
  const missing = await open(browser, page("incomplete", incomplete()));
  await picture(missing, "incomplete");
  assert.match(await text(missing, ".banner.incomplete"), /^INCOMPLETE/);
  assert.ok(Number.parseFloat(await shown(missing, ".banner strong", "fontSize")) >= 24);
});

function shown(on: Page, selector: string, property: string): Promise<string> {
  return on.run(`getComputedStyle(document.querySelector("${selector}")).${property}`);
}

test("one request is a page too", async () => {
  const shown = await open(browser, page("single", single()));
  await picture(shown, "single");
  assert.match(await text(shown, ".tiles"), /Requests\s*1\n/);
  assert.ok((await ink(shown, "#response-times")) > 200);
});

test("an hour of fifty names is less than three megabytes", async () => {
  const url = page("hour", hour());
  assert.ok(statSync(fileURLToPath(url)).size < 3_000_000);
  const shown = await open(browser, url);
  await picture(shown, "hour");
  assert.equal((await texts(shown, "#by-request .legend button")).length, 50);
  assert.equal((await texts(shown, "#requests tbody tr")).length, 50);
});

test("what happened meanwhile is marked in all charts, said at the cursor, and can be hidden", async () => {
  const shown = await open(browser, page("annotations", example()));
  assert.deepEqual(await texts(shown, ".annotations li"), ["0:04deployed v2.1 of the cart", "0:08 to 0:10failover of the database"]);
  const marked = await ink(shown, "#users");
  await shown.run(`document.querySelector("#users .plot").focus()`);
  for (const key of ["Home", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight"]) {
    await shown.run(`document.querySelector("#users .plot").dispatchEvent(new KeyboardEvent("keydown", { key: "${key}", bubbles: true, cancelable: true }))`);
  }
  assert.match(await text(shown, "#response-times .time"), /^at 0:0[34] · 1 deployed v2.1 of the cart$/);
  await picture(shown, "annotations");
  await shown.run(`document.querySelector(".annotations button").click()`);
  assert.equal(await shown.run(`document.querySelector(".annotations button").getAttribute("aria-pressed")`), "false");
  assert.ok((await ink(shown, "#users")) < marked, "no marks are drawn");
});
