//! The thresholds of a run on the batcher's thread.

use std::time::Duration;

use outrider_model::threshold::Threshold;
use outrider_model::{Sample, Timestamp};

use super::judge::{Collector, Judge};
use super::{ThresholdCrossing, ThresholdStanding, ThresholdState, ThresholdView};

/// Collects and judges, and shows it to others.
#[derive(Debug)]
pub(crate) struct ThresholdRecorder {
    collector: Collector,
    judge: Judge,
    view: ThresholdView,
    is_idle: bool,
}

impl ThresholdRecorder {
    pub(crate) fn new(thresholds: Vec<Threshold>) -> ThresholdRecorder {
        let is_idle = thresholds.is_empty();
        let (judge, series) = Judge::new(thresholds);
        let view = ThresholdView::default();
        view.publish(judge.states(Duration::ZERO), None);
        ThresholdRecorder { collector: Collector::new(series), judge, view, is_idle }
    }

    pub(crate) fn view(&self) -> ThresholdView {
        self.view.clone()
    }

    /// Takes a sample as it was measured.
    pub(crate) fn record(&mut self, sample: &Sample) {
        if !self.is_idle {
            self.collector.record(sample);
        }
    }

    /// Judges what was recorded until now.
    pub(crate) fn tick(&mut self, now: Timestamp) {
        if self.is_idle {
            return;
        }
        self.judge.merge(&self.collector.take());
        let elapsed = self.view.began().map(|began| now.since(began));
        let states = self.judge.states(elapsed.unwrap_or_default());
        let crossing = elapsed.and_then(|elapsed| crossing(&states, elapsed));
        self.view.publish(states, crossing);
    }

    /// Judges for the last time. Nothing is ended by it: the run is over.
    pub(crate) fn finish(&mut self, now: Timestamp) {
        if self.is_idle {
            return;
        }
        self.judge.merge(&self.collector.take());
        let since_start = self.view.began().map(|began| now.since(began));
        let elapsed = self.judge.load().length().or(since_start).unwrap_or_default();
        self.view.publish(self.judge.states(elapsed), None);
    }
}

/// The first threshold that is crossed and may end the run by now.
fn crossing(states: &[ThresholdState], elapsed: Duration) -> Option<ThresholdCrossing> {
    let ends = |state: &ThresholdState| {
        state.standing == ThresholdStanding::Crossed
            && state.threshold.abort_after.is_some_and(|after| elapsed >= after)
    };
    let (index, state) = states.iter().enumerate().find(|(_, state)| ends(state))?;
    Some(ThresholdCrossing { index, state: state.clone() })
}
