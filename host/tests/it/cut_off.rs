//! Requests that are under way when their iteration ends: whose doing that was decides what they are.

use std::time::Duration;

use outrider_test_util::{Behaviour, Latency, TargetServer};

use crate::harness::{Place, Said};
use crate::tables::{TableRow, rows};

/// An answer within milliseconds, and one that nobody waits for.
const JOURNEY: &str = r#"import { http, step } from "@outrider/sdk";

export default function () {
  http.get("/quick");
  step("wait", () => http.get("/slow"));
}
"#;

fn target(slow: Behaviour) -> TargetServer {
    TargetServer::builder().route("/quick", Behaviour::text("")).route("/slow", slow).start()
}

fn never() -> Behaviour {
    Behaviour::text("").after(Latency::Constant(Duration::from_secs(600)))
}

fn run(place: &Place, target: &TargetServer, flags: &[&str]) -> Said {
    place.file("journey.ts", JOURNEY);
    let url = target.url("");
    place.host([&["run", "journey.ts", "--target", &url], flags].concat())
}

fn named(place: &Place, table: &str, name: &str) -> Vec<TableRow> {
    rows(place, table).into_iter().filter(|row| row.text("name") == name).collect()
}

#[test]
fn what_the_end_of_the_run_cuts_off_is_interrupted_and_fails_no_threshold() {
    let (place, target) = (Place::new(), target(never()));
    let said = run(
        &place,
        &target,
        &[
            "-u",
            "2",
            "-d",
            "1s",
            "--graceful-stop",
            "0s",
            "--threshold",
            "requests.failed rate < 1%",
            "--threshold",
            "requests count == 2",
            "--threshold",
            "requests.interrupted count == 2",
            "--threshold",
            "requests.duration max < 500ms",
        ],
    );
    let report = place.report();
    let shown = format!("{}\n{report:#}", said.show());
    assert_eq!(said.code, Some(0), "{shown}");
    let all = &report["all_requests"];
    assert_eq!((&all["count"], &all["failed"], &all["interrupted"]), (&2.into(), &0.into(), &2.into()));
    let steps = &report["steps"][0];
    assert_eq!((&steps["count"], &steps["failed"], &steps["interrupted"]), (&0.into(), &0.into(), &2.into()));
    assert_eq!(report["errors"].as_array().unwrap().len(), 0, "{shown}");
    assert_eq!(report["status_codes"].as_array().unwrap().len(), 1, "{shown}");
    assert_eq!(report["completeness"]["complete"], true, "{shown}");
    assert!(said.stdout.contains("2 more interrupted: neither answered nor failed"), "{shown}");
    for (table, name) in [("requests", "/slow"), ("steps", "wait")] {
        let cut_off = named(&place, table, name);
        assert_eq!(cut_off.len(), 2, "{shown}");
        for row in cut_off {
            assert_eq!((row.text("interrupted"), row.text("ok")), ("true".into(), String::new()), "{table}");
        }
    }
    assert!(named(&place, "requests", "/quick").iter().all(|row| row.text("ok") == "true"));
}

#[test]
fn what_the_iterations_own_time_limit_cuts_off_has_failed() {
    let (place, target) = (Place::new(), target(Behaviour::text("").stalling_at(1, Duration::from_secs(1))));
    let flags =
        ["-i", "8", "--iteration-timeout", "400ms", "--threshold", "requests.failed{name=/slow} rate < 1%"];
    let said = run(&place, &target, &flags);
    let report = place.report();
    let shown = format!("{}\n{report:#}", said.show());
    assert_eq!(said.code, Some(99), "{shown}");
    let failed = report["all_requests"]["failed"].as_u64().unwrap();
    assert!(failed >= 1, "{shown}");
    assert_eq!(report["all_requests"]["interrupted"], 0, "{shown}");
    let errors = report["errors"].as_array().unwrap();
    let error = errors.iter().find(|error| error["kind"] == "iteration timed out").expect(&shown);
    assert_eq!((&error["source"], &error["cause"]), (&"request".into(), &"target".into()), "{shown}");
    assert!(said.stdout.contains("the iteration took longer than 400ms"), "{shown}");
    let cut_off = named(&place, "requests", "/slow");
    let cut_off: Vec<_> = cut_off.iter().filter(|row| row.text("ok") == "false").collect();
    assert_eq!(cut_off.len() as u64, failed, "{shown}");
    for row in cut_off {
        assert_eq!(
            (row.text("error_kind"), row.text("interrupted")),
            ("iteration timed out".into(), "false".into())
        );
        // It waited for what the quick request left of the iteration's time.
        assert!(row.number("duration_ns") > 200_000_000, "{shown}");
    }
}

#[test]
fn a_run_in_which_everything_was_cut_off_has_still_measured_nothing() {
    let place = Place::new();
    let target = TargetServer::builder().route("/quick", never()).start();
    let said = run(&place, &target, &["-d", "1s", "--graceful-stop", "0s"]);
    assert_eq!(said.code, Some(111), "{}", said.show());
    assert!(
        said.stdout.starts_with("FAIL: the target did not answer the only request: interrupted"),
        "{}",
        said.show()
    );
}
