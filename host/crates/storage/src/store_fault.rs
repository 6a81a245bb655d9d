//! Why a store did not do what it was asked, without the library's words around it.

use std::error::Error;
use std::fmt;

use crate::store::{CredentialError, S3Error};

/// Why a store did not do what it was asked.
#[derive(Debug)]
pub struct StoreFault(Box<dyn Error + Send + Sync + 'static>);

impl StoreFault {
    pub(crate) fn new(error: impl Error + Send + Sync + 'static) -> StoreFault {
        StoreFault(Box::new(error))
    }

    /// That of a store that was not opened, without the library's name of the kind of store around it.
    pub(crate) fn of_settings(error: object_store::Error) -> StoreFault {
        match error {
            object_store::Error::Generic { source, .. } => StoreFault(source),
            other => other.into(),
        }
    }

    /// What the user can do about it, if that is known.
    pub(crate) fn hint(&self) -> Option<String> {
        let of_s3 = self.0.downcast_ref::<S3Error>().and_then(S3Error::hint);
        of_s3.or_else(|| self.0.downcast_ref::<CredentialError>().and_then(CredentialError::hint))
    }

    /// Whether it says itself what is wrong with a far store.
    pub(crate) fn is_of_far_store(&self) -> bool {
        self.0.is::<S3Error>() || self.0.is::<CredentialError>()
    }

    /// Whether another time may bring another answer: nothing is wrong with what was asked for.
    pub fn is_passing(&self) -> bool {
        self.0.downcast_ref::<S3Error>().is_some_and(S3Error::is_passing)
    }
}

impl fmt::Display for StoreFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for StoreFault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

impl From<CredentialError> for StoreFault {
    fn from(error: CredentialError) -> StoreFault {
        StoreFault::new(error)
    }
}

impl From<object_store::Error> for StoreFault {
    fn from(error: object_store::Error) -> StoreFault {
        use object_store::Error as StoreError;
        fn is_ours(source: &(dyn Error + Send + Sync + 'static)) -> bool {
            source.is::<S3Error>() || source.is::<CredentialError>()
        }
        match error {
            StoreError::Generic { source, .. }
            | StoreError::NotFound { source, .. }
            | StoreError::AlreadyExists { source, .. }
            | StoreError::Precondition { source, .. }
            | StoreError::NotModified { source, .. }
            | StoreError::PermissionDenied { source, .. }
            | StoreError::Unauthenticated { source, .. }
                if is_ours(&*source) =>
            {
                StoreFault(source)
            }
            other => StoreFault::new(other),
        }
    }
}
