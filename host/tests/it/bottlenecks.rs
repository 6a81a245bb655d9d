//! A generator that is the bottleneck says so, second by second.

use std::process::Command;
use std::time::Duration;

use outrider_test_util::{Behaviour, Latency, TargetServer};

use crate::harness::{Place, Said};
use crate::tables::rows;

/// Six connections of each user, as a browser opens them.
const JOURNEY: &str = r#"import { http } from "@outrider/sdk";

export default function () {
  http.batch(["/1", "/2", "/3", "/4", "/5", "/6"]);
}
"#;

/// The causes that the rows of `system` may name.
const CAUSES: [&str; 8] =
    ["open files", "sockets", "memory", "cpu", "others' cpu", "sample queue", "event loop", "late starts"];

/// Every answer takes half a second: the run has seconds to be looked at, and its connections are open.
fn target() -> TargetServer {
    let slow = Behaviour::text("").after(Latency::Constant(Duration::from_millis(500)));
    TargetServer::builder().route("/*", slow).start()
}

#[test]
fn the_report_says_what_the_rows_name() {
    let (place, target) = (Place::new(), target());
    place.file("journey.ts", JOURNEY);
    let said = place.host(["run", "journey.ts", "--target", &target.url(""), "-u", "2", "-d", "2s"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let seconds = rows(&place, "system");
    assert!(!seconds.is_empty());
    let named: Vec<String> = seconds.iter().map(|row| row.text("bottleneck")).collect();
    assert!(named.iter().all(|name| name.is_empty() || CAUSES.contains(&name.as_str())), "{named:?}");
    let report = place.report();
    let reported = report["generator"]["bottlenecks"].as_array().unwrap();
    // Seconds in a row with one cause are one stretch.
    let mut expected = named.clone();
    expected.dedup();
    expected.retain(|name| !name.is_empty());
    let causes: Vec<&str> = reported.iter().map(|one| one["cause"].as_str().unwrap()).collect();
    assert_eq!(causes, expected, "{report:#}");
    assert!(cfg!(not(target_os = "linux")) || seconds.iter().all(|row| row.number("local_ports") > 0));
}

/// Runs the program with so many open files at most.
#[cfg(target_os = "linux")]
fn with_open_files(place: &Place, files: u32, args: &[&str]) -> Said {
    let host = place.command(args);
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("ulimit -n {files} && exec \"$0\" \"$@\""));
    shell.arg(host.get_program()).args(host.get_args()).current_dir(place.path());
    for (key, value) in host.get_envs() {
        match value {
            Some(value) => shell.env(key, value),
            None => shell.env_remove(key),
        };
    }
    shell.stdin(std::process::Stdio::null());
    Said::of(shell.output().expect("there is a shell"), place.path())
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_that_comes_near_the_limit_of_open_files_says_when() {
    let (place, target) = (Place::new(), target());
    place.file("journey.ts", JOURNEY);
    // Forty-four users may be had with 300 files, as 256 are kept free for the program. Each opens six connections, 264 in
    // all, and the program has a dozen.
    let target = target.url("");
    let args = ["run", "journey.ts", "--target", &target, "-u", "44", "-d", "3s"];
    let said = with_open_files(&place, 300, &args);
    let shown = || format!("{}\n{:#}", said.show(), place.report());
    assert_eq!(said.code, Some(0), "{}", shown());
    let near: Vec<_> =
        rows(&place, "system").iter().map(|row| (row.number("open_files"), row.text("bottleneck"))).collect();
    assert!(near.iter().any(|(files, cause)| *files >= 270 && cause == "open files"), "{near:?}");
    let report = place.report();
    let stretches = report["generator"]["bottlenecks"].as_array().unwrap();
    assert!(stretches.iter().any(|stretch| stretch["cause"] == "open files"), "{}", shown());
    assert!(said.stdout.contains("bottleneck: ") && said.stdout.contains("open files "), "{}", shown());
    assert!(!said.stdout.contains("kept its promise"), "{}", shown());
}
