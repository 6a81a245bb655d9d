//! One run: prepared, run, written.

use std::sync::Arc;
use std::time::Duration;

use outrider_engine::{Description, GuestVuFactory, Plugin, RunShared};
use outrider_model::{RunClock, RunPlan, Segment};
use outrider_scheduler::{Scheduler, SchedulerOutcome, StopHandle, StopPhase};
use outrider_storage::{
    DatasetStore, FinalAccount, IterationAccount, Outcome, RollPolicy, Roller, RollerConfig, RunLayout,
    RunRecord, SampleAccount, Totals, Verdict,
};
use outrider_telemetry::{
    BatchOrigin, Batcher, BatcherConfig, BatcherEnd, DEFAULT_QUEUE_CAPACITY, SampleQueue,
};

use crate::{
    EndReason, Exit, Phase, SessionConfig, SessionEnd, SessionError, Watch, monitor, preview, resolve,
};

/// Fifty milliseconds: how soon a stop ends `setup`. Nobody notices less.
const STOP_PROBE: Duration = Duration::from_millis(50);

/// A run that is ready to start: the plugin is loaded, the plan is valid, `run.json` is written.
#[derive(Debug)]
pub struct Session {
    plan: RunPlan,
    description: Description,
    plugin: Plugin,
    store: DatasetStore,
    location: String,
    shared: Arc<RunShared>,
    queue: Arc<SampleQueue>,
    batcher: Batcher<Roller>,
    scheduler: Scheduler,
    watch: Watch,
    clock: RunClock,
}

impl Session {
    /// Loads the plugin, asks it what it is, checks the whole plan and claims a run id. Nothing has been
    /// sent to the target when it returns.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the plan, at once; or what is wrong with the plugin or the folder.
    pub async fn prepare(config: SessionConfig) -> Result<Session, SessionError> {
        let max_vus = config.scenarios.iter().map(|scenario| scenario.executor.max_vus());
        let plugin = config.plugin.load(max_vus.fold(0, u32::saturating_add), &config.cache)?;
        let clock = RunClock::start_now();
        let (queue, receiver) = SampleQueue::new(DEFAULT_QUEUE_CAPACITY);
        let mut shared = resolve::shared(&config, &queue, clock)?;
        // It is asked without parameters and without a network: there is no grant.
        let described = plugin.describe(Arc::new(preview::unmeasured(clock, config.limits))).await;
        let description = described.map_err(SessionError::Describe)?;
        let plan = resolve::plan(&config, &description, shared.seed, clock.now())?;
        shared.parameters = serde_json::to_string(&plan.parameters).unwrap_or_else(|_| "{}".into());
        let shared = Arc::new(shared);

        let store = DatasetStore::create(&config.out)?;
        let layout = RunLayout::new(plan.run_id.clone());
        let mut record = RunRecord::new(plan.clone(), clock.now(), 1);
        record.grants = resolve::grants(&plan);
        record.versions.insert("wit".into(), outrider_engine::WIT_VERSION.into());
        record.create(&store).await?;
        let roller = roller(&store, &plan, clock)?;
        let origin = BatchOrigin { run_id: plan.run_id.clone(), region: None };
        let batcher = Batcher::new(BatcherConfig::new(origin), receiver, roller, clock);

        let factory = GuestVuFactory::new(plugin.clone(), Arc::clone(&shared), &description.scenarios);
        let scheduler =
            Scheduler::new(&plan, Segment::WHOLE, Arc::new(factory), Arc::clone(&shared.sink), clock);
        let watch = Watch::new(scheduler.gauges(), batcher.live());
        let location = format!("{}/{}", store.place().trim_end_matches('/'), layout.folder());
        Ok(Session {
            plan,
            description,
            plugin,
            store,
            location,
            shared,
            queue,
            batcher,
            scheduler,
            watch,
            clock,
        })
    }

    /// The plan, resolved and valid.
    pub fn plan(&self) -> &RunPlan {
        &self.plan
    }

    /// What the plugin says of itself.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// Where the run's rows go.
    pub fn location(&self) -> &str {
        &self.location
    }

    /// A view of the run while it goes on.
    pub fn watch(&self) -> Watch {
        self.watch.clone()
    }

