//! Thresholds: limits that decide over a run's verdict, as users write them.
//!
//! ```text
//! threshold   = metric [ "{" tag { "," tag } "}" ] aggregation comparison quantity
//!               [ "abort" [ "after" duration ] ]
//! metric      = "requests.duration" | "checks.passed" | …            see ThresholdMetric
//!             | "metrics." name                                      a metric of the journey's own
//! name        = characters other than space, { < > = ! "  | quoted
//! tag         = key "=" value
//! key         = characters other than space, = ! < > , { } "  | quoted
//! value       = characters up to the next , or }, where braces may be nested  | quoted
//! quoted      = '"' characters, with \" and \\ for a quote and a backslash '"'
//! aggregation = "avg" | "min" | "max" | "med" | "p" number | "sum" | "last" | "count" | "rate" | "per_s"
//! comparison  = "<" | "<=" | ">" | ">=" | "==" | "!="
//! quantity    = number [ unit ]                                      which units fit is the metric's
//! duration    = number time-unit { number time-unit }
//! ```
//!
//! [`Threshold`] is read with [`str::parse`] and written with [`Display`](fmt::Display) in a normal
//! form that is read as the same threshold: `mean` becomes `avg`, spaces are evened out, numbers keep
//! the unit they were written with. What cannot be read is a [`ThresholdError`] that points at the
//! place. Reading a value from a run's samples is `outrider-telemetry`'s part; it is given in the unit
//! of [`Dimension`].
//!
//! ```
//! use outrider_model::threshold::Threshold;
//!
//! let threshold: Threshold = "requests.duration{name=/cart} p95<500ms abort after 10s".parse()?;
//! assert_eq!(threshold.to_string(), "requests.duration{name=/cart} p95 < 500ms abort after 10s");
//! assert!(threshold.holds(499.0) && !threshold.holds(500.0));
//!
//! let error = "requests.duraton p95 < 500ms".parse::<Threshold>().unwrap_err();
//! assert_eq!(error.to_string(), "there is no metric 'requests.duraton'");
//! assert_eq!(error.hint().as_deref(), Some("did you mean requests.duration?"));
//! # Ok::<(), outrider_model::threshold::ThresholdError>(())
//! ```

mod aggregation;
mod error;
mod hints;
mod metric;
mod parse;
mod quantity;
mod scan;
mod tags;
#[cfg(test)]
mod tests;
mod unit;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::units::duration_text;

pub use aggregation::{Aggregation, Comparison};
pub use error::{ThresholdError, ThresholdErrorKind};
pub use metric::{
    CheckMetric, Family, IterationMetric, Measure, PageMetric, RequestMetric, StepMetric, ThresholdMetric,
};
pub(crate) use parse::read_duration;
pub use quantity::Quantity;
pub use tags::TagFilter;
pub use unit::{Dimension, Unit};

/// A limit on one value of a run: the value of an aggregation over all samples of a metric whose tags fit.
///
/// Valid by construction where it was parsed: the aggregation fits the metric, and the limit's unit
/// fits both.
#[derive(Clone, Debug, PartialEq)]
pub struct Threshold {
    /// What is looked at.
    pub metric: ThresholdMetric,
    /// Which samples of it: those that have all of these tags. All samples if there is none.
    pub tags: Vec<TagFilter>,
    /// How their values become one.
    pub aggregation: Aggregation,
    /// How that one is compared.
    pub comparison: Comparison,
    /// With what.
    pub limit: Quantity,
    /// Whether the run ends as soon as the comparison does not hold: `None` for no, else the time since
    /// the start of the load before which it does not; zero for at once.
    pub abort_after: Option<Duration>,
}

impl Threshold {
    /// The unit in which values are given to [`Threshold::holds`] and [`Threshold::show`].
    pub fn dimension(&self) -> Dimension {
        // What was parsed fits; what was put together otherwise has a bare number.
        self.aggregation.of(self.metric.measure()).unwrap_or(Dimension::Free)
    }

    /// Whether a value, in the unit of [`Threshold::dimension`], is on the right side of the limit. A
    /// value that differs from it by less than a millionth of a millionth is equal to it, so that `rate
    /// >= 99.9%` holds for 999 of 1,000, which binary fractions cannot say exactly.
    pub fn holds(&self, value: f64) -> bool {
        self.comparison.holds(value, self.limit.in_dimension())
    }

    /// A value, in the unit of [`Threshold::dimension`], in words: `612 ms`, `2.13%`, `1.2 MB/s`.
    pub fn show(&self, value: f64) -> String {
        self.dimension().show(value)
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.metric)?;
        for (index, tag) in self.tags.iter().enumerate() {
            write!(f, "{}{tag}", if index == 0 { "{" } else { "," })?;
        }
        let end = if self.tags.is_empty() { "" } else { "}" };
        write!(f, "{end} {} {} {}", self.aggregation, self.comparison, self.limit)?;
        match self.abort_after {
            None => Ok(()),
            Some(Duration::ZERO) => f.write_str(" abort"),
            Some(after) => write!(f, " abort after {}", duration_text(after)),
        }
    }
}

impl FromStr for Threshold {
    type Err = ThresholdError;

    fn from_str(text: &str) -> Result<Threshold, ThresholdError> {
        parse::threshold(text).map_err(|fault| ThresholdError::new(text, fault))
    }
}

impl Serialize for Threshold {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Threshold {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Threshold, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
