// Each scenario calls what is no function; all of it in ways that place the error elsewhere.
import { http, journey, http as web } from "@outrider/sdk";

const shop: any = { items: [{}], total: 3, of: (value: unknown) => value, stock: 1 };
const three: any = 3;
const path = "/";

class Store {
  #stock: any = 3;
  take() {
    return this.#stock(path);
  }
}

export default journey({
  name: "misspelt",
  scenarios: {
    text: () => void (http as any).gett("/"),
    name: () => void (http as any).gett(path),
    lines() {
      (http as any)
        .gett(path +
          path, { name:
            path });
    },
    alias: () => void (web as any).pst(`/${path}`),
    inside: () => void shop.of(shop.pay(path)),
    outside: () => void (http as any).gett(shop.of(path)),
    either: () => void shop.pay(shop.total(path)),
    callback: () => void shop.items.map((item: any) => item.price(1)),
    answer: () => void (http.get("/") as any).jsonn(),
    variable: () => void three(path, { a: path }),
    member: () => void new Store().take(),
    made: () => void new shop.Cart(path),
    computed: () => void shop["pay"](path),
    optional: () => void shop?.pay(2, 3 + 4),
    native: () => void shop.items.map(three),
  },
});
