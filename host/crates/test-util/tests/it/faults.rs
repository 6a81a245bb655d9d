//! Faults, read from the socket by hand, and over HTTP/2.

use std::io::{ErrorKind, Read};
use std::time::Duration;

use http::Request;
use http_body_util::BodyExt;
use outrider_model::RunClock;
use outrider_test_util::{Behaviour, TargetServer, pattern};

use crate::client::{Client, raw_get, read_all};

const SHORT: Duration = Duration::from_millis(50);

fn target(behaviour: Behaviour) -> TargetServer {
    TargetServer::builder().route("/", behaviour).start()
}

/// The body of what was read.
fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").unwrap().1
}

#[test]
fn a_target_that_never_answers_keeps_the_connection() {
    let target = target(Behaviour::never_answers());
    let mut stream = raw_get(target.addr(), "/");
    stream.set_read_timeout(Some(SHORT)).unwrap();
    assert_eq!(stream.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
    assert_eq!((target.requests("/"), target.log()[0].status), (1, None));
}

#[test]
fn a_connection_is_closed_or_reset_before_the_answer() {
    let closing = target(Behaviour::closes_before_answer());
    let (read, end) = read_all(raw_get(closing.addr(), "/"));
    assert!(read.is_empty() && end.is_ok(), "{read} {end:?}");
    let resetting = target(Behaviour::resets_before_answer());
    let (read, end) = read_all(raw_get(resetting.addr(), "/"));
    assert_eq!((read.as_str(), end.unwrap_err().kind()), ("", ErrorKind::ConnectionReset));
}

#[test]
fn a_body_may_end_in_a_close_a_reset_or_silence() {
    let closing = target(Behaviour::closes_mid_body(100, 40));
    let (read, end) = read_all(raw_get(closing.addr(), "/"));
    assert!(read.contains("\r\ncontent-length: 100\r\n"), "{read}");
    assert!(body(&read).as_bytes() == pattern(40) && end.is_ok(), "{read} {end:?}");

    let resetting = target(Behaviour::resets_mid_body(100, 40));
    let (read, end) = read_all(raw_get(resetting.addr(), "/"));
    assert_eq!(body(&read).as_bytes(), pattern(40));
    assert_eq!(end.unwrap_err().kind(), ErrorKind::ConnectionReset);

    let hanging = target(Behaviour::hangs_mid_body(100, 40));
    let stream = raw_get(hanging.addr(), "/");
    stream.set_read_timeout(Some(SHORT)).unwrap();
    let (read, end) = read_all(stream);
    assert_eq!(body(&read).as_bytes(), pattern(40));
    assert_eq!(end.unwrap_err().kind(), ErrorKind::WouldBlock);
}

#[test]
fn a_content_length_may_promise_too_little() {
    let target = target(Behaviour::wrong_content_length(5, 20));
    let (read, end) = read_all(raw_get(target.addr(), "/"));
    assert!(read.contains("\r\ncontent-length: 5\r\n") && end.is_ok(), "{read} {end:?}");
    assert_eq!(body(&read).len(), 20);
    assert_eq!(target.log()[0].status, Some(200));
}

#[tokio::test]
async fn the_next_request_meets_a_connection_closed_behind_its_back() {
    let target = target(Behaviour::closes_after_answer("bye"));
    let mut client = Client::http1(&target).await;
    assert_eq!(client.get("/").await.text(), "bye");
    assert!(client.try_get("/").await.is_err());
    assert_eq!(Client::http1(&target).await.get("/").await.text(), "bye");
}

#[tokio::test]
async fn a_connection_that_is_used_again_is_closed_instead_of_an_answer() {
    let target = target(Behaviour::closes_when_reused("hello"));
    for version in ["HTTP/1.1", "HTTP/2"] {
        let mut client = match version {
            "HTTP/2" => Client::http2(&target).await,
            _ => Client::http1(&target).await,
        };
        assert_eq!(client.get("/").await.text(), "hello", "{version}");
        assert!(client.try_get("/").await.is_err(), "{version}");
    }
    let statuses: Vec<_> = target.log().iter().map(|request| request.status).collect();
    assert_eq!(statuses, [Some(200), None, Some(200), None]);
}

#[tokio::test]
async fn a_slow_head_comes_byte_by_byte_and_is_complete() {
    let every = Duration::from_millis(1);
    let target = target(Behaviour::slow_headers("slow", every));
    let clock = RunClock::start_now();
    let answer = Client::http1(&target).await.get("/").await;
    assert_eq!((answer.status, answer.text()), (200, "slow"));
    assert!(clock.elapsed() >= every * 60, "the head of more than 60 bytes took {:?}", clock.elapsed());
}

#[tokio::test]
async fn raw_bytes_go_out_as_they_are() {
    let target = target(Behaviour::raw("HTTP/9.9 what\r\n\r\n"));
    assert_eq!(read_all(raw_get(target.addr(), "/")).0, "HTTP/9.9 what\r\n\r\n");
    assert!(Client::http1(&target).await.try_get("/").await.unwrap_err().is_parse());
    assert_eq!(target.log()[0].status, None);
}

#[tokio::test]
async fn http2_streams_are_reset_one_by_one() {
    let target = TargetServer::builder()
        .route("/before", Behaviour::resets_before_answer())
        .route("/mid", Behaviour::closes_mid_body(100, 40))
        .route("/ok", Behaviour::text("ok"))
        .start();
    let mut client = Client::http2(&target).await;
    assert!(client.try_get("/before").await.is_err());
    let mid = client.begin(Request::get("/mid"), "").await.unwrap();
    assert_eq!(mid.headers()["content-length"], "100");
    assert!(mid.into_body().collect().await.is_err());
    assert_eq!(client.get("/ok").await.text(), "ok");
    assert_eq!(target.connections(), 1);
}

#[tokio::test]
async fn http2_connections_are_closed_or_left_in_silence() {
    let closing = target(Behaviour::closes_before_answer());
    assert!(Client::http2(&closing).await.try_get("/").await.is_err());

    let silent = target(Behaviour::never_answers());
    let mut client = Client::http2(&silent).await;
    assert!(tokio::time::timeout(SHORT, client.try_get("/")).await.is_err());

    let hanging = target(Behaviour::hangs_mid_body(100, 40));
    let mut client = Client::http2(&hanging).await;
    let mut body = client.begin(Request::get("/"), "").await.unwrap().into_body();
    assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), pattern(40));
    assert!(tokio::time::timeout(SHORT, body.frame()).await.is_err());
}

#[tokio::test]
async fn what_http2_cannot_do_it_says() {
    for behaviour in [Behaviour::raw("x"), Behaviour::slow_headers("x", SHORT)] {
        let target = target(behaviour);
        assert_eq!(Client::http2(&target).await.get("/").await.status, 501);
        assert_eq!(target.log()[0].status, Some(501));
    }
}
