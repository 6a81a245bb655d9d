//! What is exported while a run goes on: `host run --export`.

mod lines;
mod otlp;
mod refused;
mod scrapes;

use std::collections::BTreeMap;
use std::process::Command;

use outrider_test_util::{Behaviour, TargetServer};
use serde_json::Value;

use crate::harness::{Place, Said, workspace};

/// Two requests in a step, and a check of each iteration; one request in two fails.
const JOURNEY: &str = r#"import { check, http, log, step } from "@outrider/sdk";

export default function () {
  step("look", () => {
    check("is well", http.get("/").status === 200);
    http.get("/cart/17");
  });
  log.info("looked around");
}
"#;

fn target() -> TargetServer {
    let builder = TargetServer::builder().route("/", Behaviour::text("home"));
    builder.route("/cart/*", Behaviour::status(503)).start()
}

fn place() -> Place {
    let place = Place::new();
    place.file("journey.ts", JOURNEY);
    place
}

/// The journey with these flags, not started. What OpenTelemetry's variables say outside is not meant.
fn command(place: &Place, target: &TargetServer, flags: &[&str]) -> Command {
    let url = target.url("");
    let mut command = place.command([&["run", "journey.ts", "--target", &url], flags].concat());
    for name in ["ENDPOINT", "PROTOCOL", "HEADERS", "TIMEOUT", "COMPRESSION"] {
        command.env_remove(format!("OTEL_EXPORTER_OTLP_{name}"));
    }
    for name in ["TRACES_SAMPLER", "TRACES_SAMPLER_ARG", "RESOURCE_ATTRIBUTES", "SERVICE_NAME"] {
        command.env_remove(format!("OTEL_{name}"));
    }
    command
}

fn run(place: &Place, target: &TargetServer, flags: &[&str]) -> Said {
    Said::of(command(place, target, flags).output().expect("the program starts"), place.path())
}

/// Lines of JSON, each of which fits the schema, by their table.
fn by_table(lines: &str) -> BTreeMap<String, Vec<Value>> {
    let schema = std::fs::read_to_string(workspace().join("docs/reference/jsonl.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    let mut tables: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for line in lines.lines() {
        let row: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(validator.is_valid(&row), "{line}");
        tables.entry(row["table"].as_str().unwrap().to_owned()).or_default().push(row);
    }
    tables
}

/// The sum of a number over a list of the report.
fn sum(report: &Value, list: &str, field: &str) -> u64 {
    report[list].as_array().unwrap().iter().map(|entry| entry[field].as_u64().unwrap()).sum()
}

#[test]
fn each_row_is_a_line_of_a_file() {
    let (place, target) = (place(), target());
    place.file("rows.jsonl", "what was here before\n");
    let said = run(&place, &target, &["-u", "3", "-i", "40", "--export", "jsonl=rows.jsonl"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert!(said.stderr.contains("export  rows as lines to rows.jsonl"), "{}", said.show());
    let tables = by_table(&std::fs::read_to_string(place.path().join("rows.jsonl")).unwrap());
    let report = place.report();
    let rows = |table: &str| tables.get(table).map_or(0, |rows| rows.len() as u64);
    assert_eq!((rows("iterations"), rows("steps"), rows("checks"), rows("logs")), (40, 40, 40, 40));
    assert_eq!(rows("requests"), sum(&report, "requests", "count"));
    let failed = tables["requests"].iter().filter(|row| row["ok"] == false).count() as u64;
    assert_eq!((failed, sum(&report, "requests", "failed")), (40, 40));
    assert!(
        tables["requests"].iter().all(|row| row["run_id"] == report["run"]["id"] && row["step"] == "look")
    );
    assert!(!tables.contains_key("windows"));
}

#[test]
fn with_rows_on_standard_output_the_report_goes_where_the_rest_is_said() {
    let (place, target) = (place(), target());
    let said = run(&place, &target, &["-i", "5", "--export", "jsonl=-"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert_eq!(by_table(&said.stdout)["iterations"].len(), 5);
    assert!(said.stderr.contains("PASS"), "{}", said.show());
}

#[test]
fn a_reader_of_rows_that_went_away_has_what_it_wanted() {
    use std::io::{BufRead, BufReader};
    let (place, target) = (place(), target());
    let mut command = command(&place, &target, &["-r", "50/s", "-d", "2s", "--export", "jsonl=-"]);
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("{\"table\":"), "{line}");
    let said = Said::of(child.wait_with_output().unwrap(), place.path());
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert!(!said.stderr.contains("warning: "), "{}", said.show());
}

#[test]
#[cfg(target_os = "linux")]
fn rows_that_cannot_be_written_are_counted_and_the_run_goes_on() {
    let (place, target) = (place(), target());
    let said = run(&place, &target, &["-i", "20", "--export", "jsonl=/dev/full"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let said_so = said.stderr.lines().find(|line| line.starts_with("warning: ")).unwrap_or_default();
    assert!(said_so.contains("rows could not be written to /dev/full: No space left"), "{}", said.show());
    assert_eq!(place.report()["iterations"]["completed"], 20);
}

#[test]
fn secrets_are_in_no_row() {
    let (place, target) = (Place::new(), target());
    let journey = r#"import { http, log, vars } from "@outrider/sdk";
export default () => { log.info("it is " + vars.secret("key")); http.get("/?key=" + vars.secret("key")); };
"#;
    place.file("journey.ts", journey);
    let mut command = command(&place, &target, &["--secret", "key", "--export", "jsonl=rows.jsonl"]);
    let said = Said::of(command.env("OUTRIDER_SECRET_KEY", "abrakadabra").output().unwrap(), place.path());
    assert_eq!(said.code, Some(0), "{}", said.show());
    let rows = std::fs::read_to_string(place.path().join("rows.jsonl")).unwrap();
    assert!(rows.contains("it is ") && !rows.contains("abrakadabra"), "{rows}");
}

#[test]
fn a_plan_exports_too_and_flags_go_before_it() {
    let (place, target) = (place(), target());
    let plan = "[scenario.look]\nplugin = \"journey.ts\"\niterations = 3\n\
                [export]\njsonl = \"of-plan.jsonl\"\nprometheus = \"127.0.0.1:0\"\nlinger = \"5s\"\n\
                otlp = \"http://collector.test:4318\"\ntrace_sample = \"7%\"\n";
    place.file("plan.toml", plan);
    let url = target.url("");
    let flags = ["run", "plan.toml", "--target", &url, "--dry-run", "--export", "jsonl=of-flag.jsonl"];
    let said = place.host(flags);
    let shown: Vec<&str> = said.stdout.lines().skip_while(|line| *line != "[export]").collect();
    crate::harness::shows!(shown.join("\n"), @r#"
    [export]
    prometheus = "127.0.0.1:[PORT]"                    # plan.toml:6
    linger = "5s"                                 # plan.toml:7
    otlp = "http://collector.test:4318"           # plan.toml:8
    trace_sample = "7%"                           # plan.toml:9
    jsonl = "of-flag.jsonl"                       # --export
    "#);
    assert!(!place.path().join("of-flag.jsonl").exists());
    let plan = plan.split_once("prometheus").unwrap().0;
    place.file("plan.toml", plan);
    let said = place.host(["run", "plan.toml", "--target", &url]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let rows = std::fs::read_to_string(place.path().join("of-plan.jsonl")).unwrap();
    assert_eq!(by_table(&rows)["iterations"].len(), 3);
}
