//! A side without values: nothing can be compared with it, and all of the other side would seem added or removed.

use std::collections::BTreeMap;
use std::fmt;

use super::blocks::MIN_BLOCKS;
use super::remarks::Known;
use super::rows::Names;
use crate::words::{clean, duration_ms};

/// A side of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ComparedSide {
    /// What is compared with.
    Baseline,
    /// What is compared.
    Candidate,
}

impl fmt::Display for ComparedSide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ComparedSide::Baseline => "baseline",
            ComparedSide::Candidate => "candidate",
        })
    }
}

/// Why no run of a side has a value.
#[derive(Clone, Debug, PartialEq)]
pub struct NoValues {
    /// The run of which it is said: of several the one with the longest load.
    pub run: String,
    /// What is so of it.
    pub cause: NoValuesCause,
}

/// Why a run has no value.
#[derive(Clone, Debug, PartialEq)]
pub enum NoValuesCause {
    /// All of its load is left out.
    Skipped {
        /// How much of the beginning is left out, in milliseconds.
        skipped_ms: f64,
        /// How long its load was, in seconds.
        load_seconds: u64,
    },
    /// Rows of it are missing.
    Missing {
        /// The first thing that is, with how many there are besides.
        what: String,
    },
    /// The target answered nothing.
    Unanswered {
        /// In which words the run ended.
        reason: String,
    },
    /// It has no load.
    NoLoad,
    /// No request, step or check ended in its load.
    Unmeasured {
        /// How much of its load was looked at, in seconds.
        compared_seconds: u64,
    },
}

impl NoValues {
    /// What to say of a side; `None` if it has values, or no runs.
    pub(super) fn of(runs: &[Known], names: &[Names], skipped_ms: f64) -> Option<NoValues> {
        let has_values = names.iter().flat_map(BTreeMap::values).any(|blocks| blocks.count() > 0);
        // All its values are failures, and too few to be judged: nothing would tell them from no difference.
        let is_mute =
            |known: &Known| known.unanswered.is_some() && known.run.compared_seconds < MIN_BLOCKS as u64;
        if has_values && !runs.iter().all(is_mute) {
            return None;
        }
        let known = runs.iter().max_by_key(|known| known.load_seconds)?;
        Some(NoValues { run: known.run.id.clone(), cause: NoValuesCause::of(known, skipped_ms) })
    }

    /// What the user can do about it, if that is known.
    pub fn hint(&self) -> Option<String> {
        match self.cause {
            NoValuesCause::Skipped { .. } => Some("name a shorter --skip, or compare longer runs".to_owned()),
            NoValuesCause::Missing { .. } => {
                Some(format!("`host report {}` says all that is missing", self.run))
            }
            NoValuesCause::Unanswered { .. } | NoValuesCause::NoLoad | NoValuesCause::Unmeasured { .. } => {
                None
            }
        }
    }
}

impl NoValuesCause {
    fn of(known: &Known, skipped_ms: f64) -> NoValuesCause {
        let (load_seconds, compared_seconds) = (known.load_seconds, known.run.compared_seconds);
        match (&known.unanswered, known.missing()) {
            (_, Some(what)) if !known.gaps.is_empty() => NoValuesCause::Missing { what },
            _ if load_seconds > 0 && compared_seconds == 0 => {
                // Whole seconds are left out.
                NoValuesCause::Skipped { skipped_ms: (skipped_ms / 1e3).ceil() * 1e3, load_seconds }
            }
            (Some(reason), _) => NoValuesCause::Unanswered { reason: reason.clone() },
            _ if load_seconds == 0 => NoValuesCause::NoLoad,
            _ => NoValuesCause::Unmeasured { compared_seconds },
        }
    }
}

impl fmt::Display for NoValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let run = &self.run;
        match &self.cause {
            NoValuesCause::Skipped { skipped_ms, load_seconds } => {
                let skipped = duration_ms(*skipped_ms);
                write!(f, "--skip leaves out the first {skipped}, and {run} has {load_seconds} s of load")
            }
            NoValuesCause::Missing { what } => {
                write!(f, "the data of {run} is incomplete: {}", clean(what))
            }
            NoValuesCause::Unanswered { reason } => {
                write!(f, "{run} has measured nothing: {}", clean(reason))
            }
            NoValuesCause::NoLoad => write!(f, "{run} has no load"),
            NoValuesCause::Unmeasured { compared_seconds } => {
                write!(f, "no request, step or check of {run} ended in {compared_seconds} s of load")
            }
        }
    }
}
