//! A target that stalls, at a rate that does not wait for it: what is measured, and what a user would have waited.

use std::collections::BTreeMap;
use std::time::Duration;

use outrider_test_util::{Behaviour, TargetServer};
use serde_json::Value;

use crate::harness::{Place, Said};
use crate::tables::rows;

/// Three seconds at 100 a second.
const ITERATIONS: u64 = 300;

/// One second, in which a hundred iterations are due.
const STALL: Duration = Duration::from_secs(1);

/// Half of the stall, in milliseconds: far from what the target takes otherwise, and from the stall.
const BETWEEN_MS: f64 = 500.0;

const JOURNEY: &str = r#"import { http } from "@outrider/sdk";

export default function () {
  http.get("/first");
  http.get("/second");
}
"#;

struct Run {
    place: Place,
    said: Said,
    report: Value,
    target: TargetServer,
}

/// Two users ask a target that stalls once.
fn run(flags: &[&str]) -> Run {
    let place = Place::new();
    place.file("journey.ts", JOURNEY);
    let stalling = Behaviour::text("").stalling_at(40, STALL);
    let target =
        TargetServer::builder().route("/first", stalling).route("/second", Behaviour::text("")).start();
    let url = target.url("");
    let load = ["-r", "100/s", "-d", "3s", "-u", "2", "--max-vus", "2"];
    let said = place.host([&["run", "journey.ts", "--target", &url], &load[..], flags].concat());
    let report = place.report();
    assert_eq!(report["completeness"]["complete"], true, "{report:#}");
    assert_eq!(report["iterations"]["scheduled"], ITERATIONS, "{report:#}");
    Run { place, said, report, target }
}

impl Run {
    fn iterations(&self, key: &str) -> u64 {
        self.report["iterations"][key].as_u64().unwrap()
    }

    /// A percentile of the requests with a name, in milliseconds.
    fn request_ms(&self, name: &str, times: &str, percentile: &str) -> f64 {
        let mut requests = self.report["requests"].as_array().unwrap().iter();
        let request = requests.find(|request| request["name"] == name).unwrap();
        request[times][percentile].as_f64().unwrap()
    }
}

#[test]
fn iterations_that_wait_show_in_the_corrected_durations_what_the_measured_ones_omit() {
    let run = run(&[
        "--when-busy",
        "wait",
        "--threshold",
        "requests.duration{name=/first} p99 < 500ms",
        "--threshold",
        "requests.corrected_duration{name=/first} p99 < 500ms",
    ]);
    let shown = format!("{}\n{:#}", run.said.show(), run.report);
    assert_eq!((run.iterations("dropped"), run.iterations("completed")), (0, ITERATIONS), "{shown}");
    assert_eq!(run.target.requests("/first"), ITERATIONS);
    assert!(run.request_ms("/first", "duration_ms", "p99") < BETWEEN_MS, "{shown}");
    assert!(run.request_ms("/first", "corrected_ms", "p99") > BETWEEN_MS, "{shown}");
    assert!(run.request_ms("/second", "corrected_ms", "p99") < BETWEEN_MS, "{shown}");
    let iterations = &run.report["iterations"];
    assert!(iterations["corrected_ms"]["p99"].as_f64().unwrap() > BETWEEN_MS, "{shown}");
    assert!(iterations["duration_ms"]["p99"].as_f64().unwrap() < BETWEEN_MS, "{shown}");
    assert!(iterations["waited"].as_u64().unwrap() > 10, "{shown}");
    let buckets = run.report["timeline"]["buckets"].as_array().unwrap();
    let highest =
        |field: &str| buckets.iter().filter_map(|bucket| bucket[field].as_f64()).fold(0.0, f64::max);
    assert!(highest("corrected_p95_ms") > highest("p95_ms") + 100.0, "{shown}");
    let passed: Vec<_> = run.report["thresholds"].as_array().unwrap().iter().map(|t| &t["passed"]).collect();
    assert_eq!(passed, [true, false], "{shown}");
    assert_eq!(run.said.code, Some(99), "{shown}");
    for words in [
        "└ corrected: from the scheduled time, late starts included",
        "from their scheduled times p50",
        "iterations waited for a VU",
        "; iterations wait when all are busy",
    ] {
        assert!(format!("{}{}", run.said.stdout, run.said.stderr).contains(words), "{words}\n{shown}");
    }
}

#[test]
fn the_first_request_of_an_iteration_carries_how_late_that_started() {
    let run = run(&["--when-busy", "wait"]);
    let (mut late, mut own) = (BTreeMap::new(), Vec::new());
    for row in rows(&run.place, "iterations") {
        late.insert(row.number("iteration"), row.number("lateness_ns"));
        own.push(row.number("lateness_ns") - row.number("waited_ns"));
    }
    assert!(own.iter().all(|own| *own >= 0), "{own:?}");
    assert!(late.values().max() > Some(&500_000_000), "{late:?}");
    let requests = rows(&run.place, "requests");
    assert_eq!(requests.len() as u64, 2 * ITERATIONS);
    for row in requests {
        let expected = if row.text("name") == "/first" { late[&row.number("iteration")] } else { 0 };
        assert_eq!(row.number("lateness_ns"), expected);
    }
    // That they waited is the target's doing: only the rest of it counts as the generator's late starts.
    let own = own.iter().filter(|own| **own > 10_000_000).count();
    assert_eq!(run.report["generator"]["late_starts"], own, "{:#}", run.report);
}

#[test]
fn iterations_that_do_not_wait_are_dropped_and_counted() {
    for flags in [&[][..], &["--when-busy", "drop"]] {
        let run = run(flags);
        let shown = format!("{}\n{:#}", run.said.show(), run.report);
        let dropped = run.iterations("dropped");
        assert!(dropped > 10, "{shown}");
        assert_eq!(run.target.requests("/first"), ITERATIONS - dropped, "{shown}");
        assert_eq!(run.iterations("waited"), 0, "{shown}");
    }
}

#[test]
fn in_the_closed_model_nothing_is_late_and_the_stall_shows_in_one_request_of_each_user() {
    let place = Place::new();
    place.file("journey.ts", JOURNEY);
    let stalling = Behaviour::text("").stalling_at(40, STALL);
    let target =
        TargetServer::builder().route("/first", stalling).route("/second", Behaviour::text("")).start();
    let said = place.host(["run", "journey.ts", "--target", &target.url(""), "-u", "2", "-i", "300"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let report = place.report();
    assert_eq!(report["all_requests"]["corrected_ms"], report["all_requests"]["duration_ms"], "{report:#}");
    assert_eq!(report["iterations"]["corrected_ms"], report["iterations"]["duration_ms"], "{report:#}");
    assert!(rows(&place, "requests").iter().all(|row| row.number("lateness_ns") == 0));
    assert!(!said.stdout.contains("corrected"), "{}", said.show());
}

#[test]
fn only_a_rate_has_iterations_that_could_wait() {
    let said = Place::new().host(["run", "journey.ts", "-u", "2", "-d", "1s", "--when-busy", "wait"]);
    assert_eq!(said.code, Some(104), "{}", said.show());
    let words =
        "--when-busy does not go with constant-vus: an iteration there is due only when its user is free";
    assert!(said.stderr.contains(words), "{}", said.show());
}
