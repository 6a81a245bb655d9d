//! Time and bytes.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use futures::stream;
use http::Response;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use outrider_capability::{HttpRequest, HttpVersionPolicy, RequestBody};
use tokio::sync::mpsc;

use crate::server::{Body, Certificate, Server, answer, answer_all};
use crate::user::{Names, User};

const PAUSE: Duration = Duration::from_millis(50);

/// What must be seen of a pause: the server's timer starts before its bytes leave.
const SEEN: Duration = Duration::from_millis(20);

/// Waits, answers, and waits again before the end of the body.
async fn slowly() -> Response<Body> {
    tokio::time::sleep(PAUSE).await;
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(async move {
        sender.send("first half").await.unwrap();
        tokio::time::sleep(PAUSE).await;
        sender.send("second half").await.unwrap();
    });
    let frames = stream::unfold(receiver, |mut receiver| async {
        let half = receiver.recv().await?;
        Some((Ok::<_, Infallible>(Frame::data(Bytes::from_static(half.as_bytes()))), receiver))
    });
    Response::new(BodyExt::boxed(StreamBody::new(frames)))
}

#[tokio::test]
async fn every_phase_of_a_new_connection_is_timed() {
    for (protocols, protocol) in [(["http/1.1"], "HTTP/1.1"), (["h2"], "HTTP/2")] {
        let certificate = Certificate::new(&["shop.test"]);
        let server = Server::tls(&certificate, &protocols, |_| slowly()).await;
        let target = format!("https://shop.test:{}", server.port());
        let names = Names::new(&[("shop.test", "127.0.0.1")]);
        let mut user = User::with(&target, &[], names, |config| config.insecure = true);

        user.get("/").await.unwrap();
        let sample = user.sample();
        let phases = sample.phases;
        assert_eq!(sample.protocol, Some(protocol));
        assert_eq!(phases.blocked, Duration::ZERO);
        assert!(phases.dns >= Duration::from_millis(2), "{phases:?}");
        for phase in [phases.connect, phases.tls, phases.send] {
            assert!(phase > Duration::ZERO, "{protocol} {phases:?}");
        }
        assert!(phases.wait >= SEEN, "{protocol} {phases:?}");
        assert!(phases.receive >= SEEN, "{protocol} {phases:?}");
        assert_eq!(sample.remote_address, Some(server.address));
        assert!(!sample.connection_reused);

        user.get("/").await.unwrap();
        let sample = user.sample();
        let phases = sample.phases;
        assert!(sample.connection_reused);
        assert_eq!([phases.blocked, phases.dns, phases.connect, phases.tls], [Duration::ZERO; 4]);
        assert!(phases.wait >= SEEN && phases.receive >= SEEN, "{protocol} {phases:?}");
        assert_eq!(server.accepted(), 1);
    }
}

#[tokio::test]
async fn a_name_in_the_cache_takes_no_time() {
    let server = Server::http1(|_| async { answer(200, "") }).await;
    let names = Names::new(&[("shop.test", "127.0.0.1")]);
    let mut user = User::with(&format!("http://shop.test:{}", server.port()), &[], names, |_| {});
    user.get("/").await.unwrap();
    assert!(user.sample().phases.dns > Duration::ZERO);

    let mut other = user.another();
    other.get("/").await.unwrap();
    let sample = other.sample();
    assert_eq!(sample.phases.dns, Duration::ZERO);
    assert_eq!(sample.phases.tls, Duration::ZERO);
    assert!(sample.phases.connect > Duration::ZERO, "a user has connections of its own");
    assert!(!sample.connection_reused);
}

#[tokio::test]
async fn waiting_for_a_connection_is_blocked_and_no_part_of_the_duration() {
    let server = Server::http1(|_| async {
        tokio::time::sleep(PAUSE).await;
        answer(200, "")
    })
    .await;
    let mut user =
        User::with(&server.url("/"), &[], Names::new(&[]), |config| config.connections_per_origin = 1);
    for result in user.batch(&[HttpRequest::get("/a"), HttpRequest::get("/b")]).await {
        result.unwrap();
    }
    let samples = user.samples();
    assert_eq!(samples[0].phases.blocked, Duration::ZERO);
    assert!(samples[1].phases.blocked >= SEEN, "{:?}", samples[1].phases);
    let start = samples[0].started_at + samples[0].duration;
    assert!(samples[1].started_at >= start, "it starts after the wait");
    assert!(samples[1].connection_reused);
}

#[tokio::test]
async fn bytes_are_counted_as_they_are_on_the_wire() {
    const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\nx-a: 1\r\n\r\nbody";
    let (heads, mut seen) = tokio::sync::mpsc::unbounded_channel();
    let server = Server::raw(move |_, mut stream| {
        let heads = heads.clone();
        async move {
            while let Some(head) = crate::server::read_head(&mut stream).await {
                heads.send(head.len() as u64).unwrap();
                tokio::io::AsyncWriteExt::write_all(&mut stream, ANSWER).await.unwrap();
            }
        }
    })
    .await;
    let mut user = User::of(&server.url("/"));
    for _ in 0..2 {
        user.get("/path?query").await.unwrap();
        let sample = user.sample();
        assert_eq!(sample.bytes_sent, seen.recv().await.unwrap());
        assert_eq!(sample.bytes_received, ANSWER.len() as u64);
    }
}

#[tokio::test]
async fn a_large_upload_is_sending_and_counted() {
    let body = vec![b'x'; 2_000_000];
    for http2 in [false, true] {
        let handler =
            |request: http::Request<Bytes>| async move { answer(200, request.body().len().to_string()) };
        let server = if http2 { Server::http2(handler).await } else { Server::http1(handler).await };
        let mut user = User::with(&server.url("/"), &[], Names::new(&[]), |config| {
            if http2 {
                config.version = HttpVersionPolicy::Http2;
            }
        });
        let request = HttpRequest::post("/", RequestBody::Bytes(body.clone().into()));
        assert_eq!(user.text(&request).await, "2000000");
        let sample = user.sample();
        assert!(sample.bytes_sent > 2_000_000 && sample.bytes_sent < 2_001_000, "{}", sample.bytes_sent);
        assert!(sample.phases.send > Duration::ZERO);
    }
}

#[tokio::test]
async fn an_answer_without_a_body_has_all_its_phases() {
    let server = Server::raw(|_, stream| answer_all(stream, b"HTTP/1.1 204 No Content\r\n\r\n")).await;
    let mut user = User::of(&server.url("/"));
    assert_eq!(user.get("/").await.unwrap().status(), 204);
    let phases = user.sample().phases;
    for phase in [phases.connect, phases.send, phases.wait, phases.receive] {
        assert!(phase > Duration::ZERO, "{phases:?}");
    }
}
