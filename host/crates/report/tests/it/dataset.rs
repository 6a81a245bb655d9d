//! Small datasets, written by the real pipeline: queue, batcher, roller.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use outrider_model::{
    ExecutorPlan, JourneyPlan, PluginRef, RunClock, RunId, RunPlan, Sample, SampleSink, ScenarioPlan,
    Timestamp,
};
use outrider_report::{Charts, Summary, SummarySource};
use outrider_storage::{
    DatasetStore, FinalAccount, IterationAccount, Outcome, RollPolicy, Roller, RollerConfig, RunReader,
    RunRecord, RunningMark, SampleAccount, Totals,
};
use outrider_telemetry::{
    BatchBuilders, BatchOrigin, BatchSink, Batcher, BatcherConfig, BatcherEnd, SampleQueue, Table, Tick,
    Windows,
};
use tempfile::TempDir;
use tokio::runtime::Handle;

use crate::samples::{RUN_START, at_ms};

/// Rows of a part; small, so that every dataset has several parts of a table.
const PART_ROWS: usize = 64;

/// A dataset of one run in a folder of its own.
pub(crate) struct Dataset {
    folder: TempDir,
    store: DatasetStore,
    run_id: RunId,
    record: RunRecord,
}

/// How a worker leaves its manifest.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Closed.
    Finished,
    /// Committed once, then killed.
    Killed,
}

impl Dataset {
    /// A run that has written its `run.json` and nothing else.
    pub(crate) async fn begin(workers: u32) -> Dataset {
        Dataset::begin_with(workers, |_| {}).await
    }

    /// The same of another plan.
    pub(crate) async fn begin_with(workers: u32, change: impl FnOnce(&mut RunPlan)) -> Dataset {
        let folder = tempfile::tempdir().unwrap();
        let store = DatasetStore::create(folder.path().to_str().unwrap()).unwrap();
        let run_id = RunId::new("20260131T120000Z-4f2a9c").unwrap();
        let mut plan = plan(run_id.clone());
        change(&mut plan);
        let record = RunRecord::new(plan, RUN_START, workers);
        record.create(&store).await.unwrap();
        Dataset { folder, store, run_id, record }
    }

    /// A run of one worker that wrote these samples and finished.
    pub(crate) async fn finished(samples: Vec<Sample>) -> Dataset {
        let dataset = Dataset::begin(1).await;
        dataset.worker(0, samples, End::Finished).await;
        dataset.finish().await;
        dataset
    }

    /// Writes one worker's rows.
    pub(crate) async fn worker(&self, worker: u32, samples: Vec<Sample>, end: End) {
        let capacity = samples.len();
        self.worker_with(worker, samples, capacity, end, |_| {}).await;
    }

    /// Writes one worker's rows through a queue of this capacity, and lets its account be changed.
    pub(crate) async fn worker_with(
        &self,
        worker: u32,
        samples: Vec<Sample>,
        capacity: usize,
        end: End,
        change: impl FnOnce(&mut FinalAccount) + Send + 'static,
    ) {
        let (store, run_id, runtime) = (self.store.clone(), self.run_id.clone(), Handle::current());
        let write = move || {
            let clock = RunClock::starting_at(RUN_START);
            let policy = RollPolicy { part_bytes: 1, row_group_rows: PART_ROWS, ..RollPolicy::default() };
            let config = RollerConfig { run_id: run_id.clone(), worker, policy, marked: true };
            let roller = Roller::new(store, config, clock, runtime).unwrap();
            let (queue, receiver) = SampleQueue::new(capacity);
            // All at once and before anyone takes them: what finds the queue full is lost, as many as planned.
            samples.into_iter().for_each(|sample| queue.record(sample));
            queue.close();
            let stats = queue.stats();
            let mut origin = BatcherConfig::new(BatchOrigin { run_id, region: None });
            origin.tick = Duration::ZERO;
            let batched = Batcher::new(origin, receiver, roller, clock).run();
            let samples = SampleAccount { accepted: stats.accepted, lost: stats.lost };
            close(batched, samples, end, change);
        };
        tokio::task::spawn_blocking(write).await.unwrap();
    }

    /// Writes one worker's rows as a run does that rolls its parts by time: each lot of samples, then a tick at its end.
    pub(crate) async fn worker_over_time(&self, worker: u32, lots: Vec<(Timestamp, Vec<Sample>)>) {
        let (store, run_id, runtime) = (self.store.clone(), self.run_id.clone(), Handle::current());
        let write = move || {
            let config =
                RollerConfig { run_id: run_id.clone(), worker, policy: RollPolicy::default(), marked: true };
            let mut roller = Roller::new(store, config, RunClock::starting_at(RUN_START), runtime).unwrap();
            let mut builders = BatchBuilders::new(BatchOrigin { run_id, region: None });
            let (mut iterations, mut accepted) = (0, 0);
            for (end, samples) in lots {
                let mut windows = Windows::new();
                for sample in &samples {
                    windows.record(sample);
                    builders.append(sample);
                    iterations += u64::from(matches!(sample, Sample::Iteration(_)));
                }
                accepted += samples.len() as u64;
                windows.close_all().iter().for_each(|window| builders.append_window(window));
                let batches =
                    Table::ALL.into_iter().filter_map(|table| Some((table, builders.finish(table)?)));
                batches.for_each(|(table, batch)| roller.write(table, batch));
                roller.tick(Tick::at(end));
            }
            let completed = IterationAccount {
                scheduled: iterations,
                started: iterations,
                completed: iterations,
                ..IterationAccount::default()
            };
            let samples = SampleAccount { accepted, lost: 0 };
            let end =
                roller.finish(FinalAccount { iterations: completed, samples, ..FinalAccount::default() });
            assert!(end.failure.is_none(), "{:?}", end.failure);
        };
        tokio::task::spawn_blocking(write).await.unwrap();
    }

