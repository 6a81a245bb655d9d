import { answer } from "./state.js";

export const row = (name) => answer("row", [name], "{}");
export const count = (name) => answer("count", [name], 0);
