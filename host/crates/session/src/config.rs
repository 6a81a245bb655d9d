//! What a run is asked to do.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use outrider_capability::{Answerer, DataConfig, DebugListener, HttpConfig, Secrets};
use outrider_engine::{CodeCache, Limits, PluginFile};
use outrider_export::ExportConfig;
use outrider_model::threshold::Threshold;
use outrider_model::{ExecutorPlan, MixShare, PlannedAnnotation, RunClock, RunTag, Timestamp};

use crate::{Fault, LogListener, Places};

/// A part of a run as whoever asks for the run could make it out, or everything that is wrong with it:
/// [`Session::prepare`](crate::Session::prepare) checks what is sound all the same and reports the faults
/// of all parts together.
pub type Asked<T> = Result<T, Vec<Fault>>;

/// A run as it is asked for.
#[derive(Clone, Debug)]
pub struct SessionConfig {
    /// What is wrong with it as a whole, as whoever asks for the run found out: said before all other faults.
    pub faults: Vec<Fault>,
    /// What the run is called. Defaults to what its journeys are called.
    pub name: Option<String>,
    /// Words by which the run is found again.
    pub tags: Vec<RunTag>,
    /// What is known to happen in it.
    pub annotations: Vec<PlannedAnnotation>,
    /// The journeys, at least one. A component that several of them name is compiled once.
    pub journeys: Vec<JourneyConfig>,
    /// Parameters that every journey that has them is given, in place of its own.
    pub set: Vec<(String, ParameterValue)>,
    /// The scenarios, all running at once, each from its start time.
    pub scenarios: Vec<ScenarioConfig>,
    /// The assertion packs that watch the journeys.
    pub packs: Vec<Asked<PackConfig>>,
    /// The limits that decide over the verdict.
    pub thresholds: Vec<Asked<Threshold>>,
    /// Hosts and ports that the journeys may reach besides the target's.
    pub allow_net: Vec<String>,
    /// Data files, with the policies of their rows.
    pub data: Vec<Asked<DataConfig>>,
    /// The secrets that the journeys may use.
    pub secrets: Asked<Secrets>,
    /// The seed of all random choices. Defaults to one that is drawn and kept in `run.json`.
    pub seed: Option<u64>,
    /// How HTTP is spoken; its `base_url` is the target.
    pub http: Asked<HttpConfig>,
    /// Limits of each user.
    pub limits: Limits,
    /// What is exported while the run goes on.
    pub export: Asked<ExportConfig>,
    /// The folder that keeps the runs.
    pub out: String,
    /// Where compiled code is kept.
    pub cache: CodeCache,
    /// Hears what is logged. Defaults to nobody.
    pub listener: Option<LogListener>,
    /// How the run is debugged. Defaults to not at all.
    pub debug: Option<DebugConfig>,
    /// Answers requests in the network's place, which is never reached then. Defaults to nobody.
    pub answerer: Option<Arc<dyn Answerer>>,
    /// What the clock says at the beginning. Defaults to the time that it is.
    pub now: Option<Timestamp>,
    /// Where in the plan the rest stands: `data.NAME`, `grants.allow_net.ENTRY`, `limits`, `export`, `run.out` and
    /// `thresholds.EXPRESSION`.
    pub places: Places,
}

impl SessionConfig {
    /// The run's clock, which begins now.
    pub(crate) fn clock(&self) -> RunClock {
        self.now.map_or_else(RunClock::start_now, RunClock::starting_at)
    }
}

/// How a run is debugged: each thing that a user does is told, one after the other.
#[derive(Clone, Debug)]
pub struct DebugConfig {
    /// Hears of each thing.
    pub listener: DebugListener,
    /// How much of each body is told, in bytes.
    pub body_bytes: usize,
    /// Whether think times and other waits of the journey take no time.
    pub skips_waits: bool,
}

/// A journey as it is asked for: its `setup` and `teardown` run once, whatever the number of its scenarios.
#[derive(Clone, Debug)]
pub struct JourneyConfig {
    /// The component.
    pub plugin: Asked<PluginFile>,
    /// Its parameters.
    pub parameters: Vec<(String, ParameterValue)>,
    /// How faults name it: `the journey`, or of several `the journey of scenario 'buy'`.
    pub title: String,
    /// Where in the plan its `plugin` and its `parameters` stand.
    pub places: Places,
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum ParameterValue {
    /// As it was written on a command line. The schema's type says how it is read: where a string is wanted it is
    /// one; else it is JSON, and text that is not JSON is a string.
    Text(String),
    /// As it is.
    Json(serde_json::Value),
}

/// An assertion pack as it is asked for.
#[derive(Clone, Debug)]
pub struct PackConfig {
    /// What its verdicts are told by. Defaults to the name that it gives itself.
    pub name: Option<String>,
    /// The pack.
    pub plugin: PluginFile,
    /// Its parameters.
    pub parameters: Vec<(String, ParameterValue)>,
    /// The scenarios of the run that it watches; none means all.
    pub scenarios: Vec<String>,
    /// Where in the plan its `plugin`, its `parameters` and its `scenarios` stand.
    pub places: Places,
}

/// A scenario as it is asked for.
#[derive(Clone, Debug)]
pub struct ScenarioConfig {
    /// Its name in the run.
    pub name: String,
    /// The journey that its users go through: an index of [`SessionConfig::journeys`].
    pub journey: usize,
    /// The scenario of the journey that it runs; all of them by their weights without one.
    pub plugin_scenario: Option<String>,
    /// Weights in place of those that the journey gives its scenarios; what is not named has none. Defaults to the
    /// journey's.
    pub weights: Option<BTreeMap<String, u32>>,
    /// When its first iteration may start.
    pub start_time: Duration,
    /// How long iterations under way may go on at its end.
    pub graceful_stop: Duration,
    /// What all its samples are tagged with.
    pub tags: BTreeMap<String, String>,
    /// The load.
    pub load: Asked<LoadConfig>,
    /// Which arrivals of a mix are its own; the load is then its part of the mix's on average. Defaults to all.
    pub share: Option<MixShare>,
    /// Where in the plan its keys stand.
    pub places: Places,
}

/// A load as it is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadConfig {
    /// Who runs which iterations, with defaults filled in.
    pub executor: ExecutorPlan,
    /// How many VUs were asked for by number. What the executor has beyond that is a default, and is
    /// lowered to what this machine holds; what was asked for is had or refused.
    pub least_vus: u32,
}

impl LoadConfig {
    /// A load in which no number is a default.
    pub fn exactly(executor: ExecutorPlan) -> LoadConfig {
        LoadConfig { least_vus: executor.max_vus(), executor }
    }
}
