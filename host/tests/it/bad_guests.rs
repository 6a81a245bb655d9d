//! Guests that misbehave: each fails alone, with a reason, and what was measured is kept.

use crate::harness::{Place, plugin, shows};
use crate::tables::rows;

fn run(place: &Place, sets: &[&str], flags: &[&str]) -> crate::harness::Said {
    let mut args = vec!["run".to_owned(), plugin("test-guest"), "--scenario".to_owned(), "main".to_owned()];
    for set in sets {
        args.extend(["--set".to_owned(), (*set).to_owned()]);
    }
    args.extend(flags.iter().map(|flag| (*flag).to_owned()));
    place.host(args)
}

#[test]
fn a_guest_that_panics_in_every_iteration_shows_message_and_place() {
    let place = Place::new();
    let said = run(&place, &["behaviour=panics"], &["-i", "3"]);
    assert_eq!(said.code, Some(107), "{}", said.show());
    assert!(said.stderr.contains("the journey broke in every iteration"), "{}", said.show());
    assert!(said.stderr.contains("panicked at "), "{}", said.show());
    assert!(said.stderr.contains(".rs:"), "{}", said.show());
    let report = place.report();
    assert_eq!(report["iterations"]["failed"], 3);
    assert_eq!(report["completeness"]["complete"], true, "{report:#}");
}

