//! Ctrl-C: once stops and reports, twice aborts, also when only teardown is still run.
#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStderr, Stdio};
use std::time::Duration;

use outrider_test_util::{Behaviour, Latency, TargetServer};
use rustix::process::Signal;

use crate::harness::{Place, Said, plugin};

/// Starts users that sleep, and waits until the plan is said.
fn sleeping(place: &Place, sleep_ms: u32) -> Child {
    let sleep = format!("sleep_ms={sleep_ms}");
    let args = [
        "run",
        &plugin("test-guest"),
        "--scenario",
        "main",
        "--set",
        "behaviour=sleeps",
        "--set",
        &sleep,
        "-u",
        "3",
        "-d",
        "10m",
    ];
    let mut command = place.command(args);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
}

pub(crate) fn signal(child: &Child, signal: Signal) {
    let pid = rustix::process::Pid::from_child(child);
    rustix::process::kill_process(pid, signal).expect("the program runs");
}

/// Reads standard error until a line holds `text`; returns the reader for the rest.
pub(crate) fn wait_for(child: &mut Child, text: &str) -> BufReader<ChildStderr> {
    let mut reader = BufReader::new(child.stderr.take().expect("standard error is piped"));
    read_until(&mut reader, text);
    reader
}

pub(crate) fn read_until(reader: &mut impl BufRead, text: &str) {
    let mut line = String::new();
    while reader.read_line(&mut line).expect("UTF-8") > 0 && !line.contains(text) {
        line.clear();
    }
    assert!(line.contains(text), "the program ended before it said {text:?}");
}

