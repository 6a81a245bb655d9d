//! The pages that every visitor sees.

use outrider_sdk::http::Response;
use outrider_sdk::{Result, check, http, step};
use serde::Deserialize;

/// What a visitor takes from the home page.
#[derive(Debug)]
pub(crate) struct Home {
    /// The numbers of the products on the first page of the list.
    pub(crate) products: Vec<u32>,
}

/// A product as the shop's API gives it.
#[derive(Debug, Deserialize)]
pub(crate) struct Product {
    pub(crate) id: u32,
    pub(crate) name: String,
    pub(crate) price_cents: u64,
    image: String,
}

/// Opens the shop as a browser does: the page, then what it names and the product list side by side.
pub(crate) fn home() -> Result<Home> {
    step("home page", || {
        let page = http::get("/").send()?.ensure_status(200)?;
        check::that("home page is the shop's")
            .actual(page.regex("<title>([^<]*)</title>", 1)?)
            .contains("Waypost");
        let list = load_assets_and_list()?;
        Ok(Home { products: list.json_path_all("$.products[*].id")? })
    })
}

fn load_assets_and_list() -> Result<Response> {
    let assets = ["/assets/style.css", "/assets/app.js", "/assets/logo.svg"];
    let requests = assets.map(http::get).into_iter().chain([http::get("/api/products").query("page", 1)]);
    let mut answers = http::batch(requests).into_iter().collect::<Result<Vec<_>, _>>()?;
    check("home page is whole", answers.iter().all(|answer| answer.status() == 200));
    let list = answers.pop().expect("a batch has a result for each request").ensure_status(200)?;
    check::that("a page lists products")
        .actual(list.json_path_all::<u32>("$.products[*].id")?.len())
        .is_in(1..=12);
    Ok(list)
}

/// Looks at a product and its picture.
pub(crate) fn product(id: u32) -> Result<Product> {
    step("product page", || {
        let answer = http::get(format!("/api/products/{id}")).name("/api/products/{id}").send()?;
        let product: Product = answer.ensure_status(200)?.json()?;
        check::that("product is the one asked for").actual(product.id).equals(id);
        check::that("product has a price").actual(product.price_cents).is_above(0);
        http::get(product.image.as_str()).name("/assets/{product}.svg").discard_body().send()?;
        Ok(product)
    })
}
