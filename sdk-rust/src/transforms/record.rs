//! What a transform is given, and how it refuses it.

use std::fmt;
use std::str::Utf8Error;
use std::time::{Duration, SystemTime};

use super::export::wit;

/// A record as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RawRecord {
    /// Where it came from, for example a file's path or a stream's shard.
    pub source: String,
    /// Its place in the source, from 0.
    pub position: u64,
    /// When it was received.
    pub received: SystemTime,
    /// Its bytes, of a line without its end.
    pub data: Vec<u8>,
}

impl RawRecord {
    /// A record for a test: the first of a source without a name, received in 1970.
    pub fn new(data: impl Into<Vec<u8>>) -> Self {
        Self { source: String::new(), position: 0, received: SystemTime::UNIX_EPOCH, data: data.into() }
    }

    /// Its bytes as text.
    ///
    /// # Errors
    ///
    /// If they are not UTF-8.
    pub fn text(&self) -> Result<&str, Utf8Error> {
        std::str::from_utf8(&self.data)
    }

    pub(super) fn from_wit(record: wit::RawRecord) -> Self {
        let wit::RawRecord { source, position, received, data } = record;
        let received = SystemTime::UNIX_EPOCH + Duration::from_nanos(received);
        Self { source, position, received, data }
    }
}

/// A record cannot be understood. The host keeps it whole, with these words.
///
/// Every [`std::error::Error`] turns into one by `?`, so this type is none itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Rejection(String);

impl Rejection {
    /// A record that cannot be understood, and why.
    pub fn new(why: impl fmt::Display) -> Self {
        Self(why.to_string())
    }
}

impl<E: std::error::Error> From<E> for Rejection {
    fn from(error: E) -> Self {
        Self::new(error)
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for Rejection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Rejection({:?})", self.0)
    }
}
