//! Ending a run before its time.

use std::sync::{Arc, OnceLock};

use outrider_model::{IterationIndex, VuError, VuId};
use tokio::sync::{Notify, watch};

/// How urgently a run is to end. It only ever grows.
///
/// ```text
/// Running ──stop()──► Stopping ──abort()──► Aborting
///    └───────────abort(), or a journey────────▲
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StopPhase {
    /// Nobody asked.
    #[default]
    Running,
    /// No iteration starts; those under way get the scenario's graceful stop.
    Stopping,
    /// Iterations under way are interrupted.
    Aborting,
}

/// Why a run ended. The first reason wins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunEnd {
    /// All scenarios came to their end.
    Finished,
    /// [`StopHandle::stop`] was called.
    Stopped,
    /// [`StopHandle::replace`] was called.
    Replaced,
    /// [`StopHandle::abort`] was called.
    Aborted,
    /// A journey asked for it.
    AbortedByJourney(JourneyAbort),
    /// [`StopHandle::abort_for_threshold`] was called.
    ThresholdCrossed,
    /// Its iterations cannot do their work any more: the VUs' factory said so.
    Wanting {
        /// What is missing.
        reason: String,
    },
}

/// A journey's request to end the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JourneyAbort {
    /// The scenario.
    pub scenario: Arc<str>,
    /// The VU that asked.
    pub vu: VuId,
    /// The iteration in which it asked; `None` if it asked when it was started.
    pub iteration: Option<IterationIndex>,
    /// What it said.
    pub reason: String,
}

impl JourneyAbort {
    /// The request of a journey that was being started.
    pub(crate) fn in_start(scenario: Arc<str>, error: VuError) -> JourneyAbort {
        JourneyAbort { scenario, vu: error.vu, iteration: None, reason: error.message }
    }
}

/// Ends a run from outside. Cheap to clone; all clones are the same switch. One handle, one run.
#[derive(Clone, Debug, Default)]
pub struct StopHandle(Arc<Switch>);

#[derive(Debug, Default)]
struct Switch {
    phase: watch::Sender<StopPhase>,
    reason: OnceLock<RunEnd>,
    /// Each call of `abort`, also of those that change nothing.
    aborts: Notify,
}

impl StopHandle {
    /// A handle that nobody has used.
    pub fn new() -> StopHandle {
        StopHandle::default()
    }

    /// Ends the run gracefully: no iteration starts any more, those under way may go on for their
    /// scenario's graceful stop and are interrupted then. Returns at once; calling it again, or after
    /// `abort`, changes nothing.
    pub fn stop(&self) {
        self.raise(StopPhase::Stopping, RunEnd::Stopped);
    }

    /// As [`stop`](StopHandle::stop), because another run is to begin in its place.
    pub fn replace(&self) {
        self.raise(StopPhase::Stopping, RunEnd::Replaced);
    }

    /// Ends the run at once: iterations under way are interrupted.
    pub fn abort(&self) {
        self.raise(StopPhase::Aborting, RunEnd::Aborted);
        self.0.aborts.notify_waiters();
    }

    /// Ready when [`abort`](StopHandle::abort) is called from now on, also if the run is being aborted
    /// already: who asks again does not wait for what is still being done.
    pub fn next_abort(&self) -> impl Future<Output = ()> + '_ {
        // Not an async function: calls count from here, not from the first poll.
        self.0.aborts.notified()
    }

    /// Ready when the run is to end, gracefully or at once.
    pub async fn stopping(&self) {
        self.watch().next().await;
    }

    /// Ends the run at once because a threshold that aborts was crossed.
    pub fn abort_for_threshold(&self) {
        self.raise(StopPhase::Aborting, RunEnd::ThresholdCrossed);
    }

    /// What was asked for so far.
    pub fn phase(&self) -> StopPhase {
        *self.0.phase.borrow()
    }

    /// Ends the run gracefully because something is missing that its iterations need.
    pub(crate) fn stop_for_want(&self, reason: String) {
        self.raise(StopPhase::Stopping, RunEnd::Wanting { reason });
    }

    pub(crate) fn abort_by_journey(&self, abort: JourneyAbort) {
        self.raise(StopPhase::Aborting, RunEnd::AbortedByJourney(abort));
    }

    /// Why the run ends, as far as anybody has asked; else that it comes to its end.
    pub fn end(&self) -> RunEnd {
        self.0.reason.get().cloned().unwrap_or(RunEnd::Finished)
    }

    /// A view that reports each phase once, `Running` excepted.
    pub(crate) fn watch(&self) -> StopWatch {
        StopWatch { phases: self.0.phase.subscribe(), seen: StopPhase::Running }
    }

    fn raise(&self, phase: StopPhase, reason: RunEnd) {
        // The reason before the phase: who is woken by the phase finds it.
        self.0.reason.get_or_init(|| reason);
        self.0.phase.send_if_modified(|current| {
            let raises = phase > *current;
            *current = phase.max(*current);
            raises
        });
    }
}

/// One reader's view of the phases.
#[derive(Debug)]
pub(crate) struct StopWatch {
    phases: watch::Receiver<StopPhase>,
    seen: StopPhase,
}

impl StopWatch {
    /// Waits for a phase above the last one returned. Cancel safe. Never ready if none comes.
    pub(crate) async fn next(&mut self) -> StopPhase {
        let seen = self.seen;
        match self.phases.wait_for(|phase| *phase > seen).await.map(|phase| *phase) {
            Ok(phase) => {
                self.seen = phase;
                phase
            }
            // The handle is gone, so nobody can ask any more.
            Err(_) => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn a_watch_reports_each_phase_once_also_those_before_it() {
        let stop = StopHandle::new();
        stop.stop();
        let mut watch = stop.watch();
        assert_eq!(watch.next().await, StopPhase::Stopping);
        assert!(watch.next().now_or_never().is_none());
        stop.abort();
        assert_eq!(watch.next().await, StopPhase::Aborting);
        stop.stop();
        assert!(watch.next().now_or_never().is_none());
        assert_eq!(stop.phase(), StopPhase::Aborting);
    }

    #[tokio::test]
    async fn every_abort_is_heard_by_those_who_wait_for_one() {
        let stop = StopHandle::new();
        stop.abort();
        let mut next = std::pin::pin!(stop.next_abort());
        assert!(next.as_mut().now_or_never().is_none(), "only those from then on");
        stop.stop();
        assert!(next.as_mut().now_or_never().is_none());
        stop.abort();
        assert!(next.now_or_never().is_some());
    }

    #[test]
    fn the_first_reason_wins() {
        let stop = StopHandle::new();
        assert_eq!(stop.end(), RunEnd::Finished);
        stop.stop();
        stop.abort();
        assert_eq!(stop.end(), RunEnd::Stopped);
        let stop = StopHandle::new();
        stop.replace();
        stop.abort();
        assert_eq!((stop.end(), stop.phase()), (RunEnd::Replaced, StopPhase::Aborting));
        let stop = StopHandle::new();
        stop.abort_for_threshold();
        stop.abort();
        assert_eq!((stop.end(), stop.phase()), (RunEnd::ThresholdCrossed, StopPhase::Aborting));
    }
}
