//! Writes a run of made-up requests as a real one writes its rows: windows, batches, write-ahead log, Parquet. For
//! benchmarks, and for whoever wants to see how a large dataset is read.
//!
//! `cargo run --release -p outrider-storage --example fill -- --rows 1000000 --out FOLDER`
//!
//! Prints one JSON document. `generate_s` is what making the samples alone takes, which `seconds` has in it.
#![expect(clippy::print_stdout, reason = "an example's result is what it prints")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use outrider_model::{
    ExecutorPlan, IterationIndex, IterationSample, IterationStatus, JourneyPlan, Origin, Phases, PluginRef,
    RequestSample, RunClock, RunId, RunPlan, Sample, ScenarioPlan, Timestamp, VuId, mix64,
};
use outrider_storage::{
    DEFAULT_PART_AGE, DEFAULT_PART_BYTES, DatasetStore, FinalAccount, IterationAccount, Manifest, Outcome,
    RollPolicy, Roller, RollerConfig, RunLayout, RunRecord, SampleAccount, Totals,
};
use outrider_telemetry::{BatchBuilders, BatchOrigin, BatchSink, DEFAULT_TICK, Table, Tick, Windows};
use serde_json::json;

/// 2026-01-31T12:00:00Z.
const START: Timestamp = Timestamp(1_769_860_800_000_000_000);

/// Users, each with its iterations one after the other.
const USERS: u64 = 500;

/// Requests of an iteration.
const REQUESTS: u64 = 10;

/// How many URLs there are of each name.
const URLS: u64 = 1_000;

/// About what a row takes.
const BYTES_OF_A_ROW: usize = 16;

/// One in a hundred fails.
const FAILING: u64 = 100;

/// What is asked for.
#[derive(Debug)]
struct Options {
    rows: u64,
    names: u64,
    /// Over how many seconds of made-up time the rows are spread.
    lasts: u64,
    out: String,
    /// Whether there is a write-ahead log.
    log: bool,
}

impl Options {
    fn read(mut args: impl Iterator<Item = String>) -> Result<Options, String> {
        let mut options = Options { rows: 1_000_000, names: 20, lasts: 60, out: ".".to_owned(), log: true };
        while let Some(flag) = args.next() {
            if flag == "--no-log" {
                options.log = false;
                continue;
            }
            let value = args.next().ok_or_else(|| format!("{flag} has no value"))?;
            let number = || value.parse::<u64>().ok().filter(|number| *number > 0);
            let wrong = || format!("{flag} {value}: not a number above 0");
            match flag.as_str() {
                "--rows" => options.rows = number().ok_or_else(wrong)?,
                "--names" => options.names = number().ok_or_else(wrong)?,
                "--seconds" => options.lasts = number().ok_or_else(wrong)?,
                "--out" => options.out = value,
                _ => return Err(format!("{flag}: there are --rows, --names, --seconds, --out and --no-log")),
            }
        }
        Ok(options)
    }
}

/// Makes samples, always the same ones.
struct Samples {
    names: Vec<Arc<str>>,
    urls: Vec<Arc<str>>,
    origins: Vec<Origin>,
    method: Arc<str>,
    step_ns: u64,
}

impl Samples {
    fn new(options: &Options) -> Samples {
        let names: Vec<Arc<str>> = (0..options.names).map(|id| format!("GET /section-{id}").into()).collect();
        let url =
            |id: u64| format!("http://shop.test:8080/section-{}/item-{}", id % options.names, id).into();
        let origin = |user: u64| Origin {
            scenario: "browse".into(),
            vu: VuId(user as u32 + 1),
            iteration: IterationIndex(0),
            step: Some("look around".into()),
            tags: Arc::from([]),
        };
        Samples {
            names,
            urls: (0..options.names * URLS).map(url).collect(),
            origins: (0..USERS).map(origin).collect(),
            method: "GET".into(),
            step_ns: (options.lasts * 1_000_000_000 / options.rows).max(1),
        }
    }

    /// When the request with this number is sent: rows come in the order of time.
    fn at(&self, number: u64) -> Timestamp {
        START + Duration::from_nanos(number * self.step_ns)
    }

    fn origin(&self, number: u64) -> Origin {
        let user = number / REQUESTS % USERS;
        let iteration = IterationIndex(number / REQUESTS);
        Origin { iteration, ..self.origins[user as usize].clone() }
    }

