// What the tests of `host report sql` ask about: two requests, of which one fails, in a step, with checks, a metric and a log.

import { check, http, journey, log, metrics, step, tag } from "@outrider/sdk";

const basket = metrics.trend("basket");

export default journey({
  name: "questions",
  scenarios: {
    shopping() {
      tag("plan", "gold");
      step("buy", () => {
        const page = http.get("/page", { name: "page" });
        check("the page is there", page.status === 200);
        check("there is cake", page.text().includes("cake"));
        http.get("/broken", { name: "broken" });
      });
      basket.add(12.5);
      log.info("bought");
    },
  },
});
