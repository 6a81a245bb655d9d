//! What goes wrong at the target, and how it is told.

use std::time::Duration;

use outrider_capability::{HttpErrorKind, HttpRequest};
use outrider_model::Phases;
use tokio::io::AsyncWriteExt;

use crate::server::{Server, answer, read_head};
use crate::user::{Names, User};

const SHORT: Duration = Duration::from_millis(50);

/// An address where nothing listens.
async fn closed_port() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().to_string()
}

#[tokio::test]
async fn a_refused_connection() {
    let address = closed_port().await;
    let mut user = User::of(&format!("http://{address}"));
    let error = user.get("/x").await.unwrap_err();
    assert_eq!(error.kind(), HttpErrorKind::ConnectionRefused);
    assert_eq!(error.message(), format!("cannot connect to {address}: connection refused"));
    let sample = user.sample();
    assert_eq!(sample.error_kind.as_deref(), Some("connection refused"));
    assert_eq!(sample.error.as_deref(), Some(error.message().as_str()));
    assert_eq!((sample.status, sample.protocol, sample.remote_address), (None, None, None));
    assert!(sample.phases.connect > Duration::ZERO);
    assert_eq!((&*sample.name, &*sample.method), ("/x", "GET"));
}

#[tokio::test]
async fn a_name_that_does_not_resolve() {
    let mut user = User::of("http://nowhere.test");
    let error = user.get("/").await.unwrap_err();
    assert_eq!(error.kind(), HttpErrorKind::Dns);
    assert_eq!(error.message(), "cannot resolve nowhere.test: no such name");
    assert!(user.sample().phases.dns > Duration::ZERO);
}

#[tokio::test]
async fn a_resolver_that_never_answers_is_a_connect_timeout() {
    let mut user =
        User::with("http://never.test", &[], Names::new(&[]), |config| config.connect_timeout = SHORT);
    let error = user.get("/").await.unwrap_err();
    assert_eq!(error.kind(), HttpErrorKind::ConnectTimeout);
    assert_eq!(error.message(), "cannot connect to never.test:80 within 50ms");
    assert!(user.sample().phases.dns >= SHORT);
}

#[tokio::test]
async fn a_server_that_never_answers_is_a_timeout() {
    let server = Server::raw(|_, mut stream| async move {
        read_head(&mut stream).await;
        std::future::pending::<()>().await;
    })
    .await;
    let mut user = User::with(&server.url("/"), &[], Names::new(&[]), |config| config.timeout = SHORT);
    let error = user.get("/").await.unwrap_err();
    assert_eq!(error.kind(), HttpErrorKind::Timeout);
    assert_eq!(error.message(), format!("no complete answer from {} within 50ms", server.address));
    let sample = user.sample();
    assert!(sample.phases.wait > Duration::from_millis(40), "{:?}", sample.phases);
    assert_eq!(sample.error_kind.as_deref(), Some("timeout"));
    assert_eq!(sample.protocol, Some("HTTP/1.1"));

    let request = HttpRequest { timeout: Some(Duration::from_millis(20)), ..HttpRequest::get("/") };
    assert!(user.send(&request).await.unwrap_err().message().ends_with("within 20ms"));
    assert_eq!(server.accepted(), 2, "a connection with an answer under way is not used again");
}

#[tokio::test]
async fn a_body_that_never_ends_is_a_timeout_with_a_status() {
    let server = Server::raw(|_, mut stream| async move {
        read_head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf").await.unwrap();
        std::future::pending::<()>().await;
    })
    .await;
    let mut user = User::with(&server.url("/"), &[], Names::new(&[]), |config| config.timeout = SHORT);
    assert_eq!(user.get("/").await.unwrap_err().kind(), HttpErrorKind::Timeout);
    let sample = user.sample();
    assert_eq!((sample.status, sample.ok), (Some(200), false));
    assert!(sample.phases.receive > Duration::from_millis(30), "{:?}", sample.phases);
}

