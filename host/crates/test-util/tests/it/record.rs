//! What the target remembers, and that nothing is left of it.

use std::io::{ErrorKind, Read};
use std::net::TcpStream;
use std::time::Duration;

use http::{Method, Request, Version};
use outrider_model::RunClock;
use outrider_test_util::{Behaviour, Latency, TargetServer};

use crate::client::{Client, raw_get};

#[tokio::test]
async fn requests_are_counted_by_path_and_connections_by_themselves() {
    let target = TargetServer::builder().route("/a", Behaviour::text("a")).start();
    let mut client = Client::http1(&target).await;
    for path in ["/a?x=1", "/a", "/b"] {
        client.get(path).await;
    }
    Client::http2(&target).await.get("/a").await;
    assert_eq!((target.requests("/a"), target.requests("/b"), target.requests("/c")), (3, 1, 0));
    assert_eq!((target.total_requests(), target.connections()), (4, 2));
    let numbers: Vec<u64> = target.log().iter().map(|request| request.connection).collect();
    assert_eq!(numbers, [1, 1, 1, 2]);
}

#[tokio::test]
async fn the_log_has_what_was_asked_and_answered() {
    let before = RunClock::start_now().now();
    let target = TargetServer::builder().route("/a", Behaviour::status(418)).start();
    let mut client = Client::http1(&target).await;
    client.send(Request::put("/a?b=c").header("x-test", "yes"), "body").await.unwrap();
    let [request] = <[_; 1]>::try_from(target.log()).unwrap();
    assert_eq!(
        (request.method, request.path.as_str(), request.query.as_deref()),
        (Method::PUT, "/a", Some("b=c"))
    );
    assert_eq!((request.version, request.body_bytes, request.status), (Version::HTTP_11, 4, Some(418)));
    assert_eq!(request.headers["x-test"], "yes");
    assert_eq!(request.body, "body");
    assert!(request.arrived_at >= before && request.arrived_at <= RunClock::start_now().now());
}

#[tokio::test]
async fn of_a_long_body_the_log_has_the_beginning() {
    let target = TargetServer::builder().route("/a", Behaviour::text("a")).start();
    let body = "0123456789".repeat(10_000);
    Client::http1(&target).await.send(Request::post("/a"), &body).await.unwrap();
    let [request] = <[_; 1]>::try_from(target.log()).unwrap();
    assert_eq!((request.body_bytes, request.body.len()), (100_000, 64 << 10));
    assert!(body.as_bytes().starts_with(&request.body));
}

#[test]
fn dropped_it_is_gone_with_its_connections() {
    let target = TargetServer::builder().route("/", Behaviour::never_answers()).start();
    let addr = target.addr();
    let mut stream = raw_get(addr, "/");
    while target.requests("/") == 0 {
        std::thread::yield_now();
    }
    drop(target);
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let end = stream.read(&mut [0]);
    assert!(matches!(&end, Ok(0)) || end.is_err_and(|error| error.kind() == ErrorKind::ConnectionReset));
    assert_eq!(TcpStream::connect(addr).unwrap_err().kind(), ErrorKind::ConnectionRefused);
}

// The client needs a thread to close its connection on while this one waits.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_is_not_answered_is_kept_apart_with_its_trace() {
    let slow = Behaviour::text("late").after(Latency::Constant(Duration::from_secs(3_600)));
    let latency = Duration::from_millis(5);
    let quick = Behaviour::text("soon").after(Latency::Constant(latency));
    let target = TargetServer::builder().route("/slow", slow).route("/quick", quick).start();
    let mut client = Client::http1(&target).await;
    client.get("/quick").await;
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let slow = Request::get("/slow").header("traceparent", format!("00-{trace}-b7ad6b7169203331-01"));
    assert!(tokio::time::timeout(Duration::from_millis(50), client.send(slow, "")).await.is_err());
    drop(client);
    target.wait_until_alone();
    let [quick] = <[_; 1]>::try_from(target.log()).unwrap();
    assert!(quick.service_time() >= Some(latency), "{quick:?}");
    let [slow] = <[_; 1]>::try_from(target.unanswered()).unwrap();
    assert_eq!((slow.path.as_str(), slow.trace_id(), slow.service_time()), ("/slow", trace, None));
    assert_eq!((quick.number, slow.number), (0, 1));
}
