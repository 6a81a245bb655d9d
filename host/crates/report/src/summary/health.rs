//! Whether the numbers can be trusted: completeness, iteration accounting, generator health.

use outrider_model::FailureCounts;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::DurationStats;

/// Whether everything that was measured is in the dataset, proven against the manifests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Completeness {
    /// Nothing is missing: the run wrote its outcome, every worker closed its manifest, every part that
    /// it names is there and holds the rows it should, no sample was lost, and the iterations add up:
    /// scheduled = started + dropped, and started = completed + failed + interrupted, in the table and
    /// in the manifests alike.
    pub complete: bool,
    /// Rows that were found, over all tables.
    pub rows: u64,
    /// Tables that hold them.
    pub tables: u64,
    /// What is missing, or does not add up, a sentence each; empty if and only if `complete`.
    pub missing: Vec<String>,
}

/// How many iterations were to start, started, and how they ended. Counted in the `iterations` table,
/// `unstarted` excepted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IterationTotals {
    /// How many were to start: `started` + `dropped`.
    pub scheduled: u64,
    /// How many started: `completed` + `failed` + `interrupted`.
    pub started: u64,
    /// How many ran to their end without an error.
    pub completed: u64,
    /// How many ended with an error.
    pub failed: u64,
    /// The failed ones, by whose fault it was.
    pub failed_by_cause: FailureCounts,
    /// How many were under way when their time was up.
    pub interrupted: u64,
    /// How many never started, because no VU was free at their scheduled time.
    pub dropped: u64,
    /// How many of the plan never came due, so that they are not among `scheduled`: time was up, the run was
    /// ended, or no VU was left. As the workers count them at their end, where the plan says how many
    /// iterations there are.
    pub unstarted: u64,
    /// How many started per second, over the duration of the load.
    pub rate_per_s: f64,
    /// How long completed and failed ones took, think time included; null if there were none.
    pub duration_ms: Option<DurationStats>,
}

/// VUs of the run, as its workers count them at their end: zeros for a run that is incomplete.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VuTotals {
    /// How many broke and could not be made anew: their scenario went on without them.
    pub lost: u64,
    /// The lost ones, by whose fault it was that they could not be made anew.
    pub lost_by_cause: FailureCounts,
}

/// Whether the machines that made the load kept their promise.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GeneratorHealth {
    /// The generator was at its limit, so that the measured times are partly its own: see
    /// `saturations` for when and why.
    pub saturated: bool,
    /// When it was saturated, and by which rule.
    pub saturations: Vec<Saturation>,
    /// Iterations that started later than 10 ms after their scheduled time.
    pub late_starts: u64,
    /// How late an iteration started at worst, in milliseconds.
    pub max_lateness_ms: f64,
    /// Samples that were lost because the queue to the disk was full: counts are too low by so many.
    pub lost_samples: u64,
    /// The load on the generator's CPU, process or machine, at worst in one second: 0 to 1. Null if
    /// it was not measured.
    pub max_cpu: Option<f64>,
    /// How late a timer of the event loop fired at worst, in milliseconds. Null if it was not measured.
    pub max_event_loop_lag_ms: Option<f64>,
    /// Resident memory of a generating process at worst, in bytes. Null if it was not measured.
    pub max_memory_bytes: Option<u64>,
    /// The most VUs that were busy at once: the sum of the workers' highest numbers. Null if it was not
    /// measured.
    pub max_active_vus: Option<u64>,
}

/// One stretch of time in which the generator was saturated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Saturation {
    /// The rule that says so.
    pub kind: SaturationKind,
    /// The worker.
    pub worker: u32,
    /// When it began, in milliseconds after the start of the run.
    pub from_ms: f64,
    /// When it ended, in milliseconds after the start of the run.
    pub to_ms: f64,
    /// The worst value in that time: `cpu` a share from 0 to 1, `event-loop-lag` milliseconds,
    /// `late-starts` the share of iterations that started late, from 0 to 1.
    pub worst: f64,
}

/// The rules of saturation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SaturationKind {
    /// The CPU was busy to at least 90 % for at least three seconds in a row.
    Cpu,
    /// Timers of the event loop fired at least 100 ms late in at least three seconds in a row.
    EventLoopLag,
    /// More than 1 % of a worker's iterations, and at least three, started late. The times are those of
    /// the first and the last of them.
    LateStarts,
}
