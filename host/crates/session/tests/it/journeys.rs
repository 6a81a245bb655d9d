//! Several journeys in one run.

use std::collections::BTreeMap;

use outrider_capability::{SecretConfig, SecretSource};
use outrider_session::{EndReason, Exit, PackConfig, ParameterValue, Places};
use serde_json::{Value, json};

use crate::harness::{Place, journey, plugin, run, scenario};

/// Passed and failed verdicts of a check.
fn check(summary: &Value, pack: Option<&str>, name: &str) -> (u64, u64) {
    let checks = summary["checks"].as_array().unwrap();
    let found = checks.iter().find(|check| check["name"] == name && check["pack"] == pack.unwrap_or(""));
    let check = found.unwrap_or_else(|| panic!("no check '{name}': {checks:#?}"));
    (check["passed"].as_u64().unwrap(), check["failed"].as_u64().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn users_of_two_journeys_run_at_once_each_with_its_own_set_up() {
    let place = Place::new();
    let remembers = |mark: &str| json!({"behaviour": "remembers", "mark": mark});
    let journeys = vec![journey("browse", &remembers("of browse")), journey("buy", &remembers("of buy"))];
    let scenarios = vec![scenario("browse", 0, 7), scenario("buy", 1, 5), scenario("more", 0, 3)];
    let end = run(place.config(journeys, scenarios)).await;
    assert_eq!((end.exit(), end.iterations.completed), (Exit::Ok, 15), "{end:?}");
    let by_journey: Vec<u64> = end.journeys.iter().map(|journey| journey.iterations.completed).collect();
    assert_eq!(by_journey, [10, 5]);
    let summary = place.summary(&end).await;
    assert_eq!(check(&summary, None, "set-up data are those of this journey"), (15, 0));
    assert_eq!(summary["completeness"]["complete"], true);
    let names: Vec<&Value> =
        summary["run"]["journeys"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["test-guest", "test-guest (2)"]);
    let through: BTreeMap<&str, &str> = summary["run"]["scenarios"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["name"].as_str().unwrap(), one["journey"].as_str().unwrap()))
        .collect();
    let expected = [("browse", "test-guest"), ("buy", "test-guest (2)"), ("more", "test-guest")];
    assert_eq!(through, BTreeMap::from(expected));
    assert_eq!(summary["run"]["plugins"].as_array().unwrap().len(), 1, "one component, named once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn setup_runs_once_for_each_journey_in_their_order_and_before_any_load() {
    let place = Place::new();
    let asks = |when: &str, url: &str| json!({"behaviour": "requests", "when": when, "url": url});
    let journeys = vec![
        journey("a", &asks("setup", "/?setup-a")),
        journey("b", &asks("setup", "/?setup-b")),
        journey("c", &asks("iterate", "/?iterate-c")),
        journey("d", &asks("teardown", "/?teardown-d")),
        journey("e", &asks("teardown", "/?teardown-e")),
    ];
    let scenarios = ["a", "b", "c", "d", "e"].iter().enumerate();
    let scenarios = scenarios.map(|(index, name)| scenario(name, index, 2)).collect();
    let end = run(place.config(journeys, scenarios)).await;
    assert_eq!(end.exit(), Exit::Ok, "{end:?}");
    let asked: Vec<String> = place.target.log().into_iter().map(|request| request.query.unwrap()).collect();
    let expected = ["setup-a", "setup-b", "iterate-c", "iterate-c", "teardown-d", "teardown-e"];
    assert_eq!(asked, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_journey_whose_setup_was_begun_is_torn_down_whatever_failed() {
    let place = Place::new();
    let journeys = vec![
        journey("a", &json!({"behaviour": "fails", "when": "teardown", "kind": "plugin"})),
        journey("b", &json!({"behaviour": "fails", "when": "setup", "kind": "target"})),
        journey("c", &json!({"behaviour": "requests", "when": "teardown"})),
    ];
    let scenarios = vec![scenario("a", 0, 2), scenario("b", 1, 2), scenario("c", 2, 2)];
    let end = run(place.config(journeys, scenarios)).await;
    let EndReason::SetupFailed { journey: Some(failed), breakdown } = &end.reason else { panic!("{end:?}") };
    assert_eq!(failed, "the journey of scenario 'b'");
    assert_eq!(breakdown.message, "this journey fails on purpose");
    assert_eq!((end.exit(), end.iterations.scheduled, end.unstarted), (Exit::TargetFailed, 0, 6));
    let complaint = "teardown of the journey of scenario 'a' failed: this journey fails on purpose";
    assert_eq!(end.teardown, [complaint]);
    assert_eq!(place.target.total_requests(), 0, "setup of the third was not begun");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_journey_is_torn_down_after_another_one_could_not_be() {
    let place = Place::new();
    let journeys = vec![
        journey("a", &json!({"behaviour": "traps", "when": "teardown"})),
        journey("b", &json!({"behaviour": "requests", "when": "teardown"})),
    ];
    let end = run(place.config(journeys, vec![scenario("a", 0, 2), scenario("b", 1, 2)])).await;
    assert_eq!((end.exit(), end.teardown.len()), (Exit::Ok, 1), "{end:?}");
    assert_eq!(place.target.total_requests(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_journey_that_broke_in_every_iteration_is_named() {
    let place = Place::new();
    let journeys = vec![
        journey("well", &json!({})),
        journey("broken", &json!({"behaviour": "fails", "kind": "plugin"})),
    ];
    let end = run(place.config(journeys, vec![scenario("well", 0, 4), scenario("broken", 1, 4)])).await;
    assert_eq!(end.exit(), Exit::PluginBroken, "{end:?}");
    assert_eq!(end.broken_journey().unwrap().title, "the journey of scenario 'broken'");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pack_watches_the_scenarios_that_it_is_told_whatever_their_journey() {
    let place = Place::new();
    let asks = |url: &str| json!({"behaviour": "requests", "url": url});
    let journeys = vec![journey("a", &asks("/?a")), journey("b", &asks("/?b"))];
    let scenarios = vec![scenario("a", 0, 3), scenario("b", 1, 4), scenario("c", 1, 5)];
    let mut config = place.config(journeys, scenarios);
    let pack = |name: Option<&str>, rules: Value, scenarios: &[&str]| PackConfig {
        name: name.map(str::to_owned),
        places: Places::default(),
        plugin: plugin("assert-http"),
        parameters: vec![("rules".to_owned(), ParameterValue::Json(rules))],
        scenarios: scenarios.iter().map(|name| (*name).to_owned()).collect(),
    };
    let rule = |name: &str| json!([{"name": name, "source": "status", "comparison": "equals", "value": 200}]);
    config.packs = vec![
        Ok(pack(None, rule("everywhere"), &[])),
        Ok(pack(Some("a and c"), rule("in a and c"), &["a", "c"])),
    ];
    let end = run(config).await;
    assert_eq!(end.exit(), Exit::Ok, "{end:?}");
    let summary = place.summary(&end).await;
    let counts = |pack, name| check(&summary, Some(pack), name);
    assert_eq!(counts("assert-http", "everywhere"), (12, 0));
    assert_eq!(counts("a and c", "in a and c"), (8, 0), "by the name that it is given");
    let asked: Vec<u64> = end.packs.iter().map(|pack| pack.asked).collect();
    assert_eq!(asked, [12, 8], "counted over both journeys");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_carry_the_tags_of_their_scenario_and_thresholds_tell_them_apart() {
    let place = Place::new();
    let asks = json!({"behaviour": "requests", "url": "/"});
    let mut config = place.config(vec![journey("a", &asks)], vec![scenario("a", 0, 3), scenario("b", 0, 4)]);
    let threshold = |text: &str| Ok(text.parse().unwrap());
    config.thresholds = vec![
        threshold("requests.duration{plan=b} count == 4"),
        threshold("requests.duration{scenario=a} count == 3"),
    ];
    let end = run(config).await;
    assert_eq!((end.exit(), end.failed_thresholds().count()), (Exit::Ok, 0), "{:?}", end.thresholds);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_parameter_of_any_journey_shows_a_secret() {
    let place = Place::new();
    let file = place.folder().join("token");
    std::fs::write(&file, "hunter2-and-more").unwrap();
    let marked = json!({"mark": "Bearer hunter2-and-more"});
    let mut config = place.config(
        vec![journey("a", &json!({})), journey("b", &marked)],
        vec![scenario("a", 0, 1), scenario("b", 1, 1)],
    );
    let source = SecretSource::File(file);
    let secret = SecretConfig { name: "token".to_owned(), source };
    config.secrets = Ok(outrider_capability::Secrets::load(&[secret]).unwrap());
    let end = run(config).await;
    let record = place.folder().join("runs").join(end.run_id.as_str()).join("run.json");
    let record = std::fs::read_to_string(record).unwrap();
    assert!(record.contains("\"journeys\"") && !record.contains("hunter2"), "{record}");
}
