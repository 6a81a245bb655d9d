//! The totals of one window, which add up.

use std::time::Duration;

use outrider_model::{IterationSample, IterationStatus, RequestSample, StepSample};

use crate::Sketch;

/// Counts, sums and a sketch. [`WindowTotals::merge`] makes those of two windows into those of both.
#[derive(Clone, Debug, Default)]
pub struct WindowTotals {
    /// How many ended; for iterations those that completed or failed.
    pub count: u64,
    /// How many of them did not go well; for metrics, values that are not finite numbers.
    pub failed: u64,
    /// For requests, steps and iterations: how many were interrupted, besides `count`.
    pub interrupted: u64,
    /// For iterations: how many never started, besides `count`.
    pub dropped: u64,
    /// Durations in nanoseconds, or values in the metric's unit.
    pub values: Option<ValueTotals>,
    /// Their distribution: of durations and of trends.
    pub sketch: Option<Sketch>,
    /// That of corrected durations, which count from the scheduled time; only where it is another one.
    pub corrected: Option<Sketch>,
    /// What only requests have.
    pub request: Option<RequestTotals>,
}

/// Sum, smallest, largest and last of some values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ValueTotals {
    /// Their sum.
    pub sum: f64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
    /// The one that was added last.
    pub last: f64,
}

/// What only requests have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestTotals {
    /// Bytes written.
    pub bytes_sent: u64,
    /// Bytes read.
    pub bytes_received: u64,
    /// Answers by the hundreds of their status: 200 to 299 and so on to 500 to 599.
    pub status_classes: [u64; 4],
    /// Exchanges without an answer.
    pub no_answer: u64,
}

impl WindowTotals {
    /// Adds the totals of another window of the same key, which comes after this one.
    pub fn merge(&mut self, other: &WindowTotals) {
        self.count += other.count;
        self.failed += other.failed;
        self.interrupted += other.interrupted;
        self.dropped += other.dropped;
        merge_option(&mut self.values, &other.values, ValueTotals::merge);
        self.merge_corrected(other);
        merge_option(&mut self.sketch, &other.sketch, Sketch::merge);
        merge_option(&mut self.request, &other.request, RequestTotals::merge);
    }

    /// The distribution of corrected durations: that of the durations where nothing was late.
    pub fn corrected_sketch(&self) -> Option<&Sketch> {
        self.corrected.as_ref().or(self.sketch.as_ref())
    }

    /// What one of the two has not corrected needed no correction. Before the sketches themselves are merged.
    fn merge_corrected(&mut self, other: &WindowTotals) {
        if self.corrected.is_none() && other.corrected.is_none() {
            return;
        }
        let corrected = self.begin_correcting();
        if let Some(more) = other.corrected_sketch() {
            corrected.merge(more);
        }
    }

    /// The sketch of corrected durations, from now on another one than that of the durations.
    fn begin_correcting(&mut self) -> &mut Sketch {
        self.corrected.get_or_insert_with(|| self.sketch.clone().unwrap_or_default())
    }

    /// Adds what was due by a schedule.
    fn add_scheduled(&mut self, ok: bool, duration: Duration, corrected: Duration) {
        if corrected != duration {
            self.begin_correcting();
        }
        self.add_timed(ok, duration);
        if let Some(sketch) = &mut self.corrected {
            sketch.add(corrected.as_nanos() as f64);
        }
    }

    fn add_timed(&mut self, ok: bool, duration: Duration) {
        self.add_trend(duration.as_nanos() as f64);
        self.failed += u64::from(!ok);
    }

    /// Adds a value of a distribution.
    pub(crate) fn add_trend(&mut self, value: f64) {
        self.count += 1;
        self.add_value(value);
        self.sketch.get_or_insert_default().add(value);
    }

    /// What was cut off has no full duration; but its bytes went over the wire.
    pub(super) fn add_request(&mut self, request: &RequestSample) {
        match request.interrupted {
            true => self.interrupted += 1,
            false => self.add_scheduled(request.ok, request.duration, request.corrected_duration()),
        }
        self.request.get_or_insert_default().add(request);
    }

    pub(super) fn add_step(&mut self, step: &StepSample) {
        match step.interrupted {
            true => self.interrupted += 1,
            false => self.add_timed(step.ok, step.duration),
        }
    }

    pub(super) fn add_iteration(&mut self, iteration: &IterationSample) {
        match iteration.status {
            IterationStatus::Completed | IterationStatus::Failed => {
                let ok = iteration.status == IterationStatus::Completed;
                self.add_scheduled(ok, iteration.duration, iteration.corrected_duration());
            }
            IterationStatus::Interrupted => self.interrupted += 1,
            IterationStatus::Dropped => self.dropped += 1,
        }
    }

    pub(crate) fn add_verdict(&mut self, ok: bool) {
        self.count += 1;
        self.failed += u64::from(!ok);
    }

    pub(crate) fn add_metric(&mut self, value: f64, is_trend: bool) {
        if !value.is_finite() {
            self.failed += 1;
            return;
        }
        self.count += 1;
        self.add_value(value);
        if is_trend {
            self.sketch.get_or_insert_default().add(value);
        }
    }

    fn add_value(&mut self, value: f64) {
        let one = ValueTotals { sum: value, min: value, max: value, last: value };
        merge_option(&mut self.values, &Some(one), ValueTotals::merge);
    }
}

impl ValueTotals {
    fn merge(&mut self, other: &ValueTotals) {
        self.sum += other.sum;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.last = other.last;
    }
}

impl RequestTotals {
    fn add(&mut self, request: &RequestSample) {
        self.bytes_sent += request.bytes_sent;
        self.bytes_received += request.bytes_received;
        match request.status {
            _ if request.interrupted => {}
            None => self.no_answer += 1,
            Some(status @ 200..=599) => self.status_classes[usize::from(status / 100 - 2)] += 1,
            // 101 and invented ones have no class of their own: they are in the count alone.
            Some(_) => {}
        }
    }

    fn merge(&mut self, other: &RequestTotals) {
        self.bytes_sent += other.bytes_sent;
        self.bytes_received += other.bytes_received;
        self.no_answer += other.no_answer;
        for (class, more) in self.status_classes.iter_mut().zip(other.status_classes) {
            *class += more;
        }
    }
}

fn merge_option<T: Clone>(into: &mut Option<T>, from: &Option<T>, merge: impl FnOnce(&mut T, &T)) {
    match (into, from) {
        (Some(into), Some(from)) => merge(into, from),
        (into @ None, Some(from)) => *into = Some(from.clone()),
        (_, None) => {}
    }
}
