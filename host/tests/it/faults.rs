//! Folders that can only be read, datasets that were moved, cut or damaged, clocks that jumped: what the program says of
//! them, and that it says it.
#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use outrider_test_util::{Behaviour, TargetServer};
use serde_json::Value;

use crate::exchanges::journey;
use crate::harness::{Place, Said};

/// A place with a run of one second.
fn with_a_run() -> (Place, TargetServer) {
    let target = TargetServer::builder().route("/ok", Behaviour::text("ok")).start();
    let place = Place::new();
    let said = place.host(run_args(&place, &target));
    assert_eq!(said.code, Some(0), "{}", said.show());
    (place, target)
}

fn run_args(place: &Place, target: &TargetServer) -> Vec<String> {
    let args = ["run", &journey(place), "--scenario", "visits", "--target", &target.url(""), "-d", "1s"];
    args.map(str::to_owned).into()
}

/// The folder of the only run.
fn run_of(place: &Path) -> PathBuf {
    std::fs::read_dir(place.join("runs")).unwrap().next().unwrap().unwrap().path()
}

/// Lets `change` edit a JSON document.
fn edit(file: &Path, change: impl FnOnce(&mut Value)) {
    let mut document = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    change(&mut document);
    std::fs::write(file, serde_json::to_vec(&document).unwrap()).unwrap();
}

