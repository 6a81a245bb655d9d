//! What a buyer does.

use outrider_sdk::{Result, check, ensure, http, json, metric, step};

use crate::pages::Product;

/// Signs in. The answer carries the token that every change of the cart wants.
pub(crate) fn sign_in(user: &str, password: &str) -> Result<String> {
    step("sign in", || {
        let credentials = json!({ "user": user, "password": password });
        let answer = http::post("/api/login").json(&credentials).send()?.ensure_status(200)?;
        check::that("the shop knows the visitor").actual(answer.json_path::<String>("$.user")?).equals(user);
        Ok(answer.json_path("$.csrf_token")?)
    })
}

/// Puts one of a product into the cart, as the page's form does.
pub(crate) fn add_to_cart(product: &Product, token: &str) -> Result<()> {
    step("add to cart", || {
        let item = [("product_id", product.id.to_string()), ("quantity", "1".to_owned())];
        let request = http::post("/api/cart/items").header("x-csrf-token", token).form(item);
        let cart = request.expect(201).send()?.ensure_status(201)?;
        check::that("cart has one item").actual(cart.json_path::<u32>("$.item_count")?).equals(1);
        Ok(())
    })
}

/// Looks at the cart, orders what is in it, and looks at the order.
pub(crate) fn order(product: &Product, token: &str) -> Result<()> {
    step("checkout", || {
        let cart = http::get("/api/cart").send()?.ensure_status(200)?;
        let total: u64 = cart.json_path("$.total_cents")?;
        check::that("cart costs what the product costs").actual(total).equals(product.price_cents);

        let id = place_order(token)?;
        let order = http::get(format!("/api/orders/{id}")).name("/api/orders/{id}").send()?;
        check::that("order is confirmed").actual(order.json_path::<String>("$.status")?).equals("confirmed");
        let names: Vec<String> = order.json_path_all("$.items[*].name")?;
        check::that("order has the product").actual(names).equals([product.name.as_str()]);
        metric::counter("orders").add(1.0);
        metric::trend("order value in EUR").record(total as f64 / 100.0);
        Ok(())
    })
}

/// Sends the order; its number.
fn place_order(token: &str) -> Result<u64> {
    step("place order", || {
        let address = json!({ "name": "A. Visitor", "address": "1 Trail Road" });
        let answer = http::post("/api/checkout").header("x-csrf-token", token).json(&address).send()?;
        let location = answer.header("location")?;
        let id = answer.ensure_status(201)?.json_path("$.order_id")?;
        ensure!(location == Some(format!("/api/orders/{id}")), "order {id} is said to be at {location:?}");
        Ok(id)
    })
}
