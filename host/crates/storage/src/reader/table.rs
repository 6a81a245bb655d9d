//! A table's rows, part by part.

use std::collections::VecDeque;

use arrow::array::RecordBatch;
use futures::StreamExt;
use outrider_telemetry::Table;
use parquet::arrow::ProjectionMask;
use parquet::arrow::async_reader::{ParquetRecordBatchStream, ParquetRecordBatchStreamBuilder};
use parquet::errors::ParquetError;

use super::RunReader;
use super::object_file::ObjectFile;
use crate::{DatasetStore, PartName, RunLayout, StorageError};

/// Reads batches one after the other. One row group of the wanted columns is in memory at a time.
pub struct TableReader {
    store: DatasetStore,
    layout: RunLayout,
    columns: Option<Vec<String>>,
    /// The parts to come, with their sizes.
    parts: VecDeque<(PartName, u64)>,
    current: Option<(PartName, ParquetRecordBatchStream<ObjectFile>)>,
}

impl TableReader {
    pub(super) fn new(
        run: &RunReader,
        table: Table,
        columns: Option<&[&str]>,
    ) -> Result<TableReader, StorageError> {
        for column in columns.unwrap_or_default() {
            if table.schema().index_of(column).is_err() {
                return Err(StorageError::NoSuchColumn { table, column: (*column).to_owned() });
            }
        }
        Ok(TableReader {
            store: run.store.clone(),
            layout: run.layout.clone(),
            columns: columns.map(|columns| columns.iter().map(|&column| column.to_owned()).collect()),
            parts: run.parts(table).map(|part| (part.path.clone(), part.bytes)).collect(),
            current: None,
        })
    }

    /// The next batch, of at most some thousand rows; `None` after the last. Within a part, rows of a
    /// row group come in order of time.
    ///
    /// # Errors
    ///
    /// [`StorageError::Decode`] if a part is missing or damaged. The next call goes on with the next
    /// part.
    pub async fn next_batch(&mut self) -> Result<Option<RecordBatch>, StorageError> {
        loop {
            let Some((part, mut stream)) = self.current.take() else {
                let Some((part, bytes)) = self.parts.pop_front() else {
                    return Ok(None);
                };
                let stream = self.open(&part, bytes).await?;
                self.current = Some((part, stream));
                continue;
            };
            match stream.next().await {
                Some(Ok(batch)) => {
                    self.current = Some((part, stream));
                    return Ok(Some(batch));
                }
                Some(Err(source)) => return Err(self.decode_error(&part, source)),
                None => {}
            }
        }
    }

    /// The part that the last batch came from; its worker is the column that files leave out.
    pub fn current_part(&self) -> Option<&PartName> {
        self.current.as_ref().map(|(part, _)| part)
    }

    async fn open(
        &self,
        part: &PartName,
        bytes: u64,
    ) -> Result<ParquetRecordBatchStream<ObjectFile>, StorageError> {
        let fault = |source| self.decode_error(part, source);
        let objects = self.store.objects().clone();
        let file = ObjectFile { objects, path: self.layout.path_of(part), bytes };
        let mut builder = ParquetRecordBatchStreamBuilder::new(file).await.map_err(fault)?;
        if let Some(columns) = &self.columns {
            let names = columns.iter().map(String::as_str);
            let mask = ProjectionMask::columns(builder.parquet_schema(), names);
            builder = builder.with_projection(mask);
        }
        builder.build().map_err(fault)
    }

    fn decode_error(&self, part: &PartName, source: ParquetError) -> StorageError {
        StorageError::Decode { path: self.layout.path_of(part).to_string(), source }
    }
}

impl std::fmt::Debug for TableReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TableReader")
            .field("current", &self.current_part())
            .field("parts_to_come", &self.parts.len())
            .finish_non_exhaustive()
    }
}
