//! The load over time: what was scheduled beside what came of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The load over time, for all scenarios together and for each. Requests of set-up and tear-down are no user's, and
/// are left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Timeline {
    /// The length of a bucket in seconds, whole: such that there are at most 64.
    pub bucket_s: u64,
    /// All scenarios together, from the first iteration on.
    pub buckets: Vec<TimelineBucket>,
    /// Where iterations were dropped or started late; null if no bucket has more than 1 %, and more than one, of them.
    pub shortfall: Option<Shortfall>,
    /// How many iterations were dropped, over all buckets.
    #[serde(default)]
    pub dropped: u64,
    /// How many iterations started more than 10 ms after their scheduled time, waits for a busy VU included, over all
    /// buckets.
    #[serde(default)]
    pub late: u64,
    /// Each scenario, in the order of the plan. Past fifty of them, `(other)` stands for the rest.
    pub scenarios: Vec<ScenarioTimeline>,
}

/// The load of one scenario over time, in the same buckets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScenarioTimeline {
    /// The scenario.
    pub name: String,
    /// Its buckets.
    pub buckets: Vec<TimelineBucket>,
    /// Where its iterations were dropped or started late; null if no bucket has more than 1 %, and more than one, of
    /// them.
    pub shortfall: Option<Shortfall>,
}

/// One stretch of time. The last one goes on after the load has ended.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TimelineBucket {
    /// When it begins, in milliseconds after the start of the run.
    pub from_ms: f64,
    /// Iterations that were to start in it, per second: those that were dropped too.
    pub scheduled_per_s: f64,
    /// Iterations that did start in it, per second.
    pub started_per_s: f64,
    /// Iterations that completed in it, per second.
    pub completed_per_s: f64,
    /// Iterations that were to start in it and were dropped, per second.
    pub dropped_per_s: f64,
    /// How many VUs were running an iteration, on average. Of a run that goes on or was killed, those whose iteration
    /// had not ended are missing.
    pub vus: f64,
    /// Requests that ended in it, per second.
    pub requests_per_s: f64,
    /// 95 % of these took no longer than this, in milliseconds; null without requests.
    pub p95_ms: Option<f64>,
    /// The same from the times at which the schedule wanted them, late starts and waits for a busy VU included. Equal
    /// to `p95_ms` where nothing was late; null without requests.
    #[serde(default)]
    pub corrected_p95_ms: Option<f64>,
}

/// Iterations that did not start when they were scheduled, over the buckets in which more than 1 % and more than one
/// of the scheduled ones did not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Shortfall {
    /// When the first of these buckets begins, in milliseconds after the start of the run.
    pub from_ms: f64,
    /// When the last of them ends, in milliseconds after the start of the run.
    pub to_ms: f64,
    /// How many iterations were scheduled in these buckets.
    pub scheduled: u64,
    /// How many of them were dropped.
    pub dropped: u64,
    /// How many of them started more than 10 ms after their scheduled time.
    pub late: u64,
}
