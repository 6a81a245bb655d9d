//! Which samples count, and what of each.

use std::time::Duration;

use outrider_model::threshold::{
    CheckMetric, IterationMetric, RequestMetric, StepMetric, TagFilter, Threshold, ThresholdMetric,
};
use outrider_model::{
    CheckSample, IterationSample, IterationStatus, MetricKind, MetricSample, Origin, RequestSample, Sample,
    StepSample,
};

use crate::WindowTotals;

/// A metric of the samples that have some tags: what one or several thresholds look at.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Series {
    metric: ThresholdMetric,
    tags: Vec<TagFilter>,
}

/// What was recorded of a series. Totals of two stretches of time, or of two workers, merge into those
/// of both.
#[derive(Clone, Debug, Default)]
pub(super) struct SeriesTotals {
    /// One entry, but for custom metrics that are used as several kinds. Of what happened or did not,
    /// `count - failed` is how often it happened.
    parts: Vec<(Option<MetricKind>, WindowTotals)>,
}

impl SeriesTotals {
    /// Adds totals that come after these.
    pub(super) fn merge(&mut self, other: &SeriesTotals) {
        other.parts.iter().for_each(|(kind, totals)| self.part(*kind).merge(totals));
    }

    /// The totals of a metric that is not the journey's own.
    pub(super) fn whole(&self) -> Option<&WindowTotals> {
        self.parts.iter().find(|(kind, _)| kind.is_none()).map(|(_, totals)| totals)
    }

    /// The totals of a custom metric, by the kinds that the journey reports it as.
    pub(super) fn kinds(&self) -> impl Iterator<Item = (MetricKind, &WindowTotals)> {
        self.parts.iter().filter_map(|(kind, totals)| Some(((*kind)?, totals)))
    }

    fn part(&mut self, kind: Option<MetricKind>) -> &mut WindowTotals {
        let index = self.parts.iter().position(|(known, _)| *known == kind).unwrap_or_else(|| {
            self.parts.push((kind, WindowTotals::default()));
            self.parts.len() - 1
        });
        &mut self.parts[index].1
    }
}

impl Series {
    pub(super) fn of(threshold: &Threshold) -> Series {
        Series { metric: threshold.metric.clone(), tags: threshold.tags.clone() }
    }

    /// Adds what is looked at of a sample, if it counts.
    pub(super) fn record(&self, sample: &Sample, totals: &mut SeriesTotals) {
        match (&self.metric, sample) {
            (ThresholdMetric::Requests(metric), Sample::Request(request)) => {
                self.record_request(*metric, request, totals);
            }
            (ThresholdMetric::Steps(metric), Sample::Step(step)) => self.record_step(*metric, step, totals),
            (ThresholdMetric::Iterations(metric), Sample::Iteration(iteration)) => {
                self.record_iteration(*metric, iteration, totals);
            }
            (ThresholdMetric::Checks(metric), Sample::Check(check)) => {
                self.record_check(*metric, check, totals);
            }
            (ThresholdMetric::Custom(name), Sample::Metric(metric)) if *name == metric.name => {
                self.record_metric(metric, totals);
            }
            _ => {}
        }
    }

    fn record_request(&self, metric: RequestMetric, sample: &RequestSample, totals: &mut SeriesTotals) {
        let fits = self.tags.iter().filter(|tag| &*tag.key != "status").all(|tag| match &*tag.key {
            "name" => tag.value == sample.name,
            "method" => tag.value.eq_ignore_ascii_case(&sample.method),
            _ => has_tag(&sample.origin, tag),
        });
        if !fits {
            return;
        }
        // The status tells how an exchange ended, not which one it was: what has another one is not
        // counted, but shows that there was something to count.
        let has_status =
            self.tags.iter().all(|tag| &*tag.key != "status" || is_of(&tag.value, sample.status));
        let phases = &sample.phases;
        let duration = match metric {
            RequestMetric::Interrupted => {
                return totals.part(None).add_verdict(has_status && sample.interrupted);
            }
            RequestMetric::Count => return totals.part(None).add_verdict(has_status && !sample.interrupted),
            // Neither answered nor failed, and it has no full duration.
            _ if sample.interrupted => return,
            RequestMetric::Failed => return totals.part(None).add_verdict(has_status && !sample.ok),
            _ if !has_status => return,
            RequestMetric::BytesSent => return totals.part(None).add_trend(sample.bytes_sent as f64),
            RequestMetric::BytesReceived => return totals.part(None).add_trend(sample.bytes_received as f64),
            RequestMetric::Duration => sample.duration,
            RequestMetric::CorrectedDuration => sample.corrected_duration(),
            RequestMetric::Blocked => phases.blocked,
            RequestMetric::Dns => phases.dns,
            RequestMetric::Connect => phases.connect,
            RequestMetric::Tls => phases.tls,
            RequestMetric::Send => phases.send,
            RequestMetric::Wait => phases.wait,
            RequestMetric::Receive => phases.receive,
        };
        add_duration(totals, duration);
    }

