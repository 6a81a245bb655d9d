// A journey through the demo shop. Two scenarios: most visitors look around, some buy. Each iteration is a
// new visitor's visit.
//
// This is the plain flavour: calls of the host wait for their answer. checkout-async.ts is the same journey
// with async functions.

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
  name: "checkout",
  description: "Looks around in the demo shop, and buys something now and then.",
  parameters: schema,
  scenarios: {
    browse: {
      description: "Opens the shop and looks at two products.",
      weight: 8,
      run() {
        http.clearCookies();
        const products = homePage();
        for (let looks = 0; looks < 2; looks++) {
          thinkAWhile();
          productPage(choose(products));
        }
      },
    },
    buy: {
      description: "Signs in, puts a product into the cart and orders it.",
      weight: 2,
      run(user) {
        http.clearCookies();
        tag("visitor", "buyer");
        const products = homePage();
        thinkAWhile();
        const product = productPage(choose(products));
        thinkAWhile();
        const token = signIn(`visitor-${user.vu}`);
        addToCart(product, token);
        thinkAWhile();
        checkout(product, token);
      },
    },
  },
});

/** Opens the shop as a browser does: the page, then what it names and the product list side by side. */
function homePage(): number[] {
  return step("home page", () => {
    const page = http.get("/").ensureStatus(200);
    expect(page.regex("<title>([^<]*)</title>", 1), "home page is the shop's").toContain("Waypost");
    const answers = http.batch([...ASSETS, { url: "/api/products", query: { page: 1 } }]);
    check("home page is whole", answers.every((answer) => answer.status === 200));
    const products = answers.at(-1)!.ensureStatus(200).jsonPathAll<number>("$.products[*].id");
    expect(products.length, "a page lists products").toBeGreaterThan(0);
    return products;
  });
}

/** Looks at a product and its picture. */
function productPage(id: number): Product {
  return step("product page", () => {
    const product = http.get(`/api/products/${id}`, { name: "/api/products/{id}" }).ensureStatus(200).json<Product>();
    expect(product.id, "product is the one asked for").toBe(id);
    expect(product.price_cents, "product has a price").toBeGreaterThan(0);
    http.get(product.image, { name: "/assets/{product}.svg", discardBody: true });
    return product;
  });
}

/** Signs in. The answer carries the token that every change of the cart wants. */
function signIn(user: string): string {
  return step("sign in", () => {
    const answer = http.post("/api/login", { json: { user, password: password() } }).ensureStatus(200);
    expect(answer.jsonPath("$.user"), "the shop knows the visitor").toBe(user);
    return answer.jsonPath<string>("$.csrf_token") ?? fail("the shop gave no CSRF token");
  });
}

/** Puts one of a product into the cart, as the page's form does. */
function addToCart(product: Product, token: string): void {
  step("add to cart", () => {
    const form = { product_id: product.id, quantity: 1 };
    const cart = http.post("/api/cart/items", { form, headers: { "x-csrf-token": token }, expected: 201 }).ensureStatus(201);
    expect(cart.jsonPath("$.item_count"), "cart has one item").toBe(1);
  });
}

/** Looks at the cart, orders what is in it, and looks at the order. */
function checkout(product: Product, token: string): void {
  step("checkout", () => {
    const total = http.get("/api/cart").ensureStatus(200).jsonPath<number>("$.total_cents") ?? fail("the cart has no total");
    expect(total, "cart costs what the product costs").toBe(product.price_cents);
    const id = placeOrder(token);
    const order = http.get(`/api/orders/${id}`, { name: "/api/orders/{id}" });
    expect(order.jsonPath("$.status"), "order is confirmed").toBe("confirmed");
    expect(order.jsonPathAll("$.items[*].name"), "order has the product").toEqual([product.name]);
    orders.add();
    orderValue.add(total / 100);
  });
}

/** Sends the order; its number. */
function placeOrder(token: string): number {
  return step("place order", () => {
    const json = { name: "A. Visitor", address: "1 Trail Road" };
    const answer = http.post("/api/checkout", { json, headers: { "x-csrf-token": token } }).ensureStatus(201);
    const id = answer.jsonPath<number>("$.order_id") ?? fail("the order has no number");
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
