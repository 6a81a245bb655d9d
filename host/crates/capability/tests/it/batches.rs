//! Several requests at once.

use std::sync::Arc;
use std::time::Duration;

use outrider_capability::{HttpErrorKind, HttpRequest, HttpVersionPolicy};
use tokio::sync::Barrier;

use crate::server::{Certificate, Server, answer};
use crate::user::{Names, User};

fn gets(count: usize) -> Vec<HttpRequest> {
    (0..count).map(|index| HttpRequest::get(format!("/{index}"))).collect()
}

/// A handler that answers only when `count` requests are there at once.
fn together(
    count: usize,
) -> impl Fn(http::Request<bytes::Bytes>) -> futures::future::BoxFuture<'static, http::Response<crate::server::Body>>
{
    let barrier = Arc::new(Barrier::new(count));
    move |request| {
        let barrier = Arc::clone(&barrier);
        Box::pin(async move {
            barrier.wait().await;
            answer(200, request.uri().path().to_owned())
        })
    }
}

async fn texts(user: &mut User, count: usize) -> Vec<String> {
    let results = tokio::time::timeout(Duration::from_secs(20), user.batch(&gets(count))).await;
    let ids = results.expect("they are sent at once").into_iter().map(|result| result.unwrap());
    ids.map(|id| user.client.response(id).unwrap().text().unwrap()).collect()
}

#[tokio::test]
async fn a_batch_uses_as_many_connections_as_a_browser() {
    let server = Server::http1(together(6)).await;
    let mut user = User::of(&server.url("/"));
    let answers = texts(&mut user, 12).await;
    let expected: Vec<String> = (0..12).map(|index| format!("/{index}")).collect();
    assert_eq!(answers, expected, "results are in the order of the requests");
    assert_eq!(server.accepted(), 6);
    let reused = user.samples().iter().filter(|sample| sample.connection_reused).count();
    assert_eq!(reused, 6);
}

#[tokio::test]
async fn a_batch_shares_one_http2_connection() {
    let certificate = Certificate::new(&["localhost"]);
    for tls in [true, false] {
        let server = if tls {
            Server::tls(&certificate, &["h2", "http/1.1"], together(20)).await
        } else {
            Server::http2(together(20)).await
        };
        let scheme = if tls { "https" } else { "http" };
        let target = format!("{scheme}://{}", server.address);
        let mut user = User::with(&target, &[], Names::new(&[]), |config| {
            config.insecure = true;
            if !tls {
                config.version = HttpVersionPolicy::Http2;
            }
        });
        texts(&mut user, 20).await;
        assert_eq!(server.accepted(), 1);
        let samples = user.samples();
        assert!(samples.iter().all(|sample| sample.protocol == Some("HTTP/2")));
        let opened: Vec<_> = samples.iter().filter(|sample| !sample.connection_reused).collect();
        assert_eq!(opened.len(), 1, "one opened it");
        let waited = samples.iter().filter(|sample| sample.phases.blocked > Duration::ZERO).count();
        assert_eq!(waited, 19, "the others waited for it");
    }
}

#[tokio::test]
async fn one_failure_does_not_disturb_the_others() {
    let server = Server::http1(|_| async { answer(200, "fine") }).await;
    let mut user = User::of(&server.url("/"));
    let requests = [HttpRequest::get("/"), HttpRequest::get("http://other.test/"), HttpRequest::get("/")];
    let results = user.batch(&requests).await;
    assert!(results[0].is_ok() && results[2].is_ok());
    assert_eq!(results[1].as_ref().unwrap_err().kind(), HttpErrorKind::NotGranted);
    assert_eq!(user.samples().len(), 3);
}

#[tokio::test]
async fn a_batch_beyond_its_limit_waits_and_is_blocked() {
    let server = Server::http1(|_| async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        answer(200, "")
    })
    .await;
    let mut user = User::with(&server.url("/"), &[], Names::new(&[]), |config| config.batch_concurrency = 2);
    assert!(user.batch(&gets(5)).await.iter().all(Result::is_ok));
    assert_eq!(server.accepted(), 2);
    let blocked = user.samples().iter().filter(|s| s.phases.blocked >= Duration::from_millis(10)).count();
    assert_eq!(blocked, 3);
    assert!(user.batch(&[]).await.is_empty());
}
