//! From what was collected to the parts of a summary.

use std::sync::Arc;

use outrider_model::{ScenarioPlan, Timestamp};
use outrider_telemetry::{LateStarts, Sketch, Table, ValueTotals, WindowKind, WindowTotals};

use super::busy;
use super::collected::Collected;
use super::columns::{Slots, ms, whole};
use super::iterations::Endings;
use super::requests::RequestTally;
use super::timed::Timed;
use crate::summary::{
    DistributionStats, GeneratorHealth, IterationTotals, MetricSummary, MetricType, Network, Promise,
    RequestSummary, Saturation, SaturationKind, SummarySource, TimedSummary,
};

/// The name of all requests together.
const ALL_NAME: &str = "(all)";

/// When the run was.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    /// Its start, in nanoseconds since 1970.
    pub(super) start: i64,
    /// Its end, in nanoseconds since 1970; of an incomplete run the last thing that was kept.
    pub(super) end: i64,
    /// From the first iteration that was scheduled to the end of the last one, in nanoseconds.
    pub(super) load_ns: u64,
}

impl Span {
    /// Events per second of load.
    fn rate(self, count: f64) -> f64 {
        match self.load_ns {
            0 => 0.0,
            load => count * 1e9 / load as f64,
        }
    }

    /// A point in time in milliseconds after the start.
    pub(super) fn ms_after_start(self, at: i64) -> f64 {
        ms(at.saturating_sub(self.start).max(0) as f64)
    }
}

/// The names of a table, by their first row; those of the same time by name.
fn by_first<T>(slots: &Slots<T>, timed: impl Fn(&T) -> &Timed) -> Vec<(&Arc<str>, &T)> {
    let mut names: Vec<(&Arc<str>, &T)> = slots.slots.iter().map(|(name, tally)| (name, tally)).collect();
    names.sort_by(|a, b| (timed(a.1).first_at, a.0).cmp(&(timed(b.1).first_at, b.0)));
    names
}

impl Collected {
    /// When the run was, by its documents as far as they say it, else by its rows.
    pub(super) fn span(&self, start: Timestamp, end: Option<Timestamp>) -> Span {
        let end = end.map(|end| end.0).or(self.last_end()).unwrap_or(start.0).max(start.0);
        let load = self.iterations.first_at.zip(self.iterations.last_end);
        let (from, to) = load.unwrap_or((start.0, end));
        Span { start: start.0, end, load_ns: whole(to.saturating_sub(from)) }
    }

    /// That of requests and steps: windows of the last seconds of a run that goes on are not written yet.
    pub(super) fn span_of_windows(&self, span: Span) -> Span {
        let written = self.windows.last_end.filter(|_| self.source == SummarySource::Windows);
        let load = self.iterations.first_at.zip(written);
        let most = load.map_or(u64::MAX, |(from, to)| whole(to.saturating_sub(from)));
        Span { load_ns: span.load_ns.min(most), ..span }
    }

    pub(super) fn request_summaries(&self, span: Span) -> Vec<RequestSummary> {
        by_first(&self.requests.names, |tally| &tally.timed)
            .into_iter()
            .map(|(name, tally)| request(name, tally, self.windows.totals(WindowKind::Request, name), span))
            .collect()
    }

    pub(super) fn all_requests(&self, span: Span) -> Option<RequestSummary> {
        let mut all = RequestTally::default();
        self.requests.names.slots.iter().for_each(|(_, tally)| all.merge(tally));
        (all.timed.count + all.timed.interrupted > 0)
            .then(|| request(ALL_NAME, &all, Some(&self.windows.all_requests), span))
    }

    pub(super) fn step_summaries(&self, span: Span) -> Vec<TimedSummary> {
        let steps = by_first(&self.steps.names, |tally| &tally.timed).into_iter();
        steps
            .map(|(name, tally)| TimedSummary {
                name: name.to_string(),
                count: tally.timed.count,
                failed: tally.timed.failed,
                interrupted: tally.timed.interrupted,
                rate_per_s: span.rate(tally.timed.count as f64),
                duration_ms: tally.timed.durations(sketch(self.windows.totals(WindowKind::Step, name))),
                error: tally.error.clone(),
            })
            .collect()
    }

    pub(super) fn metric_summaries(&self, span: Span) -> Vec<MetricSummary> {
        self.windows
            .metrics()
            .into_iter()
            .map(|(name, kind, totals)| metric(name, kind, totals, span))
            .collect()
    }

    pub(super) fn network(&self, span: Span) -> Network {
        let tallies = || self.requests.names.slots.iter().map(|(_, tally)| tally);
        let bytes_sent = tallies().map(|tally| tally.bytes_sent).sum();
        let bytes_received = tallies().map(|tally| tally.bytes_received).sum();
        Network {
            bytes_sent,
            bytes_received,
            sent_bytes_per_s: span.rate(bytes_sent as f64),
            received_bytes_per_s: span.rate(bytes_received as f64),
        }
    }

