//! The life of one iteration, as values that are consumed once.
//!
//! ```text
//! Scheduled ──start──► Started ──end──► completed | failed
//!     │ drop               │ drop
//!     ▼                    ▼
//!  dropped             interrupted (or failed by the generator, if the VU panicked)
//! ```
//!
//! Wherever an iteration is when a task is cancelled, a queue is closed or the runtime ends, it is
//! recorded, once. That is the invariant of the accounting, INV-1: scheduled = started + dropped, and
//! started = completed + failed + interrupted.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use outrider_model::{
    FailureCause, IterationCtx, IterationFailure, IterationIndex, IterationOutcome, IterationSample,
    IterationStatus, LATE_START, Sample, Tags, VuId,
};
use tokio::time::Instant;

use crate::control::JourneyAbort;
use crate::outcome::FailureNote;
use crate::scenario::Scenario;

/// An iteration whose time is fixed and that no VU has begun.
#[derive(Debug)]
pub(crate) struct Scheduled {
    /// Taken when it starts.
    scenario: Option<Arc<Scenario>>,
    index: IterationIndex,
    at: Instant,
    /// Since when it has waited because every VU was busy.
    waiting_since: Option<Instant>,
    /// Why it may not start, as kind and reason. Without it, there was no VU.
    refusal: Option<(&'static str, Arc<str>)>,
}

impl Scheduled {
    pub(crate) fn new(scenario: &Arc<Scenario>, index: IterationIndex, at: Instant) -> Scheduled {
        scenario.stats.scheduled();
        Scheduled { scenario: Some(Arc::clone(scenario)), index, at, waiting_since: None, refusal: None }
    }

    /// From now on it waits because every VU that it may have is busy.
    pub(crate) fn waits_for_busy_vus(&mut self, now: Instant) {
        self.waiting_since.get_or_insert(now);
    }

    /// The iteration may not start: it is dropped for this reason.
    pub(crate) fn refuse(mut self, kind: &'static str, reason: &str) {
        self.refusal = Some((kind, reason.into()));
    }

    /// The iteration starts `at` a time, in the hands of `vu`.
    pub(crate) fn start(mut self, vu: VuId, started: Instant) -> Started {
        let scenario = self.scenario.take().expect("taken only here and when it is dropped");
        let lateness = started.saturating_duration_since(self.at);
        let waited =
            self.waiting_since.map_or(Duration::ZERO, |since| started.saturating_duration_since(since));
        scenario.stats.started(lateness, lateness.saturating_sub(waited) > LATE_START);
        Started {
            scenario,
            vu,
            index: self.index,
            scheduled: self.at,
            started,
            waited,
            unmeasured: Duration::ZERO,
            recorded: false,
        }
    }
}

impl Drop for Scheduled {
    fn drop(&mut self) {
        let Some(scenario) = self.scenario.take() else {
            return;
        };
        let (kind, reason) = self.refusal.take().unzip();
        if scenario.stats.dropped() {
            let reason = reason.as_deref().unwrap_or("insufficient VUs");
            tracing::warn!(scenario = %scenario.name, "{reason}: an iteration was dropped");
        }
        let scheduled_at = scenario.clock.timestamp(self.at);
        scenario.sink.record(Sample::Iteration(IterationSample {
            scenario: Arc::clone(&scenario.name),
            tags: Tags::clone(&scenario.tags),
            vu: None,
            iteration: self.index,
            scheduled_at,
            started_at: scheduled_at,
            waited: Duration::ZERO,
            duration: Duration::ZERO,
            status: IterationStatus::Dropped,
            cause: None,
            error_kind: kind.map(Arc::from),
            error: reason,
            stack: None,
        }));
    }
}

/// An iteration that is under way.
#[derive(Debug)]
pub(crate) struct Started {
    scenario: Arc<Scenario>,
    vu: VuId,
    index: IterationIndex,
    scheduled: Instant,
    started: Instant,
    /// What of the time from one to the other every VU was busy.
    waited: Duration,
    unmeasured: Duration,
    recorded: bool,
}

impl Started {
    /// What the VU is told. `vu_iteration` counts its iterations before this one.
    pub(crate) fn ctx(&self, vu_iteration: u64) -> IterationCtx {
        IterationCtx {
            scenario: Arc::clone(&self.scenario.name),
            plugin_scenario: Arc::clone(&self.scenario.plugin_scenario),
            iteration: self.index,
            vu_iteration,
            scheduled_at: self.scenario.clock.timestamp(self.scheduled),
            lateness: self.started.saturating_duration_since(self.scheduled),
        }
    }

    /// Records the end. `unmeasured` is time since the start that is no part of the duration. `Break` if the
    /// journey asked for the run to end, which has been passed on.
    pub(crate) fn end(mut self, outcome: IterationOutcome, unmeasured: Duration) -> ControlFlow<()> {
        self.unmeasured = unmeasured;
        match outcome {
            IterationOutcome::Completed => self.record(IterationStatus::Completed, None),
            IterationOutcome::Failed(failure) => self.record(IterationStatus::Failed, Some(failure)),
            IterationOutcome::AbortRun { reason } => {
                self.record(IterationStatus::Failed, Some(abort_failure(&reason)));
                self.scenario.stop.abort_by_journey(JourneyAbort {
                    scenario: Arc::clone(&self.scenario.name),
                    vu: self.vu,
                    iteration: Some(self.index),
                    reason,
                });
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    }

    fn record(&mut self, status: IterationStatus, failure: Option<IterationFailure>) {
        self.recorded = true;
        let scenario = &self.scenario;
        let cause = failure.as_ref().map(|failure| failure.cause);
        scenario.stats.ended(status, cause);
        scenario.sink.record(Sample::Iteration(IterationSample {
            scenario: Arc::clone(&scenario.name),
            tags: Tags::clone(&scenario.tags),
            vu: Some(self.vu),
            iteration: self.index,
            scheduled_at: scenario.clock.timestamp(self.scheduled),
            started_at: scenario.clock.timestamp(self.started),
            waited: self.waited,
            duration: scenario
                .clock
                .instant()
                .saturating_duration_since(self.started)
                .saturating_sub(self.unmeasured),
            status,
            cause,
            error_kind: failure.as_ref().map(|failure| Arc::from(failure.kind)),
            error: failure.as_ref().map(|failure| Arc::from(failure.message.as_str())),
            stack: failure.as_ref().and_then(|failure| failure.stack.clone()),
        }));
        if let Some(failure) = failure.filter(|_| scenario.stats.takes_notes()) {
            scenario.stats.note(self.note(failure));
        }
    }

    fn note(&self, failure: IterationFailure) -> FailureNote {
        FailureNote {
            scenario: Arc::clone(&self.scenario.name),
            vu: self.vu,
            iteration: Some(self.index),
            cause: failure.cause,
            kind: failure.kind,
            message: failure.message,
            stack: failure.stack,
            pack: None,
        }
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        if self.recorded {
            return;
        }
        if std::thread::panicking() {
            self.record(IterationStatus::Failed, Some(panic_failure()));
        } else {
            self.record(IterationStatus::Interrupted, None);
        }
    }
}

/// A journey that ends the run has judged the site: the journey itself did not break.
fn abort_failure(reason: &str) -> IterationFailure {
    IterationFailure { cause: FailureCause::Target, kind: "abort", message: reason.to_owned(), stack: None }
}

fn panic_failure() -> IterationFailure {
    IterationFailure {
        cause: FailureCause::Generator,
        kind: "panic",
        message: "the host panicked while it ran this iteration".to_owned(),
        stack: None,
    }
}
