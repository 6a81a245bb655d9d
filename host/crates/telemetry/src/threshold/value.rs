//! From totals to the value that is compared.

use std::time::Duration;

use outrider_model::MetricKind;
use outrider_model::threshold::{Aggregation, Measure, Threshold, ThresholdMetric};

use super::SeriesTotals;
use crate::WindowTotals;

/// What an aggregation makes of a series.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// A value, in the unit of the threshold's dimension.
    Of(f64),
    /// There was nothing to make it of.
    NoData,
    /// The journey's metric is of a kind that has no such value; why.
    Unfit(String),
}

/// The value of a threshold; rates per second are over `elapsed`.
pub(super) fn value(threshold: &Threshold, totals: &SeriesTotals, elapsed: Duration) -> Value {
    let made = match &threshold.metric {
        ThresholdMetric::Custom(name) => match of_custom(name, threshold.aggregation, totals, elapsed) {
            Ok(value) => value,
            Err(unfit) => return Value::Unfit(unfit),
        },
        metric => totals
            .whole()
            .and_then(|totals| of_built_in(metric.measure(), threshold.aggregation, totals, elapsed)),
    };
    made.map_or(Value::NoData, Value::Of)
}

fn of_built_in(
    measure: Measure,
    aggregation: Aggregation,
    totals: &WindowTotals,
    elapsed: Duration,
) -> Option<f64> {
    let happened = totals.count.saturating_sub(totals.failed) as f64;
    match (measure, aggregation) {
        (Measure::Events | Measure::Share, Aggregation::Count) => Some(happened),
        (Measure::Events | Measure::Share, Aggregation::PerSecond) => per_second(happened, elapsed),
        (Measure::Share, Aggregation::Rate) => (totals.count > 0).then(|| happened / totals.count as f64),
        (_, Aggregation::Count) => Some(totals.count as f64),
        (Measure::Bytes, Aggregation::PerSecond) => per_second(totals.values?.sum, elapsed),
        // Durations are kept in nanoseconds and given in milliseconds.
        (Measure::Duration, _) => distribution(aggregation, totals).map(|nanos| nanos / 1e6),
        _ => distribution(aggregation, totals),
    }
}

/// A custom metric is what the journey makes of it: its kind is known once there is a value.
fn of_custom(
    name: &str,
    aggregation: Aggregation,
    totals: &SeriesTotals,
    elapsed: Duration,
) -> Result<Option<f64>, String> {
    let kinds: Vec<_> = totals.kinds().collect();
    let fitting: Vec<_> = kinds.iter().filter(|(kind, _)| has(*kind, aggregation)).collect();
    match (fitting.as_slice(), kinds.first()) {
        ([(kind, totals)], _) => Ok(of_kind(*kind, aggregation, totals, elapsed)),
        ([], None) => Ok(None),
        ([], Some((kind, _))) => {
            let kind = *kind;
            Err(format!("{name} is a {}, which has no {aggregation}; it has {}", kind.as_str(), fits(kind)))
        }
        ([(one, _), (other, _), ..], _) => Err(format!(
            "{name} is used as a {} and as a {}: give them different names",
            one.as_str(),
            other.as_str()
        )),
    }
}

/// Stands for all percentiles.
const ANY_PERCENTILE: Aggregation = Aggregation::Percentile(95.0);

/// The values that a kind of metric has.
fn fitting(kind: MetricKind) -> &'static [Aggregation] {
    use Aggregation::{Avg, Count, Last, Max, Med, Min, PerSecond, Rate, Sum};
    match kind {
        MetricKind::Counter => &[Count, Sum, PerSecond],
        MetricKind::Gauge => &[Last, Min, Max, Avg, Count],
        MetricKind::Rate => &[Rate, Count, PerSecond],
        MetricKind::Trend => &[Avg, Min, Max, Med, ANY_PERCENTILE, Sum, Count],
    }
}

fn has(kind: MetricKind, aggregation: Aggregation) -> bool {
    let wanted = match aggregation {
        Aggregation::Percentile(_) => ANY_PERCENTILE,
        other => other,
    };
    fitting(kind).contains(&wanted)
}

/// The values that a kind of metric has, in words.
fn fits(kind: MetricKind) -> String {
    let name = |aggregation: &Aggregation| match aggregation {
        Aggregation::Percentile(_) => "percentiles".to_owned(),
        other => other.to_string(),
    };
    fitting(kind).iter().map(name).collect::<Vec<_>>().join(", ")
}

fn of_kind(
    kind: MetricKind,
    aggregation: Aggregation,
    totals: &WindowTotals,
    elapsed: Duration,
) -> Option<f64> {
    // Only what is not a number was reported: there is no value.
    let sum = totals.values?.sum;
    match (kind, aggregation) {
        (MetricKind::Counter, Aggregation::PerSecond) | (MetricKind::Rate, Aggregation::PerSecond) => {
            per_second(sum, elapsed)
        }
        // As in k6, what a counter counts is the sum of what was added.
        (MetricKind::Counter, _) | (MetricKind::Rate, Aggregation::Count) => Some(sum),
        (MetricKind::Rate, _) => Some(sum / totals.count as f64),
        (MetricKind::Gauge | MetricKind::Trend, Aggregation::Count) => Some(totals.count as f64),
        (MetricKind::Gauge | MetricKind::Trend, _) => distribution(aggregation, totals),
    }
}

/// The values that a distribution has, in the unit that was recorded. Extremes, sums and means are exact.
fn distribution(aggregation: Aggregation, totals: &WindowTotals) -> Option<f64> {
    let values = totals.values?;
    let quantile = |q| totals.sketch.as_ref()?.quantile(q);
    match aggregation {
        Aggregation::Avg => Some(values.sum / totals.count as f64),
        Aggregation::Min => Some(values.min),
        Aggregation::Max => Some(values.max),
        Aggregation::Sum => Some(values.sum),
        Aggregation::Last => Some(values.last),
        Aggregation::Med => quantile(0.5),
        Aggregation::Percentile(0.0) => Some(values.min),
        Aggregation::Percentile(100.0) => Some(values.max),
        Aggregation::Percentile(percent) => quantile(percent / 100.0),
        Aggregation::Count | Aggregation::Rate | Aggregation::PerSecond => None,
    }
}

fn per_second(count: f64, elapsed: Duration) -> Option<f64> {
    (!elapsed.is_zero()).then(|| count / elapsed.as_secs_f64())
}
