//! Test data: which iteration gets which row, and what happens when there is none left.

use std::sync::Arc;

use outrider_test_util::{Behaviour, TargetServer};

use crate::harness::{Place, Said, shows};

/// Tells the target which row it was given.
const JOURNEY: &str = r#"import { data, http } from "@outrider/sdk";
export default function () {
  http.get("/use", { query: { n: data.row("users").n } });
}
"#;

/// Uses the user's own row, once for each user.
const JOURNEY_OF_USERS: &str = r#"import { data, http } from "@outrider/sdk";
export function start(user) {
  user.data.n = data.row("users").n;
}
export default function (user) {
  http.get("/use", { query: { n: user.data.n } });
}
"#;

/// Asks for its row when all others have begun, too.
const JOURNEY_THAT_ASKS_LATE: &str = r#"import { data, http, sleep } from "@outrider/sdk";
export default function () {
  sleep("500ms");
  http.get("/use", { query: { n: data.row("users").n } });
}
"#;

/// `count` rows, each its own number.
fn numbers(count: u64) -> String {
    std::iter::once("n\n".to_owned()).chain((0..count).map(|n| format!("x{n}\n"))).collect()
}

/// A run of the journey with a file of 3 rows; what the program said, and the rows that the target saw.
fn run(place: &Place, rows: u64, policy: &str, load: &[&str]) -> (Said, Vec<u64>) {
    place.file("use.ts", JOURNEY);
    place.file("users.csv", numbers(rows));
    run_with(place, "use.ts", &format!("users=users.csv{policy}"), load)
}

fn run_with(place: &Place, journey: &str, data: &str, load: &[&str]) -> (Said, Vec<u64>) {
    let server = TargetServer::builder().route("/use", Behaviour::text("ok")).start();
    let target = server.url("");
    let fixed = ["run", journey, "--target", &target, "--data", data];
    let said = place.host(fixed.into_iter().chain(load.iter().copied()));
    let row = |query: &str| query.trim_start_matches("n=x").parse().unwrap();
    (said, server.log().iter().map(|request| row(request.query.as_deref().unwrap())).collect())
}

fn sorted(mut rows: Vec<u64>) -> Vec<u64> {
    rows.sort_unstable();
    rows
}

