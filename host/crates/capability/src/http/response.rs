//! An answer as it stays in the host: the guest asks for what it needs of it.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use outrider_model::{Phases, Timestamp};

use super::HttpErrorKind;
use super::decode;
use super::exchange::{Measured, Subject};
use super::extract::{DocumentError, MAX_JSON_BYTES, PatternError};

/// The body, as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    Kept(Bytes),
    /// It was only counted.
    Discarded,
    /// It was dropped, since the iteration kept more than allowed.
    Freed,
}

/// The answer to a request.
#[derive(Debug)]
pub struct Response {
    pub(crate) subject: Subject,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
    pub(crate) body_length: u64,
    pub(crate) measured: Measured,
    pub(crate) redirects: u32,
    /// The exchange's number, where the run is debugged.
    pub(crate) exchange: Option<u64>,
    pub(crate) max_decoded_bytes: usize,
}

impl Response {
    /// The status code.
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// Whether the status is one that the request expected; if it named none, whether it is below 400.
    pub fn is_ok(&self) -> bool {
        self.subject.expected.includes(self.status())
    }

    /// The label in reports.
    pub fn name(&self) -> &Arc<str> {
        &self.subject.name
    }

    /// The method of the last hop, upper case.
    pub fn method(&self) -> &Arc<str> {
        &self.subject.method
    }

    /// The URL of the last hop, without user, password and fragment.
    pub fn url(&self) -> &Arc<str> {
        &self.subject.url
    }

    /// The trace id that was sent, 32 hexadecimal digits.
    pub fn trace_id(&self) -> Option<&Arc<str>> {
        self.subject.trace_id.as_ref()
    }

    /// The number of the exchange in the run, where the run is debugged.
    pub fn exchange(&self) -> Option<u64> {
        self.exchange
    }

    /// How many redirects led here.
    pub fn redirects(&self) -> u32 {
        self.redirects
    }

    /// `HTTP/1.0`, `HTTP/1.1` or `HTTP/2`.
    pub fn protocol(&self) -> &'static str {
        self.measured.protocol.unwrap_or("HTTP/1.1")
    }

    /// When the last hop began.
    pub fn started_at(&self) -> Timestamp {
        self.measured.started_at
    }

    /// How long the last hop took, without waiting for a connection.
    pub fn duration(&self) -> Duration {
        self.measured.duration
    }

    /// The phases of the last hop.
    pub fn phases(&self) -> Phases {
        self.measured.phases
    }

    /// Bytes of the last hop's request, before TLS.
    pub fn bytes_sent(&self) -> u64 {
        self.measured.bytes_sent
    }

    /// Bytes of the answer, before TLS and decompression.
    pub fn bytes_received(&self) -> u64 {
        self.measured.bytes_received
    }

    /// Whether the connection had carried an exchange before.
    pub fn connection_reused(&self) -> bool {
        self.measured.connection_reused
    }

    /// The address that answered.
    pub fn remote_address(&self) -> Option<SocketAddr> {
        self.measured.remote_address
    }

    /// The first value of a header field, in any case; bytes that are not UTF-8 are replaced.
    pub fn header(&self, name: &str) -> Option<Cow<'_, str>> {
        self.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()))
    }

    /// All values of a header field.
    pub fn header_values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = Cow<'a, str>> {
        self.headers.get_all(name).into_iter().map(|value| String::from_utf8_lossy(value.as_bytes()))
    }

    /// All header fields, names in lower case.
    pub fn header_fields(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        self.headers.iter().map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes())))
    }

    /// Length of the body as it came, before decompression, in bytes.
    pub fn body_size(&self) -> u64 {
        self.body_length
    }

    /// The body, decompressed. It is decompressed each time; [`super::ResponseStore`] remembers the
    /// last one.
    ///
    /// # Errors
    ///
    /// If it was not kept, or cannot be decompressed within the limit.
    pub fn bytes(&self) -> Result<Bytes, ResponseError> {
        match &self.body {
            Body::Kept(raw) => decode::decode(&self.headers, raw, self.max_decoded_bytes)
                .map_err(|reason| ResponseError::Decode { reason: reason.to_string() }),
            Body::Discarded => Err(ResponseError::Discarded),
            Body::Freed => Err(ResponseError::Freed),
        }
    }

    /// The body as UTF-8 text, decompressed; bytes that are not UTF-8 are replaced.
    ///
    /// # Errors
    ///
    /// As [`Response::bytes`].
    pub fn text(&self) -> Result<String, ResponseError> {
        self.bytes().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Bytes of memory that the body holds.
    pub(crate) fn kept_bytes(&self) -> usize {
        match &self.body {
            Body::Kept(raw) => raw.len(),
            Body::Discarded | Body::Freed => 0,
        }
    }

    /// Drops the body.
    pub(crate) fn free_body(&mut self) {
        if matches!(self.body, Body::Kept(_)) {
            self.body = Body::Freed;
        }
    }
}

/// What a guest asked for cannot be given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResponseError {
    /// The id is not of this iteration.
    #[error("there is no response {id} in this iteration")]
    Unknown {
        /// The id.
        id: u32,
    },
    /// The body was only counted.
    #[error("the body was discarded, as the request or the run asked for")]
    Discarded,
    /// The body was dropped to make room.
    #[error("the body was freed, because later answers of this iteration filled its memory")]
    Freed,
    /// The body cannot be decompressed.
    #[error("cannot decode the body: {reason}")]
    Decode {
        /// Why.
        reason: String,
    },
    /// The body is not JSON.
    #[error("the body is not JSON: {reason}")]
    NotJson {
        /// Why.
        reason: String,
    },
    /// The body is too long to be parsed.
    #[error("the body is JSON of {bytes} bytes, more than {MAX_JSON_BYTES}")]
    JsonTooLarge {
        /// Its length, in bytes.
        bytes: usize,
    },
    /// The pattern cannot be used.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// The body cannot be read as a document, or the question costs too much.
    #[error(transparent)]
    Document(#[from] DocumentError),
}

impl ResponseError {
    /// The kind of the error, in the terms of requests.
    pub fn kind(&self) -> HttpErrorKind {
        match self {
            ResponseError::Decode { .. } => HttpErrorKind::Decode,
            _ => HttpErrorKind::Other,
        }
    }
}
