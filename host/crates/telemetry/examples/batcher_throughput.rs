//! How many request samples a second the batcher's thread makes rows, windows and the live view of.
//!
//! `cargo run --release -p outrider-telemetry --example batcher_throughput`
#![expect(clippy::print_stdout, reason = "an example's result is what it prints")]

use std::sync::Arc;
use std::time::Duration;

use arrow::array::RecordBatch;
use outrider_model::{
    IterationIndex, Origin, Phases, RequestSample, RunClock, RunId, Sample, SampleSink, VuId,
};
use outrider_telemetry::{BatchOrigin, BatchSink, Batcher, BatcherConfig, SampleQueue, Table, Tick};

const SAMPLES: usize = 400_000;
const NAMES: usize = 20;

#[derive(Debug)]
struct Discard;

impl BatchSink for Discard {
    fn write(&mut self, _table: Table, _batch: RecordBatch) {}
    fn tick(&mut self, _tick: Tick) {}
}

fn sample(index: usize, names: &[Arc<str>], origin: &Origin, clock: &RunClock) -> Sample {
    let duration = Duration::from_nanos(800_000 + (index as u64 * 7_919) % 40_000_000);
    Sample::Request(Box::new(RequestSample {
        origin: Origin { iteration: IterationIndex(index as u64 / 4), ..origin.clone() },
        name: names[index % NAMES].clone(),
        method: "GET".into(),
        url: format!("http://127.0.0.1:8080/product/{}", index % 5_000).into(),
        status: Some(200),
        protocol: Some("HTTP/1.1"),
        started_at: clock.now(),
        duration,
        phases: Phases { wait: duration, ..Phases::default() },
        lateness: Duration::ZERO,
        bytes_sent: 180,
        bytes_received: 2_048,
        connection_reused: true,
        remote_address: Some(([127, 0, 0, 1], 8080).into()),
        ok: true,
        interrupted: false,
        error_kind: None,
        error: None,
        trace_id: Some(format!("{index:032x}").into()),
        span_id: None,
    }))
}

fn main() {
    let clock = RunClock::start_now();
    let names: Vec<Arc<str>> = (0..NAMES).map(|n| format!("/product/section-{n}").into()).collect();
    let origin = Origin {
        scenario: "browse".into(),
        vu: VuId(1),
        iteration: IterationIndex(0),
        step: Some("look around".into()),
        tags: Arc::from([]),
    };
    let (queue, receiver) = SampleQueue::new(SAMPLES);
    (0..SAMPLES).for_each(|index| queue.record(sample(index, &names, &origin, &clock)));
    queue.close();

    let run_id = RunId::new("20260101T000000Z-bench0").expect("a valid id");
    let config = BatcherConfig::new(BatchOrigin { run_id, region: None });
    let batcher = Batcher::new(config, receiver, Discard, clock);
    let start = clock.now();
    let end = batcher.run();
    let elapsed = clock.now().since(start);
    let rows = end.stats.rows[Table::Requests as usize];
    println!("{rows} rows in {elapsed:?}: {:.0} samples/s", rows as f64 / elapsed.as_secs_f64());
}
