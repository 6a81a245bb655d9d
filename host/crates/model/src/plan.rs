//! The resolved plan of a run, as `run.json` keeps it.

mod written;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::threshold::Threshold;
use crate::{ExecutorPlan, MixShare, RunId, Tags};

/// Thirty seconds, as in k6: how long iterations that are under way may go on when their scenario ends.
pub const DEFAULT_GRACEFUL_STOP: Duration = Duration::from_secs(30);

/// A plugin as a plan names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PluginRef {
    /// The plugin's own name, or its file's.
    pub name: String,
    /// The path as the user wrote it.
    pub path: String,
    /// `sha256:` and the hexadecimal digest of the component.
    pub digest: String,
}

/// A journey of a run: a plugin with its parameters. Its `setup` and `teardown` run once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JourneyPlan {
    /// Its name, unique in the run.
    pub name: String,
    /// The component.
    pub plugin: PluginRef,
    /// Its parameters, defaults filled in.
    pub parameters: BTreeMap<String, serde_json::Value>,
}

/// One scenario: which iterations, how many, when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScenarioPlan {
    /// Its name, unique in the run.
    pub name: String,
    /// The name of the run's journey that its users go through.
    #[serde(default)]
    pub journey: String,
    /// The scenario of the plugin that its iterations run.
    pub plugin_scenario: String,
    /// The weights of the journey's scenarios, if they are not the journey's own.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub weights: BTreeMap<String, u32>,
    /// When its first iteration may start, after the start of the run.
    pub start_time: Duration,
    /// How long iterations under way may go on at its end.
    pub graceful_stop: Duration,
    /// What all its samples are tagged with.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// The load.
    pub executor: ExecutorPlan,
    /// Which arrivals of a mix are its own, if it shares one; the load is then its part on average.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<MixShare>,
}

impl ScenarioPlan {
    /// Its tags as samples carry them, sorted by their keys.
    pub fn tags(&self) -> Tags {
        self.tags.iter().map(|(key, value)| (Arc::from(key.as_str()), Arc::from(value.as_str()))).collect()
    }
}

/// An assertion pack that watches iterations of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PackPlan {
    /// The name that it is given, or gives itself; rows of `checks` carry it.
    pub name: String,
    /// The component.
    pub plugin: PluginRef,
    /// Its parameters, defaults filled in.
    pub parameters: BTreeMap<String, serde_json::Value>,
    /// The scenarios of the run that it watches; none means all.
    pub scenarios: Vec<String>,
}

/// A run, resolved and valid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "written::WrittenPlan")]
pub struct RunPlan {
    /// The run's id.
    pub run_id: RunId,
    /// What the run is called; without it, its journeys name it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The journeys, at least one.
    pub journeys: Vec<JourneyPlan>,
    /// The base URL that relative paths resolve against.
    pub target: Option<String>,
    /// Hosts and ports that guests may reach besides the target's, as `host:port`.
    pub allow_net: Vec<String>,
    /// Seeds every random choice, so that a run can be repeated.
    pub seed: u64,
    /// The scenarios, all running at once, each from its `start_time`.
    pub scenarios: Vec<ScenarioPlan>,
    /// The assertion packs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub packs: Vec<PackPlan>,
    /// The limits that decide over its verdict.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub thresholds: Vec<Threshold>,
}

impl RunPlan {
    /// What the run is called: by its name, else by its journeys.
    pub fn title(&self) -> String {
        let journeys = || self.journeys.iter().map(|journey| journey.name.as_str()).collect::<Vec<_>>();
        self.name.clone().unwrap_or_else(|| journeys().join(", "))
    }

    /// The journey of this name.
    pub fn journey(&self, name: &str) -> Option<&JourneyPlan> {
        self.journeys.iter().find(|journey| journey.name == name)
    }
}
