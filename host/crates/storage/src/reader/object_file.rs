//! A part as the Parquet reader wants it: ranges of an object.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt};
use parquet::arrow::arrow_reader::ArrowReaderOptions;
use parquet::arrow::async_reader::AsyncFileReader;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};

use crate::StoreFault;

/// Most footers of ours fit in 64 KiB, so that one request reads them.
const FOOTER_GUESS: u64 = 64 << 10;

#[derive(Debug)]
pub(super) struct ObjectFile {
    objects: Arc<dyn ObjectStore>,
    path: Path,
    /// The object's size, as its record says.
    bytes: u64,
    /// Its end, where the footer is: from which byte on, and the bytes.
    tail: (u64, Bytes),
}

impl ObjectFile {
    /// Reads the end of an object, in one request that also tells its size. `Err` has a size that is not the expected.
    pub(super) async fn open(
        objects: Arc<dyn ObjectStore>,
        path: Path,
        bytes: u64,
    ) -> std::result::Result<ObjectFile, OpenError> {
        let start = bytes.saturating_sub(FOOTER_GUESS);
        let range = GetRange::Bounded(start..bytes.max(1));
        let options = GetOptions { range: Some(range), ..GetOptions::default() };
        let object = match objects.get_opts(&path, options).await {
            Ok(object) => object,
            Err(missing @ object_store::Error::NotFound { .. }) => return Err(missing.into()),
            // It may be shorter than where that begins.
            Err(error) => {
                let found = objects.head(&path).await?.size;
                return Err(if found == bytes { error.into() } else { OpenError::Size(found) });
            }
        };
        if object.meta.size != bytes {
            return Err(OpenError::Size(object.meta.size));
        }
        let tail = (start, object.bytes().await?);
        Ok(ObjectFile { objects, path, bytes, tail })
    }

    /// What of a range has been read already.
    fn in_tail(&self, range: &Range<u64>) -> Option<Bytes> {
        let (start, tail) = &self.tail;
        let of = |at: u64| usize::try_from(at.checked_sub(*start)?).ok();
        let (from, to) = (of(range.start)?, of(range.end)?);
        (from <= to && to <= tail.len()).then(|| tail.slice(from..to))
    }
}

/// Why an object was not opened.
pub(super) enum OpenError {
    /// It has another size, in bytes.
    Size(u64),
    /// The store does not give it.
    Store(object_store::Error),
}

impl From<object_store::Error> for OpenError {
    fn from(error: object_store::Error) -> OpenError {
        OpenError::Store(error)
    }
}

fn external(error: object_store::Error) -> ParquetError {
    ParquetError::External(Box::new(StoreFault::from(error)))
}

impl AsyncFileReader for ObjectFile {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, Result<Bytes>> {
        if let Some(bytes) = self.in_tail(&range) {
            return async move { Ok(bytes) }.boxed();
        }
        async move { self.objects.get_range(&self.path, range).await.map_err(external) }.boxed()
    }

    fn get_byte_ranges(&mut self, ranges: Vec<Range<u64>>) -> BoxFuture<'_, Result<Vec<Bytes>>> {
        async move { self.objects.get_ranges(&self.path, &ranges).await.map_err(external) }.boxed()
    }

    fn get_metadata<'a>(
        &'a mut self,
        options: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, Result<Arc<ParquetMetaData>>> {
        async move {
            let size = self.bytes;
            let reader = ParquetMetaDataReader::new()
                .with_arrow_reader_options(options)
                .with_prefetch_hint(usize::try_from(FOOTER_GUESS.min(size)).ok());
            reader.load_and_finish(self, size).await.map(Arc::new)
        }
        .boxed()
    }
}