#[test]
fn unique_rows_are_used_once_and_then_the_run_ends() {
    let place = Place::new();
    let (said, rows) = run(&place, 5, ":unique", &["-u", "2", "-i", "20"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert_eq!(sorted(rows), [0, 1, 2, 3, 4]);
    let ended = "warning: the run ended before its time: data 'users' is exhausted: all its rows were used (5 in all)";
    assert!(said.stderr.contains(ended), "{}", said.show());
    let unstarted = "! 15 iterations of the plan never started: its data was exhausted";
    assert!(said.stdout.contains(unstarted), "{}", said.show());
    let report = place.report();
    assert_eq!(report["verdict"], "pass", "{report:#}");
    if report["generator"]["promise"] != "broken" {
        let headline = "PASS, but it ended before its time: data 'users' is exhausted: all its rows were used (5 in all)";
        assert_eq!(report["headline"], headline);
    }
    assert_eq!(report["run"]["status"], "finished", "{report:#}");
    assert_eq!(
        report["run"]["reason"],
        "ended before its time: data 'users' is exhausted: all its rows were used (5 in all)"
    );
    assert_eq!(report["iterations"]["completed"], 5, "{report:#}");
    assert_eq!(report["completeness"]["complete"], true, "{report:#}");
}

#[test]
fn iterations_without_a_unique_row_are_dropped_if_the_policy_says_so() {
    let place = Place::new();
    let (said, rows) = run(&place, 5, ":unique:drop", &["-r", "20/s", "-d", "1s"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert_eq!(sorted(rows), [0, 1, 2, 3, 4]);
    let report = place.report();
    let iterations = &report["iterations"];
    assert_eq!((&iterations["completed"], &iterations["dropped"]), (&5.into(), &15.into()), "{report:#}");
    assert_eq!(iterations["dropped_without_data"], 15, "{report:#}");
    assert!(said.stdout.contains("15 iterations were dropped because data was exhausted"), "{}", said.show());
    assert!(!said.stdout.contains("fell short of the plan"), "{}", said.show());
    assert!(
        said.stderr.contains("warning: data 'users' was exhausted after 5 rows: 15 iterations were dropped"),
        "{}",
        said.show()
    );
    let place = Place::new();
    let (said, rows) = run(&place, 3, ":unique:drop", &["-u", "2", "-i", "20"]);
    assert_eq!((said.code, rows.len()), (Some(0), 3), "{}", said.show());
    assert_eq!(place.report()["iterations"]["dropped"], 17, "counted iterations are dropped to the last");
}

#[test]
fn unique_rows_are_used_again_if_the_policy_says_so_and_that_is_said() {
    let place = Place::new();
    let (said, rows) = run(&place, 3, ":unique:loop", &["-i", "7"]);
    assert_eq!((said.code, rows.as_slice()), (Some(0), &[0, 1, 2, 0, 1, 2, 0][..]), "{}", said.show());
    assert!(
        said.stderr.contains(
            "warning: data 'users' was exhausted and used again: it has 3 rows, and 7 were asked for"
        ),
        "{}",
        said.show()
    );
    assert_eq!(
        place.report()["run"]["reason"],
        "data 'users' was exhausted and used again: it has 3 rows, and 7 were asked for"
    );
}

#[test]
fn iterations_that_ask_too_late_fail_as_such() {
    let place = Place::new();
    place.file("late.ts", JOURNEY_THAT_ASKS_LATE);
    place.file("users.csv", numbers(1));
    // The users begin at once: nobody knows yet that they will ask for data.
    let (said, rows) = run_with(&place, "late.ts", "users=users.csv:unique:drop", &["-u", "3", "-i", "3"]);
    assert_eq!(rows, [0], "{}", said.show());
    let report = place.report();
    let iterations = &report["iterations"];
    assert_eq!((&iterations["completed"], &iterations["failed"]), (&1.into(), &2.into()), "{report:#}");
    let errors = report["errors"].as_array().unwrap();
    let [error] = &errors[..] else { panic!("{report:#}") };
    assert_eq!((&error["kind"], &error["cause"]), (&"data exhausted".into(), &"plugin".into()), "{error:#}");
    assert_eq!(error["count"], 2, "{error:#}");
}

#[test]
fn the_other_policies_never_run_out() {
    let place = Place::new();
    let (said, rows) = run(&place, 3, "", &["-i", "5"]);
    assert_eq!((said.code, rows.as_slice()), (Some(0), &[0, 1, 2, 0, 1][..]), "{}", said.show());
    assert!(!said.stderr.contains("exhausted"), "{}", said.show());
    let drawn = |policy, seed| run(&place, 10, policy, &["-i", "20", "--seed", seed]).1;
    let shuffled = drawn(":shuffled", "1");
    assert_eq!(sorted(shuffled[..10].to_vec()), (0..10).collect::<Vec<_>>());
    assert_eq!(sorted(shuffled[10..].to_vec()), (0..10).collect::<Vec<_>>());
    assert_ne!(shuffled[..10], shuffled[10..], "each round in its own order");
    assert_eq!(shuffled, drawn(":shuffled", "1"));
    assert_ne!(shuffled, drawn(":shuffled", "2"));
    let random = drawn(":random", "1");
    assert_eq!(random, drawn(":random", "1"));
    assert_ne!(random, drawn(":random", "2"));
}

/// Tells the target what was drawn.
const DRAWS: &str = r#"import { check, http, random, step, think } from "@outrider/sdk";
export default function () {
  const drawn = {
    n: random.int(1, 1_000_000),
    weighted: random.weighted({ a: 1, b: 2, never: 0 }),
    shuffled: random.shuffle([1, 2, 3, 4, 5, 6, 7, 8]).join(""),
    text: random.string(12),
    pin: random.string(6, "01"),
    normal: random.normal(100, 15).toFixed(6),
    exponential: random.exponential(3).toFixed(6),
    id: random.uuid(),
  };
  think.normal(1, "0.5ms");
  think.exponential(0.1);
  step("draw", () => {
    check("drawn", /^[01]{6}$/.test(drawn.pin) && drawn.weighted !== "never", { tags: { kind: "draw" } });
    http.get("/use", { query: drawn });
  }, { tags: { kind: "random" } });
}
"#;

#[test]
fn random_values_are_repeated_with_the_seed() {
    let place = Place::new();
    place.file("draws.ts", DRAWS);
    let drawn = |seed| {
        let server = TargetServer::builder().route("/use", Behaviour::text("ok")).start();
        let said = place.host(["run", "draws.ts", "--target", &server.url(""), "-i", "10", "--seed", seed]);
        assert_eq!(said.code, Some(0), "{}", said.show());
        server.log().into_iter().map(|request| request.query.unwrap()).collect::<Vec<_>>()
    };
    let first = drawn("1");
    assert_eq!(first.len(), 10);
    assert!(first.iter().all(|query| *query != first[0] || std::ptr::eq(query, &first[0])), "{first:#?}");
    assert_eq!(first, drawn("1"));
    assert_ne!(first, drawn("2"));
    assert_eq!(place.report()["checks"][0]["failed"], 0);
}

#[test]
fn each_user_has_a_row_of_its_own() {
    let place = Place::new();
    place.file("users.ts", JOURNEY_OF_USERS);
    place.file("users.csv", numbers(4));
    let load = ["-u", "4", "-i", "3", "--executor", "per-vu-iterations"];
    let (said, rows) = run_with(&place, "users.ts", "users=users.csv:unique", &load);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert_eq!(sorted(rows), [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]);
    let load = ["-u", "5", "-i", "5"];
    let (said, _) = run_with(&place, "users.ts", "users=users.csv:unique", &load);
    assert_eq!(said.code, Some(107), "there is no row for the fifth user: {}", said.show());
    assert!(said.stderr.contains("all 4 rows have been used"), "{}", said.show());
}

#[test]
fn rows_come_from_every_format() {
    let place = Place::new();
    place.file("use.ts", JOURNEY);
    place.file("a.json", r#"[{"n": "x0"}, {"n": "x1"}]"#);
    place.file("a.jsonl", "{\"n\": \"x0\"}\n{\"n\": \"x1\"}\n");
    write_parquet(&place.path().join("a.parquet"));
    for file in ["a.json", "a.jsonl", "a.parquet"] {
        let (said, rows) = run_with(&place, "use.ts", &format!("users={file}"), &["-i", "2"]);
        assert_eq!((said.code, rows.as_slice()), (Some(0), &[0, 1][..]), "{file}: {}", said.show());
    }
}

fn write_parquet(path: &std::path::Path) {
    use arrow::array::{ArrayRef, RecordBatch, StringArray};
    let column = Arc::new(StringArray::from(vec!["x0", "x1"])) as ArrayRef;
    let batch = RecordBatch::try_from_iter([("n", column)]).unwrap();
    let file = std::fs::File::create(path).unwrap();
    let mut writer = parquet::arrow::ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

#[test]
fn what_is_wrong_with_data_is_said_at_once() {
    let place = Place::new();
    place.file("use.ts", JOURNEY);
    place.file("header.csv", "a,,a\n1,2,3\n4\n");
    place.file("numbers.csv", "1,2\n3,4\n");
    place.file("empty.csv", "");
    place.file("latin.csv", b"name\nJos\xe9\n");
    place.file("broken.jsonl", "{}\n{\"n\":\n");
    place.file("text.parquet", "not Parquet");
    place.file("table.xlsx", "");
    let files = ["a=header.csv", "b=numbers.csv", "c=empty.csv", "d=latin.csv", "e=broken.jsonl"];
    let data = files.iter().chain(&["f=text.parquet", "g=table.xlsx"]).flat_map(|file| ["--data", file]);
    shows!(place.host(["run", "use.ts"].into_iter().chain(data)).errors(), @r#"
    exit 104
    error: header.csv:1: column 2 has no name
    error: header.csv:1: two columns are named 'a'
    error: header.csv:3: 1 columns, but the header has 3
    error: numbers.csv:1: the first line has to name the columns, but holds numbers alone
    error: data file empty.csv has no rows
    error: latin.csv:2: not UTF-8 text
    error: broken.jsonl:2: not JSON: EOF while parsing a value at line 1 column 5
    error: cannot read data file text.parquet
      caused by: cannot read it as Parquet
      caused by: Parquet error: Invalid Parquet file. Corrupt footer
    error: data file table.xlsx is neither .csv nor .json nor .jsonl nor .parquet
    "#);
    let flags =
        ["--data", "users.csv", "--data", "u=u.csv:uniqe", "--data", "u=u.csv:random:stop", "-u", "3"];
    shows!(place.host(["run", "use.ts"].into_iter().chain(flags)).errors(), @r#"
    exit 104
    error: --vus alone does not say how much
    hint: add --duration 30s, or --iterations 100
    error: data 'users.csv' is not NAME=FILE
    hint: write for example users=accounts.csv, or users=accounts.csv:unique:drop
    error: there is no policy 'uniqe' for the rows of data
    hint: the policies are unique, circular, random and shuffled
    error: rows are never exhausted with the policy 'random'
    hint: only unique takes stop, loop or drop
    "#);
    assert!(!place.path().join("runs").exists(), "nothing is left of a run that could not start");
}

#[test]
fn the_run_keeps_what_it_was_given() {
    let place = Place::new();
    let (said, _) = run(&place, 3, ":shuffled", &["-i", "1"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let runs = std::fs::read_dir(place.path().join("runs")).unwrap();
    let record = std::fs::read_to_string(runs.last().unwrap().unwrap().path().join("run.json")).unwrap();
    assert!(record.contains("\"data:users=users.csv:shuffled\""), "{record}");
}
