// Visitors of the demo shop who only look around: the start page, a search, some products. Light on this machine, so
// that many of them fit it.

import { check, expect, http, journey, random, step, vars, type JsonSchema } from "@outrider/sdk";
import { thinkAWhile, thinkTime } from "./parameters.ts";

interface Parameters {
  looks: number;
}

const schema: JsonSchema = {
  type: "object",
  properties: {
    think_ms: thinkTime,
    looks: { type: "integer", minimum: 0, maximum: 100, default: 2, description: "How many products a visitor looks at." },
  },
  additionalProperties: false,
};

const SEARCHES = ["lamp", "tent", "rope", "stove"];

export default journey({
  name: "browse",
  description: "Looks around in the demo shop.",
  parameters: schema,
  scenarios: {
    browse() {
      const { looks } = vars.parameters<Parameters>();
      http.clearCookies();
      step("home page", () => void http.get("/").ensureStatus(200));
      thinkAWhile();
      const products = step("search", () => search(random.pick(SEARCHES)));
      for (let look = 0; look < looks && products.length > 0; look++) {
        thinkAWhile();
        step("product page", () => productPage(random.pick(products)));
      }
    },
  },
});

/** The products that a search finds; all of the first page if it finds none. */
function search(query: string): number[] {
  const found = http.get("/api/products", { query: { query }, name: "/api/products?query" }).ensureStatus(200);
  const products = found.jsonPathAll<number>("$.products[*].id");
  if (products.length > 0) return products;
  const all = http.get("/api/products", { query: { page: 1 } }).ensureStatus(200).jsonPathAll<number>("$.products[*].id");
  check("a page lists products", all.length > 0);
  return all;
}

function productPage(id: number): void {
  const product = http.get(`/api/products/${id}`, { name: "/api/products/{id}" }).ensureStatus(200);
  expect(product.jsonPath("$.id"), "product is the one asked for").toBe(id);
}
