//! The plans of the examples run, shortened, against the shop; editors' schema takes them, and so does the reader.

use outrider_shop::{Shop, ShopConfig};

use super::{by_scenario, example, run_as_it_is, target};
use crate::harness::{Place, Said, workspace};

const PLANS: [&str; 3] = ["browse-and-buy.toml", "arrival-phases.toml", "ramp-to-4000.toml"];

/// Runs a plan of the examples against the shop, in a place of its own. How fast this machine is now is not the
/// question: it is the plan as it is, but for its limits of time.
fn run(plan: &str, flags: &[&str]) -> (Place, Said) {
    let place = Place::new();
    place.file("patient.toml", patient(&std::fs::read_to_string(example(plan)).unwrap()));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let shop = runtime.block_on(Shop::start(ShopConfig::default())).unwrap();
    let url = shop.url();
    let said = place.host([&["run", "patient.toml", "--target", &url], flags].concat());
    runtime.block_on(shop.shutdown()).unwrap();
    assert_eq!(said.code, Some(0), "{}", said.show());
    (place, said)
}

/// A plan without thresholds, with as much time for each exchange as it may need, and with its files where they are.
fn patient(plan: &str) -> String {
    let from = plan.find("thresholds = [").expect("each example has thresholds");
    let to = from + plan[from..].find("]\n").expect("the list has an end") + 2;
    let plan = plan.replace(&plan[from..to], "").replace("= 2000 }", "= 600000 }");
    let root = workspace().display().to_string();
    plan.replace("../../", &format!("{root}/")).replace("../", &format!("{root}/examples/"))
}

#[test]
fn a_mix_of_two_journeys_runs_against_the_shop() {
    let flags = ["-r", "10/s", "-d", "2s", "--set", "think_ms=0", "--seed", "1"];
    let (place, said) = run("browse-and-buy.toml", &flags);
    assert!(said.stdout.contains("browse and buy"), "{}", said.show());
    assert!(said.stderr.contains("(80 % of the mix)"), "{}", said.show());
    assert!(!said.stdout.contains("checks failed"), "{}", said.show());
    let counts = by_scenario(&place);
    assert_eq!((counts.len(), counts.values().sum::<usize>()), (2, 20), "{counts:?}");
}

#[test]
fn arrival_phases_run_against_the_shop() {
    let flags = ["-r", "5/s", "-d", "1s", "--poisson", "--set", "think_ms=0"];
    let (place, said) = run("arrival-phases.toml", &flags);
    assert!(by_scenario(&place).values().sum::<usize>() > 0, "{}", said.show());
}

#[test]
fn a_ramp_runs_against_the_shop() {
    let (place, said) = run("ramp-to-4000.toml", &["-u", "1", "-s", "500ms:3", "--set", "think_ms=1"]);
    assert!(by_scenario(&place).values().sum::<usize>() > 0, "{}", said.show());
}

#[test]
fn every_plan_of_the_examples_is_sound_for_the_reader_and_for_editors() {
    let path = workspace().join("docs/reference/plan.schema.json");
    let schema = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut found: Vec<String> = std::fs::read_dir(workspace().join("examples/plans"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    found.sort();
    let mut known = PLANS.map(str::to_owned);
    known.sort();
    assert_eq!(found, known, "each plan has its test");
    for plan in PLANS {
        let text = std::fs::read_to_string(example(plan)).unwrap();
        assert!(text.starts_with("#:schema ../../docs/reference/plan.schema.json\n"), "{plan}");
        let json = serde_json::to_value(toml::from_str::<toml::Value>(&text).unwrap()).unwrap();
        let errors: Vec<String> = validator.iter_errors(&json).map(|error| error.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new(), "{plan}");
        assert_eq!(outrider_plan::read(&text).faults, [], "{plan}");
    }
}

#[test]
fn a_plan_finds_its_files_from_another_folder() {
    let target = target();
    let place = super::place("");
    std::fs::create_dir(place.path().join("plans")).unwrap();
    place.file("plans/deep.toml", "[scenario.a]\nplugin = '../asks.ts'\n");
    let said = place.host(["run", "plans/deep.toml", "--target", &target.url("")]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert_eq!(target.requests("/"), 1);
    assert_eq!(run_as_it_is(&place, &[]).code, Some(104), "an empty plan");
}
