//! What the terminal shows while a run goes on: totals and the last seconds, per scenario.
//!
//! This is a view for people. Reports and verdicts read the dataset.

use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use outrider_model::{IterationSample, IterationStatus, RequestSample, Sample, Timestamp};

use crate::Sketch;
use crate::window::WINDOW_NS;

/// Rates and percentiles speak of the last five seconds: long enough not to flicker, short enough to
/// follow a ramp.
pub const LIVE_SECONDS: usize = 5;

/// A handle to the latest snapshot; clones share it. The batcher renews it once a tick.
#[derive(Clone, Debug, Default)]
pub struct LiveStats(Arc<Mutex<LiveSnapshot>>);

impl LiveStats {
    /// The latest snapshot.
    pub fn snapshot(&self) -> LiveSnapshot {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn publish(&self, snapshot: LiveSnapshot) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = snapshot;
    }
}

/// The state of a run at one moment.
#[derive(Clone, Debug, Default)]
pub struct LiveSnapshot {
    /// When it was taken.
    pub at: Timestamp,
    /// The scenarios that have samples, by name.
    pub scenarios: Vec<ScenarioLive>,
}

/// One scenario at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct ScenarioLive {
    /// Its name.
    pub scenario: Arc<str>,
    /// Totals since the start.
    pub totals: ScenarioTotals,
    /// Requests that ended per second, over the last [`LIVE_SECONDS`] full seconds.
    pub request_rate: f64,
    /// Iterations that completed or failed per second, over the same time.
    pub iteration_rate: f64,
    /// The 95th percentile of request durations over the same time; `None` without requests.
    pub request_p95: Option<Duration>,
}

/// Counts since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScenarioTotals {
    /// Iterations that completed or failed.
    pub iterations: u64,
    /// Those of them that failed.
    pub failed_iterations: u64,
    /// Iterations that never started.
    pub dropped_iterations: u64,
    /// Requests that were answered or failed.
    pub requests: u64,
    /// Those of them that did not go well.
    pub failed_requests: u64,
    /// Checks that failed.
    pub failed_checks: u64,
}

/// Keeps the live view up to date, on the batcher's thread.
#[derive(Debug, Default)]
pub(crate) struct LiveRecorder {
    stats: LiveStats,
    scenarios: BTreeMap<Arc<str>, Scenario>,
}

#[derive(Debug, Default)]
struct Scenario {
    totals: ScenarioTotals,
    first_second: Option<i64>,
    /// The last seconds in order of time, those without samples left out.
    seconds: VecDeque<(i64, Second)>,
}

#[derive(Debug, Default)]
struct Second {
    iterations: u64,
    requests: u64,
    durations: Sketch,
}

impl LiveRecorder {
    /// A handle for readers.
    pub(crate) fn stats(&self) -> LiveStats {
        self.stats.clone()
    }

    pub(crate) fn record(&mut self, sample: &Sample) {
        match sample {
            Sample::Request(request) => self.scenario(&request.origin.scenario).add_request(request),
            Sample::Iteration(iteration) => self.scenario(&iteration.scenario).add_iteration(iteration),
            Sample::Check(check) if !check.passed => {
                self.scenario(&check.origin.scenario).totals.failed_checks += 1;
            }
            _ => {}
        }
    }

    pub(crate) fn publish(&mut self, now: Timestamp) {
        let scenarios =
            self.scenarios.iter_mut().map(|(name, scenario)| scenario.live(name.clone(), now)).collect();
        self.stats.publish(LiveSnapshot { at: now, scenarios });
    }

    fn scenario(&mut self, name: &Arc<str>) -> &mut Scenario {
        if !self.scenarios.contains_key(&**name) {
            self.scenarios.insert(name.clone(), Scenario::default());
        }
        self.scenarios.get_mut(&**name).expect("it was inserted if it was missing")
    }
}

impl Scenario {
    fn add_request(&mut self, request: &RequestSample) {
        if request.interrupted {
            return;
        }
        self.totals.requests += 1;
        self.totals.failed_requests += u64::from(!request.ok);
        let second = self.second(request.started_at + request.duration);
        second.requests += 1;
        second.durations.add(request.duration.as_nanos() as f64);
    }

