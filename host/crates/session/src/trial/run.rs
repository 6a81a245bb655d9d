//! The trial itself.

use std::sync::Arc;
use std::time::Duration;

use outrider_capability::DataSets;
use outrider_engine::{AttachedPack, GuestVuFactory, LifecycleError, Way};
use outrider_model::{
    FailureCause, IterationCtx, IterationFailure, IterationIndex, IterationOutcome, IterationSample,
    IterationStatus, RunClock, RunPlan, SampleSink, ScenarioPlan, Vu, VuError, VuFactory, VuId,
};
use outrider_scheduler::{StopHandle, StopPhase, VU_STOP_TIMEOUT};

use super::seen::Collector;
use super::{CallEnd, CallTrial, IterationEnd, IterationTrial, JourneyTrial, Trial, UserCall, UserTrial};
use super::{data, estimate, thresholds};
use crate::journey::Journey;
use crate::resolve::{self, Resolved};
use crate::{Breakdown, DryRun, SessionConfig, SessionError};

pub(super) async fn run(config: &SessionConfig, stop: &StopHandle) -> Result<Trial, SessionError> {
    let gone = go(config, RunClock::start_now(), stop, Course::AllWays).await?;
    let Gone { resolved, journeys, iterations, users } = gone;
    Ok(judged(config, resolved, journeys, iterations, users, stop))
}

/// Which iterations the user of a scenario runs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Course {
    /// One of each way.
    AllWays,
    /// Those from a number on, one after the other, of the scenario's only way.
    Iterations { first: IterationIndex, count: u64 },
}

/// A run whose journeys were gone through.
pub(crate) struct Gone {
    pub(crate) resolved: Resolved,
    pub(crate) journeys: Vec<JourneyTrial>,
    pub(crate) iterations: Vec<IterationTrial>,
    pub(crate) users: Vec<UserTrial>,
}

/// `setup`, the iterations of one user of each scenario, `teardown`, with nothing written.
pub(crate) async fn go(
    config: &SessionConfig,
    clock: RunClock,
    stop: &StopHandle,
    course: Course,
) -> Result<Gone, SessionError> {
    let collector = Arc::new(Collector::default());
    let sink: Arc<dyn SampleSink> = Arc::<Collector>::clone(&collector);
    let resolved = resolve::resolve(config, sink, clock).await?;
    let bench = Bench { plan: &resolved.plan, collector: &collector, clock, stop, course };
    let mut journeys = bench.set_up(&resolved.journeys).await;
    let (iterations, users) = bench.go_through(&resolved, &journeys).await;
    bench.tear_down(&resolved.journeys, &mut journeys).await;
    Ok(Gone { resolved, journeys, iterations, users })
}

/// What a trial says, by what was seen.
fn judged(
    config: &SessionConfig,
    resolved: Resolved,
    journeys: Vec<JourneyTrial>,
    iterations: Vec<IterationTrial>,
    users: Vec<UserTrial>,
    stop: &StopHandle,
) -> Trial {
    let estimate = estimate::estimate(&resolved.plan, &iterations);
    let data = data::data(&resolved, estimate.as_ref());
    let packs = resolved.packs.iter().map(AttachedPack::account).collect();
    let mut trial = Trial {
        journeys,
        iterations,
        users,
        packs,
        unseen_thresholds: Vec::new(),
        data,
        estimate,
        interrupted: stop.phase() != StopPhase::Running,
        dry_run: DryRun::of(resolved),
    };
    trial.unseen_thresholds = thresholds::unseen(&trial, &config.places);
    trial
}

/// What all parts of a trial work with.
struct Bench<'a> {
    plan: &'a RunPlan,
    collector: &'a Collector,
    clock: RunClock,
    stop: &'a StopHandle,
    course: Course,
}

