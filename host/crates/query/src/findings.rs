//! What the runs that are asked lack, as it is found.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use outrider_model::RunId;

/// Sentences, each with its run and once, however often a table is scanned.
#[derive(Debug, Default)]
pub(crate) struct Findings(Mutex<BTreeSet<String>>);

impl Findings {
    pub(crate) fn add(&self, run: &RunId, what: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(format!("{run}: {what}"));
    }

    /// All of them, by run.
    pub(crate) fn list(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
