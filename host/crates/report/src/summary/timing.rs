//! What took how long.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A distribution of durations, in milliseconds. Failed ones are part of it.
///
/// `min`, `mean` and `max` are exact. The percentiles come from merged sketches and are within 0.5 % of
/// a value: of n in order the one with the index q·(n−1), rounded down, which of few is one of the lower.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DurationStats {
    /// The shortest, in milliseconds.
    pub min: f64,
    /// The arithmetic mean, in milliseconds.
    pub mean: f64,
    /// Half took no longer than this, in milliseconds.
    pub p50: f64,
    /// 90 % took no longer than this, in milliseconds.
    pub p90: f64,
    /// 95 % took no longer than this, in milliseconds.
    pub p95: f64,
    /// 99 % took no longer than this, in milliseconds.
    pub p99: f64,
    /// 99.9 % took no longer than this, in milliseconds.
    pub p999: f64,
    /// The longest, in milliseconds.
    pub max: f64,
}

/// The distribution of a custom metric's values, in the unit that the journey chose.
///
/// `min`, `mean` and `max` are exact. The percentiles come from merged sketches, which are kept for
/// trends alone, and are within 0.5 % of a value, as those of durations.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DistributionStats {
    /// The smallest.
    pub min: f64,
    /// The arithmetic mean.
    pub mean: f64,
    /// Half were no larger than this; null unless the metric is a trend.
    pub p50: Option<f64>,
    /// 90 % were no larger than this; null unless the metric is a trend.
    pub p90: Option<f64>,
    /// 95 % were no larger than this; null unless the metric is a trend.
    pub p95: Option<f64>,
    /// 99 % were no larger than this; null unless the metric is a trend.
    pub p99: Option<f64>,
    /// 99.9 % were no larger than this; null unless the metric is a trend.
    pub p999: Option<f64>,
    /// The largest.
    pub max: f64,
}

impl DurationStats {
    /// Whether a reader would see that these are not the `measured` ones: by more than a millisecond, which is
    /// what timers round to, and by more than one percent, which is what two equal runs differ by.
    pub fn visibly_corrects(&self, measured: &DurationStats) -> bool {
        let more = self.p99 - measured.p99;
        more > 1.0 && more > measured.p99 * 0.01
    }
}

/// The mean of each phase of an exchange, in milliseconds, over all exchanges of the name. A phase
/// that did not happen counts as zero, so that the means of all but `blocked` add up to the mean of
/// the duration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PhaseMeans {
    /// Waiting for a free connection of the VU, in milliseconds. Not part of the duration.
    pub blocked: f64,
    /// Resolving the name, in milliseconds.
    pub dns: f64,
    /// Opening the TCP connection, in milliseconds.
    pub connect: f64,
    /// The TLS handshake, in milliseconds.
    pub tls: f64,
    /// Writing the request, in milliseconds.
    pub send: f64,
    /// From then to the first byte of the answer, in milliseconds.
    pub wait: f64,
    /// From then to its last byte, in milliseconds.
    pub receive: f64,
}

/// All exchanges of one name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RequestSummary {
    /// What the journey named it, else its method and route.
    pub name: String,
    /// How many were answered or failed.
    pub count: u64,
    /// How many of them failed: no answer, or a status of 400 and above that the journey did not expect. One that its
    /// iteration's time limit cut off has failed.
    pub failed: u64,
    /// How many were cut off by the end of the run, or because the journey went on without the answer, besides
    /// `count`: neither answered nor failed, and in none of the times and rates. Runs before schema 6 counted them as
    /// failed.
    #[serde(default)]
    pub interrupted: u64,
    /// How many were made per second, over the duration of the load.
    pub rate_per_s: f64,
    /// How long they took, from the first to the last byte; null if nothing was measured.
    pub duration_ms: Option<DurationStats>,
    /// The same from the time at which the schedule wanted them: how late the iteration started is added to its
    /// first exchange. Equal to `duration_ms` where nothing was late, as in the closed model; null if nothing was
    /// measured.
    pub corrected_ms: Option<DurationStats>,
    /// The mean of each phase; null where the rows of the exchanges cannot be read.
    pub phases_ms: Option<PhaseMeans>,
    /// Bytes written, before TLS, also of interrupted ones.
    pub bytes_sent: u64,
    /// Bytes read, before TLS and before decompression, also of interrupted ones.
    pub bytes_received: u64,
}

/// All steps, or pages, of one name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TimedSummary {
    /// Its name.
    pub name: String,
    /// How many ended, well or with an error.
    pub count: u64,
    /// How many of them ended with an error.
    pub failed: u64,
    /// How many were open when their iteration was interrupted, besides `count`: neither well nor failed.
    #[serde(default)]
    pub interrupted: u64,
    /// How many there were per second, over the duration of the load.
    pub rate_per_s: f64,
    /// How long they took, think time included; null if nothing was measured.
    pub duration_ms: Option<DurationStats>,
    /// What one of the failed ones said, bounded; null if none failed.
    pub error: Option<String>,
}

/// The kinds of custom metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MetricType {
    /// Values are added up.
    Counter,
    /// The last value counts.
    Gauge,
    /// Values are 0 or 1; the share of ones counts.
    Rate,
    /// Values are a distribution.
    Trend,
}

impl MetricType {
    /// The kind as reports spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            MetricType::Counter => "counter",
            MetricType::Gauge => "gauge",
            MetricType::Rate => "rate",
            MetricType::Trend => "trend",
        }
    }
}

/// All values of one custom metric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MetricSummary {
    /// Its name.
    pub name: String,
    /// Its kind; it says which of `total`, `last`, `share` and `values` matters.
    pub kind: MetricType,
    /// How many values were recorded.
    pub count: u64,
    /// How many values were not finite numbers; they are part of nothing else.
    pub failed: u64,
    /// How many values were recorded per second, over the duration of the load.
    pub rate_per_s: f64,
    /// Always null: the values are in the journey's own unit, which `values` keeps.
    pub duration_ms: Option<DurationStats>,
    /// The sum of all values, in the metric's own unit.
    pub total: f64,
    /// The value that was recorded last, in the metric's own unit; null if there was none.
    pub last: Option<f64>,
    /// For a rate: the share of ones, from 0 to 1. Else null.
    pub share: Option<f64>,
    /// The distribution of the values, in the metric's own unit.
    pub values: Option<DistributionStats>,
}
