// Everything that a journey may use, once. plugins/test-tour does the same in Rust, in the same order.

import { check, data, expect, http, journey, log, metrics, random, step, tag, think, vars } from "@outrider/sdk";

const SCHEMA = '{"type":"object","required":["id","name"]}';

const orders = metrics.counter("orders");

export default journey({
  name: "tour",
  description: "Uses everything that a journey may use.",
  parameters: { type: "object", properties: { greeting: { type: "string", default: "hello" } } },
  setup() {
    log.info("setting up");
    return { campaign: "autumn" };
  },
  start(user) {
    log.info(`user ${user.vu}`);
    user.data.greeting = vars.get("greeting");
    user.data.campaign = vars.setupData().campaign;
  },
  scenarios: {
    tour: {
      description: "All of it.",
      run(user, iteration) {
        http.clearCookies();
        http.closeConnections();
        tag("plan", "free");
        log.info(user.data.greeting, user.data.campaign, iteration.scenario, iteration.index);
        const customer = data.row("customers");
        log.info(`${customer.name} of ${data.count("customers")}`);
        // A group is a step with steps inside.
        step(
          "group",
          () => {
            step("requests", () => requests(customer));
            step("reading", readPage);
            step("json", readJson);
          },
          { tags: { kind: "outer" } },
        );
        step("values", draw);
        step("waits", () => {
          think(1);
          think("1ms", "2ms");
          think.exponential(1);
          think.normal(2, 0.5);
        });
        orders.add();
        orders.add(2.5);
        metrics.gauge("in cart").set(3);
        metrics.rate("coupon").add(true);
        metrics.rate("coupon").add(false);
        metrics.trend("price").add(19.99, { currency: "EUR" });
        log.debug("debug");
        log.info("info");
        log.warn("warn");
        log.error("error");
        check("with words", false, { expected: "one", actual: "two", tags: { kind: "tagged" } });
        expect(3, "with a message", { message: "by law", tags: { kind: "message" } }).toBeLessThan(2);
        check("it went well", true);
      },
    },
    never: { description: "Nothing.", weight: 0, run() {} },
  },
  stop() {
    log.info("stopping");
  },
  teardown() {
    log.info("tearing down");
  },
});

/** Every kind of request. */
function requests(customer: { name: string }): void {
  http.post("/echo", { json: { user: customer.name }, headers: { "x-token": vars.secret("token") } });
  http.post("/echo", { form: { user: customer.name, "a b": "1&2" }, name: "form" });
  http.post("/echo", { body: "plain words" });
  http.put("/echo", { body: new Uint8Array([1, 2, 3]) });
  http.patch("/echo", { query: { q: ["a b", 2] } });
  http.delete("/echo", { tags: { kind: "delete" } });
  http.head("/page");
  http.options("/page");
  const multipart = [
    { name: "field", data: "value" },
    { name: "file", filename: "a.txt", contentType: "text/plain", data: "content" },
  ];
  http.post("/upload", { multipart });
  http.get("/page", { discardBody: true, timeout: "5s" });
  const moved = http.get("/moved", { redirects: 0, expected: 302 });
  expect(moved.status, "a redirect is handed over").toBe(302);
  http.get("/moved");
  for (const answer of http.batch(["/page", { url: "/json" }])) answer.ensureStatus(200);
}

/** A page: by CSS, XPath, regular expression and header. */
function readPage(): void {
  const page = http.get("/page").ensureStatus(200);
  log.info(page.css("title"), page.css("a.next", "href"));
  log.info(page.cssAll("li").join(","));
  log.info(page.cssAll("a", "href").join(","));
  log.info(page.xpath("//title"), page.xpath("count(//li)"));
  log.info(page.xpathAll("//li").join(","));
  log.info(page.regex("<title>(.*?)</title>", 1));
  log.info(page.headerRegex("x-trace", /id=(\d+)/, 1));
  log.info(page.header("content-type"));
  const nothing = [
    page.css("h6"),
    page.css("a", "rel"),
    page.xpath("//h6"),
    page.regex("zebra", 0),
    page.headerRegex("x-trace", "zebra", 0),
    page.header("x-zebra"),
  ];
  check("nothing is found", nothing.every((value) => value === undefined));
  check("there are headers", page.headers().length > 0);
  log.info(page.protocol, page.url.endsWith("/page"));
  check("it took time", page.timings.wait > 0 && page.duration > 0);
  log.info(page.text().length, page.bytes().length);
  log.info(page.size);
}

/** JSON: by path, as a whole and by a schema. */
function readJson(): void {
  const answer = http.get("/json");
  log.info(answer.jsonPath("$.id"), answer.jsonPath("$.price"));
  log.info(answer.jsonPathAll("$.tags[?@ != 'b']").join(","));
  check("no zebra", answer.jsonPath("$.zebra") === undefined);
  log.info(answer.json().tags[1]);
  log.info(answer.schemaFaults(SCHEMA).join(";"));
}

/** Every kind of random value. */
function draw(): void {
  metrics.trend("float").add(random.float());
  metrics.trend("exponential").add(random.exponential(2));
  metrics.trend("normal").add(random.normal(5, 2));
  log.info(random.int(-3, 9));
  log.info(random.boolean(0.3));
  log.info(random.pick(["red", "green", "blue"]));
  log.info(random.weighted({ card: 7, invoice: 3 }));
  log.info(random.shuffle(["a", "b", "c", "d", "e"]).join(""));
  log.info(random.string(12));
  log.info(random.string(4, "0123456789"));
  log.info([...random.bytes(4)].join(","));
  log.info(random.uuid());
}
