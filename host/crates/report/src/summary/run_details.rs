//! What a run says of itself and what of it is kept: what `host runs show --format json` prints.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AnnotationSummary, JourneySummary, PluginSummary, RunEntry};

/// The version of the document. It grows by one when a field is removed or changes its meaning; new fields do not
/// change it.
///
/// * 1: the first.
pub const RUN_DETAILS_VERSION: u32 = 1;

/// A run by its documents, and whether the parts that these name are there: none of its rows is read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunDetails {
    /// The version of this document's layout: 1.
    pub version: u32,
    /// The run as `host runs` lists it.
    pub run: RunEntry,
    /// Where it is: its folder, as a path or URL.
    pub dataset: String,
    /// The seed of all its random choices.
    pub seed: u64,
    /// What made it, by name: the program, the contract of plugins.
    pub versions: BTreeMap<String, String>,
    /// What its plugins may use, as a user would grant it.
    pub grants: Vec<String>,
    /// The journeys, in the plan's order.
    pub journeys: Vec<JourneySummary>,
    /// The components of the journeys, then those of the assertion packs, each once.
    pub plugins: Vec<PluginSummary>,
    /// The thresholds of the plan.
    pub thresholds: Vec<String>,
    /// The workers that have written something.
    pub workers: Vec<WorkerDetails>,
    /// How many workers the run has.
    pub planned_workers: u32,
    /// What is kept, by table; tables without rows are left out.
    pub tables: Vec<TableDetails>,
    /// What is missing, a sentence each, by the documents and by the sizes of the parts; empty for a complete run.
    #[serde(default)]
    pub missing: Vec<String>,
    /// What happened meanwhile, by time.
    pub annotations: Vec<AnnotationSummary>,
}

/// What a worker says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WorkerDetails {
    /// Its number, from 0.
    pub worker: u32,
    /// Whether it came to its end with everything written.
    pub finished: bool,
    /// Why not all rows could be written; null if they could.
    pub failure: Option<String>,
    /// When it last wrote its manifest, RFC 3339 in UTC.
    pub committed_at: String,
    /// Up to when its rows are there, RFC 3339 in UTC, if it was killed and recovered; else null.
    pub recovered_until: Option<String>,
    /// Samples that found the queue full, and are lost.
    pub lost_samples: u64,
}

/// What is kept of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TableDetails {
    /// Its name.
    pub table: String,
    /// Its rows.
    pub rows: u64,
    /// Its parts: files of Parquet.
    pub parts: u64,
    /// The size of its parts in bytes.
    pub bytes: u64,
}
