//! Ordinary answers and what can be added to them.

use std::io::Read;
use std::time::Duration;

use http::Request;
use http_body_util::BodyExt;
use outrider_model::RunClock;
use outrider_test_util::{Behaviour, Encoding, Latency, TargetServer, pattern};
use serde_json::json;

use crate::client::Client;

const MS: Duration = Duration::from_millis(1);

#[tokio::test]
async fn texts_pages_and_json_have_their_types_and_lengths() {
    let target = TargetServer::builder()
        .route("/text", Behaviour::text("hello").with_status(201).header("x-a", "1").header("x-a", "2"))
        .route("/html", Behaviour::html("<p>"))
        .route("/json", Behaviour::json(&json!({ "a": 1 })))
        .start();
    let mut client = Client::http1(&target).await;
    let text = client.get("/text").await;
    assert_eq!((text.status, text.text(), text.header("content-length")), (201, "hello", "5"));
    assert_eq!(text.headers.get_all("x-a").iter().count(), 2);
    assert_eq!(client.get("/html").await.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(client.get("/json").await.json(), json!({ "a": 1 }));
    assert_eq!(client.get("/nothing").await.status, 404);
}

#[tokio::test]
async fn statuses_come_in_their_order_and_the_last_one_stays() {
    let target = TargetServer::builder().route("/", Behaviour::statuses([503, 429, 200])).start();
    let mut client = Client::http1(&target).await;
    let mut seen = Vec::new();
    for _ in 0..5 {
        seen.push(client.get("/").await.status);
    }
    assert_eq!(seen, [503, 429, 200, 200, 200]);
}

#[tokio::test]
async fn bodies_come_with_their_length_or_in_chunks() {
    let target = TargetServer::builder()
        .route("/whole", Behaviour::bytes(100_000))
        .route("/chunked", Behaviour::bytes(100_000).chunked())
        .start();
    let mut client = Client::http1(&target).await;
    let whole = client.get("/whole").await;
    assert_eq!((whole.header("content-length"), whole.header("transfer-encoding")), ("100000", ""));
    let chunked = client.get("/chunked").await;
    assert_eq!((chunked.header("content-length"), chunked.header("transfer-encoding")), ("", "chunked"));
    assert_eq!(whole.body, pattern(100_000));
    assert_eq!(chunked.body, whole.body);

    let mut http2 = Client::http2(&target).await;
    assert_eq!(http2.get("/whole").await.header("content-length"), "100000");
    assert_eq!(http2.get("/chunked").await.header("content-length"), "");
}

#[tokio::test]
async fn bodies_are_compressed_as_they_say() {
    for encoding in Encoding::ALL {
        let behaviour = Behaviour::bytes(50_000).compressed(encoding);
        let target = TargetServer::builder()
            .route("/", behaviour.clone())
            .route("/chunked", behaviour.chunked())
            .start();
        let mut client = Client::http1(&target).await;
        for path in ["/", "/chunked"] {
            let answer = client.get(path).await;
            assert_eq!(answer.header("content-encoding"), encoding.as_str());
            assert!(answer.body.len() < 25_000, "{encoding:?}: {}", answer.body.len());
            assert_eq!(decompress(encoding, &answer.body), pattern(50_000));
        }
    }
}

fn decompress(encoding: Encoding, bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    match encoding {
        Encoding::Gzip => flate2::read::GzDecoder::new(bytes).read_to_end(&mut plain).unwrap(),
        Encoding::Brotli => brotli::Decompressor::new(bytes, 4096).read_to_end(&mut plain).unwrap(),
        Encoding::Zstd => zstd::Decoder::new(bytes).unwrap().read_to_end(&mut plain).unwrap(),
    };
    plain
}

#[tokio::test]
async fn a_redirect_chain_ends_where_it_is_said() {
    let target = TargetServer::builder()
        .redirect_chain("/start", 3, "/end")
        .route("/end", Behaviour::text("arrived"))
        .route("/moved", Behaviour::redirect(308, "https://elsewhere.test/"))
        .start();
    let mut client = Client::http1(&target).await;
    let mut path = "/start".to_owned();
    let mut hops = 0;
    let last = loop {
        let answer = client.get(&path).await;
        if answer.status != 302 {
            break answer;
        }
        hops += 1;
        path = answer.header("location").to_owned();
    };
    assert_eq!((hops, last.text()), (3, "arrived"));
    let moved = client.get("/moved").await;
    assert_eq!((moved.status, moved.header("location")), (308, "https://elsewhere.test/"));
}

#[tokio::test]
async fn echo_says_what_was_asked_in_either_protocol() {
    let target = TargetServer::builder().route("/echo", Behaviour::echo()).start();
    for mut client in [Client::http1(&target).await, Client::http2(&target).await] {
        let request = Request::post("/echo?a=1").header("x-test", "yes");
        let answer = client.send(request, "body").await.unwrap();
        let said = answer.json();
        assert_eq!(
            (&said["method"], &said["path"], &said["query"]),
            (&json!("POST"), &json!("/echo"), &json!("a=1"))
        );
        assert_eq!((&said["body"], &said["body_bytes"]), (&json!("body"), &json!(4)));
        assert_eq!(said["version"], format!("{:?}", answer.version));
        assert!(said["headers"].as_array().unwrap().contains(&json!(["x-test", "yes"])));
    }
}

#[tokio::test]
async fn cookies_are_set_by_the_query_and_given_back() {
    let target = TargetServer::builder().route("/cookies", Behaviour::cookies()).start();
    let mut client = Client::http1(&target).await;
    let answer = client.get("/cookies?a=1&b=2").await;
    let set: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
    assert_eq!(set, ["a=1; Path=/", "b=2; Path=/"]);
    let request = Request::get("/cookies").header("cookie", "a=1; b=2").header("cookie", "c=3");
    let answer = client.send(request, "").await.unwrap();
    assert_eq!(answer.json(), json!({ "a": "1", "b": "2", "c": "3" }));
}

#[tokio::test]
async fn answers_come_after_their_latency_and_not_before() {
    let latency = Latency::Uniform { min: 10 * MS, max: 30 * MS };
    let target = TargetServer::builder().route("/", Behaviour::text("late").after(latency)).start();
    let mut client = Client::http1(&target).await;
    for expected in [20, 15, 25] {
        let clock = RunClock::start_now();
        client.get("/").await;
        assert!(clock.elapsed() >= expected * MS, "{:?} for {expected} ms", clock.elapsed());
    }
}

#[tokio::test]
async fn a_slow_body_comes_in_pieces_with_its_length_declared() {
    let target = TargetServer::builder().route("/", Behaviour::bytes(10).slowly(3, 5 * MS)).start();
    for mut client in [Client::http1(&target).await, Client::http2(&target).await] {
        let clock = RunClock::start_now();
        let answer = client.get("/").await;
        assert_eq!((answer.header("content-length"), &answer.body), ("10", &pattern(10)));
        assert!(clock.elapsed() >= 20 * MS, "four pieces took {:?}", clock.elapsed());
    }
}

#[tokio::test]
async fn an_endless_body_goes_on_until_the_client_leaves() {
    let target = TargetServer::builder().route("/", Behaviour::endless_body()).start();
    for mut client in [Client::http1(&target).await, Client::http2(&target).await] {
        let mut body = client.begin(Request::get("/"), "").await.unwrap().into_body();
        let mut read = 0;
        while read < 1 << 20 {
            read += body.frame().await.unwrap().unwrap().into_data().unwrap().len();
        }
    }
}

#[test]
#[should_panic(expected = "only an answer that is known beforehand can be modified")]
fn a_fault_cannot_be_modified_as_an_answer() {
    drop(Behaviour::never_answers().header("a", "b"));
}
