//! A run that is killed (`kill -9`), at any moment: what it measured until a moment before is there, once, and the
//! report says what is not. The report, which recovers it, may be killed as well.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use outrider_test_util::{Behaviour, TargetServer};

use crate::exchanges::journey;
use crate::harness::Place;
use crate::tables::rows;

/// How often a run is killed.
const KILLS: u64 = 200;

/// The one user's last iteration.
const UNDER_WAY: &str = "iterations that had not ended have no row: at most 1, as there was one VU";

/// Five seconds.
const LONG_BEFORE: Duration = Duration::from_secs(5);

/// How many of them at a time: most of each is waiting.
const AT_A_TIME: usize = 8;

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
    let known = [
        "the run has no outcome",
        "worker 0 did not finish: its rows after",
        "worker 0 has no manifest",
        UNDER_WAY,
    ];
    lines
        .map(|line| known.iter().find(|known| line.starts_with(**known)).unwrap_or(&line).to_string())
        .collect()
}

#[test]
fn what_was_rolled_or_logged_before_is_there_once_and_the_report_says_what_is_not() {
    let target = TargetServer::builder().route("/ok", Behaviour::text("ok")).start();
    let place = Place::new();
    let mut child = start(&place, &target);
    // The first parts are ten seconds of rows; no flag makes that shorter.
    wait_for(&mut child, &place, |run| existing(run.join("manifest/worker-0000.json")));
    wait_for(&mut child, &place, |run| existing(run.join("wal/worker-0000/segment-0001.wal")));
    kill(child);

    let report = place.report();
    assert_eq!(report["run"]["status"], "incomplete", "{report:#}");
    assert_eq!(report["verdict"], "fail", "{report:#}");
    let did_not_finish = "worker 0 did not finish: its rows after";
    assert_eq!(missing(&report), ["the run has no outcome", did_not_finish, UNDER_WAY]);
    // One user's iterations are numbered one after the other: none came twice, and none is missing between.
    let mut indices: Vec<i64> =
        rows(&place, "iterations").iter().map(|row| row.number("iteration")).collect();
    indices.sort_unstable();
    assert_eq!(indices, (0..indices.len() as i64).collect::<Vec<_>>());
    assert_eq!(report["iterations"]["completed"], indices.len(), "{report:#}");
    let requests = rows(&place, "requests").len() as u64;
    assert_eq!(report["all_requests"]["count"], requests, "{report:#}");
    assert!((1..=target.total_requests()).contains(&requests), "{requests} of {}", target.total_requests());

    let said = place.host(["report", "sql", "--format", "csv", "select verdict, lost_samples from runs"]);
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), "verdict,lost_samples\n,\n"), "{}", said.show());

    let said = place.host(["report"]);
    assert!(said.stdout.starts_with("FAIL: the run is incomplete"), "{}", said.show());
    assert!(said.stdout.contains("✗ INCOMPLETE:"), "{}", said.show());
    let said = place.host(["runs"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert_eq!(said.stdout.lines().count(), 2, "{}", said.show());
    assert!(said.stdout.lines().nth(1).unwrap().contains("  incomplete  "), "{}", said.show());
}

#[test]
fn a_run_killed_before_it_logged_anything_has_a_report_and_is_in_nobodys_way() {
    let target = TargetServer::builder().route("/ok", Behaviour::text("ok")).start();
    let place = Place::new();
    let mut child = start(&place, &target);
    let run = wait_for(&mut child, &place, |run| existing(run.join("run.json")).map(|_| run.to_owned()));
    kill(child);
    // As if it had been killed a moment earlier, if it was not.
    std::fs::remove_dir_all(run.join("wal")).unwrap_or_default();
    let report = place.report();
    let no_manifest = "worker 0 has no manifest";
    assert_eq!(missing(&report), ["the run has no outcome", no_manifest, UNDER_WAY], "{report:#}");

    let journey = journey(&place);
    let again = place.host(["run", &journey, "--scenario", "visits", "--target", &target.url("")]);
    assert_eq!(again.code, Some(0), "{}", again.show());
    assert_eq!(place.report()["completeness"]["complete"], true, "{}", again.show());
}

#[test]
fn what_a_run_that_goes_on_has_logged_is_not_touched() {
    let target = TargetServer::builder().route("/ok", Behaviour::text("ok")).start();
    let place = Place::new();
    let mut child = start(&place, &target);
    wait_for(&mut child, &place, |run| existing(run.join("wal/worker-0000/segment-0000.wal")));
    let said = place.host(["recover"]);
    assert_eq!(
        (said.code, said.stderr.as_str()),
        (Some(0), "there is nothing to recover\n"),
        "{}",
        said.show()
    );
    let report = place.host(["report"]);
    assert!(report.stdout.starts_with("RUNNING"), "{}", report.show());
    kill(child);

    let listed = place.host(["runs"]);
    assert!(listed.stderr.starts_with("note: recovered "), "{}", listed.show());
    assert!(!rows(&place, "requests").is_empty());
    assert_eq!(place.host(["recover"]).stderr, "there is nothing to recover\n");
}

#[test]
fn recover_says_what_it_brought_back_for_people_and_programs() {
    let target = TargetServer::builder().route("/ok", Behaviour::text("ok")).start();
    let place = Place::new();
    let killed = || {
        let mut child = start(&place, &target);
        let run = wait_for(&mut child, &place, |run| {
            existing(run.join("wal/worker-0000/segment-0000.wal")).map(|_| run.to_owned())
        });
        let served = target.total_requests();
        wait_for(&mut child, &place, |_| (target.total_requests() > served + 50).then_some(()));
        kill(child);
        run
    };
    let run = killed();
    let id = run.file_name().unwrap().to_str().unwrap();
    let said = place.host(["recover"]);
    let line = said.stdout.strip_prefix(&format!("{id}: ")).unwrap_or_else(|| panic!("{}", said.show()));
    assert!(line.contains(" rows of worker 0, which was killed; those after 2"), "{}", said.show());
    assert!(said.stdout.trim_end().ends_with(" are lost"), "{}", said.show());
    std::fs::remove_dir_all(run).unwrap();

    let run = killed();
    let json = place.host(["recover", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json["runs"][0]["id"], run.file_name().unwrap().to_str().unwrap());
    let worker = &json["runs"][0]["workers"][0];
    assert_eq!(worker["rows"]["requests"], rows(&place, "requests").len(), "{json:#}");
    assert_eq!(worker["damage"], serde_json::Value::Null);
    let unknown = place.host(["recover", "20000101"]);
    assert!(
        unknown.errors().starts_with("exit 104\nerror: there is no run '20000101'"),
        "{}",
        unknown.show()
    );
}

#[test]
fn what_cannot_be_recovered_is_said_and_stays_until_it_can() {
    let target = TargetServer::builder().route("/ok", Behaviour::text("ok")).start();
    let place = Place::new();
    let mut child = start(&place, &target);
    let log = |run: &Path| existing(run.join("wal/worker-0000/segment-0000.wal")).map(|_| run.to_owned());
    let run = wait_for(&mut child, &place, log);
    wait_for(&mut child, &place, |_| (target.total_requests() > 100).then_some(()));
    kill(child);
    // As on a disk that is full or can only be read.
    std::fs::write(run.join("data"), "in the way").unwrap();

    let said = place.host(["report"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let id = run.file_name().unwrap().to_str().unwrap();
    let note = format!("note: the last rows of the run '{id}' cannot be recovered: ");
    assert!(said.stderr.starts_with(&note) && said.stderr.contains("\nhint: "), "{}", said.show());
    assert!(said.stdout.starts_with("FAIL: the run is incomplete"), "{}", said.show());
    let recover = place.host(["recover"]);
    assert!(
        recover.errors().starts_with(&format!("exit 1\nerror: the last rows of the run '{id}'")),
        "{}",
        recover.show()
    );

    std::fs::remove_file(run.join("data")).unwrap();
    assert!(place.host(["report"]).stderr.starts_with("note: recovered "));
    assert!(rows(&place, "requests").len() > 50);
}

/// Numbers that look like chance and are the same in each run of the test.
fn chance(seed: u64) -> u64 {
    let mixed = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 33
}

/// Starts a run and kills it after this time, which leaves rows or does not; starts a report and kills it as well; and looks at what is there.
fn kill_and_report(number: u64, lasts: Duration) -> bool {
    let target = TargetServer::builder().route("/ok", Behaviour::text("ok")).start();
    let place = Place::new();
    let mut child = start(&place, &target);
    // Half of them after that time of their run, however slow the machine is to start one.
    if number % 2 == 1 {
        wait_for(&mut child, &place, |run| existing(run.join("run.json")));
    }
    // Long before the end: less than a second may be lost, but how fast a busy machine is proves nothing.
    std::thread::sleep(lasts.saturating_sub(LONG_BEFORE));
    let promised = target.total_requests();
    std::thread::sleep(lasts.min(LONG_BEFORE));
    kill(child);

    let mut report = place.command(["report"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(chance(number + 1_000) % 120));
    report.kill().unwrap();
    report.wait().unwrap();

    let first = place.host(["report", "--format", "json"]);
    if first.code == Some(104) {
        assert!(
            first.stderr.contains("there is no run in") || first.stderr.contains("cannot read"),
            "{}",
            first.show()
        );
        return false;
    }
    assert_eq!(first.code, Some(0), "kill {number}: {}", first.show());
    let again = place.host(["report", "--format", "json"]);
    assert_eq!(first.stdout, again.stdout, "kill {number}: a report that is asked for twice is the same");
    let report: serde_json::Value = serde_json::from_str(&first.stdout).unwrap();
    assert_eq!(report["run"]["status"], "incomplete", "kill {number}: {report:#}");
    let said = missing(&report);
    assert!(
        said.iter().all(|line| !line.contains("percentiles")),
        "kill {number}: rows and windows differ: {report:#}"
    );

    let iterations: Vec<i64> = rows(&place, "iterations").iter().map(|row| row.number("iteration")).collect();
    let once: BTreeSet<i64> = iterations.iter().copied().collect();
    assert_eq!(iterations.len(), once.len(), "kill {number}: a row is there twice");
    assert!(once.iter().copied().eq(0..once.len() as i64), "kill {number}: a row is missing between others");
    assert_eq!(report["iterations"]["completed"], once.len(), "kill {number}: {report:#}");
    let requests = rows(&place, "requests").len() as u64;
    assert_eq!(report["all_requests"]["count"].as_u64().unwrap_or(0), requests, "kill {number}: {report:#}");
    assert!(requests <= target.total_requests(), "kill {number}: {requests} of {}", target.total_requests());
    // One may have been answered and not yet been recorded.
    assert!(requests + 1 >= promised, "kill {number}: {requests} rows, {promised} requests long before");
    let run = std::fs::read_dir(place.path().join("runs")).unwrap().next().unwrap().unwrap().path();
    // One that was killed between making the folder and making the file leaves the folder.
    let log = std::fs::read_dir(run.join("wal/worker-0000")).into_iter().flatten().count();
    assert_eq!(log, 0, "kill {number}: the log stays");
    requests > 0
}

#[test]
fn two_hundred_runs_killed_at_any_moment_and_their_reports_too() {
    let (next, with_rows) = (AtomicU64::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= KILLS {
                        break;
                    }
                    // Most while they start or in their first second, some when parts were cut and more are due.
                    let longest = if number.is_multiple_of(20) { 12_500 } else { 1_500 };
                    if kill_and_report(number, Duration::from_millis(chance(number) % longest)) {
                        with_rows.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let with_rows = with_rows.into_inner();
    assert!(with_rows >= KILLS / 10, "only {with_rows} of {KILLS} runs lived long enough to prove anything");
}
