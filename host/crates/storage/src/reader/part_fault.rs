//! What is wrong with a part.

use object_store::Error as StoreError;
use parquet::errors::ParquetError;

use crate::StoreFault;

/// How a part differs from what its manifest says of it.
#[derive(Debug, thiserror::Error)]
pub enum PartFault {
    /// There is no such object.
    #[error("is missing")]
    Missing,
    /// The store does not give it.
    #[error("cannot be read: {0}")]
    Unreadable(StoreFault),
    /// It has another size.
    #[error("has {found} bytes instead of {recorded}")]
    Bytes {
        /// Its size in bytes.
        found: u64,
        /// Its size by the manifest, in bytes.
        recorded: u64,
    },
    /// Its footer counts other rows.
    #[error("has {found} rows instead of {recorded}")]
    Rows {
        /// Its rows by its footer.
        found: i64,
        /// Its rows by the manifest.
        recorded: u64,
    },
    /// It is not Parquet.
    #[error("cannot be decoded: {0}")]
    Undecodable(ParquetError),
    /// Its bytes have another digest.
    #[error("has other bytes than were written")]
    Digest,
}

impl From<StoreError> for PartFault {
    fn from(error: StoreError) -> PartFault {
        match error {
            StoreError::NotFound { .. } => PartFault::Missing,
            error => PartFault::Unreadable(error.into()),
        }
    }
}

impl From<ParquetError> for PartFault {
    fn from(error: ParquetError) -> PartFault {
        match error {
            ParquetError::External(source) => match source.downcast::<StoreFault>() {
                Ok(fault) => PartFault::Unreadable(*fault),
                Err(source) => PartFault::Undecodable(ParquetError::External(source)),
            },
            error => PartFault::Undecodable(error),
        }
    }
}
