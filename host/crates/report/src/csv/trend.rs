//! A trend as one table of CSV: a line for each request, step and page of each run.

use csv::{Terminator, WriterBuilder};

use super::{TAKES_ALL, cell};
use crate::trend::{Trend, TrendPoint, TrendRow, TrendRun};

/// The names of the columns.
const NAMES: [&str; 19] = [
    "run",
    "started_at",
    "verdict",
    "complete",
    "tags",
    "kind",
    "name",
    "count",
    "failed",
    "rate_per_s",
    "min_ms",
    "mean_ms",
    "p50_ms",
    "p90_ms",
    "p95_ms",
    "p99_ms",
    "p999_ms",
    "max_ms",
    "headline",
];

/// A trend as CSV, with a line of names first, run by run.
pub fn render_trend_csv(trend: &Trend) -> String {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(NAMES).expect(TAKES_ALL);
    for (index, run) in trend.runs.iter().enumerate() {
        for row in &trend.rows {
            if let Some(Some(point)) = row.points.get(index) {
                writer.write_record(line(run, row, point)).expect(TAKES_ALL);
            }
        }
    }
    let bytes = writer.into_inner().expect(TAKES_ALL);
    String::from_utf8(bytes).expect("names and numbers are text")
}

fn line(run: &TrendRun, row: &TrendRow, point: &TrendPoint) -> [String; 19] {
    let stats = point.duration_ms;
    let ms = |pick: fn(&crate::DurationStats) -> f64| {
        stats.as_ref().map(|stats| pick(stats).to_string()).unwrap_or_default()
    };
    [
        cell(&run.run.id),
        run.run.started_at.clone().unwrap_or_default(),
        run.run.verdict.as_str().to_owned(),
        run.complete.to_string(),
        cell(&run.run.tags.join(" ")),
        row.kind.as_str().to_owned(),
        cell(&row.name),
        point.count.to_string(),
        point.failed.to_string(),
        point.rate_per_s.to_string(),
        ms(|stats| stats.min),
        ms(|stats| stats.mean),
        ms(|stats| stats.p50),
        ms(|stats| stats.p90),
        ms(|stats| stats.p95),
        ms(|stats| stats.p99),
        ms(|stats| stats.p999),
        ms(|stats| stats.max),
        cell(&run.headline),
    ]
}
