//! Units, and the dimension that each of them measures.

use std::fmt;

use crate::{BYTE_UNITS, TIME_UNITS, in_unit};

/// What a value is a number of. Values are given in one unit for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// A number from 0 up.
    Number,
    /// A number that may be negative, in the unit that the journey chose.
    Free,
    /// A share, from 0 to 1; written in percent.
    Share,
    /// A length of time, in milliseconds.
    Duration,
    /// Bytes.
    Bytes,
    /// A number in each second.
    PerSecond,
    /// Bytes in each second.
    BytesPerSecond,
}

/// A unit as it is written behind a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    symbol: &'static str,
    dimension: Dimension,
    /// One of it, in the unit of the dimension's values.
    factor: f64,
}

const fn unit(symbol: &'static str, dimension: Dimension, factor: f64) -> Unit {
    Unit { symbol, dimension, factor }
}

/// All units, a dimension's common ones first within it.
static UNITS: [Unit; 25] = [
    unit("ms", Dimension::Duration, 1.0),
    unit("s", Dimension::Duration, 1e3),
    unit("m", Dimension::Duration, 60e3),
    unit("h", Dimension::Duration, 3_600e3),
    unit("d", Dimension::Duration, 86_400e3),
    unit("us", Dimension::Duration, 1e-3),
    unit("ns", Dimension::Duration, 1e-6),
    unit("%", Dimension::Share, 1e-2),
    unit("B", Dimension::Bytes, 1.0),
    unit("kB", Dimension::Bytes, 1e3),
    unit("MB", Dimension::Bytes, 1e6),
    unit("GB", Dimension::Bytes, 1e9),
    unit("KiB", Dimension::Bytes, 1_024.0),
    unit("MiB", Dimension::Bytes, 1_048_576.0),
    unit("GiB", Dimension::Bytes, 1_073_741_824.0),
    unit("/s", Dimension::PerSecond, 1.0),
    unit("/m", Dimension::PerSecond, 1.0 / 60.0),
    unit("/h", Dimension::PerSecond, 1.0 / 3_600.0),
    unit("B/s", Dimension::BytesPerSecond, 1.0),
    unit("kB/s", Dimension::BytesPerSecond, 1e3),
    unit("MB/s", Dimension::BytesPerSecond, 1e6),
    unit("GB/s", Dimension::BytesPerSecond, 1e9),
    unit("KiB/s", Dimension::BytesPerSecond, 1_024.0),
    unit("MiB/s", Dimension::BytesPerSecond, 1_048_576.0),
    unit("GiB/s", Dimension::BytesPerSecond, 1_073_741_824.0),
];

/// Other ways of writing a unit.
const ALIASES: [(&str, &str); 8] = [
    ("µs", "us"),
    ("μs", "us"),
    ("min", "m"),
    ("KB", "kB"),
    ("KB/s", "kB/s"),
    ("/sec", "/s"),
    ("/min", "/m"),
    ("/hour", "/h"),
];

impl Unit {
    /// No unit: the number alone.
    pub const NONE: Unit = unit("", Dimension::Number, 1.0);

    /// The unit that is written so.
    pub(super) fn named(symbol: &str) -> Option<Unit> {
        let alias = ALIASES.iter().find(|(alias, _)| *alias == symbol);
        let symbol = alias.map_or(symbol, |(_, symbol)| symbol);
        UNITS.iter().find(|unit| unit.symbol == symbol).copied()
    }

    /// Every unit of a dimension as it is written.
    pub(super) fn of(dimension: Dimension) -> impl Iterator<Item = &'static str> {
        UNITS.iter().filter(move |unit| unit.dimension == dimension).map(|unit| unit.symbol)
    }

    /// The unit as it is written; empty for none.
    pub fn symbol(self) -> &'static str {
        self.symbol
    }

    /// What it measures.
    pub fn dimension(self) -> Dimension {
        self.dimension
    }

    /// `number` of it, in the unit of the dimension's values.
    pub(super) fn times(self, number: f64) -> f64 {
        // A division is exact where the factor's inverse is: 0.1 % is 0.001, and 500 us are 0.5 ms.
        if self.factor < 1.0 { number / (1.0 / self.factor).round() } else { number * self.factor }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol)
    }
}

