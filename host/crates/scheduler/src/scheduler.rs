//! The run: all scenarios, from preparing their VUs to the outcome.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use outrider_model::{
    ExecutorPlan, MixShare, RunClock, RunPlan, SampleSink, ScenarioPlan, Segment, Tags, VuFactory, VuId,
};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep_until};

use crate::control::StopHandle;
use crate::error::PrepareError;
use crate::executor;
use crate::gauges::{Gauges, ScenarioGauges};
use crate::outcome::{ScenarioOutcome, SchedulerOutcome};
use crate::prepare::{self, Vacancy, VuMaker};
use crate::scenario::{Scenario, later};
use crate::seat::{self, Seat};
use crate::stats::Stats;

/// Runs the scenarios of a plan, or one worker's share of them.
///
/// ```text
/// new ──► prepare ──► run ──► SchedulerOutcome
/// ```
///
/// `prepare` may be left out: VUs are then made when their first iteration is due, which makes it late.
#[derive(Debug)]
pub struct Scheduler {
    segment: Segment,
    seed: u64,
    clock: RunClock,
    sink: Arc<dyn SampleSink>,
    scenarios: Vec<Planned>,
    gauges: Gauges,
}

/// A scenario before its time.
#[derive(Debug)]
struct Planned {
    name: Arc<str>,
    tags: Tags,
    plugin_scenario: Arc<str>,
    start_time: Duration,
    graceful_stop: Duration,
    executor: ExecutorPlan,
    /// All seats, those that are filled before the start first.
    seats: Vec<Seat>,
    /// Their number.
    max_vus: u32,
    prepared_vus: u32,
    planned_iterations: Option<u64>,
    share: Option<MixShare>,
    stats: Arc<Stats>,
    vus: Arc<VuMaker>,
}

impl Scheduler {
    /// A scheduler for the share of `plan` that `segment` carries. The plan must be valid. `factories` make
    /// the VUs of its scenarios, one for each in the plan's order. Nothing is made or started yet.
    ///
    /// # Panics
    ///
    /// If there is not one factory for each scenario.
    pub fn new(
        plan: &RunPlan,
        segment: Segment,
        factories: Vec<Arc<dyn VuFactory>>,
        sink: Arc<dyn SampleSink>,
        clock: RunClock,
    ) -> Scheduler {
        assert_eq!(factories.len(), plan.scenarios.len(), "each scenario has its factory");
        let (mut first_vu, places) = (1, VuMaker::places());
        let planned = plan.scenarios.iter().zip(factories).map(|(scenario, factory)| {
            Planned::new(scenario, segment, &mut first_vu, VuMaker::new(factory, &places))
        });
        let scenarios: Vec<Planned> = planned.collect();
        let gauges = Gauges { scenarios: scenarios.iter().map(|planned| planned.gauges(clock)).collect() };
        Scheduler { segment, seed: plan.seed, clock, sink, scenarios, gauges }
    }

    /// What the run is doing, to be read while it lasts, and while VUs are being prepared.
    pub fn gauges(&self) -> Gauges {
        self.gauges.clone()
    }

    /// Makes the VUs that all scenarios need from their start, at most
    /// [`MAX_CONCURRENT_CREATIONS`](crate::MAX_CONCURRENT_CREATIONS) at a time. [`Gauges`] show how
    /// far it is. When it fails or is stopped, those made so far are stopped before it returns.
    ///
    /// # Errors
    ///
    /// If a VU cannot be made, a journey asked for the run to end, or `stop` was used.
    pub async fn prepare(&mut self, stop: &StopHandle) -> Result<(), PrepareError> {
        let vacancies = self.scenarios.iter_mut().flat_map(Planned::vacancies).collect();
        let filled = prepare::fill(vacancies, stop).await;
        if filled.is_err() {
            for planned in &mut self.scenarios {
                seat::stop_all(&planned.name, &planned.stats, std::mem::take(&mut planned.seats)).await;
            }
        }
        filled
    }

    /// Runs all scenarios, each from its start time, until the last iteration has ended. Dropping the
    /// future interrupts everything; what was started is recorded nevertheless.
    pub async fn run(self, stop: StopHandle) -> SchedulerOutcome {
        let start = self.clock.instant();
        let mut outcomes: Vec<Option<ScenarioOutcome>> = Vec::new();
        let mut tasks = JoinSet::new();
        for (number, planned) in self.scenarios.into_iter().enumerate() {
            outcomes.push(None);
            let scenario = Arc::new(Scenario {
                name: Arc::clone(&planned.name),
                tags: Tags::clone(&planned.tags),
                plugin_scenario: Arc::clone(&planned.plugin_scenario),
                segment: self.segment,
                seed: self.seed,
                share: planned.share,
                begin: later(start, planned.start_time),
                graceful_stop: planned.graceful_stop,
                clock: self.clock,
                sink: Arc::clone(&self.sink),
                vus: Arc::clone(&planned.vus),
                stats: Arc::clone(&planned.stats),
                stop: stop.clone(),
                claimed: AtomicU64::new(0),
            });
            tasks.spawn(async move { (number, planned.run(scenario).await) });
        }
        while let Some(ended) = tasks.join_next().await {
            match ended {
                Ok((number, outcome)) => outcomes[number] = Some(outcome),
                Err(error) => resume(error),
            }
        }
        SchedulerOutcome { end: stop.end(), scenarios: outcomes.into_iter().flatten().collect() }
    }
}