    /// Log-normal times around 20 ms, as those of web servers are.
    fn duration(random: u64) -> Duration {
        let uniform = |bits: u64| (bits & 0xffff_ffff) as f64 / 4_294_967_296.0;
        let sum: f64 = (0..4).map(|index| uniform(mix64(random ^ index))).sum();
        Duration::from_nanos((20e6 * ((sum - 2.0) * 0.9).exp()) as u64)
    }

    fn request(&self, number: u64) -> Sample {
        let random = mix64(number);
        let name = (random % self.names.len() as u64) as usize;
        let url = name + self.names.len() * (mix64(random) % URLS) as usize;
        let duration = Samples::duration(random);
        let failed = mix64(!random).is_multiple_of(FAILING);
        Sample::Request(Box::new(RequestSample {
            origin: self.origin(number),
            name: Arc::clone(&self.names[name]),
            method: Arc::clone(&self.method),
            url: Arc::clone(&self.urls[url]),
            status: Some(if failed { 503 } else { 200 }),
            protocol: Some("HTTP/1.1"),
            started_at: self.at(number),
            duration,
            phases: Phases {
                wait: duration.mul_f64(0.9),
                receive: duration.mul_f64(0.1),
                ..Phases::default()
            },
            lateness: Duration::ZERO,
            bytes_sent: 180,
            bytes_received: 2_000 + random % 500,
            connection_reused: true,
            remote_address: Some(([10, 0, 0, 1], 8080).into()),
            ok: !failed,
            interrupted: false,
            error_kind: failed.then(|| "status 503".into()),
            error: None,
            trace_id: None,
            span_id: None,
        }))
    }

    /// The iteration whose last request has this number.
    fn iteration(&self, number: u64) -> Sample {
        let started_at = self.at(number + 1 - REQUESTS);
        Sample::Iteration(IterationSample {
            scenario: "browse".into(),
            tags: Arc::from([]),
            vu: Some(VuId((number / REQUESTS % USERS) as u32 + 1)),
            iteration: IterationIndex(number / REQUESTS),
            scheduled_at: started_at,
            started_at,
            waited: Duration::ZERO,
            duration: Duration::from_millis(200),
            status: IterationStatus::Completed,
            cause: None,
            error_kind: None,
            error: None,
            stack: None,
        })
    }
}

/// What the batcher's thread does with samples, by made-up time.
struct Writer {
    windows: Windows,
    builders: BatchBuilders,
    roller: Roller,
    next_tick: Timestamp,
}

impl Writer {
    fn write(&mut self, sample: &Sample, now: Timestamp) {
        self.windows.record(sample);
        let table = self.builders.append(sample);
        if self.builders.is_full(table) {
            self.hand_over(table);
        }
        if now >= self.next_tick {
            self.tick(now);
        }
    }

    fn tick(&mut self, now: Timestamp) {
        let closed = self.windows.close_before(now);
        closed.iter().for_each(|window| self.builders.append_window(window));
        Table::ALL.into_iter().for_each(|table| self.hand_over(table));
        self.roller.tick(Tick::at(now));
        self.next_tick = now + DEFAULT_TICK;
    }

    fn hand_over(&mut self, table: Table) {
        if let Some(batch) = self.builders.finish(table) {
            self.roller.write(table, batch);
        }
    }

    fn finish(mut self, iterations: u64, rows: u64) -> Manifest {
        let closed = self.windows.close_all();
        closed.iter().for_each(|window| self.builders.append_window(window));
        Table::ALL.into_iter().for_each(|table| self.hand_over(table));
        let account = IterationAccount {
            scheduled: iterations,
            started: iterations,
            completed: iterations,
            ..IterationAccount::default()
        };
        let samples = SampleAccount { accepted: rows + iterations, lost: 0 };
        let end =
            self.roller.finish(FinalAccount { iterations: account, samples, ..FinalAccount::default() });
        assert!(end.failure.is_none(), "{:?}", end.failure);
        end.manifest
    }
}

