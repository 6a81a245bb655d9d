//! The report of a run as data: what `host report --format json` prints.
//!
//! [`Summary`] is plain data. [`Summary::read`](crate::Summary::read) makes it from a dataset, the
//! renderers turn it into text or JSON; nothing in here reads or writes.
//!
//! Every number says its unit: in its name (`_ms`, `_per_s`, `bytes_`) or in its description, which
//! the JSON Schema carries.

mod annotation;
mod findings;
mod generator;
mod headline;
mod health;
mod load;
mod run;
mod run_details;
mod run_list;
mod statistics;
mod timeline;
mod timing;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use annotation::AnnotationSummary;
pub use findings::{
    CheckExample, CheckPlace, CheckSummary, ErrorSource, ErrorSummary, MessageSummary, Network, StatusCount,
};
pub use generator::{
    BUSY_CPU, Bottleneck, BottleneckStretch, CpuHealth, CpuShares, GeneratorHealth, OtherBottlenecks,
    Promise, Saturation, SaturationKind,
};
pub use headline::Headline;
pub use health::{BusyScenario, Completeness, IterationTotals, VuTotals};
pub use outrider_model::FailureCounts;
pub use outrider_storage::{RunStatus, Verdict};
pub use run::{JourneySummary, PluginSummary, RunSummary, ScenarioSummary, ThresholdResult};
pub use run_details::{RUN_DETAILS_VERSION, RunDetails, TableDetails, WorkerDetails};
pub use run_list::{RUN_LIST_VERSION, RunEntry, RunList, RunVerdict};
pub use statistics::{Statistics, StatusStatistics, Throughput, TimeStatistics, UserStatistics};
pub use timeline::{ScenarioTimeline, Shortfall, Timeline, TimelineBucket};
pub use timing::{
    DistributionStats, DurationStats, MetricSummary, MetricType, PhaseMeans, RequestSummary, TimedSummary,
};

/// The version of the document. It grows by one when a field is removed or changes its meaning; new
/// fields do not change it.
///
/// * 1: the first.
/// * 2: `errors[].message` became `errors[].messages`; `verdict` is null while a run goes on.
pub const SUMMARY_VERSION: u32 = 2;

/// What the figures of requests, steps and checks are taken from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SummarySource {
    /// From every row.
    #[default]
    Rows,
    /// From the windows, which sum rows up second by second: the same counts, sums, extremes and percentiles, in a
    /// small part of the time. What only rows tell is not there: errors, statuses and phases of requests, Tsung's statistics of
    /// requests, connections and pages, what failed checks and steps said, and the order of names within a second.
    Windows,
}

/// What a run's dataset holds.
///
/// Read from the Parquet parts that the run's manifests name, never from the memory of the program
/// that made the load. Percentiles come from merged sketches and are within 0.5 % of a value;
/// counts, sums, smallest and largest values are exact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// The version of this document's layout: 2.
    pub version: u32,
    /// The run in one line: its verdict, and what to know before reading on. The same as the first line of the
    /// text. Of a pass it is the first that holds of: incomplete data, a run that ended early, a generator that was held up,
    /// dropped iterations or fell short otherwise, a journey that broke, data that was used again, failed checks, more
    /// than 1 % of failed requests, more than 1 % of failed iterations.
    pub headline: String,
    /// What the figures of requests, steps and checks are taken from; those of iterations are always from rows.
    #[serde(default)]
    pub source: SummarySource,
    /// What makes the rest of the document coarser than it might be, a sentence each: more than 1,000 names of
    /// requests, steps, checks or metrics, of which the later ones are counted as `(other)`. And what was not exported while
    /// the run went on; it is in the dataset all the same.
    pub warnings: Vec<String>,
    /// Which run, and what it was meant to do.
    pub run: RunSummary,
    /// `pass` only if the run finished, every threshold is passed, and some request was answered, if any was made.
    /// Null while the run goes on.
    pub verdict: Option<Verdict>,
    /// The thresholds in the order of the plan.
    pub thresholds: Vec<ThresholdResult>,
    /// Whether everything that was measured is here.
    pub completeness: Completeness,
    /// How many iterations were to start, started, and how they ended.
    pub iterations: IterationTotals,
    /// VUs that were lost on the way.
    pub vus: VuTotals,
    /// Whether the machines that made the load kept their promise. Read this before the rest.
    pub generator: GeneratorHealth,
    /// HTTP exchanges by name, in the order of their first one.
    pub requests: Vec<RequestSummary>,
    /// All HTTP exchanges together, named `(all)`; null if there were none.
    pub all_requests: Option<RequestSummary>,
    /// Steps by name, in the order of their first one.
    pub steps: Vec<TimedSummary>,
    /// Page loads of a browser by name.
    pub pages: Vec<TimedSummary>,
    /// Custom metrics by name.
    pub metrics: Vec<MetricSummary>,
    /// Checks of the journey and of assertion packs, by pack and name.
    pub checks: Vec<CheckSummary>,
    /// How often each HTTP status was answered, ascending; exchanges without an answer last.
    pub status_codes: Vec<StatusCount>,
    /// What failed, grouped, the most frequent first.
    pub errors: Vec<ErrorSummary>,
    /// Bytes over the network.
    pub network: Network,
    /// Statistics of connections, requests, pages and sessions by intervals of ten seconds.
    pub statistics: Statistics,
    /// The load over time: what was scheduled beside what came of it.
    pub timeline: Timeline,
    /// What happened meanwhile, as it was told, by time: deployments, failovers.
    #[serde(default)]
    pub annotations: Vec<AnnotationSummary>,
}
