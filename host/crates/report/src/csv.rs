//! The report's tables as one table of CSV (RFC 4180), for spreadsheets.
//!
//! A line is a figure's subject: a request, a step, a page, all iterations, a check, a metric, a threshold or a kind of error; `kind` says which. What a
//! column does not apply to is empty. A text that a spreadsheet would take for a formula has an apostrophe before it. Numbers are written whole, with a point, without separators of thousands.

mod trend;

use csv::{Terminator, WriterBuilder};
use serde::Serialize;

use crate::summary::{
    CheckSummary, DistributionStats, DurationStats, ErrorSummary, IterationTotals, MetricSummary,
    RequestSummary, Summary, ThresholdResult, TimedSummary,
};
use crate::words::clean;

pub use trend::render_trend_csv;

/// A line.
#[derive(Default, Serialize)]
struct Line {
    kind: &'static str,
    /// The pack of a check, the source of an error, the type of a metric.
    group: String,
    name: String,
    count: Option<u64>,
    failed: Option<u64>,
    interrupted: Option<u64>,
    rate_per_s: Option<f64>,
    min: Option<f64>,
    mean: Option<f64>,
    p50: Option<f64>,
    p90: Option<f64>,
    p95: Option<f64>,
    p99: Option<f64>,
    p999: Option<f64>,
    max: Option<f64>,
    /// Of the eight before it.
    unit: &'static str,
    /// The sum of a counter, the last value of a gauge, the share of a rate, what a threshold was compared with, how many
    /// iterations were dropped.
    value: Option<f64>,
    passed: Option<bool>,
    bytes_sent: Option<u64>,
    bytes_received: Option<u64>,
    message: String,
}

/// The report's tables as one table of CSV, with a line of names first.
pub fn render_csv(summary: &Summary) -> String {
    let mut writer =
        WriterBuilder::new().has_headers(false).terminator(Terminator::CRLF).from_writer(Vec::new());
    let all = summary.all_requests.iter().chain(&summary.requests).map(request);
    let steps = summary.steps.iter().map(|step| timed("step", step));
    let pages = summary.pages.iter().map(|page| timed("page", page));
    let lines = all
        .chain(steps)
        .chain(pages)
        .chain([iterations(&summary.iterations)])
        .chain(summary.checks.iter().map(check))
        .chain(summary.metrics.iter().map(metric))
        .chain(summary.thresholds.iter().map(threshold))
        .chain(summary.errors.iter().map(error));
    writer.write_record(NAMES).expect(TAKES_ALL);
    lines.for_each(|line| writer.serialize(line).expect(TAKES_ALL));
    let bytes = writer.into_inner().expect(TAKES_ALL);
    String::from_utf8(bytes).expect("names, messages and numbers are text")
}

const TAKES_ALL: &str = "memory takes what is written to it, and every value is a number or a text";

/// A guest's or a target's text as a cell: on one line, and no formula for a spreadsheet, which takes a text for one by its
/// first character.
fn cell(text: &str) -> String {
    let text = clean(text);
    let prefix = if text.starts_with(['=', '+', '-', '@']) { "'" } else { "" };
    format!("{prefix}{text}")
}

/// The names of the fields of a line.
const NAMES: [&str; 21] = [
    "kind",
    "group",
    "name",
    "count",
    "failed",
    "interrupted",
    "rate_per_s",
    "min",
    "mean",
    "p50",
    "p90",
    "p95",
    "p99",
    "p999",
    "max",
    "unit",
    "value",
    "passed",
    "bytes_sent",
    "bytes_received",
    "message",
];

impl Line {
    fn durations(self, stats: Option<DurationStats>) -> Line {
        let Some(DurationStats { min, mean, p50, p90, p95, p99, p999, max }) = stats else { return self };
        Line {
            min: Some(min),
            mean: Some(mean),
            p50: Some(p50),
            p90: Some(p90),
            p95: Some(p95),
            p99: Some(p99),
            p999: Some(p999),
            max: Some(max),
            unit: "ms",
            ..self
        }
    }

    fn values(self, stats: Option<DistributionStats>) -> Line {
        let Some(DistributionStats { min, mean, p50, p90, p95, p99, p999, max }) = stats else { return self };
        Line { min: Some(min), mean: Some(mean), p50, p90, p95, p99, p999, max: Some(max), ..self }
    }
}

fn request(request: &RequestSummary) -> Line {
    let line = Line {
        kind: "request",
        name: cell(&request.name),
        count: Some(request.count),
        failed: Some(request.failed),
        interrupted: Some(request.interrupted),
        rate_per_s: Some(request.rate_per_s),
        bytes_sent: Some(request.bytes_sent),
        bytes_received: Some(request.bytes_received),
        ..Line::default()
    };
    line.durations(request.duration_ms)
}

fn timed(kind: &'static str, timed: &TimedSummary) -> Line {
    let line = Line {
        kind,
        name: cell(&timed.name),
        count: Some(timed.count),
        failed: Some(timed.failed),
        interrupted: Some(timed.interrupted),
        rate_per_s: Some(timed.rate_per_s),
        message: timed.error.as_deref().map(cell).unwrap_or_default(),
        ..Line::default()
    };
    line.durations(timed.duration_ms)
}

/// All iterations together: those of scenarios are in the dataset.
fn iterations(totals: &IterationTotals) -> Line {
    let line = Line {
        kind: "iteration",
        name: "(all)".to_owned(),
        count: Some(totals.completed + totals.failed),
        failed: Some(totals.failed),
        interrupted: Some(totals.interrupted),
        rate_per_s: Some(totals.rate_per_s),
        value: Some(totals.dropped as f64),
        ..Line::default()
    };
    line.durations(totals.duration_ms)
}

fn check(check: &CheckSummary) -> Line {
    Line {
        kind: "check",
        group: cell(&check.pack),
        name: cell(&check.name),
        count: Some(check.passed + check.failed),
        failed: Some(check.failed),
        passed: Some(check.failed == 0),
        message: check.example.as_ref().map(|example| cell(&example.words())).unwrap_or_default(),
        ..Line::default()
    }
}

fn metric(metric: &MetricSummary) -> Line {
    use crate::summary::MetricType::{Counter, Gauge, Rate, Trend};
    let line = Line {
        kind: "metric",
        group: metric.kind.as_str().to_owned(),
        name: cell(&metric.name),
        count: Some(metric.count),
        failed: Some(metric.failed),
        rate_per_s: Some(metric.rate_per_s),
        value: match metric.kind {
            Counter => Some(metric.total),
            Gauge => metric.last,
            Rate => metric.share,
            Trend => None,
        },
        ..Line::default()
    };
    line.values(metric.values)
}

fn threshold(threshold: &ThresholdResult) -> Line {
    Line {
        kind: "threshold",
        name: cell(&threshold.expr),
        value: threshold.value,
        passed: Some(threshold.passed),
        message: cell(&threshold.outcome()),
        ..Line::default()
    }
}

fn error(error: &ErrorSummary) -> Line {
    let said = error.messages.first().map(|message| message.example.clone());
    Line {
        kind: "error",
        group: error.source.as_str().to_owned(),
        name: cell(&error.name),
        count: Some(error.count),
        message: match said {
            Some(said) => cell(&format!("{}: {said}", error.kind)),
            None => cell(&error.kind),
        },
        ..Line::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_has_the_names_of_the_fields() {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.serialize(Line::default()).unwrap();
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        assert_eq!(text.lines().next().unwrap(), NAMES.join(","));
    }
}
