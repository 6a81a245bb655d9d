//! Whether the numbers can be trusted: completeness and iteration accounting.

use outrider_model::FailureCounts;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::DurationStats;

/// Whether everything that was measured is in the dataset, proven against the manifests. While a run goes on
/// it is not complete: its last rows are not written yet.
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
    /// How many never started: no VU was free at their scheduled time, or what they need was missing.
    pub dropped: u64,
    /// The dropped ones for which unique data had no row left.
    #[serde(default)]
    pub dropped_without_data: u64,
    /// How many of the plan never came due, so that they are not among `scheduled`: time was up, the run was
    /// ended, or no VU was left. As the workers count them at their end, where the plan says how many
    /// iterations there are.
    pub unstarted: u64,
    /// How many started per second, over the duration of the load.
    pub rate_per_s: f64,
    /// How long completed and failed ones took, think time included; null if there were none.
    pub duration_ms: Option<DurationStats>,
    /// How long the same took from their scheduled times, late starts and waits included: what a user who came in
    /// time would have waited. Equal to `duration_ms` in the closed model; null if there were none.
    #[serde(default)]
    pub corrected_ms: Option<DurationStats>,
    /// How many started only after a wait of more than 10 ms because every VU was busy (`--when-busy wait`).
    #[serde(default)]
    pub waited: u64,
    /// The longest such wait, in milliseconds.
    #[serde(default)]
    pub max_waited_ms: f64,
    /// The scenarios of which iterations were dropped or waited because every VU was busy, in the order of the plan;
    /// empty if there was a free one each time.
    #[serde(default)]
    pub busy_scenarios: Vec<BusyScenario>,
}

/// A scenario whose VUs were too few, or its target too slow.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BusyScenario {
    /// The scenario.
    pub name: String,
    /// The most VUs that it may have: so many were busy.
    pub max_vus: u32,
    /// How many of its iterations were to start.
    pub scheduled: u64,
    /// How many of these were dropped because no VU was free.
    pub dropped: u64,
    /// How many started only after a wait of more than 10 ms.
    pub waited: u64,
    /// The longest such wait, in milliseconds.
    pub max_waited_ms: f64,
}

impl IterationTotals {
    /// The dropped ones for which no VU was free. Those without data are no fault of the generator: the plan has too
    /// little of it for them.
    pub fn dropped_by_generator(&self) -> u64 {
        self.dropped.saturating_sub(self.dropped_without_data)
    }
}

/// VUs of the run, as its workers count them at their end: zeros for a run that is incomplete.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VuTotals {
    /// How many broke and could not be made anew: their scenario went on without them.
    pub lost: u64,
    /// The lost ones, by whose fault it was that they could not be made anew.
    pub lost_by_cause: FailureCounts,
}
