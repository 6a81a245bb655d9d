//! Requests whose future is dropped.

use std::time::Duration;

use outrider_capability::{HttpRequest, HttpVersionPolicy, TimeLimit};
use tokio::io::AsyncReadExt;
use tokio::sync::mpsc;

use crate::server::{Server, answer, read_head};
use crate::user::{Names, User};

#[tokio::test]
async fn an_interrupted_exchange_is_recorded_and_its_connection_closed() {
    let (events, mut seen) = mpsc::unbounded_channel();
    let server = Server::raw(move |_, mut stream| {
        let events = events.clone();
        async move {
            read_head(&mut stream).await;
            events.send("request").unwrap();
            assert_eq!(stream.read(&mut [0; 1]).await.unwrap_or(0), 0);
            events.send("closed").unwrap();
        }
    })
    .await;
    let mut user = User::of(&server.url("/"));
    let request = HttpRequest::get("/page/1");
    tokio::select! {
        _ = user.send(&request) => panic!("nothing answers"),
        event = seen.recv() => assert_eq!(event, Some("request")),
    }
    let sample = user.sample();
    assert_eq!((sample.error_kind.as_deref(), sample.interrupted), (Some("interrupted"), true));
    assert_eq!(&*sample.name, "/page/:id");
    assert!(sample.bytes_sent > 0 && sample.phases.send > Duration::ZERO);
    assert_eq!(seen.recv().await, Some("closed"));
}

#[tokio::test]
async fn a_request_that_waits_for_a_connection_is_interrupted_too() {
    let server = Server::http1(|request| async move {
        if request.uri().path() == "/slow" {
            std::future::pending::<()>().await;
        }
        answer(200, "")
    })
    .await;
    let mut user =
        User::with(&server.url("/"), &[], Names::new(&[]), |config| config.connections_per_origin = 1);
    let requests = [HttpRequest::get("/slow"), HttpRequest::get("/waiting")];
    let timeout = Duration::from_millis(50);
    assert!(tokio::time::timeout(timeout, user.batch(&requests)).await.is_err());
    let mut samples = user.samples();
    samples.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(samples.iter().all(|sample| sample.error_kind.as_deref() == Some("interrupted")));
    assert_eq!(samples[1].duration, Duration::ZERO);
    assert!(samples[1].phases.blocked >= timeout, "{:?}", samples[1].phases);

    user.get("/fine").await.expect("the slot is free again");
}

#[tokio::test]
async fn what_a_time_limit_cuts_off_has_failed_and_says_which_limit() {
    for (call, is_iteration, kind) in
        [("the iteration", true, "iteration timed out"), ("setup", false, "call timed out")]
    {
        let server = Server::http1(|_| std::future::pending()).await;
        let mut user = User::of(&server.url("/"));
        let cut_off = user.client.cut_off();
        let limit = TimeLimit { call, is_iteration, limit: Duration::from_millis(50) };
        {
            let slow = HttpRequest::get("/slow");
            let mut sent = std::pin::pin!(user.send(&slow));
            assert!(tokio::time::timeout(limit.limit, &mut sent).await.is_err());
            cut_off.by(limit);
        }
        let sample = user.sample();
        assert_eq!((sample.error_kind.as_deref(), sample.interrupted), (Some(kind), false));
        assert_eq!(sample.error.as_deref(), Some(&*format!("{call} took longer than 50ms")));
        assert!(sample.duration >= limit.limit, "{sample:?}");
    }
}

#[tokio::test]
async fn an_interrupted_http2_stream_leaves_the_connection_open() {
    let server = Server::http2(|request| async move {
        if request.uri().path() == "/slow" {
            std::future::pending::<()>().await;
        }
        answer(200, "")
    })
    .await;
    let mut user = User::with(&server.url("/"), &[], Names::new(&[]), |config| {
        config.version = HttpVersionPolicy::Http2;
    });
    let slow = HttpRequest::get("/slow");
    assert!(tokio::time::timeout(Duration::from_millis(50), user.send(&slow)).await.is_err());
    assert_eq!(user.sample().error_kind.as_deref(), Some("interrupted"));
    assert!(user.get("/fine").await.unwrap().connection_reused());
    assert_eq!(server.accepted(), 1);
}

#[tokio::test]
async fn a_user_that_goes_closes_its_connections() {
    for version in [HttpVersionPolicy::Http1, HttpVersionPolicy::Http2] {
        let (events, mut seen) = mpsc::unbounded_channel();
        let server = Server::raw(move |_, stream| {
            let events = events.clone();
            async move {
                let service = hyper::service::service_fn(|_| async {
                    Ok::<_, std::convert::Infallible>(answer(200, ""))
                });
                let io = hyper_util::rt::TokioIo::new(stream);
                let _ended = if version == HttpVersionPolicy::Http2 {
                    let executor = hyper_util::rt::TokioExecutor::new();
                    hyper::server::conn::http2::Builder::new(executor).serve_connection(io, service).await
                } else {
                    hyper::server::conn::http1::Builder::new().serve_connection(io, service).await
                };
                events.send("closed").unwrap();
            }
        })
        .await;
        let mut user = User::with(&server.url("/"), &[], Names::new(&[]), |config| config.version = version);
        user.get("/").await.unwrap();
        drop(user);
        assert_eq!(seen.recv().await, Some("closed"));
    }
}

#[tokio::test]
async fn requests_can_be_sent_from_any_thread() {
    let server = Server::http1(|_| async { answer(200, "") }).await;
    let mut user = User::of(&server.url("/"));
    let task = tokio::spawn(async move {
        user.get("/").await.unwrap();
        user.batch(&[HttpRequest::get("/")]).await.len()
    });
    assert_eq!(task.await.unwrap(), 1);
}
