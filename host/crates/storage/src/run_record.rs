//! The first and the last document of a run.

use std::collections::BTreeMap;

use outrider_model::{PluginRef, RunPlan, RunTag, Timestamp};
use outrider_telemetry::{SCHEMA_VERSION, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::roller::put;
use crate::store::{DatasetStore, json};
use crate::{
    Annotation, IterationAccount, LAYOUT_VERSION, RunLayout, SampleAccount, StorageError, VuAccount, rfc3339,
};

/// `run.json`: what the run was to do, with what. Written before anything else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// The version of the layout.
    pub format: u32,
    /// The version of the tables' schemas.
    pub schema_version: u32,
    /// Versions of this program and of what matters to a repetition, by name.
    pub versions: BTreeMap<String, String>,
    /// When the run started.
    #[serde(with = "rfc3339")]
    pub started_at: Timestamp,
    /// How many workers share the run; each has a manifest.
    pub workers: u32,
    /// The resolved plan.
    pub plan: RunPlan,
    /// All plugins with their digests: those of the journeys, then those of assertion packs.
    pub plugins: Vec<PluginRef>,
    /// What the plugins may use, as the user would grant it, for example `net:127.0.0.1:8080`.
    pub grants: Vec<String>,
    /// Words by which the run is found again. None in runs of earlier versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<RunTag>,
    /// What was known to happen. What was annotated later is in objects of its own: [`annotations_of`](crate::annotations_of).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<Annotation>,
}

impl RunRecord {
    /// A record with nothing granted, by this version.
    pub fn new(plan: RunPlan, started_at: Timestamp, workers: u32) -> RunRecord {
        RunRecord {
            format: LAYOUT_VERSION,
            schema_version: SCHEMA_VERSION,
            versions: BTreeMap::from([("outrider".to_owned(), env!("CARGO_PKG_VERSION").to_owned())]),
            started_at,
            workers,
            plugins: plugins(&plan),
            plan,
            grants: Vec::new(),
            tags: Vec::new(),
            annotations: Vec::new(),
        }
    }

    /// Writes `run.json`, which claims the run's id. That it succeeds shows that the dataset can be
    /// written to.
    ///
    /// # Errors
    ///
    /// [`StorageError::RunExists`] if the id is taken, [`StorageError::Put`] if it cannot be written.
    pub async fn create(&self, store: &DatasetStore) -> Result<(), StorageError> {
        let path = RunLayout::new(self.plan.run_id.clone()).run_record();
        let bytes = json(self);
        let put = put::put_document(store, &path, bytes.clone()).await;
        put.map_err(|error| match error {
            StorageError::Exists { .. } => {
                let (run_id, place) = (self.plan.run_id.clone(), store.place().to_owned());
                StorageError::RunExists { run_id, place }
            }
            other => other,
        })?;
        // The same once more: a far store that takes it is one that keeps no writer from another's objects.
        if store.is_remote() && store.put_new(&path, bytes).await.is_ok() {
            tracing::warn!(
                "'{}' ignores If-None-Match: two writers of one run would not notice each other",
                store.place()
            );
        }
        Ok(())
    }
}

/// The journeys' components, then the packs', each once.
fn plugins(plan: &RunPlan) -> Vec<PluginRef> {
    let journeys = plan.journeys.iter().map(|journey| &journey.plugin);
    let mut plugins: Vec<PluginRef> = Vec::new();
    for plugin in journeys.chain(plan.packs.iter().map(|pack| &pack.plugin)) {
        if !plugins.contains(plugin) {
            plugins.push(plugin.clone());
        }
    }
    plugins
}

/// What became of an assertion pack's calls in a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackCalls {
    /// The pack's name.
    pub name: String,
    /// How often there was something to judge.
    pub asked: u64,
    /// How often the pack broke instead of judging.
    pub broke: u64,
    /// How often it was not called, for a user for whom it had broken too often before.
    pub skipped: u64,
    /// The kind of its first fault: `trap`, `cpu limit`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault_kind: Option<String>,
    /// What its first fault said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// Where in the pack's source that was, the innermost frame first, one a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault_stack: Option<String>,
}

/// What the reason of a run begins with that finished before its time, because its data was exhausted.
pub const ENDED_EARLY: &str = "ended before its time";

/// The reason of a run that was ended because one of a newer build began in its place. Further sentences may follow it.
pub const REPLACED: &str = "replaced by a newer build";

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RunStatus {
    /// It did all it was meant to do.
    Finished,
    /// It was ended from outside, in good order.
    Interrupted,
    /// The journey or a threshold ended it before its time.
    Aborted,
    /// It could not go on: set-up failed, all users were lost, or rows could not be written.
    Failed,
    /// It goes on. No outcome has this status; it is that of a run without one whose process lives.
    Running,
    /// It did not say how it ended: killed, or still under way where that cannot be seen. No outcome has this
    /// status; it is that of a run without one.
    Incomplete,
}

