// The beginning of each page: reads the document in its midst, and has it shown.

import { append, el } from "./dom.js";
import { watchColors } from "./theme.js";

/** Shows the document, if it is of the version that the page reads. Does nothing where there is no page. */
export function begin<Document extends { version: number }>(version: number, show: (document: Document, into: HTMLElement) => void): void {
  if (typeof document === "undefined") return;
  const main = document.getElementById("report");
  const text = document.getElementById("document")?.textContent;
  if (!main || !text) return;
  const read = JSON.parse(text) as Document;
  if (read.version !== version) {
    append(main, [el("p", { class: "banner" }, `This page cannot show a document of version ${read.version}.`)]);
    return;
  }
  watchColors();
  show(read, main);
}
