//! Log lines. The host keeps them as rows of `logs`: 4,096 bytes of each line, and of all that an iteration prints
//! and logs together 64 KiB, where each line counts 64 bytes more than its text. What is beyond is counted.
//!
//! ```no_run
//! use outrider_sdk::log;
//!
//! let order = 17;
//! log::info!("order {order} is placed");
//! log::warn!("the coupon was refused");
//! ```

use std::fmt;

use crate::bindings::imports::measure;

#[doc(inline)]
pub use crate::{__log_debug as debug, __log_error as error, __log_info as info, __log_warn as warn};

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// For the author.
    Debug,
    /// Worth knowing.
    Info,
    /// Something odd.
    Warn,
    /// Something failed.
    Error,
}

impl Level {
    fn into_wit(self) -> measure::Level {
        match self {
            Self::Debug => measure::Level::Debug,
            Self::Info => measure::Level::Info,
            Self::Warn => measure::Level::Warn,
            Self::Error => measure::Level::Error,
        }
    }
}

/// Writes a line. The macros [`debug!`], [`info!`], [`warn!`] and [`error!`] are shorter.
pub fn write(level: Level, message: fmt::Arguments<'_>) {
    match message.as_str() {
        Some(text) => measure::log(level.into_wit(), text),
        None => measure::log(level.into_wit(), &message.to_string()),
    }
}

/// Writes a line for the author, as [`format!`] makes it.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_debug {
    ($($message:tt)+) => {
        $crate::log::write($crate::log::Level::Debug, ::std::format_args!($($message)+))
    };
}

/// Writes a line that is worth knowing, as [`format!`] makes it.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_info {
    ($($message:tt)+) => {
        $crate::log::write($crate::log::Level::Info, ::std::format_args!($($message)+))
    };
}

/// Writes a line about something odd, as [`format!`] makes it.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_warn {
    ($($message:tt)+) => {
        $crate::log::write($crate::log::Level::Warn, ::std::format_args!($($message)+))
    };
}

/// Writes a line about something that failed, as [`format!`] makes it.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_error {
    ($($message:tt)+) => {
        $crate::log::write($crate::log::Level::Error, ::std::format_args!($($message)+))
    };
}
