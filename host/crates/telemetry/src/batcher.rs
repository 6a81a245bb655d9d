//! The batcher: one thread that takes samples off the queue and makes batches, windows and the live
//! view of them.
//!
//! ```text
//! running ── queue closed and empty ──► flushing ── all batches handed over ──► ended
//!   │  every tick: judge thresholds, close windows, hand over what waits, publish the live view
//!   └─ nothing queued: pause
//! ```
//!
//! The thread polls instead of waiting to be woken: a VU that records a sample then never pays for a
//! wake-up, which costs more than the sample. A slow sink blocks this thread; the queue fills, and
//! what finds it full is lost and counted. Memory stays bounded all the way.

mod recorder;
mod tally;

use std::thread::{self, JoinHandle};
use std::time::Duration;

use arrow::array::RecordBatch;
use outrider_model::threshold::Threshold;
use outrider_model::{RunClock, Timestamp};

use crate::queue::Received;
use crate::threshold::ThresholdRecorder;
use crate::{BatchOrigin, DEFAULT_NAME_LIMIT, LiveStats, SampleReceiver, SampleTap, Table, ThresholdView};
pub use recorder::BatcherStats;
use recorder::Recorder;
pub use tally::{AnswerTally, IterationTally, Unanswered};

/// Half a second: how long a row waits in a builder at most, and how often the live view is renewed. What waits is
/// lost when the process is killed, and no more than a second of rows is to be.
pub const DEFAULT_TICK: Duration = Duration::from_millis(500);

/// Ten milliseconds: the queue holds a hundred times what a busy generator makes in this time, and a
/// hundred wake-ups a second cost nothing one can measure.
pub const DRAIN_PAUSE: Duration = Duration::from_millis(10);

/// Samples taken between two looks at the clock: at most a few milliseconds of work.
const DRAIN_CHUNK: usize = 4_096;

/// Takes the finished batches.
///
/// All methods are called from the batcher's thread alone, one at a time, and may block: that holds up
/// this thread and nothing else. They return nothing: a sink that cannot keep rows counts them as
/// missing and tells whoever can stop the run, since the batcher can do neither.
pub trait BatchSink: Send {
    /// Takes a batch, whose schema is the table's. Called for each full batch, and at each tick for
    /// what waits. Nothing is promised to be durable on return.
    fn write(&mut self, table: Table, batch: RecordBatch);

    /// Called about once a [`DEFAULT_TICK`], after the writes of that tick: every sample that was taken until now is
    /// in a row that was written, and in a window that was written or is of one of [`Tick::open_seconds`].
    fn tick(&mut self, tick: Tick);
}

/// A moment at which nothing waits in a builder.
#[derive(Clone, Debug)]
pub struct Tick {
    /// When it is.
    pub now: Timestamp,
    /// Samples that found the queue full, so far.
    pub samples_lost: u64,
    /// The seconds whose windows are not closed yet, in their order. Their windows will be written, with more in them,
    /// unless the process ends before.
    pub open_seconds: Vec<OpenSecond>,
}

/// A second whose windows are not closed yet.
#[derive(Clone, Debug)]
pub struct OpenSecond {
    /// Its start.
    pub started_at: Timestamp,
    /// All its windows as rows of the table `windows`, if they are others than at the tick before.
    pub changed: Option<RecordBatch>,
}

impl Tick {
    /// A tick at which no window is open.
    pub fn at(now: Timestamp) -> Tick {
        Tick { now, samples_lost: 0, open_seconds: Vec::new() }
    }
}

/// What a batcher needs to know.
#[derive(Clone, Debug)]
pub struct BatcherConfig {
    /// Whose rows these are.
    pub origin: BatchOrigin,
    /// How many names of each kind pass. Defaults to 1,000 via [`DEFAULT_NAME_LIMIT`].
    pub name_limit: usize,
    /// How often what waits is handed over. Defaults to 0.5 s via [`DEFAULT_TICK`].
    pub tick: Duration,
    /// What is judged at each tick and at the end. Defaults to nothing.
    pub thresholds: Vec<Threshold>,
}

