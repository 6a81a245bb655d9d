//! What a run is asked to do.

use std::path::PathBuf;
use std::time::Duration;

use outrider_capability::HttpConfig;
use outrider_engine::{CodeCache, Limits, PluginFile};
use outrider_model::ExecutorPlan;

/// A run as it is asked for.
#[derive(Clone, Debug)]
pub struct SessionConfig {
    /// The journey.
    pub plugin: PluginFile,
    /// The scenarios, all running at once, each from its start time.
    pub scenarios: Vec<ScenarioConfig>,
    /// Hosts and ports that the journey may reach besides the target's.
    pub allow_net: Vec<String>,
    /// Parameters as `KEY`, `VALUE`.
    pub parameters: Vec<(String, String)>,
    /// Data files by name.
    pub data: Vec<(String, PathBuf)>,
    /// The seed of all random choices. Defaults to one that is drawn and kept in `run.json`.
    pub seed: Option<u64>,
    /// How HTTP is spoken; its `base_url` is the target.
    pub http: HttpConfig,
    /// Limits of each user.
    pub limits: Limits,
    /// The folder that keeps the runs.
    pub out: String,
    /// Where compiled code is kept.
    pub cache: CodeCache,
}

/// A scenario as it is asked for.
#[derive(Clone, Debug)]
pub struct ScenarioConfig {
    /// Its name in the run.
    pub name: String,
    /// The scenario of the journey that it runs; all of them by their weights without one.
    pub plugin_scenario: Option<String>,
    /// When its first iteration may start.
    pub start_time: Duration,
    /// How long iterations under way may go on at its end.
    pub graceful_stop: Duration,
    /// The load.
    pub executor: ExecutorPlan,
}
