//! Ranges of status codes.

use std::fmt;
use std::ops::{Range, RangeInclusive};

use crate::bindings::imports::http;

/// A range of status codes, both ends included. Made from one code or from a Rust range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusRange {
    low: u16,
    high: u16,
}

impl StatusRange {
    /// Whether a code lies in the range.
    pub fn contains(self, status: u16) -> bool {
        (self.low..=self.high).contains(&status)
    }

    pub(crate) fn into_wit(self) -> http::StatusRange {
        http::StatusRange { low: self.low, high: self.high }
    }
}

impl From<u16> for StatusRange {
    fn from(status: u16) -> Self {
        Self { low: status, high: status }
    }
}

impl From<RangeInclusive<u16>> for StatusRange {
    fn from(range: RangeInclusive<u16>) -> Self {
        Self { low: *range.start(), high: *range.end() }
    }
}

impl From<Range<u16>> for StatusRange {
    fn from(range: Range<u16>) -> Self {
        Self { low: range.start, high: range.end.saturating_sub(1) }
    }
}

impl fmt::Display for StatusRange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { low, high } = self;
        if low == high { write!(formatter, "{low}") } else { write!(formatter, "{low} to {high}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_open_range_leaves_its_end_out() {
        assert_eq!(StatusRange::from(200..300), StatusRange::from(200..=299));
        assert!(!StatusRange::from(200..300).contains(300));
    }

    #[test]
    fn one_code_is_shown_alone() {
        assert_eq!(StatusRange::from(201).to_string(), "201");
        assert_eq!(StatusRange::from(200..=299).to_string(), "200 to 299");
    }
}
