//! Metrics of your own, with k6's four kinds. A value carries at most 32 tags, the iteration's first; more are left
//! out.
//!
//! ```no_run
//! use outrider_sdk::metric;
//!
//! metric::counter("orders").add(1.0);
//! metric::gauge("items in cart").set(3.0);
//! metric::rate("coupon accepted").record(true);
//! metric::trend("price").tag("currency", "EUR").record(19.99);
//! ```

use crate::bindings::imports::measure::{self, MetricKind};
use crate::bindings::imports::types::Tag;
use crate::tag;

macro_rules! metric {
    ($(#[$about:meta])* $constructor:ident, $name:ident, $kind:ident) => {
        $(#[$about])*
        #[derive(Clone, Debug)]
        #[must_use = "nothing is recorded until a value is given"]
        pub struct $name(Series);

        $(#[$about])*
        pub fn $constructor(name: impl Into<String>) -> $name {
            $name(Series { name: name.into(), kind: MetricKind::$kind, tags: Vec::new() })
        }

        impl $name {
            /// Adds a tag to the values besides the iteration's.
            pub fn tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
                self.0.tags.push(tag::new(key, value));
                self
            }
        }
    };
}

metric!(
    /// Values are added up.
    counter, Counter, Counter
);
metric!(
    /// The last value counts.
    gauge, Gauge, Gauge
);
metric!(
    /// The share of values that are true.
    rate, Rate, Rate
);
metric!(
    /// A distribution, reported by percentiles.
    trend, Trend, Trend
);

impl Counter {
    /// Adds a value.
    pub fn add(&self, value: f64) {
        self.0.record(value);
    }
}

impl Gauge {
    /// Sets the value.
    pub fn set(&self, value: f64) {
        self.0.record(value);
    }
}

impl Rate {
    /// Adds an event that did or did not happen.
    pub fn record(&self, happened: bool) {
        self.0.record(f64::from(u8::from(happened)));
    }
}

impl Trend {
    /// Adds a value of the distribution, in the metric's own unit.
    pub fn record(&self, value: f64) {
        self.0.record(value);
    }
}

#[derive(Clone, Debug)]
struct Series {
    name: String,
    kind: MetricKind,
    tags: Vec<Tag>,
}

impl Series {
    fn record(&self, value: f64) {
        measure::record_metric(&self.name, self.kind, value, &self.tags);
    }
}
