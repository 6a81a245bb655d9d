//! The plan of a run, by what the journeys say of themselves.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use outrider_capability::Redactor;
use outrider_engine::{ANY_SCENARIO, Description};
use outrider_model::threshold::Threshold;
use outrider_model::{JourneyPlan, PackPlan, PluginRef, RunId, RunPlan, ScenarioPlan, Timestamp, nearest};
use serde_json::Value;

use super::room::Fitted;
use crate::fault::Faults;
use crate::parameters::Whose;
use crate::{Asked, Fault, JourneyConfig, ParameterValue, ScenarioConfig, SessionConfig, parameters};

/// What of a plan only the journeys can judge.
pub(super) struct Inside {
    /// Of each journey.
    parameters: Vec<BTreeMap<String, Value>>,
    /// The scenario of the plugin, for each one of the run.
    plugin_scenarios: Vec<String>,
}

impl Inside {
    /// What is asked for, if it is sound. `descriptions` are those of the journeys that could say what they are.
    pub(super) fn resolve(
        config: &SessionConfig,
        descriptions: &[Option<Description>],
        faults: &mut Faults,
    ) -> Option<Inside> {
        let described = config.journeys.iter().zip(descriptions);
        let resolved =
            described.filter_map(|(journey, said)| Some(parameters_of(journey, &config.set, said.as_ref()?)));
        let parameters = faults.keep_all(resolved);
        if let Some(all) = descriptions.iter().map(Option::as_ref).collect::<Option<Vec<_>>>() {
            faults.keep(parameters::all_taken(&config.set, &all));
        }
        let asked = config.scenarios.iter().filter_map(|scenario| {
            let journey = config.journeys.get(scenario.journey)?;
            Some(plugin_scenario(scenario, &journey.title, descriptions[scenario.journey].as_ref()?))
        });
        let plugin_scenarios = faults.keep_all(asked);
        Some(Inside { parameters: parameters?, plugin_scenarios: plugin_scenarios? })
    }
}

/// Its own parameters, and of those that are set for all the ones that it has.
fn parameters_of(
    journey: &JourneyConfig,
    set: &[(String, ParameterValue)],
    description: &Description,
) -> Asked<BTreeMap<String, Value>> {
    let schema = description.parameters.as_ref();
    let set: Vec<_> = set.iter().filter(|(key, _)| parameters::takes(schema, key)).collect();
    let given: Vec<_> = journey.parameters.iter().chain(set.iter().copied()).cloned().collect();
    let places = journey.places.within("parameters");
    let places = set.iter().fold(places, |places, (key, _)| places.without(key));
    let whose = Whose { who: &journey.title, places: &places };
    parameters::resolve(whose, &given, schema).map(|all| all.into_iter().collect())
}

/// The parts of a plan, all of them sound.
pub(super) struct Parts<'a> {
    /// Of each journey, with what it says of itself.
    pub(super) plugins: Vec<(PluginRef, &'a Description)>,
    pub(super) target: Option<String>,
    pub(super) seed: u64,
    pub(super) fitted: Vec<Fitted>,
    pub(super) inside: Inside,
    pub(super) packs: Vec<PackPlan>,
    pub(super) thresholds: Vec<Threshold>,
}

/// The plan, of parts that are sound.
pub(super) fn plan(config: &SessionConfig, parts: Parts<'_>, now: Timestamp) -> RunPlan {
    let Parts { plugins, target, seed, fitted, inside, packs, thresholds } = parts;
    let journeys = journeys(plugins, inside.parameters);
    let scenarios = config.scenarios.iter().zip(fitted).zip(inside.plugin_scenarios);
    RunPlan {
        run_id: run_id(now),
        name: config.name.clone(),
        target,
        allow_net: config.allow_net.clone(),
        seed,
        scenarios: scenarios
            .map(|((scenario, fitted), plugin_scenario)| ScenarioPlan {
                name: scenario.name.clone(),
                journey: journeys[scenario.journey].name.clone(),
                plugin_scenario,
                weights: scenario.weights.clone().unwrap_or_default(),
                start_time: scenario.start_time,
                graceful_stop: scenario.graceful_stop,
                tags: scenario.tags.clone(),
                executor: fitted.executor,
                share: scenario.share,
            })
            .collect(),
        journeys,
        packs,
        thresholds,
    }
}

fn journeys(
    plugins: Vec<(PluginRef, &Description)>,
    parameters: Vec<BTreeMap<String, Value>>,
) -> Vec<JourneyPlan> {
    let mut journeys: Vec<JourneyPlan> = Vec::with_capacity(plugins.len());
    for ((plugin, description), parameters) in plugins.into_iter().zip(parameters) {
        let plugin = named(plugin, &description.name);
        let name = unlike(&plugin.name, &journeys);
        journeys.push(JourneyPlan { name, plugin, parameters });
    }
    journeys
}

/// The journey by the name that it gives itself; one that has none keeps its file's.
fn named(plugin: PluginRef, name: &str) -> PluginRef {
    match name.trim() {
        "" => plugin,
        name => PluginRef { name: name.to_owned(), ..plugin },
    }
}

