//! Parts as they are opened: compared with their record, small ones read at once.
//!
//! A run with few requests leaves many small parts, a handful for every ten seconds. What they cost is
//! not their rows but the opening: a request each for size, footer and columns, and decoding the footer
//! once to compare it and again to read. So a small part comes whole, in one request, and is compared
//! and decoded in one go on a blocking thread; several are under way at a time.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use bytes::Bytes;
use futures::StreamExt;
use object_store::ObjectStoreExt;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::arrow::async_reader::{ParquetRecordBatchStream, ParquetRecordBatchStreamBuilder};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, ParquetStatisticsPolicy};

use super::object_file::{self, ObjectFile};
use super::part_fault::PartFault;
use crate::digest::sha256;
use crate::{DatasetStore, PartName, PartRecord, RunLayout, StorageError};

/// One MiB: some ten thousand requests, which are ten seconds of a busy run, and as rows in memory some
/// ten MiB.
pub(super) const WHOLE_PART_BYTES: u64 = 1 << 20;

/// 8,192 rows: few enough to stay in a core's cache, and an eighth of the lookups of a dictionary's
/// words that the library's 1,024 would take.
const BATCH_ROWS: usize = 8_192;

/// The columns to read; all without a list.
pub(super) type Columns = Option<Arc<[String]>>;

/// The rows of an open part.
pub(super) enum PartRows {
    /// All of them.
    Whole(std::vec::IntoIter<RecordBatch>),
    /// A row group at a time.
    Stream(Box<ParquetRecordBatchStream<ObjectFile>>),
}

impl PartRows {
    pub(super) async fn next(&mut self) -> Option<Result<RecordBatch, ParquetError>> {
        match self {
            PartRows::Whole(batches) => batches.next().map(Ok),
            PartRows::Stream(stream) => stream.next().await,
        }
    }
}

/// The parts of a run.
#[derive(Clone, Debug)]
pub(super) struct PartFiles {
    store: DatasetStore,
    layout: RunLayout,
}

impl PartFiles {
    pub(super) fn new(store: &DatasetStore, layout: &RunLayout) -> PartFiles {
        PartFiles { store: store.clone(), layout: layout.clone() }
    }

    /// Compares size and footer of a part with its record.
    pub(super) async fn check_footer(&self, part: &PartRecord) -> Result<(), PartFault> {
        self.load_footer(part).await.map(drop)
    }

    /// The columns of a part, whose size and footer are those of its record.
    pub(super) async fn columns(&self, part: &PartRecord) -> Result<SchemaRef, PartFault> {
        Ok(self.load_footer(part).await?.1.schema().clone())
    }

    /// Compares all bytes of a part with its record.
    pub(super) async fn check_digest(&self, part: &PartRecord) -> Result<(), PartFault> {
        let (bytes, digest) = (self.load(part).await?, part.sha256.clone());
        let broke = |_| Err(ParquetError::General("its comparison broke off".to_owned()).into());
        tokio::task::spawn_blocking(move || compare_digest(&bytes, &digest)).await.unwrap_or_else(broke)
    }

    /// Opens a part to read it. All of its bytes are compared with its record, but for a large part of a far store, of which
    /// only the columns are fetched that are read.
    pub(super) async fn open(self, part: PartRecord, columns: Columns) -> Result<PartRows, StorageError> {
        let opened = if part.bytes <= WHOLE_PART_BYTES {
            self.open_whole(&part, columns).await
        } else {
            self.open_stream(&part, columns).await
        };
        opened.map_err(|error| match error {
            OpenError::Fault(fault) => StorageError::part(&part, fault),
            OpenError::Rows(source) => self.decode_error(&part.path, source),
        })
    }

    /// A part whose rows cannot be decoded.
    pub(super) fn decode_error(&self, part: &PartName, source: ParquetError) -> StorageError {
        StorageError::Decode { path: self.store.shown(&self.layout.path_of(part)), source }
    }

    async fn open_whole(&self, part: &PartRecord, columns: Columns) -> Result<PartRows, OpenError> {
        let bytes = self.load(part).await?;
        let (rows, digest) = (part.rows, part.sha256.clone());
        let decoding = tokio::task::spawn_blocking(move || {
            compare_digest(&bytes, &digest)?;
            decode(bytes, rows, columns)
        });
        // A decoder that damaged bytes make panic takes its part down, not the whole report.
        let broke = |_| OpenError::Rows(ParquetError::General("the decoder broke off".to_owned()));
        decoding.await.map_err(broke)?.map(|batches| PartRows::Whole(batches.into_iter()))
    }

