//! From samples to Arrow: the schemas of every table, batches of rows, windows per second and sketches.
//!
//! ```text
//! VU tasks ── record ──► SampleQueue ── bounded ──► Batcher's thread ─┬─► NameGuard: at most N names
//!             (never blocks;                                          ├─► LiveStats, read by the terminal
//!              full = lost, counted)                                  ├─► Windows, one row per second and name
//!                                                                     ├─► thresholds, judged at each tick
//!                                                                     └─► BatchBuilders ─► BatchSink (storage)
//! ```
//!
//! * [`Table`] and [`Column`]: what the dataset holds, documented in one place;
//!   [`dataset_reference_markdown`] renders it for people.
//! * [`SampleQueue`] and [`Batcher`]: the way off the hot path.
//! * [`Windows`] and [`Sketch`]: what is merged over seconds, names, workers and runs.
//! * [`ThresholdView`]: how the run's thresholds stand, judged over merged windows.
//! * [`SaturationTally`]: whether the load generator was at its limit.
//! * [`SampleTap`]: what looks at samples on their way. `outrider-export` implements it.
//! * [`BatchSink`]: what takes finished batches. `outrider-storage` implements it with Parquet.
//!
//! This crate does no I/O: it neither knows where rows are kept nor how they are encoded on disk.
//!
//! ```
//! use outrider_telemetry::Sketch;
//!
//! let (mut one, mut other) = (Sketch::new(), Sketch::new());
//! (1..=50).for_each(|ms| one.add(f64::from(ms)));
//! (51..=100).for_each(|ms| other.add(f64::from(ms)));
//! one.merge(&other);
//! let p95 = one.quantile(0.95).expect("the sketch holds values");
//! assert!((p95 - 95.0).abs() <= 95.0 * outrider_telemetry::SKETCH_RELATIVE_ACCURACY);
//! ```
#![warn(missing_docs)]

mod batch;
mod batcher;
mod error;
mod live;
mod names;
mod queue;
mod saturation;
mod schema;
mod sketch;
mod tap;
#[cfg(test)]
mod test_samples;
mod threshold;
mod window;

pub use batch::{BatchBuilders, BatchOrigin, DEFAULT_BATCH_BYTES, DEFAULT_BATCH_ROWS};
pub use batcher::{
    AnswerTally, BatchSink, Batcher, BatcherConfig, BatcherEnd, BatcherStats, DEFAULT_TICK, DRAIN_PAUSE,
    IterationTally, OpenSecond, Tick, Unanswered,
};
pub use error::TelemetryError;
pub use live::{LIVE_SECONDS, LiveSnapshot, LiveStats, ScenarioLive, ScenarioTotals};
pub use names::{DEFAULT_NAME_LIMIT, NameGuard, NameKind, OTHER_NAME};
pub use queue::{DEFAULT_QUEUE_CAPACITY, QueueStats, SampleQueue, SampleReceiver};
pub use saturation::{
    LateStarts, SATURATED_SECONDS, SaturatedBy, SaturatedStretch, SaturationTally, WatchedSecond, cpu_load,
};
pub use schema::{Column, ColumnKind, SCHEMA_VERSION, Table, dataset_reference_markdown};
pub use sketch::{SKETCH_MAX_BINS, SKETCH_RELATIVE_ACCURACY, Sketch};
pub use tap::SampleTap;
pub use threshold::{
    ThresholdCrossing, ThresholdStanding, ThresholdState, ThresholdView, has_data, is_measured,
};
pub use window::{
    LATE_GRACE_SECONDS, RequestTotals, ValueTotals, WINDOW_COLUMNS, Window, WindowKey, WindowKind,
    WindowTotals, Windows, windows_from_batch,
};
