// An async journey; each scenario is a test's.
import { fail, http, journey, step } from "@outrider/sdk";

async function broken(what: string): Promise<never> {
  await null;
  throw new RangeError(what);
}

async function slow(rounds: number) {
  for (let round = 0; round < rounds; round++) await null;
  throw new Error("late");
}

export default journey({
  scenarios: {
    async works() {
      const [one, other] = await Promise.all([http.async.get("/a"), http.async.get("/b")]);
      const status = await step("sum", async () => one.status + other.status);
      console.log("sum", status, (await http.get("/c")).status);
    },
    async rejects() { await broken("lost"); },
    async fails() {
      await step("stock", async () => fail("no stock"));
    },
    async floats() {
      broken("floating");
    },
    async loops() {
      [1, 2].forEach(async (number) => broken(`number ${number}`));
    },
    async slowly() {
      void slow(40);
    },
    async handles() {
      try {
        await broken("handled");
      } catch ({ message }: any) {
        console.log("caught", message);
      }
      broken("handled").catch((error) => console.log("caught", error.message));
      await Promise.allSettled([broken("settled"), Promise.reject(new Error("also"))]);
    },
    plain() {
      console.log("a plain function beside async ones");
    },
    async never() {
      await new Promise(() => {});
    },
  },
  async setup() {
    return { from: await Promise.resolve("setup") };
  },
});