fn plan(run_id: RunId, lasts: Duration) -> RunPlan {
    let plugin =
        PluginRef { name: "made-up".to_owned(), path: "fill.rs".to_owned(), digest: "sha256:00".to_owned() };
    let scenario = ScenarioPlan {
        name: "browse".to_owned(),
        journey: "made-up".to_owned(),
        plugin_scenario: "default".to_owned(),
        weights: BTreeMap::new(),
        start_time: Duration::ZERO,
        graceful_stop: Duration::from_secs(30),
        tags: BTreeMap::new(),
        executor: ExecutorPlan::ConstantVus { vus: USERS as u32, duration: lasts },
        share: None,
    };
    RunPlan {
        run_id,
        name: Some("made up".to_owned()),
        journeys: vec![JourneyPlan { name: "made-up".to_owned(), plugin, parameters: BTreeMap::new() }],
        target: Some("http://shop.test:8080/".to_owned()),
        allow_net: Vec::new(),
        seed: 0,
        scenarios: vec![scenario],
        packs: Vec::new(),
        thresholds: Vec::new(),
    }
}

fn main() {
    let options = Options::read(std::env::args().skip(1)).unwrap_or_else(|fault| {
        println!("{}", json!({ "error": fault }));
        std::process::exit(2)
    });
    let document = fill(&options);
    println!("{document:#}");
}

fn fill(options: &Options) -> serde_json::Value {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().expect("a runtime");
    let store = DatasetStore::create(&options.out).expect("a folder that can be written to");
    let clock = RunClock::start_now();
    let id = format!("20260131T120000Z-{:06x}", mix64(clock.now().0 as u64) & 0xff_ffff);
    let run_id = RunId::new(&id).expect("a valid id");
    let lasts = Duration::from_secs(options.lasts);
    let record = RunRecord::new(plan(run_id.clone(), lasts), START, 1);
    runtime.block_on(record.create(&store)).expect("run.json");

    let samples = Samples::new(options);
    let generate_s = generating(&samples, options.rows, &clock);
    let begin = clock.now();
    // By the roller's clock all rows are young, since their time passes faster: parts are cut by their size.
    let policy = RollPolicy { part_bytes: part_bytes(options), ..RollPolicy::default() };
    let config = RollerConfig { run_id: run_id.clone(), worker: 0, policy, marked: options.log };
    let roller_clock = RunClock::starting_at(START + 2 * lasts);
    let roller = Roller::new(store.clone(), config, roller_clock, runtime.handle().clone());
    let mut writer = Writer {
        windows: Windows::new(),
        builders: BatchBuilders::new(BatchOrigin { run_id: run_id.clone(), region: None }),
        roller: roller.expect("a roller"),
        next_tick: START + DEFAULT_TICK,
    };
    for number in 0..options.rows {
        let now = samples.at(number);
        writer.write(&samples.request(number), now);
        if number % REQUESTS == REQUESTS - 1 {
            writer.write(&samples.iteration(number), now);
        }
    }
    let manifest = writer.finish(options.rows / REQUESTS, options.rows);
    let seconds = clock.now().since(begin).as_secs_f64();
    let outcome = Outcome::finished(START + lasts, Totals::of([&manifest]));
    runtime.block_on(outcome.create(&store, &RunLayout::new(run_id))).expect("outcome.json");

    let of = |wanted: Option<Table>| -> u64 {
        let parts = manifest.parts.iter();
        parts.filter(|part| wanted.is_none_or(|table| part.path.table == table)).map(|part| part.bytes).sum()
    };
    json!({
        "run": id,
        "rows": options.rows,
        "seconds": seconds,
        "generate_s": generate_s,
        "request_bytes": of(Some(Table::Requests)),
        "all_bytes": of(None),
        "log": options.log,
    })
}

/// So many bytes that there are about as many parts as a run of this length has, which cuts one each ten seconds.
fn part_bytes(options: &Options) -> usize {
    let parts = (options.lasts / DEFAULT_PART_AGE.as_secs()).max(1);
    let bytes = usize::try_from(options.rows / parts).unwrap_or(usize::MAX).saturating_mul(BYTES_OF_A_ROW);
    bytes.clamp(1 << 16, DEFAULT_PART_BYTES)
}

/// How long making all samples takes, by a tenth of them.
fn generating(samples: &Samples, rows: u64, clock: &RunClock) -> f64 {
    let (some, begin) = ((rows / 10).max(1), clock.now());
    let made: u64 = (0..some)
        .map(|number| match std::hint::black_box(samples.request(number)) {
            Sample::Request(request) => request.bytes_received,
            _ => 0,
        })
        .sum();
    std::hint::black_box(made);
    clock.now().since(begin).as_secs_f64() * rows as f64 / some as f64
}
