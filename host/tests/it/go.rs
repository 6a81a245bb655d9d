//! Journeys and packs in Go, from their source to what a user sees.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use outrider_test_util::{Behaviour, TargetServer};

use crate::harness::{Place, Said, shows, workspace};

/// Large enough that Go's collector runs every few answers.
const LARGE_BYTES: usize = 1 << 20;

fn target() -> TargetServer {
    let large = Behaviour::html("x".repeat(LARGE_BYTES));
    TargetServer::builder().route("/large", large).route("/loop", Behaviour::redirect(302, "/loop")).start()
}

/// A scenario of `journeys/trouble.go`.
fn trouble(place: &Place, scenario: &str, flags: &[&str]) -> Said {
    let target = target();
    let url = target.url("");
    let source = workspace().join("host/tests/it/journeys/trouble.go").display().to_string();
    let fixed = ["run", &source, "--target", &url, "--scenario", scenario];
    place.host(fixed.iter().chain(flags))
}

/// What is said of the failure with its stack, without the lines that the toolchain says first.
fn failure(said: &Said) -> String {
    let lines: Vec<&str> = said.stderr.lines().skip_while(|line| !line.starts_with("error:")).collect();
    format!("exit {}\n{}\n", said.code.unwrap_or(-1), lines.join("\n"))
}

