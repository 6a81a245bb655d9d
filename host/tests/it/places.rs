//! Where in an author's source something is: one form for all languages, the same wherever the source lies.

use std::fs;
use std::path::Path;

use outrider_test_util::{Behaviour, TargetServer};
use serde_json::{Value, json};

use crate::harness::{Place, Said};
use crate::projects::host;

/// A shop whose home page fails.
fn target() -> TargetServer {
    TargetServer::builder().route("/", Behaviour::status(503)).start()
}

/// The journeys of `host new`: the language, the file and what is compared there.
const JOURNEYS: [(&str, &str, &str); 3] = [
    ("rust", "src/lib.rs", "equals(200)"),
    ("ts", "src/journey.ts", "toBe(200)"),
    ("go", "journey.go", "check.Equal("),
];

/// `src/lib.rs:23:`, where the words stand.
fn place_of(project: &Path, file: &str, words: &str) -> String {
    let source = fs::read_to_string(project.join(file)).unwrap();
    let line = source.lines().position(|line| line.contains(words)).unwrap() + 1;
    format!("{file}:{line}")
}

fn document(said: &Said) -> Value {
    serde_json::from_str(&said.stdout).unwrap_or_else(|error| panic!("{error}: {}", said.show()))
}

#[test]
fn a_check_that_fails_shows_what_was_found_and_the_authors_line() {
    for (language, file, words) in JOURNEYS {
        let (place, target) = (Place::new(), target());
        host(&place, &["new", "visit", "--lang", language]);
        let stands = place_of(&place.path().join("visit"), file, words);
        let url = target.url("");
        let run = |flags: &[&str]| host(&place, &[&["run", "visit", "--target", &url], flags].concat());

        let ran = run(&["-i", "3"]);
        assert_eq!(ran.code, Some(0), "{}", ran.show());
        let report = place.report();
        let check = &report["checks"][0];
        assert_eq!((&check["failed"], &check["failed_elsewhere"]), (&json!(3), &json!(0)), "{check:#}");
        let [failures] = check["places"].as_array().unwrap().as_slice() else { panic!("{check:#}") };
        assert_eq!((&failures["failed"], &failures["example"]), (&json!(3), &check["example"]));
        let at = check["example"]["at"].as_str().unwrap();
        let column = at.strip_prefix(&stands).unwrap_or_else(|| panic!("{language}: {at}"));
        assert!(language == "go" && column.is_empty() || column.starts_with(':'), "{language}: {at}");
        let line = format!("      for example: expected 200, found 503  at {at}\n");
        assert!(ran.stdout.contains(&line), "{}", ran.show());

        let walked = run(&["--debug"]);
        let line = format!("check FAILED: status is 200  (expected 200, found 503)  at {at}");
        assert!(walked.stdout.contains(&line), "{}", walked.show());
        let checked = host(&place, &["check", "visit", "--target", &url]);
        let cause = format!("caused by: status is 200: expected 200, was 503 (at {at})");
        assert!(checked.stderr.contains(&cause), "{}", checked.show());
        let tests = place.path().join("visit/tests/journey.toml");
        let text = fs::read_to_string(&tests).unwrap();
        fs::write(&tests, text.replace("\"status is 200\" = false", "\"another\" = false")).unwrap();
        let tested = host(&place, &["test", "visit", "--format", "json"]);
        let shortfalls = document(&tested)["tests"][1]["shortfalls"].to_string();
        assert!(shortfalls.contains(&format!("\"at {at}\"")), "{shortfalls}");
    }
}

