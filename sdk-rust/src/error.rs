//! Why something did not work, whose fault it is, and where it was noticed.

use std::fmt;
use std::panic::Location;

use crate::bindings::imports::types::{Failure, FailureKind};
use crate::{data, http};

/// A result of the journey's own functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Whose fault an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The site did not do what the journey asked of it: a result, like any other measurement.
    Target,
    /// The plugin itself is wrong.
    Plugin,
    /// The run makes no sense any more: the host stops it.
    Abort,
}

impl ErrorKind {
    /// Whose fault it is, by the first error in the chain of causes that this crate knows.
    fn of(error: &(dyn std::error::Error + 'static)) -> Self {
        causes(error).find_map(known_kind).unwrap_or(Self::Plugin)
    }

    pub(crate) fn from_wit(kind: FailureKind) -> Self {
        match kind {
            FailureKind::Target => Self::Target,
            FailureKind::Plugin => Self::Plugin,
            FailureKind::AbortRun => Self::Abort,
        }
    }

    fn into_wit(self) -> FailureKind {
        match self {
            Self::Target => FailureKind::Target,
            Self::Plugin => FailureKind::Plugin,
            Self::Abort => FailureKind::AbortRun,
        }
    }
}

/// An error on its way to the host.
///
/// Every [`std::error::Error`] turns into one by `?`, which also notes the place of the `?`: the host
/// shows it as the failure's place in the author's source. Errors of [`http`] that are the site's fault
/// keep that meaning, also as the cause of another error; all others are the plugin's fault. Use
/// [`Error::target`] or [`ensure!`](crate::ensure) to say that the site is at fault.
///
/// As in the crate anyhow, this type is no [`std::error::Error`] itself, or the conversion could not exist.
pub struct Error {
    kind: ErrorKind,
    message: String,
    location: &'static Location<'static>,
}

impl Error {
    /// The site did not do what was asked of it.
    #[track_caller]
    pub fn target(message: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Target, message)
    }

    /// The plugin is wrong.
    #[track_caller]
    pub fn plugin(message: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Plugin, message)
    }

    /// The run makes no sense any more; the host stops it and says the reason.
    #[track_caller]
    pub fn abort(reason: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Abort, reason)
    }

    /// Whose fault it is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Where in the author's source it was noticed.
    pub fn location(&self) -> &'static Location<'static> {
        self.location
    }

    #[track_caller]
    fn new(kind: ErrorKind, message: impl fmt::Display) -> Self {
        Self { kind, message: message.to_string(), location: Location::caller() }
    }

    pub(crate) fn into_wit(self) -> Failure {
        Failure {
            kind: self.kind.into_wit(),
            message: self.message,
            stack: Some(format!("at {}", self.location)),
        }
    }
}

impl<E: std::error::Error + 'static> From<E> for Error {
    #[track_caller]
    fn from(error: E) -> Self {
        let message = causes(&error).map(ToString::to_string).collect::<Vec<_>>().join(": ");
        Self::new(ErrorKind::of(&error), message)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}: {} at {}", self.kind, self.message, self.location)
    }
}

/// Returns with an error of the site's fault unless a condition holds. The words after the condition are
/// those of [`format!`].
///
/// ```
/// # use outrider_sdk::{Result, ensure};
/// fn pay(total: u64) -> Result<()> {
///     ensure!(total > 0, "the cart is empty: total is {total}");
///     Ok(())
/// }
/// # assert_eq!(pay(0).unwrap_err().to_string(), "the cart is empty: total is 0");
/// ```
#[macro_export]
macro_rules! ensure {
    ($condition:expr, $($message:tt)+) => {
        if !$condition {
            return ::std::result::Result::Err($crate::Error::target(::std::format!($($message)+)).into());
        }
    };
}

/// The error and its causes, outermost first.
fn causes<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| error.source())
}

fn known_kind(error: &(dyn std::error::Error + 'static)) -> Option<ErrorKind> {
    let http = error.downcast_ref::<http::Error>().map(http::Error::kind);
    let read = || error.downcast_ref::<http::ReadError>().map(http::ReadError::kind);
    let data = || error.downcast_ref::<data::Error>().map(|_| ErrorKind::Plugin);
    http.or_else(read).or_else(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the login failed")]
    struct LoginFailed(#[source] http::Error);

    fn converted<E>(error: E) -> Error
    where
        Error: From<E>,
    {
        Error::from(error)
    }

    #[test]
    fn an_http_error_is_the_targets_fault() {
        assert_eq!(converted(http::Error::Timeout).kind(), ErrorKind::Target);
    }

    #[test]
    fn a_request_that_cannot_be_sent_is_the_plugins_fault() {
        assert_eq!(converted(http::Error::InvalidUrl("no host".into())).kind(), ErrorKind::Plugin);
    }

    #[test]
    fn the_cause_decides_whose_fault_it_is_and_is_part_of_the_message() {
        let error = converted(LoginFailed(http::Error::ConnectionRefused));
        assert_eq!(error.kind(), ErrorKind::Target);
        assert_eq!(error.to_string(), "the login failed: connection refused");
    }

    #[test]
    fn any_other_error_is_the_plugins_fault() {
        let error = serde_json::from_str::<u32>("x").unwrap_err();
        assert_eq!(converted(error).kind(), ErrorKind::Plugin);
    }

    #[test]
    fn the_place_is_that_of_the_question_mark() {
        fn parse() -> Result<u32> {
            Ok("x".parse::<u32>()?)
        }
        let line = line!() - 2;
        let location = parse().unwrap_err().location();
        assert_eq!((location.file(), location.line()), (file!(), line));
    }

    #[test]
    fn ensure_returns_an_error_of_the_target_at_its_own_place() {
        fn check(total: u32) -> Result<()> {
            ensure!(total == 3, "total is {total}");
            Ok(())
        }
        let line = line!() - 3;
        let error = check(2).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Target);
        assert_eq!(error.to_string(), "total is 2");
        assert_eq!(error.location().line(), line);
        assert!(check(3).is_ok());
    }

    #[test]
    fn a_failure_carries_the_place_as_its_stack() {
        let failure = Error::abort("no more stock").into_wit();
        assert_eq!(failure.kind, FailureKind::AbortRun);
        assert!(failure.stack.unwrap().contains("src/error.rs:"));
    }
}
