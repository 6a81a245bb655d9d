// What tests ask of a page that a browser shows.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import type { Browser, Page } from "./chromium.js";

// Where pictures go that are looked at, if they are wanted.
const pictures = process.env["OUTRIDER_PICTURES"];

/** Keeps a file to be looked at, if it is wanted. */
export function keep(name: string, content: Uint8Array): void {
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  writeFileSync(`${pictures}/${name}`, content);
}

export async function picture(shown: Page, name: string): Promise<void> {
  if (pictures) keep(`${name}.png`, await shown.screenshot());
}

/** Opens a page, and proves that nothing went wrong on it and that it asked for nothing. */
export async function open(browser: Browser, url: string, width?: number, dark?: boolean): Promise<Page> {
  const shown = await browser.open(url, width, dark);
  assert.deepEqual(shown.faults, []);
  assert.deepEqual(shown.requested, [url], "it asks for itself alone");
  return shown;
}

export function text(shown: Page, selector: string): Promise<string> {
  return shown.run(`document.querySelector(${JSON.stringify(selector)}).innerText`);
}

export function texts(shown: Page, selector: string): Promise<string[]> {
  return shown.run(`[...document.querySelectorAll(${JSON.stringify(selector)})].map((element) => element.innerText)`);
}
