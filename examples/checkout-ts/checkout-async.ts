// The journey of checkout.ts with async functions: `http.async` gives promises, and requests issued
// together go side by side. More comfortable where much is concurrent, and slower per iteration.

import { check, expect, fail, http, journey, metrics, random, step, tag } from "@outrider/sdk";
import { password, preferredProduct, schema, thinkAWhile } from "./parameters.ts";

interface Product {
  id: number;
  name: string;
  price_cents: number;
  image: string;
}

const ASSETS = ["/assets/style.css", "/assets/app.js", "/assets/logo.svg"];

const orders = metrics.counter("orders");
const orderValue = metrics.trend("order value in EUR");

export default journey({
  name: "checkout-async",
  description: "Looks around in the demo shop, and buys something now and then.",
  parameters: schema,
  scenarios: {
    browse: {
      description: "Opens the shop and looks at two products.",
      weight: 8,
      async run() {
        http.clearCookies();
        const products = await homePage();
        for (let looks = 0; looks < 2; looks++) {
          thinkAWhile();
          await productPage(choose(products));
        }
      },
    },
    buy: {
      description: "Signs in, puts a product into the cart and orders it.",
      weight: 2,
      async run(user) {
        http.clearCookies();
        tag("visitor", "buyer");
        const products = await homePage();
        thinkAWhile();
        const product = await productPage(choose(products));
        thinkAWhile();
        const token = await signIn(`visitor-${user.vu}`);
        await addToCart(product, token);
        thinkAWhile();
        await checkout(product, token);
      },
    },
  },
});

/** Opens the shop as a browser does: the page, then what it names and the product list side by side. */
async function homePage(): Promise<number[]> {
  return step("home page", async () => {
    const page = (await http.async.get("/")).ensureStatus(200);
    expect(page.regex("<title>([^<]*)</title>", 1), "home page is the shop's").toContain("Waypost");
    const [list, ...assets] = await Promise.all([
      http.async.get("/api/products", { query: { page: 1 } }),
      ...ASSETS.map((asset) => http.async.get(asset)),
    ]);
    check("home page is whole", assets.every((asset) => asset.status === 200));
    const products = list.ensureStatus(200).jsonPathAll<number>("$.products[*].id");
    expect(products.length, "a page lists products").toBeGreaterThan(0);
    return products;
  });
}

/** Looks at a product and its picture. */
async function productPage(id: number): Promise<Product> {
  return step("product page", async () => {
    const answer = await http.async.get(`/api/products/${id}`, { name: "/api/products/{id}" });
    const product = answer.ensureStatus(200).json<Product>();
    expect(product.id, "product is the one asked for").toBe(id);
    expect(product.price_cents, "product has a price").toBeGreaterThan(0);
    await http.async.get(product.image, { name: "/assets/{product}.svg", discardBody: true });
    return product;
  });
}

/** Signs in. The answer carries the token that every change of the cart wants. */
async function signIn(user: string): Promise<string> {
  return step("sign in", async () => {
    const answer = await http.async.post("/api/login", { json: { user, password: password() } });
    answer.ensureStatus(200);
    expect(answer.jsonPath("$.user"), "the shop knows the visitor").toBe(user);
    return answer.jsonPath<string>("$.csrf_token") ?? fail("the shop gave no CSRF token");
  });
}

/** Puts one of a product into the cart, as the page's form does. */
async function addToCart(product: Product, token: string): Promise<void> {
  await step("add to cart", async () => {
    const form = { product_id: product.id, quantity: 1 };
    const headers = { "x-csrf-token": token };
    const cart = await http.async.post("/api/cart/items", { form, headers, expected: 201 });
    expect(cart.ensureStatus(201).jsonPath("$.item_count"), "cart has one item").toBe(1);
  });
}

/** Looks at the cart, orders what is in it, and looks at the order. */
async function checkout(product: Product, token: string): Promise<void> {
  await step("checkout", async () => {
    const cart = (await http.async.get("/api/cart")).ensureStatus(200);
    const total = cart.jsonPath<number>("$.total_cents") ?? fail("the cart has no total");
    expect(total, "cart costs what the product costs").toBe(product.price_cents);
    const id = await placeOrder(token);
    const order = await http.async.get(`/api/orders/${id}`, { name: "/api/orders/{id}" });
    expect(order.jsonPath("$.status"), "order is confirmed").toBe("confirmed");
    expect(order.jsonPathAll("$.items[*].name"), "order has the product").toEqual([product.name]);
    orders.add();
    orderValue.add(total / 100);
  });
}

/** Sends the order; its number. */
async function placeOrder(token: string): Promise<number> {
  return step("place order", async () => {
    const json = { name: "A. Visitor", address: "1 Trail Road" };
    const answer = await http.async.post("/api/checkout", { json, headers: { "x-csrf-token": token } });
    const id = answer.ensureStatus(201).jsonPath<number>("$.order_id") ?? fail("the order has no number");
    const location = answer.header("location");
    if (location !== `/api/orders/${id}`) fail(`order ${id} is said to be at ${location}`);
    return id;
  });
}

/** The product to look at, of those on the page. */
function choose(products: number[]): number {
  if (products.length === 0) fail("the shop has no products");
  return preferredProduct() ?? random.pick(products);
}