    /// Writes the outcome of a run that ended ten seconds after its start.
    pub(crate) async fn finish(&self) {
        self.finish_with(|_| {}).await;
    }

    pub(crate) async fn finish_with(&self, change: impl FnOnce(&mut Outcome)) {
        let reader = self.reader().await;
        let mut outcome = Outcome::finished(at_ms(10_000), Totals::of(reader.manifests()));
        change(&mut outcome);
        let layout = outrider_storage::RunLayout::new(self.run_id.clone());
        outcome.create(&self.store, &layout).await.unwrap();
    }

    pub(crate) async fn reader(&self) -> RunReader {
        RunReader::open(&self.store, &self.run_id).await.unwrap()
    }

    /// Makes the run one that goes on, for as long as the mark is there.
    pub(crate) fn goes_on(&self) -> RunningMark {
        RunningMark::set(&self.store, &self.run_id).expect("this file system has locks")
    }

    pub(crate) fn store(&self) -> &DatasetStore {
        &self.store
    }

    pub(crate) fn record(&self) -> &RunRecord {
        &self.record
    }

    /// What the charts of the report's page show.
    pub(crate) async fn charts(&self) -> Charts {
        Charts::read(&self.store, &self.run_id, &self.summary().await).await.unwrap()
    }

    pub(crate) async fn summary(&self) -> Summary {
        self.summary_at(10_000).await
    }

    /// The summary from windows.
    pub(crate) async fn quick_summary(&self) -> Summary {
        let (source, now) = (SummarySource::Windows, at_ms(10_000));
        Summary::read_from(source, &self.store, &self.run_id, now).await.unwrap()
    }

    /// The summary as it is so many milliseconds after the start of the run.
    pub(crate) async fn summary_at(&self, ms: u64) -> Summary {
        Summary::read(&self.store, &self.run_id, at_ms(ms)).await.unwrap()
    }

    /// The files of a table's parts, and the rows of each.
    pub(crate) async fn parts(&self, table: Table) -> Vec<(PathBuf, u64)> {
        let run = self.folder.path().join("runs").join(self.run_id.as_str());
        let reader = self.reader().await;
        reader.parts(table).map(|part| (run.join(part.path.to_string()), part.rows)).collect()
    }
}

fn close(
    batched: BatcherEnd<Roller>,
    samples: SampleAccount,
    end: End,
    change: impl FnOnce(&mut FinalAccount),
) {
    let BatcherEnd { sink: mut roller, stats } = batched;
    if end == End::Killed {
        // The parts that are due by then, and a commit; the roller is gone after that.
        roller.tick(Tick::at(at_ms(3_600_000)));
        return;
    }
    let counted = stats.iterations;
    let started = counted.completed + counted.failed + counted.interrupted;
    let iterations = IterationAccount {
        scheduled: started + counted.dropped,
        started,
        completed: counted.completed,
        failed: counted.failed,
        interrupted: counted.interrupted,
        dropped: counted.dropped,
        unstarted: 0,
    };
    let mut account = FinalAccount { iterations, samples, ..FinalAccount::default() };
    change(&mut account);
    let end = roller.finish(account);
    assert!(end.failure.is_none(), "{:?}", end.failure);
}

fn plan(run_id: RunId) -> RunPlan {
    RunPlan {
        run_id,
        name: None,
        journeys: vec![JourneyPlan {
            name: "checkout".to_owned(),
            plugin: PluginRef {
                name: "checkout".to_owned(),
                path: "examples/checkout.wasm".to_owned(),
                digest: "sha256:00".to_owned(),
            },
            parameters: BTreeMap::new(),
        }],
        target: Some("http://127.0.0.1:8080".to_owned()),
        allow_net: Vec::new(),
        seed: 1,
        scenarios: vec![ScenarioPlan {
            name: "browse".to_owned(),
            journey: "checkout".to_owned(),
            plugin_scenario: "default".to_owned(),
            weights: BTreeMap::new(),
            start_time: Duration::ZERO,
            graceful_stop: Duration::from_secs(30),
            tags: BTreeMap::new(),
            executor: ExecutorPlan::ConstantVus { vus: 7, duration: Duration::from_secs(10) },
            share: None,
        }],
        packs: Vec::new(),
        thresholds: Vec::new(),
    }
}
