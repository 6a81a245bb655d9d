//! Rows of the table `windows` back to [`Window`]s.

use std::sync::Arc;

use arrow::array::{
    Array, AsArray, BinaryArray, DictionaryArray, PrimitiveArray, RecordBatch, StringArray,
    TypedDictionaryArray,
};
use arrow::datatypes::{ArrowPrimitiveType, Float64Type, Int32Type, Int64Type, TimestampNanosecondType};
use outrider_model::Timestamp;

use super::{RequestTotals, ValueTotals, Window, WindowKey, WindowKind, WindowTotals};
use crate::{Sketch, Table, TelemetryError};

/// The columns that [`windows_from_batch`] needs; files of earlier versions lack `corrected_sketch`.
pub const WINDOW_COLUMNS: [&str; 23] = [
    "scenario",
    "started_at",
    "kind",
    "name",
    "pack",
    "metric_kind",
    "count",
    "failed",
    "interrupted",
    "dropped",
    "value_sum",
    "value_min",
    "value_max",
    "value_last",
    "sketch",
    "corrected_sketch",
    "bytes_sent",
    "bytes_received",
    "status_2xx",
    "status_3xx",
    "status_4xx",
    "status_5xx",
    "no_answer",
];

/// Reads a batch of the table `windows`, which must hold the [`WINDOW_COLUMNS`].
///
/// # Errors
///
/// [`TelemetryError`] if a column is missing or of another type, if a kind is not known, or if a sketch
/// cannot be decoded.
pub fn windows_from_batch(batch: &RecordBatch) -> Result<Vec<Window>, TelemetryError> {
    let columns = WindowColumns::of(batch)?;
    (0..batch.num_rows()).map(|row| columns.window(row)).collect()
}

type Words<'a> = TypedDictionaryArray<'a, Int32Type, StringArray>;

