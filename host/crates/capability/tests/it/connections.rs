//! Connections that are kept alive, and those that died.

use std::time::Duration;

use outrider_capability::{HttpErrorKind, HttpRequest, RequestBody};
use tokio::io::AsyncWriteExt;

use crate::server::{Server, answer, answer_with, read_head};
use crate::user::{Names, User};

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

#[tokio::test]
async fn a_connection_is_used_again() {
    let server = Server::http1(|_| async { answer(200, "ok") }).await;
    let mut user = User::of(&server.url("/"));
    for _ in 0..20 {
        user.get("/").await.unwrap();
    }
    let reused: Vec<bool> = user.samples().iter().map(|sample| sample.connection_reused).collect();
    assert!(!reused[0] && reused[1..].iter().all(|reused| *reused));
    assert_eq!(server.accepted(), 1);
}

#[tokio::test]
async fn a_user_can_come_back_as_a_new_visitor() {
    let server = Server::http1(|_| async { answer(200, "ok") }).await;
    let mut user = User::of(&server.url("/"));
    user.get("/").await.unwrap();
    user.client.close_connections();
    user.get("/").await.unwrap();
    assert_eq!(server.accepted(), 2);
}

#[tokio::test]
async fn a_connection_that_is_idle_for_too_long_is_not_used_again() {
    let server = Server::http1(|_| async { answer(200, "ok") }).await;
    let mut user = User::with(&server.url("/"), &[], Names::new(&[]), |config| {
        config.idle_timeout = Duration::from_millis(10);
    });
    user.get("/").await.unwrap();
    tokio::time::sleep(Duration::from_millis(30)).await;
    user.get("/").await.unwrap();
    assert_eq!(server.accepted(), 2);
}

#[tokio::test]
async fn connection_close_is_obeyed() {
    let server = Server::http1(|_| async { answer_with(200, "connection", "close", "ok") }).await;
    let mut user = User::of(&server.url("/"));
    for _ in 0..3 {
        assert_eq!(user.get("/").await.unwrap().text().unwrap(), "ok");
    }
    assert_eq!(server.accepted(), 3);
    assert!(user.samples().iter().all(|sample| !sample.connection_reused && sample.ok));
}

#[tokio::test]
async fn a_body_that_ends_with_the_connection_is_complete() {
    let server = Server::raw(|_, mut stream| async move {
        read_head(&mut stream).await;
        stream.write_all(b"HTTP/1.0 200 OK\r\n\r\nuntil the end").await.unwrap();
    })
    .await;
    let mut user = User::of(&server.url("/"));
    for _ in 0..2 {
        assert_eq!(user.get("/").await.unwrap().text().unwrap(), "until the end");
        assert_eq!(user.sample().protocol, Some("HTTP/1.0"));
    }
}

#[tokio::test]
async fn a_connection_closed_while_idle_is_replaced_for_any_method() {
    let server = Server::raw(|_, mut stream| async move {
        read_head(&mut stream).await;
        stream.write_all(ANSWER).await.unwrap();
    })
    .await;
    let mut user = User::of(&server.url("/"));
    for _ in 0..3 {
        user.send(&HttpRequest::post("/", RequestBody::Empty)).await.unwrap();
        // The end of the connection arrives while the user thinks.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(server.accepted(), 3);
    assert_eq!(user.samples().len(), 3);
}

/// Answers the first request of each connection and closes it on the second.
async fn closing_on_the_second_request() -> Server {
    Server::raw(|_, mut stream| async move {
        read_head(&mut stream).await;
        stream.write_all(ANSWER).await.unwrap();
        read_head(&mut stream).await;
    })
    .await
}

#[tokio::test]
async fn a_stale_connection_is_tried_again_for_idempotent_requests() {
    let server = closing_on_the_second_request().await;
    let mut user = User::of(&server.url("/"));
    user.get("/").await.unwrap();
    user.sample();
    user.get("/").await.unwrap();
    let sample = user.sample();
    assert!(sample.ok && !sample.connection_reused, "{sample:?}");
    assert!(sample.phases.blocked > Duration::ZERO, "the lost attempt");
    assert!(sample.phases.connect > Duration::ZERO);
    assert_eq!(server.accepted(), 2);
}

#[tokio::test]
async fn a_stale_connection_fails_what_may_have_been_done() {
    let server = closing_on_the_second_request().await;
    let mut user = User::of(&server.url("/"));
    user.get("/").await.unwrap();
    user.sample();
    let error = user.send(&HttpRequest::post("/", RequestBody::Empty)).await.unwrap_err();
    assert_eq!(error.kind(), HttpErrorKind::ConnectionReset, "{}", error.message());
    let sample = user.sample();
    assert!(!sample.ok && sample.connection_reused);
    assert_eq!(server.accepted(), 1);
}

#[tokio::test]
async fn a_new_connection_that_fails_is_not_tried_again() {
    let server = Server::raw(|_, mut stream| async move {
        read_head(&mut stream).await;
    })
    .await;
    let mut user = User::of(&server.url("/"));
    let error = user.get("/").await.unwrap_err();
    assert_eq!(error.kind(), HttpErrorKind::ConnectionReset, "{}", error.message());
    assert_eq!(server.accepted(), 1);
}

#[tokio::test]
async fn the_second_address_is_tried_when_the_first_refuses() {
    let server = Server::http1(|_| async { answer(200, "ok") }).await;
    // Nothing listens on the second loopback address.
    let names = Names::new(&[("shop.test", "127.0.0.2 127.0.0.1")]);
    let mut user = User::with(&format!("http://shop.test:{}", server.port()), &[], names, |_| {});
    user.get("/").await.unwrap();
    assert_eq!(user.sample().remote_address, Some(server.address));
}