impl Dimension {
    /// Whether a number alone says it.
    pub(super) fn may_be_bare(self) -> bool {
        matches!(self, Dimension::Number | Dimension::Free | Dimension::PerSecond)
    }

    /// What it is, in words, with an article.
    pub(super) fn in_words(self) -> &'static str {
        match self {
            Dimension::Number => "a number",
            Dimension::Free => "a number in the unit that the journey chose",
            Dimension::Share => "a share in percent",
            Dimension::Duration => "a length of time",
            Dimension::Bytes => "a number of bytes",
            Dimension::PerSecond => "a number in each second",
            Dimension::BytesPerSecond => "bytes in each second",
        }
    }

    /// A value in words: `612 ms`, `2.13%`, `1.2 MB/s`.
    pub fn show(self, value: f64) -> String {
        match self {
            Dimension::Number | Dimension::Free => number(value),
            Dimension::Share => format!("{}%", number(value * 100.0)),
            Dimension::Duration => duration(value),
            Dimension::Bytes => bytes(value),
            Dimension::PerSecond => format!("{}/s", number(value)),
            Dimension::BytesPerSecond => format!("{}/s", bytes(value)),
        }
    }
}

/// Four significant digits, whole numbers whole: `12,345` is written `12345` as in an expression.
fn number(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 || !size.is_finite() || size >= 1e3 {
        return format!("{value:.0}");
    }
    let decimals = (3.0 - size.log10().floor()).clamp(0.0, 12.0) as usize;
    let text = format!("{value:.decimals$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// Significant digits of a value: a limit may have four.
const DIGITS: i32 = 4;

/// Ten minutes: what is shorter is read in seconds.
const MINUTES_FROM_MS: f64 = 600e3;

fn duration(ms: f64) -> String {
    match ms.abs() {
        0.0 => "0 ms".to_owned(),
        size if size >= MINUTES_FROM_MS => format!("{} min", number(ms / 60e3)),
        _ => with_unit(in_unit(ms, DIGITS, &TIME_UNITS)),
    }
}

fn bytes(count: f64) -> String {
    // A limit in terabytes is nobody's.
    with_unit(in_unit(count, DIGITS, &BYTE_UNITS[..4]))
}

fn with_unit((value, symbol): (f64, &str)) -> String {
    format!("{} {symbol}", number(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_in_the_unit_that_suits_their_size() {
        let durations = [0.0, 0.000_5, 0.853, 98.14, 612.0, 999.97, 1_234.5, 3_600e3];
        let texts = durations.map(|ms| Dimension::Duration.show(ms));
        assert_eq!(texts, ["0 ms", "500 ns", "853 µs", "98.14 ms", "612 ms", "1 s", "1.234 s", "60 min"]);
        let shares = [0.0, 0.0213, 0.000_012_34, 1.0].map(|share| Dimension::Share.show(share));
        assert_eq!(shares, ["0%", "2.13%", "0.001234%", "100%"]);
        assert_eq!(Dimension::BytesPerSecond.show(1_250_000.0), "1.25 MB/s");
        assert_eq!([0.0, 12_345.0, -2.5].map(|value| Dimension::Free.show(value)), ["0", "12345", "-2.5"]);
        assert_eq!(Dimension::PerSecond.show(99.96), "99.96/s");
    }

    #[test]
    fn units_are_known_by_their_symbols() {
        for unit in &UNITS {
            assert_eq!(Unit::named(unit.symbol), Some(*unit));
        }
        for (alias, symbol) in ALIASES {
            assert_eq!(Unit::named(alias).map(Unit::symbol), Some(symbol));
        }
        assert_eq!(Unit::named(""), None);
    }

    #[test]
    fn parts_of_a_unit_are_exact() {
        assert_eq!(Unit::named("%").unwrap().times(0.1), 0.001);
        assert_eq!(Unit::named("us").unwrap().times(500.0), 0.5);
        assert_eq!(Unit::named("/m").unwrap().times(30.0), 0.5);
    }
}