struct WindowColumns<'a> {
    scenario: Words<'a>,
    started_at: &'a PrimitiveArray<TimestampNanosecondType>,
    kind: Words<'a>,
    name: Words<'a>,
    pack: Words<'a>,
    metric_kind: Words<'a>,
    /// count, failed, interrupted, dropped.
    counts: [&'a PrimitiveArray<Int64Type>; 4],
    /// sum, min, max, last.
    values: [&'a PrimitiveArray<Float64Type>; 4],
    sketch: &'a BinaryArray,
    corrected: Option<&'a BinaryArray>,
    /// bytes_sent, bytes_received, the four classes, no_answer.
    request: [&'a PrimitiveArray<Int64Type>; 7],
}

const COUNTS: [&str; 4] = ["count", "failed", "interrupted", "dropped"];
const VALUES: [&str; 4] = ["value_sum", "value_min", "value_max", "value_last"];
const REQUEST: [&str; 7] =
    ["bytes_sent", "bytes_received", "status_2xx", "status_3xx", "status_4xx", "status_5xx", "no_answer"];

impl<'a> WindowColumns<'a> {
    fn of(batch: &'a RecordBatch) -> Result<WindowColumns<'a>, TelemetryError> {
        Ok(WindowColumns {
            scenario: words(batch, "scenario")?,
            started_at: numbers(batch, "started_at")?,
            kind: words(batch, "kind")?,
            name: words(batch, "name")?,
            pack: words(batch, "pack")?,
            metric_kind: words(batch, "metric_kind")?,
            counts: all_numbers(batch, COUNTS)?,
            values: all_numbers(batch, VALUES)?,
            sketch: sketches(batch, "sketch")?,
            corrected: batch
                .column_by_name("corrected_sketch")
                .map(|_| sketches(batch, "corrected_sketch"))
                .transpose()?,
            request: all_numbers(batch, REQUEST)?,
        })
    }

    fn window(&self, row: usize) -> Result<Window, TelemetryError> {
        Ok(Window {
            started_at: Timestamp(self.started_at.value(row)),
            key: self.key(row)?,
            totals: self.totals(row)?,
        })
    }

    fn key(&self, row: usize) -> Result<WindowKey, TelemetryError> {
        let kind = word(&self.kind, row);
        let kind = WindowKind::from_name(kind)
            .ok_or_else(|| TelemetryError::Word { column: "kind", value: kind.to_owned() })?;
        let detail = match kind {
            WindowKind::Check => word(&self.pack, row),
            WindowKind::Metric => word(&self.metric_kind, row),
            WindowKind::Request | WindowKind::Step | WindowKind::Iteration => "",
        };
        Ok(WindowKey {
            kind,
            scenario: Arc::from(word(&self.scenario, row)),
            name: Arc::from(word(&self.name, row)),
            detail: Arc::from(detail),
        })
    }

    fn totals(&self, row: usize) -> Result<WindowTotals, TelemetryError> {
        let [count, failed, interrupted, dropped] = self.counts.map(|column| whole(column, row));
        let sketch = sketch(self.sketch, row)?;
        let corrected = self.corrected.map(|column| self::sketch(column, row)).transpose()?.flatten();
        let request = self.request[0].is_valid(row).then(|| self.request_totals(row));
        let values = self.values(row);
        Ok(WindowTotals { count, failed, interrupted, dropped, values, sketch, corrected, request })
    }

    fn values(&self, row: usize) -> Option<ValueTotals> {
        let [sum, min, max, last] = self.values;
        // Durations have no last value: it says nothing about them.
        let last = if last.is_valid(row) { last.value(row) } else { max.value(row) };
        sum.is_valid(row).then(|| ValueTotals {
            sum: sum.value(row),
            min: min.value(row),
            max: max.value(row),
            last,
        })
    }

    fn request_totals(&self, row: usize) -> RequestTotals {
        let [bytes_sent, bytes_received, c2, c3, c4, c5, no_answer] =
            self.request.map(|column| whole(column, row));
        RequestTotals { bytes_sent, bytes_received, status_classes: [c2, c3, c4, c5], no_answer }
    }
}

fn found<'a, T>(
    batch: &'a RecordBatch,
    name: &'static str,
    cast: impl FnOnce(&'a dyn Array) -> Option<T>,
) -> Result<T, TelemetryError> {
    batch.column_by_name(name).and_then(|column| cast(column.as_ref())).ok_or_else(|| {
        let expected = Table::Windows.columns().find(|column| column.name == name);
        TelemetryError::Column {
            table: Table::Windows.as_str(),
            column: name,
            expected: expected.map_or("", |column| column.kind.as_str()).to_owned(),
        }
    })
}

fn sketches<'a>(batch: &'a RecordBatch, name: &'static str) -> Result<&'a BinaryArray, TelemetryError> {
    found(batch, name, |column| column.as_binary_opt::<i32>())
}

/// The sketch of a row, if it has one.
fn sketch(column: &BinaryArray, row: usize) -> Result<Option<Sketch>, TelemetryError> {
    column.is_valid(row).then(|| Sketch::decode(column.value(row))).transpose()
}

fn words<'a>(batch: &'a RecordBatch, name: &'static str) -> Result<Words<'a>, TelemetryError> {
    found(batch, name, |column| {
        let words: &DictionaryArray<Int32Type> = column.as_dictionary_opt()?;
        words.downcast_dict::<StringArray>()
    })
}

fn numbers<'a, T: ArrowPrimitiveType>(
    batch: &'a RecordBatch,
    name: &'static str,
) -> Result<&'a PrimitiveArray<T>, TelemetryError> {
    found(batch, name, |column| column.as_primitive_opt::<T>())
}

fn all_numbers<'a, T: ArrowPrimitiveType, const N: usize>(
    batch: &'a RecordBatch,
    names: [&'static str; N],
) -> Result<[&'a PrimitiveArray<T>; N], TelemetryError> {
    let columns = names.into_iter().map(|name| numbers(batch, name)).collect::<Result<Vec<_>, _>>()?;
    Ok(columns.try_into().unwrap_or_else(|_| unreachable!("as many columns as names")))
}

/// The word of a row; empty if it has none.
fn word<'a>(words: &Words<'a>, row: usize) -> &'a str {
    let keys = words.keys();
    if keys.is_valid(row) { words.values().value(keys.value(row) as usize) } else { "" }
}

/// Counts are never negative in what we write; a corrupt one counts as none.
fn whole(column: &PrimitiveArray<Int64Type>, row: usize) -> u64 {
    if column.is_valid(row) { u64::try_from(column.value(row)).unwrap_or(0) } else { 0 }
}
