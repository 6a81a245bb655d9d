//! The rows that come from journeys: one builder per table, one shape for all of them.

mod request;

use arrow::array::{
    ArrayRef, BooleanBuilder, Float64Builder, Int64Builder, StringBuilder, TimestampNanosecondBuilder,
};
use outrider_model::{CheckSample, IterationSample, IterationStatus, LogSample, MetricSample, StepSample};

use super::TableRows;
use super::columns::{self, TakeRows};
use super::journey::{JourneyColumns, JourneyRow};
use super::words::WordBuilder;

pub(super) use request::RequestRows;

/// Builds a table's `TableRows` from its shared columns and the list of its own.
macro_rules! table_rows {
    ($rows:ident: $($column:ident),+ $(,)?) => {
        impl TableRows for $rows {
            fn len(&self) -> usize {
                self.journey.len()
            }

            fn text_bytes(&self) -> usize {
                self.journey.text_bytes()
            }

            fn finish(&mut self) -> Vec<ArrayRef> {
                let mut arrays = self.journey.finish();
                arrays.extend([$(self.$column.take_rows()),+]);
                arrays
            }
        }
    };
}
use table_rows;

/// Rows of `iterations`.
pub(super) struct IterationRows {
    journey: JourneyColumns,
    scheduled_at: TimestampNanosecondBuilder,
    lateness_ns: Int64Builder,
    waited_ns: Int64Builder,
    status: WordBuilder,
    cause: WordBuilder,
    error_kind: WordBuilder,
    stack: StringBuilder,
}

table_rows!(IterationRows: scheduled_at, lateness_ns, waited_ns, status, cause, error_kind, stack);

impl IterationRows {
    pub(super) fn new() -> IterationRows {
        IterationRows {
            journey: JourneyColumns::new(),
            scheduled_at: columns::times(),
            lateness_ns: Int64Builder::new(),
            waited_ns: Int64Builder::new(),
            status: WordBuilder::new(),
            cause: WordBuilder::new(),
            error_kind: WordBuilder::new(),
            stack: StringBuilder::new(),
        }
    }

    pub(super) fn append(&mut self, sample: &IterationSample) {
        let dropped = sample.status == IterationStatus::Dropped;
        self.journey.append(&JourneyRow {
            scenario: Some(&sample.scenario),
            vu: sample.vu.map(|vu| vu.0),
            iteration: Some(sample.iteration.0),
            duration: (!dropped).then_some(sample.duration),
            ok: Some(sample.status == IterationStatus::Completed),
            error: sample.error.as_deref(),
            tags: Some(&sample.tags),
            ..JourneyRow::of(None, sample.started_at)
        });
        columns::append_time(&mut self.scheduled_at, sample.scheduled_at);
        columns::append_duration(&mut self.lateness_ns, sample.lateness());
        columns::append_duration(&mut self.waited_ns, sample.waited);
        self.status.append_value(sample.status.as_str());
        self.cause.append_option(sample.cause.map(|cause| cause.as_str()));
        self.error_kind.append_option(sample.error_kind.as_deref());
        let bytes = columns::append_text(&mut self.stack, sample.stack.as_deref());
        self.journey.add_text_bytes(bytes);
    }
}

/// Rows of `steps`.
pub(super) struct StepRows {
    journey: JourneyColumns,
    name: WordBuilder,
    interrupted: BooleanBuilder,
}

table_rows!(StepRows: name, interrupted);

impl StepRows {
    pub(super) fn new() -> StepRows {
        StepRows {
            journey: JourneyColumns::new(),
            name: WordBuilder::new(),
            interrupted: BooleanBuilder::new(),
        }
    }

    pub(super) fn append(&mut self, sample: &StepSample) {
        self.journey.append(&JourneyRow {
            duration: Some(sample.duration),
            ok: (!sample.interrupted).then_some(sample.ok),
            error: sample.error.as_deref(),
            ..JourneyRow::of(Some(&sample.origin), sample.started_at)
        });
        self.name.append_value(&sample.name);
        self.interrupted.append_value(sample.interrupted);
    }
}

/// Rows of `checks`.
pub(super) struct CheckRows {
    journey: JourneyColumns,
    name: WordBuilder,
    pack: WordBuilder,
    expected: StringBuilder,
    actual: StringBuilder,
    message: StringBuilder,
    source_location: WordBuilder,
}

table_rows!(CheckRows: name, pack, expected, actual, message, source_location);

impl CheckRows {
    pub(super) fn new() -> CheckRows {
        CheckRows {
            journey: JourneyColumns::new(),
            name: WordBuilder::new(),
            pack: WordBuilder::new(),
            expected: StringBuilder::new(),
            actual: StringBuilder::new(),
            message: StringBuilder::new(),
            source_location: WordBuilder::new(),
        }
    }

    pub(super) fn append(&mut self, sample: &CheckSample) {
        self.journey.append(&JourneyRow {
            ok: Some(sample.passed),
            error: sample.message.as_deref().filter(|_| !sample.passed),
            ..JourneyRow::of(Some(&sample.origin), sample.at)
        });
        self.name.append_value(&sample.name);
        self.pack.append_value(&sample.pack);
        let bytes = columns::append_text(&mut self.expected, sample.expected.as_deref())
            + columns::append_text(&mut self.actual, sample.actual.as_deref())
            + columns::append_text(&mut self.message, sample.message.as_deref());
        self.journey.add_text_bytes(bytes);
        self.source_location.append_option(sample.source_location.as_deref());
    }
}

/// Rows of `metrics`.
pub(super) struct MetricRows {
    journey: JourneyColumns,
    name: WordBuilder,
    kind: WordBuilder,
    value: Float64Builder,
}

table_rows!(MetricRows: name, kind, value);

impl MetricRows {
    pub(super) fn new() -> MetricRows {
        MetricRows {
            journey: JourneyColumns::new(),
            name: WordBuilder::new(),
            kind: WordBuilder::new(),
            value: Float64Builder::new(),
        }
    }

    pub(super) fn append(&mut self, sample: &MetricSample) {
        self.journey.append(&JourneyRow::of(Some(&sample.origin), sample.at));
        self.name.append_value(&sample.name);
        self.kind.append_value(sample.kind.as_str());
        self.value.append_value(sample.value);
    }
}

/// Rows of `logs`.
pub(super) struct LogRows {
    journey: JourneyColumns,
    source: WordBuilder,
    level: WordBuilder,
    message: StringBuilder,
}

table_rows!(LogRows: source, level, message);

impl LogRows {
    pub(super) fn new() -> LogRows {
        LogRows {
            journey: JourneyColumns::new(),
            source: WordBuilder::new(),
            level: WordBuilder::new(),
            message: StringBuilder::new(),
        }
    }

    pub(super) fn append(&mut self, sample: &LogSample) {
        self.journey.append(&JourneyRow::of(sample.origin.as_ref(), sample.at));
        self.source.append_value(sample.source);
        self.level.append_value(sample.level.as_str());
        let bytes = columns::append_text(&mut self.message, Some(&sample.message));
        self.journey.add_text_bytes(bytes);
    }
}
