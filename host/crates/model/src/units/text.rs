//! The same for people: as they would be written.

use std::time::Duration;

use crate::Rate;

/// A duration: `1m30s`, `8s`, `250ms`.
pub fn duration_text(duration: Duration) -> String {
    let (seconds, nanos) = (duration.as_secs(), duration.subsec_nanos());
    let parts = [
        (seconds / 86_400, "d"),
        (seconds / 3600 % 24, "h"),
        (seconds / 60 % 60, "m"),
        (seconds % 60, "s"),
        (u64::from(nanos / 1_000_000), "ms"),
        (u64::from(nanos / 1_000 % 1_000), "us"),
        (u64::from(nanos % 1_000), "ns"),
    ];
    let said = parts.into_iter().filter(|(number, _)| *number > 0);
    let text: String = said.map(|(number, unit)| format!("{number}{unit}")).collect();
    if text.is_empty() { "0s".to_owned() } else { text }
}

/// A rate, in the unit in which it is a round number: `100/s`, `100/m`.
pub fn rate_text(rate: Rate) -> String {
    let (count, unit) = rate_parts(rate);
    format!("{count}/{unit}")
}

/// The same in two parts: how many, and the unit of time.
pub fn rate_parts(rate: Rate) -> (f64, &'static str) {
    let per_second = rate.as_per_second();
    let counts = [("s", 1.0), ("m", 60.0), ("h", 3600.0)].map(|(unit, seconds)| (per_second * seconds, unit));
    let round = |(count, unit): (f64, &'static str)| {
        let rounded = to_thousandths(count);
        ((count - rounded).abs() <= ROUNDING * count).then_some((rounded, unit))
    };
    // What is round in no unit is said in the one in which it is one or more.
    let large = || counts.into_iter().find(|(count, _)| *count >= 1.0).unwrap_or(counts[2]);
    counts.into_iter().find_map(round).unwrap_or_else(|| (to_thousandths(large().0), large().1))
}

/// Far more than what dividing by an hour and multiplying again does to a number (2^-52 for each).
const ROUNDING: f64 = 1e-12;

fn to_thousandths(number: f64) -> f64 {
    (number * 1e3).round() / 1e3
}

/// `1 VU`, `2 VUs`.
pub fn counted(count: impl Into<f64>, noun: &str) -> String {
    let count = count.into();
    if count == 1.0 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
