// What can be set with `--set KEY=VALUE`, for all journeys through the shop.

import { think, vars, type JsonSchema } from "@outrider/sdk";

interface Parameters {
  think_ms: number;
  product?: number;
  password: string;
}

/** Every journey through the shop has it: see `thinkAWhile`. */
export const thinkTime: JsonSchema = {
  type: "integer",
  minimum: 0,
  maximum: 600_000,
  default: 10,
  description: "Mean think time between two pages, in milliseconds.",
};

/** What a buyer's journey takes. The host checks what is set against it, and fills in defaults. */
export const schema: JsonSchema = {
  type: "object",
  properties: {
    think_ms: thinkTime,
    product: {
      type: "integer",
      minimum: 1,
      description: "The product that everybody looks at; if it is not set, each visitor chooses.",
    },
    password: {
      type: "string",
      default: "open sesame",
      description: "The password of the shop's users.",
    },
  },
  additionalProperties: false,
};

/** Waits as a visitor does: anything from half the mean to one and a half of it. */
export function thinkAWhile(): void {
  const mean = vars.parameters<Parameters>().think_ms;
  think(mean / 2, mean * 1.5);
}

/** The product that everybody looks at, if it is set. */
export function preferredProduct(): number | undefined {
  return vars.parameters<Parameters>().product;
}

/** The password of the shop's users. */
export function password(): string {
  return vars.parameters<Parameters>().password;
}