    /// Runs `setup`, all scenarios and `teardown`, and writes everything that was measured, whatever
    /// happens on the way.
    ///
    /// # Errors
    ///
    /// If this machine gives no thread for the measurements.
    pub async fn run(self, stop: StopHandle) -> Result<SessionEnd, SessionError> {
        let Session { plan, plugin, store, shared, queue, batcher, scheduler, watch, clock, .. } = self;
        let storage_failure = batcher.sink().failure();
        let batching = batcher.spawn().map_err(SessionError::Machine)?;
        let run = Arc::clone(&shared);
        let work = drive(&plugin, run, scheduler, &watch, stop.clone());
        let work = abort_when(storage_failure.clone(), stop, work);
        let gauges = watch.gauges().clone();
        // On a worker, so that it waits in the same line as the users that it watches.
        let watched = Arc::clone(&queue);
        let monitor = tokio::spawn(async move { monitor::watch(&watched, &gauges, clock).await });
        let (mut reason, outcome, teardown) = work.await;
        monitor.abort();
        // Only once it has ended can it record nothing more into a queue that is closed.
        drop(monitor.await);
        watch.enter(Phase::Finishing);
        queue.close();
        let counts = outcome.as_ref().map(SchedulerOutcome::totals).unwrap_or_default();
        let account = FinalAccount { iterations: account(counts), samples: SampleAccount::default() };
        let finished = tokio::task::spawn_blocking(move || finish(batching, &queue, account)).await;
        let rolled = match finished {
            Ok(rolled) => rolled,
            Err(panic) => std::panic::resume_unwind(panic.into_panic()),
        };
        // An abort may be the failure's own doing; any other reason came first.
        let was_aborted = matches!(reason, EndReason::Finished | EndReason::Aborted);
        if let (Some(failure), true) = (&rolled.failure, was_aborted) {
            reason = EndReason::StorageFailed { message: with_causes(failure.as_ref()) };
        }
        let scenarios = outcome.map(|outcome| outcome.scenarios).unwrap_or_default();
        let end = SessionEnd {
            run_id: plan.run_id.clone(),
            reason,
            iterations: counts,
            unstarted: scenarios.iter().map(|scenario| scenario.unstarted).sum(),
            failures: scenarios.into_iter().flat_map(|scenario| scenario.failures).collect(),
            teardown,
        };
        write_outcome(&store, &plan, &end, Totals::of([&rolled.manifest]), clock).await;
        Ok(end)
    }
}

/// The part of a run that load is made in.
async fn drive(
    plugin: &Plugin,
    shared: Arc<RunShared>,
    mut scheduler: Scheduler,
    watch: &Watch,
    stop: StopHandle,
) -> (EndReason, Option<SchedulerOutcome>, Option<String>) {
    let setup = tokio::select! {
        setup = plugin.setup(Arc::clone(&shared)) => Some(setup),
        () = stopped(&stop) => None,
    };
    let (reason, outcome) = match setup {
        None => (EndReason::Stopped, None),
        Some(Err(error)) => (EndReason::of_setup(error), None),
        Some(Ok(json)) => {
            // The only writer: a set cell would mean that set-up ran twice.
            drop(shared.setup_data.set(json));
            watch.enter(Phase::PreparingVus);
            match scheduler.prepare(&stop).await {
                Err(error) => (EndReason::of_prepare(error), None),
                Ok(()) => {
                    watch.enter(Phase::Running);
                    let outcome = scheduler.run(stop).await;
                    (EndReason::of_run(outcome.end.clone()), Some(outcome))
                }
            }
        }
    };
    watch.enter(Phase::Finishing);
    let teardown = plugin.teardown(shared).await.err().map(|error| error.to_string());
    (reason, outcome, teardown)
}

/// Ready when somebody asks for the run's end.
async fn stopped(stop: &StopHandle) {
    while stop.phase() == StopPhase::Running {
        tokio::time::sleep(STOP_PROBE).await;
    }
}

/// Aborts the run when rows can no longer be written: what is not kept was not measured.
async fn abort_when<T>(
    mut failure: tokio::sync::watch::Receiver<Option<Arc<outrider_storage::StorageError>>>,
    stop: StopHandle,
    work: impl Future<Output = T>,
) -> T {
    let failed = async {
        if failure.wait_for(Option::is_some).await.is_ok() {
            stop.abort();
        }
        std::future::pending::<std::convert::Infallible>().await
    };
    tokio::select! {
        ended = work => ended,
        never = failed => match never {},
    }
}

/// Waits for the batcher to drain the closed queue, then writes the last parts and the manifest.
fn finish(
    batching: std::thread::JoinHandle<BatcherEnd<Roller>>,
    queue: &SampleQueue,
    mut account: FinalAccount,
) -> outrider_storage::RollerEnd {
    let ended = batching.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    for (kind, count) in &ended.stats.replaced_names {
        tracing::warn!("{count} {} names were past the limit and became (other)", kind.as_str());
    }
    let stats = queue.stats();
    account.samples = SampleAccount { accepted: stats.accepted, lost: stats.lost };
    ended.sink.finish(account)
}

async fn write_outcome(
    store: &DatasetStore,
    plan: &RunPlan,
    end: &SessionEnd,
    totals: Totals,
    clock: RunClock,
) {
    let exit = end.exit();
    let outcome = Outcome {
        status: end.reason.status(),
        reason: end.reason.sentence(),
        exit_code: exit.code(),
        verdict: if exit == Exit::Ok { Verdict::Pass } else { Verdict::Fail },
        ..Outcome::finished(clock.now(), totals)
    };
    if let Err(error) = outcome.create(store, &RunLayout::new(plan.run_id.clone())).await {
        // The report says that a run without an outcome is incomplete.
        tracing::warn!(%error, "the outcome could not be written");
    }
}

fn account(counts: outrider_scheduler::IterationCounts) -> IterationAccount {
    IterationAccount {
        scheduled: counts.scheduled,
        started: counts.started,
        completed: counts.completed,
        failed: counts.failed.total(),
        interrupted: counts.interrupted,
        dropped: counts.dropped,
    }
}

fn roller(store: &DatasetStore, plan: &RunPlan, clock: RunClock) -> Result<Roller, SessionError> {
    let config = RollerConfig { run_id: plan.run_id.clone(), worker: 0, policy: RollPolicy::default() };
    Ok(Roller::new(store.clone(), config, clock, tokio::runtime::Handle::current())?)
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let words = cause.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        source = cause.source();
    }
    text
}
