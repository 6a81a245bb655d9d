//! By which rules two sides are compared.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A tenth: what users of load tests take for a change. Between two equal runs on one machine percentiles differ by a
/// few percent.
pub const DEFAULT_RELATIVE_LIMIT: f64 = 0.10;

/// Two milliseconds: below the 10 ms to which browsers' timers and people are blind, and above what a scheduler adds
/// that gives the CPU to somebody else for a moment.
pub const DEFAULT_ABSOLUTE_LIMIT: Duration = Duration::from_millis(2);

/// One percentage point: what the first line of a report takes for worth a word, too.
pub const DEFAULT_FAILURE_LIMIT: f64 = 0.01;

/// The usual one: of twenty comparisons of equal runs one may call something changed.
pub const DEFAULT_CONFIDENCE: f64 = 0.95;

/// What counts as a change, and how sure it must be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CompareRules {
    /// A time has changed if it differs by more than this share of the smaller one, from 0 to 1, and by more than
    /// `absolute_limit_ms`.
    pub relative_limit: f64,
    /// The least difference of a time that counts, in milliseconds.
    pub absolute_limit_ms: f64,
    /// A share of failures has changed if it differs by more than this, from 0 to 1.
    pub failure_limit: f64,
    /// The confidence of intervals and of verdicts, from 0 to 1.
    pub confidence: f64,
    /// How much of the beginning of each run's load is left out, in milliseconds.
    pub skipped_ms: f64,
}

impl Default for CompareRules {
    fn default() -> CompareRules {
        CompareRules {
            relative_limit: DEFAULT_RELATIVE_LIMIT,
            absolute_limit_ms: DEFAULT_ABSOLUTE_LIMIT.as_secs_f64() * 1e3,
            failure_limit: DEFAULT_FAILURE_LIMIT,
            confidence: DEFAULT_CONFIDENCE,
            skipped_ms: 0.0,
        }
    }
}

impl CompareRules {
    /// What may go wrong by chance: one minus the confidence.
    pub(super) fn alpha(&self) -> f64 {
        1.0 - self.confidence
    }
}
