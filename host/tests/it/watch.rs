//! `--watch`: again when a source changes.
#![cfg(unix)]

use std::process::Stdio;

use rustix::process::Signal;

use crate::harness::{Place, Said};
use crate::signals::{read_until, signal, wait_for, wait_until_running};

fn journey(word: &str) -> String {
    format!(
        "import {{ log, sleep }} from \"@outrider/sdk\";\n\
         export default function () {{ log.info(\"{word}\"); sleep(20); }}\n"
    )
}

#[test]
fn a_sound_build_ends_the_run_and_a_broken_one_does_not() {
    let place = Place::new();
    place.file("visit.ts", journey("one"));
    let mut command = place.command(["run", "visit.ts", "-d", "10m", "--watch"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut talk = wait_for(&mut child, "rows to");
    wait_until_running(&place);

    place.file("visit.ts", "export default function () { const = 1; }\n");
    read_until(&mut talk, "error: ");
    read_until(&mut talk, "the run goes on with the last build that works");

    place.file("visit.ts", journey("two"));
    read_until(&mut talk, "a new build: the run ends, and the next one begins");
    read_until(&mut talk, "rows to");
    signal(&child, Signal::INT);
    drop(std::io::read_to_string(talk));
    let said = Said::of(child.wait_with_output().unwrap(), place.path());
    assert_eq!(said.code, Some(105), "{}", said.show());

    let ids = place.host(["runs", "--format", "ids"]).stdout;
    let digests: Vec<_> = ids.lines().map(|id| digest(&place, id)).collect();
    assert_eq!(digests.len(), 2, "{ids}");
    assert_ne!(digests[0], digests[1], "each run is of one build");
}

/// The digest of a run's journey. What was measured is whole.
fn digest(place: &Place, id: &str) -> String {
    let said = place.host(["report", id, "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(report["completeness"]["complete"], true, "{report:#}");
    report["run"]["plugins"][0]["digest"].as_str().expect("a run names its journeys").to_owned()
}

#[test]
fn a_check_is_repeated_when_what_the_journey_imports_changes() {
    let place = Place::new();
    std::fs::create_dir(place.path().join("lib")).unwrap();
    place.file("lib/word.ts", "export const word = \"one\";\n");
    let journey = "import { log } from \"@outrider/sdk\";\nimport { word } from \"./lib/word.ts\";\n\
                   export default function () { log.info(word); }\n";
    place.file("visit.ts", journey);
    let mut command = place.command(["check", "visit.ts", "--watch"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut talk = wait_for(&mut child, "one");
    read_until(&mut talk, "waiting for a change");

    place.file("lib/word.ts", "export const word = \"two\";\n");
    read_until(&mut talk, "two");
    read_until(&mut talk, "waiting for a change");
    signal(&child, Signal::INT);
    drop(std::io::read_to_string(talk));
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
