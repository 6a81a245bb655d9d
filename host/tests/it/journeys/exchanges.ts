// What the tests of HTTP do: one journey, so that it is compiled once for all of them.

import { check, expect, http, journey, sleep, vars, HttpError, ReadError } from "@outrider/sdk";
import type { RequestOptions } from "@outrider/sdk";

const ENCODINGS = ["gzip", "br", "zstd"];

/** Asks for a path; says what came of it. */
function outcome(path: string, options: RequestOptions = {}, method = "GET"): string {
  try {
    return `status ${http.request(path, { name: path, method, ...options }).status}`;
  } catch (error) {
    if (error instanceof HttpError) return error.code;
    throw error;
  }
}

/** The next exchange of the same user is as if nothing had happened. */
function goesOn(after: string): void {
  const answer = http.get("/ok", { name: "ok" });
  expect(answer.text(), `an answer is the right one after ${after}`).toBe("ok");
}

export default journey({
  name: "exchanges",
  parameters: {
    type: "object",
    properties: { paths: { type: "array", items: { type: "string" }, default: [] } },
    additionalProperties: false,
  },
  scenarios: {
    visits() {
      http.get("/ok", { name: "ok" });
      sleep(20);
    },

    compressed() {
      const plain = http.get("/plain", { name: "plain" }).text();
      for (const encoding of ENCODINGS) {
        const answer = http.get(`/${encoding}`, { name: encoding });
        expect(answer.header("content-encoding"), `${encoding} is on the wire`).toBe(encoding);
        expect(String(answer.size), `${encoding} is counted as it came`).toBe(answer.header("content-length"));
        check(`${encoding} is read as the plain text`, answer.text() === plain);
        check(`${encoding} has the bytes of the plain text`, answer.bytes().length === plain.length);
        expect(answer.regex("line 0001234"), `${encoding} is searched as the plain text`).toBe("line 0001234");
      }
    },

    bombs() {
      for (const encoding of ENCODINGS) {
        const answer = http.get(`/${encoding}`, { name: encoding });
        let said = "nothing";
        try {
          answer.text();
        } catch (error) {
          said = error instanceof ReadError ? `${error.code}: ${error.message}` : String(error);
        }
        expect(said, `a ${encoding} bomb is cut off`).toMatch(/^decode: .*more than 67108864 bytes when decompressed/);
      }
      goesOn("bombs");
    },

    forms() {
      http.post("/form", { form: { a: "1 & 2", "ü=": "+%", list: ["x", "y"], empty: "" } });
      http.post("/multipart", {
        multipart: [
          { name: "field", data: "zwölf" },
          { name: 'a "file"', filename: "b\r\nc.bin", contentType: "application/x-test", data: new Uint8Array([0, 255, 13, 10, 45, 45]) },
          { name: "file", filename: "plain", data: "line\r\nline\r\n" },
          { name: "empty", data: "" },
        ],
      });
      http.post("/json", { json: { text: "zwölf", list: [1, 2.5, null] } });
      http.post("/text", { body: "zwölf" });
      http.post("/bytes", { body: new Uint8Array([0, 159, 255]) });
      http.post("/nothing");
    },

    refusals() {
      for (const path of vars.get<string[]>("paths")) {
        expect(outcome(path), path).toBe("not-granted");
        goesOn(path);
      }
    },

    closing() {
      for (let time = 0; time < 20; time++) {
        expect(outcome("/closing"), "a request after a connection's end is answered").toBe("status 200");
      }
      for (let time = 0; time < 3; time++) {
        // The end of the connection arrives while the user thinks.
        sleep(20);
        expect(outcome("/closing", {}, "POST"), "so is a POST after a pause").toBe("status 200");
      }
      http.closeConnections();
      expect(outcome("/once"), "a connection's first request is answered").toBe("status 200");
      expect(outcome("/once"), "its second one on another connection").toBe("status 200");
      expect(outcome("/once", {}, "POST"), "a POST is not sent twice").toBe("connection-reset");
      goesOn("closing");
    },

    faults() {
      const short: RequestOptions = { timeout: 300 };
      const faults: [path: string, outcome: string, options?: RequestOptions][] = [
        ["/endless", "timeout", { ...short, discardBody: true }],
        ["/endless-and-kept", "body-too-large"],
        ["/slow-head", "timeout", short],
        ["/silent", "timeout", short],
        ["/hangs-mid-body", "timeout", short],
        ["/too-little", "connection-reset"],
        ["/resets-mid-body", "connection-reset"],
        ["/closes", "connection-reset"],
        ["/garbage", "protocol"],
        ["/too-much", "status 200"],
        ["/smuggles", "status 200"],
      ];
      for (const [path, expected, options] of faults) {
        expect(outcome(path, options), path).toBe(expected);
        goesOn(path);
      }
    },
  },
});
