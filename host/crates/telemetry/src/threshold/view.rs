//! What others see of a run's thresholds.

use std::sync::Arc;

use outrider_model::Timestamp;
use outrider_model::threshold::Threshold;
use tokio::sync::watch;

/// How a threshold stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ThresholdStanding {
    /// It holds.
    Holds,
    /// It does not.
    Crossed,
    /// No sample counted. At the end of a run that is not passed: a name that is spelled wrong never
    /// has data.
    NoData,
    /// The journey's metric is of a kind that has no such value; why. Not passed either.
    Unfit(String),
}

/// A threshold at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct ThresholdState {
    /// The threshold.
    pub threshold: Threshold,
    /// Its value, in the unit of its [dimension](Threshold::dimension); `None` where there is none.
    pub value: Option<f64>,
    /// How it stands.
    pub standing: ThresholdStanding,
}

/// A crossing that is to end the run.
#[derive(Clone, Debug, PartialEq)]
pub struct ThresholdCrossing {
    /// The threshold's place among the run's.
    pub index: usize,
    /// How it stood then.
    pub state: ThresholdState,
}

impl ThresholdState {
    /// Whether it is passed as it stands.
    pub fn passed(&self) -> bool {
        self.standing == ThresholdStanding::Holds
    }

    /// What there is instead of a value on the right side: `was 612 ms`, `no data`, or why there is no
    /// value.
    pub fn in_words(&self) -> String {
        match (&self.standing, self.value) {
            (ThresholdStanding::Unfit(why), _) => why.clone(),
            (_, Some(value)) => format!("was {}", self.threshold.show(value)),
            (_, None) => "no data".to_owned(),
        }
    }
}

/// A handle to the thresholds of a run; clones share it. The batcher renews it once a tick, and a last
/// time when it has taken every sample.
#[derive(Clone, Debug, Default)]
pub struct ThresholdView(Arc<watch::Sender<Seen>>);

#[derive(Debug, Default)]
struct Seen {
    began: Option<Timestamp>,
    states: Vec<ThresholdState>,
    crossing: Option<ThresholdCrossing>,
}

impl ThresholdView {
    /// Says when the load began. Before it did, no threshold ends the run. The first call counts.
    pub fn begin(&self, at: Timestamp) {
        self.0.send_modify(|seen| {
            seen.began.get_or_insert(at);
        });
    }

    /// All thresholds as they stood at the last tick, in the order of the plan.
    pub fn states(&self) -> Vec<ThresholdState> {
        self.0.borrow().states.clone()
    }

    /// The first crossing that is to end the run, if there was one. It stays, whatever comes after it.
    pub fn crossing(&self) -> Option<ThresholdCrossing> {
        self.0.borrow().crossing.clone()
    }

    /// Ready when there is a crossing that is to end the run.
    pub async fn crossed(&self) {
        let mut seen = self.0.subscribe();
        // The sender is this view's own: it does not go away meanwhile.
        drop(seen.wait_for(|seen| seen.crossing.is_some()).await);
    }

    pub(super) fn began(&self) -> Option<Timestamp> {
        self.0.borrow().began
    }

    pub(super) fn publish(&self, states: Vec<ThresholdState>, crossing: Option<ThresholdCrossing>) {
        self.0.send_modify(|seen| {
            seen.states = states;
            if seen.crossing.is_none() {
                seen.crossing = crossing;
            }
        });
    }
}
