//! `--dry-run`: what would run, where each value comes from, and that nothing happens.

use super::{place, run, run_as_it_is, target};
use crate::harness::{Place, plugin, shows, workspace};

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
    let (place, target) = (planned(), target());
    let first = run(&place, &target, &["--dry-run", "--set", "path=/a"]);
    assert_eq!(first.code, Some(0), "{}", first.show());
    place.file("saved.toml", &first.stdout);
    let command =
        place.command(["run", "saved.toml", "--dry-run"]).env_remove("OUTRIDER_TARGET").output().unwrap();
    let again = crate::harness::Said::of(command, place.path());
    assert_eq!(again.code, Some(0), "{}", again.show());
    let values = |text: &str| -> Vec<String> {
        text.lines().map(|line| line.split("  #").next().unwrap().trim_end().to_owned()).collect()
    };
    assert_eq!(values(&first.stdout), values(&again.stdout));
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
