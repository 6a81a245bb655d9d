// The shop's front end: a hash router, six views, one helper that builds elements. Text from the
// server only ever becomes text nodes, never markup.

const view = document.getElementById("view");
const notice = document.getElementById("notice");
const csrfToken = document.querySelector('meta[name="csrf-token"]').content;
const money = new Intl.NumberFormat("en-IE", { style: "currency", currency: "EUR" });
const price = (cents) => money.format(cents / 100);

// An element with properties, data attributes ("data-…"), listeners ("on…") and children.
function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key.includes("-")) node.setAttribute(key, value);
    else node[key] = value;
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

async function api(method, path, body) {
  const headers = { accept: "application/json", "x-csrf-token": csrfToken };
  if (body !== undefined) headers["content-type"] = "application/json";
  const response = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  const answer = await response.json().catch(() => ({ message: `the shop answered ${response.status}` }));
  if (!response.ok) throw new Error(answer.message);
  return answer;
}

let noticeTimer;
function say(text, isError = false) {
  clearTimeout(noticeTimer);
  notice.textContent = text;
  notice.className = isError ? "error" : "";
  notice.hidden = false;
  noticeTimer = setTimeout(() => (notice.hidden = true), 4000);
}

function showCount(cart) {
  document.getElementById("cart-count").textContent = cart.item_count;
}

// Runs a form's or a button's action once at a time and shows what goes wrong.
function action(run) {
  return async (event) => {
    event.preventDefault();
    const button = event.submitter ?? event.currentTarget;
    button.disabled = true;
    try {
      await run(event);
    } catch (error) {
      say(error.message, true);
    } finally {
      button.disabled = false;
    }
  };
}

async function productsView(parameters) {
  const query = parameters.get("query") ?? "";
  const page = Number(parameters.get("page") ?? 1);
  const list = await api("GET", `/api/products?${new URLSearchParams({ query, page })}`);
  const link = (to) => `#/?${new URLSearchParams({ query, page: to })}`;
  return [
    el("h1", {}, query ? `${list.total} found for “${query}”` : "Gear for the way"),
    el("ul", { className: "grid", "data-testid": "products" }, ...list.products.map(card)),
    el("p", { className: "pages" },
      page > 1 ? el("a", { href: link(page - 1), rel: "prev", "data-testid": "previous-page" }, "← Previous") : null,
      el("span", { className: "muted" }, `Page ${page} of ${Math.max(list.pages, 1)}`),
      page < list.pages ? el("a", { href: link(page + 1), rel: "next", "data-testid": "next-page" }, "Next →") : null),
  ];
}

function card(product) {
  return el("li", { className: "card", "data-testid": "product" },
    el("a", { href: `#/products/${product.id}` },
      el("img", { src: product.image, alt: "", width: 320, height: 240 }),
      el("div", {}, el("span", {}, product.name), el("span", { className: "price" }, price(product.price_cents)))));
}

async function productView(id) {
  const product = await api("GET", `/api/products/${encodeURIComponent(id)}`);
  const quantity = el("select", { name: "quantity", "aria-label": "Quantity" },
    ...[1, 2, 3, 4, 5].map((n) => el("option", { value: n }, String(n))));
  const add = action(async () => {
    showCount(await api("POST", "/api/cart/items", { product_id: product.id, quantity: Number(quantity.value) }));
    say(`${product.name} is in your cart.`);
  });
  return [el("article", { className: "product" },
    el("img", { src: product.image, alt: product.category, width: 640, height: 480 }),
    el("div", {},
      el("h1", {}, product.name),
      el("p", {}, product.description),
      el("p", { className: "price" }, price(product.price_cents)),
      el("form", { onsubmit: add }, quantity, el("button", { "data-testid": "add-to-cart" }, "Add to cart"))))];
}

