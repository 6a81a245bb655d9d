//! What a run did, as counted by the scheduler.

use std::sync::Arc;
use std::time::Duration;

use outrider_model::{FailureCause, FailureCounts, IterationIndex, VuId};

use crate::RunEnd;

/// The end of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchedulerOutcome {
    /// Why it ended.
    pub end: RunEnd,
    /// One entry for each scenario, in the plan's order.
    pub scenarios: Vec<ScenarioOutcome>,
}

impl SchedulerOutcome {
    /// The iterations of all scenarios.
    pub fn totals(&self) -> IterationCounts {
        self.scenarios.iter().fold(IterationCounts::default(), |sum, scenario| sum.plus(scenario.iterations))
    }

    /// The first distinct failures of each scenario.
    pub fn into_failures(self) -> impl Iterator<Item = FailureNote> {
        self.scenarios.into_iter().flat_map(|scenario| scenario.failures)
    }

    /// Iterations of the plan that were never scheduled, of all scenarios.
    pub fn unstarted(&self) -> u64 {
        self.scenarios.iter().map(|scenario| scenario.unstarted).sum()
    }

    /// VUs of all scenarios that were lost, by whose fault.
    pub fn lost_vus(&self) -> FailureCounts {
        self.scenarios.iter().fold(FailureCounts::default(), |sum, scenario| sum.plus(scenario.lost_vus))
    }
}

/// What one scenario did on this worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioOutcome {
    /// Its name.
    pub name: Arc<str>,
    /// Its executor, as users write it.
    pub executor: &'static str,
    /// Its iterations.
    pub iterations: IterationCounts,
    /// Iterations of the plan that were never scheduled, for the executors that count them
    /// (`shared-iterations`, `per-vu-iterations`): time was up, the run was stopped, or no VU was
    /// left. k6 adds them to its dropped iterations; here a dropped iteration has a scheduled time.
    pub unstarted: u64,
    /// Iterations that started more than [`LATE_START`](crate::LATE_START) after their scheduled time, not
    /// counting the time that they waited for a busy VU.
    pub late_starts: u64,
    /// The longest time from scheduled to started, also below `LATE_START`.
    pub max_lateness: Duration,
    /// VUs that broke (trap, timeout) and were made anew, or were to be.
    pub replaced_vus: u64,
    /// The most VUs that it could have.
    pub max_vus: u32,
    /// VUs that could not be made during the run, by whose fault; the scenario went on without them.
    pub lost_vus: FailureCounts,
    /// The first distinct failures, of iterations and of VUs, at most
    /// [`MAX_FAILURE_NOTES`](crate::MAX_FAILURE_NOTES).
    pub failures: Vec<FailureNote>,
}

impl ScenarioOutcome {
    /// Whose fault it mostly is that nobody was left to go on; `None` if somebody was. A VU counts as lost
    /// only if there was something left for it to do.
    pub fn deserted(&self) -> Option<FailureCause> {
        let all_lost = self.lost_vus.total() >= u64::from(self.max_vus);
        self.lost_vus.main_cause().filter(|_| all_lost)
    }
}

/// Iterations by their end. After a run, `scheduled = started + dropped` and
/// `started = completed + failed + interrupted`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IterationCounts {
    /// Whose time came.
    pub scheduled: u64,
    /// That a VU began.
    pub started: u64,
    /// That ended without an error.
    pub completed: u64,
    /// That ended with an error.
    pub failed: FailureCounts,
    /// That were under way when their time was up.
    pub interrupted: u64,
    /// That found no VU.
    pub dropped: u64,
}

impl IterationCounts {
    /// Whether each scheduled iteration is accounted for exactly once. Always true after a run.
    pub fn is_balanced(&self) -> bool {
        self.scheduled == self.started + self.dropped
            && self.started == self.completed + self.failed.total() + self.interrupted
    }

    /// Started and ended, whatever the end.
    pub fn ended(&self) -> u64 {
        self.completed + self.failed.total() + self.interrupted
    }

    /// The sums.
    #[must_use]
    pub fn plus(self, other: IterationCounts) -> IterationCounts {
        IterationCounts {
            scheduled: self.scheduled + other.scheduled,
            started: self.started + other.started,
            completed: self.completed + other.completed,
            failed: self.failed.plus(other.failed),
            interrupted: self.interrupted + other.interrupted,
            dropped: self.dropped + other.dropped,
        }
    }
}

/// A failure as it was first seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailureNote {
    /// The scenario.
    pub scenario: Arc<str>,
    /// The VU.
    pub vu: VuId,
    /// The iteration; `None` if the VU failed outside of one.
    pub iteration: Option<IterationIndex>,
    /// Whose fault.
    pub cause: FailureCause,
    /// A short stable name of its kind.
    pub kind: &'static str,
    /// What happened.
    pub message: String,
    /// The stack in the author's source, where there is one.
    pub stack: Option<Arc<str>>,
    /// The assertion pack whose fault it was, if it was one's.
    pub pack: Option<Arc<str>>,
}

impl FailureNote {
    pub(crate) fn is_like(&self, other: &FailureNote) -> bool {
        self.cause == other.cause && self.kind == other.kind && self.message == other.message
    }
}
