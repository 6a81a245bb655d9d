//! How an iteration ends.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whose fault a failure is. The three never mix: in types, in columns, in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
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

    /// The error kinds of requests that are not the target's fault. That of `interrupted` is in datasets before schema 6
    /// alone, which counted as failed what the end of an iteration cut off.
    pub const OF_REQUESTS: [(&str, FailureCause); 5] = [
        ("invalid url", FailureCause::Plugin),
        ("invalid request", FailureCause::Plugin),
        ("not granted", FailureCause::Plugin),
        ("generator limit", FailureCause::Generator),
        ("interrupted", FailureCause::Generator),
    ];

    /// Whose fault it is that a request failed, by its error kind: the target's, but for [`FailureCause::OF_REQUESTS`].
    pub fn of_request(kind: &str) -> FailureCause {
        let named = Self::OF_REQUESTS.into_iter().find(|(named, _)| *named == kind);
        named.map_or(FailureCause::Target, |(_, cause)| cause)
    }
}

/// How many failures there were, by whose fault they were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FailureCounts {
    /// The site under test did not do what the journey asked: a result.
    pub target: u64,
    /// The journey itself broke.
    pub plugin: u64,
    /// This machine could not keep its promise.
    pub generator: u64,
}

impl FailureCounts {
    /// Counts one more.
    pub fn add(&mut self, cause: FailureCause) {
        match cause {
            FailureCause::Target => self.target += 1,
            FailureCause::Plugin => self.plugin += 1,
            FailureCause::Generator => self.generator += 1,
        }
    }

    /// All of them.
    pub fn total(self) -> u64 {
        self.target + self.plugin + self.generator
    }

    /// Two counts together.
    #[must_use]
    pub fn plus(self, other: FailureCounts) -> FailureCounts {
        FailureCounts {
            target: self.target + other.target,
            plugin: self.plugin + other.plugin,
            generator: self.generator + other.generator,
        }
    }

    /// Whose fault most of them were; of equal ones the nearer to this machine. `None` without any.
    pub fn main_cause(self) -> Option<FailureCause> {
        let causes = [
            (self.target, FailureCause::Target),
            (self.plugin, FailureCause::Plugin),
            (self.generator, FailureCause::Generator),
        ];
        let (most, cause) = causes.into_iter().max_by_key(|(count, _)| *count)?;
        (most > 0).then_some(cause)
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
    /// The stack in the author's source, the innermost frame first, one a line; where there is one. Bounded by whoever
    /// makes it.
    pub stack: Option<Arc<str>>,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_main_cause_is_that_of_most_failures() {
        let counts = |target, plugin, generator| FailureCounts { target, plugin, generator };
        assert_eq!(counts(0, 0, 0).main_cause(), None);
        assert_eq!(counts(2, 1, 1).main_cause(), Some(FailureCause::Target));
        assert_eq!(counts(1, 1, 0).main_cause(), Some(FailureCause::Plugin));
        assert_eq!(counts(1, 1, 1).main_cause(), Some(FailureCause::Generator));
    }
}
