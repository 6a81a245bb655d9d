//! A run in a folder or in memory, with rows of all tables.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use arrow::array::RecordBatch;
use object_store::ObjectStore;
use object_store::memory::InMemory;
use outrider_model::{
    Arrivals, CheckSample, ExecutorPlan, IterationIndex, IterationSample, IterationStatus, JourneyPlan,
    LogLevel, LogSample, MetricKind, MetricSample, Origin, Phases, PluginRef, Rate, RequestSample, RunClock,
    RunId, RunPlan, Sample, ScenarioPlan, StepSample, SystemSample, Tags, Timestamp, VuId, WhenBusy,
};
use outrider_storage::{
    DatasetStore, FinalAccount, IterationAccount, Outcome, RollPolicy, Roller, RollerConfig, RollerEnd,
    RunLayout, RunReader, RunRecord, SampleAccount, Totals,
};
use outrider_telemetry::{BatchBuilders, BatchOrigin, BatchSink, Table, Tick, Windows};
use tokio::runtime::{Builder, Runtime};

pub(crate) const RUN: &str = "20260202T024000Z-4f2a9c";

pub(crate) fn run_id() -> RunId {
    RunId::new(RUN).unwrap()
}

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp((1_770_000_000 + second) * 1_000_000_000)
}

pub(crate) fn clock() -> RunClock {
    RunClock::starting_at(at(0))
}

/// A policy without pauses, so that no test waits.
pub(crate) fn policy() -> RollPolicy {
    RollPolicy { put_pause: Duration::ZERO, ..RollPolicy::default() }
}

pub(crate) fn plan() -> RunPlan {
    let executor = ExecutorPlan::ConstantArrivalRate {
        rate: Rate::per_second(100.0),
        duration: Duration::from_secs(60),
        pre_allocated_vus: 20,
        max_vus: 100,
        arrivals: Arrivals::Even,
        when_busy: WhenBusy::Wait,
    };
    RunPlan {
        run_id: run_id(),
        name: None,
        journeys: vec![JourneyPlan {
            name: "checkout".to_owned(),
            plugin: PluginRef {
                name: "checkout".to_owned(),
                path: "checkout.wasm".to_owned(),
                digest: "sha256:00".to_owned(),
            },
            parameters: BTreeMap::new(),
        }],
        target: Some("http://127.0.0.1:8080".to_owned()),
        allow_net: Vec::new(),
        seed: 7,
        scenarios: vec![ScenarioPlan {
            name: "browse".to_owned(),
            journey: "checkout".to_owned(),
            plugin_scenario: "browse".to_owned(),
            weights: BTreeMap::new(),
            start_time: Duration::ZERO,
            graceful_stop: Duration::from_secs(30),
            tags: BTreeMap::new(),
            executor,
            share: None,
        }],
        packs: Vec::new(),
        thresholds: Vec::new(),
    }
}

/// A dataset with a runtime for its puts.
pub(crate) struct Dataset {
    pub(crate) runtime: Runtime,
    pub(crate) store: DatasetStore,
}

impl Dataset {
    pub(crate) fn new(objects: Arc<dyn ObjectStore>) -> Dataset {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        Dataset { runtime, store: DatasetStore::new(objects, "memory") }
    }

    pub(crate) fn in_memory() -> Dataset {
        Dataset::new(Arc::new(InMemory::new()))
    }

    pub(crate) fn in_folder(folder: &std::path::Path) -> Dataset {
        let store = DatasetStore::create(folder.to_str().unwrap()).unwrap();
        Dataset { store, ..Dataset::in_memory() }
    }

    pub(crate) fn begin(&self) {
        let record = RunRecord::new(plan(), at(0), 1);
        self.runtime.block_on(record.create(&self.store)).unwrap();
    }

    pub(crate) fn roller(&self, policy: RollPolicy) -> Roller {
        let config = RollerConfig { run_id: run_id(), worker: 0, policy, marked: true };
        Roller::new(self.store.clone(), config, clock(), self.runtime.handle().clone()).unwrap()
    }

    pub(crate) fn end(&self, end: &RollerEnd) {
        let outcome = Outcome::finished(at(60), Totals::of([&end.manifest]));
        self.runtime.block_on(outcome.create(&self.store, &RunLayout::new(run_id()))).unwrap();
    }

    /// A whole run with these batches, from `run.json` to `outcome.json`.
    pub(crate) fn write_run(&self, policy: RollPolicy, batches: &[(Table, RecordBatch)]) -> RollerEnd {
        self.begin();
        let mut roller = self.roller(policy);
        for (table, batch) in batches {
            roller.write(*table, batch.clone());
            // The age of what waits does not grow by it, so only full parts are due.
            roller.tick(Tick::at(at(0)));
        }
        let end = roller.finish(account(batches));
        self.end(&end);
        end
    }

    pub(crate) fn open(&self) -> RunReader {
        self.runtime.block_on(RunReader::open(&self.store, &run_id())).unwrap()
    }

    pub(crate) fn read(&self, table: Table, columns: Option<&[&str]>) -> Vec<RecordBatch> {
        let mut reader = self.open().table(table, columns).unwrap();
        let mut batches = Vec::new();
        while let Some(batch) = self.runtime.block_on(reader.next_batch()).unwrap() {
            batches.push(batch);
        }
        batches
    }

