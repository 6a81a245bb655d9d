// A trend as the program wrote it, of six runs of the demo shop, of which the last two have a slower route.

import type { TrendPage } from "../src/trend-document.js";
import document from "./trend.json";

/** The example, to be changed at will. */
export function trend(): TrendPage {
  const checked: TrendPage = document;
  return structuredClone(checked);
}
