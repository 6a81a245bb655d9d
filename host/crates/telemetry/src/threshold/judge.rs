//! The merged totals of a run, and what the thresholds say of them.

use std::time::Duration;

use outrider_model::threshold::Threshold;
use outrider_model::{Sample, Timestamp};

use super::series::Series;
use super::value::{Value, value};
use super::{SeriesTotals, ThresholdStanding, ThresholdState};

/// What one worker recorded since its last tick, for all series in their order, and the load that it made.
#[derive(Clone, Debug)]
pub(super) struct Tick {
    series: Vec<SeriesTotals>,
    load: LoadSpan,
}

/// From the first scheduled iteration to the end of the last one, as far as they have ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct LoadSpan {
    first: Option<Timestamp>,
    last: Option<Timestamp>,
}

impl LoadSpan {
    fn merge(&mut self, other: LoadSpan) {
        self.first = [self.first, other.first].into_iter().flatten().min();
        self.last = self.last.max(other.last);
    }

    /// How long it is; `None` if no iteration ended.
    pub(super) fn length(self) -> Option<Duration> {
        Some(self.last?.since(self.first?))
    }
}

/// Collects samples between two ticks; each worker has one.
#[derive(Debug)]
pub(super) struct Collector {
    series: Vec<Series>,
    open: Tick,
}

impl Collector {
    pub(super) fn new(series: Vec<Series>) -> Collector {
        let open = Tick::empty(series.len());
        Collector { series, open }
    }

    pub(super) fn record(&mut self, sample: &Sample) {
        for (series, totals) in self.series.iter().zip(&mut self.open.series) {
            series.record(sample, totals);
        }
        if let Sample::Iteration(iteration) = sample {
            let last = iteration.started_at + iteration.duration;
            self.open.load.merge(LoadSpan { first: Some(iteration.scheduled_at), last: Some(last) });
        }
    }

    /// Takes what was collected since the last time.
    pub(super) fn take(&mut self) -> Tick {
        std::mem::replace(&mut self.open, Tick::empty(self.series.len()))
    }
}

impl Tick {
    fn empty(series: usize) -> Tick {
        Tick { series: vec![SeriesTotals::default(); series], load: LoadSpan::default() }
    }
}

/// Merges ticks and judges; a run has one.
#[derive(Debug)]
pub(super) struct Judge {
    /// With the series that each looks at.
    thresholds: Vec<(Threshold, usize)>,
    run: Tick,
}

impl Judge {
    /// A judge, and the series that it wants recorded.
    pub(super) fn new(thresholds: Vec<Threshold>) -> (Judge, Vec<Series>) {
        let mut series: Vec<Series> = Vec::new();
        let thresholds = thresholds
            .into_iter()
            .map(|threshold| {
                let wanted = Series::of(&threshold);
                let index = series.iter().position(|known| *known == wanted).unwrap_or(series.len());
                if index == series.len() {
                    series.push(wanted);
                }
                (threshold, index)
            })
            .collect();
        (Judge { thresholds, run: Tick::empty(series.len()) }, series)
    }

    pub(super) fn merge(&mut self, tick: &Tick) {
        for (totals, more) in self.run.series.iter_mut().zip(&tick.series) {
            totals.merge(more);
        }
        self.run.load.merge(tick.load);
    }

    pub(super) fn load(&self) -> LoadSpan {
        self.run.load
    }

    /// All thresholds as they stand, in their order.
    pub(super) fn states(&self, elapsed: Duration) -> Vec<ThresholdState> {
        self.thresholds.iter().map(|(threshold, series)| self.state(threshold, *series, elapsed)).collect()
    }

    fn state(&self, threshold: &Threshold, series: usize, elapsed: Duration) -> ThresholdState {
        let (value, standing) = match value(threshold, &self.run.series[series], elapsed) {
            Value::Of(value) if threshold.holds(value) => (Some(value), ThresholdStanding::Holds),
            Value::Of(value) => (Some(value), ThresholdStanding::Crossed),
            Value::NoData => (None, ThresholdStanding::NoData),
            Value::Unfit(why) => (None, ThresholdStanding::Unfit(why)),
        };
        ThresholdState { threshold: threshold.clone(), value, standing }
    }
}
