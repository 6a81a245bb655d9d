//! `host run plan.toml`: several scenarios at once, what flags put in the place of a plan's values, and what is wrong
//! with plans.

mod dry_runs;
mod examples;
mod faults;
mod packs;

use std::collections::BTreeMap;

use outrider_test_util::{Behaviour, TargetServer};

use crate::harness::{Place, Said, shows, workspace};
use crate::tables::rows;

/// Asks for a path that its parameter names, and says who it is.
const JOURNEY: &str = r#"import { http, journey, vars } from "@outrider/sdk";
export default journey({
  name: "asks",
  parameters: {
    type: "object",
    properties: { path: { type: "string", default: "/" }, other: { type: "integer", default: 1 } },
    additionalProperties: false,
  },
  scenarios: {
    asks: () => void http.get(vars.parameters().path),
    again: { weight: 0, run: () => void http.get("/again") },
  },
  setup: () => void http.get("/setup", { query: { path: vars.parameters().path } }),
});
"#;

/// A journey of another file, without a parameter that the first one has.
const OTHER: &str = r#"import { http } from "@outrider/sdk";
export const parameters = { type: "object", properties: { path: { type: "string", default: "/other" } } };
export default () => void http.get("/other");
"#;

/// A target that answers what the journeys ask for.
fn target() -> TargetServer {
    let paths = ["/", "/setup", "/again", "/a", "/b", "/c", "/browse", "/buy", "/other"];
    let builder = paths
        .into_iter()
        .fold(TargetServer::builder(), |builder, path| builder.route(path, Behaviour::text("ok")));
    builder.start()
}

/// A place with both journeys and a plan.
fn place(plan: &str) -> Place {
    let place = Place::new();
    place.file("asks.ts", JOURNEY);
    place.file("other.ts", OTHER);
    place.file("plan.toml", plan);
    place
}

/// Runs the plan against a target. No variable of the environment names another one.
fn run(place: &Place, target: &TargetServer, flags: &[&str]) -> Said {
    let url = target.url("");
    run_as_it_is(place, &[&["--target", &url], flags].concat())
}

fn run_as_it_is(place: &Place, flags: &[&str]) -> Said {
    let args = [&["run", "plan.toml"], flags].concat();
    Said::of(place.command(args).env_remove("OUTRIDER_TARGET").output().unwrap(), place.path())
}

/// How many rows of iterations each scenario has.
fn by_scenario(place: &Place) -> BTreeMap<String, usize> {
    rows(place, "iterations").iter().fold(BTreeMap::new(), |mut counts, row| {
        *counts.entry(row.text("scenario")).or_default() += 1;
        counts
    })
}

