//! Statistics of Tsung's kinds: means of intervals, highest rates.

use super::page::{GLUE, Page, Span, plain, span};
use super::style::Paint;
use super::table::{Column, Table};
use crate::summary::{StatusStatistics, Summary, TimeStatistics};
use crate::words::{bytes, counted, duration_ms, rate, thousands};

/// Six statuses; the JSON document has all of them.
const MAX_STATUSES: usize = 6;

pub(super) fn render(page: &mut Page, summary: &Summary) {
    let statistics = &summary.statistics;
    // Within one interval the lowest and the highest mean are the mean.
    if summary.run.load_duration_ms < statistics.interval_s as f64 * 1e3 {
        return;
    }
    let kinds = [
        ("connect", &statistics.connect),
        ("request", &statistics.request),
        ("page", &statistics.page),
        ("session", &statistics.session),
    ];
    let rows: Vec<(&str, &TimeStatistics)> =
        kinds.into_iter().filter_map(|(name, found)| Some((name, found.as_ref()?))).collect();
    if rows.is_empty() {
        return;
    }
    table(page, &rows);
    let interval = duration_ms(statistics.interval_s as f64 * 1e3);
    let note = format!("lowest and highest {interval} mean, and highest rate (/s)");
    page.line(&[span(Paint::Dim, format!("  {note}"))]);
    highest(page, summary, &interval);
}

fn table(page: &mut Page, rows: &[(&'static str, &TimeStatistics)]) {
    let cells = |cell: fn(&TimeStatistics) -> String| -> Vec<Span> {
        rows.iter().map(|(_, found)| plain(cell(found))).collect()
    };
    let columns = vec![
        Column::new("count", cells(|found| thousands(found.count))),
        Column::new("mean", cells(|found| duration_ms(found.mean_ms))),
        Column::new("std dev", cells(|found| duration_ms(found.standard_deviation_ms))).droppable(),
        Column::new("lowest", cells(|found| duration_ms(found.lowest_mean_ms))),
        Column::new("highest", cells(|found| duration_ms(found.highest_mean_ms))),
        Column::new("/s", cells(|found| found.highest_rate_per_s.map_or_else(|| "-".to_owned(), rate))),
    ];
    let names = rows.iter().map(|(name, _)| plain(*name)).collect();
    Table { title: "Statistics", names, columns }.render(page);
}

/// `in 10 s: sent 12 kB/s, received 1.2 MB/s, 200: 50/s; 12 users at once`.
fn highest(page: &mut Page, summary: &Summary, interval: &str) {
    let statistics = &summary.statistics;
    let traffic = [("sent", statistics.sent), ("received", statistics.received)];
    let traffic = traffic.into_iter().filter(|(_, direction)| direction.total_bytes > 0);
    let mut parts: Vec<String> = traffic
        .filter_map(|(word, direction)| {
            Some(format!("{word}{GLUE}{}/s", bytes(direction.highest_bytes_per_s?)))
        })
        .collect();
    parts.extend(statistics.status_codes.iter().take(MAX_STATUSES).filter_map(status));
    let users = statistics.users.highest_simultaneous.map(|users| counted(users, "user", "users"));
    let at_once = users.map_or_else(String::new, |users| format!("; {users} at once"));
    let text = format!("over {interval}: {}{at_once}", parts.join(", "));
    page.labelled("Highest", &[plain(text)]);
}

fn status(found: &StatusStatistics) -> Option<String> {
    let status = found.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    Some(format!("{status}:{GLUE}{}/s", rate(found.highest_rate_per_s?)))
}