impl BatcherConfig {
    /// The defaults.
    pub fn new(origin: BatchOrigin) -> BatcherConfig {
        BatcherConfig { origin, name_limit: DEFAULT_NAME_LIMIT, tick: DEFAULT_TICK, thresholds: Vec::new() }
    }
}

/// Drains a queue into a sink until the queue is closed and empty.
#[derive(Debug)]
pub struct Batcher<S> {
    receiver: SampleReceiver,
    recorder: Recorder,
    thresholds: ThresholdRecorder,
    sink: S,
    clock: RunClock,
    tick: Duration,
    next_tick: Timestamp,
}

/// What a batcher leaves behind.
#[derive(Debug)]
pub struct BatcherEnd<S> {
    /// The sink, which has taken every row.
    pub sink: S,
    /// What the batcher counted.
    pub stats: BatcherStats,
}

enum Drained {
    More,
    Nothing,
    End,
}

impl<S: BatchSink> Batcher<S> {
    /// A batcher that has not begun.
    pub fn new(config: BatcherConfig, receiver: SampleReceiver, sink: S, clock: RunClock) -> Batcher<S> {
        let recorder = Recorder::new(config.origin, config.name_limit);
        let thresholds = ThresholdRecorder::new(config.thresholds);
        let next_tick = clock.now() + config.tick;
        Batcher { receiver, recorder, thresholds, sink, clock, tick: config.tick, next_tick }
    }

    /// Has `tap` see each sample, if there is one.
    #[must_use]
    pub fn with_tap(mut self, tap: Option<Box<dyn SampleTap>>) -> Batcher<S> {
        self.recorder.tap(tap);
        self
    }

    /// A handle to the live view.
    pub fn live(&self) -> LiveStats {
        self.recorder.live()
    }

    /// A handle to the thresholds. What it shows is final once the batcher has ended.
    pub fn thresholds(&self) -> ThresholdView {
        self.thresholds.view()
    }

    /// The sink, before the batcher runs.
    pub fn sink(&self) -> &S {
        &self.sink
    }

    /// Runs until the queue is closed and empty; then everything that was accepted has been handed
    /// over. Blocks: call it on a thread of its own.
    pub fn run(mut self) -> BatcherEnd<S> {
        loop {
            let drained = self.drain();
            self.tick_if_due();
            match drained {
                Drained::More => {}
                Drained::Nothing => thread::sleep(DRAIN_PAUSE),
                Drained::End => return self.finish(),
            }
        }
    }

    fn drain(&mut self) -> Drained {
        for _ in 0..DRAIN_CHUNK {
            match self.receiver.try_next() {
                Received::Sample(sample) => {
                    // Before names past the limit are replaced: a threshold is about what was measured.
                    self.thresholds.record(&sample);
                    self.recorder.record(sample, &mut self.sink);
                }
                Received::Nothing => return Drained::Nothing,
                Received::End => return Drained::End,
            }
        }
        Drained::More
    }

    fn tick_if_due(&mut self) {
        let now = self.clock.now();
        if now >= self.next_tick {
            self.thresholds.tick(now);
            self.recorder.tick(now, self.receiver.lost(), &mut self.sink);
            self.next_tick = now + self.tick;
        }
    }

    fn finish(mut self) -> BatcherEnd<S> {
        let now = self.clock.now();
        self.thresholds.finish(now);
        self.recorder.flush_all(now, &mut self.sink);
        BatcherEnd { sink: self.sink, stats: self.recorder.stats() }
    }
}

impl<S: BatchSink + 'static> Batcher<S> {
    /// Runs on a thread of its own.
    ///
    /// # Errors
    ///
    /// If the operating system gives no thread.
    pub fn spawn(self) -> std::io::Result<JoinHandle<BatcherEnd<S>>> {
        thread::Builder::new().name("outrider-batcher".to_owned()).spawn(|| self.run())
    }
}

#[cfg(test)]
mod tests;