    fn add_iteration(&mut self, iteration: &IterationSample) {
        match iteration.status {
            IterationStatus::Dropped => self.totals.dropped_iterations += 1,
            IterationStatus::Interrupted => {}
            IterationStatus::Completed | IterationStatus::Failed => {
                self.totals.iterations += 1;
                self.totals.failed_iterations += u64::from(iteration.status == IterationStatus::Failed);
                self.second(iteration.started_at + iteration.duration).iterations += 1;
            }
        }
    }

    /// The second in which something ended. What comes late is counted in the oldest second kept.
    fn second(&mut self, ended_at: Timestamp) -> &mut Second {
        let second = ended_at.0.div_euclid(WINDOW_NS);
        self.first_second = Some(self.first_second.map_or(second, |first| first.min(second)));
        if self.seconds.back().is_none_or(|(last, _)| *last < second) {
            self.seconds.push_back((second, Second::default()));
        }
        let index = self.seconds.iter().rposition(|(start, _)| *start <= second).unwrap_or(0);
        &mut self.seconds[index].1
    }

    fn live(&mut self, scenario: Arc<str>, now: Timestamp) -> ScenarioLive {
        let this_second = now.0.div_euclid(WINDOW_NS);
        let oldest = this_second - LIVE_SECONDS as i64;
        while self.seconds.front().is_some_and(|(second, _)| *second < oldest) {
            self.seconds.pop_front();
        }
        let full = self.seconds.iter().filter(|(second, _)| *second < this_second);
        let (mut iterations, mut requests, mut durations) = (0, 0, Sketch::new());
        for (_, second) in full {
            iterations += second.iterations;
            requests += second.requests;
            durations.merge(&second.durations);
        }
        let first = self.first_second.unwrap_or(this_second).max(oldest);
        let span = (this_second - first).max(1) as f64;
        ScenarioLive {
            scenario,
            totals: self.totals,
            request_rate: requests as f64 / span,
            iteration_rate: iterations as f64 / span,
            request_p95: durations.quantile(0.95).map(|ns| Duration::from_nanos(ns as u64)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_samples::{iteration, request_at, second};

    #[test]
    fn rates_and_percentiles_speak_of_the_last_full_seconds() {
        let mut live = LiveRecorder::default();
        for start in 0..10 {
            for n in 0..20 {
                live.record(&request_at("/", second(start), Duration::from_millis(10 * (n + 1))));
            }
        }
        live.publish(second(10));
        let snapshot = live.stats().snapshot();
        let scenario = &snapshot.scenarios[0];
        assert_eq!(snapshot.at, second(10));
        assert_eq!(scenario.totals.requests, 200);
        assert_eq!(scenario.request_rate, 20.0);
        let p95 = scenario.request_p95.unwrap().as_secs_f64();
        assert!((p95 - 0.190).abs() < 0.002, "{p95}");
    }

    #[test]
    fn old_seconds_are_forgotten_and_totals_are_not() {
        let mut live = LiveRecorder::default();
        live.record(&request_at("/", second(0), Duration::from_millis(1)));
        live.publish(second(60));
        let scenario = live.stats().snapshot().scenarios.remove(0);
        assert_eq!((scenario.totals.requests, scenario.request_rate, scenario.request_p95), (1, 0.0, None));
        assert!(live.scenarios.values().all(|scenario| scenario.seconds.is_empty()));
    }

    #[test]
    fn the_first_seconds_are_divided_by_the_time_there_was() {
        let mut live = LiveRecorder::default();
        (0..30).for_each(|_| live.record(&request_at("/", second(0), Duration::from_millis(1))));
        live.publish(second(1));
        assert_eq!(live.stats().snapshot().scenarios[0].request_rate, 30.0);
    }

    #[test]
    fn iterations_are_counted_by_how_they_ended() {
        let mut live = LiveRecorder::default();
        for status in IterationStatus::ALL {
            live.record(&iteration(status, 1));
        }
        live.publish(second(5));
        let totals = live.stats().snapshot().scenarios[0].totals;
        assert_eq!((totals.iterations, totals.failed_iterations, totals.dropped_iterations), (2, 1, 1));
    }
}
