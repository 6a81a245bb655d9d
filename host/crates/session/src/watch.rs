//! A run, seen from outside while it goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use outrider_scheduler::{Gauges, ScenarioPhase};
use outrider_telemetry::{LiveStats, ThresholdCrossing, ThresholdState, ThresholdView};

/// Where a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Phase {
    /// The journey's `setup` runs.
    SettingUp,
    /// VUs are made.
    PreparingVus,
    /// Iterations run.
    Running,
    /// The journey's `teardown` runs.
    Finishing,
    /// The last rows are written.
    Writing,
    /// The last rows are put into a bucket, which may be waited for.
    Uploading,
}

impl Phase {
    /// All of them, in their order.
    const ALL: [Phase; 6] = [
        Phase::SettingUp,
        Phase::PreparingVus,
        Phase::Running,
        Phase::Finishing,
        Phase::Writing,
        Phase::Uploading,
    ];
}

/// One scenario at one moment.
#[derive(Clone, Debug)]
pub struct ScenarioProgress {
    /// Its name.
    pub name: Arc<str>,
    /// Where it is.
    pub phase: ScenarioPhase,
    /// VUs that run an iteration.
    pub active_vus: u32,
    /// VUs that exist.
    pub initialized_vus: u32,
    /// VUs that are made before the start.
    pub prepared_vus: u32,
    /// The most VUs it may have.
    pub max_vus: u32,
    /// Iterations that ended.
    pub iterations: u64,
    /// Iterations that found no VU.
    pub dropped: u64,
    /// Requests that failed, from the start on.
    pub failed_requests: u64,
    /// Checks that failed, from the start on. Often they are about a request that failed.
    pub failed_checks: u64,
    /// Iterations that failed, from the start on. Often because a request or a check in them did.
    pub failed_iterations: u64,
    /// Requests per second, over the last seconds.
    pub request_rate: f64,
    /// The 95th percentile of their duration, over the last seconds.
    pub request_p95: Option<Duration>,
    /// Time since its start time.
    pub elapsed: Duration,
    /// How long iterations may start; `None` where their number decides.
    pub planned_duration: Option<Duration>,
    /// How far it is, from 0 to 1.
    pub fraction: f64,
}

/// A view of a run, cheap to clone.
#[derive(Clone, Debug)]
pub struct Watch {
    phase: Arc<AtomicU8>,
    gauges: Gauges,
    live: LiveStats,
    thresholds: ThresholdView,
}

impl Watch {
    pub(crate) fn new(gauges: Gauges, live: LiveStats, thresholds: ThresholdView) -> Watch {
        Watch { phase: Arc::new(AtomicU8::new(Phase::SettingUp as u8)), gauges, live, thresholds }
    }

    pub(crate) fn enter(&self, phase: Phase) {
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    pub(crate) fn gauges(&self) -> &Gauges {
        &self.gauges
    }

    pub(crate) fn thresholds(&self) -> &ThresholdView {
        &self.thresholds
    }

    /// The thresholds as they stand, in the plan's order. One that was crossed and ends the run stays so, with the value
    /// that it had.
    pub fn thresholds_now(&self) -> Vec<ThresholdState> {
        let mut states = self.thresholds.states();
        if let Some(ThresholdCrossing { index, state }) = self.thresholds.crossing()
            && let Some(own) = states.get_mut(index)
        {
            *own = state;
        }
        states
    }

    /// Where the run is.
    pub fn phase(&self) -> Phase {
        let phase = self.phase.load(Ordering::Relaxed);
        Phase::ALL.into_iter().find(|one| *one as u8 == phase).unwrap_or(Phase::Finishing)
    }

    /// All scenarios as they are now, in the plan's order.
    pub fn progress(&self) -> Vec<ScenarioProgress> {
        let live = self.live.snapshot();
        let scenarios = self.gauges.snapshot();
        scenarios
            .into_iter()
            .map(|scenario| {
                let rates = live.scenarios.iter().find(|live| live.scenario == scenario.name);
                let totals = rates.map(|live| live.totals).unwrap_or_default();
                ScenarioProgress {
                    fraction: scenario.progress(),
                    phase: scenario.phase,
                    active_vus: scenario.active_vus,
                    initialized_vus: scenario.initialized_vus,
                    prepared_vus: scenario.prepared_vus,
                    max_vus: scenario.max_vus,
                    iterations: scenario.iterations.ended(),
                    dropped: scenario.iterations.dropped,
                    failed_requests: totals.failed_requests,
                    failed_checks: totals.failed_checks,
                    failed_iterations: scenario.iterations.failed.total(),
                    request_rate: rates.map_or(0.0, |live| live.request_rate),
                    request_p95: rates.and_then(|live| live.request_p95),
                    elapsed: scenario.elapsed,
                    planned_duration: scenario.planned_duration,
                    name: scenario.name,
                }
            })
            .collect()
    }
}
