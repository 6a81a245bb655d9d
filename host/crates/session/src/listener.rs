//! What is logged, heard on its way into the dataset.

use std::fmt;
use std::sync::Arc;

use outrider_model::{LogSample, Sample, SampleSink};

type Hear = dyn Fn(&LogSample) + Send + Sync;

/// Hears each line that is logged or printed in a run, without the values of secrets. It is called from the
/// tasks of all users, concurrently, while they run: it must not wait, and bounds what it keeps.
#[derive(Clone)]
pub struct LogListener(Arc<Hear>);

impl LogListener {
    /// A listener that calls `hear` for each line.
    pub fn new(hear: impl Fn(&LogSample) + Send + Sync + 'static) -> LogListener {
        LogListener(Arc::new(hear))
    }

    /// Lets it hear a line.
    pub fn hear(&self, line: &LogSample) {
        (self.0)(line);
    }

    /// A sink that lets it hear what goes to `inner`.
    pub(crate) fn on(&self, inner: Arc<dyn SampleSink>) -> Arc<dyn SampleSink> {
        Arc::new(Overheard { inner, listener: self.clone() })
    }
}

impl fmt::Debug for LogListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogListener").finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct Overheard {
    inner: Arc<dyn SampleSink>,
    listener: LogListener,
}

impl SampleSink for Overheard {
    fn record(&self, sample: Sample) {
        if let Sample::Log(row) = &sample {
            self.listener.hear(row);
        }
        self.inner.record(sample);
    }
}
