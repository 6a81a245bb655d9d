//! A trend as data: what `host report trend --format json` prints.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::summary::{DurationStats, RequestSummary, RunEntry, RunVerdict, TimedSummary};

/// The version of the document. It grows by one when a field is removed or changes its meaning; new fields do not change
/// it.
///
/// * 1: the first.
pub const TREND_VERSION: u32 = 1;

/// The name of all requests of a run together.
const ALL_REQUESTS: &str = "(all)";

/// Runs side by side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Trend {
    /// The version of this document's layout: 1.
    pub version: u32,
    /// The runs, the oldest first.
    pub runs: Vec<TrendRun>,
    /// Requests, then steps, then pages: all requests together first, then in the order of the runs that had them first.
    pub rows: Vec<TrendRow>,
    /// The runs that were asked for and cannot be read, and why, a sentence each.
    pub left_out: Vec<String>,
}

impl Trend {
    /// All requests of a run together, by its place in `runs`.
    pub(crate) fn all_requests(&self, run: usize) -> Option<&TrendPoint> {
        let is_all = |row: &&TrendRow| row.kind == TrendRowKind::Request && row.name == ALL_REQUESTS;
        self.rows.iter().find(is_all)?.points.get(run)?.as_ref()
    }

    /// What was run, each journey once.
    pub(crate) fn journeys(&self) -> Vec<&str> {
        let mut journeys = Vec::new();
        for journey in self.runs.iter().filter_map(|run| run.run.journey.as_deref()) {
            if !journeys.contains(&journey) {
                journeys.push(journey);
            }
        }
        journeys
    }
}

/// A run among others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrendRun {
    /// What `host runs --format json` says of it.
    #[serde(flatten)]
    pub run: RunEntry,
    /// What to know of it in a line: the first line of its report.
    pub headline: String,
    /// Whether everything that was measured is here.
    pub complete: bool,
    /// Iterations that started.
    pub iterations: u64,
    /// Iterations that failed.
    pub failed_iterations: u64,
    /// Checks that failed.
    pub failed_checks: u64,
}

impl TrendRun {
    /// How it stands, as lists say it, and whether rows of it are missing.
    pub(crate) fn standing(&self) -> String {
        let missing =
            if self.complete || self.run.verdict == RunVerdict::Incomplete { "" } else { ", rows missing" };
        format!("{}{missing}", self.run.standing())
    }

    /// Whether it passed, with all that was measured.
    pub(crate) fn is_sound(&self) -> bool {
        self.complete && self.run.verdict == RunVerdict::Pass
    }
}

/// One request, step or page over the runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrendRow {
    /// What it is.
    pub kind: TrendRowKind,
    /// Its name; `(all)` are all requests of a run together.
    pub name: String,
    /// One for each of `runs`, in their order; null where the run has none of this name.
    pub points: Vec<Option<TrendPoint>>,
}

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TrendRowKind {
    /// A request.
    Request,
    /// A step.
    Step,
    /// A page load of a browser.
    Page,
}

impl TrendRowKind {
    /// As documents spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            TrendRowKind::Request => "request",
            TrendRowKind::Step => "step",
            TrendRowKind::Page => "page",
        }
    }
}

/// How a request, step or page went in one run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrendPoint {
    /// How many ended; those that were interrupted are not among them.
    pub count: u64,
    /// How many of them failed.
    pub failed: u64,
    /// How many there were per second, over the duration of the load.
    pub rate_per_s: f64,
    /// How long they took, in milliseconds; null if nothing was measured.
    pub duration_ms: Option<DurationStats>,
}

impl From<&RequestSummary> for TrendPoint {
    fn from(request: &RequestSummary) -> TrendPoint {
        let RequestSummary { count, failed, rate_per_s, duration_ms, .. } = *request;
        TrendPoint { count, failed, rate_per_s, duration_ms }
    }
}

impl From<&TimedSummary> for TrendPoint {
    fn from(timed: &TimedSummary) -> TrendPoint {
        let TimedSummary { count, failed, rate_per_s, duration_ms, .. } = *timed;
        TrendPoint { count, failed, rate_per_s, duration_ms }
    }
}
