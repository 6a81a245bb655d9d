//! What a run is doing, for those who watch it: the terminal's live line, the `system` table.

use std::sync::Arc;
use std::time::Duration;

use outrider_model::RunClock;

use crate::outcome::IterationCounts;
use crate::stats::Stats;

/// The gauges of all scenarios of a run. Cheap to clone; reading costs the VUs nothing.
#[derive(Clone, Debug)]
pub struct Gauges {
    pub(crate) scenarios: Arc<[ScenarioGauges]>,
}

/// One scenario's gauges, with what of its plan is needed to read them.
#[derive(Clone, Debug)]
pub(crate) struct ScenarioGauges {
    pub(crate) name: Arc<str>,
    pub(crate) executor: &'static str,
    pub(crate) prepared_vus: u32,
    pub(crate) max_vus: u32,
    pub(crate) planned_duration: Option<Duration>,
    pub(crate) planned_iterations: Option<u64>,
    pub(crate) clock: RunClock,
    pub(crate) stats: Arc<Stats>,
}

/// Where a scenario is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScenarioPhase {
    /// Its start time has not come.
    Waiting,
    /// Iterations start, or those under way finish.
    Running,
    /// All its iterations have ended.
    Ended,
}

/// One scenario at one moment, on this worker. While it runs, the counts may be apart by the
/// iterations that change hands at that moment.
#[derive(Clone, Debug)]
pub struct ScenarioSnapshot {
    /// Its name.
    pub name: Arc<str>,
    /// Its executor, as users write it.
    pub executor: &'static str,
    /// Where it is.
    pub phase: ScenarioPhase,
    /// VUs that run an iteration.
    pub active_vus: u32,
    /// VUs that exist.
    pub initialized_vus: u32,
    /// VUs that are made before the start: the goal of `initialized_vus` while preparing.
    pub prepared_vus: u32,
    /// The most VUs it may have.
    pub max_vus: u32,
    /// Iterations so far.
    pub iterations: IterationCounts,
    /// Iterations that started late, see [`LATE_START`](crate::LATE_START).
    pub late_starts: u64,
    /// The longest time from scheduled to started so far.
    pub max_lateness: Duration,
    /// Time since its start time, as far as it got.
    pub elapsed: Duration,
    /// How long iterations may start; `None` where their number decides.
    pub planned_duration: Option<Duration>,
    /// How many iterations this worker is to start, where the plan says it.
    pub planned_iterations: Option<u64>,
}

impl ScenarioSnapshot {
    /// How far it is, from 0 to 1: by time where the plan has a duration, else by iterations. One that
    /// was stopped stays where it was.
    pub fn progress(&self) -> f64 {
        let (done, planned) = match (self.planned_duration, self.planned_iterations) {
            (Some(duration), _) => (self.elapsed.as_secs_f64(), duration.as_secs_f64()),
            (None, Some(iterations)) => (self.iterations.ended() as f64, iterations as f64),
            (None, None) => {
                return if self.phase == ScenarioPhase::Ended { 1.0 } else { 0.0 };
            }
        };
        if planned > 0.0 { (done / planned).min(1.0) } else { 1.0 }
    }
}

impl Gauges {
    /// All scenarios as they are now, in the plan's order.
    pub fn snapshot(&self) -> Vec<ScenarioSnapshot> {
        self.scenarios.iter().map(ScenarioGauges::snapshot).collect()
    }

    /// VUs that run an iteration, of all scenarios.
    pub fn active_vus(&self) -> u32 {
        self.scenarios.iter().map(|scenario| scenario.stats.active_vus()).sum()
    }

    /// VUs that exist, of all scenarios.
    pub fn initialized_vus(&self) -> u32 {
        self.scenarios.iter().map(|scenario| scenario.stats.initialized_vus()).sum()
    }

    /// Iterations that started, of all scenarios.
    pub fn started(&self) -> u64 {
        self.scenarios.iter().map(|scenario| scenario.stats.started_so_far()).sum()
    }

    /// Those that started late, see [`LATE_START`](crate::LATE_START), of all scenarios.
    pub fn late_starts(&self) -> u64 {
        self.scenarios.iter().map(|scenario| scenario.stats.late_starts()).sum()
    }

    /// VUs that are to exist before the start, of all scenarios.
    pub fn prepared_vus(&self) -> u32 {
        self.scenarios.iter().map(|scenario| scenario.prepared_vus).sum()
    }
}

impl ScenarioGauges {
    fn snapshot(&self) -> ScenarioSnapshot {
        let stats = &self.stats;
        let (phase, elapsed) = self.phase();
        ScenarioSnapshot {
            name: Arc::clone(&self.name),
            executor: self.executor,
            phase,
            active_vus: stats.active_vus(),
            initialized_vus: stats.initialized_vus(),
            prepared_vus: self.prepared_vus,
            max_vus: self.max_vus,
            iterations: stats.counts(),
            late_starts: stats.late_starts(),
            max_lateness: stats.max_lateness(),
            elapsed,
            planned_duration: self.planned_duration,
            planned_iterations: self.planned_iterations,
        }
    }

    fn phase(&self) -> (ScenarioPhase, Duration) {
        let Some(begun) = self.stats.begun() else {
            return (ScenarioPhase::Waiting, Duration::ZERO);
        };
        match self.stats.ended_at() {
            Some(ended) => (ScenarioPhase::Ended, ended.saturating_duration_since(begun)),
            None => (ScenarioPhase::Running, self.clock.instant().saturating_duration_since(begun)),
        }
    }
}