/// The host may not be called while it hands an answer over, and Go's collector, which reads the clock, runs whenever
/// memory is asked for. The SDK takes answers in without asking Go for memory.
#[test]
fn large_answers_are_read_while_the_collector_works() {
    let place = Place::new();
    let said = trouble(&place, "reads", &["-i", "4", "-u", "2"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let report = place.report();
    assert_eq!(report["iterations"]["completed"], 4, "{}", said.show());
    assert_eq!(report["requests"][0]["count"], 400);
}

#[test]
fn a_panic_ends_the_iteration_with_its_place_and_the_user_goes_on() {
    let place = Place::new();
    let said = trouble(&place, "panics", &["-i", "2"]);
    shows!(failure(&said), @r"
    exit 107
    error: the journey broke in every iteration
      caused by: exception: panic: runtime error: index out of range [0] with length 0
      caused by: stack
        at main.first (trouble.go:66)
        at main.panics.func1 (trouble.go:61)
        at main.panics (trouble.go:60)
    ");
    assert_eq!(place.report()["steps"][0]["failed"], 2, "the step has ended");
}

#[test]
fn a_panic_that_nobody_can_catch_has_its_words() {
    let said = trouble(&Place::new(), "panics-aside", &[]);
    let words = failure(&said);
    assert!(words.contains("caused by: exception: panic: nobody catches this\n"), "{words}");
    assert!(words.contains("at main.panicsAside.func1 (trouble.go:69)"), "{words}");
}

#[test]
fn what_must_be_there_and_is_not_is_the_targets_fault() {
    let place = Place::new();
    let said = trouble(&place, "must", &[]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert!(said.stdout.contains("'zebra' matches nothing in the answer"), "{}", said.show());
    assert!(said.stdout.contains("at trouble.go:76"), "{}", said.show());
}

#[test]
fn a_wrapped_error_keeps_whose_fault_it_is() {
    let said = trouble(&Place::new(), "wraps", &[]);
    assert!(said.stdout.contains("1 failed (1 target)"), "{}", said.show());
    assert!(said.stdout.contains("the login failed: too many redirects"), "{}", said.show());
}

#[test]
fn a_journey_that_waits_for_itself_is_told_so() {
    let said = trouble(&Place::new(), "waits-for-ever", &[]);
    let words = failure(&said);
    assert!(
        words.contains("caused by: exception: fatal error: all goroutines are asleep - deadlock!\n"),
        "{words}"
    );
    assert!(words.contains("at main.waitsForEver (trouble.go:81)"), "{words}");
}

#[test]
fn other_ends_of_a_journey_are_told_apart() {
    for (scenario, words) in [
        ("exits", "caused by: exit: ended itself as failed: a plugin has no process to end"),
        ("recurses", "caused by: trap: overflowed its stack"),
        ("spins", "caused by: cpu limit: used more than"),
    ] {
        let said = trouble(&Place::new(), scenario, &["--max-cpu", "200ms"]);
        let text = failure(&said);
        assert!(text.contains(words), "{scenario}: {text}");
        assert_eq!(said.code, Some(107), "{scenario}: {text}");
    }
}

#[test]
fn goroutines_and_gos_own_clock_work_within_an_iteration() {
    let said = trouble(&Place::new(), "sleeps", &["-i", "3"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert!(said.stdout.contains("3 completed"), "{}", said.show());
}

const PACK: &str = r#"package main

import (
	"time"

	"outrider.dev/outrider/assertions"
	"outrider.dev/outrider/vars"
	"outrider.dev/outrider/verdict"
)

var most int

func init() {
	assertions.Pack(assertions.Definition{
		Name:       "go pack",
		Parameters: map[string]any{"type": "object", "properties": map[string]any{"most": map[string]any{"type": "integer", "default": 7}}},
		Start: func() error {
			parameters, err := vars.Parameters[struct{ Most int }]()
			most = parameters.Most
			return err
		},
		Exchange: func(exchange *assertions.Exchange) []verdict.Verdict {
			body, err := exchange.Response.Text()
			return []verdict.Verdict{
				verdict.Equal("status is 200", exchange.Response.Status(), 200),
				verdict.AtMost("body is small", len(body), most),
				verdict.That("body is read", err == nil),
			}
		},
		Step: func(step *assertions.Step) []verdict.Verdict {
			return []verdict.Verdict{verdict.Below("step is quick", step.Duration, time.Minute)}
		},
		Iteration: func(iteration *assertions.Iteration) []verdict.Verdict {
			return []verdict.Verdict{verdict.That("iteration is fine", iteration.Failure == nil)}
		},
	})
}

func main() {}
"#;

const VISIT: &str = r#"package main

import (
	"outrider.dev/outrider"
	"outrider.dev/outrider/http"
)

func init() { outrider.Journey(outrider.Definition{Name: "visit", Run: visit}) }

func visit(*outrider.Iteration) error {
	return outrider.Step("home", func() error {
		_, err := http.Get("/large")
		return err
	})
}

func main() {}
"#;

#[test]
fn a_pack_in_go_judges_exchanges_steps_and_iterations() {
    let (place, target) = (Place::new(), target());
    place.file("pack.go", PACK);
    place.file("visit.go", VISIT);
    let said = place.host(["run", "visit.go", "--target", &target.url(""), "--assert", "pack.go", "-i", "2"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let report = place.report();
    let mut checks: Vec<String> = report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| format!("{} {}: {} {}", row["pack"], row["name"], row["passed"], row["failed"]))
        .collect();
    checks.sort();
    assert_eq!(
        checks,
        [
            r#""go pack" "body is read": 2 0"#,
            r#""go pack" "body is small": 0 2"#,
            r#""go pack" "iteration is fine": 2 0"#,
            r#""go pack" "status is 200": 2 0"#,
            r#""go pack" "step is quick": 2 0"#,
        ]
    );
}

#[test]
fn what_go_says_against_a_source_is_shown_as_it_is() {
    let place = Place::new();
    place.file("broken.go", "package main\n\nfunc main() { visit() }\n");
    shows!(place.host(["run", "broken.go"]).show(), @r"
    exit 104
    --- stderr
    compiling broken.go …
    error: # command-line-arguments
    ./broken.go:3:15: undefined: visit
    ");
}

#[test]
fn without_go_it_says_what_is_missing_and_how_it_comes() {
    let place = Place::new();
    place.file("visit.go", VISIT);
    let without = place.command(["check", "visit.go"]).env("PATH", place.path()).output().unwrap();
    shows!(Said::of(without, place.path()).show(), @r"
    exit 104
    --- stderr
    error: Go is needed to build a journey in Go, and 'go' cannot be called
      caused by: No such file or directory (os error 2)
    hint: install Go from https://go.dev/dl/ or your system's packages; `go version` says what is there
    ");

    let old = place.file("go", "#!/bin/sh\necho go1.24.3\n");
    fs::set_permissions(old, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", place.path().display());
    let with_old = place.command(["check", "visit.go"]).env("PATH", path).output().unwrap();
    shows!(Said::of(with_old, place.path()).show(), @r"
    exit 104
    --- stderr
    error: go1.24.3 is too old: journeys need Go 1.25 or newer
    hint: install Go from https://go.dev/dl/ or your system's packages; `go version` says what is there
    ");
}

#[test]
fn a_definition_says_all_that_is_wrong_with_it() {
    let place = Place::new();
    place.file(
        "empty.go",
        "package main\n\nimport \"outrider.dev/outrider\"\n\nfunc init() { outrider.Journey(outrider.Definition{}) }\n\nfunc main() {}\n",
    );
    let said = place.host(["inspect", "empty.go"]);
    let words = "panic: the definition is no journey: it has no Name; it has neither Run nor Scenarios";
    assert!(said.stderr.contains(words), "{}", said.show());
}

#[test]
fn a_module_is_built_where_one_stands() {
    let place = Place::new();
    let module = place.path().join("shop");
    fs::create_dir(&module).unwrap();
    fs::write(module.join("go.mod"), "module shop\n\ngo 1.25\n").unwrap();
    fs::write(module.join("visit.go"), VISIT).unwrap();
    let output = place.command(["build", "."]).current_dir(&module).output().unwrap();
    let said = Said::of(output, place.path());
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), "shop.wasm\n"), "{}", said.show());
    assert!(fs::read(module.join("shop.wasm")).unwrap().starts_with(b"\0asm"));
}

/// The journey of docs/guides/journey-go.md is one that can be built.
#[test]
fn the_guides_journey_is_built() {
    let guide = fs::read_to_string(workspace().join("docs/guides/journey-go.md")).unwrap();
    let (_, code) = guide.split_once("```go\n").unwrap();
    let place = Place::new();
    place.file("visit.go", code.split_once("```").unwrap().0);
    let said = place.host(["inspect", "visit.go"]);
    assert!(said.stdout.starts_with("name        visit\n"), "{}", said.show());
}
