//! From what is asked for to what is valid: the shared state of a run, and its plan.

use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use outrider_capability::{DataSets, Grants, HttpShared};
use outrider_engine::{ANY_SCENARIO, Description, RunShared};
use outrider_model::{RunClock, RunId, RunPlan, SampleSink, ScenarioPlan, Timestamp};
use outrider_telemetry::SampleQueue;

use crate::{PlanFault, ScenarioConfig, SessionConfig, SessionError, parameters};

/// Everything that all users share, with everything that is wrong with it.
pub(crate) fn shared(
    config: &SessionConfig,
    queue: &Arc<SampleQueue>,
    clock: RunClock,
) -> Result<RunShared, SessionError> {
    let mut faults = Vec::new();
    let granted = Grants::new(config.http.base_url.as_ref(), &config.allow_net)
        .map_err(|errors| faults.extend(errors.iter().map(|error| PlanFault::of(error, Some(error.hint())))));
    let data = DataSets::load(&config.data)
        .map_err(|errors| faults.extend(errors.iter().map(|error| PlanFault::of(error, None))));
    let (Ok(granted), Ok(data)) = (granted, data) else { return Err(SessionError::Invalid(faults)) };
    let sink: Arc<dyn SampleSink> = Arc::<SampleQueue>::clone(queue);
    let http = HttpShared::new(config.http.clone(), granted, clock, Arc::clone(&sink))
        .map_err(|error| SessionError::Invalid(vec![PlanFault::of(&error, None)]))?;
    Ok(RunShared {
        sink,
        clock,
        http: Arc::new(http),
        data,
        parameters: "{}".into(),
        setup_data: OnceLock::new(),
        seed: config.seed.unwrap_or_else(random_bits),
        trace_seed: random_bits(),
        limits: config.limits,
    })
}

/// The plan of a run, or everything that is wrong with it.
pub(crate) fn plan(
    config: &SessionConfig,
    description: &Description,
    seed: u64,
    now: Timestamp,
) -> Result<RunPlan, SessionError> {
    let mut faults = Vec::new();
    let parameters = parameters::resolve(&config.parameters, description.parameters.as_ref())
        .map_err(|found| {
            faults.extend(found.into_iter().map(|fault| PlanFault::new(fault.message, fault.hint)))
        })
        .unwrap_or_default();
    let scenarios =
        config.scenarios.iter().map(|scenario| resolve_scenario(scenario, description, &mut faults));
    let scenarios: Vec<ScenarioPlan> = scenarios.collect();
    if !faults.is_empty() {
        return Err(SessionError::Invalid(faults));
    }
    Ok(RunPlan {
        run_id: run_id(now),
        plugin: config.plugin.reference(),
        target: config.http.base_url.as_ref().map(ToString::to_string),
        allow_net: config.allow_net.clone(),
        parameters: parameters.into_iter().collect(),
        seed,
        scenarios,
    })
}

fn resolve_scenario(
    config: &ScenarioConfig,
    description: &Description,
    faults: &mut Vec<PlanFault>,
) -> ScenarioPlan {
    let names: Vec<&str> = description.scenarios.iter().map(|scenario| scenario.name.as_str()).collect();
    let plugin_scenario = match (&config.plugin_scenario, names.as_slice()) {
        (Some(name), _) => {
            if !names.contains(&name.as_str()) {
                let hint = format!("it has {}", names.join(", "));
                faults.push(PlanFault::new(format!("the journey has no scenario '{name}'"), Some(hint)));
            }
            name.clone()
        }
        (None, [only]) => (*only).to_owned(),
        (None, _) => {
            if description.scenarios.iter().all(|scenario| scenario.weight == 0) {
                let hint = format!("name one with --scenario: {}", names.join(", "));
                faults.push(PlanFault::new("all scenarios of the journey have the weight 0", Some(hint)));
            }
            ANY_SCENARIO.to_owned()
        }
    };
    ScenarioPlan {
        name: config.name.clone(),
        plugin_scenario,
        start_time: config.start_time,
        graceful_stop: config.graceful_stop,
        executor: config.executor.clone(),
    }
}

/// What the plan lets the plugin reach, as the user would grant it.
pub(crate) fn grants(plan: &RunPlan) -> Vec<String> {
    let target = plan.target.iter().map(|target| format!("target:{target}"));
    target.chain(plan.allow_net.iter().map(|entry| format!("net:{entry}"))).collect()
}

/// `20260131T120000Z-4f2a9c`: the second, and a random part so that two runs of a second differ.
fn run_id(now: Timestamp) -> RunId {
    let second = DateTime::<Utc>::from_timestamp_nanos(now.0).format("%Y%m%dT%H%M%SZ");
    let unique = random_bits() & 0xff_ffff;
    RunId::new(format!("{second}-{unique:06x}")).expect("letters, digits and a hyphen")
}

/// From the operating system; a machine without random numbers repeats its seed, which is in `run.json`.
fn random_bits() -> u64 {
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
