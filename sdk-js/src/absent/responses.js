// Stands in for the host's `responses` in worlds that have it not.

import { absent } from "../world.js";

export const url = absent("answers");
export const protocol = absent("answers");
export const timings = absent("answers");
export const header = absent("answers");
export const headers = absent("answers");
export const body = absent("answers");
export const text = absent("answers");
export const jsonPath = absent("answers");
export const jsonPathAll = absent("answers");
export const jsonSchema = absent("answers");
export const regex = absent("answers");
export const headerRegex = absent("answers");
export const css = absent("answers");
export const cssAll = absent("answers");
export const xpath = absent("answers");
export const xpathAll = absent("answers");
