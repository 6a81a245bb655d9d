import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpError, ReadError, http, step } from "@outrider/sdk";
import { iterate, iterateAsync } from "./host/journey.js";
import { callsOf, refuse, state } from "./host/state.js";

/** The host's request for a call. */
async function sent(call) {
  const failure = await iterate(call);
  assert.equal(failure, undefined, failure?.message);
  return callsOf("send")[0][0];
}

/** The failure's message of a call. */
async function refused(call) {
  return (await iterate(call))?.message;
}

test("a request without options is the host's defaults", async () => {
  assert.deepEqual(await sent(() => http.get("/")), {
    method: "GET",
    url: "/",
    name: null,
    headers: [],
    body: { tag: "empty" },
    timeout: null,
    redirects: null,
    expected: [],
    discardBody: false,
    tags: [],
  });
});

test("verbs and request set the method", async () => {
  for (const verb of ["get", "head", "options", "post", "put", "patch", "delete"]) {
    assert.equal((await sent(() => http[verb]("/"))).method, verb.toUpperCase());
  }
  assert.equal((await sent(() => http.request("/", { method: "purge" }))).method, "PURGE");
  assert.equal((await sent(() => http.request("/"))).method, "GET");
});

test("options reach the host in its units", async () => {
  const request = await sent(() =>
    http.get("/p", {
      name: "product",
      headers: { accept: "text/html", "x-n": 5 },
      timeout: "1.5s",
      redirects: 0,
      expected: [200, "3xx", { from: 404, to: 410 }],
      discardBody: true,
      tags: { plan: "premium" },
    }),
  );
  assert.equal(request.name, "product");
  assert.deepEqual(request.headers, [{ name: "accept", value: "text/html" }, { name: "x-n", value: "5" }]); // prettier-ignore
  assert.equal(request.timeout, 1_500_000_000);
  assert.equal(request.redirects, 0);
  assert.deepEqual(request.expected, [{ low: 200, high: 200 }, { low: 300, high: 399 }, { low: 404, high: 410 }]); // prettier-ignore
  assert.equal(request.discardBody, true);
  assert.deepEqual(request.tags, [{ key: "plan", value: "premium" }]);
  assert.equal((await sent(() => http.get("/", { timeout: 250 }))).timeout, 250_000_000);
});

test("query is put behind the URL, encoded", async () => {
  const url = async (address, query) => (await sent(() => http.get(address, { query }))).url;
  assert.equal(await url("/s", { q: "a b&c", page: 2 }), "/s?q=a%20b%26c&page=2");
  assert.equal(await url("/s?x=1#top", { tag: ["a", "b"] }), "/s?x=1&tag=a&tag=b#top");
  assert.equal(await url("/s", {}), "/s");
});

test("each kind of body is sent as itself", async () => {
  const body = async (options) => (await sent(() => http.post("/", options))).body;
  assert.deepEqual(await body({ body: "text" }), { tag: "text", val: "text" });
  assert.deepEqual(await body({ body: new Uint8Array([1, 2]) }), { tag: "bytes", val: new Uint8Array([1, 2]) });
  assert.deepEqual(await body({ body: new Uint8Array([3]).buffer }), { tag: "bytes", val: new Uint8Array([3]) });
  assert.deepEqual(await body({ json: { a: [1, null] } }), { tag: "json", val: '{"a":[1,null]}' });
  assert.deepEqual(await body({ json: null }), { tag: "json", val: "null" });
  assert.deepEqual(await body({ form: { a: 1, b: ["x", "y"] } }), {
    tag: "form",
    val: [{ name: "a", value: "1" }, { name: "b", value: "x" }, { name: "b", value: "y" }], // prettier-ignore
  });
  const multipart = [{ name: "f", filename: "a.txt", contentType: "text/plain", data: "ä€😀" }, { name: "g", data: new Uint8Array([9]) }]; // prettier-ignore
  assert.deepEqual(await body({ multipart }), {
    tag: "multipart",
    val: [
      { name: "f", filename: "a.txt", contentType: "text/plain", data: new Uint8Array(Buffer.from("ä€😀")) },
      { name: "g", filename: null, contentType: null, data: new Uint8Array([9]) },
    ],
  });
});

test("what the runtime would trap on is refused with words", async () => {
  assert.match(await refused(() => http.get(5)), /a URL must be a string/);
  assert.match(await refused(() => http.get("/", { timeout: -1 })), /timeout must be milliseconds/);
  assert.match(await refused(() => http.get("/", { timeout: "soon" })), /timeout must be milliseconds/);
  assert.match(await refused(() => http.get("/", { redirects: 1.5 })), /redirects must be a whole number/);
  assert.match(await refused(() => http.get("/", { expected: "ok" })), /an expected status/);
  assert.match(await refused(() => http.get("/", { tmeout: 1 })), /did you mean "timeout"/);
  assert.match(await refused(() => http.get("/", { method: "PUT" })), /knows no "method"/);
  assert.match(await refused(() => http.post("/", { json: 1, form: {} })), /one of json and form/);
  assert.match(await refused(() => http.post("/", { body: 5 })), /body must be a string/);
  assert.match(await refused(() => http.post("/", { json: undefined, body: {} })), /body must be a string/);
  assert.equal((await sent(() => http.get("/a\ud800"))).url, "/a\ufffd");
});

