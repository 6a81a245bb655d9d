//! A sample sink for assertions.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use outrider_model::{
    CheckSample, IterationSample, LogSample, MetricSample, RequestSample, Sample, SampleSink, StepSample,
};

/// Keeps every sample in the order of recording. It grows with them, so it is for tests only.
///
/// ```
/// use outrider_model::{Sample, SampleSink};
/// use outrider_test_util::FakeSink;
/// let sink = FakeSink::new();
/// sink.record(Sample::System(Box::default()));
/// assert_eq!(sink.samples().len(), 1);
/// assert!(sink.requests().is_empty());
/// ```
#[derive(Debug, Default)]
pub struct FakeSink {
    samples: Mutex<Vec<Sample>>,
}

impl FakeSink {
    /// An empty sink, shared as the code under test wants it.
    pub fn new() -> Arc<FakeSink> {
        Arc::default()
    }

    /// Everything recorded until now.
    pub fn samples(&self) -> Vec<Sample> {
        self.lock().clone()
    }

    /// Takes everything recorded out of the sink.
    pub fn take(&self) -> Vec<Sample> {
        std::mem::take(&mut *self.lock())
    }

    /// The iterations recorded.
    pub fn iterations(&self) -> Vec<IterationSample> {
        self.pick(|sample| if let Sample::Iteration(iteration) = sample { Some(iteration) } else { None })
    }

    /// The steps recorded.
    pub fn steps(&self) -> Vec<StepSample> {
        self.pick(|sample| if let Sample::Step(step) = sample { Some(step) } else { None })
    }

    /// The requests recorded.
    pub fn requests(&self) -> Vec<RequestSample> {
        self.pick(|sample| if let Sample::Request(request) = sample { Some(request.as_ref()) } else { None })
    }

    /// The checks recorded.
    pub fn checks(&self) -> Vec<CheckSample> {
        self.pick(|sample| if let Sample::Check(check) = sample { Some(check) } else { None })
    }

    /// The values of custom metrics recorded.
    pub fn metrics(&self) -> Vec<MetricSample> {
        self.pick(|sample| if let Sample::Metric(metric) = sample { Some(metric) } else { None })
    }

    /// The log lines recorded.
    pub fn logs(&self) -> Vec<LogSample> {
        self.pick(|sample| if let Sample::Log(log) = sample { Some(log) } else { None })
    }

    fn pick<T: Clone>(&self, kind: impl Fn(&Sample) -> Option<&T>) -> Vec<T> {
        self.lock().iter().filter_map(kind).cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Sample>> {
        self.samples.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SampleSink for FakeSink {
    fn record(&self, sample: Sample) {
        self.lock().push(sample);
    }
}
