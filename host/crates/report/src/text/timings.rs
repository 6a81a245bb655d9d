//! Requests, steps, pages and custom metrics.

use super::page::{Page, Span, plain, span};
use super::style::{Paint, clean, columns, cut_middle};
use super::table::{Column, Table, pad_right};
use crate::summary::{DurationStats, MetricSummary, MetricType, RequestSummary, Summary, TimedSummary};
use crate::words::{decimal, percent, rate, significant, thousands};

/// Twenty rows of a table fit a screen together with the rest; the JSON document has all of them.
const MAX_ROWS: usize = 20;

pub(super) fn render(page: &mut Page, summary: &Summary) {
    let has_rates = summary.run.has_rates();
    let mut requests: Vec<Row> = shown(&summary.requests).flat_map(with_corrected).collect();
    let hidden = summary.requests.len().saturating_sub(MAX_ROWS);
    if let Some(all) = summary.all_requests.as_ref().filter(|_| summary.requests.len() > 1) {
        let rows = with_corrected(all).into_iter();
        requests.extend(rows.map(|row| Row { paint: Paint::Bold, ..row }));
    }
    timing_table(page, "Requests", &requests, hidden, has_rates);
    if requests.iter().any(|row| row.events.is_none()) {
        page.line(&[span(Paint::Dim, format!("  {CORRECTED_NOTE}"))]);
    }
    let interrupted = summary.all_requests.as_ref().map_or(0, |all| all.interrupted);
    if interrupted > 0 {
        let text = format!("{} more interrupted: neither answered nor failed", thousands(interrupted));
        page.line(&[span(Paint::Dim, format!("  {text}"))]);
    }
    for (title, rows) in [("Steps", &summary.steps), ("Pages", &summary.pages)] {
        let shown: Vec<Row> = shown(rows).map(Row::from).collect();
        timing_table(page, title, &shown, rows.len().saturating_sub(MAX_ROWS), has_rates);
    }
    metrics(page, &summary.metrics, has_rates);
}

/// The first rows of a long list.
fn shown<T>(rows: &[T]) -> impl Iterator<Item = &T> {
    rows.iter().take(MAX_ROWS)
}

/// Columns of a metric's name, at least.
const MIN_METRIC_COLUMNS: usize = 12;

/// The name of a row with corrected durations, below the one that it belongs to.
const CORRECTED_NAME: &str = "└ corrected";

/// Fits sixty columns.
const CORRECTED_NOTE: &str = "└ corrected: from the scheduled time, late starts included";

/// What every table of timings shows.
struct Row<'a> {
    name: &'a str,
    paint: Paint,
    /// Counts, unless those of the row above hold.
    events: Option<Events>,
    duration_ms: Option<&'a DurationStats>,
}

#[derive(Clone, Copy)]
struct Events {
    count: u64,
    failed: u64,
    rate_per_s: f64,
}

/// The row of some requests, and one with their corrected durations where these visibly differ.
fn with_corrected(request: &RequestSummary) -> Vec<Row<'_>> {
    let mut rows = vec![Row::from(request)];
    if let (Some(measured), Some(corrected)) = (&request.duration_ms, &request.corrected_ms)
        && corrected.visibly_corrects(measured)
    {
        let paint = Paint::Plain;
        rows.push(Row { name: CORRECTED_NAME, paint, events: None, duration_ms: Some(corrected) });
    }
    rows
}

impl<'a> From<&'a RequestSummary> for Row<'a> {
    fn from(request: &'a RequestSummary) -> Row<'a> {
        let RequestSummary { name, count, failed, rate_per_s, duration_ms, .. } = request;
        let events = Some(Events { count: *count, failed: *failed, rate_per_s: *rate_per_s });
        Row { name, paint: Paint::Plain, events, duration_ms: duration_ms.as_ref() }
    }
}

impl<'a> From<&'a TimedSummary> for Row<'a> {
    fn from(timed: &'a TimedSummary) -> Row<'a> {
        let TimedSummary { name, count, failed, rate_per_s, duration_ms, .. } = timed;
        let events = Some(Events { count: *count, failed: *failed, rate_per_s: *rate_per_s });
        Row { name, paint: Paint::Plain, events, duration_ms: duration_ms.as_ref() }
    }
}

fn timing_table(page: &mut Page, title: &'static str, rows: &[Row<'_>], hidden: usize, has_rates: bool) {
    if rows.is_empty() {
        return;
    }
    let column = |title: &str, pick: fn(&DurationStats) -> f64| duration_column(title, rows, pick);
    let count = |events: Events| plain(thousands(events.count));
    let mut columns = vec![Column::new("count", rows.iter().map(|row| event_cell(row, count)))];
    if has_rates {
        let per_s = |events: Events| plain(rate(events.rate_per_s));
        columns.push(Column::new("/s", rows.iter().map(|row| event_cell(row, per_s))).droppable());
    }
    columns.extend([
        Column::new("fail%", rows.iter().map(|row| event_cell(row, failed_cell))),
        column("p50", |d| d.p50),
        column("p90", |d| d.p90).droppable(),
        column("p95", |d| d.p95),
        column("p99", |d| d.p99),
        column("max", |d| d.max),
    ]);
    let names = rows.iter().map(|row| span(row.paint, row.name)).collect();
    Table { title, names, columns }.render(page);
    if hidden > 0 {
        page.line(&[span(Paint::Dim, format!("  … and {hidden} more in the JSON report"))]);
    }
}

