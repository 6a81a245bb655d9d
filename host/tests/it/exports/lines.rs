//! Rows as lines, where they do not simply go to a file.

use std::io::Read;
use std::process::Stdio;

use super::{by_table, command, place, run, target};
use crate::harness::{Place, Said, shows};
use crate::signals::{signal, wait_for};
use rustix::process::Signal;

/// More lines than a pipe holds of its own.
const MANY: [&str; 4] = ["-u", "4", "-i", "400"];

fn outcome(place: &Place) -> serde_json::Value {
    let run = std::fs::read_dir(place.path().join("runs")).unwrap().next().unwrap().unwrap().path();
    serde_json::from_str(&std::fs::read_to_string(run.join("outcome.json")).unwrap()).unwrap()
}

#[test]
fn a_reader_that_takes_nothing_does_not_keep_a_run_from_its_end() {
    let (place, target) = (place(), target());
    let mut command = command(&place, &target, &[&MANY[..], &["--export", "jsonl=-"]].concat());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut unread = child.stdout.take().unwrap();
    let said = Said::of(child.wait_with_output().unwrap(), place.path());
    assert_eq!(said.code, Some(0), "{}", said.show());
    let told = said.stderr.lines().find_map(|line| line.strip_prefix("warning: ")).unwrap_or_default();
    assert!(
        told.ends_with(
            " rows were not written to standard output: they were not taken within 10 s of the run's end; the dataset has them"
        ),
        "{}",
        said.show()
    );
    let rows: u64 = told.split(' ').next().unwrap().parse().unwrap();
    assert!(rows >= 400, "{told}");
    assert_eq!(outcome(&place)["unexported"], serde_json::json!([told]));
    let report = place.report();
    assert_eq!(report["iterations"]["completed"], 400);
    assert!(report["run"]["duration_ms"].as_f64().unwrap() < 10_000.0, "{:#}", report["run"]);
    // What was taken are lines.
    let mut taken = String::new();
    unread.read_to_string(&mut taken).unwrap();
    assert!(taken.starts_with("{\"table\":"), "{taken}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_pipe_with_a_name_is_written_when_somebody_reads_it() {
    let (place, target) = (place(), target());
    let pipe = place.path().join("rows");
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0)
        .unwrap();
    let reader = std::thread::spawn(move || std::fs::read_to_string(pipe).unwrap());
    let said = run(&place, &target, &["-i", "20", "--export", "jsonl=rows"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert!(!said.stderr.contains("warning:"), "{}", said.show());
    assert_eq!(by_table(&reader.join().unwrap())["iterations"].len(), 20);
}

#[test]
fn a_run_that_is_refused_leaves_the_rows_of_the_one_before() {
    let (place, target) = (place(), target());
    let old = place.file("old.jsonl", "what was here before\n");
    // Its folder is taken by a file: that shows only when the run is claimed.
    place.file("runs", "");
    for file in ["old.jsonl", "new.jsonl"] {
        let said = run(&place, &target, &["--export", &format!("jsonl={file}")]);
        assert!(said.code != Some(0) && said.stderr.contains("error:"), "{}", said.show());
    }
    assert_eq!(std::fs::read_to_string(old).unwrap(), "what was here before\n");
    assert!(!place.path().join("new.jsonl").exists());
    assert_eq!(target.total_requests(), 0);
}

#[test]
fn two_runs_do_not_write_one_file() {
    let (place, target) = (place(), target());
    let flags = ["-r", "20/s", "-d", "10m", "--export", "jsonl=rows.jsonl"];
    let mut first =
        command(&place, &target, &flags).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let rest = wait_for(&mut first, "rows as lines to rows.jsonl");
    let second = run(&place, &target, &["--export", "jsonl=rows.jsonl", "-u", "0"]);
    signal(&first, Signal::INT);
    drop(std::io::read_to_string(rest));
    assert_eq!(first.wait().unwrap().code(), Some(105));
    shows!(second.errors(), @r"
    exit 104
    error: another run writes its rows to 'rows.jsonl'
    hint: name another file, or wait until that run has ended
    error: --vus 0: nobody would run
    hint: at least 1
    ");
    let rows = by_table(&std::fs::read_to_string(place.path().join("rows.jsonl")).unwrap());
    let completed = place.report()["iterations"]["completed"].as_u64().unwrap();
    assert_eq!(rows.get("iterations").map_or(0, Vec::len) as u64, completed);
}
