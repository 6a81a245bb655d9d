//! A table's rows, part by part.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use arrow::array::RecordBatch;
use futures::future::BoxFuture;
use futures::stream::FuturesOrdered;
use futures::{FutureExt, StreamExt};
use outrider_telemetry::Table;

use super::RunReader;
use super::part_files::{Columns, PartFiles, PartRows, WHOLE_PART_BYTES};
use crate::{PartName, PartRecord, StorageError};

/// Eight parts are opened ahead of whoever reads: more than most machines have cores that decode them,
/// and with small parts of ten MiB of rows at most less than a browser's tab.
const PARTS_AHEAD: usize = 8;

/// In a far store up to 64, if they are small: it takes some 50 ms for each and answers many at once.
const REMOTE_PARTS_AHEAD: usize = 64;

/// Eight MiB as files: what eight small parts have at most, so that many hold no more memory than these.
const BYTES_AHEAD: u64 = 8 << 20;

/// A part's name, its bytes that are held, and its rows or what is wrong with it.
type Opened = (PartName, u64, Result<PartRows, StorageError>);

/// Reads batches one after the other, in the order of the parts. In memory are one row group of the
/// wanted columns, and the rows of small parts (8 MiB as files) that were read ahead. Works
/// within a tokio runtime alone, on whose blocking threads small parts are decoded.
pub struct TableReader {
    files: PartFiles,
    columns: Columns,
    /// How many parts may be opened ahead, and how many bytes of them.
    most_ahead: usize,
    bytes_ahead: u64,
    /// The parts to come.
    parts: VecDeque<PartRecord>,
    /// Those that are being opened.
    opening: FuturesOrdered<BoxFuture<'static, Opened>>,
    current: Option<(PartName, PartRows)>,
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
        let columns = columns.map(|columns| columns.iter().map(|&column| column.to_owned()).collect());
        Ok(TableReader {
            files: PartFiles::new(&run.store, &run.layout),
            columns,
            most_ahead: if run.store.is_remote() { REMOTE_PARTS_AHEAD } else { PARTS_AHEAD },
            bytes_ahead: 0,
            parts: run.parts(table).cloned().collect(),
            opening: FuturesOrdered::new(),
            current: None,
        })
    }

    /// Reads these parts alone. To be called before the first batch.
    pub fn only(mut self, wanted: &BTreeSet<PartName>) -> TableReader {
        self.parts.retain(|part| wanted.contains(&part.path));
        self
    }

    /// The next batch, of at most some thousand rows; `None` after the last. Within a part, rows of a
    /// row group come in order of time.
    ///
    /// # Errors
    ///
    /// [`StorageError::Part`] if a part is not what its manifest says, [`StorageError::Decode`] if its
    /// rows are damaged. Each part fails once at most, and the next call goes on with the next part.
    pub async fn next_batch(&mut self) -> Result<Option<RecordBatch>, StorageError> {
        loop {
            if let Some((part, mut rows)) = self.current.take() {
                match rows.next().await {
                    Some(Ok(batch)) => {
                        self.current = Some((part, rows));
                        return Ok(Some(batch));
                    }
                    Some(Err(source)) => return Err(self.files.decode_error(&part, source)),
                    None => {}
                }
            }
            self.read_ahead();
            let Some((part, bytes, opened)) = self.opening.next().await else { return Ok(None) };
            self.bytes_ahead -= bytes;
            self.current = Some((part, opened?));
        }
    }

    /// The part that the last batch came from; its worker is the column that files leave out.
    pub fn current_part(&self) -> Option<&PartName> {
        self.current.as_ref().map(|(part, _)| part)
    }

    fn read_ahead(&mut self) {
        while self.opening.len() < PARTS_AHEAD
            || self.opening.len() < self.most_ahead && self.bytes_ahead < BYTES_AHEAD
        {
            let Some(part) = self.parts.pop_front() else { return };
            // Of a large part a row group at a time is read, not all of it ahead.
            let bytes = part.bytes.min(WHOLE_PART_BYTES);
            self.bytes_ahead += bytes;
            let (files, columns) = (self.files.clone(), self.columns.as_ref().map(Arc::clone));
            let open = async move { (part.path.clone(), bytes, files.open(part, columns).await) };
            self.opening.push_back(open.boxed());
        }
    }
}

impl std::fmt::Debug for TableReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TableReader")
            .field("current", &self.current_part())
            .field("parts_to_come", &(self.parts.len() + self.opening.len()))
            .finish_non_exhaustive()
    }
}
