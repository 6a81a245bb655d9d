//! Latency, errors and stalls as a client sees them. Time is paused: tokio moves it on to the next timer
//! when all tasks wait, so delays are exact and take no time.

use std::collections::BTreeMap;
use std::time::Duration;

use outrider_model::RunClock;
use outrider_shop::{FaultConfig, LatencyLaw, RouteFaults, RunningShop, Shop, ShopConfig, ShopError};
use serde_json::json;

use crate::client::Client;

const MS: Duration = Duration::from_millis(1);

async fn start(faults: FaultConfig, seed: u64) -> RunningShop {
    Shop::start(ShopConfig { faults, seed, ..ShopConfig::default() }).await.unwrap()
}

async fn time_of(client: &mut Client, path: &str) -> Duration {
    let clock = RunClock::start_now();
    client.get(path).await;
    clock.elapsed()
}

#[tokio::test(start_paused = true)]
async fn every_answer_takes_the_latency_and_health_none() {
    let shop = start(FaultConfig { latency: 20 * MS, ..FaultConfig::default() }, 0).await;
    let mut client = Client::of(&shop);
    for path in ["/", "/assets/app.js", "/api/products", "/api/nothing"] {
        let took = time_of(&mut client, path).await;
        assert!((20 * MS..=21 * MS).contains(&took), "{path} took {took:?}");
    }
    assert_eq!(time_of(&mut client, "/healthz").await, Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn one_route_may_be_slower_than_the_others() {
    let slow = RouteFaults { latency: Some(200 * MS), error_rate: Some(1.0) };
    let routes = BTreeMap::from([("/api/products/{id}".to_owned(), slow)]);
    let shop = start(FaultConfig { routes, ..FaultConfig::default() }, 0).await;
    let mut client = Client::of(&shop);
    let took = time_of(&mut client, "/api/products/3").await;
    assert!((200 * MS..=201 * MS).contains(&took), "{took:?}");
    assert_eq!(client.get("/api/products/4").await.error(), (503, "injected_fault".to_owned()));
    assert_eq!(time_of(&mut client, "/api/products").await, Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn latencies_and_errors_repeat_with_the_seed() {
    let faults = FaultConfig {
        latency: 50 * MS,
        latency_jitter: 20 * MS,
        latency_law: Some(LatencyLaw::Lognormal),
        error_rate: 0.2,
        slow_rate: 0.1,
        slow_latency: 700 * MS,
        ..FaultConfig::default()
    };
    let mut runs = Vec::new();
    for seed in [1, 1, 2] {
        let shop = start(faults.clone(), seed).await;
        let mut client = Client::of(&shop);
        let mut seen = Vec::new();
        for _ in 0..40 {
            let clock = RunClock::start_now();
            let status = client.get("/api/products/1").await.status;
            seen.push((status, clock.elapsed().as_millis()));
        }
        let failed = seen.iter().filter(|(status, _)| *status == 503).count() as u64;
        assert_eq!(shop.totals().injected_errors, failed);
        runs.push(seen);
    }
    assert_eq!(runs[0].iter().map(|(status, _)| status).collect::<Vec<_>>(), statuses(&runs[1]));
    for ((_, first), (_, second)) in runs[0].iter().zip(&runs[1]) {
        assert!(first.abs_diff(*second) <= 1, "timers tick in milliseconds: {first} and {second}");
    }
    assert_ne!(runs[0], runs[2]);
}

fn statuses(run: &[(u16, u128)]) -> Vec<&u16> {
    run.iter().map(|(status, _)| status).collect()
}

#[tokio::test]
async fn the_number_of_errors_is_fixed_by_the_seed_whatever_the_concurrency() {
    let mut counts = Vec::new();
    for clients in [1, 20] {
        let shop = start(FaultConfig { error_rate: 0.3, ..FaultConfig::default() }, 9).await;
        let addr = shop.addr();
        let tasks = (0..clients).map(|_| {
            tokio::spawn(async move {
                let mut client = Client::at(addr);
                for _ in 0..(200 / clients) {
                    client.get("/api/products/1").await;
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        let totals = shop.shutdown().await.unwrap();
        assert_eq!(totals.requests, 200);
        counts.push(totals.injected_errors);
    }
    assert_eq!(counts[0], counts[1]);
    assert!((30..90).contains(&counts[0]), "{counts:?}");
}

#[tokio::test]
async fn an_injected_error_has_no_effect() {
    let shop = start(FaultConfig::default(), 0).await;
    let mut client = Client::visiting(&shop).await;
    shop.set_faults(&FaultConfig { error_rate: 1.0, ..FaultConfig::default() }).unwrap();
    let failed = client.post("/api/cart/items", json!({ "product_id": 1, "quantity": 1 })).await;
    assert_eq!(failed.error(), (503, "injected_fault".to_owned()));
    shop.set_faults(&FaultConfig::default()).unwrap();
    assert_eq!(client.get("/api/cart").await.json()["item_count"], 0);
}

#[tokio::test(start_paused = true)]
async fn a_stall_holds_every_request_until_its_end() {
    let clock = RunClock::start_now();
    let stall = FaultConfig {
        latency: 500 * MS,
        stall_after: 1000 * MS,
        stall_for: 2000 * MS,
        ..FaultConfig::default()
    };
    let shop = start(stall, 0).await;
    let ends = ["/", "/api/products", "/api/products/1"].map(|path| {
        let mut client = Client::of(&shop);
        tokio::spawn(async move {
            // The second of three sends before the stall and would be answered in it, the third sends in it.
            let send_after = match path {
                "/" => Duration::ZERO,
                "/api/products" => 700 * MS,
                _ => 1500 * MS,
            };
            tokio::time::sleep(send_after).await;
            assert_eq!(client.get(path).await.status, 200);
            clock.elapsed()
        })
    });
    let expected = [500 * MS, 3000 * MS, 3500 * MS];
    for (end, expected) in ends.into_iter().zip(expected) {
        let end = end.await.unwrap();
        assert!(end >= expected && end <= expected + 5 * MS, "{end:?} for {expected:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stall_set_at_run_time_counts_from_then_and_leaves_the_control_free() {
    let shop = start(FaultConfig::default(), 0).await;
    let mut client = Client::of(&shop);
    tokio::time::sleep(5000 * MS).await;
    let set = client.put("/api/_faults", json!({ "stall_for": "3s" })).await;
    assert_eq!(set.status, 200);
    assert_eq!(time_of(&mut client, "/api/_faults").await, Duration::ZERO);
    let took = time_of(&mut client, "/healthz").await;
    assert!((2999 * MS..=3001 * MS).contains(&took), "{took:?}");
}

#[tokio::test]
async fn faults_are_set_and_shown_over_http() {
    let shop = start(FaultConfig::default(), 0).await;
    let mut client = Client::of(&shop);
    let wanted = json!({ "error_rate": 1.0, "routes": { "/api/cart": { "latency": "200ms" } } });
    let set = client.put("/api/_faults", wanted).await.json();
    assert_eq!(set, client.get("/api/_faults").await.json());
    assert_eq!(set["routes"]["/api/cart"], json!({ "latency": "200ms" }));
    assert_eq!(set["latency"], "0s");
    assert_eq!(client.get("/api/products").await.status, 503);

    client.put("/api/_faults", json!({})).await;
    assert_eq!(client.get("/api/products").await.status, 200);
}

#[tokio::test]
async fn faults_that_cannot_be_are_refused_and_change_nothing() {
    let shop = start(FaultConfig::default(), 0).await;
    let mut client = Client::of(&shop);
    let before = client.get("/api/_faults").await.body;
    for wrong in [
        json!({ "error_rate": 2.0 }),
        json!({ "latency": "20" }),
        json!({ "routes": { "/api/crat": {} } }),
        json!({ "latency_law": "normal" }),
        json!({ "latenzy": "20ms" }),
    ] {
        assert_eq!(client.put("/api/_faults", wrong).await.error(), (422, "invalid_field".to_owned()));
    }
    assert_eq!(client.get("/api/_faults").await.body, before);

    let faults = FaultConfig { error_rate: 2.0, slow_rate: -1.0, ..FaultConfig::default() };
    let error = Shop::start(ShopConfig { faults, ..ShopConfig::default() }).await.unwrap_err();
    assert!(matches!(&error, ShopError::Faults(problems) if problems.len() == 2), "{error}");
}