#[test]
fn a_check_is_told_by_its_own_place_in_closures_and_helpers() {
    let (place, target) = (Place::new(), target());
    place.file("status.ts", "export const ok = (status: number) => status < 400;\n");
    place.file(
        "visit.ts",
        r#"import { check, expect, http } from "@outrider/sdk";
import { ok } from "./status.ts";

function is(name: string, status: number): void {
  expect(status, name, { tags: { of: "helper" } }).not.toBe(503);
}

export default async function () {
  const { status } = await http.get("/");
  [1, 2].forEach(() => check("ok", ok(status)));
  is("ok", status);
}
"#,
    );
    let said = place.host(["run", "visit.ts", "--target", &target.url("")]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let report = place.report();
    let places = report["checks"][0]["places"].as_array().unwrap();
    let at = |index: usize| places[index]["example"]["at"].as_str().unwrap();
    assert_eq!((places.len(), &places[0]["failed"], &places[1]["failed"]), (2, &json!(2), &json!(1)));
    assert!(at(0).starts_with("visit.ts:10:") && at(1).starts_with("visit.ts:5:"), "{places:#?}");
    let (often, once) = (at(0), at(1));
    assert!(said.stdout.contains(&format!("      2 × at {often}\n")), "{}", said.show());
    let line = format!("      1 × expected not 503, found 503  at {once}\n");
    assert!(said.stdout.contains(&line), "{}", said.show());
}

/// The error of the journey itself: what the target answered may be one too.
fn broken(report: &serde_json::Value) -> &serde_json::Value {
    report["errors"].as_array().unwrap().iter().find(|error| error["cause"] == "plugin").unwrap()
}

/// Nothing of the machine is in it: neither the project's folder nor those of cargo and rustup.
#[test]
fn a_crate_makes_the_same_component_wherever_it_lies() {
    let panics = |place: &Place| {
        host(place, &["new", "visit", "--lang", "rust"]);
        let source = place.path().join("visit/src/lib.rs");
        let text = fs::read_to_string(&source).unwrap();
        let text =
            text.replace("            Ok(())\n        })?;", "            panic!(\"no more\")\n        })?;");
        fs::write(source, text).unwrap();
        let built = host(place, &["build", "visit"]);
        assert_eq!(built.code, Some(0), "{}", built.show());
        fs::read(place.path().join("visit.wasm")).unwrap()
    };
    let [one, other] = [Place::new(), Place::new()].map(|place| (panics(&place), place));
    assert!(one.0 == other.0, "two builds of one source differ");
    for folder in [one.1.path(), other.1.path(), &dirs_home().join(".cargo"), &dirs_home().join(".rustup")] {
        let folder = folder.to_str().unwrap().as_bytes();
        assert!(!one.0.windows(folder.len()).any(|bytes| bytes == folder), "{folder:?}");
    }

    let (place, target) = (&one.1, target());
    let said = place.host(["run", "visit.wasm", "--target", &target.url("")]);
    assert_eq!(said.code, Some(107), "{}", said.show());
    let report = place.report();
    let message = &broken(&report)["messages"][0];
    let stands = place_of(&place.path().join("visit"), "src/lib.rs", "panic!");
    assert!(message["at"].as_str().unwrap().starts_with(&stands), "{message:#}");
    assert!(
        message["example"].as_str().unwrap().starts_with(&format!("panicked at {stands}:")),
        "{message:#}"
    );
}

#[expect(clippy::disallowed_methods, reason = "tests read the environment themselves")]
fn dirs_home() -> std::path::PathBuf {
    std::env::var_os("HOME").map(Into::into).unwrap_or_default()
}

/// What Go prints of a deadlock is no error that the SDK could catch.
#[test]
fn what_go_prints_by_itself_is_told_by_the_files_of_the_project() {
    let place = Place::new();
    let files = [
        ("go.mod", "module example.org/shop\n\ngo 1.25\n"),
        (
            "shop.go",
            "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n\n\t\"example.org/shop/cart\"\n\t\"outrider.dev/outrider\"\n)\n\n\
             func init() { outrider.Journey(outrider.Definition{Name: \"shop\", Run: run}) }\n\n\
             func run(*outrider.Iteration) error {\n\tfmt.Fprintln(os.Stderr, \"on my way\")\n\tcart.Wait()\n\treturn nil\n}\n\n\
             func main() {}\n",
        ),
        ("cart/cart.go", "package cart\n\n// Wait waits for ever.\nfunc Wait() {\n\t<-make(chan int)\n}\n"),
    ];
    for (name, content) in files {
        let path = place.path().join("shop").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let said = place.host(["run", "shop"]);
    assert_eq!(said.code, Some(107), "{}", said.show());
    let report = place.report();
    let message = &broken(&report)["messages"][0];
    assert_eq!(message["at"], "cart/cart.go:5", "{message:#}");
    assert!(message["stack"].as_str().unwrap().contains("at main.run (shop.go:15)"), "{message:#}");
    assert!(said.stderr.contains("on my way") && !said.stderr.contains("goroutine "), "{}", said.show());
}