/// A cell of a row with counts, else an empty one.
fn event_cell(row: &Row<'_>, cell: impl Fn(Events) -> Span) -> Span {
    row.events.map_or_else(|| plain(""), cell)
}

fn failed_cell(events: Events) -> Span {
    let paint = if events.failed > 0 { Paint::Bad } else { Paint::Plain };
    span(paint, percent(events.failed, events.count))
}

/// One column of durations in one unit, chosen by its largest value and named in its title.
fn duration_column(title: &str, rows: &[Row<'_>], pick: fn(&DurationStats) -> f64) -> Column {
    let values: Vec<Option<f64>> = rows.iter().map(|row| row.duration_ms.map(pick)).collect();
    let largest = values.iter().flatten().copied().fold(0.0, f64::max);
    let (unit, per_ms) = match largest {
        ms if ms < 0.9995 => ("µs", 1e3),
        ms if ms < 99_999.5 => ("ms", 1.0),
        _ => ("s", 1e-3),
    };
    let decimals = match largest * per_ms {
        value if value < 9.995 => 2,
        value if value < 999.95 => 1,
        _ => 0,
    };
    let cells = values.iter().map(|value| match value {
        Some(ms) => plain(column_number(ms * per_ms, decimals)),
        None => span(Paint::Dim, "-"),
    });
    Column::new(format!("{title} {unit}"), cells)
}

/// A number with the decimals of its column; one that would read as zero says that it is not.
fn column_number(value: f64, decimals: usize) -> String {
    let smallest = 10f64.powi(-(decimals as i32));
    match value > 0.0 && value < smallest / 2.0 {
        true => format!("<{}", decimal(smallest, decimals)),
        false => decimal(value, decimals),
    }
}

fn metrics(page: &mut Page, metrics: &[MetricSummary], has_rates: bool) {
    /// Columns that the kind and the numbers of a metric take, at least.
    const NUMBER_COLUMNS: usize = 60;
    if metrics.is_empty() {
        return;
    }
    page.gap();
    page.line(&[span(Paint::Bold, "Metrics")]);
    let room = page.style().width.saturating_sub(NUMBER_COLUMNS).max(MIN_METRIC_COLUMNS);
    let names: Vec<String> = shown(metrics).map(|m| cut_middle(&clean(&m.name), room)).collect();
    let width = names.iter().map(|name| columns(name)).max().unwrap_or(0);
    for (metric, name) in shown(metrics).zip(names) {
        let kind = pad_right(metric.kind.as_str(), "counter".len());
        page.line(&[
            plain(format!("  {}  ", pad_right(&name, width))),
            span(Paint::Dim, kind),
            plain(format!("  {}", values(metric, has_rates))),
        ]);
    }
    if metrics.len() > MAX_ROWS {
        page.line(&[span(
            Paint::Dim,
            format!("  … and {} more in the JSON report", metrics.len() - MAX_ROWS),
        )]);
    }
}

/// What matters of a metric, by its kind.
fn values(metric: &MetricSummary, has_rates: bool) -> String {
    match (metric.kind, &metric.values) {
        (MetricType::Counter, _) if !has_rates => format!("total {}", total(metric.total)),
        (MetricType::Counter, _) => {
            let per_s = metric.rate_per_s * metric.total / metric.count.max(1) as f64;
            format!("total {}  ({}/s)", total(metric.total), rate(per_s))
        }
        (MetricType::Rate, _) => {
            let share = metric.share.unwrap_or(0.0);
            format!("{}% of {}", significant(share * 100.0), thousands(metric.count))
        }
        (MetricType::Gauge, Some(values)) => {
            let last = metric.last.map_or_else(|| "-".to_owned(), significant);
            format!("last {last}  min {}  max {}", significant(values.min), significant(values.max))
        }
        (MetricType::Trend, Some(v)) => {
            let known = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), significant);
            let (mean, p50, p95, max) = (significant(v.mean), known(v.p50), known(v.p95), significant(v.max));
            format!("mean {mean}  p50 {p50}  p95 {p95}  max {max}")
        }
        (_, None) => "-".to_owned(),
    }
}

/// A total: a whole number in full, another with three digits.
fn total(total: f64) -> String {
    match total.fract() == 0.0 && total.abs() < 1e15 {
        true => decimal(total, 0),
        false => significant(total),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_not_zero_never_reads_as_zero() {
        assert_eq!(column_number(0.0, 0), "0");
        assert_eq!(column_number(0.3, 0), "<1");
        assert_eq!(column_number(0.02, 1), "<0.1");
        assert_eq!(column_number(1_234.5, 1), "1,234.5");
    }
}
