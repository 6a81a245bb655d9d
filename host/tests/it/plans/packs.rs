//! Assertion packs of a plan.

use super::{place, run, target};
use crate::harness::{plugin, shows};
use crate::tables::rows;

#[test]
fn packs_of_a_plan_judge_the_scenarios_they_name() {
    let target = target();
    let pack = plugin("assert-http");
    let plan = format!(
        "[scenario.a]\nplugin = 'asks.ts'\niterations = 2\n[scenario.b]\nplugin = 'other.ts'\niterations = 3\n\
         [[assert]]\nplugin = '{pack}'\nscenarios = ['b']\nparameters = {{ max_duration_ms = 60000 }}\n"
    );
    let place = place(&plan);
    let said = run(&place, &target, &[]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let checks = rows(&place, "checks");
    assert!(!checks.is_empty() && checks.iter().all(|row| row.text("scenario") == "b"), "{}", checks.len());
}

/// Two scenarios, and one pack twice: with one rule for all answers, and with another for those of `b`.
fn twice(names: [&str; 2]) -> String {
    let pack = plugin("assert-http");
    let rule = |name: &str, value: u16| {
        format!(
            "parameters = {{ basics = false, rules = [{{ name = '{name}', source = 'status', comparison = 'equals', value = {value} }}] }}\n"
        )
    };
    let table = |name: &str, rule: String| format!("[[assert]]\nplugin = '{pack}'\n{name}{rule}");
    format!(
        "thresholds = [\"checks.passed{{pack=all is well}} rate > 99%\", \"checks.failed{{pack=strict}} count == 3\"]\n\
         [scenario.a]\nplugin = 'asks.ts'\niterations = 2\n[scenario.b]\nplugin = 'other.ts'\niterations = 3\n{}{}scenarios = ['b']\n",
        table(names[0], rule("status", 200)),
        table(names[1], rule("status", 204)),
    )
}

#[test]
fn one_pack_judges_twice_under_two_names() {
    let target = target();
    let place = place(&twice(["name = 'all is well'\n", "name = 'strict'\n"]));
    let said = run(&place, &target, &[]);
    assert_eq!(said.code, Some(0), "both thresholds see their own verdicts: {}", said.show());
    let checks = rows(&place, "checks");
    let count = |pack: &str, passed: bool| {
        let of_pack = checks.iter().filter(|row| row.text("pack") == pack);
        of_pack.filter(|row| (row.text("ok") == "true") == passed).count()
    };
    assert_eq!([count("all is well", true), count("strict", false), checks.len()], [5, 3, 8]);
    let report = place.report();
    let packs: Vec<&str> =
        report["checks"].as_array().unwrap().iter().map(|check| check["pack"].as_str().unwrap()).collect();
    assert_eq!(packs.len(), 2, "{report:#}");
    assert!(packs.contains(&"all is well") && packs.contains(&"strict"), "{packs:?}");
    // The setting is for the pack of that name alone.
    let said = run(&place, &target, &["--assert-set", "strict.basics=true", "--dry-run"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let lines: Vec<&str> = said.stdout.lines().filter(|line| line.contains("basics = true")).collect();
    assert!(lines.len() == 1 && lines[0].ends_with("# --assert-set"), "{}", said.show());
    assert!(said.stdout.contains("name = \"strict\""), "{}", said.show());
}

#[test]
fn packs_whose_verdicts_could_not_be_told_apart_are_refused() {
    let target = target();
    let nameless = place(&twice(["", ""]));
    shows!(run(&nameless, &target, &[]).errors(), @r#"
    exit 104
    error: plan.toml:11:1: two assertion packs are named 'assert-http'
    hint: give one of them a name of its own: name = "…" in its [[assert]]
    "#);
    let alike = place(&twice(["name = 'strict'\n", "name = 'strict'\n"]));
    shows!(run(&alike, &target, &[]).errors(), @r#"
    exit 104
    error: plan.toml:14:1: two assertion packs are named 'strict'
    hint: give one of them a name of its own: name = "…" in its [[assert]]
    "#);
    // The name that the other one gives itself.
    let own = place(&twice(["", "name = 'assert-http'\n"]));
    assert_eq!(run(&own, &target, &[]).code, Some(104));
}
