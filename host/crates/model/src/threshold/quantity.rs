//! Numbers with their units, and lengths of time.

use std::fmt;
use std::time::Duration;

use super::Unit;

/// A number with its unit, as it was written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantity {
    /// The number; finite.
    pub number: f64,
    /// Its unit.
    pub unit: Unit,
}

impl Quantity {
    /// The number in the unit of the dimension's values: 2s are 2,000 (milliseconds), 1% is 0.01.
    pub fn in_dimension(self) -> f64 {
        self.unit.times(self.number)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.number, self.unit)
    }
}

/// A length of time as it is written behind `abort after`: `1m30s`.
pub(super) struct DurationText(pub(super) Duration);

impl fmt::Display for DurationText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, nanos) = (self.0.as_secs(), self.0.subsec_nanos());
        let parts = [
            (seconds / 3600, "h"),
            (seconds / 60 % 60, "m"),
            (seconds % 60, "s"),
            (u64::from(nanos / 1_000_000), "ms"),
            (u64::from(nanos / 1_000 % 1_000), "us"),
            (u64::from(nanos % 1_000), "ns"),
        ];
        if self.0.is_zero() {
            return f.write_str("0s");
        }
        parts
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .try_for_each(|(number, unit)| write!(f, "{number}{unit}"))
    }
}