#[test]
fn a_trap_in_one_user_disturbs_no_other() {
    let place = Place::new();
    let said =
        run(&place, &["behaviour=traps", "vu=2"], &["-u", "4", "-i", "5", "--executor", "per-vu-iterations"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let report = place.report();
    assert_eq!(report["iterations"]["completed"], 15, "{report:#}");
    assert_eq!(report["iterations"]["failed"], 5, "the broken user is made anew each time: {report:#}");
}

#[test]
fn a_guest_that_loops_for_ever_is_stopped() {
    let place = Place::new();
    let said = run(&place, &["behaviour=spins"], &["--max-cpu", "200ms"]);
    shows!(said.errors(), @r#"
    exit 107
    error: the journey broke in every iteration
      caused by: cpu limit: used more than 200ms of CPU time
    "#);
}

#[test]
fn waiting_costs_a_guest_no_cpu_time() {
    let place = Place::new();
    let source = "import { sleep } from \"@outrider/sdk\";\n\n\
                  export default function () {\n  for (let i = 0; i < 40; i++) sleep(15);\n}\n";
    place.file("patient.ts", source);
    let said = place.host(["run", "patient.ts", "--max-cpu", "200ms"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert_eq!(place.report()["iterations"]["completed"], 1, "{}", said.show());
}

#[test]
fn a_guest_that_allocates_for_ever_is_stopped() {
    let place = Place::new();
    let said = run(&place, &["behaviour=allocates"], &["--max-memory", "16MiB"]);
    shows!(said.errors(), @r#"
    exit 107
    error: the journey broke in every iteration
      caused by: memory limit: asked for more than 16 MiB of memory
    "#);
}

#[test]
fn a_guest_that_prints_for_ever_is_bounded() {
    let place = Place::new();
    let said = run(&place, &["behaviour=prints", "amount=0"], &["--max-cpu", "300ms"]);
    assert_eq!(said.code, Some(107), "{}", said.show());
    let size: u64 = walk(place.path()).iter().map(|path| path.metadata().unwrap().len()).sum();
    assert!(size < 1 << 20, "{size} bytes for one iteration");
}

#[test]
fn a_guest_that_sleeps_too_long_is_interrupted_by_its_limit() {
    let place = Place::new();
    let said = run(&place, &["behaviour=sleeps", "sleep_ms=60000"], &["--iteration-timeout", "200ms"]);
    shows!(said.errors(), @r#"
    exit 107
    error: the journey broke in every iteration
      caused by: timeout: the iteration took longer than 200ms
    "#);
}

#[test]
fn a_journey_that_breaks_now_and_then_keeps_its_place_everywhere() {
    let place = Place::new();
    let source = r#"let calls = 0;
export default function () {
  const order = calls++ % 3 === 1 ? undefined : { amount: 1 };
  return order.amount;
}
"#;
    place.file("partial.ts", source);
    let said = place.host(["run", "partial.ts", "-i", "9"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert!(said.stdout.starts_with("PASS, but "), "{}", said.show());
    assert!(said.stdout.contains("\n                at partial.ts:4:"), "{}", said.show());
    let message = &place.report()["errors"][0]["messages"][0];
    assert!(message["at"].as_str().unwrap().starts_with("partial.ts:4:"), "{message}");
    assert!(message["stack"].as_str().unwrap().contains("partial.ts:4:"), "{message}");
    let with_stack =
        rows(&place, "iterations").iter().filter(|row| row.text("stack").contains("partial.ts:4:")).count();
    assert_eq!(with_stack, 3);
}

#[test]
fn a_panic_now_and_then_keeps_its_place_too() {
    let place = Place::new();
    let said = run(&place, &["behaviour=panics", "every=3"], &["-i", "9"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert!(said.stdout.starts_with("PASS, but the journey broke in 3 of 9 iterations\n"), "{}", said.show());
    assert!(said.stdout.contains("panics.rs:6:5"), "{}", said.show());
    let stacks =
        rows(&place, "iterations").iter().filter(|row| row.text("stack").contains("panics::panic")).count();
    assert_eq!(stacks, 3);
}

#[test]
fn a_recursion_without_end_is_a_trap() {
    let place = Place::new();
    let said = run(&place, &["behaviour=recurses"], &[]);
    assert_eq!(said.code, Some(107), "{}", said.show());
    assert!(said.stderr.contains("overflowed its stack"), "{}", said.show());
}

#[test]
fn a_broken_setup_ends_the_run_before_it_starts() {
    let place = Place::new();
    let said = run(&place, &["behaviour=panics", "when=setup"], &["-u", "3", "-d", "10s"]);
    assert_eq!(said.code, Some(107), "{}", said.show());
    assert!(said.stderr.contains("the journey broke in setup"), "{}", said.show());
    assert_eq!(place.report()["iterations"]["scheduled"], 0);
}

#[test]
fn a_user_that_cannot_start_ends_the_run_before_it_starts() {
    let place = Place::new();
    let said = run(&place, &["behaviour=panics", "when=start"], &["-u", "3", "-d", "10s"]);
    assert_eq!(said.code, Some(107), "{}", said.show());
    assert!(said.stderr.contains("users could not be started"), "{}", said.show());
}

#[test]
fn a_journey_can_end_the_run() {
    let place = Place::new();
    let said = run(&place, &["behaviour=fails", "kind=abort"], &["-u", "2", "-d", "10s"]);
    assert_eq!(said.code, Some(108), "{}", said.show());
    assert_eq!(place.report()["run"]["status"], "aborted");
}

#[test]
fn a_journey_can_end_the_run_when_a_user_is_started() {
    let place = Place::new();
    let said = run(&place, &["behaviour=fails", "kind=abort", "when=start"], &["-u", "3", "-d", "10s"]);
    shows!(said.errors(), @r#"
    exit 108
    error: the journey ended the run
      caused by: this journey fails on purpose
    "#);
    let report = place.report();
    assert_eq!(report["run"]["status"], "aborted", "{report:#}");
    assert_eq!(report["iterations"]["scheduled"], 0, "{report:#}");
}

#[test]
fn a_journey_can_end_the_run_when_a_user_is_started_late() {
    let place = Place::new();
    let source = r#"import { abort, sleep } from "@outrider/sdk";

export function start(user) {
  if (user.vu === 2) abort("the second user is one too many");
}

// The first user is busy when the second iteration is due.
export default function () {
  sleep("10m");
}
"#;
    place.file("late.ts", source);
    let said = place.host(["run", "late.ts", "--rate", "20/s", "-u", "1", "--max-vus", "5", "-d", "10m"]);
    shows!(said.errors(), @r#"
    exit 108
    error: the journey ended the run
      caused by: the second user is one too many
    "#);
    let report = place.report();
    assert_eq!(report["run"]["status"], "aborted", "{report:#}");
    assert_eq!(report["iterations"]["interrupted"], 1, "{report:#}");
}

#[test]
fn what_a_guest_said_before_it_failed_is_shown_and_kept() {
    let expected = [
        "  it said before:",
        "    said to the log",
        "    said to standard output",
        "    said to standard error",
    ];
    for when in ["when=setup", "when=start"] {
        let place = Place::new();
        let said = run(&place, &["behaviour=says", "kind=plugin", when], &[]);
        assert_eq!(said.code, Some(107), "{}", said.show());
        assert!(said.stderr.contains(&expected.join("\n")), "{}", said.show());
        let kept: Vec<_> =
            rows(&place, "logs").iter().map(|row| (row.text("source"), row.text("message"))).collect();
        for line in [
            ("log", "said to the log"),
            ("stdout", "said to standard output"),
            ("stderr", "said to standard error"),
        ] {
            assert!(kept.contains(&(line.0.to_owned(), line.1.to_owned())), "{when}: {kept:?}");
        }
    }
}

#[test]
fn what_a_guest_printed_before_a_timeout_is_kept() {
    let place = Place::new();
    let said = run(&place, &["behaviour=sleeps", "sleep_ms=600000"], &["--iteration-timeout", "200ms"]);
    assert_eq!(said.code, Some(107), "{}", said.show());
    let kept: Vec<_> = rows(&place, "logs").iter().map(|row| row.text("message")).collect();
    assert_eq!(kept, ["about to sleep"]);
}

#[test]
fn a_target_that_fails_a_journey_is_a_result() {
    let place = Place::new();
    let said = run(&place, &["behaviour=fails", "kind=target"], &["-i", "4"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert_eq!(place.report()["iterations"]["failed_by_cause"]["target"], 4, "{:#}", place.report());
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(walk(&path)) } else { files.push(path) }
    }
    files
}
