//! Each route by itself, with what it refuses.

use hyper::Request;
use outrider_shop::{DEMO_PASSWORD, Shop, ShopConfig};
use serde_json::json;

use crate::client::{self, Client};

#[tokio::test]
async fn the_page_opens_a_session_once_and_carries_its_token() {
    let shop = Shop::start(ShopConfig::default()).await.unwrap();
    let mut client = Client::of(&shop);
    let first = client.get("/").await;
    assert_eq!(first.status, 200);
    assert_eq!(first.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(first.header("cache-control"), "no-store");
    assert!(first.header("set-cookie").ends_with("; Path=/; HttpOnly; SameSite=Lax"));

    let second = client.get("/").await;
    assert_eq!(second.header("set-cookie"), "");
    assert_eq!(second.body, first.body, "the token stays the same");
    assert_eq!(shop.sessions(), 1);
}

#[tokio::test]
async fn assets_are_typed_cached_and_revalidated() {
    let shop = Shop::start(ShopConfig::default()).await.unwrap();
    let mut client = Client::of(&shop);
    for (path, media_type) in [
        ("/assets/app.js", "text/javascript; charset=utf-8"),
        ("/assets/style.css", "text/css; charset=utf-8"),
        ("/assets/logo.svg", "image/svg+xml"),
    ] {
        let asset = client.get(path).await;
        assert_eq!((asset.status, asset.header("content-type")), (200, media_type));
        assert_eq!(asset.header("cache-control"), "public, max-age=600");
        let again = Request::get(path).header("if-none-match", asset.header("etag"));
        let again = client.send(again, "").await;
        assert_eq!((again.status, again.body.len()), (304, 0));
        assert_eq!(again.header("etag"), asset.header("etag"));
    }
    assert_eq!(client.get("/assets/none.svg").await.error(), (404, "not_found".to_owned()));
}

#[tokio::test]
async fn products_are_listed_by_page_and_searched() {
    let shop = Shop::start(ShopConfig::default()).await.unwrap();
    let mut client = Client::of(&shop);
    let list = client.get("/api/products").await.json();
    assert_eq!((&list["total"], &list["pages"], &list["page"]), (&json!(40), &json!(4), &json!(1)));
    assert_eq!(list["products"].as_array().unwrap().len(), 12);
    let last = client.get("/api/products?page=4").await.json();
    assert_eq!(last["products"].as_array().unwrap().len(), 4);
    let found = client.get("/api/products?query=TENT&page=1").await.json();
    assert!(found["products"].as_array().unwrap().iter().any(|product| product["name"] == "Ridgeline 1"));
    assert_eq!(client.get("/api/products?query=zeppelin").await.json()["total"], 0);
    for path in ["/api/products?page=0", "/api/products?page=one"] {
        assert_eq!(client.get(path).await.error(), (400, "invalid_query".to_owned()));
    }
}

#[tokio::test]
async fn a_product_is_found_by_its_number() {
    let shop = Shop::start(ShopConfig::default()).await.unwrap();
    let mut client = Client::of(&shop);
    let product = client.get("/api/products/10").await.json();
    assert_eq!((&product["id"], &product["name"]), (&json!(10), &json!("Trail Pack 35")));
    for path in ["/api/products/0", "/api/products/41", "/api/products/seven"] {
        assert_eq!(client.get(path).await.error(), (404, "not_found".to_owned()));
    }
}

#[tokio::test]
async fn login_wants_a_name_and_the_password() {
    let shop = Shop::start(ShopConfig::default()).await.unwrap();
    let mut client = Client::of(&shop);
    let wrong = client.post("/api/login", json!({ "user": "ada", "password": "guess" })).await;
    assert_eq!(wrong.error(), (401, "credentials_invalid".to_owned()));
    let nameless = client.post("/api/login", json!({ "user": "", "password": DEMO_PASSWORD })).await;
    assert_eq!(nameless.error(), (422, "invalid_field".to_owned()));

    let answer = client.post("/api/login", json!({ "user": "ada", "password": DEMO_PASSWORD })).await;
    assert_eq!((answer.status, &answer.json()["user"]), (200, &json!("ada")));
    let cart = client.get("/api/cart").await.json();
    assert_eq!(cart["user"], "ada");
    assert_eq!(cart["csrf_token"], answer.json()["csrf_token"]);
}

#[tokio::test]
async fn the_login_token_stands_in_for_the_cookie() {
    let shop = Shop::start(ShopConfig::default()).await.unwrap();
    let mut client = Client::of(&shop);
    let login = client.post("/api/login", json!({ "user": "ada", "password": DEMO_PASSWORD })).await.json();
    let bearer = format!("Bearer {}", login["token"].as_str().unwrap());
    let cart = Client::of(&shop).send(Request::get("/api/cart").header("authorization", bearer), "").await;
    assert_eq!((cart.status, &cart.json()["user"]), (200, &json!("ada")));
}

#[tokio::test]
async fn signing_in_keeps_the_cart_of_the_visit() {
    let shop = Shop::start(ShopConfig::default()).await.unwrap();
    let mut client = Client::visiting(&shop).await;
    client.post("/api/cart/items", json!({ "product_id": 3, "quantity": 1 })).await;
    client.post("/api/login", json!({ "user": "ada", "password": DEMO_PASSWORD })).await;
    assert_eq!(client.get("/api/cart").await.json()["item_count"], 1);
    assert_eq!(shop.sessions(), 1);
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_refused_with_their_reason() {
    let shop = Shop::start(ShopConfig::default()).await.unwrap();
    let mut client = Client::visiting(&shop).await;
    let path = "/api/cart/items";
    let broken = client.send(client::json(Request::post(path)), "{").await;
    assert_eq!(broken.error(), (400, "malformed_body".to_owned()));
    let missing = client.post(path, json!({ "product_id": 1 })).await;
    assert_eq!(missing.error(), (422, "invalid_field".to_owned()));
    let plain = client.send(Request::post(path).header("content-type", "text/plain"), "1").await;
    assert_eq!(plain.error(), (415, "unsupported_media_type".to_owned()));
    let large = client.post(path, json!({ "csrf_token": "x".repeat(20_000) })).await;
    assert_eq!(large.error(), (413, "body_too_large".to_owned()));
}

#[tokio::test]
async fn unknown_routes_and_methods_say_so_in_json() {
    let shop = Shop::start(ShopConfig::default()).await.unwrap();
    let mut client = Client::of(&shop);
    assert_eq!(client.get("/api/nothing").await.error(), (404, "not_found".to_owned()));
    let wrong = client.delete("/api/cart").await;
    assert_eq!(wrong.error(), (405, "method_not_allowed".to_owned()));
    assert_eq!(wrong.header("allow"), "GET,HEAD");
}

#[tokio::test]
async fn health_is_ok_and_head_has_no_body() {
    let shop = Shop::start(ShopConfig::default()).await.unwrap();
    let mut client = Client::of(&shop);
    assert_eq!(client.get("/healthz").await.json(), json!({ "status": "ok" }));
    let head = client.send(Request::head("/assets/app.js"), "").await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_ne!(head.header("content-length"), "0");
}

#[tokio::test]
async fn an_address_that_is_taken_is_an_error_that_names_it() {
    let shop = Shop::start(ShopConfig::default()).await.unwrap();
    let taken = ShopConfig { listen: shop.addr(), ..ShopConfig::default() };
    let error = Shop::start(taken).await.unwrap_err();
    assert_eq!(error.to_string(), format!("cannot listen on {}", shop.addr()));
}
