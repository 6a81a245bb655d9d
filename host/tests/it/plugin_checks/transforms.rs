//! Transforms: from records to rows.

use serde_json::{Value, json};

use super::{TOLD_IN_TYPESCRIPT, check_lines, document, fits, shows_still};
use crate::harness::{Place, Said, plugin, shows};
use crate::projects::host;

#[test]
fn each_line_has_exactly_one_outcome() {
    let said = check_lines(&Place::new(), "row a\nskip\nrows b\nnumber 7\n", &["--format", "json"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let document = document(&said);
    let counts = ["records", "rows", "skipped", "rejected", "broke"].map(|key| document[key].clone());
    assert_eq!(counts, [4, 4, 1, 0, 0].map(|count| json!(count)));
    let outcomes: Vec<_> =
        document["outcomes"].as_array().unwrap().iter().map(|one| &one["outcome"]).collect();
    assert_eq!(outcomes, ["rows", "skipped", "rows", "rows"]);
    assert_eq!(document["outcomes"][3]["rows"], json!([{"text": "7", "seen": 4, "number": 7}]));
    assert_eq!(document["table"], "told");
}

#[test]
fn a_record_that_is_rejected_fails_the_check_and_says_why() {
    let said = check_lines(&Place::new(), "row a\nnumber seven\nhello\n", &[]);
    shows!(said.errors(), @"
    exit 110
    error: lines.txt:2: the record was rejected
      caused by: invalid digit found in string
    error: lines.txt:3: the record was rejected
      caused by: 'hello' says nothing
    ");
}

#[test]
fn a_record_that_breaks_the_transform_breaks_no_other() {
    let said =
        check_lines(&Place::new(), "row a\npanic now\nrow b\ncolumn a b\nrow c\n", &["--format", "json"]);
    assert_eq!(said.code, Some(107), "{}", said.show());
    let document = document(&said);
    let outcomes: Vec<_> =
        document["outcomes"].as_array().unwrap().iter().map(|one| &one["outcome"]).collect();
    assert_eq!(outcomes, ["rows", "broke", "rows", "rejected", "rows"]);
    let reason = |index: usize| document["outcomes"][index]["reason"].as_str().unwrap();
    assert!(reason(1).contains("as told: now"), "{}", reason(1));
    assert!(reason(3).contains("\"a b\" is no column's name"), "{}", reason(3));
    assert!(said.stderr.contains("lines.txt:2: the transform broke"), "{}", said.show());
}

#[test]
fn metrics_of_a_transform_are_shown_and_count_once() {
    let lines = "count 2\npanic now\ncount 0.5\n";
    let said = check_lines(&Place::new(), lines, &["--format", "json"]);
    let expected = json!([
        {"name": "bytes", "kind": "trend", "values": 2, "value": 8.0, "min": 7.0, "max": 9.0, "not_finite": 0},
        {"name": "orders", "kind": "counter", "values": 2, "value": 2.5, "min": 0.5, "max": 2.0, "not_finite": 0},
    ]);
    assert_eq!(document(&said)["metrics"], expected, "though the batch was tried again: {}", said.show());
    let said = check_lines(&Place::new(), "count 2\ncount NaN\n", &[]);
    assert!(said.stdout.contains("· bytes: trend, mean 8, 7 to 9, of 2 values\n"), "{}", said.show());
    assert!(
        said.stdout.contains("· orders: counter, 2 in 1 value, 1 NaN or infinite: they do not count\n"),
        "{}",
        said.show()
    );
}

#[test]
fn a_number_that_no_row_holds_rejects_its_record() {
    let said = check_lines(&Place::new(), "float 0.5\nfloat NaN\nfloat -inf\nid 18446744073709551615\n", &[]);
    shows!(said.errors(), @"
    exit 110
    error: lines.txt:2: the record was rejected
      caused by: column 'share' is NaN, which is no number that a row can hold: leave it out for null
    error: lines.txt:3: the record was rejected
      caused by: column 'share' is -inf, which is no number that a row can hold: leave it out for null
    error: lines.txt:4: the record was rejected
      caused by: column 'id' is 18446744073709551615, larger than a column holds (64 bits with a sign): write it as text
    ");
}

#[test]
fn a_plugin_that_makes_no_load_has_no_checks() {
    let said = check_lines(&Place::new(), "check it\n", &[]);
    assert_eq!(said.code, Some(107), "{}", said.show());
    assert!(
        said.stderr.contains("there are no checks but in journeys and assertion packs"),
        "{}",
        said.show()
    );
}

#[test]
fn what_strangers_wrote_into_a_log_moves_no_terminal() {
    let said = check_lines(&Place::new(), "row \u{1b}[2Jgone\n", &[]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert!(said.stdout.contains("[2Jgone") && !said.stdout.contains('\u{1b}'), "{}", said.show());
}

#[test]
fn a_transform_that_does_not_compile_is_told_in_the_compilers_words() {
    let place = Place::new();
    place.file("broken.ts", "export default function () { const = 1; }\n");
    let said = place.host(["check", "broken.ts", "--input", "lines.txt"]);
    assert_eq!(said.code, Some(104), "{}", said.show());
    assert!(said.stderr.contains("broken.ts:1:"), "{}", said.show());
}

#[test]
fn what_a_transform_logs_is_heard() {
    let said = check_lines(&Place::new(), "log good morning\n", &[]);
    assert!(said.stderr.contains("good morning"), "{}", said.show());
}

#[test]
fn a_transform_without_records_is_refused_and_so_are_records_for_a_journey() {
    let place = Place::new();
    let told = plugin("test-transform");
    let without = place.host(["check", &told]);
    shows!(without.errors(), @"
    exit 104
    error: a transform is tried with records, and there are none
    hint: --input FILE: each line is a record; - is standard input
    ");
    let run = place.host(["run", &told]);
    shows!(run.errors(), @"
    exit 104
    error: 'test-transform' is a transform, not a journey
    hint: a transform is tried with `host check PLUGIN`
    ");
    let input = place.host(["check", &plugin("test-guest"), "--scenario", "main", "--input", "lines.txt"]);
    shows!(input.errors(), @"
    exit 2
    error: --input is for transforms and alert channels, and this is a journey
    ");
}

#[test]
fn a_new_transform_makes_rows_of_lines() {
    for language in ["rust", "ts", "js"] {
        let place = Place::new();
        let made = host(&place, &["new", "lines", "--lang", language, "--world", "transform"]);
        assert_eq!(made.code, Some(0), "{}", made.show());
        place.file("access.log", "# method path status\nmethod=GET path=/cart status=200\n");
        let said = host(&place, &["check", "lines", "--input", "access.log", "--format", "json"]);
        assert_eq!(said.code, Some(0), "{}", said.show());
        let rows = &document(&said)["outcomes"][1]["rows"];
        assert_eq!(rows, &json!([{"method": "GET", "path": "/cart", "status": 200}]), "{language}");
        place.file("access.log", "method=GET /cart\n");
        let said = host(&place, &["check", "lines", "--input", "access.log"]);
        assert_eq!(said.code, Some(110), "{}", said.show());
        assert!(said.stderr.contains("caused by: '/cart' is no key=value"), "{language}: {}", said.show());
    }
}

#[test]
fn a_transform_in_typescript_has_an_outcome_for_each_record() {
    let place = Place::new();
    place.file("told.ts", TOLD_IN_TYPESCRIPT);
    place.file("lines.txt", "row a\nskip\nrows é\nreceived\nhello\nthrow late\nnow\n\u{fffd}\n");
    let args = ["check", "told.ts", "--input", "lines.txt", "--set", "unit=s", "--format", "json"];
    let said = place.host(args);
    assert_eq!(said.code, Some(107), "{}", said.show());
    let document = document(&said);
    let outcomes = document["outcomes"].as_array().unwrap();
    let words: Vec<_> = outcomes.iter().map(|one| one["outcome"].as_str().unwrap()).collect();
    assert_eq!(words, ["rows", "skipped", "rows", "rows", "rejected", "broke", "broke", "rejected"]);
    let mut row = outcomes[0]["rows"][0].clone();
    let at = row.as_object_mut().unwrap().remove("at").unwrap();
    assert!(at.as_str().unwrap().starts_with("2026-11-21T12:00:00.0000000"), "{at}");
    let expected =
        json!({"text": "a", "seen": 1, "position": 0, "took": 12_000_000_000_u64, "share": 1.0, "ok": true});
    assert_eq!(row, expected, "null leaves a column out");
    assert_eq!(outcomes[2]["rows"], json!([{"text": "é"}, {"text": "é"}]));
    assert_eq!(outcomes[3]["rows"], json!([{"recent": true}]));
    assert_eq!(outcomes[4]["reason"], "'hello' says nothing");
    assert_eq!(outcomes[5]["reason"], "RangeError: late");
    assert!(outcomes[6]["reason"].as_str().unwrap().contains("a transform has no clock"), "{}", outcomes[6]);
    assert!(said.stderr.contains("at transform (told.ts:"), "{}", said.show());
}

/// What became of each line, and why, where it says that.
fn outcomes(said: &Said) -> Vec<(String, String)> {
    let document = document(said);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let outcomes = document["outcomes"].as_array().unwrap().iter();
    outcomes.map(|one| (text(&one["outcome"]), text(&one["reason"]))).collect()
}

#[test]
fn a_record_that_uses_up_memory_or_time_breaks_no_other() {
    let flags = ["--max-memory", "16MiB", "--max-cpu", "100ms", "--format", "json"];
    let said = check_lines(&Place::new(), "row a\neat all\nrow b\nspin on\nrow c\n", &flags);
    assert_eq!(said.code, Some(107), "{}", said.show());
    let outcomes = outcomes(&said);
    let words: Vec<&str> = outcomes.iter().map(|(outcome, _)| outcome.as_str()).collect();
    assert_eq!(words, ["rows", "broke", "rows", "broke", "rows"]);
    assert!(outcomes[1].1.contains("memory"), "{}", outcomes[1].1);
    assert!(outcomes[3].1.contains("100ms of CPU time"), "{}", outcomes[3].1);
}

#[test]
fn a_transform_that_does_not_start_says_so_once() {
    let said = check_lines(&Place::new(), "row a\nrow b\n", &["--set", "start=fails"]);
    shows!(said.errors(), @"
    exit 107
    error: the transform broke in start
      caused by: this transform fails at its start on purpose
    ");
    let said = check_lines(&Place::new(), "row a\n", &["--set", "start=panics"]);
    shows!(said.errors(), @"
    exit 107
    error: the transform broke in start
      caused by: panicked at test-transform/src/lib.rs:28:31: at its start, on purpose
    ");
}

/// A batch has 10,000 records at most, and 1 MiB; what an instance remembers goes from one to the next.
#[test]
fn a_transform_keeps_its_state_from_batch_to_batch_and_the_order_of_records() {
    let lines: String = (0..10_002).map(|line| format!("row {line}\n")).collect();
    let said = check_lines(&Place::new(), &lines, &["--format", "json"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let document = document(&said);
    let outcomes = document["outcomes"].as_array().unwrap();
    assert_eq!(outcomes.len(), 10_002);
    for (line, outcome) in outcomes.iter().enumerate() {
        assert_eq!(outcome["rows"], json!([{"text": line.to_string(), "seen": line + 1}]));
    }
}

#[cfg(unix)]
#[test]
fn a_check_of_a_transform_is_ended_from_outside() {
    use std::process::Stdio;

    use rustix::process::Signal;

    let place = Place::new();
    place.file("lines.txt", "log here\nspin on\n");
    let told = plugin("test-transform");
    let mut command = place.command(["check", &told, "--input", "lines.txt", "--max-cpu", "10m"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let talk = crate::signals::wait_for(&mut child, "here");
    crate::signals::signal(&child, Signal::INT);
    let rest = std::io::read_to_string(talk).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(105), "{rest}");
    assert!(rest.contains("error: the check was stopped from outside"), "{rest}");
    assert!(output.stdout.is_empty(), "nothing is said of half a check");
}

#[test]
fn a_check_of_a_transform_is_told_in_text_and_json() {
    let place = Place::new();
    let lines = "row a\nrows b\nskip\nnumber x\n";
    let said = check_lines(&place, lines, &[]);
    shows_still!(said.stdout.replace(&plugin("test-transform"), "told.wasm"), @"
    FAIL: check failed
    transform   told (told.wasm)
    table       told
    records     4 records: 3 rows, 1 skipped, 1 rejected in [TIME]
                  1  text=a seen=1
                  2  text=b seen=2
                  2  text=b seen=2
                  3  skipped
                ✗ 4  rejected: invalid digit found in string
    ");
    let said = check_lines(&place, &format!("{lines}panic now\n"), &["--format", "json"]);
    let document = document(&said);
    fits(&document, "check-transform.schema.json");
    assert_eq!((&document["verdict"], &document["exit_code"]), (&json!("plugin broke"), &json!(107)));
    assert_eq!(document["faults"].as_array().unwrap().len(), 2, "{document:#}");
}
