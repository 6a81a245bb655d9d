//! How many values become one, and how that one is compared.

use std::fmt;

use super::{Dimension, Measure};

/// How the values of many samples become one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Aggregation {
    /// The mean.
    Avg,
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// The median: half of the values are not above it.
    Med,
    /// The value that this many percent of the values are not above, 0 to 100. True to 0.5 % of the value.
    Percentile(f64),
    /// All of them together.
    Sum,
    /// The one that came last.
    Last,
    /// How many there are; of what happened or did not, how often it happened; of a counter, its total.
    Count,
    /// Of what happened or did not, the share that happened.
    Rate,
    /// What `Count` counts, or the bytes, in each second of the load.
    PerSecond,
}

/// What aggregations are called; the first name is the one that is written, `p95` stands for all percentiles.
const NAMES: [(Aggregation, &[&str]); 9] = [
    (Aggregation::Avg, &["avg", "mean", "average"]),
    (Aggregation::Min, &["min"]),
    (Aggregation::Max, &["max"]),
    (Aggregation::Med, &["med", "median"]),
    (Aggregation::Sum, &["sum", "total"]),
    (Aggregation::Last, &["last", "value"]),
    (Aggregation::Count, &["count"]),
    (Aggregation::Rate, &["rate"]),
    (Aggregation::PerSecond, &["per_s", "per_second"]),
];

impl Aggregation {
    /// The aggregation of this name, percentiles excepted.
    pub(super) fn named(name: &str) -> Option<Aggregation> {
        NAMES.iter().find(|(_, names)| names.contains(&name)).map(|(aggregation, _)| *aggregation)
    }

    /// Every name that is understood, percentiles excepted.
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().flat_map(|(_, names)| names.iter().copied())
    }

    /// The names of those that fit values of this kind, in words: `avg, min, max, med, p95, count`.
    pub(super) fn fitting(measure: Measure) -> String {
        let mut names = Vec::new();
        for (aggregation, all) in NAMES {
            if aggregation.of(measure).is_some() {
                names.push(all[0]);
            }
            if aggregation == Aggregation::Med && Aggregation::Percentile(95.0).of(measure).is_some() {
                names.push("p95");
            }
        }
        names.join(", ")
    }

    /// What comes out for values of this kind; `None` if it makes nothing of them.
    pub fn of(self, measure: Measure) -> Option<Dimension> {
        use Aggregation::{Avg, Count, Last, Max, Med, Min, PerSecond, Percentile, Rate, Sum};
        Some(match (measure, self) {
            (Measure::Events | Measure::Share, Count) => Dimension::Number,
            (Measure::Events | Measure::Share, PerSecond) => Dimension::PerSecond,
            (Measure::Share | Measure::Custom, Rate) => Dimension::Share,
            (Measure::Duration | Measure::Bytes | Measure::Score, Count) => Dimension::Number,
            (Measure::Duration, Avg | Min | Max | Med | Percentile(_) | Sum) => Dimension::Duration,
            (Measure::Bytes, Avg | Min | Max | Med | Percentile(_) | Sum) => Dimension::Bytes,
            (Measure::Bytes, PerSecond) => Dimension::BytesPerSecond,
            (Measure::Score, Avg | Min | Max | Med | Percentile(_)) => Dimension::Number,
            (Measure::Custom, PerSecond) => Dimension::PerSecond,
            (Measure::Custom, Avg | Min | Max | Med | Percentile(_) | Sum | Last | Count) => Dimension::Free,
            (Measure::Events, Avg | Min | Max | Med | Percentile(_) | Sum | Last | Rate)
            | (Measure::Share, Avg | Min | Max | Med | Percentile(_) | Sum | Last)
            | (Measure::Duration, Last | Rate | PerSecond)
            | (Measure::Bytes, Last | Rate)
            | (Measure::Score, Sum | Last | Rate | PerSecond) => return None,
        })
    }
}

impl fmt::Display for Aggregation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Aggregation::Percentile(percent) = self {
            return write!(f, "p{percent}");
        }
        let names = NAMES.iter().find(|(aggregation, _)| aggregation == self);
        f.write_str(names.map_or("", |(_, names)| names[0]))
    }
}

/// How a value is compared with the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
}

/// Far above the rounding error of a division or a sum, far below what anybody measures.
const EQUAL_WITHIN: f64 = 1e-12;

impl Comparison {
    /// All of them; those that begin with another one come before it.
    pub(super) const ALL: [Comparison; 6] = [
        Comparison::AtMost,
        Comparison::AtLeast,
        Comparison::Equal,
        Comparison::NotEqual,
        Comparison::Below,
        Comparison::Above,
    ];

    /// The comparison as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Comparison::Below => "<",
            Comparison::AtMost => "<=",
            Comparison::Above => ">",
            Comparison::AtLeast => ">=",
            Comparison::Equal => "==",
            Comparison::NotEqual => "!=",
        }
    }

    pub(super) fn holds(self, value: f64, limit: f64) -> bool {
        let equal = (value - limit).abs() <= EQUAL_WITHIN * value.abs().max(limit.abs());
        match self {
            Comparison::Below => value < limit && !equal,
            Comparison::AtMost => value < limit || equal,
            Comparison::Above => value > limit && !equal,
            Comparison::AtLeast => value > limit || equal,
            Comparison::Equal => equal,
            Comparison::NotEqual => !equal,
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
