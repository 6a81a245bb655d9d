//! What was measured in a trial, kept in memory.

use std::sync::{Mutex, PoisonError};

use outrider_model::{CheckSample, IterationSample, RequestSample, Sample, SampleSink};

use super::metrics::{MetricSeen, MetricTally};

/// Ten thousand samples of one call or iteration are kept: more than a person looks through, and an
/// iteration without end cannot fill the memory with them.
pub const MAX_SEEN: usize = 10_000;

/// What was measured in one call or iteration, in the order in which it was.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The samples, at most [`MAX_SEEN`].
    pub samples: Vec<Sample>,
    /// Samples beyond them, which were not kept.
    pub lost: u64,
    /// What the custom metrics come to, by name; of all their values, also those that were not kept.
    pub metrics: Vec<MetricSeen>,
}

impl Seen {
    /// Requests, redirects that were followed each for itself.
    pub fn requests(&self) -> impl Iterator<Item = &RequestSample> {
        self.samples.iter().filter_map(|sample| match sample {
            Sample::Request(request) => Some(&**request),
            _ => None,
        })
    }

    /// Verdicts of the journey and of packs.
    pub fn checks(&self) -> impl Iterator<Item = &CheckSample> {
        self.samples.iter().filter_map(|sample| match sample {
            Sample::Check(check) => Some(check),
            _ => None,
        })
    }

    /// Adds the row of an iteration.
    pub(crate) fn and_iteration(mut self, iteration: IterationSample) -> Seen {
        self.samples.push(Sample::Iteration(iteration));
        self
    }
}

/// Keeps what is measured until it is taken.
#[derive(Debug, Default)]
pub(crate) struct Collector {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    samples: Vec<Sample>,
    lost: u64,
    metrics: MetricTally,
}

impl Collector {
    /// What was measured since the last time.
    pub(crate) fn take(&self) -> Seen {
        let kept = std::mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner));
        Seen { samples: kept.samples, lost: kept.lost, metrics: kept.metrics.into_seen() }
    }
}

impl SampleSink for Collector {
    fn record(&self, sample: Sample) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Sample::Metric(metric) = &sample {
            kept.metrics.add(metric);
        }
        if kept.samples.len() < MAX_SEEN {
            kept.samples.push(sample);
        } else {
            kept.lost += 1;
        }
    }
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn what_is_beyond_the_bound_is_counted_and_not_kept() {
        let collector = Collector::default();
        let record = |count| (0..count).for_each(|_| collector.record(Sample::System(Box::default())));
        record(MAX_SEEN + 3);
        let seen = collector.take();
        assert_eq!((seen.samples.len(), seen.lost), (MAX_SEEN, 3));
        let later = collector.take();
        assert_eq!((later.samples.len(), later.lost), (0, 0));
    }
}
