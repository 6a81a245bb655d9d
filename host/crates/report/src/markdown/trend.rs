//! A trend as Markdown.

use super::{cell, code, folded, table};
use crate::trend::{Course, Trend, TrendMeasure, TrendRowKind};
use crate::words::{counted, course_change, duration_ms, percent, rate, significant, thousands, trend_title};

/// A trend as Markdown, by one measure, for a wiki or a ticket.
pub fn render_trend_markdown(trend: &Trend, measure: TrendMeasure) -> String {
    let left_out = trend.left_out.iter().map(|sentence| format!("> ⚠ {}", code(sentence)));
    let left_out: Vec<String> = left_out.collect();
    let of = |kind| of_kind(trend, kind, measure);
    let parts = [
        Some(format!("### {}", code(&trend_title(trend)))),
        (!left_out.is_empty()).then(|| left_out.join("\n>\n")),
        of(TrendRowKind::Request),
        of(TrendRowKind::Step),
        of(TrendRowKind::Page),
        runs(trend),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    format!("{}\n", parts.join("\n\n"))
}

/// The latest first: of many runs the table shows the beginning.
fn runs(trend: &Trend) -> Option<String> {
    let line = |(index, run): (usize, &crate::trend::TrendRun)| {
        let all = trend.all_requests(index);
        let number = |pick: &dyn Fn(&crate::trend::TrendPoint) -> String| all.map(pick).unwrap_or_default();
        let time = |measure: TrendMeasure| {
            all.and_then(|point| measure.of(point)).map(duration_ms).unwrap_or_default()
        };
        vec![
            code(&run.run.id),
            run.standing(),
            run.run.tags.iter().map(|tag| cell(tag)).collect::<Vec<_>>().join(" "),
            number(&|point| thousands(point.count)),
            number(&|point| rate(point.rate_per_s)),
            number(&|point| format!("{}%", percent(point.failed, point.count))),
            time(TrendMeasure::P50),
            time(TrendMeasure::P95),
            time(TrendMeasure::P99),
        ]
    };
    let lines: Vec<Vec<String>> = trend.runs.iter().enumerate().rev().map(line).collect();
    let count = counted(lines.len() as u64, "run", "runs");
    let names = ["run", "verdict", "tags", "count", "/s", "failed", "p50", "p95", "p99"];
    Some(folded(&count, &table(&names, lines)?))
}

fn of_kind(trend: &Trend, kind: TrendRowKind, measure: TrendMeasure) -> Option<String> {
    let value = |value: Option<f64>| value.map(significant).unwrap_or_default();
    let lines = trend.rows.iter().filter(|row| row.kind == kind).filter_map(|row| {
        let course = Course::of(row, measure)?;
        Some(vec![
            cell(&row.name),
            value(Some(course.lowest)),
            value(course.median),
            value(Some(course.highest)),
            value(course.last),
            course_change(&course, measure),
        ])
    });
    let title = format!("{}, {}", kind.as_str(), measure.title());
    table(&[&title, "lowest", "median", "highest", "last", "change"], lines.collect())
}
