//! Command lines that name packs wrongly: every fault is said, with a hint, before anything is sent.

use super::*;

fn errors(args: &[&str]) -> String {
    let journey = plugin("bench-http");
    Place::new().host([&["run", &journey], args].concat()).errors()
}

#[test]
fn a_journey_is_no_pack() {
    shows!(errors(&["--assert", &plugin("checkout")]), @"
    exit 104
    error: 'checkout' is a journey, not an assertion pack
    hint: a journey is run: host run PLUGIN
    ");
}

#[test]
fn a_pack_is_no_journey() {
    let said = Place::new().host(["run", &plugin("assert-http")]);
    shows!(said.errors(), @"
    exit 104
    error: 'assert-http' is an assertion pack, not a journey
    hint: a pack is attached to the run of a journey: --assert PACK
    ");
}

#[test]
fn sources_and_files_that_are_missing_are_named_together() {
    shows!(errors(&["--assert", "pack.ts", "--assert", "missing.wasm"]), @"
    exit 104
    error: cannot read pack.ts
      caused by: No such file or directory (os error 2)
    error: cannot read plugin 'missing.wasm'
      caused by: No such file or directory (os error 2)
    ");
}

#[test]
fn parameters_that_do_not_fit_are_named_with_their_pack() {
    let pack = plugin("assert-http");
    let settings = [
        "assert-http.max_duration=1",
        "assert-http.max_duration_ms=0",
        "assert-http.rules=[{\"source\": \"staus\", \"comparison\": \"equals\", \"value\": 200}]",
    ];
    let flags: Vec<&str> = settings.iter().flat_map(|setting| ["--assert-set", *setting]).collect();
    let said = errors(&[&["--assert", &pack], flags.as_slice()].concat());
    assert!(said.starts_with("exit 104\n"), "{said}");
    for words in [
        "assertion pack 'assert-http' has no parameter 'max_duration'",
        "hint: did you mean max_duration_ms?",
        "parameter 'max_duration_ms' does not fit the schema of assertion pack 'assert-http': 0 is less than the minimum of 1",
        "parameter 'rules/0/source' does not fit the schema of assertion pack 'assert-http'",
    ] {
        assert!(said.contains(words), "{words} in {said}");
    }
}

#[test]
fn a_setting_needs_its_pack_and_its_file() {
    let pack = plugin("assert-http");
    shows!(errors(&["--assert", &pack, "--assert-set", "assert-htpp.basics=false", "--assert-set", "assert-http.rules=@rules.json"]), @"
    exit 104
    error: cannot read 'rules.json', the value of assert-http.rules
      caused by: No such file or directory (os error 2)
    hint: a text that begins with @ is written with two: assert-http.rules=@@rules.json
    error: --assert-set assert-htpp.basics: there is no assertion pack 'assert-htpp'
    hint: the run has assert-http
    ");
    shows!(errors(&["--assert-set", "assert-http.basics=false"]), @"
    exit 104
    error: --assert-set assert-http.basics: there is no assertion pack 'assert-http'
    hint: attach it with --assert PACK
    ");
}

#[test]
fn two_packs_of_one_name_cannot_be_told_apart() {
    let pack = plugin("assert-http");
    shows!(errors(&["--assert", &pack, "--assert", &pack]), @"
    exit 104
    error: two assertion packs are named 'assert-http'
    hint: a plan attaches a pack several times, each [[assert]] with a name of its own
    ");
}

#[test]
fn a_rule_that_makes_no_sense_ends_the_run_before_it_starts() {
    let pack = plugin("assert-http");
    let rules = "assert-http.rules=[{\"source\": \"status\", \"comparison\": \"exists\"}, {\"source\": \"header\", \"comparison\": \"exists\"}]";
    shows!(errors(&["--assert", &pack, "--assert-set", rules]), @"
    exit 107
    error: users could not be started: an assertion pack broke
      caused by: cannot start VU 1: assertion pack 'assert-http': rule 2: the source header needs a property: the header's name
    ");
}
