//! Think time: what users do between two clicks.

use std::ops::{Range, RangeInclusive};
use std::time::Duration;

use crate::{clock, random};

/// How long to think.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThinkTime {
    least: Duration,
    most: Duration,
}

impl From<Duration> for ThinkTime {
    fn from(exactly: Duration) -> Self {
        Self { least: exactly, most: exactly }
    }
}

impl From<Range<Duration>> for ThinkTime {
    fn from(range: Range<Duration>) -> Self {
        Self { least: range.start, most: range.end }
    }
}

impl From<RangeInclusive<Duration>> for ThinkTime {
    fn from(range: RangeInclusive<Duration>) -> Self {
        let (least, most) = range.into_inner();
        Self { least, most }
    }
}

/// Waits for a time: exactly this one, or any of a range with equal likelihood.
///
/// ```no_run
/// # use outrider_sdk::think;
/// # use std::time::Duration;
/// think(Duration::from_millis(500));
/// think(Duration::from_secs(1)..Duration::from_secs(3));
/// ```
pub fn think(time: impl Into<ThinkTime>) {
    let ThinkTime { least, most } = time.into();
    clock::sleep(if most > least { between(least, most, random::float()) } else { least });
}

/// Waits for a time from the exponential distribution: mostly short, at times long, as independent
/// visitors do. It is cut at ten times the mean, which one in 22,000 exceeds.
pub fn exponential(mean: Duration) {
    // In nanoseconds, as the other SDKs draw it: a seed gives the same times in all languages.
    let nanoseconds = random::exponential(mean.as_nanos() as f64);
    clock::sleep(Duration::from_nanos(nanoseconds.round() as u64).min(mean.saturating_mul(10)));
}

/// Waits for a time from the normal distribution with this mean and standard deviation, never less than
/// nothing.
pub fn normal(mean: Duration, deviation: Duration) {
    let nanoseconds = random::normal(mean.as_nanos() as f64, deviation.as_nanos() as f64);
    // A number below zero is no time at all.
    clock::sleep(Duration::from_nanos(nanoseconds.round() as u64));
}

/// The point that lies `share` (0 to 1) of the way from `least` to `most`.
fn between(least: Duration, most: Duration, share: f64) -> Duration {
    least + (most - least).mul_f64(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_share_of_the_range_is_added_to_its_start() {
        assert_eq!(between(SECOND, SECOND * 3, 0.0), SECOND);
        assert_eq!(between(SECOND, SECOND * 3, 0.25), Duration::from_millis(1500));
    }

    #[test]
    fn times_and_ranges_are_taken() {
        assert_eq!(ThinkTime::from(SECOND), ThinkTime::from(SECOND..SECOND));
        assert_eq!(ThinkTime::from(SECOND..SECOND * 2), ThinkTime::from(SECOND..=SECOND * 2));
    }
}
