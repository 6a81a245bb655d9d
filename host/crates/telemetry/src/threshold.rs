//! Thresholds, evaluated while a run goes on.
//!
//! ```text
//! each sample ─► Series (metric and tags) ─► its totals since the last tick ─┐
//!                                                                           ▼
//! each tick ───────────────────────────────────────────► Judge: merged totals of the run
//!                                                                           │ value, compared
//!                                             ThresholdView ◄── states ─────┘
//! ```
//!
//! * Totals are [`WindowTotals`](crate::WindowTotals): the judge merges those of each tick, and would
//!   merge those of several workers in the same way. A percentile is that of the merged sketch, never a
//!   mean of percentiles.
//! * Samples are seen as they were measured, before names past the limit become `(other)`.
//! * Memory: one `SeriesTotals` for each different pair of metric and tags that the thresholds name,
//!   whatever the length of the run and the number of names.
//! * A threshold whose series never had a sample is not passed: it has
//!   [no data](ThresholdStanding::NoData), and a metric or a tag that is spelled wrong must not look like
//!   success. A count of zero is data where there was something to count: `requests.failed count == 0`
//!   passes as soon as one request went well.
//! * A rate per second is over the time from the first scheduled iteration to the end of the last one,
//!   as in the report; while the run goes on, over the time since the start of its load.

mod judge;
mod recorder;
mod series;
#[cfg(test)]
mod tests;
mod value;
mod view;

pub(crate) use recorder::ThresholdRecorder;
use series::SeriesTotals;
pub use view::{ThresholdCrossing, ThresholdStanding, ThresholdState, ThresholdView};

use outrider_model::Sample;
use outrider_model::threshold::{Threshold, ThresholdMetric};

/// Whether any of these samples is one that a threshold is about, whatever its value.
pub fn has_data<'a>(threshold: &Threshold, samples: impl IntoIterator<Item = &'a Sample>) -> bool {
    let series = series::Series::of(threshold);
    let mut totals = SeriesTotals::default();
    samples.into_iter().for_each(|sample| series.record(sample, &mut totals));
    totals.whole().is_some() || totals.kinds().next().is_some()
}

/// Whether this version measures what a threshold is about. Without that it can never have data.
pub fn is_measured(threshold: &Threshold) -> bool {
    !matches!(threshold.metric, ThresholdMetric::Pages(_))
}
