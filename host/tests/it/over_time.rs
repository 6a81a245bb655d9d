//! The load over time, as a user sees it: what was scheduled beside what came of it.

use std::time::Duration;

use outrider_shop::{FaultConfig, Shop, ShopConfig};
use serde_json::Value;

use crate::harness::{Place, plugin};

/// Runs one request for each iteration against a shop that takes 100 ms, and gives the text and the report.
fn run(load: &[&str]) -> (String, Value) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let faults = FaultConfig { latency: Duration::from_millis(100), ..FaultConfig::default() };
    let shop = runtime.block_on(Shop::start(ShopConfig { faults, ..ShopConfig::default() })).unwrap();
    let place = Place::new();
    let flags = ["--target", &shop.url(), "--set", "path=/api/products"];
    let said = place.host([&["run", &plugin("bench-http")], &flags[..], load].concat());
    runtime.block_on(shop.shutdown()).unwrap();
    assert_eq!(said.code, Some(0), "{}", said.show());
    let (report, list) = (place.report(), place.host(["runs", "--format", "json"]).stdout);
    let list: Value = serde_json::from_str(&list).unwrap();
    let judged = &list["runs"][0]["generator_saturated"];
    assert_eq!(*judged, report["generator"]["saturated"], "the run and its report judge alike: {list:#}");
    (said.stdout, report)
}

fn sum(report: &Value, field: &str) -> f64 {
    let timeline = &report["timeline"];
    let buckets = timeline["buckets"].as_array().unwrap();
    let seconds = timeline["bucket_s"].as_f64().unwrap();
    buckets.iter().map(|bucket| bucket[field].as_f64().unwrap() * seconds).sum::<f64>().round()
}

#[test]
fn a_rate_that_one_user_cannot_keep_is_seen_and_said() {
    let (text, report) = run(&["-r", "30/s", "-d", "4s", "-u", "1", "--max-vus", "1"]);
    let iterations = |field: &str| report["iterations"][field].as_f64().unwrap();
    assert_eq!(sum(&report, "scheduled_per_s"), 120.0);
    let buckets = report["timeline"]["buckets"].as_array().unwrap();
    let rates = buckets.iter().map(|bucket| bucket["scheduled_per_s"].as_f64().unwrap());
    assert_eq!(
        rates.fold(0.0, f64::max),
        30.0,
        "no second has more than a second's: {:#}",
        report["timeline"]
    );
    assert_eq!(sum(&report, "started_per_s"), iterations("started"));
    assert_eq!(sum(&report, "completed_per_s"), iterations("completed"));
    assert_eq!(sum(&report, "dropped_per_s"), iterations("dropped"));
    assert_eq!(sum(&report, "requests_per_s"), iterations("started"));
    let shortfall = &report["timeline"]["shortfall"];
    assert_eq!(shortfall["scheduled"], 120, "{:#}", report["timeline"]);
    assert_eq!(shortfall["dropped"], report["iterations"]["dropped"]);
    let scenarios = report["timeline"]["scenarios"].as_array().unwrap();
    assert_eq!((scenarios.len(), &scenarios[0]["name"]), (1, &Value::from("default")));
    let at = |row: &str| text.find(row).unwrap_or_else(|| panic!("no {row} in {text}"));
    assert!(at("Over time") < at("  scheduled/s") && at("  scheduled/s") < at("  started/s"), "{text}");
    let first = format!("{} of 120 iterations were dropped", report["iterations"]["dropped"]);
    // The first sentence has lines of eighty columns.
    let headline = text.split("\nJourney ").next().unwrap().replace('\n', " ");
    assert!(headline.contains(&first), "{text}");
    let words = format!("{} dropped", report["iterations"]["dropped"]);
    assert!(text.contains("not as scheduled:") && text.contains(&words), "{text}");
}

#[test]
fn a_rate_that_was_kept_is_said_to_be_and_statistics_agree_with_the_rest() {
    let (text, report) = run(&["-r", "5/s", "-d", "4s", "-u", "5"]);
    assert_eq!((sum(&report, "scheduled_per_s"), sum(&report, "dropped_per_s")), (20.0, 0.0), "{report:#}");
    // A busy machine may start some of them late, which is said then.
    let is_late = report["timeline"]["late"].as_u64().unwrap() > 0;
    assert_eq!(text.contains("✓ iterations started when they were scheduled\n"), !is_late, "{text}");
    let statistics = &report["statistics"];
    assert_eq!(statistics["request"]["count"], 20);
    assert_eq!(statistics["page"]["count"], 20, "one request is one page");
    assert_eq!(statistics["session"]["count"], report["iterations"]["completed"]);
    assert_eq!(statistics["users"]["finished"], 20);
    assert_eq!(statistics["status_codes"][0]["count"], 20);
    assert_eq!(statistics["received"]["total_bytes"], report["network"]["bytes_received"]);
    let all = &report["all_requests"]["duration_ms"]["mean"];
    let (mean, all) = (statistics["request"]["mean_ms"].as_f64().unwrap(), all.as_f64().unwrap());
    assert!((mean - all).abs() < 1e-3, "{mean} and {all}");
    let connections = statistics["connect"]["count"].as_u64().unwrap();
    assert!((1..=5).contains(&connections), "one for each user at most: {statistics:#}");
}
