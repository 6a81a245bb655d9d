//! Runs compared with runs, through the real program and against the demo shop.

use std::collections::BTreeMap;
use std::time::Duration;

use outrider_shop::{FaultConfig, RouteFaults, RunningShop, Shop, ShopConfig};
use serde_json::Value;

use crate::harness::{Place, plugin, shows, workspace};

/// The latency of every route: far above what a busy machine adds.
const LATENCY: Duration = Duration::from_millis(40);

/// The route that is slowed down.
const SLOW: &str = "/api/products";

/// Runs the checkout against a shop whose products take so long.
fn run_against(place: &Place, products: Duration, tag: &str) {
    let slow = RouteFaults { latency: Some(products), ..RouteFaults::default() };
    let routes = BTreeMap::from([(SLOW.to_owned(), slow)]);
    let faults = FaultConfig { latency: LATENCY, routes, ..FaultConfig::default() };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = ShopConfig { faults, ..ShopConfig::default() };
    let shop: RunningShop = runtime.block_on(Shop::start(config)).unwrap();
    let url = format!("http://{}", shop.addr());
    let args =
        ["run", &plugin("checkout"), "--target", &url, "--seed", "7", "-u", "8", "-d", "8s", "--tag", tag];
    let said = place.host(args);
    runtime.block_on(shop.shutdown()).unwrap();
    assert_eq!(said.code, Some(0), "{}", said.show());
}

fn names_of(comparison: &Value, verdict: &str) -> Vec<String> {
    let rows = comparison["rows"].as_array().unwrap().iter().filter(|row| row["verdict"] == verdict);
    rows.map(|row| format!("{} {}", row["kind"].as_str().unwrap(), row["name"].as_str().unwrap())).collect()
}

