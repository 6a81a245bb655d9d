//! Output that nobody gets: said, unless the reader simply went away.
#![cfg(target_os = "linux")]

use std::process::Stdio;

use crate::harness::{Place, Said, plugin, shows};

/// Runs the program with a standard output on which nothing can be written.
fn to_full_disk(place: &Place, args: &[&str]) -> Said {
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    Said::of(place.command(args).stdout(full).output().unwrap(), place.path())
}

fn with_a_run() -> Place {
    let place = Place::new();
    let said = place.host(["run", &plugin("test-guest")]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    place
}

#[test]
fn lost_output_is_said_and_is_no_success() {
    let place = with_a_run();
    shows!(to_full_disk(&place, &["report"]).show(), @r#"
    exit 1
    --- stderr
    error: cannot write to standard output
      caused by: No space left on device (os error 28)
    "#);
    let inspected = plugin("test-guest");
    for args in [&["runs"][..], &["report", "--format", "json"], &["inspect", &inspected], &["--help"]] {
        let said = to_full_disk(&place, args);
        assert_eq!(said.code, Some(1), "{args:?}: {}", said.show());
        assert!(said.stderr.contains("cannot write to standard output"), "{args:?}: {}", said.show());
    }
}

#[test]
fn a_run_whose_report_is_lost_is_kept() {
    let place = Place::new();
    let said = to_full_disk(&place, &["run", &plugin("test-guest"), "-i", "3"]);
    assert_eq!(said.code, Some(1), "{}", said.show());
    assert_eq!(place.report()["iterations"]["completed"], 3);
}

#[test]
fn the_first_reason_wins_over_lost_output() {
    let place = Place::new();
    let args = ["run", &plugin("test-guest"), "--set", "behaviour=panics", "--scenario", "main"];
    let said = to_full_disk(&place, &args);
    assert_eq!(said.code, Some(107), "{}", said.show());
    assert!(said.stderr.contains("cannot write to standard output"), "{}", said.show());
}

#[test]
fn a_reader_that_went_away_is_no_error() {
    let place = with_a_run();
    for args in [&["report"][..], &["runs"], &["--help"]] {
        let mut child = place.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let said = Said::of(child.wait_with_output().unwrap(), place.path());
        assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""), "{args:?}");
    }
}