impl RunStatus {
    /// The status as documents and reports spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            RunStatus::Finished => "finished",
            RunStatus::Interrupted => "interrupted",
            RunStatus::Aborted => "aborted",
            RunStatus::Failed => "failed",
            RunStatus::Running => "running",
            RunStatus::Incomplete => "incomplete",
        }
    }
}

/// The judgement on a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The run finished, every threshold is passed, and of the requests that were made some were answered.
    Pass,
    /// A threshold is not passed, the run did not finish, or it measured nothing.
    Fail,
}

impl Verdict {
    /// The verdict as documents and reports spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Fail => "fail",
        }
    }
}

/// Sums over all workers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Iterations by how they ended.
    pub iterations: IterationAccount,
    /// VUs that were lost on the way.
    #[serde(default)]
    pub vus: VuAccount,
    /// Samples that entered the queues, and that did not.
    pub samples: SampleAccount,
    /// Rows that were written, by table.
    pub rows: BTreeMap<Table, u64>,
}

/// A threshold and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ThresholdOutcome {
    /// The expression in its normal form.
    pub expr: String,
    /// The value that was compared: lengths of time in milliseconds, shares from 0 to 1, sizes in bytes,
    /// rates per second. Null if there was none.
    pub value: Option<f64>,
    /// Whether the expression holds.
    pub passed: bool,
    /// Why it is not passed, unless the value alone says it: `no data`, or that it ended the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// `outcome.json`: how the run ended. Written after everything else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The version of the layout.
    pub format: u32,
    /// How it ended.
    pub status: RunStatus,
    /// Why, in a sentence, unless it simply finished.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether it finished before its time because its data was exhausted, which `reason` then says. Null in runs of
    /// earlier versions: see [`Outcome::has_ended_early`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_early: Option<bool>,
    /// The assertion pack that is why the run failed: it broke in the start of users, or in every call. Null if none is,
    /// and in runs of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken_pack: Option<String>,
    /// The exit code of the program.
    pub exit_code: u8,
    /// When it ended.
    #[serde(with = "rfc3339")]
    pub ended_at: Timestamp,
    /// The judgement on it.
    pub verdict: Verdict,
    /// Whether a load generator was saturated at any time, so that times may include its own waiting. Null in runs
    /// of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generator_saturated: Option<bool>,
    /// The thresholds in the order of the plan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub thresholds: Vec<ThresholdOutcome>,
    /// Sums over all workers.
    pub totals: Totals,
    /// What became of the calls of each assertion pack.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packs: Vec<PackCalls>,
    /// What of the run was not exported while it went on, and why, a sentence each. The dataset has it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unexported: Vec<String>,
}

impl Outcome {
    /// The outcome of a run that simply finished; change what is otherwise.
    pub fn finished(ended_at: Timestamp, totals: Totals) -> Outcome {
        Outcome {
            format: LAYOUT_VERSION,
            status: RunStatus::Finished,
            reason: None,
            ended_early: None,
            broken_pack: None,
            exit_code: 0,
            ended_at,
            verdict: Verdict::Pass,
            generator_saturated: None,
            thresholds: Vec::new(),
            totals,
            packs: Vec::new(),
            unexported: Vec::new(),
        }
    }

    /// Whether it finished before its time because its data was exhausted. Runs of earlier versions say it in their
    /// reason alone.
    pub fn has_ended_early(&self) -> bool {
        let said = || self.reason.as_deref().is_some_and(|reason| reason.starts_with(ENDED_EARLY));
        self.ended_early.unwrap_or_else(said)
    }

    /// Writes `outcome.json`.
    ///
    /// # Errors
    ///
    /// [`StorageError::Exists`] if the run has an outcome, [`StorageError::Put`] if it cannot be written.
    pub async fn create(&self, store: &DatasetStore, layout: &RunLayout) -> Result<(), StorageError> {
        let put = put::put_document(store, &layout.outcome(), json(self)).await;
        if !matches!(put, Ok(()) | Err(StorageError::Exists { .. })) {
            self.keep(store, layout);
        }
        put
    }

    /// Keeps `outcome.json` on this machine, where nobody waits for a far store any longer: recovery puts it.
    pub fn keep(&self, store: &DatasetStore, layout: &RunLayout) {
        store.keep(&layout.outcome(), &json(self));
    }
}

impl Totals {
    /// The sums over these manifests.
    pub fn of<'a>(manifests: impl IntoIterator<Item = &'a crate::Manifest>) -> Totals {
        let mut totals = Totals::default();
        for manifest in manifests {
            totals.iterations = totals.iterations.plus(manifest.iterations);
            totals.vus = totals.vus.plus(manifest.vus);
            totals.samples = totals.samples.plus(manifest.samples);
            for (table, rows) in &manifest.rows {
                *totals.rows.entry(*table).or_default() += rows.written;
            }
        }
        totals
    }
}
