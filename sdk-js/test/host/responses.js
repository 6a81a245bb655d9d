import { answer } from "./state.js";

export const url = (id) => answer("url", [id], "http://shop/");
export const protocol = (id) => answer("protocol", [id], "HTTP/1.1");
export const timings = (id) => answer("timings", [id], { blocked: 0, dns: 0, connect: 1e6, tls: 0, send: 0, wait: 2e6, receive: 5e5 });
export const header = (id, name) => answer("header", [id, name], null);
export const headers = (id) => answer("headers", [id], []);
export const body = (id) => answer("body", [id], new Uint8Array());
export const text = (id) => answer("text", [id], "");
export const jsonPath = (id, path) => answer("jsonPath", [id, path], null);
export const jsonPathAll = (id, path) => answer("jsonPathAll", [id, path], []);
export const jsonSchema = (id, schema) => answer("jsonSchema", [id, schema], []);
export const regex = (id, pattern, group) => answer("regex", [id, pattern, group], null);
export const headerRegex = (id, name, pattern, group) => answer("headerRegex", [id, name, pattern, group], null);
export const css = (id, selector, attribute) => answer("css", [id, selector, attribute], null);
export const cssAll = (id, selector, attribute) => answer("cssAll", [id, selector, attribute], []);
export const xpath = (id, expression) => answer("xpath", [id, expression], null);
export const xpathAll = (id, expression) => answer("xpathAll", [id, expression], []);