    /// The iterations; `unstarted` comes from the manifests.
    pub(super) fn iteration_totals(
        &self,
        span: Span,
        unstarted: u64,
        plan: &[ScenarioPlan],
    ) -> IterationTotals {
        let endings = self.iterations.endings();
        let Endings { completed, failed, interrupted, dropped } = endings;
        let (windows, waits) = (Some(&self.windows.all_iterations), self.iterations.waits);
        IterationTotals {
            scheduled: endings.started() + dropped,
            started: endings.started(),
            completed,
            failed,
            failed_by_cause: self.iterations.by_cause,
            interrupted,
            dropped,
            dropped_without_data: self.iterations.dropped_without_data,
            unstarted,
            rate_per_s: span.rate(endings.started() as f64),
            duration_ms: self.iterations.timed.durations(sketch(windows)),
            corrected_ms: self.iterations.corrected.durations(corrected_sketch(windows)),
            waited: waits.count,
            max_waited_ms: ms(waits.worst_ns as f64),
            busy_scenarios: busy::finish(&self.iterations.scenarios, plan),
        }
    }

    /// The generator's health, not judged yet; `lost_samples` comes from the manifests.
    pub(super) fn generator_health(&self, span: Span, lost_samples: u64) -> GeneratorHealth {
        let mut saturations = self.system.saturations(span.start);
        saturations.extend(self.late_saturations(span));
        let (bottlenecks, other_bottlenecks) = self.system.bottlenecks(span.start);
        let starts = || self.iterations.workers.values().map(|worker| worker.starts);
        let worst = starts().map(|starts| starts.worst).max().unwrap_or_default();
        GeneratorHealth {
            promise: Promise::Unmeasured,
            saturated: !saturations.is_empty(),
            saturations,
            bottlenecks,
            other_bottlenecks,
            late_starts: starts().map(|starts| starts.late).sum(),
            max_lateness_ms: ms(worst.as_nanos() as f64),
            lost_samples,
            max_cpu: self.system.max_cpu,
            cpu: self.system.cpu.finish(),
            max_event_loop_lag_ms: self.system.max_lag_ms,
            max_memory_bytes: self.system.max_memory_bytes,
            max_active_vus: self.system.max_active_vus(),
        }
    }

    /// The workers on which too many iterations started late.
    fn late_saturations(&self, span: Span) -> impl Iterator<Item = Saturation> {
        self.iterations.workers.iter().filter_map(move |(worker, iterations)| {
            let LateStarts { started, late, from, to, .. } = iterations.starts;
            iterations.starts.are_saturation().then(|| Saturation {
                kind: SaturationKind::LateStarts,
                worker: *worker,
                from_ms: span.ms_after_start(from.0),
                to_ms: span.ms_after_start(to.0),
                worst: late as f64 / started.max(1) as f64,
                by_others: false,
            })
        })
    }

    /// Tables whose rows the windows do not account for: table, its rows, and those in windows.
    pub(super) fn unaccounted(&self) -> Vec<(Table, u64, u64)> {
        let kinds = [
            (Table::Iterations, WindowKind::Iteration),
            (Table::Steps, WindowKind::Step),
            (Table::Requests, WindowKind::Request),
            (Table::Checks, WindowKind::Check),
            (Table::Metrics, WindowKind::Metric),
        ];
        let counts = kinds.map(|(table, kind)| {
            (table, self.rows.get(&table).copied().unwrap_or(0), self.windows.rows(kind))
        });
        counts.into_iter().filter(|(_, rows, in_windows)| rows != in_windows).collect()
    }
}

fn sketch(windows: Option<&WindowTotals>) -> Option<&Sketch> {
    windows?.sketch.as_ref()
}

fn corrected_sketch(windows: Option<&WindowTotals>) -> Option<&Sketch> {
    windows?.corrected_sketch()
}

fn request(name: &str, tally: &RequestTally, windows: Option<&WindowTotals>, span: Span) -> RequestSummary {
    RequestSummary {
        name: name.to_owned(),
        count: tally.timed.count,
        failed: tally.timed.failed,
        interrupted: tally.timed.interrupted,
        rate_per_s: span.rate(tally.timed.count as f64),
        duration_ms: tally.timed.durations(sketch(windows)),
        corrected_ms: tally.corrected().and_then(|timed| timed.durations(corrected_sketch(windows))),
        phases_ms: tally.phase_means(),
        bytes_sent: tally.bytes_sent,
        bytes_received: tally.bytes_received,
    }
}

fn metric(name: &str, kind: &str, totals: &WindowTotals, span: Span) -> MetricSummary {
    let kind = match kind {
        "counter" => MetricType::Counter,
        "gauge" => MetricType::Gauge,
        "rate" => MetricType::Rate,
        _ => MetricType::Trend,
    };
    let mean = totals.values.filter(|_| totals.count > 0).map(|values| values.sum / totals.count as f64);
    MetricSummary {
        name: name.to_owned(),
        kind,
        count: totals.count,
        failed: totals.failed,
        rate_per_s: span.rate(totals.count as f64),
        duration_ms: None,
        total: totals.values.map_or(0.0, |values| values.sum),
        last: totals.values.map(|values| values.last),
        share: mean.filter(|_| kind == MetricType::Rate),
        values: mean.and_then(|mean| distribution(mean, totals.values?, totals.sketch.as_ref())),
    }
}

fn distribution(mean: f64, values: ValueTotals, sketch: Option<&Sketch>) -> Option<DistributionStats> {
    let at = |q| sketch.and_then(|sketch| sketch.quantile(q));
    let [p50, p90, p95, p99, p999] = [0.5, 0.9, 0.95, 0.99, 0.999].map(at);
    Some(DistributionStats { min: values.min, mean, p50, p90, p95, p99, p999, max: values.max })
}
