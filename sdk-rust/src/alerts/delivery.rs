//! Whether an alert was delivered.

use std::fmt;

use super::export::wit;
use crate::http::Response;
use crate::{Error, ErrorKind};

/// Why an alert was not delivered.
///
/// Errors turn into one by `?`: what is the other side's fault (no answer in time, a refused connection) is to be
/// tried again, all else is the channel's own.
#[derive(Debug)]
#[non_exhaustive]
pub enum DeliveryError {
    /// It may work later; why it did not now.
    TryAgain(String),
    /// It will not work, however often it is tried; why.
    Refused(String),
    /// The channel itself broke.
    Broken(Error),
}

impl DeliveryError {
    /// It may work later; why it did not now.
    pub fn try_again(why: impl fmt::Display) -> Self {
        Self::TryAgain(why.to_string())
    }

    /// It will not work, however often it is tried; why.
    pub fn refused(why: impl fmt::Display) -> Self {
        Self::Refused(why.to_string())
    }

    pub(super) fn into_wit(self) -> wit::DeliveryError {
        match self {
            Self::TryAgain(why) => wit::DeliveryError::TryAgain(why),
            Self::Refused(why) => wit::DeliveryError::Refused(why),
            Self::Broken(error) => wit::DeliveryError::Broken(error.into_wit()),
        }
    }
}

impl From<Error> for DeliveryError {
    fn from(error: Error) -> Self {
        match error.kind() {
            ErrorKind::Target => Self::try_again(error),
            ErrorKind::Plugin | ErrorKind::Abort => Self::Broken(error),
        }
    }
}

impl<E: std::error::Error + 'static> From<E> for DeliveryError {
    #[track_caller]
    fn from(error: E) -> Self {
        Error::from(error).into()
    }
}

/// Whether the other side took it: a status from 200 to 299 says so. 408, 429 and those from 500 on are to be tried
/// again, all others are a refusal; also 101, which promises another protocol and delivers nothing.
///
/// # Errors
///
/// If it did not.
pub fn accepted(response: &Response) -> Result<(), DeliveryError> {
    match response.status() {
        200..300 => Ok(()),
        status @ (408 | 429 | 500..) => Err(DeliveryError::try_again(format!("status {status}"))),
        status => Err(DeliveryError::refused(format!("status {status}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http;

    #[test]
    fn whose_fault_it_is_says_whether_it_is_tried_again() {
        let of = |error: http::Error| DeliveryError::from(error);
        assert!(matches!(of(http::Error::Timeout), DeliveryError::TryAgain(_)));
        assert!(matches!(of(http::Error::InvalidUrl("no host".into())), DeliveryError::Broken(_)));
        let error = "x".parse::<u32>().unwrap_err();
        assert!(matches!(DeliveryError::from(error), DeliveryError::Broken(_)));
    }
}
