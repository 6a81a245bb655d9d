//! The rows that no journey makes: windows and the generator's health.

use arrow::array::{
    ArrayBuilder, ArrayRef, BinaryBuilder, Float64Builder, Int64Builder, TimestampNanosecondBuilder,
    UInt32Builder,
};
use outrider_model::{Bottleneck, SystemSample, Timestamp};

use super::TableRows;
use super::columns::{self, TakeRows};
use super::words::WordBuilder;
use crate::window::WINDOW_NS;
use crate::{RequestTotals, Sketch, ValueTotals, WindowKey, WindowKind, WindowTotals};

/// Rows of `windows`.
pub(super) struct WindowRows {
    scenario: WordBuilder,
    started_at: TimestampNanosecondBuilder,
    duration_ns: Int64Builder,
    kind: WordBuilder,
    name: WordBuilder,
    pack: WordBuilder,
    metric_kind: WordBuilder,
    count: Int64Builder,
    failed: Int64Builder,
    interrupted: Int64Builder,
    dropped: Int64Builder,
    /// sum, min, max, last.
    values: [Float64Builder; 4],
    sketch: BinaryBuilder,
    corrected_sketch: BinaryBuilder,
    /// bytes_sent, bytes_received, the four classes, no_answer.
    request: [Int64Builder; 7],
    sketch_bytes: usize,
}

impl WindowRows {
    pub(super) fn new() -> WindowRows {
        WindowRows {
            scenario: WordBuilder::new(),
            started_at: columns::times(),
            duration_ns: Int64Builder::new(),
            kind: WordBuilder::new(),
            name: WordBuilder::new(),
            pack: WordBuilder::new(),
            metric_kind: WordBuilder::new(),
            count: Int64Builder::new(),
            failed: Int64Builder::new(),
            interrupted: Int64Builder::new(),
            dropped: Int64Builder::new(),
            values: Default::default(),
            sketch: BinaryBuilder::new(),
            corrected_sketch: BinaryBuilder::new(),
            request: Default::default(),
            sketch_bytes: 0,
        }
    }

    pub(super) fn append(&mut self, started_at: Timestamp, key: &WindowKey, totals: &WindowTotals) {
        columns::append_time(&mut self.started_at, started_at);
        self.duration_ns.append_value(WINDOW_NS);
        self.append_key(key);
        self.append_counts(key.kind, totals);
        self.append_values(key.kind, totals.values);
        self.append_request(totals.request);
        let WindowTotals { sketch, corrected, .. } = totals;
        self.sketch_bytes += append_sketch(&mut self.sketch, sketch.as_ref());
        self.sketch_bytes += append_sketch(&mut self.corrected_sketch, corrected.as_ref());
    }

    fn append_key(&mut self, key: &WindowKey) {
        let detail_of = |kind| (key.kind == kind).then_some(&*key.detail);
        self.scenario.append_option(Some(&*key.scenario).filter(|scenario| !scenario.is_empty()));
        self.kind.append_value(key.kind.as_str());
        self.name.append_value(&key.name);
        self.pack.append_option(detail_of(WindowKind::Check));
        self.metric_kind.append_option(detail_of(WindowKind::Metric));
    }

    fn append_counts(&mut self, kind: WindowKind, totals: &WindowTotals) {
        let of_iterations = |count| (kind == WindowKind::Iteration).then_some(columns::signed(count));
        let interrupted = kind.has_interrupted().then_some(columns::signed(totals.interrupted));
        self.count.append_value(columns::signed(totals.count));
        self.failed.append_value(columns::signed(totals.failed));
        self.interrupted.append_option(interrupted);
        self.dropped.append_option(of_iterations(totals.dropped));
    }

    fn append_values(&mut self, kind: WindowKind, values: Option<ValueTotals>) {
        let last = values.filter(|_| kind == WindowKind::Metric).map(|values| values.last);
        let [sum, min, max] = [
            values.map(|values| values.sum),
            values.map(|values| values.min),
            values.map(|values| values.max),
        ];
        for (builder, value) in self.values.iter_mut().zip([sum, min, max, last]) {
            builder.append_option(value);
        }
    }

    fn append_request(&mut self, request: Option<RequestTotals>) {
        let counts = request.map(|request| {
            let [c2, c3, c4, c5] = request.status_classes;
            [request.bytes_sent, request.bytes_received, c2, c3, c4, c5, request.no_answer]
        });
        for (index, builder) in self.request.iter_mut().enumerate() {
            builder.append_option(counts.map(|counts| columns::signed(counts[index])));
        }
    }
}

impl TableRows for WindowRows {
    fn len(&self) -> usize {
        self.started_at.len()
    }

    fn text_bytes(&self) -> usize {
        self.sketch_bytes
    }

