//! The plan of a run, by what the plugin says of itself.

use chrono::{DateTime, Utc};
use outrider_capability::Redactor;
use outrider_engine::{ANY_SCENARIO, Description};
use outrider_model::threshold::Threshold;
use outrider_model::{PackPlan, PluginRef, RunId, RunPlan, ScenarioPlan, Timestamp};
use serde_json::{Map, Value};

use super::room::Fitted;
use crate::fault::Faults;
use crate::{Asked, Fault, ScenarioConfig, SessionConfig, parameters};

/// What of a plan only the plugin can judge.
pub(super) struct Inside {
    parameters: Map<String, Value>,
    /// The scenario of the plugin, for each one of the run.
    plugin_scenarios: Vec<String>,
}

impl Inside {
    /// What is asked for, if it is sound.
    pub(super) fn resolve(
        config: &SessionConfig,
        description: &Description,
        faults: &mut Faults,
    ) -> Option<Inside> {
        let resolved =
            parameters::resolve("the journey", &config.parameters, description.parameters.as_ref());
        let parameters = faults.keep(resolved);
        let asked = config.scenarios.iter().map(|scenario| plugin_scenario(scenario, description));
        let plugin_scenarios = faults.keep_all(asked);
        Some(Inside { parameters: parameters?, plugin_scenarios: plugin_scenarios? })
    }
}

/// The parts of a plan, all of them sound.
pub(super) struct Parts {
    pub(super) plugin: PluginRef,
    pub(super) target: Option<String>,
    pub(super) seed: u64,
    pub(super) fitted: Vec<Fitted>,
    pub(super) inside: Inside,
    pub(super) packs: Vec<PackPlan>,
    pub(super) thresholds: Vec<Threshold>,
}

/// The plan, of parts that are sound.
pub(super) fn plan(config: &SessionConfig, parts: Parts, now: Timestamp) -> RunPlan {
    let Parts { plugin, target, seed, fitted, inside, packs, thresholds } = parts;
    let scenarios = config.scenarios.iter().zip(fitted).zip(inside.plugin_scenarios);
    RunPlan {
        run_id: run_id(now),
        plugin,
        target,
        allow_net: config.allow_net.clone(),
        parameters: inside.parameters.into_iter().collect(),
        seed,
        scenarios: scenarios
            .map(|((scenario, fitted), plugin_scenario)| ScenarioPlan {
                name: scenario.name.clone(),
                plugin_scenario,
                start_time: scenario.start_time,
                graceful_stop: scenario.graceful_stop,
                executor: fitted.executor,
            })
            .collect(),
        packs,
        thresholds,
    }
}

/// Takes secrets out of a plan that is to be shown and kept: a parameter or a URL may hold one.
pub(super) fn redact(plan: &mut RunPlan, redactor: &Redactor) {
    let parameters = plan.packs.iter_mut().map(|pack| &mut pack.parameters).chain([&mut plan.parameters]);
    for value in parameters.flat_map(|parameters| parameters.values_mut()) {
        redactor.clean_json(value);
    }
    plan.target.iter_mut().chain(&mut plan.allow_net).for_each(|text| redactor.clean(text));
    let plugins = plan.packs.iter_mut().map(|pack| &mut pack.plugin).chain([&mut plan.plugin]);
    plugins.flat_map(|plugin| [&mut plugin.name, &mut plugin.path]).for_each(|text| redactor.clean(text));
}

fn plugin_scenario(config: &ScenarioConfig, description: &Description) -> Asked<String> {
    let names: Vec<&str> = description.scenarios.iter().map(|scenario| scenario.name.as_str()).collect();
    let refuse = |fault: Fault| Err(vec![fault]);
    match (&config.plugin_scenario, names.as_slice()) {
        (Some(name), names) if names.contains(&name.as_str()) => Ok(name.clone()),
        (Some(name), names) => refuse(
            Fault::new(format!("the journey has no scenario '{name}'"))
                .hint(format!("it has {}", names.join(", "))),
        ),
        (None, [only]) => Ok((*only).to_owned()),
        (None, names) if description.scenarios.iter().all(|scenario| scenario.weight == 0) => refuse(
            Fault::new("all scenarios of the journey have the weight 0")
                .hint(format!("name one with --scenario: {}", names.join(", "))),
        ),
        (None, _) => Ok(ANY_SCENARIO.to_owned()),
    }
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
    fn run_ids_sort_by_time() {
        let early = run_id(Timestamp(1_767_225_600_000_000_000));
        let late = run_id(Timestamp(1_767_225_601_000_000_000));
        assert!(early.as_str().starts_with("20260101T000000Z-"), "{early}");
        assert!(early < late);
    }
}
