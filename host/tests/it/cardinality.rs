//! Journeys that make up names, URLs and messages without end: rows and report stay bounded and say so.

use outrider_test_util::{Behaviour, TargetServer};
use serde_json::Value;

use crate::harness::Place;

/// Three hundred mebibytes. It must not grow with the names.
const MAX_MEMORY_BYTES: u64 = 300 << 20;

/// Three megabytes, whatever the run.
const MAX_REPORT_BYTES: usize = 3_000_000;

fn run(source: &str, load: &[&str]) -> (Place, Value, String) {
    let target = TargetServer::builder().route("/ok", Behaviour::text("ok")).start();
    let place = Place::new();
    place.file("journey.ts", source);
    let said = place.host([&["run", "journey.ts", "--target", &target.url("")][..], load].concat());
    assert_eq!(said.code, Some(0), "{}", said.show());
    let text = said.stdout.clone();
    let json = place.host(["report", "--format", "json"]).stdout;
    assert!(json.len() < MAX_REPORT_BYTES, "{} bytes", json.len());
    let report: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["completeness"]["complete"], true, "{:#}", report["completeness"]);
    (place, report, text)
}

fn assert_bounded_memory(report: &Value) {
    let memory = report["generator"]["max_memory_bytes"].as_u64().expect("a second was measured");
    assert!(memory < MAX_MEMORY_BYTES, "{memory}");
}

/// What is counted as `(other)`.
fn other(report: &Value, section: &str, count: &str) -> u64 {
    let names = report[section].as_array().unwrap();
    assert_eq!(names.len(), 1_001, "{section}");
    names.iter().find(|one| one["name"] == "(other)").unwrap()[count].as_u64().unwrap()
}

#[test]
fn twenty_thousand_names_of_each_kind_become_a_thousand_and_a_warning() {
    let source = r#"import { check, metrics, sleep, step, tag } from "@outrider/sdk";

export default function (user, iteration) {
  sleep("30ms"); // the run is long enough to be measured
  for (let i = 0; i < 100; i++) {
    const id = iteration.index * 100 + i;
    step(`step ${id}`, () => check(`check ${id}`, true, { tags: { id } }));
    metrics.trend(`metric ${id}`).add(id);
  }
  tag(`key ${iteration.index}`, iteration.index);
}
"#;
    let (_, report, text) = run(source, &["-u", "4", "-i", "200"]);
    assert_eq!(other(&report, "steps", "count"), 19_000);
    assert_eq!(other(&report, "checks", "passed"), 19_000);
    assert_eq!(other(&report, "metrics", "count"), 19_000);
    assert_eq!(report["warnings"].as_array().unwrap().len(), 3, "{:#}", report["warnings"]);
    let warning = "19,000 of 20,000 steps are counted as (other)";
    assert!(text.contains(&format!("! {warning}")), "{text}");
    assert_bounded_memory(&report);
}

#[test]
fn thousands_of_urls_and_request_names_are_bounded_and_ids_in_paths_make_one_route() {
    let source = r#"import { http, sleep } from "@outrider/sdk";

export default function (user, iteration) {
  sleep("30ms"); // the run is long enough to be measured
  for (let i = 0; i < 20; i++) {
    const id = iteration.index * 20 + i;
    http.get(`/ok?id=${id}`, { name: `product ${id}` });
  }
  http.get(`/ok?visit=${iteration.index}`);
  http.get(`/products/${iteration.index}/reviews`);
}
"#;
    let (_, report, text) = run(source, &["-u", "4", "-i", "200"]);
    let requests = report["requests"].as_array().unwrap();
    let count = |name: &str| requests.iter().find(|one| one["name"] == name).map(|one| one["count"].as_u64());
    assert_eq!(count("/ok"), Some(Some(200)), "a query is no part of a route");
    assert_eq!(count("/products/:id/reviews"), Some(Some(200)));
    assert_eq!(other(&report, "requests", "count"), 4_000 - 998, "the routes are two of the thousand");
    assert_bounded_memory(&report);
    assert!(text.contains("requests are counted as (other)"), "{text}");
}

#[test]
fn messages_that_all_differ_are_counted_and_few_are_kept() {
    let source = r#"import { log } from "@outrider/sdk";

export default function (user, iteration) {
  const word = String(iteration.index).replace(/\d/g, (digit) => "abcdefghij"[digit]);
  for (let i = 0; i < 20; i++) log.info(`${word} ${"x".repeat(2000)}`);
  throw new Error(`${word} went wrong ${"x".repeat(900)}`);
}
"#;
    let target = TargetServer::builder().route("/ok", Behaviour::text("ok")).start();
    let place = Place::new();
    place.file("journey.ts", source);
    let said = place.host(["run", "journey.ts", "--target", &target.url(""), "-u", "4", "-i", "1000"]);
    assert_eq!(said.code, Some(107), "the journey broke in every iteration: {}", said.show());
    assert!(said.stdout.len() < 20_000, "{}", said.stdout);
    let report = place.report();
    let errors = report["errors"].as_array().unwrap();
    let counted: u64 = errors.iter().map(|error| error["count"].as_u64().unwrap()).sum();
    assert_eq!((errors.len(), counted), (1, 1_000), "{:#}", report["errors"]);
    assert_eq!(errors[0]["messages"].as_array().unwrap().len(), 5);
    assert_eq!(errors[0]["other_messages"], 995);
}