#[test]
fn a_request_that_was_slowed_down_is_worse_and_an_equal_run_is_not() {
    let place = Place::new();
    run_against(&place, LATENCY, "main");
    run_against(&place, LATENCY, "branch=equal");
    run_against(&place, 4 * LATENCY, "branch=slow");

    let said = place.host(["report", "compare", "tag:main", "tag:branch=equal", "--fail-on", "worse"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let said =
        place.host(["report", "compare", "--baseline", "main", "--fail-on", "worse", "--format", "json"]);
    assert_eq!(said.code, Some(99), "{}", said.show());
    let comparison: Value = serde_json::from_str(&said.stdout).unwrap();
    let worse = names_of(&comparison, "worse");
    assert!(worse.iter().any(|name| name.contains("/api/products")), "{worse:?} of {comparison:#}");
    assert_eq!(comparison["verdict"], "worse");
    let schema = std::fs::read(workspace().join("docs/reference/compare.schema.json")).unwrap();
    let schema: Value = serde_json::from_slice(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = validator.iter_errors(&comparison).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{faults:#?}");

    // The other way round it is better, and nothing fails.
    let said = place.host(["report", "compare", "tag:branch=slow", "tag:main", "--fail-on", "worse"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert!(said.stdout.starts_with("BETTER: "), "{}", said.show());
    let markdown = place.host(["report", "compare", "--baseline", "main", "--format", "md"]).stdout;
    let page = place.host(["report", "compare", "--baseline", "main", "--format", "html"]).stdout;
    assert!(page.contains("<title>WORSE: ") && page.contains("\"name\":\"/api/products\""));
    assert!(markdown.starts_with("### ✗ WORSE: ") && markdown.contains("| ✗ | `"), "{markdown}");
}

#[test]
fn runs_are_found_by_their_tags_and_carry_them() {
    let place = Place::new();
    place.file(
        "tagged.toml",
        format!(
            "[run]\ntags = [\"main\", \"commit=4f2a\"]\n[scenario.s]\nplugin = \"{}\"\n",
            plugin("test-guest")
        ),
    );
    let guest = plugin("test-guest");
    let run = |args: &[&str]| {
        let said = place.host([&["run"], args].concat());
        assert_eq!(said.code, Some(0), "{}", said.show());
        said.stdout
    };
    run(&[&guest]);
    let report = run(&["tagged.toml", "--tag", "extra", "--tag", "main"]);
    assert!(report.contains("Tags        main, commit=4f2a, extra"), "{report}");
    let count = |tag: &[&str]| {
        let said = place.host([&["runs", "--format", "ids"], tag].concat());
        said.stdout.lines().count()
    };
    assert_eq!((count(&[]), count(&["--tag", "commit"]), count(&["--tag", "commit=4f2a"])), (2, 1, 1));
    assert_eq!((count(&["--tag", "extra", "--tag", "main"]), count(&["--tag", "commit=0"])), (1, 0));
    let table = place.host(["runs"]).stdout;
    assert!(table.contains("tags") && table.contains("main, commit=4f2a, extra"), "{table}");
    let dry = place.host(["run", "tagged.toml", "--dry-run", "--tag", "extra"]).stdout;
    assert!(dry.contains("tags = [\"main\", \"commit=4f2a\", \"extra\"]"), "{dry}");
}

#[test]
fn what_cannot_be_compared_is_said_with_what_to_do() {
    let place = Place::new();
    let guest = plugin("test-guest");
    // Twenty iterations: one in four does nothing.
    let steps = ["--set", "behaviour=floods", "--set", "flood=steps", "--set", "amount=3"];
    let run = |args: &[&str]| {
        let said = place.host([&["run", &guest][..], &steps[..], args].concat());
        assert_eq!(said.code, Some(0), "{}", said.show());
    };
    run(&["-i", "20", "--tag", "main", "--tag", "branch=next"]);
    shows!(place.host(["report", "compare"]).show(), @r"
    exit 2
    --- stderr
    error: nothing to compare is named
    hint: name a run, or --baseline TAG: `host report compare 20260131T12` compares the latest run with that one
    ");
    shows!(place.host(["report", "compare", "--baseline", "mian"]).show(), @r"
    exit 104
    --- stderr
    error: no other run in './runs' that finished has the tag 'mian'
    hint: did you mean 'main'?
    ");
    run(&["-i", "20", "--tag", "other"]);
    shows!(place.host(["report", "compare", "--baseline", "next"]).show(), @r"
    exit 104
    --- stderr
    error: no other run in './runs' that finished has the tag 'next'
    hint: did you mean --baseline branch=next?
    ");
    shows!(place.host(["report", "compare", "tag:next"]).show(), @r"
    exit 104
    --- stderr
    error: no other run in './runs' that finished has the tag 'next'
    hint: did you mean tag:branch=next?
    ");
    shows!(place.host(["report", "compare", "tag:main", "tag:main"]).show(), @r"
    exit 104
    --- stderr
    error: no other run in './runs' that finished has the tag 'main'
    hint: [RUN] has it, and is one of those that it would be compared with
    ");
    let ids = place.host(["runs", "--format", "ids"]).stdout;
    let id = ids.lines().last().unwrap();
    shows!(place.host(["report", "compare", id]).show(), @r"
    exit 104
    --- stderr
    error: the run [RUN] would be compared with itself
    hint: name two runs; `host runs` lists them
    ");
    shows!(place.host(["run", &guest, "--tag", "a b"]).show(), @r"
    exit 2
    --- stderr
    error: invalid value 'a b' for '--tag <KEY[=VALUE]>': 'a b' is not a tag: write KEY or KEY=VALUE without spaces and commas, for example main or commit=4f2a9c

    For more information, try '--help'.
    ");
    shows!(place.host(["report", ""]).show(), @r"
    exit 104
    --- stderr
    error: the name of the run is empty
    hint: `host runs` lists the runs; where a script names it by a variable, that one is not set
    ");
    run(&["-i", "30", "--tag", "other"]);
    let said = place.host(["report", "compare", "--baseline", "main", "--fail-on", "undecided"]);
    assert_eq!(said.code, Some(99), "{}", said.show());
    assert!(said.stdout.contains("s of load to compare, and 6 s are"), "{}", said.show());
    assert!(said.stdout.contains("the runs were to make different loads"), "{}", said.show());
    // Nothing is left: whatever makes a comparison fail, it cannot be made.
    for fail_on in ["worse", "undecided"] {
        let said =
            place.host(["report", "compare", "--baseline", "main", "--skip", "1h", "--fail-on", fail_on]);
        assert_eq!((said.code, said.stdout.as_str()), (Some(104), ""), "{}", said.show());
        let why = "error: the baseline has no values to compare: --skip leaves out the first 1 h, and ";
        assert!(said.stderr.contains(why), "{}", said.show());
        assert!(said.stderr.contains(" s of load\nhint: name a shorter --skip"), "{}", said.show());
    }
}