#[tokio::test]
async fn a_truncated_body_is_a_reset_connection() {
    let server = Server::raw(|_, mut stream| async move {
        read_head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf").await.unwrap();
    })
    .await;
    let mut user = User::of(&server.url("/"));
    let error = user.get("/").await.unwrap_err();
    assert_eq!(error.kind(), HttpErrorKind::ConnectionReset, "{}", error.message());
    assert!(error.message().starts_with(&format!("exchange with {} failed: ", server.address)));
    assert_eq!(user.sample().status, Some(200));
}

#[tokio::test]
async fn what_is_not_http_is_a_protocol_error() {
    let server = Server::raw(|_, mut stream| async move {
        read_head(&mut stream).await;
        stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n\r\n").await.unwrap();
    })
    .await;
    let mut user = User::of(&server.url("/"));
    let error = user.get("/").await.unwrap_err();
    assert_eq!(error.kind(), HttpErrorKind::Protocol, "{}", error.message());
}

#[tokio::test]
async fn a_body_beyond_the_limit_closes_the_connection() {
    const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\
        8\r\n12345678\r\n8\r\n12345678\r\n0\r\n\r\n";
    let server = Server::raw(|number, mut stream| async move {
        while read_head(&mut stream).await.is_some() {
            let announced: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n1234567812345678";
            stream.write_all(if number % 2 == 0 { announced } else { CHUNKED }).await.unwrap();
        }
    })
    .await;
    let mut user = User::with(&server.url("/"), &[], Names::new(&[]), |config| config.max_body_bytes = 15);
    for connection in 1..=4 {
        let error = user.get("/").await.unwrap_err();
        assert_eq!(error.kind(), HttpErrorKind::BodyTooLarge);
        assert_eq!(error.message(), "body too large: more than 15 bytes");
        assert_eq!(server.accepted(), connection);
    }
    assert!(user.samples().iter().all(|sample| sample.status == Some(200) && !sample.ok));

    let discarded = HttpRequest { discard_body: Some(true), ..HttpRequest::get("/") };
    user.send(&discarded).await.expect("what is only counted needs no limit");
}

#[tokio::test]
async fn an_error_status_is_an_answer_but_not_ok() {
    let server = Server::http1(|_| async { answer(503, "busy") }).await;
    let mut user = User::of(&server.url("/"));
    let response = user.get("/").await.unwrap();
    assert_eq!((response.status(), response.is_ok()), (503, false));
    assert_eq!(response.text().unwrap(), "busy");
    let sample = user.sample();
    assert!(!sample.ok);
    assert_eq!(sample.error_kind.as_deref(), Some("status 503"));
    assert_eq!(sample.error, None);
}

#[tokio::test]
async fn requests_that_cannot_be_sent_leave_a_sample_too() {
    let mut user = User::of("http://127.0.0.1:1");
    let table = [
        (HttpRequest::get("http://["), HttpErrorKind::InvalidUrl, "(invalid url)"),
        (HttpRequest::get("ftp://127.0.0.1/x/1"), HttpErrorKind::InvalidUrl, "127.0.0.1/x/:id"),
        (HttpRequest::new("GE T", "/x/1"), HttpErrorKind::InvalidRequest, "/x/:id"),
        (HttpRequest::get("/x").header("connection", "close"), HttpErrorKind::InvalidRequest, "/x"),
        (
            HttpRequest::get("http://al:secret@other.test/x/1#f"),
            HttpErrorKind::NotGranted,
            "other.test/x/:id",
        ),
    ];
    for (request, kind, name) in table {
        let error = user.send(&request).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{}", error.message());
        let sample = user.sample();
        assert_eq!(sample.error_kind.as_deref(), Some(kind.as_str()));
        assert_eq!(&*sample.name, name);
        assert_eq!((sample.duration, sample.phases), (Duration::ZERO, Phases::default()));
        assert!(!sample.url.contains("secret") && !error.message().contains("secret"));
    }
}