fn report(place: &Place, named: &Path) -> Value {
    let said = place.host(["report", named.to_str().unwrap(), "--format", "json"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    serde_json::from_str(&said.stdout).unwrap()
}

fn missing(report: &Value) -> Vec<&str> {
    report["completeness"]["missing"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect()
}

/// The program as a user whom modes of folders bind: root's right to write everywhere is given up.
fn bound_by_modes(place: &Place, args: &[String]) -> Said {
    let host = place.command(args);
    let mut command = Command::new("setpriv");
    if rustix::process::geteuid().is_root() {
        command.args(["--bounding-set=-dac_override,-dac_read_search,-fowner", "--"]);
        command.arg(host.get_program()).args(args);
    } else {
        command = Command::new(host.get_program());
        command.args(args);
    }
    for (name, value) in host.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    Said::of(command.current_dir(place.path()).output().unwrap(), place.path())
}

fn set_mode(folder: &Path, mode: u32) {
    for entry in std::fs::read_dir(folder).unwrap().flatten().filter(|entry| entry.path().is_dir()) {
        set_mode(&entry.path(), mode);
    }
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_folder_that_can_only_be_read_is_reported_and_takes_no_run() {
    let (place, target) = with_a_run();
    let (runs, before) = (place.path().join("runs"), target.total_requests());
    set_mode(&runs, 0o555);
    let words = |args: &[&str]| args.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let report = bound_by_modes(&place, &words(&["report"]));
    let run = bound_by_modes(&place, &run_args(&place, &target));
    let open = bound_by_modes(&place, &words(&["report", "--open"]));
    let remove = bound_by_modes(&place, &words(&["runs", "rm", "2"]));
    set_mode(&runs, 0o755);

    assert!(report.stdout.contains("match the manifest"), "{}", report.show());
    assert_eq!(run.code, Some(104), "{}", run.show());
    assert!(run.errors().contains("error: cannot write 'runs/"), "{}", run.show());
    assert!(run.errors().contains("ermission denied") && run.errors().contains("hint: "), "{}", run.show());
    assert_eq!(target.total_requests(), before, "there was no load");
    assert!(open.errors().contains("hint: `host report --format html > FILE`"), "{}", open.show());
    assert!(remove.errors().contains("error: cannot remove the run"), "{}", remove.show());
    assert!(run_of(place.path()).join("run.json").exists());
}

#[test]
fn a_run_can_be_moved_and_one_that_was_copied_in_part_says_what_it_lacks() {
    let (place, _target) = with_a_run();
    let run = run_of(place.path());
    let moved = place.path().join("elsewhere/runs").join(run.file_name().unwrap());
    std::fs::create_dir_all(moved.parent().unwrap()).unwrap();
    std::fs::rename(&run, &moved).unwrap();
    assert_eq!(report(&place, &moved)["completeness"]["complete"], true);

    // As a copy that was broken off leaves it.
    let part = moved.join("data/requests/worker=0/part-000000.parquet");
    let whole = std::fs::read(&part).unwrap();
    std::fs::write(&part, &whole[..whole.len() / 2]).unwrap();
    std::fs::remove_file(moved.join("data/iterations/worker=0/part-000000.parquet")).unwrap();
    let cut = report(&place, &moved);
    let said = missing(&cut).join("\n");
    assert!(said.contains("data/requests/worker=0/part-000000.parquet has "), "{said}");
    assert!(said.contains("data/iterations/worker=0/part-000000.parquet is missing"), "{said}");

    std::fs::remove_file(moved.join("outcome.json")).unwrap();
    std::fs::remove_dir_all(moved.join("manifest")).unwrap();
    let said = missing(&report(&place, &moved)).join("\n");
    assert!(said.contains("worker 0 has no manifest"), "{said}");
    std::fs::remove_file(moved.join("run.json")).unwrap();
    let gone = place.host(["report", moved.to_str().unwrap()]);
    assert_eq!(gone.code, Some(104), "{}", gone.show());
    assert!(gone.errors().contains("hint: "), "{}", gone.show());
}

#[test]
fn a_bit_that_flips_in_a_part_never_ends_the_report() {
    let (place, _target) = with_a_run();
    let run = run_of(place.path());
    let part = run.join("data/requests/worker=0/part-000000.parquet");
    let whole = std::fs::read(&part).unwrap();
    let mut named = 0;
    const FLIPS: usize = 16;
    for flip in 0..FLIPS {
        let mut bytes = whole.clone();
        // The last one is in the magic bytes at the end, the others are all over the file.
        let at = (flip + 1) * whole.len() / FLIPS - 1;
        bytes[at] ^= 1 << (flip % 8);
        std::fs::write(&part, &bytes).unwrap();
        let report = report(&place, &run);
        let lines = missing(&report);
        // What is not seen in the rows alone is no promise: digests show it.
        assert!(
            lines.is_empty() || lines.iter().any(|line| line.contains("requests")),
            "byte {at}: {lines:?}"
        );
        named += usize::from(lines.iter().any(|line| line.contains("part-000000.parquet")));
    }
    assert!(named >= 2, "only {named} of {FLIPS} flips were noticed");
}

#[test]
fn a_run_of_a_clock_that_jumped_is_reported_in_every_form() {
    let (place, _target) = with_a_run();
    let run = run_of(place.path());
    for (started_at, ended_at) in [
        // Made by a machine whose clock was far ahead.
        ("2099-01-01T00:00:00.000000000Z", "2099-01-01T00:00:01.000000000Z"),
        // Set back while it was made: it ended before it began.
        ("2099-01-01T00:00:00.000000000Z", "2020-01-01T00:00:00.000000000Z"),
        // Before clocks of computers began.
        ("1969-12-31T23:59:59.000000000Z", "1970-01-01T00:00:00.000000000Z"),
    ] {
        edit(&run.join("run.json"), |record| record["started_at"] = started_at.into());
        edit(&run.join("outcome.json"), |outcome| outcome["ended_at"] = ended_at.into());
        for format in ["text", "json", "md", "junit", "csv", "html"] {
            let said = place.host(["report", "--format", format]);
            assert_eq!(said.code, Some(0), "{started_at} {format}: {}", said.show());
            assert!(said.stdout.len() > 100, "{started_at} {format}: {}", said.show());
        }
        let listed = place.host(["runs"]);
        assert_eq!((listed.code, listed.stdout.lines().count()), (Some(0), 2), "{}", listed.show());
    }
    edit(&run.join("run.json"), |record| record["started_at"] = "2099-01-01T00:00:00Z".into());
    let kept = place.host(["runs", "rm", "--older-than", "1d"]);
    assert!(kept.stderr.contains("removed 0 runs"), "what is yet to come is not old: {}", kept.show());
}