/// Waits until users run: the run's folder holds its record, and the guests are in their sleep.
pub(crate) fn wait_until_running(place: &Place) {
    let started = || {
        std::fs::read_dir(place.path().join("runs")).is_ok_and(|mut runs| {
            runs.next().is_some_and(|run| run.is_ok_and(|run| run.path().join("data").exists()))
        })
    };
    while !started() {
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn once_lets_iterations_finish_and_reports() {
    let place = Place::new();
    let mut child = sleeping(&place, 300);
    let rest = wait_for(&mut child, "rows to");
    wait_until_running(&place);
    signal(&child, Signal::INT);
    drop(std::io::read_to_string(rest));
    let said = Said::of(child.wait_with_output().unwrap(), place.path());
    assert_eq!(said.code, Some(105), "{}", said.show());
    let report = place.report();
    assert_eq!(report["run"]["status"], "interrupted");
    assert_eq!(report["iterations"]["interrupted"], 0, "{report:#}");
    assert_eq!(report["iterations"]["completed"], report["iterations"]["started"]);
    assert_eq!(report["completeness"]["complete"], true, "{report:#}");
}

#[test]
fn twice_interrupts_iterations_and_still_reports() {
    let place = Place::new();
    let mut child = sleeping(&place, 600_000);
    let rest = wait_for(&mut child, "rows to");
    wait_until_running(&place);
    signal(&child, Signal::INT);
    let mut rest = rest;
    read_until(&mut rest, "stopping");
    signal(&child, Signal::INT);
    drop(std::io::read_to_string(rest));
    let said = Said::of(child.wait_with_output().unwrap(), place.path());
    assert_eq!(said.code, Some(105), "{}", said.show());
    let report = place.report();
    assert_eq!(report["iterations"]["interrupted"], 3, "{report:#}");
    assert_eq!(report["completeness"]["complete"], true, "{report:#}");
}

#[test]
fn two_at_the_same_moment_are_both_heard() {
    let place = Place::new();
    let mut child = sleeping(&place, 600_000);
    let rest = wait_for(&mut child, "rows to");
    wait_until_running(&place);
    signal(&child, Signal::INT);
    signal(&child, Signal::TERM);
    drop(std::io::read_to_string(rest));
    let said = Said::of(child.wait_with_output().unwrap(), place.path());
    assert_eq!(said.code, Some(105), "{}", said.show());
    assert_eq!(place.report()["iterations"]["interrupted"], 3);
}

/// Starts a journey of quick iterations whose teardown asks the target for `/teardown`, then sleeps.
fn with_teardown(place: &Place, target: &TargetServer, iterate: &str, sleep: &str) -> Child {
    let source = format!(
        "import {{ http, sleep }} from \"@outrider/sdk\";\n\n\
         export default function () {{ {iterate} }}\n\n\
         export function teardown() {{\n  http.get(\"/teardown\");\n  sleep(\"{sleep}\");\n}}\n"
    );
    place.file("tidy.ts", source);
    let mut command = place.command(["run", "tidy.ts", "--target", &format!("http://{}", target.addr())]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
}

fn wait_for_teardown(target: &TargetServer) {
    while target.requests("/teardown") == 0 {
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn twice_gives_a_teardown_up_that_takes_too_long() {
    let place = Place::new();
    let target = TargetServer::builder().route("/teardown", Behaviour::status(204)).start();
    let mut child = with_teardown(&place, &target, "", "50s");
    wait_for_teardown(&target);
    signal(&child, Signal::INT);
    let mut rest = wait_for(&mut child, "stopping: teardown may finish");
    signal(&child, Signal::TERM);
    read_until(&mut rest, "aborting: teardown is given up");
    let words = std::io::read_to_string(rest).unwrap();
    let said = Said::of(child.wait_with_output().unwrap(), place.path());
    assert_eq!(said.code, Some(105), "{words}");
    assert!(words.contains("warning: teardown failed: given up"), "{words}");
    let report = place.report();
    assert_eq!(report["run"]["status"], "interrupted");
    assert_eq!(report["iterations"]["completed"], 1);
    assert_eq!(report["completeness"]["complete"], true, "{report:#}");
}

#[test]
fn a_second_one_gives_up_the_teardown_of_a_run_that_was_stopped() {
    let place = Place::new();
    let target = TargetServer::builder()
        .route("/teardown", Behaviour::status(204))
        .route("/slow", Behaviour::status(204).after(Latency::Constant(Duration::from_millis(300))))
        .start();
    let mut child = with_teardown(&place, &target, "http.get(\"/slow\");", "50s");
    while target.requests("/slow") == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    signal(&child, Signal::INT);
    let rest = wait_for(&mut child, "stopping: iterations under way may finish");
    wait_for_teardown(&target);
    signal(&child, Signal::INT);
    drop(std::io::read_to_string(rest));
    let said = Said::of(child.wait_with_output().unwrap(), place.path());
    assert_eq!(said.code, Some(105), "{}", said.show());
    assert_eq!(place.report()["iterations"]["completed"], 1, "the iteration was let finish");
}

#[test]
fn once_lets_teardown_finish_and_a_finished_run_is_finished() {
    let place = Place::new();
    let slow = Behaviour::status(204).after(Latency::Constant(Duration::from_millis(500)));
    let target = TargetServer::builder().route("/teardown", slow).start();
    let mut child = with_teardown(&place, &target, "", "0ms");
    wait_for_teardown(&target);
    signal(&child, Signal::INT);
    let rest = wait_for(&mut child, "stopping: teardown may finish");
    drop(std::io::read_to_string(rest));
    let said = Said::of(child.wait_with_output().unwrap(), place.path());
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert_eq!(place.report()["run"]["status"], "finished");
}

#[test]
fn a_check_that_is_ended_runs_teardown_and_says_so() {
    let place = Place::new();
    let target = TargetServer::builder().route("/", Behaviour::text("bye")).start();
    let url = target.url("");
    place.file(
        "sleeps.ts",
        r#"import { http, log, sleep } from "@outrider/sdk";
export default function () {
  log.info("asleep");
  sleep(600_000);
}
export function teardown() {
  http.get("/");
}
"#,
    );
    let mut command = place.command(["check", "sleeps.ts", "--target", &url]);
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let rest = wait_for(&mut child, "asleep");
    signal(&child, Signal::INT);
    drop(std::io::read_to_string(rest));
    let said = Said::of(child.wait_with_output().unwrap(), place.path());
    assert_eq!(said.code, Some(105), "{}", said.show());
    assert!(said.stdout.starts_with("FAIL: interrupted\n"), "{}", said.show());
    assert_eq!(target.total_requests(), 1, "teardown ran");
}
