//! From texts to plans, and what is wrong with texts.

use std::time::Duration;

use outrider_model::{Arrivals, ExecutorPlan, Rate, WhenBusy};

use super::*;
use crate::Place;

/// What is wrong, a line for each fault and one for its hint.
fn faults(text: &str) -> Vec<String> {
    let said = read(text).faults.into_iter();
    said.flat_map(|fault| [Some(fault.to_string()), fault.hint.map(|hint| format!("  hint: {hint}"))])
        .flatten()
        .collect()
}

/// A plan without faults.
fn sound(text: &str) -> Plan {
    let plan = read(text);
    assert_eq!(plan.faults, [], "{text}");
    plan
}

#[test]
fn plans_are_equal_that_say_the_same() {
    let plan = sound("[run]\nseed = 7\n[scenario.a]\nplugin = \"a.ts\"\nvus = 2\nduration = \"9s\"\n");
    let moved = sound(
        "# seven\n[scenario.a]\nvus   = 2\nduration = '9s'\nplugin = 'a.ts'\n\n[run]\nseed = 7 # as said\n",
    );
    assert_eq!(plan.file, moved.file);
    let other = sound("[run]\nseed = 7\n[scenario.a]\nplugin = \"a.ts\"\nvus = 3\nduration = \"9s\"\n");
    assert_ne!(plan.file, other.file);
}

fn executors(plan: &Plan) -> Vec<ExecutorPlan> {
    plan.loads.iter().map(|load| load.as_ref().unwrap().load.executor.clone()).collect()
}

/// Every key that there is.
const EVERYTHING: &str = r#"
thresholds = ["requests.duration p95 < 500ms", "checks.passed rate > 99% abort after 10s"]

[run]
name = "release candidate"
target = "https://shop.test"
seed = 7
out = "results"
graceful_stop = "10s"

[http]
version = "1.1"
insecure = true
user_agents = [{ text = "phone", weight = 7 }, { text = "desktop" }]
trace = "per-iteration"
compression = false
discard_bodies = true
timeout = "5s"
connect_timeout = "2s"
idle_timeout = "1m"
dns_ttl = "30s"
max_redirects = 0
connections_per_origin = 2
batch_concurrency = 10

[mix]
executor = "ramping-arrival-rate"
rate = "10/s"
stages = [{ duration = "30s", target = "20/s" }]
arrivals = "poisson"
when_busy = "wait"
vus = 50
max_vus = 100
start_time = "5s"
graceful_stop = "1s"

[scenario.browse]
plugin = "browse.ts"
weights = { look = 3, search = 1 }
weight = 80

[scenario.buy]
plugin = "buy.ts"
scenario = "buy"
weight = 20
graceful_stop = "2s"
parameters = { think_ms = 5, products = [1, 2], who = { name = "Ada", vip = true }, rate = 0.5 }
tags = { team = "checkout" }

[scenario.fixed]
plugin = "fixed.wasm"
executor = "per-vu-iterations"
vus = 3
iterations = 5
duration = "1m"
start_time = "10s"

[scenario.ramp]
plugin = "fixed.wasm"
vus = 1
stages = [{ duration = "10s", target = 5 }, { duration = "0s", target = 0 }]
graceful_ramp_down = "3s"

[scenario.phased]
plugin = "fixed.wasm"
phases = [{ duration = "30s", rate = "1/s" }, { duration = "30s", rate = "2/s" }]
arrivals = "even"
vus = 2
max_vus = 9

[[assert]]
plugin = "assert-http.wasm"
parameters = { max_duration_ms = 500 }
scenarios = ["buy"]

[[data]]
name = "users"
file = "users.csv"
policy = "unique:drop"
scenarios = ["buy", "browse"]

[[secret]]
name = "token"
env = "SHOP_TOKEN"

[[secret]]
name = "key"
file = "key.txt"

[grants]
allow_net = ["*.shop.test:443"]

[limits]
memory = "64MiB"
cpu = "1s"
iteration_timeout = "5m"
"#;

