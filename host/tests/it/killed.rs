//! A run that is killed (`kill -9`): what was rolled before is there, once, and the report says what is not.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use outrider_test_util::{Behaviour, TargetServer};

use crate::exchanges::journey;
use crate::harness::Place;
use crate::tables::rows;

/// Starts one user who comes fifty times a second.
fn start(place: &Place, target: &TargetServer) -> Child {
    let (journey, url) = (journey(place), target.url(""));
    let args = ["run", &journey, "--scenario", "visits", "--target", &url, "-u", "1", "-d", "10m"];
    let mut command = place.command(args);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts")
}

/// Waits until `there` finds something in the run's folder.
fn wait_for<T>(child: &mut Child, place: &Place, there: impl Fn(&Path) -> Option<T>) -> T {
    loop {
        let run = std::fs::read_dir(place.path().join("runs")).ok().and_then(|mut runs| runs.next());
        if let Some(found) = run.and_then(|run| there(&run.unwrap().path())) {
            return found;
        }
        assert!(child.try_wait().unwrap().is_none(), "the program ended by itself");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

fn existing(path: PathBuf) -> Option<PathBuf> {
    path.exists().then_some(path)
}

/// What is missing by the report, without what differs from run to run.
fn missing(report: &serde_json::Value) -> Vec<String> {
    let lines =
        report["completeness"]["missing"].as_array().unwrap().iter().map(|line| line.as_str().unwrap());
    let known =
        ["the run has no outcome", "worker 0 did not finish: its rows after", "worker 0 has no manifest"];
    let windows = "percentiles and metrics stand on";
    lines
        .filter(|line| !line.starts_with(windows))
        .map(|line| known.iter().find(|known| line.starts_with(**known)).unwrap_or(&line).to_string())
        .collect()
}

#[test]
fn what_was_rolled_before_is_there_once_and_the_report_says_what_is_not() {
    let target = TargetServer::builder().route("/ok", Behaviour::text("ok")).start();
    let place = Place::new();
    let mut child = start(&place, &target);
    // The first parts are ten seconds of rows; no flag makes that shorter.
    wait_for(&mut child, &place, |run| existing(run.join("manifest/worker-0000.json")));
    kill(child);

    let report = place.report();
    assert_eq!(report["run"]["status"], "incomplete", "{report:#}");
    assert_eq!(report["verdict"], "fail", "{report:#}");
    assert_eq!(missing(&report), ["the run has no outcome", "worker 0 did not finish: its rows after"]);
    // One user's iterations are numbered one after the other: none came twice, and none is missing between.
    let mut indices: Vec<i64> =
        rows(&place, "iterations").iter().map(|row| row.number("iteration")).collect();
    indices.sort_unstable();
    assert_eq!(indices, (0..indices.len() as i64).collect::<Vec<_>>());
    assert_eq!(report["iterations"]["completed"], indices.len(), "{report:#}");
    let requests = rows(&place, "requests").len() as u64;
    assert_eq!(report["all_requests"]["count"], requests, "{report:#}");
    assert!((1..=target.total_requests()).contains(&requests), "{requests} of {}", target.total_requests());

    let said = place.host(["report"]);
    assert!(said.stdout.starts_with("FAIL: the run is incomplete"), "{}", said.show());
    assert!(said.stdout.contains("✗ INCOMPLETE:"), "{}", said.show());
    let said = place.host(["runs"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert_eq!(said.stdout.lines().count(), 2, "{}", said.show());
    assert!(said.stdout.lines().nth(1).unwrap().contains("  incomplete  "), "{}", said.show());
}

#[test]
fn a_run_killed_before_its_first_parts_has_a_report_and_is_in_nobodys_way() {
    let target = TargetServer::builder().route("/ok", Behaviour::text("ok")).start();
    let place = Place::new();
    let mut child = start(&place, &target);
    wait_for(&mut child, &place, |run| existing(run.join("run.json")));
    kill(child);
    let report = place.report();
    assert_eq!(missing(&report), ["the run has no outcome", "worker 0 has no manifest"], "{report:#}");

    let journey = journey(&place);
    let again = place.host(["run", &journey, "--scenario", "visits", "--target", &target.url("")]);
    assert_eq!(again.code, Some(0), "{}", again.show());
    assert_eq!(place.report()["completeness"]["complete"], true, "{}", again.show());
}