#[test]
fn two_journeys_run_at_once_and_every_request_is_accounted_for() {
    let target = target();
    let place = place(
        r#"
thresholds = ["requests.duration{scenario=browse} p95 < 10s", "requests.failed rate < 1%"]
[run]
name = "both"
seed = 3
[scenario.browse]
plugin = "asks.ts"
iterations = 12
vus = 2
parameters = { path = "/browse" }
tags = { team = "shop" }
[scenario.buy]
plugin = "asks.ts"
rate = "20/s"
duration = "500ms"
parameters = { path = "/buy" }
[scenario.more]
plugin = "asks.ts"
parameters = { path = "/buy" }
iterations = 3
start_time = "200ms"
[scenario.other]
plugin = "other.ts"
iterations = 5
"#,
    );
    let said = run(&place, &target, &[]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let expected = [("browse", 12), ("buy", 10), ("more", 3), ("other", 5)];
    assert_eq!(by_scenario(&place), expected.map(|(name, count)| (name.to_owned(), count)).into());
    let seen = ["/browse", "/buy", "/other"].map(|path| target.requests(path));
    assert_eq!(seen, [12, 13, 5], "what the target counted itself");
    assert_eq!(target.requests("/setup"), 2, "the same file with the same parameters is one journey");
    let requests = rows(&place, "requests");
    let of_browse: Vec<_> = requests.iter().filter(|row| row.text("scenario") == "browse").collect();
    assert_eq!(of_browse.len(), 12);
    assert!(of_browse.iter().all(|row| row.text("tags").contains("shop")), "{}", of_browse[0].text("tags"));
    let iterations = rows(&place, "iterations");
    let tagged = iterations.iter().filter(|row| row.text("tags").contains("shop"));
    let tagged: Vec<String> = tagged.map(|row| row.text("scenario")).collect();
    assert_eq!(tagged, ["browse"; 12], "its iterations carry the scenario's tags too, and no others");
    let report = place.report();
    assert_eq!((&report["run"]["name"], &report["completeness"]["complete"]), (&"both".into(), &true.into()));
}

#[test]
fn phases_start_as_many_iterations_as_they_say() {
    let target = target();
    let place = place(
        r#"
[scenario.visit]
plugin = "asks.ts"
phases = [{ duration = "500ms", rate = "10/s" }, { duration = "500ms", rate = "20/s" }, { duration = "500ms", rate = "40/s" }]
"#,
    );
    let said = run(&place, &target, &[]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert!(said.stderr.contains("10/s for 500ms, 20/s for 500ms, 40/s for 500ms"), "{}", said.show());
    let scheduled: Vec<i64> =
        rows(&place, "iterations").iter().map(|row| row.number("scheduled_at")).collect();
    let first = scheduled.iter().min().unwrap();
    let in_phase = |phase: i64| {
        let within = |at: &&i64| (**at - first) / 500_000_000 == phase;
        scheduled.iter().filter(within).count()
    };
    assert_eq!([0, 1, 2].map(in_phase), [5, 10, 20]);
    assert_eq!(target.requests("/"), 35);
}

#[test]
fn a_mix_shares_one_rate_by_weight() {
    let target = target();
    let plan = r#"
[run]
seed = 1
[mix]
rate = "200/s"
duration = "1s"
[scenario.browse]
plugin = "asks.ts"
parameters = { path = "/browse" }
weight = 80
[scenario.buy]
plugin = "other.ts"
weight = 20
"#;
    let place = place(plan);
    let said = run(&place, &target, &[]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let counts = by_scenario(&place);
    assert_eq!(counts["browse"] + counts["buy"], 200, "{counts:?}");
    // Four standard deviations of what a weight of 20 of 100 draws from 200.
    assert!(counts["buy"].abs_diff(40) < 23, "{counts:?}");
    let again = self::place(plan);
    assert_eq!(run(&again, &target, &[]).code, Some(0));
    assert_eq!(by_scenario(&again), counts, "the seed decides");
    let shorter = self::place(plan);
    let said = run(&shorter, &target, &["-r", "50/s", "-d", "200ms"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert_eq!(by_scenario(&shorter).values().sum::<usize>(), 10, "the flags' rate is shared alike");
}

#[test]
fn users_share_the_user_agents_by_weight() {
    let target = target();
    let place = place(
        r#"
[run]
seed = 5
[http]
user_agents = [{ text = "phone", weight = 3 }, { text = "desktop" }, { text = "never", weight = 0 }]
[scenario.a]
plugin = "other.ts"
executor = "per-vu-iterations"
vus = 60
iterations = 2
"#,
    );
    let said = run(&place, &target, &[]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let agents = target.log().into_iter().fold(BTreeMap::<String, u32>::new(), |mut agents, request| {
        *agents.entry(request.header("user-agent").to_owned()).or_default() += 1;
        agents
    });
    assert_eq!(agents.values().sum::<u32>(), 120);
    assert!(agents.values().all(|count| count % 2 == 0), "each user keeps its own: {agents:?}");
    // 90 expected; three standard deviations of what 60 users draw, twice each.
    assert!(agents["phone"].abs_diff(90) < 21 && !agents.contains_key("never"), "{agents:?}");
}

#[test]
fn weights_of_a_plan_go_before_the_journeys() {
    let target = target();
    let place = place("[scenario.a]\nplugin = 'asks.ts'\niterations = 20\nweights = { again = 1 }\n");
    let said = run(&place, &target, &[]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert_eq!((target.requests("/"), target.requests("/again")), (0, 20));
    let unknown = self::place("[scenario.a]\nplugin = 'asks.ts'\nweights = { agian = 1 }\n");
    shows!(run(&unknown, &target, &[]).errors(), @r"
    exit 104
    error: plan.toml:3:13: the journey has no scenario 'agian'
    hint: did you mean again? it has asks, again
    ");
}

const TWO: &str = r#"
thresholds = ["iterations.duration{scenario=a} p95 < 1ns"]
[run]
seed = 1
out = "kept"
[http]
version = "1.1"
[scenario.a]
plugin = "asks.ts"
parameters = { path = "/a" }
iterations = 2
start_time = "1h"
[scenario.b]
plugin = "other.ts"
iterations = 3
[[data]]
name = "users"
file = "gone.csv"
[[secret]]
name = "key"
env = "NO_SUCH_VARIABLE"
"#;

#[test]
fn flags_go_before_the_plan() {
    let target = target();
    let place = place(TWO);
    place.file("users.csv", "n\n1\n");
    place.file("key.txt", "sesame-open");
    // Data and secrets of the same name are the flags'.
    let flags = ["--data", "users=users.csv", "--secret", "key=file:key.txt"];
    // One scenario alone begins at once, with its own load, and without the thresholds of the others.
    let said = run(&place, &target, &[&flags[..], &["--scenario", "b"]].concat());
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert_eq!((target.requests("/other"), target.requests("/a")), (3, 0));
    assert!(place.path().join("kept/runs").is_dir(), "where the plan says, from the plan's folder");
    // The flags' load stands in the place of that of the scenario, and --set reaches the journeys that have it.
    let load = ["--scenario", "a", "-i", "4", "--set", "path=/c", "--out", "elsewhere"];
    let said = run(&place, &target, &[&flags[..], &load].concat());
    assert_eq!(said.code, Some(99), "the plan's threshold about it holds: {}", said.show());
    assert_eq!((target.requests("/a"), target.requests("/c")), (0, 4));
    assert!(place.path().join("elsewhere/runs").is_dir());
}

#[test]
fn a_load_for_several_scenarios_is_refused() {
    let target = target();
    let place = place("[scenario.a]\nplugin = 'asks.ts'\n[scenario.b]\nplugin = 'other.ts'\n");
    shows!(run(&place, &target, &["-u", "5", "-d", "1s", "--set", "othr=5", "--set", "other=2"]).errors(), @r"
    exit 104
    error: the plan has several scenarios: whose load do the flags give?
    hint: --scenario runs one of them alone, with the flags' load: a, b
    error: no journey of the plan has a parameter 'othr'
    hint: did you mean other?
    ");
    shows!(run(&place, &target, &["--scenario", "c"]).errors(), @r"
    exit 104
    error: the plan has no scenario 'c'
    hint: did you mean a?
    ");
}

/// The plans of the examples.
fn example(name: &str) -> String {
    workspace().join("examples/plans").join(name).display().to_string()
}