test("a response has its head at once and reads the rest from the host", async () => {
  let response;
  await iterate(() => {
    response = http.get("/");
    assert.deepEqual(state.calls.length, 1);
  });
  assert.deepEqual([response.status, response.ok, response.duration, response.size], [200, true, 1.5, 42]);
  assert.equal(response.url, "http://shop/");
  assert.equal(response.protocol, "HTTP/1.1");
  assert.deepEqual(response.timings, { blocked: 0, dns: 0, connect: 1, tls: 0, send: 0, wait: 2, receive: 0.5 });
  state.answers.header = (_, name) => (name === "etag" ? "x" : null);
  assert.equal(response.header("etag"), "x");
  assert.equal(response.header("none"), undefined);
  state.answers.headers = [{ name: "a", value: "1" }];
  assert.deepEqual(response.headers(), [["a", "1"]]);
  state.answers.text = '{"a":[1]}';
  assert.deepEqual(response.json(), { a: [1] });
  assert.equal(response.text(), '{"a":[1]}');
});

test("the body that answers have in k6 says what to use", async () => {
  const body = await refused(() => http.get("/").body.length);
  assert.match(body, /the answer stays in the host: use response\.text\(\), \.json\(\), \.bytes\(\)/);
  assert.match(await refused(() => http.get("/").status_text), /use response\.status/);
});

test("JSONPath gives values, and undefined where nothing is", async () => {
  let response;
  await iterate(() => void (response = http.get("/")));
  assert.equal(response.jsonPath("$.none"), undefined);
  state.answers.jsonPath = "null";
  assert.equal(response.jsonPath("$.null"), null);
  state.answers.jsonPathAll = ['"a"', "2"];
  assert.deepEqual(response.jsonPathAll("$.*"), ["a", 2]);
});

test("a JSON Schema is an object or its text", async () => {
  let response;
  await iterate(() => void (response = http.get("/")));
  assert.deepEqual(response.schemaFaults({ type: "object" }), []);
  state.answers.jsonSchema = ["the document: 1 is not of type \"string\""];
  assert.deepEqual(response.schemaFaults('{"type":"string"}'), ["the document: 1 is not of type \"string\""]);
  assert.deepEqual(callsOf("jsonSchema").map(([, schema]) => schema), ['{"type":"object"}', '{"type":"string"}']);
});

test("a regular expression takes its flags along", async () => {
  let response;
  await iterate(() => void (response = http.get("/")));
  response.regex(/a/);
  response.regex(/value="(\d+)"/gims, 1);
  response.regex("x");
  assert.deepEqual(callsOf("regex").map(([, ...rest]) => rest), [["a", 0], ['(?ims)value="(\\d+)"', 1], ["x", 0]]); // prettier-ignore
});

test("selectors and XPath are asked of the host", async () => {
  let response;
  await iterate(() => void (response = http.get("/")));
  assert.equal(response.css("h1"), undefined);
  state.answers.css = "/next";
  assert.equal(response.css("a.next", "href"), "/next");
  assert.deepEqual(callsOf("css"), [[1, "h1", null], [1, "a.next", "href"]]); // prettier-ignore
  state.answers.cssAll = ["a", "b"];
  assert.deepEqual(response.cssAll("li"), ["a", "b"]);
  assert.equal(response.xpath("//h1"), undefined);
  state.answers.xpathAll = ["x"];
  assert.deepEqual(response.xpathAll("//h1"), ["x"]);
  state.answers.headerRegex = "17";
  assert.equal(response.headerRegex("Location", /id=(\d+)/i, 1), "17");
  assert.deepEqual(callsOf("headerRegex"), [[1, "Location", "(?i)id=(\\d+)", 1]]);
  assert.match((await iterate(() => http.get("/").css(5))).message, /a CSS selector must be a string/);
});

test("what cannot be read is a ReadError, and says whose fault", async () => {
  const failure = async (tag, val, read) =>
    iterate(() => {
      for (const call of ["text", "body", "regex"]) state.answers[call] = () => refuse(tag, val);
      read(http.get("/"));
    });
  assert.equal((await failure("not-text", undefined, (r) => r.text())).kind, "target");
  assert.equal((await failure("discarded", undefined, (r) => r.bytes())).kind, "plugin");
  assert.match((await failure("invalid-pattern", "at 3", (r) => r.regex("(")))?.message, /invalid pattern: at 3/);
  const notJson = await iterate(() => {
    state.answers.text = "<html>";
    try {
      http.get("/").json();
    } catch (error) {
      assert.ok(error instanceof ReadError);
      assert.equal(error.code, "not-json");
      throw error;
    }
  });
  assert.equal(notJson.kind, "target");
});

