//! The journeys of a run: each with its own parameters, its own `setup` and `teardown`, and users.

use std::sync::Arc;

use outrider_engine::{AttachedPack, Description, GuestVuFactory, Plugin, RunShared};
use outrider_model::{RunPlan, ScenarioPlan, VuFactory};

/// A journey that is loaded.
#[derive(Clone, Debug)]
pub(crate) struct Journey {
    /// Its name in the plan.
    pub(crate) name: String,
    /// As faults name it.
    pub(crate) title: String,
    pub(crate) plugin: Plugin,
    pub(crate) description: Description,
    /// The run as it sees it.
    pub(crate) shared: Arc<RunShared>,
    /// Those of the run, beside it.
    pub(crate) packs: Vec<AttachedPack>,
}

impl Journey {
    /// Makes the users of one of its scenarios. Packs that do not watch it are not beside them.
    pub(crate) fn factory(&self, scenario: &ScenarioPlan) -> GuestVuFactory {
        let (plugin, shared) = (self.plugin.clone(), Arc::clone(&self.shared));
        let packs = self.packs.iter().filter(|pack| pack.watches(&scenario.name));
        GuestVuFactory::new(plugin, shared, &self.weighted(scenario))
            .with_packs(packs.cloned().collect())
            .with_tags(scenario.tags())
    }
}

impl Journey {
    /// What it says of its scenarios, with the weights of a scenario of the run, if that has some.
    fn weighted(&self, scenario: &ScenarioPlan) -> Vec<outrider_engine::Scenario> {
        let mut all = self.description.scenarios.clone();
        if !scenario.weights.is_empty() {
            all.iter_mut().for_each(|one| one.weight = scenario.weights.get(&one.name).copied().unwrap_or(0));
        }
        all
    }
}

/// Those that make the users of each scenario of the plan.
pub(crate) fn factories(plan: &RunPlan, journeys: &[Journey]) -> Vec<Arc<dyn VuFactory>> {
    let journey_of = |scenario: &ScenarioPlan| journeys.iter().find(|one| one.name == scenario.journey);
    let factories = plan.scenarios.iter().map(|scenario| {
        let journey = journey_of(scenario).expect("each scenario of a valid plan names a journey of it");
        Arc::new(journey.factory(scenario)) as Arc<dyn VuFactory>
    });
    factories.collect()
}

/// The run's packs beside a journey, as which the run is `shared`.
pub(crate) fn with_packs(packs: &[AttachedPack], shared: &RunShared) -> Vec<AttachedPack> {
    packs.iter().map(|pack| pack.beside(shared)).collect()
}

/// How the journeys of a run are named where something went wrong.
#[derive(Clone, Debug, Default)]
pub(crate) struct Titles {
    /// Of each journey.
    journeys: Vec<String>,
    /// Of each scenario: its name, and its journey's number.
    scenarios: Vec<(String, usize)>,
}

impl Titles {
    pub(crate) fn of(plan: &RunPlan, journeys: &[Journey]) -> Titles {
        let number = |name: &str| journeys.iter().position(|journey| journey.name == name).unwrap_or(0);
        let scenarios = plan.scenarios.iter();
        Titles {
            journeys: journeys.iter().map(|journey| journey.title.clone()).collect(),
            scenarios: scenarios.map(|one| (one.name.clone(), number(&one.journey))).collect(),
        }
    }

    #[cfg(test)]
    pub(crate) fn new(journeys: &[&str], scenarios: &[(&str, usize)]) -> Titles {
        let journeys = journeys.iter().map(|title| (*title).to_owned()).collect();
        let scenarios = scenarios.iter().map(|(name, journey)| ((*name).to_owned(), *journey)).collect();
        Titles { journeys, scenarios }
    }

    /// Whether a journey must be named for it to be told from others.
    pub(crate) fn are_several(&self) -> bool {
        self.journeys.len() > 1
    }

    /// Whether a scenario must be named for it to be told from others.
    pub(crate) fn are_several_scenarios(&self) -> bool {
        self.scenarios.len() > 1
    }

    /// All journeys.
    pub(crate) fn journeys(&self) -> &[String] {
        &self.journeys
    }

    /// The number of a scenario's journey.
    pub(crate) fn journey_of(&self, scenario: &str) -> usize {
        self.scenarios.iter().find(|(name, _)| name == scenario).map_or(0, |(_, journey)| *journey)
    }

    /// A scenario's journey.
    pub(crate) fn of_scenario(&self, scenario: &str) -> String {
        let title = self.journeys.get(self.journey_of(scenario));
        title.map_or_else(|| "the journey".to_owned(), String::clone)
    }
}
