//! Why the exchanges that are under way when a call of the guest ends are cut off.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::{HttpError, HttpErrorKind};

/// A time limit that a call of the guest ran into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeLimit {
    /// The call, as messages name it: `the iteration`, `setup`.
    pub call: &'static str,
    /// Whether it is an iteration.
    pub is_iteration: bool,
    /// How long it may take.
    pub limit: Duration,
}

impl TimeLimit {
    /// What happened, in a sentence.
    pub fn message(&self) -> String {
        format!("{} took longer than {:?}", self.call, self.limit)
    }

    pub(super) fn kind(&self) -> HttpErrorKind {
        match self.is_iteration {
            true => HttpErrorKind::IterationTimedOut,
            false => HttpErrorKind::CallTimedOut,
        }
    }
}

/// Tells the exchanges of one virtual user what cuts them off, before their futures are dropped; clones share it.
///
/// A future that is dropped does not know why. If nothing was said, it is the end of the run or the journey's own
/// doing, and nobody's failure. A time limit is another matter: the journey waited for the target as long as it may,
/// so leaving the exchange out would make a slow target look better than it is.
#[derive(Clone, Debug, Default)]
pub struct CutOff(Arc<OnceLock<TimeLimit>>);

impl CutOff {
    /// What is cut off from now on is so by this limit. For good: after it the user is made anew.
    pub fn by(&self, limit: TimeLimit) {
        // The first one that was said has ended the user.
        self.0.get_or_init(|| limit);
    }

    /// What an exchange that is cut off now ends with.
    pub(super) fn error(&self) -> HttpError {
        self.0.get().map_or(HttpError::Interrupted, |limit| HttpError::TimeLimit(*limit))
    }
}
