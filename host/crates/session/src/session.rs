//! One run: prepared, run, written.

use std::sync::Arc;

use outrider_capability::Redactor;
use outrider_engine::{AttachedPack, Description, RunShared};
use outrider_export::{Exports, LastScrape, Tee};
use outrider_model::{PlannedAnnotation, RunClock, RunPlan, SampleSink, Segment, Timestamp};
use outrider_scheduler::{Scheduler, SchedulerOutcome, StopHandle};
use outrider_storage::{
    Annotation, DatasetStore, FinalAccount, IterationAccount, Outcome, Roller, RollerConfig, RunLayout,
    RunRecord, RunningMark, SampleAccount, Totals, VuAccount,
};
use outrider_telemetry::{
    AnswerTally, BatchOrigin, Batcher, BatcherConfig, DEFAULT_QUEUE_CAPACITY, SampleQueue,
};

use crate::closing::{self, Closed, Rows};
use crate::drive::{self, Load, Teardown};
use crate::end::JourneyEnd;
use crate::journey::{self, Journey, Titles};
use crate::resolve::{self, Resolved};
use crate::{
    DryRun, EndReason, Phase, SessionConfig, SessionEnd, SessionError, Watch, exports, monitor, preview,
    thresholds,
};

/// A run that is ready to start: the plugins are loaded, the plan is valid, `run.json` is written.
#[derive(Debug)]
pub struct Session {
    plan: RunPlan,
    journeys: Vec<Journey>,
    lowered_ceilings: Vec<Option<u32>>,
    packs: Vec<AttachedPack>,
    store: DatasetStore,
    location: String,
    shared: Arc<RunShared>,
    queue: Arc<SampleQueue>,
    batcher: Batcher<Tee<Roller>>,
    exports: Exports,
    scheduler: Scheduler,
    watch: Watch,
    clock: RunClock,
    /// As long as it is there, readers see that the run goes on.
    running: Option<RunningMark>,
}

impl Session {
    /// Loads the plugins, asks them what they are, checks the whole plan and claims a run id. Nothing has been
    /// sent to the target when it returns.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with what is asked for, at once; or what is wrong with the folder.
    pub async fn prepare(mut config: SessionConfig) -> Result<Session, SessionError> {
        let opening = exports::open(&mut config);
        let clock = RunClock::start_now();
        let (queue, receiver) = SampleQueue::new(DEFAULT_QUEUE_CAPACITY);
        let sink: Arc<dyn SampleSink> = Arc::<SampleQueue>::clone(&queue);
        let resolved = resolve::resolve(&config, sink, clock).await?;
        let Resolved { journeys, packs, plan, grants, shared, lowered_ceilings, .. } = resolved;

        let store = DatasetStore::create(&config.out)?;
        let mut exports = exports::start(&config, opening, &plan, &shared, clock)?;
        let layout = RunLayout::new(plan.run_id.clone());
        let mut record = RunRecord::new(plan.clone(), clock.now(), 1);
        record.grants = grants;
        record.tags = config.tags.clone();
        record.annotations = annotations(&config.annotations, record.started_at, &shared.redactor);
        record.versions.insert("wit".into(), outrider_engine::WIT_VERSION.into());
        record.create(&store).await?;
        let running = RunningMark::set(&store, &plan.run_id);
        let roller = roller(&store, &plan, clock, running.is_some())?;
        let origin = BatchOrigin { run_id: plan.run_id.clone(), region: None };
        let batching = BatcherConfig { thresholds: plan.thresholds.clone(), ..BatcherConfig::new(origin) };
        let batcher = Batcher::new(batching, receiver, exports.tee(roller), clock).with_tap(exports.tap());

        let factories = journey::factories(&plan, &journeys);
        let scheduler = Scheduler::new(&plan, Segment::WHOLE, factories, Arc::clone(&shared.sink), clock);
        let watch = Watch::new(scheduler.gauges(), batcher.live(), batcher.thresholds());
        let location = format!("{}/{}", store.place().trim_end_matches('/'), layout.folder());
        Ok(Session {
            plan,
            journeys,
            lowered_ceilings,
            packs,
            store,
            location,
            shared,
            queue,
            batcher,
            exports,
            scheduler,
            watch,
            clock,
            running,
        })
    }

    /// Resolves and checks a run as [`prepare`](Session::prepare) does it, and stops there: nothing is written,
    /// nothing is sent to the target.
    ///
    /// # Errors
    ///
    /// As [`prepare`](Session::prepare), but for what would show only when something is written.
    pub async fn dry_run(config: SessionConfig) -> Result<DryRun, SessionError> {
        let resolved = resolve::resolve(&config, preview::nowhere(), RunClock::start_now()).await?;
        Ok(DryRun::of(resolved))
    }

    /// The plan, resolved and valid.
    pub fn plan(&self) -> &RunPlan {
        &self.plan
    }

    /// What the journeys say of themselves, in the plan's order.
    pub fn descriptions(&self) -> impl Iterator<Item = &Description> {
        self.journeys.iter().map(|journey| &journey.description)
    }

    /// By scenario, in the plan's order: the ceiling of VUs that it would have by default, where this machine
    /// holds fewer and the plan has what it holds.
    pub fn lowered_ceilings(&self) -> &[Option<u32>] {
        &self.lowered_ceilings
    }

    /// Keeps the run's secrets out of what is said about it.
    pub fn redactor(&self) -> &Redactor {
        &self.shared.redactor
    }

    /// Where the run's rows go.
    pub fn location(&self) -> &str {
        &self.location
    }

    /// What is exported where, a sentence each.
    pub fn exports(&self) -> &[String] {
        self.exports.words()
    }

