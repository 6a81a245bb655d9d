//! The counters of one scenario, updated by every VU task without a lock.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use outrider_model::{FailureCause, FailureCounts, IterationStatus};
use tokio::time::Instant;

use crate::outcome::{FailureNote, IterationCounts};

/// Five distinct failures of a scenario are kept: enough to see whether there is one cause or several,
/// few enough to print.
pub const MAX_FAILURE_NOTES: usize = 5;

/// Counters and gauges of a scenario. Relaxed throughout: each is right by itself at any time, and all
/// of them together once the scenario's tasks are joined.
#[derive(Debug, Default)]
pub(crate) struct Stats {
    scheduled: AtomicU64,
    started: AtomicU64,
    completed: AtomicU64,
    failed: ByCause,
    interrupted: AtomicU64,
    dropped: AtomicU64,
    late_starts: AtomicU64,
    max_lateness_ns: AtomicU64,
    replaced_vus: AtomicU64,
    lost_vus: ByCause,
    active_vus: AtomicU32,
    initialized_vus: AtomicU32,
    begun: OnceLock<Instant>,
    ended: OnceLock<Instant>,
    notes: Notes,
}

impl Stats {
    pub(crate) fn scheduled(&self) {
        self.scheduled.fetch_add(1, Relaxed);
    }

    /// An iteration started, `lateness` after its scheduled time.
    pub(crate) fn started(&self, lateness: Duration, is_late: bool) {
        self.started.fetch_add(1, Relaxed);
        self.active_vus.fetch_add(1, Relaxed);
        if !lateness.is_zero() {
            let nanos = u64::try_from(lateness.as_nanos()).unwrap_or(u64::MAX);
            self.max_lateness_ns.fetch_max(nanos, Relaxed);
        }
        if is_late {
            self.late_starts.fetch_add(1, Relaxed);
        }
    }

    /// An iteration that had started ended; `cause` says whose fault a failure is.
    pub(crate) fn ended(&self, status: IterationStatus, cause: Option<FailureCause>) {
        self.active_vus.fetch_sub(1, Relaxed);
        let counter = match status {
            IterationStatus::Completed => &self.completed,
            IterationStatus::Failed => self.failed.of(cause.unwrap_or(FailureCause::Generator)),
            IterationStatus::Interrupted | IterationStatus::Dropped => &self.interrupted,
        };
        counter.fetch_add(1, Relaxed);
    }

    /// An iteration found no VU. Returns whether it was the first.
    pub(crate) fn dropped(&self) -> bool {
        self.dropped.fetch_add(1, Relaxed) == 0
    }

    pub(crate) fn vu_made(&self) {
        self.initialized_vus.fetch_add(1, Relaxed);
    }

    pub(crate) fn vu_gone(&self) {
        self.initialized_vus.fetch_sub(1, Relaxed);
    }

    pub(crate) fn vu_broke(&self) {
        self.replaced_vus.fetch_add(1, Relaxed);
    }

    /// A VU could not be made during the run.
    pub(crate) fn vu_lost(&self, cause: FailureCause) {
        self.lost_vus.of(cause).fetch_add(1, Relaxed);
    }

    /// Keeps the failure if it is one of the first distinct ones, and says whether it is.
    pub(crate) fn note(&self, failure: FailureNote) -> bool {
        self.notes.add(failure)
    }

    /// Whether a further distinct failure would still be kept.
    pub(crate) fn takes_notes(&self) -> bool {
        !self.notes.full.load(Relaxed)
    }

    /// The scenario's time runs from `at`.
    pub(crate) fn begin(&self, at: Instant) {
        // A scenario begins and ends once; were it said twice, the first would hold.
        self.begun.get_or_init(|| at);
    }

    pub(crate) fn end(&self, at: Instant) {
        self.ended.get_or_init(|| at);
    }

    pub(crate) fn begun(&self) -> Option<Instant> {
        self.begun.get().copied()
    }

    pub(crate) fn ended_at(&self) -> Option<Instant> {
        self.ended.get().copied()
    }

    pub(crate) fn counts(&self) -> IterationCounts {
        IterationCounts {
            scheduled: self.scheduled.load(Relaxed),
            started: self.started.load(Relaxed),
            completed: self.completed.load(Relaxed),
            failed: self.failed.counts(),
            interrupted: self.interrupted.load(Relaxed),
            dropped: self.dropped.load(Relaxed),
        }
    }

    pub(crate) fn started_so_far(&self) -> u64 {
        self.started.load(Relaxed)
    }

    pub(crate) fn late_starts(&self) -> u64 {
        self.late_starts.load(Relaxed)
    }

    pub(crate) fn max_lateness(&self) -> Duration {
        Duration::from_nanos(self.max_lateness_ns.load(Relaxed))
    }

    pub(crate) fn replaced_vus(&self) -> u64 {
        self.replaced_vus.load(Relaxed)
    }

    pub(crate) fn lost_vus(&self) -> FailureCounts {
        self.lost_vus.counts()
    }

    pub(crate) fn active_vus(&self) -> u32 {
        self.active_vus.load(Relaxed)
    }

    pub(crate) fn initialized_vus(&self) -> u32 {
        self.initialized_vus.load(Relaxed)
    }

    pub(crate) fn failures(&self) -> Vec<FailureNote> {
        self.notes.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A counter for each cause.
#[derive(Debug, Default)]
struct ByCause {
    target: AtomicU64,
    plugin: AtomicU64,
    generator: AtomicU64,
}

impl ByCause {
    fn of(&self, cause: FailureCause) -> &AtomicU64 {
        match cause {
            FailureCause::Target => &self.target,
            FailureCause::Plugin => &self.plugin,
            FailureCause::Generator => &self.generator,
        }
    }

    fn counts(&self) -> FailureCounts {
        FailureCounts {
            target: self.target.load(Relaxed),
            plugin: self.plugin.load(Relaxed),
            generator: self.generator.load(Relaxed),
        }
    }
}

/// The first distinct failures. Locked only while there is room, and only by failures.
#[derive(Debug, Default)]
struct Notes {
    kept: Mutex<Vec<FailureNote>>,
    full: AtomicBool,
}

impl Notes {
    fn add(&self, failure: FailureNote) -> bool {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MAX_FAILURE_NOTES || kept.iter().any(|note| note.is_like(&failure)) {
            return false;
        }
        kept.push(failure);
        self.full.store(kept.len() >= MAX_FAILURE_NOTES, Relaxed);
        true
    }
}
