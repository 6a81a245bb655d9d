// A journey of plain functions; each scenario is a test's.
import { abort, check, data, expect, fail, http, journey, metrics, random, step, tag, think, vars } from "@outrider/sdk";
import { priceOf } from "./lib/cart.js";
import rates from "./lib/rates.json" with { type: "json" };
import type { Cart } from "./lib/cart.ts";

interface Parameters {
  path: string;
}

const orders = metrics.counter("orders");
let iterations: number = 0;

async function floating(): Promise<void> {
  await null;
}

export default journey({
  name: "plain",
  description: "Tests plain functions.",
  parameters: { type: "object", properties: { path: { type: "string" } } },
  scenarios: {
    all: {
      weight: 3,
      run(user, iteration) {
        const { path } = vars.parameters<Parameters>();
        const page = step("page", () => http.get(path, { timeout: "2s", headers: { accept: "text/html" } }));
        check("status", page.status === 200, { expected: 200, actual: page.status });
        expect(page.json().name, "name").toBe("tent");
        const [one, other] = http.batch(["/a", { url: "/b", method: "post", json: { café: "é" } }]);
        orders.add((one as any).status + other!.status, { plan: "x" });
        tag("user", user.vu);
        think(10);
        console.log("iteration", iteration.index, user.data.token, ++iterations, rates.eur, random.int(3, 9));
      },
    },
    throws() {
      const cart: Cart = { lines: [] }; step("price", (): number => priceOf(cart as Cart));
    },
    fails: () => fail("no stock"),
    aborts: () => abort("wrong site"),
    refused() {
      http.get("http://refused/");
    },
    hostile() {
      // Each of these would be a trap if it reached the runtime.
      for (const call of [
        () => http.get(5 as any),
        () => http.get("/", { timeout: -1 }),
        () => http.get("/", { redirects: 2 ** 40 }),
        () => metrics.trend("t").add("5" as any),
      ]) {
        try {
          call();
        } catch (error) {
          console.warn(String(error));
        }
      }
      console.info("half a pair \ud800");
    },
    thenable: () => Promise.resolve() as any,
    floats() {
      floating();
    },
    environment() {
      console.log(Date.now(), Math.random(), performance.now(), typeof globalThis.fetch, new Date().getTime());
    },
    rows() {
      console.log(data.row("users").name);
      data.row("cards");
    },
  },
  setup: () => ({ campaign: 7 }),
  start(user) {
    user.data.token = `t${user.vu}`;
  },
});
