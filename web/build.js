// Builds each page to one file, dist/report.html, dist/comparison.html and dist/trend.html, with script and style in it
// and places for a title and a document.
//
//   node build.js                  the pages
//   node build.js --tests          the unit tests, to dist/test
//   node build.js --browser-tests  the tests in a browser, to dist/browser

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

// The browsers of the last four years: all that have what uPlot and the style need.
const BROWSERS = ["chrome109", "firefox110", "safari16"];

const PLACES = ["%OUTRIDER-TITLE%", "%OUTRIDER-DOCUMENT%"];

async function bundled(entry) {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: BROWSERS,
    charset: "ascii",
    legalComments: "none",
  });
  const text = result.outputFiles[0].text.trim();
  // Text of the bundle that would end its own element.
  if (/<\/(script|style)/i.test(text)) throw new Error(`${entry} holds the end of an element`);
  return text;
}

function hash(text) {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/** The pages, each with its script. The other files of src are parts of these. */
const PAGES = { "report.html": "src/report.ts", "comparison.html": "src/comparison.ts", "trend.html": "src/trend.ts" };

async function page(file, entry) {
  const [script, style] = [await bundled(entry), await bundled("src/report.css")];
  // Nothing is loaded, nothing is sent, and only this script and this style count.
  const policy = `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; base-uri 'none'; form-action 'none'`;
  const license = readFileSync("node_modules/uplot/LICENSE", "utf8").split("\n").find((line) => line.includes("(c)"));
  const values = { POLICY: policy, STYLE: style, SCRIPT: script, LICENSE: `uPlot, MIT, ${license.trim()}` };
  const text = readFileSync("src/page.html", "utf8").replace(/\{\{([A-Z]+)\}\}/g, (_, name) => values[name]);
  for (const place of PLACES) {
    if (text.split(place).length !== 2) throw new Error(`the page needs ${place} once`);
  }
  // One that is the same keeps its file, so that cargo builds nothing anew; whoever embeds it sees the old one or the
  // new one whole.
  if (existsSync(`dist/${file}`) && readFileSync(`dist/${file}`, "utf8") === text) return;
  mkdirSync("dist", { recursive: true });
  writeFileSync(`dist/.${file}`, text);
  renameSync(`dist/.${file}`, `dist/${file}`);
}

async function tests(from, to) {
  rmSync(to, { recursive: true, force: true });
  const entryPoints = readdirSync(from).filter((name) => name.endsWith(".test.ts")).map((name) => `${from}/${name}`);
  await build({ entryPoints, bundle: true, outdir: to, format: "esm", platform: "node", target: "node18", outExtension: { ".js": ".mjs" } });
}

if (process.argv.includes("--tests")) await tests("test", "dist/test");
else if (process.argv.includes("--browser-tests")) await tests("test/browser", "dist/browser");
else for (const [file, entry] of Object.entries(PAGES)) await page(file, entry);
