import { check, http, journey, step, think } from "@outrider/sdk";

export default journey({
  name: "{{name}}",
  description: "Opens the home page.",
  scenarios: {
    visit: {
      run() {
        step("home page", () => {
          const page = http.get("/");
          check("status is 200", page.status === 200);
        });
        think(500, 1500); // milliseconds, as a person would
      },
    },
  },
});