#[test]
fn everything_that_can_be_written_is_read() {
    let plan = sound(EVERYTHING);
    let file = &plan.file;
    let run = &file.run.as_ref().unwrap().value;
    assert_eq!(run.seed.as_ref().unwrap().value, 7);
    assert_eq!(run.target.as_ref().unwrap().at, Place { line: 6, column: 1 });
    let names: Vec<&str> = file.scenario.as_ref().unwrap().value.names().collect();
    assert_eq!(names, ["browse", "buy", "fixed", "ramp", "phased"], "in the order of the file");
    let buy = &file.scenario.as_ref().unwrap().value.0[1].1.value;
    let parameters = &buy.parameters.as_ref().unwrap().value.0;
    let text: Vec<String> = parameters.iter().map(|(key, value)| format!("{key}={}", value.value)).collect();
    assert_eq!(text, ["think_ms=5", "products=[1,2]", r#"who={"name":"Ada","vip":true}"#, "rate=0.5"]);
    let expressions: Vec<&str> =
        file.thresholds.as_ref().unwrap().value.iter().map(|one| one.value.as_str()).collect();
    assert_eq!(expressions, ["requests.duration p95 < 500ms", "checks.passed rate > 99% abort after 10s"]);
    let names: Vec<&str> = executors(&plan).iter().map(ExecutorPlan::name).collect();
    assert_eq!(
        names,
        [
            "ramping-arrival-rate",
            "ramping-arrival-rate",
            "per-vu-iterations",
            "ramping-vus",
            "ramping-arrival-rate"
        ]
    );
}

#[test]
fn a_mix_is_shared_by_weight() {
    let plan = sound(EVERYTHING);
    let shares: Vec<_> = plan.loads.iter().map(|load| load.as_ref().unwrap().share).collect();
    let share = |from, to| Some(MixShare { from, to, of: 100 });
    assert_eq!(shares, [share(0, 80), share(80, 100), None, None, None]);
    let first = executors(&plan).remove(0);
    let ExecutorPlan::RampingArrivalRate {
        start_rate,
        stages,
        pre_allocated_vus,
        max_vus,
        arrivals,
        when_busy: WhenBusy::Wait,
    } = first
    else {
        panic!("{first:?}")
    };
    assert_eq!((start_rate, stages[0].target), (Rate::per_second(8.0), 16.0));
    assert_eq!((pre_allocated_vus, max_vus, arrivals), (40, 80, Arrivals::Poisson));
}

#[test]
fn a_mix_has_no_more_vus_than_it_says() {
    let scenarios: String =
        ["a", "b", "c"].map(|name| format!("[scenario.{name}]\nplugin = 'a.ts'\nweight = 5\n")).concat();
    let mix =
        |max_vus: u32| format!("[mix]\nrate = '10/s'\nduration = '1s'\nmax_vus = {max_vus}\n{scenarios}");
    let most: Vec<u32> = executors(&sound(&mix(4))).iter().map(ExecutorPlan::max_vus).collect();
    assert_eq!(most, [2, 1, 1]);
    assert_eq!(
        faults(&mix(2)),
        [
            "4:1: [mix] max_vus = 2 is less than one for each of the 3 scenarios that share the rate",
            "  hint: at least max_vus = 3, or fewer scenarios with a weight",
        ]
    );
}

#[test]
fn the_least_plan_is_one_iteration() {
    let plan = sound("[scenario.try]\nplugin = 'a.ts'\n");
    let max_duration = Duration::from_secs(600);
    assert_eq!(executors(&plan), [ExecutorPlan::SharedIterations { vus: 1, iterations: 1, max_duration }]);
}

#[test]
fn what_is_no_toml_is_said_with_its_place() {
    assert_eq!(
        faults("[scenario.a]\nplugin = 'a.ts\nvus = 1\n"),
        ["2:15: invalid literal string, expected `'`"]
    );
    assert_eq!(faults("[run]\nseed = 1\nseed = 2\n[scenario.a]\nplugin = 'a.ts'"), ["3:1: duplicate key"]);
}

#[test]
fn a_plan_without_a_scenario_would_run_nothing() {
    assert_eq!(
        faults(""),
        [
            "1:1: the plan has no scenario: nothing would run",
            "  hint: write for example [scenario.browse] and below it plugin = \"browse.ts\""
        ]
    );
    assert_eq!(
        faults("[scenario]\nplugin = 'a.ts'\n"),
        [
            "2:1: [scenario] plugin is a text, not a table",
            "  hint: write for example [scenario.browse]: each has a name"
        ]
    );
    assert_eq!(
        faults("[[scenario]]\nplugin = 'a.ts'\n"),
        [
            "1:3: scenario is a list, not a table",
            "  hint: write for example [scenario.browse]: each has a name"
        ]
    );
}

#[test]
fn keys_that_are_unknown_come_with_what_was_meant() {
    assert_eq!(
        faults(
            r#"
runn = 1
[scenarios.a]
plugin = "a.ts"
[scenario.a]
plugin = "a.ts"
preAllocatedVUs = 5
timeUnit = "1s"
maxVus = 5
exec = "buy"
colour = "red"
thresholds = []
[[assert]]
plugin = "b.wasm"
set = { a = 1 }
"#
        ),
        [
            "2:1: a plan has no key 'runn'",
            "  hint: did you mean run?",
            "3:2: a plan has no table 'scenarios'",
            "  hint: did you mean scenario?",
            "7:1: [scenario.a] has no key 'preAllocatedVUs'",
            "  hint: write vus",
            "8:1: [scenario.a] has no key 'timeUnit'",
            "  hint: a rate has its unit of time: rate = \"30/m\"",
            "9:1: [scenario.a] has no key 'maxVus'",
            "  hint: write max_vus",
            "10:1: [scenario.a] has no key 'exec'",
            "  hint: write scenario",
            "11:1: [scenario.a] has no key 'colour'",
            "  hint: it has plugin, scenario, weights, weight, executor, vus, duration, iterations, rate, stages, \
             phases, max_vus, arrivals, when_busy, start_time, graceful_stop, graceful_ramp_down, parameters, tags",
            "12:1: [scenario.a] has no key 'thresholds'",
            "  hint: thresholds stand at the top of the file, before the first table",
            "15:1: [assert[1]] has no key 'set'",
            "  hint: write parameters",
        ]
    );
}

#[test]
fn scenarios_under_a_name_like_theirs_are_not_said_to_be_missing() {
    let pack = "[[assert]]\nplugin = 'b.wasm'\nscenarios = ['a']\n";
    for key in ["scenarios", "scenaro", "Scenario"] {
        let said = faults(&format!("[{key}.a]\nplugin = 'a.ts'\n{pack}"));
        let unknown = format!("1:2: a plan has no table '{key}'");
        assert_eq!(said, [unknown, "  hint: did you mean scenario?".to_owned()]);
    }
    let mix = "[mix]\nrate = '10/s'\nduration = '1s'\n";
    assert_eq!(
        faults(&format!("{mix}[scenarios.a]\nplugin = 'a.ts'\nweight = 1\n")),
        ["4:2: a plan has no table 'scenarios'", "  hint: did you mean scenario?"]
    );
    assert_eq!(
        faults(&format!("{}[scenario.a]\nplugin = 'a.ts'\nweight = 1\n", mix.replace("mix", "mixx"))),
        ["1:2: a plan has no table 'mixx'", "  hint: did you mean mix?"]
    );
    assert_eq!(
        faults("[journeys.a]\nplugin = 'a.ts'\n")[..2],
        [
            "1:1: the plan has no scenario: nothing would run",
            "  hint: write for example [scenario.browse] and below it plugin = \"browse.ts\"",
        ]
    );
}

#[test]
fn thresholds_are_no_tables() {
    let scenario = "[scenario.a]\nplugin = 'a.ts'\n";
    let hint = "  hint: write for example thresholds = [\"requests.duration p95 < 500ms\"], at the top of the file, \
                before the first table";
    assert_eq!(
        faults(&format!("{scenario}[thresholds]\n\"requests.duration\" = ['p95 < 500ms']\n")),
        ["3:2: thresholds is a table, not a list", hint]
    );
    assert_eq!(
        faults(&format!("{scenario}[[thresholds]]\nmetric = 'a'\n[[thresholds]]\nmetric = 'b'\n")),
        ["3:3: thresholds is a list of tables, not of texts", hint]
    );
    assert_eq!(
        faults(&format!("{scenario}[threshold]\np95 = '500ms'\n")),
        [
            "3:2: a plan has no table 'threshold'",
            "  hint: did you mean thresholds = [\"requests.duration p95 < 500ms\"]?",
        ]
    );
    assert_eq!(
        faults(&format!("thresholds = [5]\n{scenario}")),
        [
            "1:15: thresholds[1] is a whole number, not a text",
            "  hint: write for example \"requests.duration p95 < 500ms\""
        ]
    );
    let plan = sound(&format!("thresholds = [\"requests.duration p95 < 500ms\"]\n{scenario}"));
    let thresholds = plan.file.thresholds.unwrap().value;
    assert!(thresholds[0].value.parse::<outrider_model::threshold::Threshold>().is_ok(), "{thresholds:?}");
}

#[test]
fn a_list_of_tables_is_hinted_with_its_whole_name() {
    let stages = "[scenario.a.stages]\nduration = '1s'\ntarget = 5\n";
    assert_eq!(
        faults(&format!("[scenario.a]\nplugin = 'a.ts'\n{stages}[grants.allow_net]\n")),
        [
            "3:13: [scenario.a] stages is a table, not a list",
            "  hint: write for example [[scenario.a.stages]]",
            "6:9: [grants] allow_net is a table, not a list",
            "  hint: write for example allow_net = [\"*.shop.test:443\"]",
        ]
    );
}

#[test]
fn faults_come_in_the_order_of_their_lines() {
    let plan = read(
        r#"runn = 1
[scenario.b]
rate = "0/s"
colour = 1
[http]
timeout = "0s"
[scenario.a]
vus = -1
[[data]]
"#,
    );
    let places: Vec<Place> = plan.faults.iter().map(|fault| fault.at).collect();
    assert!(places.is_sorted() && places.len() > 6, "{:?}", plan.faults);
}

#[test]
fn values_of_the_wrong_kind_say_which_is_right() {
    assert_eq!(
        faults(
            r#"
thresholds = "requests.duration p95 < 500ms"
[run]
seed = "seven"
target = ""
out = 5
[http]
version = "3"
insecure = "yes"
[scenario.a]
plugin = "a.ts"
rate = 100
duration = 30
vus = -1
max_vus = 5000000000
arrivals = "poison"
executor = "constant-rate"
stages = [{ duration = "30s", target = 1.5 }, 5]
tags = { team = 5 }
weights = { a = "many" }
[assert]
plugin = "b.wasm"
[limits]
memory = "12MB"
cpu = "soon"
"#
        ),
        [
            "2:1: thresholds is a text, not a list",
            "  hint: write for example thresholds = [\"requests.duration p95 < 500ms\"]",
            "4:1: [run] seed is a text, not a whole number",
            "  hint: write for example seed = 10",
            "5:1: [run] target is empty",
            "6:1: [run] out is a whole number, not a text",
            "  hint: write for example out = \"…\"",
            "8:1: [http] version: there is no '3'",
            "  hint: did you mean 2? there are auto, 1.1, 2",
            "9:1: [http] insecure is a text, not true or false",
            "  hint: write for example insecure = true",
            "12:1: [scenario.a] rate = 100 has no unit",
            "  hint: rate = \"100/s\"",
            "13:1: [scenario.a] duration = 30 has no unit",
            "  hint: duration = \"30s\"",
            "14:1: [scenario.a] vus = -1 is negative",
            "15:1: [scenario.a] max_vus = 5000000000 is too large",
            "  hint: the most is 4294967295",
            "16:1: [scenario.a] arrivals: there is no 'poison'",
            "  hint: did you mean poisson? there are even, poisson",
            "17:1: [scenario.a] executor: there is no 'constant-rate'",
            "  hint: did you mean constant-vus? there are shared-iterations, per-vu-iterations, constant-vus, \
             ramping-vus, constant-arrival-rate, ramping-arrival-rate",
            "18:31: [scenario.a.stages[1]] target is a number, not a number of VUs or a rate",
            "  hint: write for example target = 100, or target = \"100/s\"",
            "18:47: [scenario.a] stages[2] is a whole number, not a table",
            "  hint: write for example { … }",
            "19:10: [scenario.a.tags] team is a whole number, not a text",
            "  hint: write for example team = \"…\"",
            "20:13: [scenario.a.weights] a is a text, not a whole number",
            "  hint: write for example a = 10",
            "21:2: assert is a table, not a list",
            "  hint: write for example [[assert]]",
            "24:1: [limits] memory: '12MB' is not a size: write for example 128MiB or 1GiB",
            "25:1: [limits] cpu: 'soon' is not a duration: write for example 30s, 1m30s or 500ms",
        ]
    );
}

#[test]
fn what_a_table_must_have_is_asked_for() {
    assert_eq!(
        faults(
            r#"
[http]
user_agents = [{ weight = 1 }]
[scenario.a]
stages = [{ duration = "30s" }, { target = 5 }]
phases = [{}]
[[assert]]
[[data]]
[[secret]]
"#
        ),
        [
            "3:16: [http.user_agents[1]] has no text",
            "  hint: text = \"…\" is the header",
            "4:11: [scenario.a] has no plugin",
            "  hint: plugin = \"browse.ts\" names the journey",
            "5:11: [scenario.a.stages[1]] has no target",
            "  hint: target = 100 ramps to 100 VUs, target = \"100/s\" to 100 iterations per second",
            "5:33: [scenario.a.stages[2]] has no duration",
            "  hint: duration = \"30s\"",
            "6:11: [scenario.a.phases[1]] has no duration",
            "  hint: duration = \"30s\"",
            "6:11: [scenario.a.phases[1]] has no rate",
            "  hint: rate = \"10/s\"",
            "7:1: [assert[1]] has no plugin",
            "  hint: plugin = \"assert-http.wasm\" names the pack",
            "8:1: [data[1]] has no name",
            "  hint: journeys ask for it by its name",
            "8:1: [data[1]] has no file",
            "  hint: file = \"users.csv\" names it",
            "9:1: [secret[1]] has no name",
            "  hint: journeys ask for it by its name",
        ]
    );
}

#[test]
fn loads_are_judged_as_flags_are_and_said_where_they_stand() {
    assert_eq!(
        faults(
            r#"
[scenario.a]
plugin = "a.ts"
rate = "0/s"
vus = 5
max_vus = 3
[scenario.b]
plugin = "a.ts"
vus = 50
[scenario.c]
plugin = "a.ts"
executor = "ramping-vus"
[scenario.d]
plugin = "a.ts"
stages = [{ duration = "10s", target = 5 }, { duration = "10s", target = "5/s" }]
[scenario.e]
plugin = "a.ts"
stages = [{ duration = "10s", target = "0/s" }]
"#
        ),
        [
            "4:1: [scenario.a] rate = \"0/s\": nothing would start",
            "  hint: for example rate = \"10/s\"",
            "4:1: [scenario.a] rate does not say how long",
            "  hint: add for example duration = \"30s\"",
            "6:1: [scenario.a] max_vus = 3 is below vus = 5",
            "  hint: vus are made beforehand, max_vus is the ceiling",
            "9:1: [scenario.b] vus alone does not say how much",
            "  hint: add duration = \"30s\", or iterations = 100",
            "12:1: [scenario.c] a ramp needs stages",
            "  hint: add for example stages = [{ duration = \"30s\", target = 100 }, { duration = \"1m\", target = \
             100 }]",
            "15:1: [scenario.d] { duration = \"10s\", target = 5 } ramps to 5 VUs, but another stage ramps to a rate \
             of iterations",
            "  hint: { duration = \"10s\", target = \"5/s\" } ramps to 5 iterations per second",
            "16:11: [scenario.e] not one iteration would start",
            "  hint: a higher rate, or more time",
        ]
    );
}

#[test]
fn a_mix_needs_a_rate_and_scenarios_that_share_it() {
    let scenario = "[scenario.a]\nplugin = 'a.ts'\n";
    assert_eq!(
        faults(&format!("[mix]\nvus = 5\nduration = '1s'\n{scenario}")),
        [
            "1:2: [mix]: no scenario has a weight, so nobody would share it",
            "  hint: write for example weight = 80 in one scenario and weight = 20 in another",
            "1:2: [mix] has no rate, and a rate is what its scenarios share",
            "  hint: write for example rate = \"10/s\" and duration = \"30s\"; scenarios with a number of VUs have \
             each their own",
        ]
    );
    assert_eq!(
        faults(&format!("[mix]\nstages = [{{ duration = '1s', target = 5 }}]\n{scenario}weight = 1")),
        [
            "1:2: [mix] is ramping-vus: only a rate can be shared",
            "  hint: give each scenario its own number of VUs",
        ]
    );
    let mix = "[mix]\nrate = '10/s'\nduration = '1s'\n";
    assert_eq!(
        faults(&format!(
            "{mix}{scenario}weight = 1\nvus = 5\nstart_time = '1s'\n[scenario.b]\nplugin = 'b.ts'\nweight = 0"
        )),
        [
            "6:1: [scenario.a] weight does not go with vus, start_time: [mix] has the load",
            "  hint: leave the weight out, or the rest",
            "11:1: [scenario.b] weight = 0: it would never run",
        ]
    );
    assert_eq!(
        faults(&format!("{scenario}weight = 1")),
        [
            "3:1: [scenario.a] weight is a share of [mix], which the plan does not have",
            "  hint: write for example [mix] and below it rate = \"10/s\", duration = \"30s\"; the weights of a \
             journey's own scenarios are weights = { … }",
        ]
    );
}

#[test]
fn parts_that_contradict_each_other_are_found() {
    assert_eq!(
        faults(
            r#"
[http]
user_agents = [{ text = "a", weight = 0 }]
connections_per_origin = 0
timeout = "0s"
[scenario.a]
plugin = "a.ts"
scenario = "x"
weights = { x = 0 }
[[assert]]
plugin = "b.wasm"
scenarios = ["a", "b"]
[[data]]
name = "users"
file = "a.csv"
scenarios = ["browse"]
[[data]]
name = "users"
file = "b.csv"
[[secret]]
name = "key"
env = "KEY"
file = "key.txt"
"#
        ),
        [
            "3:1: [http] user_agents: none has a weight above 0",
            "  hint: leave the list out, or give one a weight",
            "4:1: [http] connections_per_origin = 0: no request could be sent",
            "  hint: at least 1",
            "5:1: [http] timeout = \"0s\": every request would fail",
            "9:1: [scenario.a] weights do not go with scenario: 'x' alone would run",
            "9:1: [scenario.a] weights: none is above 0, so nothing would run",
            "  hint: write for example weights = { browse = 8, buy = 2 }",
            "12:19: [assert[1]] scenarios: the plan has no scenario 'b'",
            "  hint: did you mean a?",
            "16:14: [data[1]] scenarios: the plan has no scenario 'browse'",
            "  hint: it has a",
            "18:1: data 'users' is there twice, first in line 14",
            "23:1: secret 'key' has two sources, env and file",
            "  hint: leave one of them out",
        ]
    );
}

#[test]
fn a_value_that_cannot_be_read_is_not_said_to_be_missing() {
    assert_eq!(
        faults(
            "[scenario.a]\nplugin = 5\nexecutor = 'constant-arrival-rate'\nrate = '100'\nduration = '1s'\n"
        ),
        [
            "2:1: [scenario.a] plugin is a whole number, not a text",
            "  hint: write for example plugin = \"…\"",
            "4:1: [scenario.a] rate: '100' is not a rate: write for example 100/s, 30/m or 1000/h",
        ]
    );
}

#[test]
fn the_schema_takes_what_the_reader_takes() {
    let schema: serde_json::Value = serde_json::from_str(&crate::plan_json_schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let json = |text: &str| serde_json::to_value(toml::from_str::<toml::Value>(text).unwrap()).unwrap();
    let errors =
        |text: &str| validator.iter_errors(&json(text)).map(|error| error.to_string()).collect::<Vec<_>>();
    assert_eq!(errors(EVERYTHING), Vec::<String>::new());
    let refused = [
        "[scenario.a]\n",
        "[scenario.a]\nplugin = 'a.ts'\nvuss = 1\n",
        "[scenario.a]\nplugin = 'a.ts'\nrate = 10\n",
        "[scenario.a]\nplugin = 'a.ts'\nduration = '30'\n",
        "[scenario.a]\nplugin = 'a.ts'\nexecutor = 'x'\n",
        "[scenario.a]\nplugin = 'a.ts'\nstages = [{ duration = '1s' }]\n",
        "[run]\nseed = -1\n",
        "[limits]\nmemory = '12MB'\n",
        "[[data]]\nname = 'users'\n",
        "nonsense = 1\n",
    ];
    for text in refused {
        assert_ne!(errors(text), Vec::<String>::new(), "{text}");
        assert_ne!(faults(text), Vec::<String>::new(), "{text}");
    }
    assert!(!crate::plan_json_schema().contains("null"), "TOML has none");
}

#[test]
fn every_key_has_a_word_for_editors() {
    let schema: serde_json::Value = serde_json::from_str(&crate::plan_json_schema()).unwrap();
    let tables = schema["$defs"].as_object().unwrap().values().chain([&schema]);
    for table in tables {
        for (key, value) in table["properties"].as_object().unwrap() {
            assert!(value["description"].is_string(), "{key}: {value}");
        }
    }
}
