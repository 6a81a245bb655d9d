//! Why an exchange failed: the error, its kind for grouping, and words that a user understands.

mod words;

use std::error::Error;
use std::io;
use std::time::Duration;

use super::TimeLimit;
use crate::Refusal;

/// Why an exchange failed.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The URL cannot be parsed.
    #[error("'{url}' is not a valid URL")]
    InvalidUrl {
        /// The text, without user and password.
        url: String,
        /// Why.
        #[source]
        source: url::ParseError,
    },
    /// The URL cannot be requested.
    #[error("'{url}' cannot be requested: {reason}")]
    UnusableUrl {
        /// The URL, without user and password.
        url: String,
        /// Why.
        reason: &'static str,
    },
    /// Something else in the request is wrong.
    #[error(transparent)]
    InvalidRequest(#[from] InvalidRequest),
    /// The host is not granted.
    #[error(transparent)]
    NotGranted(#[from] Refusal),
    /// The name does not resolve.
    #[error("cannot resolve {host}")]
    Dns {
        /// The name.
        host: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// No connection could be opened.
    #[error("cannot connect to {authority}")]
    Connect {
        /// Host and port.
        authority: String,
        /// Why, at the last address that was tried.
        #[source]
        source: io::Error,
    },
    /// No connection was opened in time.
    #[error("cannot connect to {authority} within {limit:?}")]
    ConnectTimeout {
        /// Host and port.
        authority: String,
        /// The limit.
        limit: Duration,
    },
    /// The TLS configuration cannot be made.
    #[error(transparent)]
    TlsSetup(#[from] super::TlsSetupError),
    /// The TLS handshake failed.
    #[error("cannot establish TLS with {authority}")]
    Tls {
        /// Host and port.
        authority: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The answer was not complete in time.
    #[error("no complete answer from {authority} within {limit:?}")]
    Timeout {
        /// Host and port.
        authority: String,
        /// The limit.
        limit: Duration,
    },
    /// A redirect led to one redirect too many.
    #[error("more than {limit} redirects")]
    TooManyRedirects {
        /// The limit.
        limit: u32,
    },
    /// The answer's body is larger than allowed.
    #[error("body too large: more than {limit_bytes} bytes")]
    BodyTooLarge {
        /// The limit, in bytes.
        limit_bytes: usize,
    },
    /// The connection broke, or what came over it is not HTTP.
    #[error("exchange with {authority} failed")]
    Broken {
        /// Host and port.
        authority: String,
        /// Why.
        #[source]
        source: hyper::Error,
    },
    /// The iteration ended while the exchange was under way, for another reason than its time. Only ever recorded,
    /// never returned.
    #[error("interrupted by the end of the iteration")]
    Interrupted,
    /// The time of the iteration, or of another call, was up while the exchange was under way: the journey has
    /// waited for the target as long as it may. Only ever recorded, never returned.
    #[error("{}", .0.message())]
    TimeLimit(TimeLimit),
}

/// What is wrong with a request besides its URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRequest {
    /// The method is not a token, or is `CONNECT`.
    #[error("'{method}' is not a method that can be sent")]
    Method {
        /// The method.
        method: String,
    },
    /// The header's name is not a token.
    #[error("'{name}' is not a header name")]
    HeaderName {
        /// The name.
        name: String,
    },
    /// The header's value has control characters.
    #[error("header '{name}' has a value with control characters")]
    HeaderValue {
        /// The name.
        name: String,
    },
    /// The header frames the message, and is the host's to set.
    #[error("header '{name}' is set by the host alone")]
    ReservedHeader {
        /// The name.
        name: String,
    },
    /// A text of a multipart part cannot be written into its header.
    #[error("multipart {what} '{value}' has control characters")]
    Part {
        /// `name`, `file name` or `content type`.
        what: &'static str,
        /// The text.
        value: String,
    },
}

/// The kinds of errors, for grouping and for guests that tell a timeout from a refused connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HttpErrorKind {
    /// The URL cannot be parsed or requested.
    InvalidUrl,
    /// The method, a header or a form cannot be sent.
    InvalidRequest,
    /// The host is not granted.
    NotGranted,
    /// The name does not resolve.
    Dns,
    /// Nothing listens at the address.
    ConnectionRefused,
    /// The connection ended before the answer was complete.
    ConnectionReset,
    /// No connection was opened in time.
    ConnectTimeout,
    /// The TLS handshake failed.
    Tls,
    /// The answer was not complete in time.
    Timeout,
    /// One redirect too many.
    TooManyRedirects,
    /// The body is larger than allowed.
    BodyTooLarge,
    /// The body cannot be decompressed. Found only when the body is asked for.
    Decode,
    /// What the server sent is not HTTP.
    Protocol,
    /// This machine has no ports, files or memory left: the generator's failure, not the target's.
    GeneratorLimit,
    /// The iteration ended while the exchange was under way, for another reason than its time: no failure.
    Interrupted,
    /// The iteration's time was up while the exchange was under way.
    IterationTimedOut,
    /// The same of a call that is no iteration: `setup`, `start`, `stop`, `teardown`.
    CallTimedOut,
    /// Anything else.
    Other,
}

impl HttpErrorKind {
    /// The kind's short, stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            HttpErrorKind::InvalidUrl => "invalid url",
            HttpErrorKind::InvalidRequest => "invalid request",
            HttpErrorKind::NotGranted => "not granted",
            HttpErrorKind::Dns => "dns",
            HttpErrorKind::ConnectionRefused => "connection refused",
            HttpErrorKind::ConnectionReset => "connection reset",
            HttpErrorKind::ConnectTimeout => "connect timeout",
            HttpErrorKind::Tls => "tls",
            HttpErrorKind::Timeout => "timeout",
            HttpErrorKind::TooManyRedirects => "too many redirects",
            HttpErrorKind::BodyTooLarge => "body too large",
            HttpErrorKind::Decode => "decode",
            HttpErrorKind::Protocol => "protocol",
            HttpErrorKind::GeneratorLimit => "generator limit",
            HttpErrorKind::Interrupted => "interrupted",
            HttpErrorKind::IterationTimedOut => "iteration timed out",
            HttpErrorKind::CallTimedOut => "call timed out",
            HttpErrorKind::Other => "other",
        }
    }
}

