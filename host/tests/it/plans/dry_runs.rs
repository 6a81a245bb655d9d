//! `--dry-run`: what would run, where each value comes from, and that nothing happens.

use super::{place, run, run_as_it_is, target};
use crate::harness::{Place, Said, plugin, shows, workspace};

const PLAN: &str = r#"thresholds = ["requests.failed rate < 1%"]
[run]
name = "Friday"
seed = 7
[mix]
rate = "2/s"
stages = [{ duration = "30s", target = "10/s" }, { duration = "30s", target = "10/s" }]
[scenario.browse]
plugin = "asks.ts"
weight = 80
tags = { team = "shop" }
[scenario.buy]
plugin = "other.ts"
weight = 20
[[data]]
name = "users"
file = "users.csv"
policy = "unique"
[limits]
cpu = "1s"
"#;

/// A journey with a parameter that is nothing unless it is given.
const NOTHING: &str = r#"import { http } from "@outrider/sdk";
export const parameters = { type: "object", properties: { who: { default: null } } };
export default () => void http.get("/other");
"#;

fn planned() -> Place {
    let place = place(PLAN);
    place.file("users.csv", "n\n1\n2\n");
    place
}

#[test]
fn a_dry_run_says_everything_and_does_nothing() {
    let (place, target) = (planned(), target());
    // Journeys that are not in the cache are said to be compiled.
    run(&place, &target, &["--dry-run"]);
    let said = run(&place, &target, &["--dry-run", "--set", "path=/a"]);
    // The memory of an instance is the compiler's.
    let text = said.show().lines().map(without_memory).collect::<Vec<_>>().join("\n");
    shows!(text, @r#"
    exit 0
    --- stdout
    # Dry run: nothing was sent, nothing was written. What follows is a plan.
    #
    #   journey     asks (asks.ts)
    #   journey     other (other.ts)
    #   may reach   127.0.0.1:[PORT]
    #   VUs         at most 40 at once, with [MEMORY]
    #   iterations  about 480: arrivals are drawn
    #   duration    1m, at most 1m30s with the graceful stop
    #   data        users (users.csv): 2 rows, unique:stop
    #
    #   iterations started, all scenarios
    #     10/s                           ▁▂▂▃▄▄▅▆▇▇█████████████████████████████████████
    #                         ▁▂▂▃▄▅▅▆▇▇████████████████████████████████████████████████
    #             ▁▁▂▃▃▄▅▆▆▇████████████████████████████████████████████████████████████
    #           ▇███████████████████████████████████████████████████████████████████████
    #           0s                                  30s                               1m
    #   browse  ▁▂▂▂▂▂▂▂▃▃▃▃▃▃▃▄▄▄▄▄▄▄▅▅▅▅▅▅▅▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆  8/s
    #      buy  ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂  2/s

    thresholds = ["requests.failed rate < 1%"]    # plan.toml:1

    [run]
    name = "Friday"                               # plan.toml:3
    target = "http://127.0.0.1:[PORT]/"            # --target
    seed = 7                                      # plan.toml:4
    out = "."                                     # default

    [http]
    version = "auto"                              # default
    insecure = false                              # default
    trace = "per-request"                         # default
    compression = true                            # default
    discard_bodies = false                        # default
    timeout = "1m"                                # default
    connect_timeout = "10s"                       # default
    idle_timeout = "1m30s"                        # default
    dns_ttl = "1m"                                # default
    max_redirects = 10                            # default
    connections_per_origin = 6                    # default
    batch_concurrency = 100                       # default

    [mix]
    executor = "ramping-arrival-rate"             # default
    rate = "2/s"                                  # plan.toml:6
    stages = [{ duration = "30s", target = "10/s" }, { duration = "30s", target = "10/s" }]  # plan.toml:7
    arrivals = "even"                             # default
    when_busy = "drop"                            # default
    vus = 10                                      # default
    max_vus = 40                                  # default
    start_time = "0s"                             # default
    graceful_stop = "30s"                         # default

    [scenario.browse]
    plugin = "asks.ts"                            # plan.toml:9
    weight = 80                                   # plan.toml:10

    [scenario.browse.parameters]
    other = 1                                     # default
    path = "/a"                                   # --set

    [scenario.browse.tags]
    team = "shop"                                 # plan.toml:11

    [scenario.buy]
    plugin = "other.ts"                           # plan.toml:13
    scenario = "default"                          # default
    weight = 20                                   # plan.toml:14

    [scenario.buy.parameters]
    path = "/a"                                   # --set

    [[data]]
    name = "users"                                # plan.toml:16
    file = "users.csv"                            # plan.toml:17
    policy = "unique:stop"                        # plan.toml:18

    [limits]
    memory = "128MiB"                             # default
    cpu = "1s"                                    # plan.toml:20
    iteration_timeout = "10m"                     # default
    "#);
    assert_eq!(target.total_requests(), 0, "nothing was sent");
    assert!(!place.path().join("runs").exists(), "nothing was written");
}

fn without_memory(line: &str) -> String {
    match line.split_once(" at once, with ") {
        Some((vus, _)) => format!("{vus} at once, with [MEMORY]"),
        None => line.to_owned(),
    }
}

#[test]
fn what_a_dry_run_says_is_a_plan_that_runs_the_same() {
    let place = planned();
    says_the_same_again(&place, &run(&place, &target(), &["--dry-run", "--set", "path=/a"]));
}

/// What a dry run says, saved, is read as the same.
fn says_the_same_again(place: &Place, first: &Said) {
    assert_eq!(values(&first.stdout), values(&read_again(place, first).stdout));
}

/// The dry run of what a dry run said.
fn read_again(place: &Place, first: &Said) -> Said {
    assert_eq!(first.code, Some(0), "{}", first.show());
    place.file("saved.toml", &first.stdout);
    let command =
        place.command(["run", "saved.toml", "--dry-run"]).env_remove("OUTRIDER_TARGET").output().unwrap();
    let again = Said::of(command, place.path());
    assert_eq!(again.code, Some(0), "{}", again.show());
    again
}

fn values(text: &str) -> Vec<String> {
    text.lines().map(|line| line.split("  #").next().unwrap().trim_end().to_owned()).collect()
}

/// The lines below the `number`-th header that is so called, from 0, each with where it comes from behind one space.
fn below(said: &Said, header: &str, number: usize) -> Vec<String> {
    let lines: Vec<&str> = said.stdout.lines().collect();
    let places: Vec<usize> = (0..lines.len()).filter(|place| lines[*place] == header).collect();
    let of_table = lines[places[number] + 1..].iter().take_while(|line| !line.is_empty());
    of_table.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// A mix that is hard to split, with what a single scenario of it may have of its own.
fn uneven() -> Place {
    let pack = plugin("assert-http");
    place(&format!(
        r#"[mix]
rate = "20/s"
duration = "10s"
vus = 3
max_vus = 10
[scenario.a]
plugin = "asks.ts"
weight = 80
graceful_stop = "7s"
[scenario.b]
plugin = "nothing.ts"
weight = 15
[scenario.c]
plugin = "other.ts"
weight = 5
[[assert]]
plugin = '{pack}'
name = "of a"
scenarios = ["a"]
[[assert]]
plugin = '{pack}'
name = "of b"
scenarios = ["b"]
parameters = {{ basics = false }}
[[data]]
name = "users"
file = "users.csv"
scenarios = ["b", "c"]
[[data]]
name = "others"
file = "users.csv"
"#
    ))
}

#[test]
fn whatever_a_plan_has_a_dry_run_of_it_is_read_as_the_same() {
    let (place, target) = (uneven(), target());
    place.file("users.csv", "n\n1\n2\n");
    place.file("nothing.ts", NOTHING);
    let said = run(&place, &target, &["--dry-run"]);
    says_the_same_again(&place, &said);
    assert!(said.stdout.contains("at most 10 at once"), "{}", said.show());
    let of_mix = below(&said, "[mix]", 0);
    for line in ["vus = 3 # plan.toml:4", "max_vus = 10 # plan.toml:5", "graceful_stop = \"30s\" # default"] {
        assert!(of_mix.iter().any(|found| found == line), "{line} in {of_mix:?}");
    }
    let of_a = [
        "plugin = \"asks.ts\" # plan.toml:7",
        "weight = 80 # plan.toml:8",
        "graceful_stop = \"7s\" # plan.toml:9",
    ];
    assert_eq!(below(&said, "[scenario.a]", 0), of_a);
    assert_eq!(below(&said, "[scenario.b.parameters]", 0), ["# who = null # default"]);
    assert_eq!(below(&said, "[[data]]", 0)[3], "scenarios = [\"b\", \"c\"] # plan.toml:28");
    assert_eq!(below(&said, "[[data]]", 1).len(), 3, "no list is all scenarios");
    // A flag's graceful stop is that of all.
    let said = run(&place, &target, &["--dry-run", "--graceful-stop", "1s"]);
    says_the_same_again(&place, &said);
    assert_eq!(said.stdout.matches("graceful_stop = \"1s\"").count(), 1, "{}", said.show());
}

#[test]
fn what_runs_of_a_plan_keeps_its_lines() {
    let (place, target, pack) = (uneven(), target(), plugin("assert-cache"));
    place.file("users.csv", "n\n1\n2\n");
    place.file("nothing.ts", NOTHING);
    let flags = ["--dry-run", "--scenario", "b", "--assert", &pack, "--data", "others=users.csv:random"];
    let said = run(&place, &target, &flags);
    // How many of the mix's arrivals are its own is drawn; of its own rate it is known.
    let again = read_again(&place, &said)
        .stdout
        .replace("iterations  30", "iterations  about 30: arrivals are drawn");
    assert_eq!(values(&said.stdout), values(&again));
    let mut of_b = below(&said, "[[assert]]", 0);
    of_b.remove(0);
    assert_eq!(of_b, ["name = \"of b\" # plan.toml:22", "scenarios = [\"b\"] # plan.toml:23"]);
    let parameters = below(&said, "[assert.parameters]", 0);
    assert!(parameters.contains(&"basics = false # plan.toml:24".to_owned()), "{parameters:?}");
    let of_flag = below(&said, "[[assert]]", 1);
    assert!(
        of_flag[0].ends_with("assert-cache.wasm\" # --assert") && of_flag[1].ends_with("# default"),
        "{of_flag:?}"
    );
    assert!(below(&said, "[assert.parameters]", 1).iter().all(|line| line.ends_with("# default")));
    assert_eq!(below(&said, "[[data]]", 0)[0], "name = \"users\" # plan.toml:26");
    assert_eq!(below(&said, "[[data]]", 1)[0], "name = \"others\" # --data");
    // Alone it has its part of the mix's rate, and no weight, which would be all of it.
    assert!(!said.stdout.contains("[mix]") && !said.stdout.contains("weight"), "{}", said.show());
    let of_b = below(&said, "[scenario.b]", 0);
    assert!(of_b.contains(&"rate = \"3/s\" # plan.toml:2".to_owned()), "{of_b:?}");
}

#[test]
fn flags_alone_have_a_dry_run_too() {
    let place = Place::new();
    let guest = plugin("bench-http");
    let said = place.host(["run", &guest, "--dry-run", "-s", "10s:5", "--max-cpu", "1s", "--set", "path=/a"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    for (value, origin) in [
        ("target = \"http://127.0.0.1:1/\"", "OUTRIDER_TARGET"),
        ("executor = \"ramping-vus\"", "default"),
        ("cpu = \"1s\"", "--max-cpu"),
        ("memory = \"128MiB\"", "default"),
        ("stages = [", "--stage"),
        ("path = \"/a\"", "--set"),
    ] {
        let mut lines = said.stdout.lines();
        let is_there = lines.any(|line| line.starts_with(value) && line.ends_with(&format!("# {origin}")));
        assert!(is_there, "{value} from {origin}\n{}", said.show());
    }
    let flags = ["run", &guest, "--dry-run", "-u", "50"];
    shows!(place.host(flags).errors(), @r"
    exit 104
    error: --vus alone does not say how much
    hint: add --duration 30s, or --iterations 100
    ");
}

#[test]
fn programs_read_a_dry_run_as_json() {
    let (place, target) = (planned(), target());
    let said = run(&place, &target, &["--dry-run", "--format", "json", "--seed", "9"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let document: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    let path = workspace().join("docs/reference/dry-run.schema.json");
    let schema = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
    let seed = document["values"].as_array().unwrap().iter().find(|value| value["key"] == "seed").unwrap();
    assert_eq!((&seed["value"], &seed["origin"]["name"]), (&9.into(), &"--seed".into()));
    let cpu = document["values"].as_array().unwrap().iter().find(|value| value["key"] == "cpu").unwrap();
    assert_eq!((&cpu["origin"]["kind"], &cpu["origin"]["line"]), (&"plan".into(), &20.into()));
    let needs = &document["needs"];
    assert_eq!(
        (&needs["planned_iterations"], &needs["planned_iterations_exact"]),
        (&480.into(), &false.into())
    );
    assert_eq!(needs["data"][0]["rows"], 2);
    assert_eq!(document["scenarios"][0]["load"]["points"][1], serde_json::json!([30.0, 8.0]));
}

#[test]
fn what_is_one_document_is_not_said_line_by_line() {
    let place = place("[scenario.a]\nplugin = 'other.ts'\n");
    let of = |command: &str, flags: &[&str]| {
        let flags =
            [&[command, "plan.toml", "--target", "http://127.0.0.1:1", "--format", "jsonl"], flags].concat();
        place.host(flags).errors()
    };
    shows!(of("run", &["--dry-run"]), @r"
    exit 104
    error: --format jsonl says what is debugged, and a dry run is one document
    hint: take --format json
    ");
    shows!(of("check", &[]), @r"
    exit 2
    error: host check takes no --format jsonl: it tries each scenario and says what it saw
    hint: --format json says the same in one document
    ");
}

#[test]
fn a_dry_run_holds_no_secret() {
    let place = place(
        "[scenario.a]\nplugin = 'asks.ts'\nparameters = { path = '/sesame-open' }\n[[secret]]\nname = 'key'\nfile = 'key.txt'\n",
    );
    place.file("key.txt", "sesame-open");
    let said = run_as_it_is(&place, &["--dry-run", "--target", "http://127.0.0.1:1"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert!(!said.stdout.contains("sesame-open"), "{}", said.show());
    assert!(said.stdout.contains("file = \"key.txt\""), "{}", said.show());
}
