// A comparison as the program wrote it, of two runs of the demo shop of which the second is slower; two rows of each kind.

import type { ComparisonPage } from "../src/comparison-document.js";
import document from "./comparison.json";

/** The example, to be changed at will. */
export function comparison(): ComparisonPage {
  const checked: ComparisonPage = document;
  return structuredClone(checked);
}
