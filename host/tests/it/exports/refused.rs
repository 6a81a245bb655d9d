//! What cannot be exported is said before any load.

use std::net::TcpListener;

use super::{place, run, target};
use crate::harness::shows;

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let (place, target) = (place(), target());
    let flags = [
        "--export",
        "prometheus=nowhere",
        "--export",
        "otlp=htp://collector:4318",
        "--export",
        "jsonl=there/is/none.jsonl",
        "--export",
        "jsonl=again.jsonl",
        "-u",
        "0",
    ];
    let said = run(&place, &target, &flags);
    shows!(said.errors(), @r#"
    exit 104
    error: --vus 0: nobody would run
    hint: at least 1
    error: --export jsonl is given twice
    error: 'nowhere' is no address at which Prometheus could ask for metrics
    hint: write HOST:PORT or PORT, for example 127.0.0.1:[PORT], or :9464 for all addresses of this machine
    error: --export otlp 'htp://collector:4318' is no URL of a collector: did you mean http://?
    hint: write for example http://127.0.0.1:[PORT]; /v1/metrics and /v1/traces are put behind it
    error: cannot write rows to 'there/is/none.jsonl': there is no folder 'there/is'
    hint: make it first: mkdir -p there/is
    "#);
    assert_eq!(target.total_requests(), 0);
    assert!(!place.path().join("runs").exists());
}

#[test]
fn a_kind_that_there_is_not_is_no_command_line() {
    let (place, target) = (place(), target());
    let said = run(&place, &target, &["--export", "promethus"]);
    shows!(said.errors(), @r"
    exit 2
    error: invalid value 'promethus' for '--export <KIND[=WHERE]>': there is no 'promethus': there are prometheus, otlp, jsonl; did you mean prometheus?

    For more information, try '--help'.
    ");
    assert_eq!(target.total_requests(), 0);
}

#[test]
fn a_file_needs_a_folder() {
    let (place, target) = (place(), target());
    let said = run(&place, &target, &["--export", "jsonl=there/rows.jsonl"]);
    shows!(said.errors(), @r#"
    exit 104
    error: cannot write rows to 'there/rows.jsonl': there is no folder 'there'
    hint: make it first: mkdir -p there
    "#);
    let said = run(&place, &target, &["--export", "jsonl=."]);
    shows!(said.errors(), @r#"
    exit 104
    error: cannot write rows to '.': it is a folder
    hint: name a file in it: ./rows.jsonl
    "#);
}

#[test]
fn a_port_that_another_program_has_is_said_with_the_rest() {
    let (place, target) = (place(), target());
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let export = format!("prometheus={}", taken.local_addr().unwrap());
    let said = run(&place, &target, &["--export", &export, "--threshold", "nonsense"]);
    assert_eq!(said.code, Some(104), "{}", said.show());
    assert!(said.stderr.contains("error: cannot listen on 127.0.0.1:"), "{}", said.show());
    assert!(
        said.stderr.contains("choose another one, for example --export prometheus=9465"),
        "{}",
        said.show()
    );
    assert!(said.stderr.contains("nonsense"), "{}", said.show());
    assert!(!place.path().join("runs").exists());
}

#[test]
fn what_does_not_go_together_is_refused() {
    let (place, target) = (place(), target());
    let said = run(&place, &target, &["--trace-sample", "5%", "--export-linger", "1s"]);
    shows!(said.errors(), @r#"
    exit 104
    error: --export-linger says something of prometheus, which is not exported
    hint: write for example --export prometheus, or with a place --export prometheus=127.0.0.1:[PORT]
    error: --trace-sample says something of otlp, which is not exported
    hint: write for example --export otlp, or with a place --export otlp=http://127.0.0.1:[PORT]
    "#);
    let said = run(&place, &target, &["--export", "jsonl=-", "--format", "json"]);
    shows!(said.errors(), @r#"
    exit 104
    error: standard output cannot carry both the rows and what --format json writes there
    hint: write the rows to a file: --export jsonl=rows.jsonl
    "#);
    let plan = "[http]\ntrace = \"per-request\"\n[scenario.look]\nplugin = \"journey.ts\"\n[export]\notlp = \"http://127.0.0.1:4318\"\n";
    place.file("plan.toml", plan);
    let said = place.host(["run", "plan.toml", "--target", &target.url("")]);
    shows!(said.errors(), @r#"
    exit 104
    error: plan.toml:2:1: [http] trace = "per-request" gives each request a trace of its own, and --export otlp sends one for each iteration
    hint: leave it out, or take trace = "per-iteration"; --trace-sample 0% sends metrics alone
    "#);
}

#[test]
fn a_protocol_that_is_not_spoken_is_named() {
    let (place, target) = (place(), target());
    let mut command = super::command(&place, &target, &["--export", "otlp"]);
    command.env("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc").env("OTEL_EXPORTER_OTLP_HEADERS", "geheim");
    let said = crate::harness::Said::of(command.output().unwrap(), place.path());
    shows!(said.errors(), @r#"
    exit 104
    error: OTEL_EXPORTER_OTLP_HEADERS is not a list of key=value, separated by commas
    error: OTEL_EXPORTER_OTLP_PROTOCOL is 'grpc', which is not spoken here
    hint: http/protobuf and http/json are; collectors take them at port 4318, where they take gRPC at 4317
    "#);
    assert!(!said.stderr.contains("geheim"));
}