impl Bench<'_> {
    /// Runs `setup` of all journeys, one after the other: one that fails keeps no other from being tried.
    async fn set_up(&self, journeys: &[Journey]) -> Vec<JourneyTrial> {
        let mut trials = Vec::with_capacity(journeys.len());
        for Journey { name, title, plugin, shared, .. } in journeys {
            let setup = match self.is_stopped() {
                true => None,
                false => Some(
                    self.call(async {
                        let json = plugin.setup(Arc::clone(shared)).await?;
                        // The only writer: a set cell would mean that set-up ran twice.
                        drop(shared.setup_data.set(json));
                        Ok(())
                    })
                    .await,
                ),
            };
            trials.push(JourneyTrial { name: name.clone(), title: title.clone(), setup, teardown: None });
        }
        trials
    }

    /// Runs `teardown` of the journeys whose `setup` was begun.
    async fn tear_down(&self, journeys: &[Journey], trials: &mut [JourneyTrial]) {
        for (journey, trial) in journeys.iter().zip(trials).filter(|(_, trial)| trial.setup.is_some()) {
            let since = self.clock.instant();
            let given_up = self.stop.next_abort();
            let end = tokio::select! {
                ended = journey.plugin.teardown(Arc::clone(&journey.shared)) => CallEnd::of(ended),
                () = given_up => CallEnd::GivenUp,
            };
            let duration = self.clock.instant().saturating_duration_since(since);
            trial.teardown = Some(CallTrial { duration, seen: self.collector.take(), end });
        }
    }

    async fn call(&self, call: impl Future<Output = Result<(), LifecycleError>>) -> CallTrial {
        let since = self.clock.instant();
        let end = tokio::select! {
            ended = call => CallEnd::of(ended),
            () = self.stop.stopping() => CallEnd::GivenUp,
        };
        let duration = self.clock.instant().saturating_duration_since(since);
        CallTrial { duration, seen: self.collector.take(), end }
    }

    /// Has a user of each scenario run its iterations, but for scenarios whose journey is not set up.
    async fn go_through(
        &self,
        resolved: &Resolved,
        set_up: &[JourneyTrial],
    ) -> (Vec<IterationTrial>, Vec<UserTrial>) {
        let (mut iterations, mut users) = (Vec::new(), Vec::new());
        for (number, scenario) in (1_u32..).zip(&self.plan.scenarios) {
            let journeys = resolved.journeys.iter().zip(set_up);
            let ready = journeys
                .filter(|(_, trial)| trial.setup.as_ref().is_some_and(|setup| setup.end == CallEnd::Done));
            let Some(journey) = ready.map(|(journey, _)| journey).find(|one| one.name == scenario.journey)
            else {
                continue;
            };
            let mut user = User {
                bench: self,
                scenario,
                data: &resolved.shared.data,
                factory: journey.factory(scenario),
                id: VuId(number),
                vu: None,
                done: 0,
            };
            for turn in user.turns() {
                if self.is_stopped() {
                    break;
                }
                match user.go(turn).await {
                    Ok(iteration) => iterations.push(iteration),
                    // Nor would the next one find a user.
                    Err(fault) => {
                        users.push(fault);
                        break;
                    }
                }
            }
            users.extend(user.stop().await);
        }
        (iterations, users)
    }

    fn is_stopped(&self) -> bool {
        self.stop.phase() != StopPhase::Running
    }
}

/// The user of a scenario.
struct User<'a> {
    bench: &'a Bench<'a>,
    scenario: &'a ScenarioPlan,
    data: &'a DataSets,
    factory: GuestVuFactory,
    id: VuId,
    vu: Option<Box<dyn Vu>>,
    /// Iterations that it ended.
    done: u64,
}

/// An iteration that a user is to run.
struct Turn {
    iteration: IterationIndex,
    /// The plugin's scenario as the plan has it, or the one that would be drawn.
    plugin_scenario: Arc<str>,
    way: Way,
}

