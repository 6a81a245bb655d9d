//! Each executor against the demo shop: its access log, the rows and the report are about the same requests,
//! and every iteration is accounted for.

use std::collections::BTreeMap;
use std::time::Duration;

use outrider_shop::{FaultConfig, Shop, ShopConfig};
use serde_json::Value;

use crate::harness::{Place, plugin};
use crate::tables::{TableRow, rows};

/// How long the shop takes for an answer: few requests fit into a test.
const LATENCY: Duration = Duration::from_millis(20);

/// More requests than this no test here sends.
const MOST_REQUESTS: usize = 200;

struct Run {
    place: Place,
    report: Value,
    /// The shop's access log, a line for each request.
    log: Vec<Value>,
}

/// Runs one request for each iteration, each with a load.
fn run(load: &[&str]) -> Run {
    let place = Place::new();
    let log = place.path().join("access.jsonl");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let faults = FaultConfig { latency: LATENCY, ..FaultConfig::default() };
    let config = ShopConfig { faults, access_log: Some(log.clone()), ..ShopConfig::default() };
    let shop = runtime.block_on(Shop::start(config)).unwrap();
    let flags = ["--target", &shop.url(), "--set", "path=/api/products"];
    let said = place.host([&["run", &plugin("bench-http")], &flags[..], load].concat());
    runtime.block_on(shop.shutdown()).unwrap();
    assert_eq!(said.code, Some(0), "{}", said.show());
    let log = std::fs::read_to_string(log).unwrap();
    let log = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let report = place.report();
    Run { place, report, log }
}

impl Run {
    /// The log, the rows and the report are about the same requests.
    fn assert_same_requests(&self) {
        let rows = rows(&self.place, "requests");
        let mut made: Vec<(String, String)> =
            rows.iter().map(|row| (row.text("trace_id"), row.text("status"))).collect();
        let mut seen: Vec<(String, String)> = self.log.iter().map(trace_and_status).collect();
        made.sort();
        seen.sort();
        assert_eq!(made, seen, "the same requests, by their trace ids");
        made.dedup_by(|a, b| a.0 == b.0);
        assert_eq!(made.len(), seen.len(), "no trace id came twice");
        assert!((1..MOST_REQUESTS).contains(&seen.len()), "{} requests", seen.len());
        let requests = self.report["requests"].as_array().unwrap();
        let count: u64 = requests.iter().map(|request| request["count"].as_u64().unwrap()).sum();
        assert_eq!((count, self.count("all_requests", "count")), (seen.len() as u64, seen.len() as u64));
        assert_eq!(self.report["completeness"]["complete"], true, "{:#}", self.report);
    }

    /// Every iteration that was due has one row and one ending, and the report counts the same.
    fn assert_accounted(&self) {
        let rows = rows(&self.place, "iterations");
        let iterations = |key: &str| self.count("iterations", key);
        let endings: BTreeMap<String, u64> = rows.iter().fold(BTreeMap::new(), |mut endings, row| {
            *endings.entry(row.text("status")).or_default() += 1;
            endings
        });
        for status in ["completed", "failed", "interrupted", "dropped"] {
            let kept = endings.get(status).copied().unwrap_or(0);
            assert_eq!(kept, iterations(status), "{status}: {:#}", self.report["iterations"]);
        }
        let ended = iterations("completed") + iterations("failed") + iterations("interrupted");
        assert_eq!(iterations("started"), ended);
        assert_eq!(iterations("scheduled"), ended + iterations("dropped"));
        assert_eq!(iterations("scheduled"), rows.len() as u64);
        let mut indices: Vec<i64> = rows.iter().map(|row| row.number("iteration")).collect();
        indices.sort_unstable();
        assert_eq!(indices, (0..rows.len() as i64).collect::<Vec<_>>(), "each index once");
        let requests = self.log.len() as u64;
        assert_eq!(ended, requests, "one request for each iteration that started");
    }

    fn count(&self, section: &str, key: &str) -> u64 {
        self.report[section][key].as_u64().unwrap()
    }
}

fn trace_and_status(line: &Value) -> (String, String) {
    // 00-<trace id>-<span id>-<flags>, W3C Trace Context §3.2.
    let trace = line["traceparent"].as_str().unwrap().split('-').nth(1).unwrap();
    (trace.to_owned(), line["status"].to_string())
}

/// The rows of each user.
fn by_user(rows: &[TableRow]) -> BTreeMap<String, usize> {
    rows.iter().fold(BTreeMap::new(), |mut users, row| {
        *users.entry(row.text("vu")).or_default() += 1;
        users
    })
}

#[test]
fn shared_iterations() {
    let run = run(&["-u", "3", "-i", "40"]);
    run.assert_same_requests();
    run.assert_accounted();
    assert_eq!(run.count("iterations", "completed"), 40);
}

#[test]
fn per_vu_iterations() {
    let run = run(&["-u", "4", "-i", "5", "--executor", "per-vu-iterations"]);
    run.assert_same_requests();
    run.assert_accounted();
    let users = by_user(&rows(&run.place, "iterations"));
    assert_eq!(users.into_values().collect::<Vec<_>>(), [5; 4]);
}

#[test]
fn constant_vus() {
    let run = run(&["-u", "2", "-d", "700ms"]);
    run.assert_same_requests();
    run.assert_accounted();
    assert_eq!(by_user(&rows(&run.place, "iterations")).len(), 2);
}

#[test]
fn ramping_vus() {
    let run = run(&["-s", "400ms:3", "-s", "400ms:0"]);
    run.assert_same_requests();
    run.assert_accounted();
    assert_eq!(run.count("iterations", "interrupted"), 0, "they are let finish");
}

#[test]
fn constant_arrival_rate() {
    let run = run(&["-r", "60/s", "-d", "1s"]);
    run.assert_same_requests();
    run.assert_accounted();
    assert_eq!(run.count("iterations", "scheduled"), 60);
}

#[test]
fn ramping_arrival_rate() {
    let run = run(&["-r", "0/s", "-s", "1s:100/s"]);
    run.assert_same_requests();
    run.assert_accounted();
    assert_eq!(run.count("iterations", "scheduled"), 50);
}

#[test]
fn iterations_that_find_no_user_are_accounted_for_too() {
    let run = run(&["-r", "100/s", "-d", "500ms", "-u", "1", "--max-vus", "1"]);
    run.assert_same_requests();
    run.assert_accounted();
    assert_eq!(run.count("iterations", "scheduled"), 50);
    assert!(run.count("iterations", "dropped") > 0, "{:#}", run.report["iterations"]);
}
