//! The metrics of a call, until it is known whether it is made again.

use std::sync::{Arc, Mutex, PoisonError};

use outrider_model::{Sample, SampleSink};

/// A hundred thousand values in one call of `transform`, ten for each record of a whole batch: 20 MB while they are
/// held. A batch that records more breaks, and is tried again in halves, as any other that does.
pub const MAX_METRIC_VALUES: usize = 100_000;

/// Holds metrics back. Everything else, as log lines, goes on at once: whoever looks for why a batch broke wants to
/// see them.
#[derive(Debug)]
pub(super) struct Held {
    inner: Arc<dyn SampleSink>,
    metrics: Mutex<Metrics>,
}

#[derive(Debug, Default)]
struct Metrics {
    values: Vec<Sample>,
    are_too_many: bool,
}

impl Held {
    pub(super) fn over(inner: Arc<dyn SampleSink>) -> Held {
        Held { inner, metrics: Mutex::default() }
    }

    /// Whether the call kept to the limit.
    pub(super) fn checked(&self) -> Result<(), String> {
        match self.metrics.lock().unwrap_or_else(PoisonError::into_inner).are_too_many {
            true => Err(format!("more than {MAX_METRIC_VALUES} values of metrics in one call of transform")),
            false => Ok(()),
        }
    }

    /// The call ended well: they count.
    pub(super) fn release(&self) {
        self.take().values.into_iter().for_each(|sample| self.inner.record(sample));
    }

    /// The call is made again, or never will be.
    pub(super) fn forget(&self) {
        drop(self.take());
    }

    fn take(&self) -> Metrics {
        std::mem::take(&mut *self.metrics.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl SampleSink for Held {
    fn record(&self, sample: Sample) {
        if !matches!(sample, Sample::Metric(_)) {
            return self.inner.record(sample);
        }
        let mut metrics = self.metrics.lock().unwrap_or_else(PoisonError::into_inner);
        match metrics.values.len() < MAX_METRIC_VALUES {
            true => metrics.values.push(sample),
            false => metrics.are_too_many = true,
        }
    }
}
