//! Packs that break: the journey goes on as if they were not there, and the run says so.

use super::*;

#[test]
fn a_pack_that_breaks_in_every_call_ends_the_run_with_a_code_of_its_own_and_disturbs_no_journey() {
    let (place, target) = (Place::new(), target());
    let flags = ["--assert-set", "test-pack.pack_behaviour=panics", "-u", "2", "-i", "10"];
    let said = run(&place, &target, &plugin("bench-http"), "test-pack", &flags);
    assert_eq!(said.code, Some(107), "{}", said.show());
    let words = "the assertion pack 'test-pack' broke in every call: it judged nothing";
    assert!(said.stderr.contains(words), "{}", said.show());
    assert!(said.stderr.contains("this pack panics on purpose"), "{}", said.show());
    let report = place.report();
    assert_eq!(report["iterations"]["completed"], 10, "{report:#}");
    assert_eq!(report["iterations"]["failed"], 0, "{report:#}");
    assert_eq!(report["requests"][0]["failed"], 0, "{report:#}");
    assert_eq!(report["verdict"], "fail");
    assert_eq!(report["completeness"]["complete"], true, "{report:#}");
}

#[test]
fn a_fault_is_a_row_and_a_finding_with_what_was_not_judged() {
    let (place, target) = (Place::new(), target());
    let flags = ["--assert-set", "test-pack.pack_behaviour=panics", "-i", "4"];
    let said = run(&place, &target, &plugin("bench-http"), "test-pack", &flags);
    let report = place.report();
    let [fault] = report["errors"].as_array().unwrap().as_slice() else { panic!("{report:#}") };
    assert_eq!((&fault["cause"], &fault["source"]), (&json!("plugin"), &json!("pack")));
    assert_eq!((&fault["name"], &fault["count"]), (&json!("test-pack"), &json!(3)), "three in a row");
    let message = &fault["messages"][0];
    assert_eq!((&message["count"], &message["same"]), (&json!(3), &json!(false)), "the first stands for all");
    assert!(message["example"].as_str().unwrap().ends_with("; 8 of 8 not judged"), "{message}");
    assert!(said.stdout.contains("plugin: exception in the assertion pack test-pack"), "{}", said.show());
    let logs = rows(&place, "logs");
    let faults: Vec<&Row> = logs.iter().filter(|row| row["source"] == "\"host\"").collect();
    assert_eq!(faults.len(), 3, "{logs:#?}");
    assert!(faults[0]["message"].contains("assertion pack 'test-pack' broke in check-exchange: exception: "));
    assert!(faults[0]["message"].ends_with("it is made anew\""), "{}", faults[0]["message"]);
    assert!(faults[2]["message"].ends_with("it judges nothing more of this user\""));
    assert_eq!(faults[0]["level"], "\"error\"");
}

#[test]
fn a_pack_that_breaks_at_times_is_made_anew_and_goes_on() {
    let (place, target) = (Place::new(), target());
    let flags = ["--assert-set", "test-pack.pack_behaviour=panics", "--assert-set", "test-pack.every=3"];
    let said = run(&place, &target, &plugin("bench-http"), "test-pack", &[&flags, &["-i", "6"][..]].concat());
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert!(
        said.stderr.contains("warning: assertion pack 'test-pack' broke in 4 of 12 calls"),
        "{}",
        said.show()
    );
    let report = place.report();
    assert_eq!(report["headline"], "PASS, but the assertion pack 'test-pack' broke in 4 calls");
    let message = &report["errors"][0]["messages"][0];
    assert!(message["at"].as_str().unwrap().contains("test-pack/src/lib.rs:"), "{message:#}");
    let counts = checks(&report, "test-pack");
    assert_eq!(counts["saw an exchange"].0 + counts["saw an iteration"].0, 8, "{counts:?}");
}

#[test]
fn a_loop_without_end_is_stopped_and_is_nobodys_time_but_the_packs() {
    let (place, target) = (Place::new(), target());
    place.file(
        "journey.ts",
        "import { http, step } from \"@outrider/sdk\";\n\n\
         export default function () {\n  step(\"outer\", () => {\n    \
         step(\"inner\", () => http.get(\"/hello\"));\n  });\n}\n",
    );
    // Of four calls (exchange, two steps, iteration) the first one loops.
    let flags =
        ["--assert-set", "test-pack.pack_behaviour=spins", "--assert-set", "test-pack.every=1", "-i", "1"];
    let said =
        run(&place, &target, "journey.ts", "test-pack", &[&flags, &["--max-cpu", "400ms"][..]].concat());
    assert_eq!(said.code, Some(107), "{}", said.show());
    assert!(said.stderr.contains("cpu limit: used more than 400ms of CPU time"), "{}", said.show());
    let number = |row: &Row, column: &str| row[column].parse::<i64>().unwrap();
    let iterations = rows(&place, "iterations");
    assert_eq!(iterations[0]["status"], "\"completed\"", "{}", said.show());
    // The pack took 1.2 seconds; whatever the journey took, it is not in its durations.
    let span = |rows: &[Row]| rows.iter().map(|row| number(row, "duration_ns")).max().unwrap();
    let steps = rows(&place, "steps");
    assert!(span(&steps) <= span(&iterations), "{steps:#?}");
    let run = place.report()["run"]["duration_ms"].as_f64().unwrap();
    assert!(span(&iterations) as f64 / 1e6 < run - 1_000.0, "{iterations:#?} of {run} ms");
}

#[test]
fn a_wait_without_end_is_given_up() {
    let (place, target) = (Place::new(), target());
    // The first call judges, the second one waits.
    let flags = ["--assert-set", "test-pack.pack_behaviour=sleeps", "--assert-set", "test-pack.every=2"];
    let said = run(&place, &target, &plugin("bench-http"), "test-pack", &[&flags, &["-i", "1"][..]].concat());
    assert_eq!(said.code, Some(0), "{}", said.show());
    let fault = "timeout: check-iteration took longer than 1s";
    assert!(said.stderr.contains(fault), "{}", said.show());
    assert_eq!(place.report()["iterations"]["completed"], 1);
}

#[test]
fn a_pack_that_cannot_start_ends_the_run_before_it_starts() {
    let (place, target) = (Place::new(), target());
    let flags = ["--assert-set", "test-pack.pack_behaviour=fails-at-start", "-d", "10s"];
    let said = run(&place, &target, &plugin("bench-http"), "test-pack", &flags);
    shows!(said.errors(), @"
    exit 107
    error: users could not be started: an assertion pack broke
      caused by: cannot start VU 1: assertion pack 'test-pack': this pack fails at its start on purpose
    ");
    assert_eq!(target.total_requests(), 0);
}

#[test]
fn a_pack_that_loops_at_its_start_ends_the_run_before_it_starts() {
    let (place, target) = (Place::new(), target());
    let flags = ["--assert-set", "test-pack.pack_behaviour=spins-at-start", "--max-cpu", "100ms"];
    let said = run(&place, &target, &plugin("bench-http"), "test-pack", &flags);
    shows!(said.errors(), @"
    exit 107
    error: users could not be started: an assertion pack broke
      caused by: cannot start VU 1: assertion pack 'test-pack': used more than 100ms of CPU time
    ");
}