    pub(crate) fn rows(&self, table: Table) -> usize {
        self.read(table, Some(&["started_at"])).iter().map(RecordBatch::num_rows).sum()
    }
}

/// The account of a session in which every sample became a row.
pub(crate) fn account(batches: &[(Table, RecordBatch)]) -> FinalAccount {
    let rows = |wanted: &dyn Fn(Table) -> bool| -> u64 {
        batches.iter().filter(|(table, _)| wanted(*table)).map(|(_, batch)| batch.num_rows() as u64).sum()
    };
    let iterations = rows(&|table| table == Table::Iterations);
    FinalAccount {
        iterations: IterationAccount {
            scheduled: iterations,
            started: iterations,
            completed: iterations,
            ..IterationAccount::default()
        },
        samples: SampleAccount { accepted: rows(&Table::is_sampled), lost: 0 },
        ..FinalAccount::default()
    }
}

fn origin(index: u64) -> Origin {
    Origin {
        scenario: "browse".into(),
        vu: VuId(1 + index as u32 % 10),
        iteration: IterationIndex(index),
        step: Some("open the cart".into()),
        tags: Arc::from([(
            Arc::from("currency"),
            Arc::from(if index.is_multiple_of(2) { "EUR" } else { "CHF" }),
        )]),
    }
}

pub(crate) fn request(index: u64, started_at: Timestamp) -> Sample {
    let duration = Duration::from_micros(500 + index * 37 % 90_000);
    Sample::Request(Box::new(RequestSample {
        origin: origin(index),
        name: "/product/{id}".into(),
        method: "GET".into(),
        url: format!("http://127.0.0.1:8080/product/{index}").into(),
        status: (!index.is_multiple_of(50)).then_some(200),
        protocol: Some("HTTP/1.1"),
        started_at,
        duration,
        phases: Phases { wait: duration, ..Phases::default() },
        lateness: Duration::ZERO,
        bytes_sent: 100,
        bytes_received: 2_000 + index,
        connection_reused: true,
        remote_address: Some(([127, 0, 0, 1], 8080).into()),
        ok: !index.is_multiple_of(50),
        interrupted: false,
        error_kind: None,
        error: None,
        trace_id: Some(format!("{index:032x}").into()),
        span_id: None,
    }))
}

fn samples(index: u64) -> [Sample; 7] {
    // Rows arrive in the order of their ends, so their starts are out of order.
    let started_at = at(0) + Duration::from_millis(index * 10 % 977);
    let duration = Duration::from_millis(12);
    [
        Sample::Iteration(IterationSample {
            scenario: "browse".into(),
            tags: Tags::default(),
            vu: Some(VuId(1)),
            iteration: IterationIndex(index),
            scheduled_at: started_at,
            started_at,
            waited: Duration::ZERO,
            duration,
            status: IterationStatus::Completed,
            cause: None,
            error_kind: None,
            error: None,
            stack: None,
        }),
        Sample::Step(StepSample {
            origin: origin(index),
            name: "open the cart".into(),
            started_at,
            duration,
            ok: true,
            interrupted: false,
            error: None,
        }),
        request(index, started_at),
        Sample::Check(CheckSample {
            origin: origin(index),
            pack: "".into(),
            name: "the total is right".into(),
            at: started_at,
            passed: true,
            expected: None,
            actual: None,
            message: None,
            source_location: None,
        }),
        Sample::Metric(MetricSample {
            origin: origin(index),
            name: "basket".into(),
            kind: MetricKind::Trend,
            at: started_at,
            value: index as f64 / 3.0,
        }),
        Sample::Log(LogSample {
            origin: None,
            source: "stdout",
            level: LogLevel::Info,
            at: started_at,
            message: format!("line {index}").into(),
        }),
        Sample::System(Box::new(SystemSample {
            at: started_at,
            memory_bytes: index,
            ..SystemSample::default()
        })),
    ]
}

/// Two batches of each table; with `count` samples of each kind in each.
pub(crate) fn batches(count: u64) -> Vec<(Table, RecordBatch)> {
    let mut builders = BatchBuilders::new(BatchOrigin { run_id: run_id(), region: None });
    let mut windows = Windows::new();
    let mut batches = Vec::new();
    for half in 0..2 {
        for index in half * count..(half + 1) * count {
            for sample in samples(index) {
                builders.append(&sample);
                windows.record(&sample);
            }
        }
        windows.close_all().iter().for_each(|window| builders.append_window(window));
        batches.extend(Table::ALL.into_iter().filter_map(|table| Some((table, builders.finish(table)?))));
    }
    batches
}

/// Batches of requests alone, each a second later than the one before.
pub(crate) fn request_batches(batches: i64, rows: u64) -> Vec<(Table, RecordBatch)> {
    let mut builders = BatchBuilders::new(BatchOrigin { run_id: run_id(), region: None });
    (0..batches)
        .map(|batch| {
            for row in 0..rows {
                let index = batch as u64 * rows + row;
                builders.append(&request(index, at(batch) + Duration::from_micros(index * 7 % 1_000)));
            }
            (Table::Requests, builders.finish(Table::Requests).unwrap())
        })
        .collect()
}