impl HttpError {
    /// The kind of the error.
    pub fn kind(&self) -> HttpErrorKind {
        match self {
            HttpError::InvalidUrl { .. } | HttpError::UnusableUrl { .. } => HttpErrorKind::InvalidUrl,
            HttpError::InvalidRequest(_) => HttpErrorKind::InvalidRequest,
            HttpError::NotGranted(_) => HttpErrorKind::NotGranted,
            HttpError::Dns { .. } => HttpErrorKind::Dns,
            HttpError::Connect { source, .. } => words::kind_of_io(source),
            HttpError::ConnectTimeout { .. } => HttpErrorKind::ConnectTimeout,
            HttpError::TlsSetup(_) | HttpError::Tls { .. } => HttpErrorKind::Tls,
            HttpError::Timeout { .. } => HttpErrorKind::Timeout,
            HttpError::TooManyRedirects { .. } => HttpErrorKind::TooManyRedirects,
            HttpError::BodyTooLarge { .. } => HttpErrorKind::BodyTooLarge,
            HttpError::Broken { source, .. } => words::kind_of_exchange(source),
            HttpError::Interrupted => HttpErrorKind::Interrupted,
            HttpError::TimeLimit(limit) => limit.kind(),
        }
    }

    /// The error with its causes, in one line: `cannot connect to 127.0.0.1:9: connection refused`.
    pub fn message(&self) -> String {
        words::with_causes(self.to_string(), self)
    }

    /// Why, in one line, for who says himself what failed: `connection refused`. Without a cause, the error.
    pub fn reason(&self) -> String {
        match (self, self.source()) {
            (HttpError::UnusableUrl { reason, .. }, _) => (*reason).to_owned(),
            (_, Some(cause)) => words::with_causes(words::of_cause(cause), cause),
            (_, None) => self.to_string(),
        }
    }

    /// What the user can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            HttpError::NotGranted(refusal) => Some(refusal.hint()),
            HttpError::InvalidUrl { source: url::ParseError::RelativeUrlWithoutBase, .. } => {
                Some("--target URL gives what relative URLs resolve against".to_owned())
            }
            HttpError::Tls { source, .. } if words::is_certificate_fault(source) => {
                Some("--insecure accepts every certificate".to_owned())
            }
            HttpError::Connect { source, .. } => words::limit_hint(source).map(str::to_owned),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
