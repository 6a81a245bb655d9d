//! Which run it was, and how it ended.

use outrider_model::ExecutorKind;
use outrider_model::threshold::Threshold;
use outrider_storage::{REPLACED, RunStatus};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::words::significant;

/// Which run, and what it was meant to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunSummary {
    /// The run's id; ids sort by the time of the start.
    pub id: String,
    /// What the run is called; null if its journeys name it.
    pub name: Option<String>,
    /// Words by which the run is found again: `--tag` of `host run`.
    #[serde(default)]
    pub tags: Vec<String>,
    /// How the run ended, or that it goes on.
    pub status: RunStatus,
    /// Why it ended so, or why it failed, if it was not simply well.
    pub reason: Option<String>,
    /// Whether it finished before its time because its data was exhausted, which `reason` then says.
    #[serde(default)]
    pub ended_early: bool,
    /// The assertion pack that is why it failed: it broke in the start of users, or in every call. Null if none is, and
    /// in runs of earlier versions.
    #[serde(default)]
    pub broken_pack: Option<String>,
    /// When it started, RFC 3339 in UTC.
    pub started_at: String,
    /// From its start to its end, in milliseconds. For a run that goes on or is incomplete: to the last row that
    /// was kept, which is what the report shows.
    pub duration_ms: f64,
    /// For a run that goes on: from its start to when the report was made, in milliseconds. Else null.
    pub elapsed_ms: Option<f64>,
    /// From the first iteration that was scheduled to the end of the last one, in milliseconds. All rates
    /// are over this time.
    pub load_duration_ms: f64,
    /// How many workers made the load.
    pub workers: u32,
    /// The journeys, in the plan's order.
    pub journeys: Vec<JourneySummary>,
    /// The components of the journeys, then those of the assertion packs, each once.
    pub plugins: Vec<PluginSummary>,
    /// The names of the assertion packs.
    pub packs: Vec<String>,
    /// The base URL under test; null if the journey brings its own.
    pub target: Option<String>,
    /// The load that was planned, one entry for each scenario.
    pub scenarios: Vec<ScenarioSummary>,
    /// Where the dataset is: the run's folder, as a path or URL.
    pub dataset: String,
}

/// One second: what happens once in a few milliseconds is no rate.
const MIN_RATED_MS: f64 = 1_000.0;

impl RunSummary {
    /// Whether it was ended because a run of a newer build began in its place: nobody's fault, and no verdict on the
    /// target.
    pub fn was_replaced(&self) -> bool {
        let reason = self.reason.as_deref().unwrap_or_default();
        self.status == RunStatus::Interrupted && reason.starts_with(REPLACED)
    }

    /// Whether the load lasted long enough for events per second to mean something: a second at least.
    pub fn has_rates(&self) -> bool {
        self.load_duration_ms >= MIN_RATED_MS
    }
}

/// A plugin of the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PluginSummary {
    /// Its name.
    pub name: String,
    /// The path as the user wrote it.
    pub path: String,
    /// `sha256:` and the hexadecimal digest of the component.
    pub digest: String,
}

/// A journey of the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct JourneySummary {
    /// Its name, unique in the run.
    pub name: String,
    /// The path of its component or source, as the user wrote it.
    pub path: String,
}

/// The planned load of one scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScenarioSummary {
    /// The scenario's name in the run.
    pub name: String,
    /// The name of the journey that its users go through.
    pub journey: String,
    /// The executor.
    pub executor: ExecutorKind,
    /// The load in words, for example `50 VUs for 10 s`.
    pub load: String,
    /// The most VUs that may be busy at once.
    pub max_vus: u32,
    /// How long iterations were to start, in milliseconds; null where a number of iterations decides.
    pub planned_duration_ms: Option<f64>,
    /// How many iterations were to start; null where the speed of the target decides.
    pub planned_iterations: Option<u64>,
}

/// One threshold and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ThresholdResult {
    /// The expression, its spaces and synonyms evened out.
    pub expr: String,
    /// The value that was compared: lengths of time in milliseconds, shares from 0 to 1, sizes in bytes, rates per
    /// second; null if nothing was measured.
    pub value: Option<f64>,
    /// Whether the expression holds. Without a value it does not.
    pub passed: bool,
    /// Why it is not passed, unless the value alone says it: `no data`, or that it ended the run.
    pub reason: Option<String>,
}

impl ThresholdResult {
    /// What came of it in words: `was 612 ms`, `no data`, `was 3 ms; it ended the run when it was 612 ms`.
    pub fn outcome(&self) -> String {
        let value = self.value.map(|value| match self.expr.parse::<Threshold>() {
            Ok(parsed) => format!("was {}", parsed.show(value)),
            // Written by a version with another grammar.
            Err(_) => format!("was {}", significant(value)),
        });
        match (value, &self.reason) {
            // It ended the run at the value that it still has.
            (Some(value), Some(reason)) if reason.ends_with(&value) => reason.clone(),
            (Some(value), Some(reason)) => format!("{value}; {reason}"),
            (Some(value), None) => value,
            (None, Some(reason)) => reason.clone(),
            (None, None) => "no data".to_owned(),
        }
    }
}