impl User<'_> {
    /// The iterations that it is to run.
    fn turns(&self) -> Vec<Turn> {
        let planned: Arc<str> = self.scenario.plugin_scenario.as_str().into();
        let ways = self.factory.ways(&planned);
        match self.bench.course {
            Course::AllWays => ways.into_iter().map(|way| self.first_turn(&planned, way)).collect(),
            Course::Iterations { first, count } => {
                let way = ways.into_iter().next();
                let turn = |(way, number): (Way, u64)| Turn {
                    iteration: IterationIndex(first.0.saturating_add(number)),
                    plugin_scenario: Arc::clone(&planned),
                    way,
                };
                way.into_iter().flat_map(|way| (0..count).map(move |n| (way.clone(), n))).map(turn).collect()
            }
        }
    }

    /// The first iteration of the run that goes a way.
    fn first_turn(&self, planned: &Arc<str>, way: Way) -> Turn {
        // An iteration that would find no row of its own is none that a run starts.
        let first = way.first.filter(|first| self.data.has_rows(&self.scenario.name, *first));
        let (iteration, plugin_scenario) = match first {
            Some(first) => (first, Arc::clone(planned)),
            None => (IterationIndex(0), Arc::clone(&way.scenario)),
        };
        Turn { iteration, plugin_scenario, way }
    }

    /// One iteration, by a user that is made for it where there is none.
    async fn go(&mut self, turn: Turn) -> Result<IterationTrial, UserTrial> {
        let Turn { iteration, plugin_scenario, way } = turn;
        let Bench { collector, clock, stop, .. } = self.bench;
        let mut vu = match self.vu.take() {
            Some(vu) => vu,
            None => tokio::select! {
                made = self.factory.create(self.id) => made.map_err(|error| self.fault(error))?,
                () = stop.stopping() => return Err(self.given_up()),
            },
        };
        let ctx = IterationCtx {
            scenario: self.scenario.name.as_str().into(),
            plugin_scenario,
            iteration,
            vu_iteration: self.done,
            scheduled_at: clock.now(),
            lateness: Duration::ZERO,
        };
        let (started_at, since) = (clock.now(), clock.instant());
        let outcome = tokio::select! {
            outcome = vu.iterate(ctx) => Some(outcome),
            () = stop.stopping() => None,
        };
        let took = clock.instant().saturating_duration_since(since);
        let end = IterationEnd::of(outcome);
        let duration = match end {
            IterationEnd::Interrupted => took,
            _ => took.saturating_sub(vu.unmeasured()),
        };
        self.done += 1;
        let row =
            IterationSample { started_at, scheduled_at: started_at, duration, ..self.row(iteration, &end) };
        // One that was interrupted, or that broke, is not used again.
        if end != IterationEnd::Interrupted && vu.is_reusable() {
            self.vu = Some(vu);
        }
        Ok(IterationTrial {
            scenario: self.scenario.name.clone(),
            plugin_scenario: way.scenario.to_string(),
            share: way.share,
            iteration,
            duration,
            seen: collector.take().and_iteration(row),
            end,
        })
    }

    /// The row that a run would have of an iteration.
    fn row(&self, iteration: IterationIndex, end: &IterationEnd) -> IterationSample {
        let failure = match end {
            IterationEnd::Failed(failure) => Some(failure.clone()),
            IterationEnd::Abort(reason) => Some(abort_failure(reason)),
            IterationEnd::Completed | IterationEnd::Interrupted => None,
        };
        let now = self.bench.clock.now();
        IterationSample {
            scenario: self.scenario.name.as_str().into(),
            tags: self.scenario.tags(),
            vu: Some(self.id),
            iteration,
            scheduled_at: now,
            started_at: now,
            waited: Duration::ZERO,
            duration: Duration::ZERO,
            status: match end {
                IterationEnd::Completed => IterationStatus::Completed,
                IterationEnd::Failed(_) | IterationEnd::Abort(_) => IterationStatus::Failed,
                IterationEnd::Interrupted => IterationStatus::Interrupted,
            },
            cause: failure.as_ref().map(|failure| failure.cause),
            error_kind: failure.as_ref().map(|failure| failure.kind.into()),
            error: failure.as_ref().map(|failure| failure.message.as_str().into()),
            stack: failure.and_then(|failure| failure.stack),
        }
    }

    fn fault(&self, error: VuError) -> UserTrial {
        let end = match error.aborts_run {
            true => CallEnd::Abort(error.message),
            false => CallEnd::Broke(Breakdown {
                cause: error.cause,
                message: error.message,
                stack: error.stack,
                said: error.said,
                pack: error.pack.as_deref().map(Box::from),
            }),
        };
        self.trial(UserCall::Start, end)
    }

    fn given_up(&self) -> UserTrial {
        self.trial(UserCall::Start, CallEnd::GivenUp)
    }

    fn trial(&self, call: UserCall, end: CallEnd) -> UserTrial {
        UserTrial { scenario: self.scenario.name.clone(), call, seen: self.bench.collector.take(), end }
    }

    /// Lets it finish, within the time that a run gives it.
    async fn stop(&mut self) -> Option<UserTrial> {
        let mut vu = self.vu.take()?;
        if tokio::time::timeout(VU_STOP_TIMEOUT, vu.stop()).await.is_err() {
            tracing::warn!(scenario = self.scenario.name, "a VU's stop took longer than it may");
        }
        Some(self.trial(UserCall::Stop, CallEnd::Done))
    }
}

/// As a run records it: the journey has judged the site.
fn abort_failure(reason: &str) -> IterationFailure {
    IterationFailure { cause: FailureCause::Target, kind: "abort", message: reason.to_owned(), stack: None }
}

impl CallEnd {
    fn of(ended: Result<(), LifecycleError>) -> CallEnd {
        match ended {
            Ok(()) => CallEnd::Done,
            Err(LifecycleError::Failure { abort: true, message, .. }) => CallEnd::Abort(message),
            Err(LifecycleError::Failure { target, message, stack, said, .. }) => {
                let cause = if target { FailureCause::Target } else { FailureCause::Plugin };
                CallEnd::Broke(Breakdown { cause, message, stack, said, pack: None })
            }
            Err(LifecycleError::Fault(fault)) => CallEnd::Broke(fault.into()),
        }
    }
}

impl IterationEnd {
    /// `None` is an iteration that was not waited for.
    fn of(outcome: Option<IterationOutcome>) -> IterationEnd {
        match outcome {
            None => IterationEnd::Interrupted,
            Some(IterationOutcome::Completed) => IterationEnd::Completed,
            Some(IterationOutcome::Failed(failure)) => IterationEnd::Failed(failure),
            Some(IterationOutcome::AbortRun { reason }) => IterationEnd::Abort(reason),
        }
    }
}