    fn finish(&mut self) -> Vec<ArrayRef> {
        self.sketch_bytes = 0;
        let mut arrays = vec![
            self.scenario.take_rows(),
            self.started_at.take_rows(),
            self.duration_ns.take_rows(),
            self.kind.take_rows(),
            self.name.take_rows(),
            self.pack.take_rows(),
            self.metric_kind.take_rows(),
            self.count.take_rows(),
            self.failed.take_rows(),
            self.interrupted.take_rows(),
            self.dropped.take_rows(),
        ];
        arrays.extend(self.values.iter_mut().map(TakeRows::take_rows));
        arrays.push(self.sketch.take_rows());
        arrays.push(self.corrected_sketch.take_rows());
        arrays.extend(self.request.iter_mut().map(TakeRows::take_rows));
        arrays
    }
}

/// Appends a sketch or null, and says how many bytes it has.
fn append_sketch(builder: &mut BinaryBuilder, sketch: Option<&Sketch>) -> usize {
    let bytes = sketch.map(Sketch::encode);
    let length = bytes.as_ref().map_or(0, Vec::len);
    builder.append_option(bytes);
    length
}

/// Rows of `system`.
pub(super) struct SystemRows {
    started_at: TimestampNanosecondBuilder,
    process_cpu: Float64Builder,
    machine_cpu: Float64Builder,
    others_cpu: Float64Builder,
    memory_bytes: Int64Builder,
    event_loop_lag_ns: Int64Builder,
    queued_samples: Int64Builder,
    lost_samples: Int64Builder,
    active_vus: UInt32Builder,
    initialized_vus: UInt32Builder,
    open_files: Int64Builder,
    /// open_files_limit, memory_limit_bytes, memory_available_bytes, time_wait_sockets, local_ports.
    room: [Int64Builder; 5],
    started_iterations: Int64Builder,
    late_starts: Int64Builder,
    bottleneck: WordBuilder,
}

impl SystemRows {
    pub(super) fn new() -> SystemRows {
        SystemRows {
            started_at: columns::times(),
            process_cpu: Float64Builder::new(),
            machine_cpu: Float64Builder::new(),
            others_cpu: Float64Builder::new(),
            memory_bytes: Int64Builder::new(),
            event_loop_lag_ns: Int64Builder::new(),
            queued_samples: Int64Builder::new(),
            lost_samples: Int64Builder::new(),
            active_vus: UInt32Builder::new(),
            initialized_vus: UInt32Builder::new(),
            open_files: Int64Builder::new(),
            room: Default::default(),
            started_iterations: Int64Builder::new(),
            late_starts: Int64Builder::new(),
            bottleneck: WordBuilder::new(),
        }
    }

    pub(super) fn append(&mut self, sample: &SystemSample) {
        columns::append_time(&mut self.started_at, sample.at);
        self.process_cpu.append_value(sample.process_cpu);
        self.machine_cpu.append_value(sample.machine_cpu);
        self.others_cpu.append_option(sample.others_cpu);
        self.memory_bytes.append_value(columns::signed(sample.memory_bytes));
        columns::append_duration(&mut self.event_loop_lag_ns, sample.event_loop_lag);
        self.queued_samples.append_value(columns::signed(sample.queued_samples));
        self.lost_samples.append_value(columns::signed(sample.lost_samples));
        self.active_vus.append_value(sample.active_vus);
        self.initialized_vus.append_value(sample.initialized_vus);
        self.open_files.append_value(columns::signed(sample.open_files));
        self.append_room(sample);
        self.started_iterations.append_value(columns::signed(sample.started_iterations));
        self.late_starts.append_value(columns::signed(sample.late_starts));
        self.bottleneck.append_option(sample.bottleneck.map(Bottleneck::as_str));
    }

    fn append_room(&mut self, sample: &SystemSample) {
        let values = [
            sample.open_files_limit,
            sample.memory_limit_bytes,
            sample.memory_available_bytes,
            sample.time_wait_sockets,
            sample.local_ports,
        ];
        for (builder, value) in self.room.iter_mut().zip(values) {
            builder.append_option(value.map(columns::signed));
        }
    }
}

impl TableRows for SystemRows {
    fn len(&self) -> usize {
        self.started_at.len()
    }

    fn text_bytes(&self) -> usize {
        0
    }

    fn finish(&mut self) -> Vec<ArrayRef> {
        let mut arrays = vec![
            self.started_at.take_rows(),
            self.process_cpu.take_rows(),
            self.machine_cpu.take_rows(),
            self.others_cpu.take_rows(),
            self.memory_bytes.take_rows(),
            self.event_loop_lag_ns.take_rows(),
            self.queued_samples.take_rows(),
            self.lost_samples.take_rows(),
            self.active_vus.take_rows(),
            self.initialized_vus.take_rows(),
            self.open_files.take_rows(),
        ];
        arrays.extend(self.room.iter_mut().map(TakeRows::take_rows));
        arrays.extend([
            self.started_iterations.take_rows(),
            self.late_starts.take_rows(),
            self.bottleneck.take_rows(),
        ]);
        arrays
    }
}
