import { answer } from "./state.js";

const head = { id: 1, status: 200, duration: 1_500_000, bodySize: 42 };

export const send = (request) => answer("send", [request], head);
export const sendPlain = (method, url) =>
  send({ method, url, name: null, headers: [], body: { tag: "empty" }, timeout: null, redirects: null, expected: [], discardBody: false, tags: [] });
export const batch = (requests) => answer("batch", [requests], requests.map((_, index) => ({ tag: "ok", val: { ...head, id: index + 1 } })));
export const clearCookies = () => answer("clearCookies", []);
export const closeConnections = () => answer("closeConnections", []);