/// A name that none of these journeys has: `checkout`, else `checkout (2)` and so on.
fn unlike(name: &str, journeys: &[JourneyPlan]) -> String {
    let names = (2..).map(|number| format!("{name} ({number})"));
    let is_free = |name: &String| journeys.iter().all(|journey| journey.name != *name);
    [name.to_owned()].into_iter().chain(names).find(is_free).expect("there is always a next number")
}

/// Takes secrets out of a plan that is to be shown and kept: a parameter, a tag or a URL may hold one.
pub(super) fn redact(plan: &mut RunPlan, redactor: &Redactor) {
    let RunPlan { name, journeys, target, allow_net, scenarios, packs, .. } = plan;
    journeys.iter_mut().for_each(|journey| redactor.clean(&mut journey.name));
    scenarios.iter_mut().for_each(|scenario| redactor.clean(&mut scenario.journey));
    let of_journeys = journeys.iter_mut().map(|journey| (&mut journey.plugin, &mut journey.parameters));
    let of_packs = packs.iter_mut().map(|pack| (&mut pack.plugin, &mut pack.parameters));
    for (plugin, parameters) in of_journeys.chain(of_packs) {
        parameters.values_mut().for_each(|value| redactor.clean_json(value));
        [&mut plugin.name, &mut plugin.path].into_iter().for_each(|text| redactor.clean(text));
    }
    let tags = scenarios.iter_mut().flat_map(|scenario| scenario.tags.values_mut());
    name.iter_mut().chain(target).chain(allow_net).chain(tags).for_each(|text| redactor.clean(text));
}

/// `journey` has it, in words.
fn plugin_scenario(config: &ScenarioConfig, journey: &str, description: &Description) -> Asked<String> {
    let names: Vec<&str> = description.scenarios.iter().map(|scenario| scenario.name.as_str()).collect();
    let refuse = |fault: Fault, key: &str| Err(vec![fault.at(config.places.of(key))]);
    match (&config.plugin_scenario, names.as_slice()) {
        (Some(name), names) if names.contains(&name.as_str()) => Ok(name.clone()),
        (Some(name), names) => refuse(no_scenario(journey, name, names), "scenario"),
        (None, names) if config.weights.is_some() => {
            let weights = config.weights.iter().flat_map(BTreeMap::keys);
            let unknown = weights.filter(|name| !names.contains(&name.as_str()));
            let place = |name: &str| config.places.of(&format!("weights.{name}"));
            let faults: Vec<Fault> =
                unknown.map(|name| no_scenario(journey, name, names).at(place(name))).collect();
            if faults.is_empty() { Ok(ANY_SCENARIO.to_owned()) } else { Err(faults) }
        }
        (None, [only]) => Ok((*only).to_owned()),
        (None, names) if description.scenarios.iter().all(|scenario| scenario.weight == 0) => refuse(
            Fault::new(format!("all scenarios of {journey} have the weight 0"))
                .hint(format!("name one with --scenario: {}", names.join(", "))),
            "",
        ),
        (None, _) => Ok(ANY_SCENARIO.to_owned()),
    }
}

fn no_scenario(journey: &str, name: &str, names: &[&str]) -> Fault {
    let all = format!("it has {}", names.join(", "));
    Fault::new(format!("{journey} has no scenario '{name}'")).hint(
        match nearest(name, names.iter().copied()) {
            Some(near) => format!("did you mean {near}? {all}"),
            None => all,
        },
    )
}

/// `20260131T120000Z-4f2a9c`: the second, so that ids sort by it (INV-6), and a random part so that two runs of
/// a second differ.
fn run_id(now: Timestamp) -> RunId {
    let second = DateTime::<Utc>::from_timestamp_nanos(now.0).format("%Y%m%dT%H%M%SZ");
    let unique = random_bits() & 0xff_ffff;
    RunId::new(format!("{second}-{unique:06x}")).expect("letters, digits and a hyphen")
}

/// From the operating system; a machine without random numbers repeats its seed, which is in `run.json`.
pub(super) fn random_bits() -> u64 {
    getrandom::u64().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn journeys_of_one_name_are_told_apart() {
        let plugin = || PluginRef {
            name: "file".to_owned(),
            path: "file.wasm".to_owned(),
            digest: "sha256:0".to_owned(),
        };
        let said = |name: &str| Description {
            name: name.to_owned(),
            description: String::new(),
            scenarios: Vec::new(),
            parameters: None,
        };
        let (buy, nameless) = (said("buy"), said(" "));
        let plugins = vec![(plugin(), &buy), (plugin(), &nameless), (plugin(), &buy), (plugin(), &buy)];
        let all = journeys(plugins, vec![BTreeMap::new(); 4]);
        let names: Vec<_> = all.iter().map(|one| (one.name.as_str(), one.plugin.name.as_str())).collect();
        assert_eq!(names, [("buy", "buy"), ("file", "file"), ("buy (2)", "buy"), ("buy (3)", "buy")]);
    }

    #[test]
    fn run_ids_sort_by_time() {
        let early = run_id(Timestamp(1_767_225_600_000_000_000));
        let late = run_id(Timestamp(1_767_225_601_000_000_000));
        assert!(early.as_str().starts_with("20260101T000000Z-"), "{early}");
        assert!(early < late);
    }
}
