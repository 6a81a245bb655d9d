//! Answers that come from somewhere else than the network: the tests of a plugin script them.
//!
//! The seam is below everything that measures and above every socket: URLs are resolved and granted, cookies kept,
//! redirects followed, time limits held and samples made as in a run, and no connection is ever opened.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use outrider_model::BoxFuture;
use url::Url;

use super::HttpError;

/// A request that waits for its answer.
#[derive(Clone, Copy, Debug)]
pub struct AskedRequest<'a> {
    /// Its method.
    pub method: &'a str,
    /// Its URL, whole.
    pub url: &'a Url,
    /// Its header fields, the host's defaults and cookies too.
    pub headers: &'a HeaderMap,
    /// Its body.
    pub body: &'a Bytes,
}

impl AskedRequest<'_> {
    /// Its header fields as text; bytes that are not UTF-8 are replaced.
    pub fn header_fields(&self) -> Vec<(String, String)> {
        let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        self.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
    }
}

/// What becomes of a request.
#[derive(Clone, Debug)]
pub enum Scripted {
    /// It is answered after so much time.
    Answer {
        /// How long that takes.
        after: Duration,
        /// The status code.
        status: u16,
        /// The header fields.
        headers: Vec<(String, String)>,
        /// The body, as it comes over the wire.
        body: Bytes,
    },
    /// It fails after so much time.
    Failure {
        /// How long that takes.
        after: Duration,
        /// How it fails.
        failure: ScriptedFailure,
    },
}

/// How a request fails for which no network is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScriptedFailure {
    /// Nothing listens.
    ConnectionRefused,
    /// The connection ends before the answer is complete.
    ConnectionReset,
    /// No connection is opened in time: it takes that time.
    ConnectTimeout,
    /// The name does not resolve.
    Dns,
    /// The TLS handshake fails.
    Tls,
    /// Nothing comes: it takes the time that the request has.
    Timeout,
    /// Nobody has an answer for it, for this reason.
    Unexpected(String),
}

/// Answers requests in the network's place.
pub trait Answerer: std::fmt::Debug + Send + Sync {
    /// Says what becomes of a request. Called once for each exchange, redirects that are followed each for itself, in
    /// the order in which they begin, from the tasks of the users; it must not block.
    fn answer(&self, request: AskedRequest<'_>) -> Scripted;
}

impl ScriptedFailure {
    /// The error that a network would have given. One that takes the time of a limit takes it.
    pub(crate) fn happen(&self, host: &str, authority: String, limit: Duration) -> BoxFuture<'_, HttpError> {
        let host = host.to_owned();
        Box::pin(async move {
            match self {
                ScriptedFailure::ConnectionRefused => connect(authority, io::ErrorKind::ConnectionRefused),
                ScriptedFailure::ConnectionReset => connect(authority, io::ErrorKind::ConnectionReset),
                ScriptedFailure::ConnectTimeout => {
                    tokio::time::sleep(limit).await;
                    HttpError::ConnectTimeout { authority, limit }
                }
                ScriptedFailure::Dns => HttpError::Dns { host, source: io::ErrorKind::NotFound.into() },
                ScriptedFailure::Tls => {
                    let source = io::Error::other("the handshake failed, as the test asks for");
                    HttpError::Tls { authority, source }
                }
                ScriptedFailure::Timeout => std::future::pending().await,
                ScriptedFailure::Unexpected(reason) => {
                    HttpError::Connect { authority, source: io::Error::other(reason.clone()) }
                }
            }
        })
    }
}

fn connect(authority: String, kind: io::ErrorKind) -> HttpError {
    HttpError::Connect { authority, source: kind.into() }
}
