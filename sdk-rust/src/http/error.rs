//! Why there is no answer, or not the part of it that was asked for.

use crate::ErrorKind;
use crate::bindings::imports::responses;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The URL cannot be understood; why.
    #[error("invalid URL: {0}")]
    InvalidUrl(String),
    /// Another part of the request cannot be sent as it is; which and why.
    #[error("invalid request: {0}")]
    InvalidRequest(String),
    /// The run's grants do not cover this host and port; `host:port`.
    #[error("the run's grants do not cover {0} (hint: --allow-net {0})")]
    NotGranted(String),
    /// This name does not resolve.
    #[error("cannot resolve {0}")]
    Dns(String),
    /// Nothing listens at that address.
    #[error("connection refused")]
    ConnectionRefused,
    /// The other side ended the connection before the answer was whole.
    #[error("connection reset")]
    ConnectionReset,
    /// No connection within the limit.
    #[error("no connection within the limit")]
    ConnectTimeout,
    /// The TLS handshake failed; why.
    #[error("TLS handshake failed: {0}")]
    Tls(String),
    /// No whole answer within the limit.
    #[error("no answer within the limit")]
    Timeout,
    /// More redirects than allowed.
    #[error("too many redirects")]
    TooManyRedirects,
    /// The body is larger than the host's limit, in bytes.
    #[error("the answer's body is larger than {0} bytes")]
    BodyTooLarge(u64),
    /// The other side does not speak HTTP; what it did.
    #[error("not HTTP: {0}")]
    Protocol(String),
    /// Anything else, in the host's words.
    #[error("{0}")]
    Other(String),
}

impl Error {
    /// Whose fault it is: a request that cannot be sent is the plugin's, and all else the target's.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::InvalidUrl(_) | Self::InvalidRequest(_) | Self::NotGranted(_) => ErrorKind::Plugin,
            _ => ErrorKind::Target,
        }
    }

    pub(crate) fn from_wit(error: responses::ErrorCode) -> Self {
        use responses::ErrorCode;
        match error {
            ErrorCode::InvalidUrl(why) => Self::InvalidUrl(why),
            ErrorCode::InvalidRequest(why) => Self::InvalidRequest(why),
            ErrorCode::NotGranted(address) => Self::NotGranted(address),
            ErrorCode::Dns(name) => Self::Dns(name),
            ErrorCode::ConnectionRefused => Self::ConnectionRefused,
            ErrorCode::ConnectionReset => Self::ConnectionReset,
            ErrorCode::ConnectTimeout => Self::ConnectTimeout,
            ErrorCode::Tls(why) => Self::Tls(why),
            ErrorCode::Timeout => Self::Timeout,
            ErrorCode::TooManyRedirects => Self::TooManyRedirects,
            ErrorCode::BodyTooLarge(limit) => Self::BodyTooLarge(limit),
            ErrorCode::Protocol(what) => Self::Protocol(what),
            ErrorCode::Other(words) => Self::Other(words),
        }
    }
}

/// Why a part of an answer cannot be given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// There is no such answer: its iteration is over.
    #[error("the answer is gone: its iteration is over")]
    Gone,
    /// The body cannot be decompressed, or grows beyond the host's limit; the reason.
    #[error("the body cannot be decoded: {0}")]
    Decode(String),
    /// The body is not UTF-8 text.
    #[error("the body is not UTF-8 text")]
    NotText,
    /// The body is not JSON; the reason with its line and column.
    #[error("the body is not JSON: {0}")]
    NotJson(String),
    /// The JSONPath, the regular expression, the CSS selector or the XPath is not valid; the reason with its
    /// place.
    #[error("invalid pattern: {0}")]
    InvalidPattern(String),
    /// The answer's body was not kept: its request said `discard_body`.
    #[error("the body was discarded, as the request asked")]
    Discarded,
    /// The JSONPath, the regular expression, the CSS selector or the XPath matches nothing.
    #[error("'{0}' matches nothing in the body")]
    NoMatch(String),
    /// The JSON has another shape than the type asked for; where and why.
    #[error("the JSON does not fit: {0}")]
    Shape(String),
    /// Anything else, in the host's words.
    #[error("{0}")]
    Other(String),
}

impl ReadError {
    /// Whose fault it is: an answer that is not as expected is the target's, and a question that makes no
    /// sense the plugin's.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Decode(_) | Self::NotText | Self::NotJson(_) | Self::NoMatch(_) | Self::Shape(_) => {
                ErrorKind::Target
            }
            Self::Gone | Self::InvalidPattern(_) | Self::Discarded | Self::Other(_) => ErrorKind::Plugin,
        }
    }

    pub(crate) fn from_wit(error: responses::ReadError) -> Self {
        match error {
            responses::ReadError::Gone => Self::Gone,
            responses::ReadError::Decode(why) => Self::Decode(why),
            responses::ReadError::NotText => Self::NotText,
            responses::ReadError::NotJson(why) => Self::NotJson(why),
            responses::ReadError::InvalidPattern(why) => Self::InvalidPattern(why),
            responses::ReadError::Discarded => Self::Discarded,
            responses::ReadError::Other(words) => Self::Other(words),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_requests_that_cannot_be_sent_are_the_plugins_fault() {
        assert_eq!(Error::NotGranted("example.com:443".into()).kind(), ErrorKind::Plugin);
        assert_eq!(Error::Dns("shop.test".into()).kind(), ErrorKind::Target);
        assert_eq!(Error::Other("odd".into()).kind(), ErrorKind::Target);
    }

    #[test]
    fn an_answer_without_the_expected_part_is_the_targets_fault() {
        assert_eq!(ReadError::NoMatch("$.id".into()).kind(), ErrorKind::Target);
        assert_eq!(ReadError::InvalidPattern("(".into()).kind(), ErrorKind::Plugin);
    }

    #[test]
    fn messages_are_readable_after_a_colon() {
        assert_eq!(ReadError::NoMatch("$.id".into()).to_string(), "'$.id' matches nothing in the body");
        assert_eq!(Error::Dns("shop.test".into()).to_string(), "cannot resolve shop.test");
        assert_eq!(
            Error::NotGranted("shop.test:80".into()).to_string(),
            "the run's grants do not cover shop.test:80 (hint: --allow-net shop.test:80)"
        );
    }
}
