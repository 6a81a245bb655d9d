//! One part while it grows: batches wait until they fill a row group, are sorted by time and encoded.

use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch, UInt32Array};
use arrow::compute::{concat_batches, take_record_batch};
use arrow::datatypes::{SchemaRef, TimestampNanosecondType};
use bytes::Bytes;
use outrider_model::{RunId, Timestamp};
use outrider_telemetry::{DEFAULT_TICK, SCHEMA_VERSION, Table};
use parquet::arrow::ArrowWriter;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use crate::digest::sha256;
use crate::parquet_format::{TIME_COLUMN, writer_properties};
use crate::{PartName, PartRecord, RollPolicy, StorageError};

/// Whose rows a part holds.
#[derive(Clone, Debug)]
pub(crate) struct PartOrigin {
    pub(crate) table: Table,
    pub(crate) run_id: RunId,
    pub(crate) worker: u32,
    /// The table's schema, and its version: those of this program, unless the rows are of an earlier one.
    pub(crate) schema: SchemaRef,
    pub(crate) schema_version: u32,
}

impl PartOrigin {
    /// Rows of this program.
    pub(crate) fn new(table: Table, run_id: &RunId, worker: u32) -> PartOrigin {
        let (schema, schema_version) = (table.schema(), SCHEMA_VERSION);
        PartOrigin { table, run_id: run_id.clone(), worker, schema, schema_version }
    }
}

/// Collects the rows of one table until they are a part.
pub(crate) struct PartBuilder {
    table: Table,
    schema: SchemaRef,
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

impl Part {
    /// What the manifest says of it.
    pub(crate) fn record(&self, path: PartName) -> PartRecord {
        PartRecord {
            path,
            rows: self.rows,
            bytes: self.bytes.len() as u64,
            sha256: sha256(&self.bytes),
            min_time: self.min_time,
            max_time: self.max_time,
        }
    }
}

impl PartBuilder {
    /// A part without rows.
    ///
    /// # Errors
    ///
    /// [`StorageError::Encode`] if the schema cannot be kept in Parquet, which no test lets pass.
    pub(crate) fn new(origin: PartOrigin, policy: &RollPolicy) -> Result<PartBuilder, StorageError> {
        let table = origin.table;
        let properties = writer_properties(&origin, policy.row_group_rows)
            .map_err(|source| StorageError::Encode { table, source })?;
        Ok(PartBuilder {
            table,
            schema: origin.schema,
            properties,
            waiting: Vec::new(),
            waiting_rows: 0,
            waiting_bytes: 0,
            writer: None,
            rows: 0,
            span: None,
            opened_at: None,
        })
    }

    /// Adds a batch; encodes a row group when enough wait. Those that wait are encoded before a batch that would not fit: the
    /// writer would cut it, and every second row group would have the few rows that were left over.
    pub(crate) fn push(
        &mut self,
        batch: RecordBatch,
        now: Timestamp,
        policy: &RollPolicy,
    ) -> Result<(), StorageError> {
        self.opened_at.get_or_insert(now);
        if self.waiting_rows + batch.num_rows() > policy.row_group_rows {
            self.encode_row_group()?;
        }
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

    /// Whether it is full, or its oldest row has waited long enough. Rows wait for up to a tick in the batcher before
    /// they come here.
    pub(crate) fn is_due(&self, now: Timestamp, policy: &RollPolicy) -> bool {
        self.is_full(policy)
            || self.opened_at.is_some_and(|opened_at| now.since(opened_at) + DEFAULT_TICK >= policy.part_age)
    }

    /// Encodes what waits and takes the part; `None` if there are no rows.
    pub(crate) fn finish(&mut self) -> Result<Option<Part>, StorageError> {
        self.encode_row_group()?;
        let (Some(writer), Some((min, max))) = (self.writer.take(), self.span.take()) else {
            return Ok(None);
        };
        let rows = std::mem::take(&mut self.rows);
        self.opened_at = None;
        let bytes = writer.into_inner().map_err(|source| self.fault(source))?.into();
        Ok(Some(Part { bytes, rows, min_time: Timestamp(min), max_time: Timestamp(max) }))
    }

    fn fault(&self, source: ParquetError) -> StorageError {
        StorageError::Encode { table: self.table, source }
    }

    fn encode_row_group(&mut self) -> Result<(), StorageError> {
        self.encode_waiting().map_err(|source| self.fault(source))
    }

    fn encode_waiting(&mut self) -> Result<(), ParquetError> {
        let waiting = std::mem::take(&mut self.waiting);
        (self.waiting_rows, self.waiting_bytes) = (0, 0);
        if waiting.is_empty() {
            return Ok(());
        }
        let (group, (first, last)) = sorted_by_time(&self.schema, &waiting)?;
        drop(waiting);
        let writer = match &mut self.writer {
            Some(writer) => writer,
            none => none.insert(ArrowWriter::try_new(
                Vec::new(),
                self.schema.clone(),
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
fn sorted_by_time(
    schema: &SchemaRef,
    batches: &[RecordBatch],
) -> Result<(RecordBatch, (i64, i64)), ParquetError> {
    let rows = concat_batches(schema, batches)?;
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
