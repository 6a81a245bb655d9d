//! What a test run left behind.

use std::collections::{BTreeMap, HashSet};
use std::sync::Mutex;

use outrider_model::{IterationSample, IterationStatus, Sample, SampleSink, Timestamp};

use super::Event;
use crate::outcome::{IterationCounts, ScenarioOutcome, SchedulerOutcome};

/// Keeps all iterations.
#[derive(Debug, Default)]
pub(crate) struct Collector(Mutex<Vec<IterationSample>>);

impl Collector {
    /// What was recorded so far.
    pub(crate) fn take(&self) -> Vec<IterationSample> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl SampleSink for Collector {
    fn record(&self, sample: Sample) {
        match sample {
            Sample::Iteration(iteration) => self.0.lock().unwrap().push(iteration),
            other => panic!("the scheduler records iterations only, not {other:?}"),
        }
    }
}

/// A run that has ended and whose accounting was checked.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) outcome: SchedulerOutcome,
    /// In the order of their scheduled times, then of their indices.
    pub(crate) samples: Vec<IterationSample>,
    /// With microseconds since the run's start; those of `prepare` at zero.
    pub(crate) events: Vec<(u64, Event)>,
    pub(crate) most_in_the_making: usize,
    /// Microseconds from the run's start to its outcome.
    pub(crate) took: u64,
    start: Timestamp,
}

impl Report {
    pub(super) fn new(
        outcome: SchedulerOutcome,
        mut samples: Vec<IterationSample>,
        events: &[(Timestamp, Event)],
        most_in_the_making: usize,
        (start, end): (Timestamp, Timestamp),
    ) -> Report {
        samples.sort_by_key(|sample| (sample.scheduled_at, sample.iteration));
        let events = events.iter().map(|&(at, event)| (micros(at, start), event)).collect();
        let took = micros(end, start);
        let report = Report { outcome, samples, events, most_in_the_making, took, start };
        report.check_accounting();
        report
    }

    /// The only scenario's outcome.
    pub(crate) fn scenario(&self) -> &ScenarioOutcome {
        assert_eq!(self.outcome.scenarios.len(), 1);
        &self.outcome.scenarios[0]
    }

    /// When iterations started, by VU, in microseconds.
    pub(crate) fn starts_by_vu(&self) -> BTreeMap<u32, Vec<u64>> {
        let mut starts = BTreeMap::<u32, Vec<u64>>::new();
        for sample in &self.samples {
            if let Some(vu) = sample.vu {
                starts.entry(vu.0).or_default().push(micros(sample.started_at, self.start));
            }
        }
        starts
    }

    /// (index, scheduled, started) of all iterations with that status, in microseconds.
    pub(crate) fn times(&self, status: IterationStatus) -> Vec<(u64, u64, u64)> {
        let times = |sample: &IterationSample| {
            let at = |time| micros(time, self.start);
            (sample.iteration.0, at(sample.scheduled_at), at(sample.started_at))
        };
        self.samples.iter().filter(|sample| sample.status == status).map(times).collect()
    }

    /// When iterations with that status ended, in microseconds.
    pub(crate) fn ends(&self, status: IterationStatus) -> Vec<u64> {
        let of_status = self.samples.iter().filter(|sample| sample.status == status);
        of_status.map(|sample| micros(sample.started_at + sample.duration, self.start)).collect()
    }

    /// The indices of all iterations, sorted.
    pub(crate) fn indices(&self) -> Vec<u64> {
        let mut indices: Vec<u64> = self.samples.iter().map(|sample| sample.iteration.0).collect();
        indices.sort_unstable();
        indices
    }

    /// The VUs that such an event happened to, in order of time.
    pub(crate) fn vus(&self, event: impl Fn(u32) -> Event) -> Vec<u32> {
        self.events
            .iter()
            .filter_map(|&(_, happened)| {
                let (Event::Created(vu) | Event::Stopped(vu) | Event::Dropped(vu) | Event::Violation(vu)) =
                    happened;
                (event(vu) == happened).then_some(vu)
            })
            .collect()
    }

    /// The invariant that all tests share (INV-1): each scheduled iteration left exactly one row, the counts
    /// are those of the rows, and the contract of `Vu` was kept.
    fn check_accounting(&self) {
        assert_eq!(self.vus(Event::Violation), [0_u32; 0], "{:?}", self.events);
        for scenario in &self.outcome.scenarios {
            let counts = scenario.iterations;
            assert!(counts.is_balanced(), "{counts:?}");
            let rows = self.samples.iter().filter(|sample| sample.scenario == scenario.name);
            assert_eq!(count_rows(rows.clone()), totals(counts), "{}", scenario.name);
            let indices: HashSet<u64> = rows.clone().map(|row| row.iteration.0).collect();
            assert_eq!(indices.len(), rows.count(), "each index once");
        }
        for sample in &self.samples {
            assert!(sample.started_at >= sample.scheduled_at, "{sample:?}");
            assert!(sample.waited <= sample.lateness(), "{sample:?}");
            assert_eq!(sample.vu.is_none(), sample.status == IterationStatus::Dropped, "{sample:?}");
            assert_eq!(sample.cause.is_some(), sample.status == IterationStatus::Failed, "{sample:?}");
        }
    }
}

fn micros(at: Timestamp, start: Timestamp) -> u64 {
    u64::try_from(at.since(start).as_micros()).unwrap()
}

/// Completed, failed, interrupted, dropped.
fn count_rows<'a>(rows: impl Iterator<Item = &'a IterationSample>) -> [u64; 4] {
    let mut counts = [0; 4];
    for row in rows {
        let status = IterationStatus::ALL.iter().position(|status| *status == row.status);
        counts[status.unwrap()] += 1;
    }
    counts
}

fn totals(counts: IterationCounts) -> [u64; 4] {
    [counts.completed, counts.failed.total(), counts.interrupted, counts.dropped]
}
