//! What happened meanwhile: told before, while the run goes on, afterwards or by a file, it is in every report.
#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::Value;

use crate::harness::{Place, plugin, shows, workspace};

/// The annotations of the latest run by its report: seconds after the start, whole, and texts.
fn of_latest(place: &Place) -> Vec<(i64, Option<i64>, String)> {
    let report = place.report();
    let seconds = |ms: &Value| ms.as_f64().map(|ms| (ms / 1e3).round() as i64);
    let annotations = report["annotations"].as_array().unwrap().iter();
    annotations
        .map(|one| {
            let text = one["text"].as_str().unwrap().to_owned();
            (seconds(&one["at_ms"]).unwrap(), seconds(&one["until_ms"]), text)
        })
        .collect()
}

fn run(place: &Place, more: &[&str]) {
    let said = place.host([&["run", &*plugin("test-guest"), "-i", "3"], more].concat());
    assert_eq!(said.code, Some(0), "{}", said.show());
}

#[test]
fn what_is_planned_is_kept_and_shown_in_every_form() {
    let place = Place::new();
    place.file(
        "plan.toml",
        format!(
            "[run]\nannotations = [\"0s=begins\"]\n[scenario.s]\nplugin = \"{}\"\n",
            plugin("test-guest")
        ),
    );
    let said = place.host(["run", "plan.toml", "--annotate", "0s..1m=sale | <b>", "--annotate", "1h=beyond"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert!(said.stdout.contains("Annotations ▾ 0:00 begins"), "{}", said.show());
    assert!(said.stdout.contains("            ▾ 0:00 to 1:00 sale | <b>"), "{}", said.show());
    assert_eq!(of_latest(&place), [(0, None, "begins".to_owned()), (0, Some(60), "sale | <b>".to_owned())]);
    let markdown = place.host(["report", "--format", "md"]).stdout;
    assert!(markdown.contains("| 0:00 to 1:00 | `sale \\| <b>` |"), "{markdown}");
    let page = place.host(["report", "--format", "html"]).stdout;
    assert!(page.contains("sale | \\u003cb\\u003e"), "the page has it in its document");
    let beyond = "warning: the annotation '1h=beyond' is beyond the end of the run, which is planned to last 10m30s at most\n";
    assert!(
        said.stderr.contains(beyond) && said.stderr.matches("the annotation ").count() == 1,
        "{}",
        said.show()
    );
    let dry = place.host(["run", "plan.toml", "--dry-run", "--annotate", "5s=x"]);
    assert!(dry.stdout.contains("annotations = [\"0s=begins\", \"5s=x\"]"), "{}", dry.show());
    assert!(!dry.stderr.contains("the annotation "), "{}", dry.show());
    let guest = plugin("test-guest");
    let dry = place.host(["run", &guest, "--dry-run", "-u", "1", "-d", "1s", "--annotate", "1m=x"]);
    assert!(
        dry.stderr.contains("'1m=x' is beyond the end of the run, which is planned to last 31s at most"),
        "{}",
        dry.show()
    );
}

#[test]
fn whoever_deploys_tells_the_run_that_goes_on() {
    let place = Place::new();
    run(&place, &[]);
    let sleeps = ["--set", "behaviour=sleeps", "--set", "sleep_ms=600000", "-d", "10m"];
    let guest = plugin("test-guest");
    let mut command = place.command([&["run", &guest, "--scenario", "main"], &sleeps[..]].concat());
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("rows to")), "the plan is said once the run is claimed");

    let ids = place.host(["runs", "--format", "ids"]).stdout;
    let (ended, running) = ids.trim().split_once('\n').unwrap();
    let said = place.host(["annotate", "deployed v2.1"]);
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""));
    assert!(
        said.stdout.starts_with(running) && said.stdout.ends_with("  deployed v2.1\n"),
        "{}",
        said.show()
    );
    child.kill().unwrap();
    child.wait().unwrap();
    let report = place.host(["report", running, "--format", "json"]).stdout;
    assert!(report.contains("\"text\": \"deployed v2.1\""), "{report}");

    // One that has ended is told when it was.
    shows!(place.host(["annotate", "late", "--run", ended]).show(), @r"
    exit 2
    --- stderr
    error: the run has ended, so that now is no time of it
    hint: --at says when it was: 2026-01-31T12:00:00Z, or 5m after the start
    ");
    shows!(place.host(["annotate", "late", "--run", ended, "--at", "1h"]).show(), @r"
    exit 2
    --- stderr
    error: that is no time of the run
    hint: `host runs show` says when it began, and how long it lasted
    ");
    let told = ["annotate", "cache off", "--run", ended, "--at", "0s", "--until", "2s"];
    shows!(place.host(told).show(), @r"
    exit 0
    --- stdout
    [RUN]  0:00 to 0:02  cache off
    ");
    // Told again it is there once.
    shows!(place.host(told).show(), @r"
    exit 0
    --- stdout
    [RUN]  0:00 to 0:02  cache off (it was there)
    ");
}

#[test]
fn a_file_is_kept_with_the_run_or_shown_once() {
    let place = Place::new();
    run(&place, &[]);
    place.file("events.csv", "time,text\n0s,deployed\n2020-01-01T00:00:00Z,long ago\n");
    let said = place.host(["report", "--annotations", "events.csv", "--format", "json"]);
    assert_eq!(said.stderr, "note: 1 of 2 annotations in 'events.csv' happened during the run\n");
    assert!(said.stdout.contains("\"text\": \"deployed\""), "{}", said.show());
    assert_eq!(of_latest(&place), [], "it is not kept");
    assert_eq!(place.host(["annotate", "--file", "events.csv"]).code, Some(0));
    assert_eq!(of_latest(&place), [(0, None, "deployed".to_owned())]);

    place.file("bad.jsonl", "{\"time\": \"soon\", \"text\": \"x\"}\n{\"time\": \"1s\"}\n");
    shows!(place.host(["annotate", "--file", "bad.jsonl"]).show(), @r"
    exit 104
    --- stderr
    error: bad.jsonl:1: 'soon' is no time: write one as 2026-01-31T12:00:00Z, or a duration after the start, for example 5m
    error: bad.jsonl:2: it has no `text`
    ");
    shows!(place.host(["run", &plugin("test-guest"), "--annotate", "deployed"]).errors(), @r"
    exit 2
    error: invalid value 'deployed' for '--annotate <TIME=TEXT>': 'deployed' is no annotation: write TIME=TEXT or FROM..TO=TEXT, with times after the start, for example 5m=failover

    For more information, try '--help'.
    ");
    shows!(place.host(["annotate", "x", "--run", "nowhere"]).show(), @r"
    exit 104
    --- stderr
    error: there is no run 'nowhere': no id in './runs' begins with it, and there is no such folder
    hint: `host runs` lists the runs; --out names the folder whose folder `runs` keeps them
    ");
}

#[test]
fn an_annotation_that_cannot_be_read_is_said_and_the_rest_is_there() {
    let place = Place::new();
    run(&place, &["--annotate", "0s=begins"]);
    let id = place.host(["runs", "--format", "ids"]).stdout.trim().to_owned();
    let folder = place.path().join("runs").join(&id).join("annotations");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("20260131T120000.000000000Z-00000000.json"), "{").unwrap();
    let report = place.report();
    assert_eq!(report["annotations"].as_array().unwrap().len(), 1);
    let warning = report["warnings"][0].as_str().unwrap();
    assert!(warning.contains("annotations/20260131T120000.000000000Z-00000000.json"), "{warning}");
    assert_eq!(report["completeness"]["complete"], true, "they count for nothing");
}

#[test]
fn a_run_is_shown_by_its_documents_and_what_is_kept_of_it() {
    let place = Place::new();
    run(&place, &["--tag", "main", "--annotate", "0s=begins", "--threshold", "iterations.failed count == 0"]);
    let said = place.host(["runs", "show"]);
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""), "{}", said.show());
    for line in [
        "Tags        main",
        "Thresholds  iterations.failed count == 0",
        "Workers     0: finished, everything written",
        "Annotations ▾ 0:00 begins",
    ] {
        assert!(said.stdout.contains(line), "{line}: {}", said.show());
    }
    let document: Value =
        serde_json::from_str(&place.host(["runs", "show", "--format", "json"]).stdout).unwrap();
    let schema = std::fs::read(workspace().join("docs/reference/run.schema.json")).unwrap();
    let schema: Value = serde_json::from_slice(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = validator.iter_errors(&document).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{faults:#?}");
    let rows: u64 =
        document["tables"].as_array().unwrap().iter().map(|table| table["rows"].as_u64().unwrap()).sum();
    assert_eq!(rows, place.report()["completeness"]["rows"].as_u64().unwrap());
    assert_eq!(document["run"]["verdict"], "pass");
    let id = document["run"]["id"].as_str().unwrap();
    assert_eq!(place.host(["runs", "show", &id[..12]]).stdout, said.stdout);
}
