//! One journey in each language that uses everything a journey may use: they do the same, row by row.

use std::collections::BTreeMap;

use outrider_test_util::{Behaviour, TargetServer};
use serde_json::{Value, json};

use crate::harness::{Place, Said, plugin, workspace};

const PAGE: &str = "<!doctype html><title>Shop</title><ul><li>Tent<li>Rope</ul>\
                    <a class=\"next\" href=\"/p/2\">Next</a><a href=\"/p/1\">Previous</a>";

fn target() -> TargetServer {
    let product = json!({"id": 17, "price": 19.5, "tags": ["a", "b", "c"]});
    TargetServer::builder()
        .route("/echo", Behaviour::echo())
        .route("/upload", Behaviour::status(204))
        .route("/page", Behaviour::html(PAGE).header("x-trace", "id=99"))
        .route("/json", Behaviour::json(&product))
        .route("/moved", Behaviour::redirect(302, "/page"))
        .start()
}

/// The journey in Rust, TypeScript and Go, in the place where they run.
fn journeys(place: &Place) -> [String; 3] {
    place.file("customers.csv", "name\nAda\nGrace\nEdsger\n");
    place.file("token", "s3cr3t-t0ken\n");
    let source = |name: &str| workspace().join("host/tests/it/journeys").join(name).display().to_string();
    [plugin("test-tour"), source("tour.ts"), source("tour.go")]
}

fn run(place: &Place, target: &TargetServer, journey: &str, flags: &[&str]) -> Said {
    let url = target.url("");
    let given = ["--data", "customers=customers.csv", "--secret", "token=file:token", "--seed", "7"];
    place.host(["run", journey, "--target", &url].iter().chain(&given).chain(flags))
}

/// The events of a walk that all languages must have alike: without times, ids and what a language asks on the way.
fn alike(said: &Said) -> Vec<Value> {
    assert_eq!(said.code, Some(0), "{}", said.show());
    let events =
        said.stdout.lines().map(|line| serde_json::from_str::<Value>(line).expect("each line is JSON"));
    let asked_on_the_way = ["parameters", "setup_data", "answer"];
    let kept = events.filter(|event| !asked_on_the_way.contains(&event["event"].as_str().unwrap()));
    kept.map(without_chance).collect()
}

fn without_chance(mut event: Value) -> Value {
    let is_upload = event["url"].as_str().is_some_and(|url| url.ends_with("/upload"));
    // Where a check is shown as an expectation the SDKs have words of their own, and each stands in a file of its language.
    let is_check = event["event"] == "check";
    // The SDKs read JSON as a whole in their own ways.
    if event["event"] == "extract" && event["by"] == "text" {
        event["by"] = json!("bytes");
    }
    let fields = event.as_object_mut().unwrap();
    for name in ["at_ms", "duration_ms"] {
        fields.remove(name);
    }
    if is_check {
        ["expected", "actual", "at"].iter().for_each(|name| drop(fields.remove(*name)));
    }
    if is_upload {
        fields.remove("body");
    }
    if let Some(Value::Array(headers)) = fields.get_mut("headers") {
        headers.retain(|field| field[0] != "traceparent" && !(is_upload && field[0] == "content-type"));
    }
    event
}

#[test]
fn a_journey_does_the_same_in_all_languages() {
    let (place, target) = (Place::new(), target());
    let walks = journeys(&place).map(|journey| {
        alike(&run(
            &place,
            &target,
            &journey,
            &["--scenario", "tour", "--debug", "--no-think", "--format", "jsonl"],
        ))
    });
    let [rust, others @ ..] = walks;
    for walk in &others {
        for (one, other) in rust.iter().zip(walk) {
            assert_eq!(one, other);
        }
        assert_eq!(rust.len(), walk.len());
    }
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    rust.iter().for_each(|event| *kinds.entry(event["event"].as_str().unwrap()).or_default() += 1);
    // Fewer than these, and one of the journeys has lost a part.
    for (kind, least) in [
        ("request", 17),
        ("extract", 25),
        ("random", 14),
        ("step_begin", 6),
        ("wait", 4),
        ("metric", 9),
        ("log", 30),
        ("check", 8),
        ("data_row", 1),
        ("secret", 1),
    ] {
        assert!(kinds.get(kind).is_some_and(|count| *count >= least), "{kind}: {kinds:#?}");
    }
}

#[test]
fn all_languages_leave_the_same_rows() {
    let (place, target) = (Place::new(), target());
    let reports = journeys(&place).map(|journey| {
        let said =
            run(&place, &target, &journey, &["-i", "3", "--threshold", "metrics.orders count == 10.5"]);
        assert_eq!(said.code, Some(0), "{}", said.show());
        place.report()
    });
    let rows = |report: &Value, list: &str, fields: &[&str]| -> Vec<Vec<Value>> {
        let mut rows: Vec<Vec<Value>> = report[list]
            .as_array()
            .unwrap_or_else(|| panic!("{list} in {report:#}"))
            .iter()
            .map(|row| fields.iter().map(|field| row[*field].clone()).collect())
            .collect();
        rows.sort_by_key(|row| row[0].to_string());
        rows
    };
    let [rust, others @ ..] = &reports;
    for (list, fields) in [
        ("requests", &["name", "count", "failed"][..]),
        ("steps", &["name", "count", "failed"]),
        ("checks", &["name", "pack", "passed", "failed"]),
        ("metrics", &["name", "kind", "count", "total", "last", "share", "values"]),
        ("status_codes", &["status", "count"]),
    ] {
        let one = rows(rust, list, fields);
        assert!(!one.is_empty(), "{list}: {rust:#}");
        for other in others {
            assert_eq!(one, rows(other, list, fields), "{list}");
        }
    }
    for other in others {
        assert_eq!(rust["iterations"]["completed"], other["iterations"]["completed"]);
    }
}

#[test]
fn metrics_of_all_four_kinds_have_values_and_thresholds() {
    let (place, target) = (Place::new(), target());
    let [rust, ..] = journeys(&place);
    let passing = [
        "metrics.orders count == 7",
        "metrics.\"in cart\" last == 3",
        "metrics.coupon rate == 50%",
        "metrics.price{currency=EUR} p95 < 20",
        "metrics.price max >= 19.9",
    ];
    let failing = ["metrics.orders count > 7", "metrics.coupon rate > 50%", "metrics.price avg < 19"];
    let thresholds: Vec<&str> =
        passing.iter().chain(&failing).flat_map(|limit| ["--threshold", limit]).collect();
    let said = run(&place, &target, &rust, &[&["-i", "2"][..], &thresholds].concat());
    assert_eq!(said.code, Some(99), "{}", said.show());
    let report = place.report();
    let judged: Vec<(String, bool)> = report["thresholds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["expr"].as_str().unwrap().to_owned(), one["passed"] == true))
        .collect();
    for (expr, passed) in &judged {
        assert_eq!(*passed, passing.contains(&expr.as_str()), "{expr}: {}", said.show());
    }
    assert_eq!(judged.len(), passing.len() + failing.len(), "{judged:?}");
    for words in ["orders", "in cart", "coupon", "price"] {
        assert!(said.stdout.contains(words), "{words}: {}", said.stdout);
    }
}