    async fn open_stream(&self, part: &PartRecord, columns: Columns) -> Result<PartRows, OpenError> {
        let (file, footer) = self.load_footer(part).await?;
        if !self.store.is_remote() {
            self.check_digest(part).await?;
        }
        let builder = ParquetRecordBatchStreamBuilder::new_with_metadata(file, footer);
        let mask = mask(builder.metadata(), columns);
        let stream = builder.with_projection(mask).with_batch_size(BATCH_ROWS).build();
        stream.map(|stream| PartRows::Stream(Box::new(stream))).map_err(OpenError::Rows)
    }

    async fn load(&self, part: &PartRecord) -> Result<Bytes, PartFault> {
        let object = self.store.objects().get(&self.layout.path_of(&part.path)).await?;
        compare_size(object.meta.size, part)?;
        Ok(object.bytes().await?)
    }

    async fn load_footer(&self, part: &PartRecord) -> Result<(ObjectFile, ArrowReaderMetadata), PartFault> {
        let path = self.layout.path_of(&part.path);
        let opened = ObjectFile::open(self.store.objects().clone(), path, part.bytes).await;
        let mut file = opened.map_err(|error| match error {
            object_file::OpenError::Size(found) => PartFault::Bytes { found, recorded: part.bytes },
            object_file::OpenError::Store(error) => error.into(),
        })?;
        let footer = ArrowReaderMetadata::load_async(&mut file, options()).await?;
        compare_rows(footer.metadata(), part.rows)?;
        Ok((file, footer))
    }
}

/// Why a part was not opened.
enum OpenError {
    /// It is not what its record says.
    Fault(PartFault),
    /// It is, but its rows cannot be decoded.
    Rows(ParquetError),
}

impl From<PartFault> for OpenError {
    fn from(fault: PartFault) -> OpenError {
        OpenError::Fault(fault)
    }
}

fn compare_digest(bytes: &[u8], recorded: &str) -> Result<(), PartFault> {
    if sha256(bytes) == recorded { Ok(()) } else { Err(PartFault::Digest) }
}

/// All rows of a part, or none.
fn decode(bytes: Bytes, rows: u64, columns: Columns) -> Result<Vec<RecordBatch>, OpenError> {
    let footer = ArrowReaderMetadata::load(&bytes, options()).map_err(PartFault::from)?;
    compare_rows(footer.metadata(), rows)?;
    let mask = mask(footer.metadata(), columns);
    let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(bytes, footer)
        .with_projection(mask)
        .with_batch_size(BATCH_ROWS)
        .build()
        .map_err(OpenError::Rows)?;
    collect(reader).map_err(|error| OpenError::Rows(error.into()))
}

fn collect(reader: ParquetRecordBatchReader) -> Result<Vec<RecordBatch>, ArrowError> {
    reader.collect()
}

fn mask(footer: &ParquetMetaData, columns: Columns) -> ProjectionMask {
    let schema = footer.file_metadata().schema_descr();
    columns.map_or_else(ProjectionMask::all, |columns| {
        ProjectionMask::columns(schema, columns.iter().map(String::as_str))
    })
}

/// Statistics are for engines that search; who reads everything need not decode them.
fn options() -> ArrowReaderOptions {
    ArrowReaderOptions::new()
        .with_column_stats_policy(ParquetStatisticsPolicy::SkipAll)
        .with_size_stats_policy(ParquetStatisticsPolicy::SkipAll)
        .with_encoding_stats_policy(ParquetStatisticsPolicy::SkipAll)
}

pub(super) fn compare_size(found: u64, part: &PartRecord) -> Result<(), PartFault> {
    let recorded = part.bytes;
    if found == recorded { Ok(()) } else { Err(PartFault::Bytes { found, recorded }) }
}

fn compare_rows(footer: &ParquetMetaData, recorded: u64) -> Result<(), PartFault> {
    let found = footer.file_metadata().num_rows();
    let same = u64::try_from(found).is_ok_and(|found| found == recorded);
    if same { Ok(()) } else { Err(PartFault::Rows { found, recorded }) }
}
