//! One scenario under way: what its executor and its VU tasks share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use outrider_model::{Admission, IterationIndex, MixShare, RunClock, SampleSink, Segment, Tags};
use tokio::time::Instant;

use crate::control::StopHandle;
use crate::prepare::VuMaker;
use crate::stats::Stats;

/// A hundred years: later than any run's end, and still an instant that can be computed with.
const FAR: Duration = Duration::from_secs(100 * 365 * 86_400);

/// What a scenario's tasks share. Nothing in it is locked.
#[derive(Debug)]
pub(crate) struct Scenario {
    pub(crate) name: Arc<str>,
    /// Those of the plan.
    pub(crate) tags: Tags,
    pub(crate) plugin_scenario: Arc<str>,
    pub(crate) segment: Segment,
    /// Of the run.
    pub(crate) seed: u64,
    /// Which arrivals of a mix are its own, if it is of one.
    pub(crate) share: Option<MixShare>,
    /// The scenario's time zero.
    pub(crate) begin: Instant,
    pub(crate) graceful_stop: Duration,
    pub(crate) clock: RunClock,
    pub(crate) sink: Arc<dyn SampleSink>,
    pub(crate) vus: Arc<VuMaker>,
    pub(crate) stats: Arc<Stats>,
    pub(crate) stop: StopHandle,
    /// How many iterations of the closed model were claimed on this worker.
    pub(crate) claimed: AtomicU64,
}

impl Scenario {
    /// The number of the next iteration in the closed model, or `None` if this worker's `limit` is
    /// reached.
    pub(crate) fn claim(&self, limit: u64) -> Option<IterationIndex> {
        let local = self.claimed.fetch_add(1, Ordering::Relaxed);
        (local < limit).then(|| IterationIndex(self.segment.global_index(local)))
    }

    /// Whether an iteration may start; if it ends the run, the run has been told.
    pub(crate) fn admit(&self, index: IterationIndex) -> Admission {
        let admission = self.vus.admit(&self.name, &self.plugin_scenario, index);
        if let Admission::StopRun { reason } = &admission {
            tracing::warn!(scenario = %self.name, iteration = %index, reason, "the run ends");
            self.stop.stop_for_want(reason.clone());
        }
        admission
    }

    /// Whether `claim` may still succeed.
    pub(crate) fn has_more(&self, limit: u64) -> bool {
        self.claimed.load(Ordering::Relaxed) < limit
    }

    /// `offset` after the scenario's time zero.
    pub(crate) fn at(&self, offset: Duration) -> Instant {
        later(self.begin, offset)
    }

    /// When iterations under way are interrupted if no more may start from `end` on.
    pub(crate) fn cutoff(&self, end: Instant) -> Instant {
        later(end, self.graceful_stop)
    }
}

/// `instant + duration`, bounded instead of panicking.
pub(crate) fn later(instant: Instant, duration: Duration) -> Instant {
    instant.checked_add(duration.min(FAR)).unwrap_or(instant)
}
