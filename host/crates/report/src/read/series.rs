//! The statistics of one kind of event: of all of them, and by intervals.

use super::buckets::{Axis, Buckets, Join};
use super::columns::ms;
use crate::summary::TimeStatistics;

/// Ten seconds: the interval of Tsung's statistics (`dumpstats_interval`).
pub(super) const INTERVAL_NS: i64 = 10_000_000_000;

/// A day of intervals. Those of a longer run are twenty seconds long, and so on.
const MOST_INTERVALS: usize = 8_640;

/// One second: events of a shorter load have no rate.
const MIN_RATED_NS: u64 = 1_000_000_000;

/// Buckets as long as an interval.
pub(super) fn intervals<T: Join>(axis: Axis) -> Buckets<T> {
    Buckets::new(axis.from, INTERVAL_NS, MOST_INTERVALS)
}

/// The highest rate per second in any whole interval, but never less than that of the whole load: a load that is no
/// multiple of an interval may have most of its events at its end. Where the load is shorter than an interval, that of
/// the load.
pub(super) fn highest_rate<T: Join>(
    intervals: &Buckets<T>,
    load_ns: u64,
    amount: impl Fn(&T) -> f64,
) -> Option<f64> {
    let width = intervals.width_ns() as u64;
    let whole = usize::try_from(load_ns / width).unwrap_or(usize::MAX);
    if load_ns < MIN_RATED_NS {
        return None;
    }
    let amounts: Vec<f64> = intervals.all().iter().map(amount).collect();
    let mean = amounts.iter().sum::<f64>() * 1e9 / load_ns as f64;
    let rates = amounts.iter().take(whole).map(|amount| amount * 1e9 / width as f64);
    Some(rates.fold(mean, f64::max))
}

/// Count, mean and spread of values, by Welford's method: sums of squares of nanoseconds would leave no digit of a
/// small spread.
#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    count: u64,
    mean: f64,
    /// The sum of the squares of the distances from the mean.
    squares: f64,
}

impl Moments {
    fn add(&mut self, value: f64) {
        self.count += 1;
        let distance = value - self.mean;
        self.mean += distance / self.count as f64;
        self.squares += distance * (value - self.mean);
    }

    fn standard_deviation(&self) -> f64 {
        (self.squares / self.count.max(1) as f64).sqrt()
    }
}

/// What ended in one interval.
#[derive(Clone, Copy, Debug, Default)]
struct Interval {
    count: u64,
    sum_ns: f64,
}

impl Join for Interval {
    fn join(&mut self, next: Interval) {
        self.count += next.count;
        self.sum_ns += next.sum_ns;
    }
}

/// Durations of one kind of event.
#[derive(Debug)]
pub(super) struct Series {
    moments: Moments,
    intervals: Buckets<Interval>,
}

impl Series {
    pub(super) fn new(axis: Axis) -> Series {
        Series { moments: Moments::default(), intervals: intervals(axis) }
    }

    /// Adds an event that ended then.
    pub(super) fn add(&mut self, ended_at: i64, duration_ns: u64) {
        let value = duration_ns as f64;
        self.moments.add(value);
        self.intervals.at(ended_at).join(Interval { count: 1, sum_ns: value });
    }

    pub(super) fn width_ns(&self) -> i64 {
        self.intervals.width_ns()
    }

    pub(super) fn widen_to(&mut self, width_ns: i64) {
        self.intervals.widen_to(width_ns);
    }

    /// What it comes to; `None` without an event.
    pub(super) fn finish(&self, load_ns: u64) -> Option<TimeStatistics> {
        let Moments { count, mean, .. } = self.moments;
        let means = || {
            let busy = self.intervals.all().iter().filter(|interval| interval.count > 0);
            busy.map(|interval| interval.sum_ns / interval.count as f64)
        };
        (count > 0).then(|| TimeStatistics {
            count,
            mean_ms: ms(mean),
            standard_deviation_ms: ms(self.moments.standard_deviation()),
            highest_mean_ms: ms(means().fold(f64::MIN, f64::max)),
            lowest_mean_ms: ms(means().fold(f64::MAX, f64::min)),
            highest_rate_per_s: highest_rate(&self.intervals, load_ns, |interval| interval.count as f64),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;
    const MS: u64 = 1_000_000;

    fn series(events: &[(u64, u64)]) -> Series {
        let mut series = Series::new(Axis::default());
        events.iter().for_each(|(second, ms)| series.add((second * SECOND) as i64, ms * MS));
        series
    }

    #[test]
    fn means_are_those_of_intervals_and_the_spread_is_that_of_all_values() {
        let found = series(&[(1, 10), (2, 30), (11, 40), (25, 40)]).finish(30 * SECOND).unwrap();
        assert_eq!((found.count, found.mean_ms), (4, 30.0));
        assert_eq!((found.lowest_mean_ms, found.highest_mean_ms), (20.0, 40.0));
        // The distances are 20, 0, 10 and 10: the root of 600 / 4.
        assert_eq!(found.standard_deviation_ms, 12.247449);
        assert_eq!(found.highest_rate_per_s, Some(0.2));
    }

    #[test]
    fn the_highest_rate_is_that_of_whole_intervals_or_of_a_short_load() {
        let tail: Vec<_> = (0..20).map(|_| (5, 1)).chain((0..4).map(|_| (12, 1))).collect();
        assert_eq!(series(&tail).finish(13 * SECOND).unwrap().highest_rate_per_s, Some(2.0));
        let late: Vec<_> = (0..10).map(|_| (5, 1)).chain((0..120).map(|_| (12, 1))).collect();
        let highest = series(&late).finish(13 * SECOND).unwrap().highest_rate_per_s;
        assert_eq!(highest, Some(10.0), "no less than the mean of the load");
        let short: Vec<_> = (0..10).map(|_| (3, 1)).collect();
        assert_eq!(series(&short).finish(4 * SECOND).unwrap().highest_rate_per_s, Some(2.5));
        assert_eq!(series(&short).finish(SECOND / 2).unwrap().highest_rate_per_s, None);
        assert_eq!(series(&[]).finish(SECOND), None);
    }

    #[test]
    fn a_small_spread_of_long_times_is_not_lost() {
        let hour = 3_600 * SECOND;
        let mut series = Series::new(Axis::default());
        (0..1_000u64).for_each(|i| series.add(0, hour + (i % 2) * 2_000));
        let found = series.finish(hour).unwrap();
        assert_eq!(found.standard_deviation_ms, 0.001, "one microsecond about a mean of an hour");
    }
}
