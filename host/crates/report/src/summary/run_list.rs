//! The runs of a folder as data: what `host runs --format json` prints.

use outrider_model::RunTag;
use outrider_storage::RunStatus;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The version of the document. It grows by one when a field is removed or changes its meaning; new fields
/// do not change it.
///
/// * 1: the first.
pub const RUN_LIST_VERSION: u32 = 1;

/// The runs of a folder, the oldest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunList {
    /// The version of this document's layout: 1.
    pub version: u32,
    /// The runs, the oldest first.
    pub runs: Vec<RunEntry>,
}

/// One run, by what it says of itself; its rows are not read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunEntry {
    /// The run's id; ids sort by the time of the start.
    pub id: String,
    /// How it stands.
    pub verdict: RunVerdict,
    /// How it ended, or that it did not; null if the run cannot be read.
    pub status: Option<RunStatus>,
    /// Whether a load generator was saturated, so that times may include its own waiting; null if the run has no
    /// outcome, or is of an earlier version.
    #[serde(default)]
    pub generator_saturated: Option<bool>,
    /// Why it ended so, if it was not simply well.
    pub reason: Option<String>,
    /// What the run is called, or else the names of its journeys; null if the run did not come to say it.
    pub journey: Option<String>,
    /// Words by which the run is found again.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The base URL under test; null if the journey brings its own.
    pub target: Option<String>,
    /// The planned load in words, one entry for each scenario.
    pub load: Vec<String>,
    /// When it started, RFC 3339 in UTC; null if the run did not come to say it.
    pub started_at: Option<String>,
    /// From its start to its end, or to now if it goes on, in milliseconds; null if nobody knows.
    pub duration_ms: Option<f64>,
}

impl RunEntry {
    /// Whether it has a tag, by all of it or by its key alone.
    pub fn has_tag(&self, wanted: &str) -> bool {
        let tags = self.tags.iter().filter_map(|tag| tag.parse::<RunTag>().ok());
        tags.into_iter().any(|tag| tag.answers(wanted))
    }

    /// How it stands, in one word: of a run that did not fail by itself, who ended it is said in the verdict's place.
    /// Whatever the word, that the load generator was saturated stands behind it.
    pub fn standing(&self) -> String {
        let word = match (self.verdict, self.status) {
            (RunVerdict::Fail, Some(status @ (RunStatus::Interrupted | RunStatus::Aborted))) => {
                status.as_str()
            }
            (verdict, _) => verdict.as_str(),
        };
        let remark = if self.generator_saturated == Some(true) { ", saturated" } else { "" };
        format!("{word}{remark}")
    }
}

/// How a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RunVerdict {
    /// It finished and is judged well.
    Pass,
    /// It is not.
    Fail,
    /// It goes on.
    Running,
    /// It did not say how it ended: killed, or still under way where that cannot be seen.
    Incomplete,
    /// Its documents cannot be read; the reason says why.
    Unreadable,
}

impl RunVerdict {
    /// The verdict as lists spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            RunVerdict::Pass => "pass",
            RunVerdict::Fail => "fail",
            RunVerdict::Running => "running",
            RunVerdict::Incomplete => "incomplete",
            RunVerdict::Unreadable => "unreadable",
        }
    }
}