    /// Whoever asks for metrics during the run, and may once more after it.
    pub fn last_scrape(&self) -> Option<LastScrape> {
        self.exports.last_scrape()
    }

    /// A view of the run while it goes on.
    pub fn watch(&self) -> Watch {
        self.watch.clone()
    }

    /// Runs `setup` of all journeys, all scenarios and `teardown`, and writes everything that was measured, whatever
    /// happens on the way.
    ///
    /// # Errors
    ///
    /// If this machine gives no thread for the measurements.
    pub async fn run(self, stop: StopHandle) -> Result<SessionEnd, SessionError> {
        let Session { plan, journeys, packs, store, shared, queue, batcher, scheduler, watch, .. } = self;
        let (clock, running, exports) = (self.clock, self.running, self.exports);
        let roller = batcher.sink().inner();
        let (storage_failure, give_up) = (roller.failure(), roller.give_up());
        let batching = batcher.spawn().map_err(SessionError::Machine)?;
        let titles = Titles::of(&plan, &journeys);
        let load = drive::load(&journeys, &titles, scheduler, &watch, &stop);
        let load = thresholds::abort_when_crossed(watch.thresholds(), &stop, load);
        let load = drive::abort_when(storage_failure, &stop, load);
        let gauges = watch.gauges().clone();
        // On a worker, so that it waits in the same line as the users that it watches.
        let watched = Arc::clone(&queue);
        let monitor = tokio::spawn(async move { monitor::watch(&watched, &gauges, clock).await });
        let Load { reason, outcome, set_up } = Box::pin(load).await;
        watch.enter(Phase::Finishing);
        let teardown = drive::teardown(&journeys[..set_up], &titles, &stop).await;
        monitor.abort();
        // Only once it has ended can it record nothing more into a queue that is closed.
        drop(monitor.await);
        queue.close();
        let account = account(&plan, outcome.as_ref());
        // Whoever is slow to take rows, or what is exported, makes the run no longer.
        let ended_at = clock.now();
        let rows = Rows { batching, give_up, queue, account };
        let closed = closing::close(rows, &store, &watch, &stop).await;
        let Closed { rolled, answers, lost_samples, saturated, .. } = closed;
        let reason = reason.and_after(&teardown, rolled.failure.as_deref());
        let unexported = exports.finish(stop.next_abort()).await;
        let mut end = SessionEnd {
            answers,
            lost_samples,
            is_left_here: closed.is_left_here,
            thresholds: thresholds::ends(watch.thresholds(), &reason),
            packs: packs.iter().map(AttachedPack::account).collect(),
            remarks: shared.data.remarks(),
            unexported,
            journeys: JourneyEnd::all(&titles, outcome.as_ref()),
            ..ended(&plan, reason, account, outcome, teardown)
        };
        let outcome = Outcome {
            generator_saturated: Some(saturated),
            ..Outcome::finished(ended_at, Totals::of([&rolled.manifest]))
        };
        closing::write_outcome(&store, &mut end, outcome, &stop).await;
        drop(running);
        Ok(end)
    }
}

/// The end of a run, for whoever started it.
fn ended(
    plan: &RunPlan,
    reason: EndReason,
    account: FinalAccount,
    outcome: Option<SchedulerOutcome>,
    teardown: Teardown,
) -> SessionEnd {
    SessionEnd {
        run_id: plan.run_id.clone(),
        reason,
        iterations: outcome.as_ref().map(SchedulerOutcome::totals).unwrap_or_default(),
        journeys: Vec::new(),
        unstarted: account.iterations.unstarted,
        lost_vus: account.vus.lost,
        answers: AnswerTally::default(),
        thresholds: Vec::new(),
        lost_samples: 0,
        failures: outcome.into_iter().flat_map(SchedulerOutcome::into_failures).collect(),
        teardown: teardown.complaints,
        packs: Vec::new(),
        remarks: Vec::new(),
        unexported: Vec::new(),
        is_left_here: false,
    }
}

/// What is known to happen, by the clock. Whoever wrote it may have quoted a secret.
fn annotations(planned: &[PlannedAnnotation], start: Timestamp, redactor: &Redactor) -> Vec<Annotation> {
    let annotation = |planned: &PlannedAnnotation| Annotation {
        at: start + planned.at,
        until: planned.until.map(|until| start + until),
        text: redactor.redact(planned.text.as_str()).into_owned(),
    };
    planned.iter().map(annotation).collect()
}

/// What the scheduler counted; without an outcome nothing of the plan was begun.
fn account(plan: &RunPlan, outcome: Option<&SchedulerOutcome>) -> FinalAccount {
    let counts = outcome.map(SchedulerOutcome::totals).unwrap_or_default();
    let planned = || plan.scenarios.iter().filter_map(|one| one.executor.counted_iterations()).sum();
    let iterations = IterationAccount {
        scheduled: counts.scheduled,
        started: counts.started,
        completed: counts.completed,
        failed: counts.failed.total(),
        interrupted: counts.interrupted,
        dropped: counts.dropped,
        unstarted: outcome.map_or_else(planned, SchedulerOutcome::unstarted),
    };
    let vus = VuAccount { lost: outcome.map(SchedulerOutcome::lost_vus).unwrap_or_default() };
    FinalAccount { iterations, vus, samples: SampleAccount::default() }
}

fn roller(
    store: &DatasetStore,
    plan: &RunPlan,
    clock: RunClock,
    marked: bool,
) -> Result<Roller, SessionError> {
    let policy = store.roll_policy();
    let config = RollerConfig { run_id: plan.run_id.clone(), worker: 0, policy, marked };
    Ok(Roller::new(store.clone(), config, clock, tokio::runtime::Handle::current())?)
}
