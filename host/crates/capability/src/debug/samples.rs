//! Events that are rows as well: they are taken on the rows' way to the dataset, so that neither says more than the
//! other.

use std::sync::Arc;

use outrider_model::{
    CheckSample, IterationSample, IterationStatus, LogSample, MetricSample, Origin, Sample, SampleSink,
    StepSample, Tags, VuId,
};

use super::event::milliseconds;
use super::{Debugger, FailureEvent, Happening};

/// Tells of checks, metrics, logs, and the ends of steps and iterations, on their way to another sink.
#[derive(Debug)]
pub struct DebuggedSink {
    inner: Arc<dyn SampleSink>,
    debugger: Debugger,
}

impl DebuggedSink {
    /// A sink that tells `debugger` of what goes to `inner`.
    pub fn wrap(inner: Arc<dyn SampleSink>, debugger: Debugger) -> Arc<dyn SampleSink> {
        Arc::new(DebuggedSink { inner, debugger })
    }

    fn tell(&self, sample: &Sample) {
        let debugger = &self.debugger;
        let (vu, what) = match sample {
            Sample::Iteration(row) => (row.vu.unwrap_or(VuId(0)), iteration(debugger, row)),
            Sample::Step(row) => (row.origin.vu, step(debugger, row)),
            Sample::Check(row) => (row.origin.vu, check(debugger, row)),
            Sample::Metric(row) => (row.origin.vu, metric(debugger, row)),
            Sample::Log(row) => {
                (row.origin.as_ref().map_or(VuId(0), |origin: &Origin| origin.vu), log(debugger, row))
            }
            // Exchanges are told by who made them, with what no row has.
            Sample::Request(_) | Sample::System(_) => return,
        };
        debugger.tell(vu, what);
    }
}

impl SampleSink for DebuggedSink {
    fn record(&self, sample: Sample) {
        self.tell(&sample);
        self.inner.record(sample);
    }
}

fn iteration(debugger: &Debugger, row: &IterationSample) -> Happening {
    let failure = row.error.as_ref().map(|error| FailureEvent {
        kind: debugger.text(row.error_kind.as_deref().unwrap_or_default()),
        message: debugger.text(error),
        stack: row.stack.as_deref().map(|stack| debugger.lines(stack)),
    });
    Happening::IterationEnd {
        scenario: debugger.text(&row.scenario),
        iteration: row.iteration.0,
        status: IterationStatus::as_str(row.status).to_owned(),
        duration_ms: milliseconds(row.duration),
        failure,
    }
}

fn step(debugger: &Debugger, row: &StepSample) -> Happening {
    Happening::StepEnd {
        step: debugger.text(&row.name),
        duration_ms: milliseconds(row.duration),
        error: row.error.as_deref().map(|error| debugger.text(error)),
    }
}

fn check(debugger: &Debugger, row: &CheckSample) -> Happening {
    let text = |text: &Option<Arc<str>>| text.as_deref().map(|text| debugger.text(text));
    Happening::Check {
        name: debugger.text(&row.name),
        pack: (!row.pack.is_empty()).then(|| debugger.text(&row.pack)),
        passed: row.passed,
        expected: text(&row.expected),
        actual: text(&row.actual),
        message: text(&row.message),
        at: text(&row.source_location),
    }
}

fn metric(debugger: &Debugger, row: &MetricSample) -> Happening {
    Happening::Metric {
        name: debugger.text(&row.name),
        kind: row.kind.as_str().to_owned(),
        value: row.value,
        tags: tags(debugger, &row.origin.tags),
    }
}

fn log(debugger: &Debugger, row: &LogSample) -> Happening {
    Happening::Log {
        source: row.source.to_owned(),
        level: row.level.as_str().to_owned(),
        message: debugger.text(&row.message),
    }
}

fn tags(debugger: &Debugger, tags: &Tags) -> Vec<(String, String)> {
    tags.iter().map(|(key, value)| (debugger.text(key), debugger.text(value))).collect()
}
