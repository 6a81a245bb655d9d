//! What becomes of one sample: the batcher without its thread, queue and clock.

use outrider_model::{Sample, Timestamp};

use super::tally::{AnswerTally, IterationTally};
use super::{BatchSink, OpenSecond, Tick};
use crate::live::LiveRecorder;
use crate::{
    BatchBuilders, BatchOrigin, LiveStats, NameGuard, NameKind, SampleTap, SaturationTally, Table, Window,
    Windows,
};

/// What a batcher counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatcherStats {
    /// Rows that were handed to the sink, by table, in the order of [`Table::ALL`].
    pub rows: [u64; Table::ALL.len()],
    /// Iterations by how they ended.
    pub iterations: IterationTally,
    /// Requests by whether they were answered.
    pub answers: AnswerTally,
    /// Whether this worker was saturated at any time.
    pub saturated: bool,
    /// Samples whose name was past the limit, for the kinds that had any.
    pub replaced_names: Vec<(NameKind, u64)>,
}

#[derive(Debug)]
pub(super) struct Recorder {
    names: NameGuard,
    windows: Windows,
    builders: BatchBuilders,
    live: LiveRecorder,
    rows: [u64; Table::ALL.len()],
    iterations: IterationTally,
    answers: AnswerTally,
    saturation: SaturationTally,
    tap: Option<Box<dyn SampleTap>>,
}

impl Recorder {
    pub(super) fn new(origin: BatchOrigin, name_limit: usize) -> Recorder {
        Recorder {
            names: NameGuard::new(name_limit),
            windows: Windows::new(),
            builders: BatchBuilders::new(origin),
            live: LiveRecorder::default(),
            rows: Default::default(),
            iterations: IterationTally::default(),
            answers: AnswerTally::default(),
            saturation: SaturationTally::default(),
            tap: None,
        }
    }

    pub(super) fn tap(&mut self, tap: Option<Box<dyn SampleTap>>) {
        self.tap = tap;
    }

    pub(super) fn live(&self) -> LiveStats {
        self.live.stats()
    }

    pub(super) fn record(&mut self, mut sample: Sample, sink: &mut impl BatchSink) {
        self.names.apply(&mut sample);
        self.live.record(&sample);
        self.windows.record(&sample);
        self.saturation.record(&sample);
        if let Some(tap) = &mut self.tap {
            tap.see(&sample);
        }
        match &sample {
            Sample::Iteration(iteration) => self.iterations.add(iteration.status),
            Sample::Request(request) => self.answers.add(request),
            _ => {}
        }
        let table = self.builders.append(&sample);
        self.hand_over_if_full(table, sink);
    }

    pub(super) fn tick(&mut self, now: Timestamp, samples_lost: u64, sink: &mut impl BatchSink) {
        let closed = self.windows.close_before(now);
        self.append_windows(closed, sink);
        self.hand_over_all(sink);
        self.live.publish(now);
        sink.tick(Tick { now, samples_lost, open_seconds: self.open_seconds() });
    }

    fn open_seconds(&mut self) -> Vec<OpenSecond> {
        let changes = self.windows.take_changes();
        let rows = |started_at| self.builders.open_second(&self.windows, started_at);
        let open = changes.into_iter();
        open.map(|(started_at, has_changed)| OpenSecond {
            started_at,
            changed: has_changed.then(|| rows(started_at)),
        })
        .collect()
    }

    pub(super) fn flush_all(&mut self, now: Timestamp, sink: &mut impl BatchSink) {
        let closed = self.windows.close_all();
        self.append_windows(closed, sink);
        self.hand_over_all(sink);
        self.live.publish(now);
    }

    pub(super) fn stats(&self) -> BatcherStats {
        let replaced_names = NameKind::ALL
            .into_iter()
            .map(|kind| (kind, self.names.replaced(kind)))
            .filter(|(_, replaced)| *replaced > 0)
            .collect();
        BatcherStats {
            rows: self.rows,
            iterations: self.iterations,
            answers: self.answers.clone(),
            saturated: self.saturation.is_saturated(),
            replaced_names,
        }
    }

    fn append_windows(&mut self, windows: Vec<Window>, sink: &mut impl BatchSink) {
        for window in windows {
            self.builders.append_window(&window);
            self.hand_over_if_full(Table::Windows, sink);
        }
    }

    fn hand_over_all(&mut self, sink: &mut impl BatchSink) {
        for table in Table::ALL {
            self.hand_over(table, sink);
        }
    }

    fn hand_over_if_full(&mut self, table: Table, sink: &mut impl BatchSink) {
        if self.builders.is_full(table) {
            self.hand_over(table, sink);
        }
    }

    fn hand_over(&mut self, table: Table, sink: &mut impl BatchSink) {
        if let Some(batch) = self.builders.finish(table) {
            self.rows[table as usize] += batch.num_rows() as u64;
            sink.write(table, batch);
        }
    }
}
