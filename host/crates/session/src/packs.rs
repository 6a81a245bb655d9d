//! The assertion packs of a run: loaded, asked what they are, given their parameters, attached.

use std::sync::Arc;

use outrider_engine::{
    AttachedPack, CodeCache, CompiledPack, EngineError, Limits, Pack, PackAccount, PackDescription, RunShared,
};
use outrider_model::{PackPlan, RunClock, RunPlan};
use outrider_storage::PackCalls;

use crate::fault::Faults;
use crate::parameters::Whose;
use crate::{Asked, Breakdown, Fault, PackConfig, ScenarioConfig, SessionError, parameters, preview};

/// A pack that is compiled.
#[derive(Debug)]
pub(crate) struct CompiledConfig {
    config: PackConfig,
    pub(crate) code: CompiledPack,
}

impl CompiledConfig {
    /// Whether it is to watch a scenario of the run.
    pub(crate) fn watches(&self, scenario: &str) -> bool {
        watches(&self.config, scenario)
    }

    /// The pack with room for `vus` users.
    pub(crate) fn with_room(self, vus: u32) -> Result<LoadedPack, EngineError> {
        Ok(LoadedPack { pack: self.code.with_room(vus)?, config: self.config })
    }
}

/// A pack that can be asked what it is.
#[derive(Debug)]
pub(crate) struct LoadedPack {
    config: PackConfig,
    pack: Pack,
}

/// A pack that has said what it is.
#[derive(Debug)]
pub(crate) struct DescribedPack {
    config: PackConfig,
    pack: Pack,
    description: PackDescription,
}

/// Whether a pack is to watch a scenario of the run.
fn watches(config: &PackConfig, scenario: &str) -> bool {
    config.scenarios.is_empty() || config.scenarios.iter().any(|name| name == scenario)
}

/// Compiles all packs; what is wrong with any of them goes to `faults`.
pub(crate) fn compile(packs: Vec<PackConfig>, cache: &CodeCache, faults: &mut Faults) -> Vec<CompiledConfig> {
    let compiled = packs.into_iter().filter_map(|config| {
        let code = faults.keep_at(config.plugin.compile_pack(cache), config.places.of("plugin"))?;
        Some(CompiledConfig { config, code })
    });
    compiled.collect()
}

/// Asks all packs what they are; those that cannot say it go to `broken`.
pub(crate) async fn describe(
    packs: Vec<LoadedPack>,
    limits: Limits,
    clock: RunClock,
    broken: &mut Vec<SessionError>,
) -> Vec<DescribedPack> {
    let mut described = Vec::with_capacity(packs.len());
    for LoadedPack { config, pack } in packs {
        match pack.describe(Arc::new(preview::unmeasured(clock, limits))).await {
            Ok(description) => {
                let name = config.name.clone().unwrap_or(description.name);
                described.push(DescribedPack {
                    config,
                    pack,
                    description: PackDescription { name, ..description },
                });
            }
            Err(fault) => broken.push(SessionError::DescribePack {
                name: config.name.clone().unwrap_or_else(|| config.plugin.reference().name),
                breakdown: Box::new(Breakdown::from(fault)),
            }),
        }
    }
    described
}

/// Packs whose verdicts could not be told apart.
pub(crate) fn check_names(packs: &[DescribedPack], faults: &mut Faults) {
    for (index, DescribedPack { config, description, .. }) in packs.iter().enumerate() {
        let name = &description.name;
        if packs[..index].iter().any(|other| other.description.name == *name) {
            let fault = Fault::new(format!(
                "two assertion packs are named '{name}', and verdicts are told apart by it"
            ));
            let hint = "give one of them a name of its own: name = \"…\" in its [[assert]]";
            faults.push(fault.at(config.places.of("name")).hint(hint));
        }
    }
}

/// A pack as the plan has it, or what is wrong with its parameters and scenarios.
pub(crate) fn plan(pack: &DescribedPack, scenarios: &[ScenarioConfig]) -> Asked<PackPlan> {
    let DescribedPack { config, description, .. } = pack;
    let name = &description.name;
    let mut faults = Faults::default();
    let whose =
        Whose { who: &format!("assertion pack '{name}'"), places: &config.places.within("parameters") };
    let parameters =
        faults.keep(parameters::resolve(whose, &config.parameters, description.parameters.as_ref()));
    let mut faults: Vec<Fault> = faults.into_vec();
    let names: Vec<&str> = scenarios.iter().map(|scenario| scenario.name.as_str()).collect();
    let missing = missing_scenarios(name, &config.scenarios, &names);
    faults.extend(missing.into_iter().map(|fault| fault.at(config.places.of("scenarios"))));
    match parameters {
        Some(parameters) if faults.is_empty() => Ok(PackPlan {
            name: name.clone(),
            plugin: config.plugin.reference(),
            parameters: parameters.into_iter().collect(),
            scenarios: config.scenarios.clone(),
        }),
        _ => Err(faults),
    }
}

/// Scenarios that a pack is to watch and that the run does not have.
fn missing_scenarios(pack: &str, wanted: &[String], names: &[&str]) -> Vec<Fault> {
    let missing = wanted.iter().filter(|name| !names.contains(&name.as_str()));
    missing
        .map(|scenario| {
            Fault::new(format!(
                "assertion pack '{pack}' is to watch the scenario '{scenario}', which the run does not have"
            ))
            .hint(format!("it has {}", names.join(", ")))
        })
        .collect()
}

impl DescribedPack {
    /// Whether it is to watch a scenario of the run.
    pub(crate) fn watches(&self, scenario: &str) -> bool {
        watches(&self.config, scenario)
    }

    /// Linear memory beside one user before its first iteration, in bytes; nothing where it cannot be told.
    pub(crate) async fn memory_per_vu(&self, limits: Limits, clock: RunClock) -> usize {
        let unmeasured = Arc::new(preview::unmeasured(clock, limits));
        self.pack.memory_per_vu(unmeasured).await.unwrap_or_default()
    }
}

/// The packs, attached to the run that `plan` says.
pub(crate) fn attach(packs: Vec<DescribedPack>, plan: &RunPlan, run: &RunShared) -> Vec<AttachedPack> {
    let planned = packs.into_iter().zip(&plan.packs);
    planned
        .map(|(DescribedPack { pack, description, .. }, plan)| {
            let parameters = serde_json::to_string(&plan.parameters).unwrap_or_else(|_| "{}".into());
            AttachedPack::new(pack, &description, parameters, plan.scenarios.clone(), run)
        })
        .collect()
}

/// A pack's account as the outcome keeps it.
pub(crate) fn calls(account: &PackAccount) -> PackCalls {
    let fault = account.first_fault.as_ref();
    PackCalls {
        name: account.name.clone(),
        asked: account.asked,
        broke: account.broke,
        skipped: account.skipped,
        fault_kind: fault.map(|fault| fault.kind.to_owned()),
        fault: fault.map(|fault| fault.message.clone()),
        fault_stack: fault.and_then(|fault| fault.stack.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pack_for_a_scenario_that_is_missing_says_which_there_are() {
        let wanted = ["buy".to_owned(), "brows".to_owned()];
        let faults = missing_scenarios("assert-http", &wanted, &["browse", "buy"]);
        let [fault] = &faults[..] else { panic!("one is missing: {faults:?}") };
        assert_eq!(
            fault.message,
            "assertion pack 'assert-http' is to watch the scenario 'brows', which the run does not have"
        );
        assert_eq!(fault.hint.as_deref(), Some("it has browse, buy"));
        assert!(missing_scenarios("assert-http", &[], &["browse"]).is_empty());
    }
}
