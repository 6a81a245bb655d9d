//! The table `windows`: sketches merged over seconds and workers, and custom metrics.
//!
//! This is the only source of percentiles. Counts of requests, steps and iterations come from their
//! own tables; the windows' counts are compared with them.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use outrider_telemetry::{OTHER_NAME, Window, WindowKey, WindowKind, WindowTotals};

use super::columns::MAX_NAMES;

/// Kind, name and detail: the scenario is summed over.
type SeriesKey = (WindowKind, Arc<str>, Arc<str>);

/// One series, merged.
#[derive(Debug, Default)]
pub(super) struct Series {
    pub(super) totals: WindowTotals,
    /// The second of its last window, so that the last value of several workers is the latest.
    last_second: i64,
}

/// All windows of a run, merged by kind and name.
#[derive(Debug, Default)]
pub(super) struct MergedWindows {
    series: HashMap<SeriesKey, Series>,
    /// All requests together.
    pub(super) all_requests: WindowTotals,
    /// All iterations together.
    pub(super) all_iterations: WindowTotals,
    /// Rows that the windows say there are, by kind.
    rows: BTreeMap<WindowKind, u64>,
    /// How many metrics there are.
    metrics: usize,
    /// The end of the last second, in nanoseconds since 1970.
    pub(super) last_end: Option<i64>,
}

/// The length of a window.
const WINDOW_NS: i64 = 1_000_000_000;

impl MergedWindows {
    /// Adds a window. Requests and steps whose name `is_known` denies have no place of their own in the report.
    pub(super) fn add(&mut self, window: Window, is_known: impl Fn(&WindowKey) -> bool) {
        let Window { started_at, mut key, totals } = window;
        self.last_end = self.last_end.max(Some(started_at.0.saturating_add(WINDOW_NS)));
        *self.rows.entry(key.kind).or_default() += rows_of(key.kind, &totals);
        match key.kind {
            WindowKind::Request => self.all_requests.merge(&totals),
            WindowKind::Iteration => self.all_iterations.merge(&totals),
            WindowKind::Step | WindowKind::Check | WindowKind::Metric => {}
        }
        // No report has a check's or an iteration's windows by name.
        if matches!(key.kind, WindowKind::Request | WindowKind::Step | WindowKind::Metric) {
            if !self.has_room(&key) || !is_known(&key) {
                key.name = OTHER_NAME.into();
            }
            self.series_of(key).add(started_at.0, &totals);
        }
    }

    /// Whether a metric is known, or there is room for another one. The others have room if they are known.
    fn has_room(&self, key: &WindowKey) -> bool {
        let is_new = || !self.series.contains_key(&(key.kind, key.name.clone(), key.detail.clone()));
        let is_other = &*key.name == OTHER_NAME;
        key.kind != WindowKind::Metric || is_other || self.metrics < MAX_NAMES || !is_new()
    }

    fn series_of(&mut self, key: WindowKey) -> &mut Series {
        let is_metric = key.kind == WindowKind::Metric && &*key.name != OTHER_NAME;
        match self.series.entry((key.kind, key.name, key.detail)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                self.metrics += usize::from(is_metric);
                new.insert(Series::default())
            }
        }
    }

    /// The totals of one name.
    pub(super) fn totals(&self, kind: WindowKind, name: &str) -> Option<&WindowTotals> {
        Some(&self.series.get(&(kind, name.into(), "".into()))?.totals)
    }

    /// Custom metrics: name, kind and totals, by name.
    pub(super) fn metrics(&self) -> Vec<(&str, &str, &WindowTotals)> {
        let metrics = self.series.iter().filter(|((kind, _, _), _)| *kind == WindowKind::Metric);
        let mut metrics: Vec<_> =
            metrics.map(|((_, name, kind), series)| (&**name, &**kind, &series.totals)).collect();
        metrics.sort_by_key(|(name, kind, _)| (*name, *kind));
        metrics
    }

    /// How many rows of a table the windows were made from.
    pub(super) fn rows(&self, kind: WindowKind) -> u64 {
        self.rows.get(&kind).copied().unwrap_or(0)
    }
}

impl Series {
    fn add(&mut self, second: i64, totals: &WindowTotals) {
        let latest = self.totals.values.map(|values| values.last).filter(|_| second < self.last_second);
        self.totals.merge(totals);
        if let (Some(latest), Some(values)) = (latest, &mut self.totals.values) {
            values.last = latest;
        }
        self.last_second = self.last_second.max(second);
    }
}

/// How many rows a window was made from.
fn rows_of(kind: WindowKind, totals: &WindowTotals) -> u64 {
    match kind {
        WindowKind::Check => totals.count,
        WindowKind::Request | WindowKind::Step => totals.count + totals.interrupted,
        WindowKind::Iteration => totals.count + totals.interrupted + totals.dropped,
        WindowKind::Metric => totals.count + totals.failed,
    }
}

#[cfg(test)]
mod tests {
    use outrider_model::Timestamp;
    use outrider_telemetry::ValueTotals;

    use super::*;

    fn gauge(second: i64, value: f64) -> Window {
        let key = WindowKey {
            kind: WindowKind::Metric,
            scenario: "s".into(),
            name: "depth".into(),
            detail: "gauge".into(),
        };
        let values = Some(ValueTotals { sum: value, min: value, max: value, last: value });
        let totals = WindowTotals { count: 1, values, ..WindowTotals::default() };
        Window { started_at: Timestamp(second * WINDOW_NS), key, totals }
    }

    #[test]
    fn the_last_value_is_that_of_the_latest_second_whatever_the_order_of_the_workers() {
        let mut merged = MergedWindows::default();
        for (second, value) in [(1, 10.0), (5, 50.0), (2, 20.0)] {
            merged.add(gauge(second, value), |_| true);
        }
        let [(name, kind, totals)] = merged.metrics()[..] else { panic!("one metric") };
        let values = totals.values.unwrap();
        assert_eq!((name, kind, totals.count), ("depth", "gauge", 3));
        assert_eq!((values.last, values.min, values.max, values.sum), (50.0, 10.0, 50.0, 80.0));
    }
}