async function cartView() {
  const cart = await api("GET", "/api/cart");
  showCount(cart);
  if (cart.items.length === 0) {
    return [el("h1", {}, "Your cart is empty"), el("a", { href: "#/", className: "button" }, "Find something")];
  }
  const remove = (line) => action(async () => {
    await api("DELETE", `/api/cart/items/${line.product_id}`);
    await show();
  });
  return [
    el("h1", {}, "Your cart"),
    linesTable(cart, (line) => el("button", { className: "plain", type: "button", onclick: remove(line) }, "Remove")),
    el("p", { className: "actions" }, el("a", { href: "#/checkout", className: "button", "data-testid": "checkout" }, "Check out")),
  ];
}

function linesTable(content, extra = () => "") {
  const row = (line) => el("tr", { "data-testid": "line" },
    el("td", {}, line.name), el("td", { className: "number" }, String(line.quantity)),
    el("td", { className: "number" }, price(line.total_cents)), el("td", { className: "number" }, extra(line)));
  return el("table", {},
    el("tbody", {}, ...content.items.map(row)),
    el("tfoot", {}, el("tr", {}, el("th", { colSpan: 2 }, "Total"),
      el("th", { className: "number price", "data-testid": "total" }, price(content.total_cents)), el("th"))));
}

const field = (label, properties) => el("label", {}, label, el("input", { required: true, ...properties }));

async function checkoutView() {
  const order = action(async (event) => {
    const placed = await api("POST", "/api/checkout", Object.fromEntries(new FormData(event.target)));
    showCount({ item_count: 0 });
    location.hash = `#/orders/${placed.order_id}`;
  });
  return [el("h1", {}, "Check out"), el("form", { className: "panel", onsubmit: order },
    field("Name", { name: "name", autocomplete: "name" }),
    field("Address", { name: "address", autocomplete: "street-address" }),
    el("button", { "data-testid": "place-order" }, "Place order"))];
}

async function orderView(id) {
  const order = await api("GET", `/api/orders/${encodeURIComponent(id)}`);
  return [
    el("h1", { "data-testid": "order" }, `Thank you, ${order.name}. This is order ${order.order_id}.`),
    linesTable(order),
    el("p", { className: "muted" }, `To be imagined at: ${order.address}`),
  ];
}

async function loginView() {
  const login = action(async (event) => {
    const answer = await api("POST", "/api/login", Object.fromEntries(new FormData(event.target)));
    document.getElementById("account-link").textContent = answer.user;
    say(`Good to see you, ${answer.user}.`);
    location.hash = "#/";
  });
  return [el("h1", {}, "Sign in"), el("form", { className: "panel", onsubmit: login },
    el("p", { className: "muted" }, "Any name will do. The password is “open sesame”."),
    field("Name", { name: "user", autocomplete: "username" }),
    field("Password", { name: "password", type: "password", autocomplete: "current-password" }),
    el("button", { "data-testid": "sign-in" }, "Sign in"))];
}

function route() {
  const [path, query = ""] = location.hash.replace(/^#/, "").split("?");
  const [, place = "", id] = path.split("/");
  switch (place) {
    case "": return productsView(new URLSearchParams(query));
    case "products": return productView(id);
    case "cart": return cartView();
    case "checkout": return checkoutView();
    case "orders": return orderView(id);
    case "login": return loginView();
    default: return Promise.reject(new Error("there is no such page"));
  }
}

// A view that arrives after the user has moved on is not shown.
let latest = 0;
async function show() {
  const ticket = ++latest;
  let content;
  try {
    content = await route();
  } catch (error) {
    content = [el("h1", {}, "That did not work"), el("p", { "data-testid": "error" }, error.message),
      el("button", { onclick: show }, "Try again")];
  }
  if (ticket === latest) view.replaceChildren(...content);
}

document.getElementById("search").addEventListener("submit", (event) => {
  event.preventDefault();
  location.hash = `#/?${new URLSearchParams({ query: new FormData(event.target).get("query") })}`;
});
window.addEventListener("hashchange", show);
show();
api("GET", "/api/cart").then((cart) => {
  showCount(cart);
  if (cart.user) document.getElementById("account-link").textContent = cart.user;
}, () => {});
