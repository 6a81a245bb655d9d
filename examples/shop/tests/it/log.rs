//! The access log and the counts.

use std::path::Path;
use std::time::Duration;

use hyper::Request;
use outrider_model::RunClock;
use outrider_shop::{FaultConfig, Shop, ShopConfig, ShopError};
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::client::Client;

fn lines(path: &Path) -> Vec<Value> {
    std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn config(log: &Path, faults: FaultConfig) -> ShopConfig {
    ShopConfig { access_log: Some(log.to_owned()), faults, ..ShopConfig::default() }
}

#[tokio::test]
async fn the_log_has_one_line_for_each_request() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("access.jsonl");
    let faults = FaultConfig { error_rate: 0.2, ..FaultConfig::default() };
    let shop = Shop::start(config(&log, faults)).await.unwrap();
    let addr = shop.addr();
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            tokio::spawn(async move {
                let mut client = Client::at(addr);
                for path in ["/", "/assets/app.js", "/api/products?page=2", "/api/nothing", "/healthz"] {
                    client.get(path).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(shop.requests(), 50);
    let totals = shop.shutdown().await.unwrap();
    let lines = lines(&log);
    assert_eq!((lines.len() as u64, totals.requests), (50, 50));
    let failed = lines.iter().filter(|line| line["status"] == 503).count() as u64;
    assert_eq!(failed, totals.injected_errors);
}

#[tokio::test]
async fn a_line_says_what_was_asked_and_answered() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("access.jsonl");
    let clock = RunClock::start_now();
    let shop = Shop::start(config(&log, FaultConfig::default())).await.unwrap();
    let mut client = Client::of(&shop);
    let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let request = Request::get("/api/products?page=2&query=a%20b")
        .header("traceparent", traceparent)
        .header("x-request-id", "r-1");
    let answer = client.send(request, "").await;
    client.send(Request::head("/"), "").await;
    shop.shutdown().await.unwrap();

    let [first, second] = <[Value; 2]>::try_from(lines(&log)).unwrap();
    assert_eq!((&first["method"], &first["path"]), (&"GET".into(), &"/api/products".into()));
    assert_eq!((&first["query"], &first["status"]), (&"page=2&query=a%20b".into(), &200.into()));
    assert_eq!((&first["traceparent"], &first["request_id"]), (&traceparent.into(), &"r-1".into()));
    assert_eq!(first["bytes"], answer.body.len());
    assert!((0..=clock.now().0).contains(&first["time_ns"].as_i64().unwrap()));
    assert!(first["duration_ns"].is_u64());
    assert_eq!((&second["method"], &second["bytes"]), (&"HEAD".into(), &0.into()));
    assert!(second.get("query").is_none() && second.get("traceparent").is_none());
}

#[tokio::test]
async fn a_client_that_goes_away_is_counted_and_logged() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("access.jsonl");
    let faults = FaultConfig { latency: Duration::from_secs(3600), ..FaultConfig::default() };
    let shop = Shop::start(config(&log, faults)).await.unwrap();
    let mut stream = TcpStream::connect(shop.addr()).await.unwrap();
    stream.write_all(b"GET /api/cart HTTP/1.1\r\nhost: shop\r\n\r\n").await.unwrap();
    drop(stream);
    while shop.requests() == 0 {
        tokio::task::yield_now().await;
    }
    shop.shutdown().await.unwrap();
    assert_eq!(lines(&log)[0]["status"], 499);
}

#[tokio::test]
async fn a_request_that_outlasts_the_grace_is_cut_and_logged() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("access.jsonl");
    let faults = FaultConfig { latency: Duration::from_secs(3600), ..FaultConfig::default() };
    let grace = Duration::from_millis(10);
    let shop = Shop::start(ShopConfig { shutdown_grace: grace, ..config(&log, faults) }).await.unwrap();
    let mut stream = TcpStream::connect(shop.addr()).await.unwrap();
    stream.write_all(b"GET /api/cart HTTP/1.1\r\nhost: shop\r\n\r\n").await.unwrap();
    while shop.totals().connections == 0 {
        tokio::task::yield_now().await;
    }
    let totals = shop.shutdown().await.unwrap();
    assert_eq!(lines(&log).len() as u64, totals.requests);
}

#[tokio::test]
async fn a_log_that_cannot_be_written_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing").join("access.jsonl");
    let error = Shop::start(config(&missing, FaultConfig::default())).await.unwrap_err();
    assert!(matches!(error, ShopError::CreateLog { .. }), "{error}");

    let shop = Shop::start(config(Path::new("/dev/full"), FaultConfig::default())).await.unwrap();
    assert_eq!(Client::of(&shop).get("/").await.status, 200, "the shop goes on");
    let error = shop.shutdown().await.unwrap_err();
    assert!(matches!(error, ShopError::WriteLog { .. }), "{error}");
}
