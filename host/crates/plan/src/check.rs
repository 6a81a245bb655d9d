//! What of a plan makes no sense, though each value by itself does.

mod loads;
pub(crate) mod required;

use std::collections::BTreeMap;

use outrider_model::nearest;

use crate::read::Source;
use crate::{LoadPlan, Place, PlanFault, PlanFile, ScenarioLoad, ScenarioTable, Written};

/// Says what is wrong, and resolves the loads of the scenarios and that of the mix.
pub(crate) fn check(file: &PlanFile, source: &Source<'_>) -> (Vec<Option<ScenarioLoad>>, Option<LoadPlan>) {
    required::check(file, source);
    if scenarios(file).next().is_none() && !file.unsound.contains(&"scenario") {
        let fault =
            PlanFault::new(Place { line: 1, column: 1 }, "the plan has no scenario: nothing would run");
        source.push(fault.hint("write for example [scenario.browse] and below it plugin = \"browse.ts\""));
    }
    for (name, scenario) in scenarios(file) {
        journey(name, scenario, source);
    }
    packs(file, source);
    names_of_scenarios(file, source);
    twice(file, source);
    sources_of_secrets(file, source);
    numbers(file, source);
    loads::resolve(file, source)
}

/// The scenarios by name.
fn scenarios(file: &PlanFile) -> impl Iterator<Item = (&str, &Written<ScenarioTable>)> {
    let all = file.scenario.iter().flat_map(|scenarios| &scenarios.value.0);
    all.map(|(name, scenario)| (name.as_str(), scenario))
}

/// Which of the journey's scenarios run.
fn journey(name: &str, scenario: &Written<ScenarioTable>, source: &Source<'_>) {
    let table = format!("[scenario.{name}]");
    let (at, scenario) = (scenario.at, &scenario.value);
    if let (Some(one), Some(weights)) = (&scenario.scenario, &scenario.weights) {
        let what = format!("{table} weights do not go with scenario: '{}' alone would run", one.value);
        source.push(PlanFault::new(weights.at, what));
    }
    if let Some(weights) = &scenario.weights
        && weights.value.0.iter().all(|(_, weight)| weight.value == 0)
    {
        let fault =
            PlanFault::new(weights.at, format!("{table} weights: none is above 0, so nothing would run"));
        source.push(fault.hint("write for example weights = { browse = 8, buy = 2 }"));
    }
    if !is_name(name) {
        let what = format!("{table}: a scenario's name is not empty and has no comma");
        source.push(PlanFault::new(at, what));
    }
}

/// A name is a value in rows and tags, and stands in lists on the command line.
fn is_name(name: &str) -> bool {
    !name.trim().is_empty() && !name.contains([',', '\n'])
}

/// Names of packs.
fn packs(file: &PlanFile, source: &Source<'_>) {
    let packs = file.assert.iter().flat_map(|packs| &packs.value).enumerate();
    for (number, name) in packs.filter_map(|(index, pack)| Some((index + 1, pack.value.name.as_ref()?))) {
        // `--assert-set NAME.KEY=VALUE` names it too.
        if !is_name(&name.value) || name.value.contains('=') {
            let what =
                format!("[assert[{number}]] name: a pack's name is not empty and has neither comma nor '='");
            source.push(PlanFault::new(name.at, what));
        }
    }
}

/// Scenarios that packs and data name.
fn names_of_scenarios(file: &PlanFile, source: &Source<'_>) {
    let names: Vec<&str> = scenarios(file).map(|(name, _)| name).collect();
    // Where none could be read, or some stand under another key, nobody knows which there are.
    if names.is_empty() || file.unsound.contains(&"scenario") {
        return;
    }
    let packs = file.assert.iter().flat_map(|packs| &packs.value);
    let of_packs = packs.enumerate().filter_map(|(number, pack)| {
        Some((format!("[assert[{}]]", number + 1), pack.value.scenarios.as_ref()?))
    });
    let data = file.data.iter().flat_map(|data| &data.value);
    let of_data = data.enumerate().filter_map(|(number, data)| {
        Some((format!("[data[{}]]", number + 1), data.value.scenarios.as_ref()?))
    });
    for (table, wanted) in of_packs.chain(of_data) {
        for scenario in wanted.value.iter().filter(|scenario| !names.contains(&scenario.value.as_str())) {
            let message = format!("{table} scenarios: the plan has no scenario '{}'", scenario.value);
            let hint = match nearest(&scenario.value, names.iter().copied()) {
                Some(near) => format!("did you mean {near}?"),
                None => format!("it has {}", names.join(", ")),
            };
            source.push(PlanFault::new(scenario.at, message).hint(hint));
        }
    }
}

/// Names that have to be unique.
fn twice(file: &PlanFile, source: &Source<'_>) {
    let data = file.data.iter().flat_map(|data| &data.value).filter_map(|data| data.value.name.as_ref());
    let secrets = file.secret.iter().flat_map(|all| &all.value).filter_map(|one| one.value.name.as_ref());
    for (what, names) in [("data", data.collect::<Vec<_>>()), ("secret", secrets.collect())] {
        let mut first: BTreeMap<&str, Place> = BTreeMap::new();
        for name in names {
            if let Some(first) = first.get(name.value.as_str()) {
                let message = format!("{what} '{}' is there twice, first in line {}", name.value, first.line);
                source.push(PlanFault::new(name.at, message));
            }
            first.entry(&name.value).or_insert(name.at);
        }
    }
}

fn sources_of_secrets(file: &PlanFile, source: &Source<'_>) {
    for secret in file.secret.iter().flat_map(|all| &all.value) {
        if let (Some(_), Some(path)) = (&secret.value.env, &secret.value.file) {
            let name = secret.value.name.as_ref().map_or("", |name| name.value.as_str());
            let fault = PlanFault::new(path.at, format!("secret '{name}' has two sources, env and file"));
            source.push(fault.hint("leave one of them out"));
        }
    }
}

/// Numbers of which zero makes no sense.
fn numbers(file: &PlanFile, source: &Source<'_>) {
    let Some(http) = file.http.as_ref().map(|http| &http.value) else { return };
    let at_least_one = [
        ("connections_per_origin", &http.connections_per_origin),
        ("batch_concurrency", &http.batch_concurrency),
    ];
    for (key, number) in at_least_one {
        if let Some(number) = number.as_ref().filter(|number| number.value == 0) {
            let fault = PlanFault::new(number.at, format!("[http] {key} = 0: no request could be sent"));
            source.push(fault.hint("at least 1"));
        }
    }
    let times = [("timeout", &http.timeout), ("connect_timeout", &http.connect_timeout)];
    for (key, time) in times {
        if let Some(time) = time.as_ref().filter(|time| time.value.is_zero()) {
            source.push(PlanFault::new(time.at, format!("[http] {key} = \"0s\": every request would fail")));
        }
    }
    if let Some(agents) = &http.user_agents {
        let weights = agents.value.iter().map(|agent| agent.value.weight.as_ref());
        if weights.clone().all(|weight| weight.is_some_and(|weight| weight.value == 0)) {
            let what = "[http] user_agents: none has a weight above 0";
            source.push(PlanFault::new(agents.at, what).hint("leave the list out, or give one a weight"));
        }
    }
}
