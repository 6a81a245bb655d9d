// Checked by `npm run typecheck`, never run: what must be accepted, and what must not.

import { HttpError, Response, abort, alertChannel, assertionPack, check, column, data, expect, fail, http, journey, log, metrics, random, refuse, reject, step, think, transform, vars } from "@outrider/sdk";

const orders = metrics.counter("orders");

export default journey({
  name: "usage",
  parameters: { type: "object", properties: { path: { type: "string" } } },
  scenarios: {
    plain(user, iteration) {
      const page: Response = http.get(vars.get<string>("path"), { timeout: "2s", expected: [200, "3xx", { from: 404, to: 410 }] });
      check("status", page.status === 200, { expected: 200, actual: page.status });
      expect(page.header("content-type"), "type").toContain("html");
      const token: string = page.regex(/token="(\w+)"/, 1) ?? fail("no token");
      user.data.token = token;
      const answers: Response[] = http.batch(["/a", { url: "/b", method: "POST", json: { n: iteration.index } }]);
      const settled: (Response | HttpError)[] = http.batchSettled(["/a"]);
      orders.add(answers.length + settled.length, { plan: "x" });
      think(500);
      think("1s", "3s");
      think.exponential("2s");
      think.normal("2s", 300);
      const next: string | undefined = page.css("a.next", "href") ?? page.xpath("//a[@rel='next']/@href");
      const prices: string[] = [...page.cssAll(".price"), ...page.xpathAll("//td[2]")];
      const session = page.headerRegex("set-cookie", /sid=(\w+)/, 1);
      step("search", () => log.info(next, prices, session), { tags: { kind: "search" } });
      const payment: "card" | "invoice" = random.weighted({ card: 7, invoice: 3 });
      const order: number[] = random.shuffle([1, 2, 3]);
      expect(order.length, "order", { tags: { payment } }).toBe(3);
      http.post("/login", { form: { password: vars.secret("password"), nonce: random.string(8) } });
    },
    asynchronous: {
      weight: 2,
      async run() {
        const pages = await Promise.all([http.async.get("/a"), http.async.get("/b")]);
        const names: string[] = await step("names", async () => pages[0].jsonPathAll<string>("$..name"));
        const one: string = random.pick(names);
        if (one === "") abort("no names");
        const row = data.row<{ user: string }>("users");
        http.post("/login", { form: { user: row.user, tags: ["a", "b"] } });
      },
    },
  },
  setup: () => ({ id: 1 }),
  start(user) {
    const vu: number = user.vu;
    console.log(vu, performance.now());
  },
});

// @ts-expect-error: a journey needs scenarios
journey({ name: "empty" });
// @ts-expect-error: no such option
http.get("/", { tmeout: 5 });
// @ts-expect-error: not a duration
think("5 parsecs");
// @ts-expect-error: answers are made by the host
new Response();

assertionPack({
  checkExchange(exchange) {
    if (exchange.error) check(exchange.error.code, false);
    else check("small", exchange.response.size < 5, { tags: { name: exchange.name } });
  },
  checkIteration: ({ failure }) => void check("well", failure?.kind !== "target"),
});
// @ts-expect-error: there may be no answer
assertionPack({ checkExchange: ({ response }) => void response.status });
// @ts-expect-error: no such function
assertionPack({ checkExchanges() {} });

transform({
  table: "access_logs",
  transform(record) {
    const { n } = record.json<{ n: number }>();
    return n > 1 ? [{ n }, { n: column.float(n), at: record.received }] : n === 1 ? { n, none: null } : reject("no n");
  },
});
// @ts-expect-error: a row has no lists
transform({ table: "t", transform: () => ({ a: [1] }) });
// @ts-expect-error: a transform has a table
transform({ transform: () => null });

alertChannel({ deliver: ({ kind, locations }) => (kind === "test" ? undefined : refuse(locations[0]?.failedChecks[0]?.actual ?? "")) });
// @ts-expect-error: no such kind
alertChannel({ deliver: ({ kind }) => void (kind === "down") });
