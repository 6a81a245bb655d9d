// In its own file: a process whose journey has not run yet.

import assert from "node:assert/strict";
import { test } from "node:test";
import { check, data, elapsed, http, log, metrics, now, random, sleep, step, tag, think, vars } from "@outrider/sdk";
import "@outrider/sdk/runtime";
import { state } from "./host/state.js";

test("the host cannot be asked at the top level", () => {
  const calls = [
    () => http.get("/"),
    () => http.batch(["/"]),
    () => http.async.get("/"),
    () => http.clearCookies(),
    () => http.closeConnections(),
    () => step("s", () => {}),
    () => check("c", true),
    () => metrics.counter("m").add(),
    () => tag("k", "v"),
    () => random.float(),
    () => random.int(1, 2),
    () => random.uuid(),
    () => random.bytes(1),
    () => random.exponential(1),
    () => sleep(1),
    () => think(1),
    () => think.exponential(1),
    () => now(),
    () => elapsed(),
    () => data.row("d"),
    () => data.count("d"),
    () => vars.get("v"),
    () => vars.setupData(),
  ];
  for (const call of calls) assert.throws(call, /was called at the top level/, String(call));
  assert.deepEqual(state.calls, []);
});

test("logging at the top level is dropped, and the build's own time and chance are used", () => {
  log.info("x");
  console.log("x");
  assert.ok(Math.random() < 1);
  assert.ok(Date.now() > 0);
  assert.equal(performance.now(), 0);
  assert.deepEqual(state.calls, []);
});
