//! Metrics at one moment, as both formats are written from.

use std::sync::Arc;

use super::distribution::Distribution;
use super::label::Label;

/// Labels with their values. An empty value is none.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Labels(pub(crate) Vec<(&'static Label, Arc<str>)>);

/// Values of a kind.
#[derive(Clone, Debug)]
pub(crate) enum Data {
    /// What only grows.
    Counter(Vec<(Labels, f64)>),
    Gauge(Vec<(Labels, f64)>),
    /// Lengths of time.
    Histogram(Vec<(Labels, Distribution)>),
    /// Values in a unit that nobody knows here: their sum and their number.
    Summary(Vec<(Labels, f64, u64)>),
}

/// A metric with all its series.
#[derive(Clone, Debug)]
pub(crate) struct Family {
    /// In Prometheus, without `_total`.
    pub(crate) name: &'static str,
    /// In OpenTelemetry.
    pub(crate) otlp: &'static str,
    /// In OpenTelemetry, which takes it from the UCUM; in Prometheus it is a part of the name.
    pub(crate) unit: &'static str,
    pub(crate) help: &'static str,
    pub(crate) data: Data,
}

impl Family {
    /// Whether anything is to be said.
    pub(crate) fn is_empty(&self) -> bool {
        match &self.data {
            Data::Counter(points) | Data::Gauge(points) => points.is_empty(),
            Data::Histogram(points) => points.is_empty(),
            Data::Summary(points) => points.is_empty(),
        }
    }
}