test("ok follows the expected statuses", async () => {
  const ok = async (status, expected) => {
    let response;
    await iterate(() => {
      state.answers.send = { id: 1, status, duration: 0, bodySize: 0 };
      response = http.get("/", { expected });
    });
    return response.ok;
  };
  assert.equal(await ok(302), true);
  assert.equal(await ok(404), false);
  assert.equal(await ok(404, [404]), true);
  assert.equal(await ok(200, [404]), false);
});

test("ensureStatus ends the iteration unless the status is right", async () => {
  const ensured = async (status, ...expected) =>
    iterate(() => {
      state.answers.send = { id: 1, status, duration: 0, bodySize: 0 };
      assert.equal(http.get("/").ensureStatus(...expected).status, status);
    });
  assert.equal(await ensured(200), undefined);
  assert.equal(await ensured(201, 200, "2xx"), undefined);
  const failure = await ensured(503, 200, "3xx");
  assert.deepEqual([failure.kind, failure.message], ["target", "http://shop/ answered 503, expected 200 or 300–399"]);
  assert.match((await ensured(404)).message, /expected less than 400/);
});

test("an HttpError can be caught by its code", async () => {
  const failure = await iterate(() => {
    state.answers.send = () => refuse("dns", "no such name");
    try {
      http.get("http://nowhere/");
    } catch (error) {
      assert.ok(error instanceof HttpError);
      assert.deepEqual([error.code, error.method, error.url, error.name], ["dns", "GET", "http://nowhere/", "HttpError"]);
    }
  });
  assert.equal(failure, undefined);
});

test("an error that is not the host's refusal is not hidden", async () => {
  const failure = await iterate(() => {
    state.answers.send = () => {
      throw new Error("a defect");
    };
    http.get("/");
  });
  assert.equal(failure.message, "Error: a defect");
});

test("a batch gives answers in order and throws the first error", async () => {
  let statuses;
  assert.equal(await iterate(() => void (statuses = http.batch(["/a", { url: "/b", method: "POST", json: 1 }]).map((r) => r.status))), undefined); // prettier-ignore
  assert.deepEqual(statuses, [200, 200]);
  assert.deepEqual(callsOf("batch")[0][0].map(({ method, url }) => [method, url]), [["GET", "/a"], ["POST", "/b"]]); // prettier-ignore
  const failing = (requests) => requests.map((_, i) => (i === 1 ? { tag: "err", val: { tag: "timeout" } } : { tag: "ok", val: { id: i, status: 200, duration: 0, bodySize: 0 } })); // prettier-ignore
  let settled;
  await iterate(() => {
    state.answers.batch = failing;
    settled = http.batchSettled(["/a", "/b"]);
  });
  assert.ok(settled[1] instanceof HttpError);
  assert.equal(await refused(() => ((state.answers.batch = failing), http.batch(["/a", "/b"]))), "GET /b: no whole answer within the limit"); // prettier-ignore
  assert.deepEqual(await iterate(() => assert.deepEqual(http.batch([]), [])), undefined);
});

test("requests issued together by async functions are one batch", async () => {
  let statuses;
  const failure = await iterateAsync(async () => {
    const answers = await Promise.all([http.async.get("/a"), http.async.post("/b", { json: 1 })]);
    statuses = answers.map(({ status }) => status);
    await http.async.get("/c");
  });
  assert.equal(failure, undefined);
  assert.deepEqual(statuses, [200, 200]);
  assert.equal(callsOf("batch").length, 1);
  assert.deepEqual(callsOf("send").map(([{ url }]) => url), ["/c"]);
});

test("an async request's error is its promise's rejection", async () => {
  const failure = await iterateAsync(async () => {
    state.answers.send = () => refuse("timeout");
    await http.async.get("/");
  });
  assert.equal(failure.kind, "target");
  const unawaited = await iterateAsync(async () => {
    state.answers.send = () => refuse("timeout");
    void http.async.get("/");
  });
  assert.equal(unawaited.message, "GET /: no whole answer within the limit");
});

test("queued requests keep their place before later ones and inside their step", async () => {
  await iterateAsync(async () => {
    const first = http.async.get("/first");
    http.get("/second");
    await first;
    const inside = step("s", () => http.async.get("/inside"));
    await inside;
  });
  const order = state.calls.map(([name, request]) => (name === "send" ? request.url : name));
  assert.deepEqual(order, ["/first", "/second", "beginStep", "/inside", "endStep"]);
});

test("async requests need async functions", async () => {
  assert.match(await refused(() => void http.async.get("/")), /async functions only/);
});

test("cookies and connections can be dropped", async () => {
  await iterate(() => {
    http.clearCookies();
    http.closeConnections();
  });
  assert.deepEqual(state.calls, [["clearCookies"], ["closeConnections"]]);
});
