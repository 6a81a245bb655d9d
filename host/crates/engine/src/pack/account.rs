//! What became of a pack's calls in a run, over all users.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::PluginFault;

/// Counts the calls of one attached pack.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    asked: AtomicU64,
    broke: AtomicU64,
    skipped: AtomicU64,
    first: OnceLock<PluginFault>,
}

impl Tally {
    /// There was something to judge.
    pub(crate) fn asked(&self) {
        self.asked.fetch_add(1, Ordering::Relaxed);
    }

    /// The pack broke instead of judging.
    pub(crate) fn broke(&self, fault: &PluginFault) {
        self.broke.fetch_add(1, Ordering::Relaxed);
        self.first.get_or_init(|| fault.clone());
    }

    /// The pack was not called, since it broke too often before.
    pub(crate) fn skipped(&self) {
        self.skipped.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn account(&self, name: &str) -> PackAccount {
        PackAccount {
            name: name.to_owned(),
            asked: self.asked.load(Ordering::Relaxed),
            broke: self.broke.load(Ordering::Relaxed),
            skipped: self.skipped.load(Ordering::Relaxed),
            first_fault: self.first.get().cloned(),
        }
    }
}

/// What became of a pack's calls in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackAccount {
    /// The pack's name.
    pub name: String,
    /// How often there was something to judge: `broke`, `skipped`, and those that were judged.
    pub asked: u64,
    /// How often the pack broke instead of judging.
    pub broke: u64,
    /// How often it was not called for a user for whom it had broken too often before.
    pub skipped: u64,
    /// The first fault.
    pub first_fault: Option<PluginFault>,
}

impl PackAccount {
    /// Whether the pack was called and never once judged.
    pub fn broke_always(&self) -> bool {
        self.broke > 0 && self.broke + self.skipped == self.asked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(message: &str) -> PluginFault {
        PluginFault::exception(message.to_owned())
    }

    #[test]
    fn a_pack_that_judged_once_did_not_always_break() {
        let tally = Tally::default();
        assert!(!tally.account("pack").broke_always(), "a pack that was never called did not break");
        for message in ["first", "second"] {
            tally.asked();
            tally.broke(&fault(message));
        }
        tally.asked();
        tally.skipped();
        let account = tally.account("pack");
        assert!(account.broke_always());
        assert_eq!(account.first_fault, Some(fault("first")));
        tally.asked();
        assert!(!tally.account("pack").broke_always());
    }
}
