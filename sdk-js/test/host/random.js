import { answer } from "./state.js";

export const float = () => answer("float", [], 0.25);
export const between = (low, high) => answer("between", [low, high], low);
export const exponential = (mean) => answer("exponential", [mean], mean);
export const bytes = (length) => answer("bytes", [length], new Uint8Array(length));
export const uuid = () => answer("uuid", [], "00000000-0000-4000-8000-000000000000");
export const normal = (mean, deviation) => answer("normal", [mean, deviation], mean + deviation);
export const text = (length, alphabet) => answer("text", [length, alphabet], alphabet[0].repeat(length));
