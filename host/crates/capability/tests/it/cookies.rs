//! Cookies of a user.

use outrider_capability::HttpRequest;

use crate::server::{Server, answer, answer_with};
use crate::user::User;

/// Sets a cookie on `/login`, redirects from `/enter` while setting another, and echoes otherwise.
async fn server() -> Server {
    Server::http1(|request| async move {
        let cookies = request.headers().get("cookie").map_or("", |value| value.to_str().unwrap()).to_owned();
        match request.uri().path() {
            "/login" => {
                let mut response = answer_with(200, "set-cookie", "session=abc; Path=/; HttpOnly", "");
                response.headers_mut().append("set-cookie", "admin=1; Path=/admin".parse().unwrap());
                response
            }
            "/enter" => {
                let mut response = answer_with(302, "location", "/echo", "");
                response.headers_mut().append("set-cookie", "entered=1".parse().unwrap());
                response
            }
            _ => answer(200, cookies),
        }
    })
    .await
}

#[tokio::test]
async fn what_a_server_sets_is_sent_back_by_this_user_only() {
    let server = server().await;
    let mut user = User::of(&server.url("/"));
    let echo = HttpRequest::get("/echo");
    user.get("/login").await.unwrap();
    assert_eq!(user.text(&echo).await, "session=abc");
    assert_eq!(user.text(&HttpRequest::get("/echo").header("cookie", "own=1")).await, "own=1; session=abc");
    assert_eq!(user.another().text(&echo).await, "");

    user.client.end_iteration();
    assert_eq!(user.text(&echo).await, "session=abc", "the caller decides when cookies are forgotten");
    user.client.clear_cookies();
    assert_eq!(user.text(&echo).await, "");
}

#[tokio::test]
async fn a_redirect_sets_cookies_for_the_page_it_leads_to() {
    let server = server().await;
    let mut user = User::of(&server.url("/"));
    assert_eq!(user.text(&HttpRequest::get("/enter")).await, "entered=1");
}

#[tokio::test]
async fn a_journey_can_read_and_set_cookies() {
    let server = server().await;
    let mut user = User::of(&server.url("/"));
    assert!(user.client.set_cookie("/", "mine=1; Path=/").unwrap());
    assert!(!user.client.set_cookie("/", "theirs=1; Domain=other.test").unwrap());
    assert_eq!(user.text(&HttpRequest::get("/echo")).await, "mine=1");
    let cookies = user.client.cookies("/echo").unwrap();
    assert_eq!((cookies.len(), cookies[0].name.as_str(), cookies[0].value.as_str()), (1, "mine", "1"));
}