    fn record_step(&self, metric: StepMetric, sample: &StepSample, totals: &mut SeriesTotals) {
        let fits = self.tags.iter().all(|tag| match &*tag.key {
            "name" | "step" => tag.value == sample.name,
            _ => has_tag(&sample.origin, tag),
        });
        match metric {
            _ if !fits => {}
            StepMetric::Count => totals.part(None).add_verdict(!sample.interrupted),
            _ if sample.interrupted => {}
            StepMetric::Failed => totals.part(None).add_verdict(!sample.ok),
            StepMetric::Duration => add_duration(totals, sample.duration),
        }
    }

    fn record_iteration(&self, metric: IterationMetric, sample: &IterationSample, totals: &mut SeriesTotals) {
        // The grammar gives iterations no other tag.
        if self.tags.iter().any(|tag| tag.value != sample.scenario) {
            return;
        }
        let status = sample.status;
        let ended = matches!(status, IterationStatus::Completed | IterationStatus::Failed);
        match metric {
            IterationMetric::Count => totals.part(None).add_verdict(ended),
            IterationMetric::Interrupted => {
                totals.part(None).add_verdict(status == IterationStatus::Interrupted);
            }
            IterationMetric::Dropped => totals.part(None).add_verdict(status == IterationStatus::Dropped),
            IterationMetric::Lateness if status != IterationStatus::Dropped => {
                add_duration(totals, sample.lateness());
            }
            IterationMetric::Failed if ended => {
                totals.part(None).add_verdict(status == IterationStatus::Failed);
            }
            IterationMetric::Duration if ended => add_duration(totals, sample.duration),
            IterationMetric::CorrectedDuration if ended => {
                add_duration(totals, sample.corrected_duration());
            }
            IterationMetric::Lateness
            | IterationMetric::Failed
            | IterationMetric::Duration
            | IterationMetric::CorrectedDuration => {}
        }
    }

    fn record_check(&self, metric: CheckMetric, sample: &CheckSample, totals: &mut SeriesTotals) {
        let fits = self.tags.iter().all(|tag| match &*tag.key {
            "name" | "check" => tag.value == sample.name,
            "pack" => tag.value == sample.pack,
            _ => has_tag(&sample.origin, tag),
        });
        match metric {
            _ if !fits => {}
            CheckMetric::Count => totals.part(None).add_verdict(true),
            CheckMetric::Passed => totals.part(None).add_verdict(sample.passed),
            CheckMetric::Failed => totals.part(None).add_verdict(!sample.passed),
        }
    }

    fn record_metric(&self, sample: &MetricSample, totals: &mut SeriesTotals) {
        if self.tags.iter().all(|tag| has_tag(&sample.origin, tag)) {
            let is_trend = sample.kind == MetricKind::Trend;
            totals.part(Some(sample.kind)).add_metric(sample.value, is_trend);
        }
    }
}

/// Durations are kept in nanoseconds, as in the windows.
fn add_duration(totals: &mut SeriesTotals, duration: Duration) {
    totals.part(None).add_trend(duration.as_nanos() as f64);
}

/// Whether a tag is that of a sample's origin: the scenario, the step, or one that the journey set.
fn has_tag(origin: &Origin, filter: &TagFilter) -> bool {
    match &*filter.key {
        "scenario" => filter.value == origin.scenario,
        "step" => origin.step.as_ref().is_some_and(|step| filter.value == *step),
        key => origin.tags.iter().any(|(known, value)| **known == *key && *value == filter.value),
    }
}

/// Whether a status is the one asked for: `503`, any of `5xx`, or `none`.
fn is_of(wanted: &str, status: Option<u16>) -> bool {
    match (status, wanted.strip_suffix("xx")) {
        (None, _) => wanted == "none",
        (Some(status), Some(class)) => class.parse::<u16>().is_ok_and(|class| status / 100 == class),
        (Some(status), None) => wanted.parse::<u16>().is_ok_and(|wanted| wanted == status),
    }
}
