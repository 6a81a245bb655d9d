//! Numbers with their units.

use std::fmt;

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
