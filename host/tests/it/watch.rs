//! `--watch`: again when a source changes.
#![cfg(unix)]

use std::process::Stdio;

use outrider_test_util::{Behaviour, TargetServer};
use rustix::process::Signal;

use crate::harness::{Place, Said, plugin};
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

/// How each of the place's runs is headed, the oldest first. Ids of one second are not in that order.
fn headlines(place: &Place) -> Vec<String> {
    let ids = place.host(["runs", "--format", "ids"]).stdout;
    let headline = |id: &str| {
        let said = place.host(["report", id, "--format", "json"]);
        let report: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
        report["headline"].as_str().unwrap().to_owned()
    };
    ids.lines().map(headline).collect()
}

const REPLACED: &str = "REPLACED by a newer build: what follows was measured until then";

#[test]
fn a_plan_and_its_packs_are_watched_and_saving_without_a_change_does_nothing() {
    let place = Place::new();
    let pack = |name: &str| {
        format!(
            "import {{ assertionPack }} from \"@outrider/sdk\";\n\
             export default assertionPack({{ name: \"{name}\", checkExchange() {{}} }});\n"
        )
    };
    let plan = |vus: u32, comment: &str| {
        format!(
            "# {comment}\n[scenario.visit]\nplugin = \"visit.ts\"\nvus = {vus}\nduration = \"10m\"\n\
             [[assert]]\nplugin = \"rules.ts\"\n"
        )
    };
    place.file("visit.ts", journey("one"));
    place.file("rules.ts", pack("first"));
    place.file("plan.toml", plan(1, "one user"));
    let mut command = place.command(["run", "plan.toml", "--watch"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut talk = wait_for(&mut child, "rows to");
    wait_until_running(&place);

    place.file("plan.toml", plan(1, "still one user, moved\n\n"));
    read_until(&mut talk, "the same build: the run goes on");
    place.file("visit.ts", journey("one"));
    read_until(&mut talk, "the same build: the run goes on");

    place.file("plan.toml", plan(2, "two users"));
    read_until(&mut talk, "a new build: the run ends, and the next one begins");
    read_until(&mut talk, "rows to");
    place.file("rules.ts", pack("second"));
    read_until(&mut talk, "a new build: the run ends, and the next one begins");
    read_until(&mut talk, "rows to");
    signal(&child, Signal::INT);
    drop(std::io::read_to_string(talk));
    assert_eq!(child.wait().unwrap().code(), Some(105));
    assert_eq!(headlines(&place), [REPLACED, REPLACED, "FAIL: stopped from outside"]);
}

/// A component with a section more, which is another one to whoever compares them, and does the same.
fn other_component(component: &[u8]) -> Vec<u8> {
    // A custom section: its number, its length, and its name with its length.
    [component, b"\x00\x06\x05other"].concat()
}

#[test]
fn a_component_that_is_built_elsewhere_is_taken_up() {
    let place = Place::new();
    let component = std::fs::read(plugin("test-guest")).unwrap();
    place.file("guest.wasm", &component);
    let args =
        ["run", "guest.wasm", "--watch", "-d", "10m", "--scenario", "main", "--set", "behaviour=sleeps"];
    let mut command = place.command(args);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut talk = wait_for(&mut child, "rows to");
    wait_until_running(&place);
    // As a compiler does it: another file, put in its place.
    place.file("guest.wasm.new", other_component(&component));
    std::fs::rename(place.path().join("guest.wasm.new"), place.path().join("guest.wasm")).unwrap();
    read_until(&mut talk, "a new build: the run ends, and the next one begins");
    read_until(&mut talk, "rows to");
    signal(&child, Signal::INT);
    drop(std::io::read_to_string(talk));
    assert_eq!(child.wait().unwrap().code(), Some(105));
    assert_eq!(headlines(&place).len(), 2);
}

#[test]
fn a_project_in_go_is_watched() {
    let place = Place::new();
    let target = TargetServer::builder().route("/", Behaviour::text("welcome")).start();
    let made = place.host(["new", "visit", "--lang", "go"]);
    assert_eq!(made.code, Some(0), "{}", made.show());
    let url = target.url("");
    let mut command = place.command(["check", "visit", "--target", &url, "--watch"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut talk = wait_for(&mut child, "waiting for a change");

    let source = "visit/journey.go";
    let sound = std::fs::read_to_string(place.path().join(source)).unwrap();
    place.file(source, sound.replacen('{', "", 1));
    read_until(&mut talk, "error");
    read_until(&mut talk, "waiting for a change");
    place.file(source, sound);
    read_until(&mut talk, "waiting for a change");
    signal(&child, Signal::INT);
    drop(std::io::read_to_string(talk));
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_walk_is_shown_again_after_a_change() {
    let place = Place::new();
    let journey = |word: &str| {
        format!("import {{ log }} from \"@outrider/sdk\";\nexport default () => log.info(\"{word}\");\n")
    };
    place.file("visit.ts", journey("one"));
    let mut command = place.command(["run", "visit.ts", "--debug", "--watch"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut walk = std::io::BufReader::new(child.stdout.take().unwrap());
    read_until(&mut walk, "one");
    let mut talk = wait_for(&mut child, "waiting for a change");
    place.file("visit.ts", journey("two"));
    read_until(&mut walk, "two");
    read_until(&mut talk, "waiting for a change");
    signal(&child, Signal::TERM);
    drop(std::io::read_to_string(talk));
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn who_ends_it_while_it_is_built_gets_no_run() {
    for command in ["run", "check"] {
        let place = Place::new();
        // Of its own, so that it is compiled here.
        place.file("visit.ts", journey(&place.path().display().to_string()));
        let mut command = place.command([command, "visit.ts", "--watch"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let talk = wait_for(&mut child, "compiling visit.ts");
        signal(&child, Signal::INT);
        drop(std::io::read_to_string(talk));
        let said = Said::of(child.wait_with_output().unwrap(), place.path());
        assert_eq!((said.code, said.stdout.as_str()), (Some(105), ""), "{}", said.show());
        assert!(!place.path().join("runs").exists());
    }
}