impl Planned {
    /// `first_vu` is the first number that is free; it moves on by the scenario's VUs on all workers.
    fn new(plan: &ScenarioPlan, segment: Segment, first_vu: &mut u32, vus: VuMaker) -> Planned {
        let of_all_workers = plan.executor.max_vus();
        let max_vus = executor::share(of_all_workers, segment);
        let seats = (0..max_vus)
            .map(|local| segment.global_index(u64::from(local)))
            .map(|number| Seat::empty(VuId(first_vu.saturating_add(number as u32))))
            .collect();
        *first_vu = first_vu.saturating_add(of_all_workers);
        Planned {
            name: Arc::from(plan.name.as_str()),
            tags: plan.tags(),
            plugin_scenario: Arc::from(plan.plugin_scenario.as_str()),
            start_time: plan.start_time,
            graceful_stop: plan.graceful_stop,
            seats,
            max_vus,
            prepared_vus: executor::prepared_vus(&plan.executor, segment),
            // Which arrivals of a mix go to a scenario is drawn: how many, nobody says beforehand.
            planned_iterations: executor::planned_iterations(&plan.executor, segment)
                .filter(|_| plan.share.is_none()),
            share: plan.share,
            executor: plan.executor.clone(),
            stats: Arc::default(),
            vus: Arc::new(vus),
        }
    }

    fn gauges(&self, clock: RunClock) -> ScenarioGauges {
        ScenarioGauges {
            name: Arc::clone(&self.name),
            executor: self.executor.name(),
            prepared_vus: self.prepared_vus,
            max_vus: self.max_vus,
            planned_duration: self.executor.planned_duration(),
            planned_iterations: self.planned_iterations,
            clock,
            stats: Arc::clone(&self.stats),
        }
    }

    /// The seats that are to be filled before the start.
    fn vacancies(&mut self) -> impl Iterator<Item = Vacancy<'_>> {
        let (name, stats, vus) = (&self.name, &self.stats, &self.vus);
        let prepared = self.seats.iter_mut().take(self.prepared_vus as usize);
        let empty = prepared.filter(|seat| !seat.is_taken());
        empty.map(|seat| Vacancy {
            scenario: Arc::clone(name),
            seat,
            stats: Arc::clone(stats),
            vus: Arc::clone(vus),
        })
    }

    async fn run(mut self, scenario: Arc<Scenario>) -> ScenarioOutcome {
        let mut seats = std::mem::take(&mut self.seats);
        if wait_until(scenario.begin, &scenario.stop).await {
            self.stats.begin(scenario.begin);
            seats = executor::run(Arc::clone(&scenario), &self.executor, seats).await;
            self.stats.end(scenario.clock.instant());
        }
        seat::stop_all(&self.name, &self.stats, seats).await;
        self.outcome()
    }

    fn outcome(&self) -> ScenarioOutcome {
        let stats = &self.stats;
        let iterations = stats.counts();
        ScenarioOutcome {
            name: Arc::clone(&self.name),
            executor: self.executor.name(),
            iterations,
            unstarted: self.unstarted(iterations.started + iterations.dropped),
            late_starts: stats.late_starts(),
            max_lateness: stats.max_lateness(),
            replaced_vus: stats.replaced_vus(),
            max_vus: self.max_vus,
            lost_vus: stats.lost_vus(),
            failures: stats.failures(),
        }
    }

    /// `scheduled` have a row already, as started or as dropped.
    fn unstarted(&self, scheduled: u64) -> u64 {
        let planned = self.planned_iterations.filter(|_| self.executor.counted_iterations().is_some());
        planned.unwrap_or(0).saturating_sub(scheduled)
    }
}

/// Passes a panic of the scheduler itself on. A task that was cancelled, because the runtime ends, has
/// nobody left to tell.
fn resume(error: JoinError) {
    if let Ok(panic) = error.try_into_panic() {
        std::panic::resume_unwind(panic);
    }
}

/// Whether `begin` came before the run was stopped.
async fn wait_until(begin: Instant, stop: &StopHandle) -> bool {
    let mut watch = stop.watch();
    tokio::select! {
        biased;
        _ = watch.next() => false,
        () = sleep_until(begin) => true,
    }
}

#[cfg(test)]
mod tests;
