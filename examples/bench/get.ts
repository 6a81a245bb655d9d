// One request an iteration: what the generator itself costs. `--set path=/small.json`

import { http, vars } from "@outrider/sdk";

export const description = "Gets the parameter path.";

export const parameters = {
  type: "object",
  properties: { path: { type: "string", default: "/", description: "What to get." } },
  additionalProperties: false,
};

export default function () {
  http.get(vars.get("path"));
}
