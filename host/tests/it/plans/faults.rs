//! What is wrong with plans: all of it at once, each with its place.

use super::{place, run, run_as_it_is, target};
use crate::harness::{plugin, shows};

/// A site that is not there: nothing is sent to it.
const NOWHERE: [&str; 2] = ["--target", "http://127.0.0.1:1"];

#[test]
fn everything_that_is_wrong_with_a_plan_comes_at_once() {
    let place = place(
        r#"thresholds = [5, "requests.duraton p95 < 1s"]
[run]
target = "shop"
sed = 1
[scenario.a]
plugin = "gone.ts"
rate = "0/s"
[scenario.b]
plugin = "asks.ts"
parameters = { pth = "/" }
[[assert]]
plugin = "gone.wasm"
[[data]]
name = "users"
file = "gone.csv"
[grants]
allow_net = ["nonsense"]
"#,
    );
    shows!(run_as_it_is(&place, &[]).show(), @r#"
    exit 104
    --- stderr
    error: plan.toml:1:15: thresholds[1] is a whole number, not a text
    hint: write for example "requests.duration p95 < 500ms"
    error: plan.toml:1:18: there is no metric 'requests.duraton'
        requests.duraton p95 < 1s
        ^^^^^^^^^^^^^^^^
    hint: did you mean requests.duration?
    error: plan.toml:3:1: target 'shop' does not begin with http:// or https://
    hint: write http://shop
    error: plan.toml:4:1: [run] has no key 'sed'
    hint: did you mean seed?
    error: plan.toml:6:1: cannot read gone.ts
      caused by: No such file or directory (os error 2)
    error: plan.toml:7:1: [scenario.a] rate = "0/s": nothing would start
    hint: for example rate = "10/s"
    error: plan.toml:7:1: [scenario.a] rate does not say how long
    hint: add for example duration = "30s"
    error: plan.toml:10:16: the journey of scenario 'b' has no parameter 'pth'
    hint: did you mean path?
    error: plan.toml:12:1: cannot read plugin 'gone.wasm'
      caused by: No such file or directory (os error 2)
    error: plan.toml:15:1: cannot read data file gone.csv
      caused by: No such file or directory (os error 2)
    error: plan.toml:17:14: grant 'nonsense' has no port
    hint: write nonsense:443, or nonsense:* for every port
    "#);
    assert!(!place.path().join("runs").exists(), "nothing is left of a run that could not start");
}

#[test]
fn a_plan_that_cannot_be_read() {
    let place = place("[scenario.a\nplugin = 5\n");
    shows!(run_as_it_is(&place, &[]).show(), @r"
    exit 104
    --- stderr
    error: plan.toml:1:12: unclosed table, expected `]`
    ");
    shows!(place.host(["run", "gone.toml"]).show(), @r"
    exit 104
    --- stderr
    error: cannot read plan 'gone.toml'
      caused by: No such file or directory (os error 2)
    ");
    place.file("empty.toml", "");
    shows!(place.host(["run", "empty.toml"]).show(), @r#"
    exit 104
    --- stderr
    error: empty.toml:1:1: the plan has no scenario: nothing would run
    hint: write for example [scenario.browse] and below it plugin = "browse.ts"
    "#);
}

#[test]
fn after_a_fault_of_the_syntax_nothing_is_guessed() {
    let place = place(
        "[run]\nsed = 1\n[mix\nrate = '10/s'\nduration = '5s'\n[scenario.a]\nplugin = 'gone.ts'\nweight = 1\n",
    );
    shows!(run_as_it_is(&place, &["--threshold", "nonsense"]).show(), @r"
    exit 104
    --- stderr
    error: plan.toml:3:5: unclosed table, expected `]`
    ");
}

#[test]
fn what_only_plugins_files_and_the_machine_can_judge_has_its_place_too() {
    let pack = plugin("assert-http");
    let place = place(&format!(
        r#"thresholds = ["requests.duration{{scenario=buys}} p95 < 1s"]
[run]
out = "asks.ts"
[scenario.buy]
plugin = "asks.ts"
scenario = "ask"
parameters = {{ path = 5, other = "x" }}
tags = {{ scenario = "twice" }}
[[assert]]
plugin = "{pack}"
parameters = {{ max_duration_ms = 0, rules = "@rules.json" }}
[[assert]]
plugin = "{pack}"
name = "strict"
parameters = {{ max_duration_ms = 0, nonsense = 1 }}
[[secret]]
name = "key"
env = "NO_SUCH_VARIABLE"
[[secret]]
name = "card"
file = "card.txt"
[[data]]
name = "users"
file = "users.csv"
[[data]]
name = "places"
file = "places.xml"
[limits]
cpu = "0s"
memory = "1KiB"
"#
    ));
    place.file("users.csv", "name,name\n");
    shows!(run_as_it_is(&place, &NOWHERE).errors(), @r#"
    exit 104
    error: plan.toml:1:15: threshold 'requests.duration{scenario=buys} p95 < 1s' is about scenario 'buys', which is not in the plan
    hint: did you mean buy?
    error: plan.toml:3:1: cannot write to the folder 'asks.ts'
      caused by: not a directory
    hint: choose another folder with --out
    error: plan.toml:6:1: the journey has no scenario 'ask'
    hint: did you mean asks? it has asks, again
    error: plan.toml:7:16: parameter 'path' does not fit the journey's schema: 5 is not of type "string"
    error: plan.toml:7:26: parameter 'other' does not fit the journey's schema: "x" is not of type "integer"
    error: plan.toml:8:10: scenario 'buy' has a tag 'scenario', which every row has already
    error: plan.toml:11:37: cannot read 'rules.json', the value of assert-http.rules
      caused by: No such file or directory (os error 2)
    hint: a text that begins with @ is written with two: assert-http.rules=@@rules.json
    error: plan.toml:15:16: parameter 'max_duration_ms' does not fit the schema of assertion pack 'strict': 0 is less than the minimum of 1
    error: plan.toml:15:37: assertion pack 'strict' has no parameter 'nonsense'
    hint: it takes basics, max_duration_ms, rules
    error: plan.toml:18:1: secret 'key' is missing: the environment has no text in NO_SUCH_VARIABLE
    hint: set NO_SUCH_VARIABLE, or say where it is: --secret key=file:PATH
    error: plan.toml:21:1: secret 'card' cannot be read from card.txt
      caused by: No such file or directory (os error 2)
    error: plan.toml:24:1: users.csv:1: two columns are named 'name'
    error: plan.toml:27:1: data file places.xml is neither .csv nor .json nor .jsonl nor .parquet
    error: plan.toml:29:1: an iteration without CPU time could do nothing
    hint: --max-cpu 2s is the default
    error: plan.toml:30:1: a user with 1024 bytes of memory could not be made
    hint: at least 64KiB; --max-memory 128MiB is the default
    "#);
    // What a flag says is not the plan's fault.
    let flags = ["--max-cpu", "0s", "--set", "path=/", "--set", "other=y", "--data", "places=gone.csv"];
    let said = run_as_it_is(&place, &[&NOWHERE[..], &flags].concat());
    for words in [
        "error: an iteration without CPU time could do nothing\n",
        "error: cannot read data file gone.csv\n",
        "error: parameter 'other' does not fit the journey's schema",
        "error: plan.toml:6:1: the journey has no scenario 'ask'",
    ] {
        assert!(said.stderr.contains(words), "{words} in {}", said.show());
    }
}

#[test]
fn one_fault_of_a_scenario_hides_no_other() {
    let place = place(
        r#"
[mix]
rate = 5
vus = 3
max_vus = 2
[scenario.a]
plugin = "asks.ts"
vus = -1
rate = "0/s"
max_vus = "many"
tags = { team = 5 }
weights = { asks = 0 }
[scenario.b]
plugin = 7
weight = "half"
[scenario.c]
plugin = "asks.ts"
stages = [{ duration = "1s" }]
iterations = 0
"#,
    );
    shows!(run_as_it_is(&place, &NOWHERE).errors(), @r#"
    exit 104
    error: plan.toml:3:1: [mix] rate = 5 has no unit
    hint: rate = "5/s"
    error: plan.toml:5:1: [mix] max_vus = 2 is below vus = 3
    hint: vus are made beforehand, max_vus is the ceiling
    error: plan.toml:8:1: [scenario.a] vus = -1 is negative
    error: plan.toml:9:1: [scenario.a] rate = "0/s": nothing would start
    hint: for example rate = "10/s"
    error: plan.toml:10:1: [scenario.a] max_vus is a text, not a whole number
    hint: write for example max_vus = 10
    error: plan.toml:11:10: [scenario.a.tags] team is a whole number, not a text
    hint: write for example team = "…"
    error: plan.toml:12:1: [scenario.a] weights: none is above 0, so nothing would run
    hint: write for example weights = { browse = 8, buy = 2 }
    error: plan.toml:14:1: [scenario.b] plugin is a whole number, not a text
    hint: write for example plugin = "…"
    error: plan.toml:15:1: [scenario.b] weight is a text, not a whole number
    hint: write for example weight = 10
    error: plan.toml:18:11: [scenario.c.stages[1]] has no target
    hint: target = 100 ramps to 100 VUs, target = "100/s" to 100 iterations per second
    error: plan.toml:19:1: [scenario.c] iterations = 0: nothing would run
    hint: at least 1
    "#);
}

#[test]
fn beside_a_mix_no_scenario_is_forgotten() {
    let mix = "[mix]\nrate = '10/s'\nduration = '1s'\n[scenario.a]\nplugin = 'asks.ts'\nweight = 1\n";
    let forgotten = place(&format!("{mix}[scenario.b]\nplugin = 'other.ts'\n"));
    shows!(run_as_it_is(&forgotten, &NOWHERE).errors(), @r"
    exit 104
    error: plan.toml:7:11: [scenario.b] has neither a weight, for a share of [mix], nor a load of its own
    hint: write for example weight = 20; iterations = 1 runs it once beside the mix
    ");
    let target = target();
    let beside = place(&format!("{mix}[scenario.b]\nplugin = 'other.ts'\niterations = 1\n"));
    let said = run(&beside, &target, &[]);
    assert_eq!((said.code, target.requests("/other")), (Some(0), 1), "{}", said.show());
    let without = place("[scenario.a]\nplugin = 'asks.ts'\nweight = 1\nrate = '0/s'\n");
    shows!(run_as_it_is(&without, &NOWHERE).errors(), @r#"
    exit 104
    error: plan.toml:3:1: [scenario.a] weight is a share of [mix], which the plan does not have
    hint: write for example [mix] and below it rate = "10/s", duration = "30s"; the weights of a journey's own scenarios are weights = { … }
    error: plan.toml:4:1: [scenario.a] rate = "0/s": nothing would start
    hint: for example rate = "10/s"
    "#);
}

#[test]
fn a_rate_is_bounded_alike_in_flags_and_plans_and_the_highest_overflows_nothing() {
    let place = place("[scenario.a]\nplugin = 'asks.ts'\nrate = '10000001/s'\nduration = '1s'\n");
    shows!(run_as_it_is(&place, &NOWHERE).errors(), @r"
    exit 104
    error: plan.toml:3:1: [scenario.a] rate: '10000001/s' is not a rate: the highest is 10000000/s
    ");
    let flags = |rate| [&["run", "asks.ts", "-d", "3650d", "--dry-run", "-r", rate], &NOWHERE[..]].concat();
    let refused = place.host(flags("10000001/s"));
    assert_eq!(refused.code, Some(2), "{}", refused.show());
    assert!(refused.stderr.contains("the highest is 10000000/s"), "{}", refused.show());
    let highest = place.host(flags("10000000/s"));
    assert_eq!(highest.code, Some(0), "{}", highest.show());
    assert!(highest.stdout.contains("#   iterations  31536000"), "{}", highest.show());
}
