//! The way from the page to an order, and where it may go wrong.

use hyper::Request;
use outrider_shop::{Shop, ShopConfig};
use serde_json::json;

use crate::client::Client;

#[tokio::test]
async fn a_visitor_buys_what_is_in_the_cart() {
    let shop = Shop::start(ShopConfig::default()).await.unwrap();
    let mut client = Client::visiting(&shop).await;
    let added = client.post("/api/cart/items", json!({ "product_id": 1, "quantity": 2 })).await;
    assert_eq!((added.status, &added.json()["total_cents"]), (201, &json!(37_800)));
    client.post("/api/cart/items", json!({ "product_id": 36, "quantity": 1 })).await;
    let removed = client.delete("/api/cart/items/1").await;
    assert_eq!((removed.status, &removed.json()["total_cents"]), (200, &json!(900)));

    let placed = client.post("/api/checkout", json!({ "name": "Ada", "address": "1 Engine Road" })).await;
    let order = placed.json();
    assert_eq!((placed.status, &order["total_cents"], &order["item_count"]), (201, &json!(900), &json!(1)));
    assert_eq!(placed.header("location"), format!("/api/orders/{}", order["order_id"]));
    assert_eq!(client.get(placed.header("location")).await.json(), order);
    assert_eq!(client.get("/api/cart").await.json()["item_count"], 0);
    assert_eq!(shop.totals().orders, 1);
}

#[tokio::test]
async fn a_checkout_may_be_a_form_with_the_token_in_it() {
    let shop = Shop::start(ShopConfig::default()).await.unwrap();
    let mut client = Client::visiting(&shop).await;
    client.post("/api/cart/items", json!({ "product_id": 1, "quantity": 1 })).await;
    let token = client.csrf_token.take().unwrap();
    let form = format!("name=Ada+Lovelace&address=1%20Engine%20Road&csrf_token={token}");
    let request = Request::post("/api/checkout").header("content-type", "application/x-www-form-urlencoded");
    let placed = client.send(request, &form).await;
    assert_eq!((placed.status, &placed.json()["name"]), (201, &json!("Ada Lovelace")));
}

#[tokio::test]
async fn changes_want_a_session_and_its_token() {
    let shop = Shop::start(ShopConfig::default()).await.unwrap();
    let item = json!({ "product_id": 1, "quantity": 1 });
    let order = json!({ "name": "Ada", "address": "1 Engine Road" });

    let mut stranger = Client::of(&shop);
    assert_eq!(stranger.get("/api/cart").await.error(), (401, "no_session".to_owned()));
    assert_eq!(stranger.post("/api/cart/items", item.clone()).await.error(), (401, "no_session".to_owned()));

    let mut forgetful = Client::visiting(&shop).await;
    let token = forgetful.csrf_token.replace("0000000000000000".to_owned());
    let refused = (403, "csrf_token_invalid".to_owned());
    assert_eq!(forgetful.post("/api/cart/items", item.clone()).await.error(), refused);
    assert_eq!(forgetful.delete("/api/cart/items/1").await.error(), refused);
    forgetful.csrf_token = None;
    assert_eq!(forgetful.post("/api/checkout", order).await.error(), refused);
    assert_eq!(forgetful.get("/api/cart").await.json()["csrf_token"], json!(token));
    let with_token = json!({ "product_id": 1, "quantity": 1, "csrf_token": token });
    assert_eq!(forgetful.post("/api/cart/items", with_token).await.status, 201);
}

#[tokio::test]
async fn an_empty_cart_cannot_be_bought() {
    let shop = Shop::start(ShopConfig::default()).await.unwrap();
    let mut client = Client::visiting(&shop).await;
    let order = json!({ "name": "Ada", "address": "1 Engine Road" });
    assert_eq!(client.post("/api/checkout", order).await.error(), (409, "cart_empty".to_owned()));
}

#[tokio::test]
async fn what_a_cart_does_not_take_leaves_it_as_it_was() {
    let shop = Shop::start(ShopConfig::default()).await.unwrap();
    let mut client = Client::visiting(&shop).await;
    client.post("/api/cart/items", json!({ "product_id": 1, "quantity": 1 })).await;
    let before = client.get("/api/cart").await.body;

    let unknown = client.post("/api/cart/items", json!({ "product_id": 41, "quantity": 1 })).await;
    assert_eq!(unknown.error(), (404, "not_found".to_owned()));
    for quantity in [0, 99] {
        let wrong = client.post("/api/cart/items", json!({ "product_id": 1, "quantity": quantity })).await;
        assert_eq!(wrong.error(), (422, "invalid_field".to_owned()));
    }
    let nameless = client.post("/api/checkout", json!({ "name": " ", "address": "1 Engine Road" })).await;
    assert_eq!(nameless.error(), (422, "invalid_field".to_owned()));
    assert_eq!(client.delete("/api/cart/items/2").await.error(), (404, "not_found".to_owned()));
    assert_eq!(client.delete("/api/cart/items/x").await.error(), (404, "not_found".to_owned()));
    assert_eq!(client.get("/api/cart").await.body, before);
}

#[tokio::test]
async fn an_order_is_its_buyers_alone() {
    let shop = Shop::start(ShopConfig::default()).await.unwrap();
    let mut buyer = Client::visiting(&shop).await;
    buyer.post("/api/cart/items", json!({ "product_id": 1, "quantity": 1 })).await;
    let placed = buyer.post("/api/checkout", json!({ "name": "Ada", "address": "1 Engine Road" })).await;
    let order = placed.header("location");
    assert_eq!(buyer.get(order).await.status, 200);
    assert_eq!(Client::visiting(&shop).await.get(order).await.error(), (404, "not_found".to_owned()));
    assert_eq!(Client::of(&shop).get(order).await.error(), (401, "no_session".to_owned()));
}

#[tokio::test]
async fn past_the_limit_the_oldest_session_goes() {
    let shop = Shop::start(ShopConfig { max_sessions: 1, ..ShopConfig::default() }).await.unwrap();
    let mut first = Client::visiting(&shop).await;
    let mut second = Client::visiting(&shop).await;
    assert_eq!(first.get("/api/cart").await.error(), (401, "no_session".to_owned()));
    assert_eq!(second.get("/api/cart").await.status, 200);
}
