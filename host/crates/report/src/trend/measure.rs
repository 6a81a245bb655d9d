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
    /// The median of all but the last: what was usual before it. None if there is no other.
    pub usual: Option<f64>,
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
        let usual = median(earlier.iter().flatten().copied().collect());
        Some(Course { lowest, highest, usual, last: *last, values })
    }

    /// How much the last run differs from what was usual, as a share of that; none where there is nothing to compare.
    pub fn change(&self) -> Option<f64> {
        let usual = self.usual.filter(|usual| *usual > 0.0)?;
        Some(self.last? / usual - 1.0)
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
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
    fn the_last_run_is_held_against_what_was_usual_before_it() {
        let course = Course::of(&row(&[Some(4.0), None, Some(2.0), Some(6.0)]), TrendMeasure::Rate).unwrap();
        assert_eq!((course.lowest, course.usual, course.highest), (2.0, Some(3.0), 6.0));
        assert_eq!(course.change(), Some(1.0));
        let course = Course::of(&row(&[Some(1.0), Some(9.0), Some(2.0), None]), TrendMeasure::Rate).unwrap();
        assert_eq!((course.usual, course.last, course.change()), (Some(2.0), None, None));
    }

    #[test]
    fn a_single_run_has_no_usual_and_nothing_no_course() {
        let course = Course::of(&row(&[Some(4.0)]), TrendMeasure::Failed).unwrap();
        assert_eq!((course.last, course.usual, course.change()), (Some(25.0), None, None));
        assert_eq!(Course::of(&row(&[Some(4.0)]), TrendMeasure::P95), None);
        assert_eq!(Course::of(&row(&[None]), TrendMeasure::Rate), None);
    }
}
