//! What the runs that are asked lack, as it is found.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use outrider_model::RunId;

/// Sentences, each with its run and once, however often a table is scanned.
#[derive(Debug, Default)]
pub(crate) struct Findings(Mutex<Found>);

#[derive(Debug, Default)]
struct Found {
    /// Known before any row is read, and of no interest to who asks for none: `select 1`, `describe requests`.
    of_documents: BTreeSet<String>,
    of_parts: BTreeSet<String>,
    is_asked: bool,
}

impl Findings {
    pub(crate) fn add_of_documents(&self, run: &RunId, what: &str) {
        self.found().of_documents.insert(format!("{run}: {what}"));
    }

    pub(crate) fn add_of_part(&self, run: &RunId, what: &str) {
        self.found().of_parts.insert(format!("{run}: {what}"));
    }

    /// Rows are read now.
    pub(crate) fn rows_are_asked(&self) {
        self.found().is_asked = true;
    }

    /// All that matters to what was asked, by run.
    pub(crate) fn list(&self) -> Vec<String> {
        let found = self.found();
        if !found.is_asked {
            return Vec::new();
        }
        found.of_documents.union(&found.of_parts).cloned().collect()
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_for_no_rows_is_not_told_what_is_missing() {
        let findings = Findings::default();
        let run = RunId::new("20261122T105358Z-839dbd").unwrap();
        findings.add_of_documents(&run, "it was killed");
        assert_eq!(findings.list(), Vec::<String>::new());
        findings.rows_are_asked();
        findings.add_of_part(&run, "a part is damaged");
        assert_eq!(findings.list().len(), 2);
    }
}
