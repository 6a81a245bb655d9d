//! Ctrl-C: once stops and reports, twice aborts.
#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

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

fn signal(child: &Child, signal: rustix::process::Signal) {
    let pid = rustix::process::Pid::from_child(child);
    rustix::process::kill_process(pid, signal).expect("the program runs");
}

/// Reads standard error until a line holds `text`; returns the reader for the rest.
fn wait_for(child: &mut Child, text: &str) -> BufReader<std::process::ChildStderr> {
    let mut reader = BufReader::new(child.stderr.take().expect("standard error is piped"));
    let mut line = String::new();
    while reader.read_line(&mut line).expect("UTF-8") > 0 && !line.contains(text) {
        line.clear();
    }
    assert!(line.contains(text), "the program ended before it said {text:?}");
    reader
}

/// Waits until users run: the run's folder holds its record, and the guests are in their sleep.
fn wait_until_running(place: &Place) {
    let started = || {
        std::fs::read_dir(place.path().join("runs")).is_ok_and(|mut runs| {
            runs.next().is_some_and(|run| run.is_ok_and(|run| run.path().join("data").exists()))
        })
    };
    while !started() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

#[test]
fn once_lets_iterations_finish_and_reports() {
    let place = Place::new();
    let mut child = sleeping(&place, 300);
    let rest = wait_for(&mut child, "rows to");
    wait_until_running(&place);
    signal(&child, rustix::process::Signal::INT);
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
    signal(&child, rustix::process::Signal::INT);
    let mut lines = rest.lines();
    while !lines.next().expect("the program goes on").expect("UTF-8").contains("stopping") {}
    signal(&child, rustix::process::Signal::INT);
    lines.for_each(drop);
    let said = Said::of(child.wait_with_output().unwrap(), place.path());
    assert_eq!(said.code, Some(105), "{}", said.show());
    let report = place.report();
    assert_eq!(report["iterations"]["interrupted"], 3, "{report:#}");
    assert_eq!(report["completeness"]["complete"], true, "{report:#}");
}
