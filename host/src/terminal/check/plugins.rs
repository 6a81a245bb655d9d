//! What a check of a transform or of an alert channel saw, for people.

use outrider_model::units::counted;
use outrider_session::TrialEnd;
use serde_json::{Map, Value};

use super::{page_of, time};
use crate::commands::check::{ChannelReport, OutcomeEntry, TransformReport};
use crate::env::Style;
use crate::terminal::page::{Page, shown};

/// Twenty records are shown, a screen of them; the JSON document has all.
const MAX_RECORDS: usize = 20;

/// The verdict, and what became of each record.
pub(crate) fn describe_transform_check(report: &TransformReport, end: TrialEnd, style: Style) -> String {
    let mut page = page_of(end, style);
    page.labelled("transform", &format!("{} ({})", report.name, report.path));
    page.labelled("table", &report.table);
    let TransformReport { records, rows, skipped, rejected, broke, .. } = report;
    let mut became = vec![counted(*rows as f64, "row")];
    let others = [(*skipped, "skipped"), (*rejected, "rejected"), (*broke, "broke it")];
    became.extend(
        others.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")),
    );
    page.labelled(
        "records",
        &format!(
            "{}: {} in {}",
            counted(*records as f64, "record"),
            became.join(", "),
            time(report.duration_ms)
        ),
    );
    page.metrics(&report.metrics);
    let width = report.records.min(MAX_RECORDS).to_string().len();
    for entry in report.outcomes.iter().take(MAX_RECORDS) {
        page.record(entry, width);
    }
    if report.records > MAX_RECORDS {
        page.beside(&format!("… and {} more records", report.records - MAX_RECORDS));
    }
    page.text()
}

/// The verdict, and what the channel did.
pub(crate) fn describe_channel_check(report: &ChannelReport, end: TrialEnd, style: Style) -> String {
    let mut page = page_of(end, style);
    page.labelled("channel", &format!("{} ({})", report.name, report.path));
    page.labelled("alert", &format!("{} in {}", report.delivery, time(report.duration_ms)));
    page.seen(&report.seen);
    page.text()
}

impl Page {
    fn record(&mut self, entry: &OutcomeEntry, width: usize) {
        let line = entry.line;
        if entry.rows.is_empty() {
            let (mark, what) = match &entry.reason {
                Some(why) => ("✗", format!("{}: {why}", entry.outcome)),
                None => (" ", entry.outcome.to_owned()),
            };
            self.beside(&format!("{mark} {line:>width$}  {what}"));
        }
        for row in &entry.rows {
            self.beside(&format!("  {line:>width$}  {}", fields(row)));
        }
    }
}

/// What strangers wrote into a log, without what a terminal would obey.
fn fields(row: &Map<String, Value>) -> String {
    let fields = row.iter().map(|(column, value)| match value {
        Value::String(text) => format!("{column}={}", shown(text)),
        other => format!("{column}={other}"),
    });
    fields.collect::<Vec<_>>().join(" ")
}
