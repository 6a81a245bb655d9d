//! How an iteration ends.

use serde::{Deserialize, Serialize};

/// Whose fault a failure is. The three never mix: in types, in columns, in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FailureCause {
    /// The site under test did not do what the journey asked: a result.
    Target,
    /// The journey itself broke: exception, trap, timeout, memory limit.
    Plugin,
    /// This machine could not keep its promise.
    Generator,
}

impl FailureCause {
    /// The cause as rows and reports spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            FailureCause::Target => "target",
            FailureCause::Plugin => "plugin",
            FailureCause::Generator => "generator",
        }
    }
}

/// Why an iteration failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IterationFailure {
    /// Whose fault.
    pub cause: FailureCause,
    /// A short, stable name of the kind, for grouping: `exception`, `trap`, `iteration timeout`, …
    pub kind: &'static str,
    /// What happened, in one sentence.
    pub message: String,
    /// The stack in the author's source, where there is one.
    pub stack: Option<String>,
}

/// What a VU says at the end of an iteration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IterationOutcome {
    /// The journey's iteration returned without an error.
    Completed,
    /// It did not.
    Failed(IterationFailure),
    /// The journey asked for the whole run to end. The iteration itself counts as failed.
    AbortRun {
        /// The journey's reason.
        reason: String,
    },
}

/// The end of an iteration as it is counted. Every scheduled iteration gets exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IterationStatus {
    /// Ran to its end without an error.
    Completed,
    /// Ran, and ended with an error.
    Failed,
    /// Was under way when its time was up (after the graceful stop) or when the run was aborted.
    Interrupted,
    /// Never started: no VU was free at its scheduled time and the ceiling was reached.
    Dropped,
}

impl IterationStatus {
    /// All four, in the order of reports.
    pub const ALL: [IterationStatus; 4] = [
        IterationStatus::Completed,
        IterationStatus::Failed,
        IterationStatus::Interrupted,
        IterationStatus::Dropped,
    ];

    /// The status as rows and reports spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            IterationStatus::Completed => "completed",
            IterationStatus::Failed => "failed",
            IterationStatus::Interrupted => "interrupted",
            IterationStatus::Dropped => "dropped",
        }
    }
}
