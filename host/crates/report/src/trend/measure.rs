//! What of a point is looked at, and how it went over the runs.

use super::document::{TrendPoint, TrendRow};
use crate::summary::DurationStats;

/// A figure of each run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TrendMeasure {
    /// The mean duration, in milliseconds.
    Mean,
    /// The median duration, in milliseconds.
    P50,
    /// The 90th percentile of durations, in milliseconds.
    P90,
    /// The 95th percentile of durations, in milliseconds.
    #[default]
    P95,
    /// The 99th percentile of durations, in milliseconds.
    P99,
    /// The longest duration, in milliseconds.
    Max,
    /// The share that failed, in percent.
    Failed,
    /// How many per second.
    Rate,
}

impl TrendMeasure {
    /// All of them, in the order in which they are offered.
    pub const ALL: [TrendMeasure; 8] = [
        TrendMeasure::Mean,
        TrendMeasure::P50,
        TrendMeasure::P90,
        TrendMeasure::P95,
        TrendMeasure::P99,
        TrendMeasure::Max,
        TrendMeasure::Failed,
        TrendMeasure::Rate,
    ];

    /// The one of a name.
    pub fn named(name: &str) -> Option<TrendMeasure> {
        TrendMeasure::ALL.into_iter().find(|measure| measure.as_str() == name)
    }

    /// As the command line and pages call it.
    pub fn as_str(self) -> &'static str {
        match self {
            TrendMeasure::Mean => "mean",
            TrendMeasure::P50 => "p50",
            TrendMeasure::P90 => "p90",
            TrendMeasure::P95 => "p95",
            TrendMeasure::P99 => "p99",
            TrendMeasure::Max => "max",
            TrendMeasure::Failed => "failed",
            TrendMeasure::Rate => "rate",
        }
    }

    /// What it is, as the command line says it.
    pub fn meaning(self) -> &'static str {
        match self {
            TrendMeasure::Mean => "The mean duration",
            TrendMeasure::P50 => "The median duration",
            TrendMeasure::P90 => "The 90th percentile of durations",
            TrendMeasure::P95 => "The 95th percentile of durations",
            TrendMeasure::P99 => "The 99th percentile of durations",
            TrendMeasure::Max => "The longest duration",
            TrendMeasure::Failed => "The share that failed",
            TrendMeasure::Rate => "How many per second",
        }
    }

    /// With its unit, as tables head it.
    pub fn title(self) -> &'static str {
        match self {
            TrendMeasure::Mean => "mean ms",
            TrendMeasure::P50 => "p50 ms",
            TrendMeasure::P90 => "p90 ms",
            TrendMeasure::P95 => "p95 ms",
            TrendMeasure::P99 => "p99 ms",
            TrendMeasure::Max => "max ms",
            TrendMeasure::Failed => "failed %",
            TrendMeasure::Rate => "per second",
        }
    }

    /// Its value in one run; none where nothing was measured.
    pub fn of(self, point: &TrendPoint) -> Option<f64> {
        let duration = |pick: fn(&DurationStats) -> f64| point.duration_ms.as_ref().map(pick);
        match self {
            TrendMeasure::Mean => duration(|stats| stats.mean),
            TrendMeasure::P50 => duration(|stats| stats.p50),
            TrendMeasure::P90 => duration(|stats| stats.p90),
            TrendMeasure::P95 => duration(|stats| stats.p95),
            TrendMeasure::P99 => duration(|stats| stats.p99),
            TrendMeasure::Max => duration(|stats| stats.max),
            TrendMeasure::Failed => {
                (point.count > 0).then(|| point.failed as f64 / point.count as f64 * 100.0)
            }
            TrendMeasure::Rate => Some(point.rate_per_s),
        }
    }
}

/// How a row went over the runs, by one measure.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// One for each run; none where it has none.
    pub values: Vec<Option<f64>>,
    /// The lowest.
    pub lowest: f64,
    /// The median of all but the last. None if there is no other.
    pub median: Option<f64>,
    /// The highest.
    pub highest: f64,
    /// That of the last run; none where it has none.
    pub last: Option<f64>,
}

impl Course {
    /// Of a row; none if no run has a value.
    pub fn of(row: &TrendRow, measure: TrendMeasure) -> Option<Course> {
        let value = |point: &Option<TrendPoint>| point.as_ref().and_then(|point| measure.of(point));
        let values: Vec<Option<f64>> = row.points.iter().map(value).collect();
        let mut known: Vec<f64> = values.iter().flatten().copied().collect();
        known.sort_by(f64::total_cmp);
        let (lowest, highest) = (*known.first()?, *known.last()?);
        let (last, earlier) = values.split_last()?;
        let median = median_of(earlier.iter().flatten().copied().collect());
        Some(Course { lowest, highest, median, last: *last, values })
    }

    /// How much the last run differs from the median of those before it: as a share of that, and what failed, which is a
    /// share itself, in percentage points. None where there is nothing to compare.
    pub fn change(&self, measure: TrendMeasure) -> Option<f64> {
        match measure {
            TrendMeasure::Failed => Some(self.last? - self.median?),
            _ => Some(self.last? / self.median.filter(|median| *median > 0.0)? - 1.0),
        }
    }
}

fn median_of(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let (half, is_odd) = (values.len() / 2, values.len() % 2 == 1);
    let upper = *values.get(half)?;
    Some(if is_odd { upper } else { (values[half - 1] + upper) / 2.0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trend::TrendRowKind;

    fn row(rates: &[Option<f64>]) -> TrendRow {
        let point = |rate_per_s: f64| TrendPoint { count: 4, failed: 1, rate_per_s, duration_ms: None };
        let points = rates.iter().map(|rate| rate.map(point)).collect();
        TrendRow { kind: TrendRowKind::Request, name: "/".to_owned(), points }
    }

    #[test]
    fn every_measure_is_found_by_its_name() {
        for measure in TrendMeasure::ALL {
            assert_eq!(TrendMeasure::named(measure.as_str()), Some(measure));
        }
        assert_eq!(TrendMeasure::named("p42"), None);
    }

    #[test]
    fn the_last_run_is_held_against_the_median_of_those_before_it() {
        let rate = TrendMeasure::Rate;
        let course = Course::of(&row(&[Some(4.0), None, Some(2.0), Some(6.0)]), rate).unwrap();
        assert_eq!((course.lowest, course.median, course.highest), (2.0, Some(3.0), 6.0));
        assert_eq!(course.change(rate), Some(1.0));
        let course = Course::of(&row(&[Some(1.0), Some(9.0), Some(2.0), None]), rate).unwrap();
        assert_eq!((course.median, course.last, course.change(rate)), (Some(2.0), None, None));
    }

    #[test]
    fn failures_change_by_points_also_where_there_were_none() {
        let mut row = row(&[Some(1.0), Some(1.0)]);
        row.points[0].as_mut().unwrap().failed = 0;
        let course = Course::of(&row, TrendMeasure::Failed).unwrap();
        assert_eq!(course.change(TrendMeasure::Failed), Some(25.0));
    }

    #[test]
    fn a_single_run_has_no_median_and_nothing_no_course() {
        let course = Course::of(&row(&[Some(4.0)]), TrendMeasure::Failed).unwrap();
        let change = course.change(TrendMeasure::Failed);
        assert_eq!((course.last, course.median, change), (Some(25.0), None, None));
        assert_eq!(Course::of(&row(&[Some(4.0)]), TrendMeasure::P95), None);
        assert_eq!(Course::of(&row(&[None]), TrendMeasure::Rate), None);
    }
}
