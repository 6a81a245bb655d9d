//! What the custom metrics of a trial come to.

use std::collections::BTreeMap;
use std::sync::Arc;

use outrider_model::{MetricKind, MetricSample};
use outrider_telemetry::OTHER_NAME;

/// A hundred metrics are told apart, more than a person reads; the values of further ones count together.
pub(super) const MAX_METRICS: usize = 100;

/// What the values of a metric come to.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricSeen {
    /// Its name; `(other)` for those beyond a hundred.
    pub name: Arc<str>,
    /// Its kind.
    pub kind: MetricKind,
    /// How many values were recorded that are finite numbers.
    pub values: u64,
    /// How many were none (NaN, infinite): they count for nothing else.
    pub not_finite: u64,
    /// The smallest value.
    pub min: f64,
    /// The largest.
    pub max: f64,
    sum: f64,
    last: f64,
}

impl MetricSeen {
    fn new(name: &Arc<str>, kind: MetricKind) -> MetricSeen {
        let (min, max) = (f64::INFINITY, f64::NEG_INFINITY);
        let name = Arc::clone(name);
        MetricSeen { name, kind, values: 0, not_finite: 0, min, max, sum: 0.0, last: 0.0 }
    }

    fn add(&mut self, value: f64) {
        if !value.is_finite() {
            self.not_finite += 1;
            return;
        }
        self.values += 1;
        (self.min, self.max) = (self.min.min(value), self.max.max(value));
        self.sum += value;
        self.last = value;
    }

    /// What counts of it: a counter's sum, the last value of a gauge, the share of a rate from 0 to 1, the mean of a
    /// trend. None without a value.
    pub fn value(&self) -> Option<f64> {
        let value = match self.kind {
            MetricKind::Counter => self.sum,
            MetricKind::Gauge => self.last,
            MetricKind::Rate | MetricKind::Trend => self.sum / self.values as f64,
        };
        (self.values > 0).then_some(value)
    }
}

/// Adds values up, by name and kind.
#[derive(Debug, Default)]
pub(super) struct MetricTally(BTreeMap<(Arc<str>, &'static str), MetricSeen>);

impl MetricTally {
    pub(super) fn add(&mut self, sample: &MetricSample) {
        let kind = sample.kind.as_str();
        let known = (Arc::clone(&sample.name), kind);
        let key = match self.0.len() < MAX_METRICS || self.0.contains_key(&known) {
            true => known,
            false => (OTHER_NAME.into(), kind),
        };
        let name = Arc::clone(&key.0);
        self.0.entry(key).or_insert_with(|| MetricSeen::new(&name, sample.kind)).add(sample.value);
    }

    /// All of them, by name.
    pub(super) fn into_seen(self) -> Vec<MetricSeen> {
        self.0.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use outrider_model::{IterationIndex, Origin, Tags, Timestamp, VuId};

    use super::*;

    fn tally<'a>(values: impl IntoIterator<Item = (&'a str, MetricKind, f64)>) -> Vec<MetricSeen> {
        let mut tally = MetricTally::default();
        for (name, kind, value) in values {
            let (scenario, iteration) = ("".into(), IterationIndex(0));
            let origin = Origin { scenario, vu: VuId(0), iteration, step: None, tags: Tags::default() };
            let at = Timestamp(0);
            tally.add(&MetricSample { origin, name: name.into(), kind, at, value });
        }
        tally.into_seen()
    }

    #[test]
    fn what_counts_is_what_the_kind_says() {
        let of = |kind| tally([("m", kind, 1.0), ("m", kind, 0.0), ("m", kind, 0.5)])[0].value();
        assert_eq!(of(MetricKind::Counter), Some(1.5));
        assert_eq!(of(MetricKind::Gauge), Some(0.5));
        assert_eq!((of(MetricKind::Rate), of(MetricKind::Trend)), (Some(0.5), Some(0.5)));
    }

    #[test]
    fn what_is_no_number_is_counted_and_moves_nothing() {
        let seen = tally([f64::NAN, 3.0, f64::INFINITY].map(|value| ("m", MetricKind::Trend, value)));
        assert_eq!((seen[0].value(), seen[0].min, seen[0].max), (Some(3.0), 3.0, 3.0));
        assert_eq!((seen[0].values, seen[0].not_finite), (1, 2));
        assert_eq!(tally([("m", MetricKind::Trend, f64::NAN)])[0].value(), None);
    }

    #[test]
    fn names_are_bounded_and_no_value_is_lost() {
        let names: Vec<String> = (0..MAX_METRICS + 7).map(|number| format!("m{number}")).collect();
        let seen = tally(names.iter().map(|name| (name.as_str(), MetricKind::Counter, 1.0)));
        assert_eq!((seen.len(), &*seen[0].name, seen[0].values), (MAX_METRICS + 1, "(other)", 7));
    }
}
