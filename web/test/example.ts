// A document as the program wrote it, of a run of the demo shop: its types are those of the page, which tsc checks, and
// those of the program, which a test of the report crate checks.

import type { PageDocument } from "../src/document.js";
import document from "./example.json";

/** The example, to be changed at will. */
export function example(): PageDocument {
  const checked: PageDocument = document;
  return structuredClone(checked);
}
