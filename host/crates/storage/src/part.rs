//! One part while it grows: batches wait until they fill a row group, are sorted by time and encoded.

use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch, UInt32Array};
use arrow::compute::{concat_batches, take_record_batch};
use arrow::datatypes::TimestampNanosecondType;
use bytes::Bytes;
use outrider_model::Timestamp;
use outrider_telemetry::{DEFAULT_TICK, Table};
use parquet::arrow::ArrowWriter;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use crate::RollPolicy;
use crate::parquet_format::TIME_COLUMN;

/// Collects the rows of one table until they are a part.
pub(crate) struct PartBuilder {
    table: Table,
    properties: Arc<WriterProperties>,
    /// Batches that are not encoded yet.
    waiting: Vec<RecordBatch>,
    waiting_rows: usize,
    waiting_bytes: usize,
    /// Row groups that are.
    writer: Option<ArrowWriter<Vec<u8>>>,
    rows: u64,
    span: Option<(i64, i64)>,
    opened_at: Option<Timestamp>,
}

/// A part, encoded.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) bytes: Bytes,
    pub(crate) rows: u64,
    pub(crate) min_time: Timestamp,
    pub(crate) max_time: Timestamp,
}

impl PartBuilder {
    pub(crate) fn new(table: Table, properties: Arc<WriterProperties>) -> PartBuilder {
        PartBuilder {
            table,
            properties,
            waiting: Vec::new(),
            waiting_rows: 0,
            waiting_bytes: 0,
            writer: None,
            rows: 0,
            span: None,
            opened_at: None,
        }
    }

    /// Adds a batch; encodes a row group when enough wait.
    pub(crate) fn push(
        &mut self,
        batch: RecordBatch,
        now: Timestamp,
        policy: &RollPolicy,
    ) -> Result<(), ParquetError> {
        self.opened_at.get_or_insert(now);
        self.waiting_rows += batch.num_rows();
        self.waiting_bytes += batch.get_array_memory_size();
        self.waiting.push(batch);
        if self.waiting_rows >= policy.row_group_rows || self.waiting_bytes >= policy.row_group_bytes {
            self.encode_row_group()?;
        }
        Ok(())
    }

    /// Whether what is encoded has reached the size of a part.
    pub(crate) fn is_full(&self, policy: &RollPolicy) -> bool {
        self.writer.as_ref().is_some_and(|writer| writer.bytes_written() >= policy.part_bytes)
    }

    /// Whether its oldest row has waited long enough. Rows wait for up to a tick in the batcher before
    /// they come here.
    pub(crate) fn is_due(&self, now: Timestamp, policy: &RollPolicy) -> bool {
        self.opened_at.is_some_and(|opened_at| now.since(opened_at) + DEFAULT_TICK >= policy.part_age)
    }

    /// Encodes what waits and takes the part; `None` if there are no rows.
    pub(crate) fn finish(&mut self) -> Result<Option<Part>, ParquetError> {
        self.encode_row_group()?;
        let (Some(writer), Some((min, max))) = (self.writer.take(), self.span.take()) else {
            return Ok(None);
        };
        let rows = std::mem::take(&mut self.rows);
        self.opened_at = None;
        let bytes = writer.into_inner()?.into();
        Ok(Some(Part { bytes, rows, min_time: Timestamp(min), max_time: Timestamp(max) }))
    }

    fn encode_row_group(&mut self) -> Result<(), ParquetError> {
        let waiting = std::mem::take(&mut self.waiting);
        (self.waiting_rows, self.waiting_bytes) = (0, 0);
        if waiting.is_empty() {
            return Ok(());
        }
        let (group, (first, last)) = sorted_by_time(self.table, &waiting)?;
        drop(waiting);
        let writer = match &mut self.writer {
            Some(writer) => writer,
            none => none.insert(ArrowWriter::try_new(
                Vec::new(),
                self.table.schema(),
                Some(self.properties.as_ref().clone()),
            )?),
        };
        writer.write(&group)?;
        writer.flush()?;
        self.rows += group.num_rows() as u64;
        let (min, max) = self.span.unwrap_or((first, last));
        self.span = Some((min.min(first), max.max(last)));
        Ok(())
    }
}

/// All rows as one batch in order of time (INV-8), rows of the same time in the order in which they came; and
/// the first and the last time. There must be rows.
fn sorted_by_time(table: Table, batches: &[RecordBatch]) -> Result<(RecordBatch, (i64, i64)), ParquetError> {
    let rows = concat_batches(&table.schema(), batches)?;
    let times = rows.column_by_name(TIME_COLUMN).expect("every table has the column");
    let times = times.as_primitive::<TimestampNanosecondType>().values().clone();
    if times.is_sorted() {
        let span = (times[0], times[times.len() - 1]);
        return Ok((rows, span));
    }
    let count = u32::try_from(times.len()).expect("a row group has few rows");
    let mut order: Vec<u32> = (0..count).collect();
    order.sort_by_key(|row| times[*row as usize]);
    let span = (times[order[0] as usize], times[order[order.len() - 1] as usize]);
    Ok((take_record_batch(&rows, &UInt32Array::from(order))?, span))
}
