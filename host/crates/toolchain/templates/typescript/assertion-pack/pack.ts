import { assertionPack, expect, vars } from "@outrider/sdk";

export default assertionPack({
  name: "{{name}}",
  description: "No answer is an error of the server.",
  parameters: {
    type: "object",
    properties: {
      highest_status: { type: "integer", default: 499, description: "The highest status that is no fault." },
    },
  },
  checkExchange({ response }) {
    // Without an answer there is nothing to read; exchange.error says why.
    if (response === undefined) return;
    expect(response.status, "no error of the server").toBeLessThan(vars.get("highest_status") + 1);
  },
});
