// A headless Chromium, driven through the DevTools protocol over a pipe: no port, and no package.

import { spawn, type ChildProcess } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Readable, Writable } from "node:stream";

const PROGRAMS = ["chromium-headless-shell", "chromium", "google-chrome"];

// What a slow machine needs for a page of three megabytes.
const PATIENCE_MS = 60_000;

type Message = { id?: number; method?: string; params?: Record<string, unknown>; result?: unknown; error?: { message: string }; sessionId?: string };

function program(): string {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  for (const name of PROGRAMS) {
    for (const folder of folders) {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch {
        // Not there.
      }
    }
  }
  throw new Error(`none of ${PROGRAMS.join(", ")} is installed`);
}

export class Browser {
  private readonly process: ChildProcess;
  private readonly profile = mkdtempSync(join(tmpdir(), "outrider-page-"));
  private readonly waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  private readonly listeners = new Set<(message: Message) => void>();
  private last = 0;

  constructor() {
    const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars"];
    this.process = spawn(program(), [...flags, "--remote-debugging-pipe", `--user-data-dir=${this.profile}`, "about:blank"], {
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    });
    let text = "";
    (this.process.stdio[4] as Readable).setEncoding("utf8").on("data", (piece: string) => {
      const messages = (text + piece).split("\0");
      text = messages.pop() ?? "";
      for (const message of messages) this.take(JSON.parse(message) as Message);
    });
    this.process.on("exit", () => {
      for (const { reject } of this.waiting.values()) reject(new Error("the browser has ended"));
    });
  }

  private take(message: Message): void {
    const call = message.id === undefined ? undefined : this.waiting.get(message.id);
    if (!call) return this.listeners.forEach((listener) => listener(message));
    this.waiting.delete(message.id as number);
    if (message.error) call.reject(new Error(message.error.message));
    else call.resolve(message.result as never);
  }

  send<Result>(method: string, params: object = {}, sessionId?: string): Promise<Result> {
    const id = (this.last += 1);
    const sent = new Promise<Result>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer to ${method}`)), PATIENCE_MS);
      const done = <Value>(then: (value: Value) => void) => (value: Value) => {
        clearTimeout(timer);
        then(value);
      };
      this.waiting.set(id, { resolve: done(resolve) as never, reject: done(reject) });
    });
    (this.process.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, ...(sessionId ? { sessionId } : {}) })}\0`);
    return sent;
  }

  /** Hears what the browser tells by itself, until the function that is returned is called. */
  hear(listener: (message: Message) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async open(url: string, width = 1280, dark = false): Promise<Page> {
    const { targetId } = await this.send<{ targetId: string }>("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.send<{ sessionId: string }>("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page(this, sessionId);
    await page.load(url, width, dark);
    return page;
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    if (this.process.exitCode === null) {
      await this.send("Browser.close").catch(() => this.process.kill());
      await ended;
    }
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

export class Page {
  /** What went wrong on the page: exceptions, errors of the console, what the policy refused. */
  readonly faults: string[] = [];
  /** What it asked the network for. */
  readonly requested: string[] = [];

  constructor(private readonly browser: Browser, private readonly session: string) {
    browser.hear((message) => this.note(message));
  }

  private note({ method, params, sessionId }: Message): void {
    if (sessionId !== this.session) return;
    if (method === "Runtime.exceptionThrown" || method === "Log.entryAdded") this.faults.push(JSON.stringify(params));
    if (method === "Runtime.consoleAPICalled" && ["error", "warning"].includes(String(params?.["type"]))) this.faults.push(JSON.stringify(params));
    if (method === "Network.requestWillBeSent") this.requested.push((params?.["request"] as { url: string }).url);
  }

  send<Result>(method: string, params: object = {}): Promise<Result> {
    return this.browser.send<Result>(method, params, this.session);
  }

  async load(url: string, width: number, dark: boolean): Promise<void> {
    for (const domain of ["Runtime", "Log", "Page", "Network"]) await this.send(`${domain}.enable`);
    await this.colors(dark);
    await this.send("Emulation.setDeviceMetricsOverride", { width, height: 900, deviceScaleFactor: 1, mobile: width < 600 });
    const loaded = new Promise<void>((resolve) => {
      const stop = this.browser.hear((message) => {
        if (message.method !== "Page.loadEventFired" || message.sessionId !== this.session) return;
        stop();
        resolve();
      });
    });
    await this.send("Page.navigate", { url });
    await loaded;
    await this.settled();
  }

  /** What the system prefers. */
  async colors(dark: boolean): Promise<void> {
    await this.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }] });
  }

  /** Waits until what was changed is drawn. */
  async settled(): Promise<void> {
    await this.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))");
  }

  /** The value of an expression, or of the promise that it is. */
  async run<Value>(expression: string): Promise<Value> {
    const answer = await this.send<{ result: { value: Value }; exceptionDetails?: { exception?: { description: string }; text: string } }>("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.exception?.description ?? answer.exceptionDetails.text);
    return answer.result.value;
  }

  /** The mouse over the middle of an element, or over a part of its width. */
  async hover(selector: string, part = 0.5): Promise<void> {
    const [x, y] = await this.place(selector, part);
    await this.send("Input.dispatchMouseEvent", { type: "mouseMoved", x, y });
    await this.settled();
  }

  async click(selector: string): Promise<void> {
    const [x, y] = await this.place(selector, 0.5);
    for (const type of ["mousePressed", "mouseReleased"]) await this.send("Input.dispatchMouseEvent", { type, x, y, button: "left", clickCount: 1 });
    await this.settled();
  }

  private place(selector: string, part: number): Promise<[number, number]> {
    return this.run(`(() => {
      const element = document.querySelector(${JSON.stringify(selector)});
      if (!element) throw new Error(${JSON.stringify(`there is no ${selector}`)});
      element.scrollIntoView({ block: "center" });
      const { left, top, width, height } = element.getBoundingClientRect();
      return [left + width * ${part}, top + height / 2];
    })()`);
  }

  async type(selector: string, text: string): Promise<void> {
    await this.run(`document.querySelector(${JSON.stringify(selector)}).focus()`);
    await this.send("Input.insertText", { text });
    await this.settled();
  }

  async key(key: string): Promise<void> {
    for (const type of ["keyDown", "keyUp"]) await this.send("Input.dispatchKeyEvent", { type, key });
    await this.settled();
  }

  /** The whole page as PNG. */
  async screenshot(): Promise<Buffer> {
    const { cssContentSize } = await this.send<{ cssContentSize: { width: number; height: number } }>("Page.getLayoutMetrics");
    const clip = { x: 0, y: 0, width: cssContentSize.width, height: cssContentSize.height, scale: 1 };
    const { data } = await this.send<{ data: string }>("Page.captureScreenshot", { captureBeyondViewport: true, clip });
    return Buffer.from(data, "base64");
  }

  /** The page as it is printed. */
  async pdf(): Promise<Buffer> {
    const { data } = await this.send<{ data: string }>("Page.printToPDF", { printBackground: false, preferCSSPageSize: true });
    return Buffer.from(data, "base64");
  }
}
