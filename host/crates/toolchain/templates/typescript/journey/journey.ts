import { expect, http, journey, step, think } from "@outrider/sdk";

export default journey({
  name: "{{name}}",
  description: "Opens the home page.",
  scenarios: {
    visit: {
      run() {
        step("home page", () => {
          const page = http.get("/");
          expect(page.status, "status is 200").toBe(200);
        });
        think(500, 1500); // milliseconds, as a person would
      },
    },
  },
});
