import { accepted, alertChannel, http, vars } from "@outrider/sdk";

export default alertChannel({
  name: "{{name}}",
  description: "Tells a web hook.",
  parameters: {
    type: "object",
    properties: {
      path: { type: "string", default: "/", description: "The web hook's path at the target." },
    },
  },
  deliver(alert) {
    const text = `${alert.monitor} ${alert.kind}: ${alert.summary}`;
    // Without an answer, or with one that says "later", the alert is tried again.
    accepted(http.post(vars.get("path"), { json: { text } }));
  },
});
