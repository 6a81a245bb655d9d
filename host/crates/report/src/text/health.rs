//! Iterations, completeness, and where the data is.

use super::busy;
use super::page::{GLUE, Page, Span, plain, span};
use super::style::{Paint, clean};
use crate::summary::{Completeness, FailureCounts, IterationTotals, RunStatus, Summary};
use crate::words::{counted, duration_ms, rate, thousands};

/// Six things that are missing are named one by one; the JSON document has all of them.
const MAX_MISSING: usize = 6;

pub(super) fn render_iterations(page: &mut Page, summary: &Summary) {
    let totals = &summary.iterations;
    let per_s = match summary.run.has_rates() {
        true => format!(" ({}/s)", rate(totals.rate_per_s)),
        false => String::new(),
    };
    let mut spans = vec![plain(format!("{} started{per_s}:", thousands(totals.started)))];
    let part = |count: u64, word: &str| format!("{}{GLUE}{word}", thousands(count));
    spans.push(plain(part(totals.completed, "completed,")));
    spans.push(bad_if(totals.failed > 0, format!("{}{},", part(totals.failed, "failed"), by_cause(totals))));
    spans.push(plain(part(totals.interrupted, "interrupted,")));
    spans.push(bad_if(totals.dropped > 0, part(totals.dropped, "dropped")));
    page.labelled("Iterations", &spans);
    if totals.dropped_without_data > 0 {
        let dropped = counted(totals.dropped_without_data, "iteration was", "iterations were");
        page.labelled("", &[span(Paint::Warn, format!("{dropped} dropped because data was exhausted"))]);
    }
    if let Some(times) = &totals.duration_ms {
        let [p50, p95, p99, max] = [times.p50, times.p95, times.p99, times.max].map(duration_ms);
        page.labelled("", &[plain(format!("took p50 {p50}, p95 {p95}, p99 {p99}, max {max}"))]);
    }
    if let Some(corrected) = corrected(totals) {
        page.labelled("", &[plain(corrected)]);
    }
    let shortfalls = [unstarted(summary), lost_vus(summary)].into_iter().flatten();
    for shortfall in busy::waited(summary).into_iter().chain(shortfalls) {
        page.item(span(Paint::Bad, "! "), &[span(Paint::Warn, shortfall)]);
    }
}

/// How long iterations took from their scheduled times, where that is visibly longer.
fn corrected(totals: &IterationTotals) -> Option<String> {
    let (measured, corrected) = (totals.duration_ms?, totals.corrected_ms?);
    let [p50, p95, p99, max] = [corrected.p50, corrected.p95, corrected.p99, corrected.max].map(duration_ms);
    corrected
        .visibly_corrects(&measured)
        .then(|| format!("from their scheduled times p50 {p50}, p95 {p95}, p99 {p99}, max {max}"))
}

/// What of the plan never came to be, and why.
fn unstarted(summary: &Summary) -> Option<String> {
    let unstarted = summary.iterations.unstarted;
    let why = match summary.run.status {
        RunStatus::Interrupted | RunStatus::Aborted => "the run was ended before",
        RunStatus::Finished | RunStatus::Failed if summary.vus.lost > 0 => "VUs were lost",
        RunStatus::Finished if summary.run.ended_early => "its data was exhausted",
        RunStatus::Finished => "time was up",
        RunStatus::Running => "the run goes on",
        RunStatus::Failed | RunStatus::Incomplete => "the run could not go on",
    };
    (unstarted > 0).then(|| {
        let iterations = counted(unstarted, "iteration of the plan", "iterations of the plan");
        format!("{iterations} never started: {why}")
    })
}

/// VUs that the journey or the target lost; those that this machine lost are among the generator's problems.
fn lost_vus(summary: &Summary) -> Option<String> {
    let FailureCounts { target, plugin, generator: _ } = summary.vus.lost_by_cause;
    let whose = match (plugin, target) {
        (0, 0) => return None,
        (0, _) => "the target failed",
        (_, 0) => "the journey broke",
        _ => "the journey broke or the target failed",
    };
    let vus = counted(plugin + target, "VU was", "VUs were");
    Some(format!("{vus} lost: {whose} in the start of a replacement"))
}

fn bad_if(bad: bool, text: String) -> Span {
    span(if bad { Paint::Bad } else { Paint::Plain }, text)
}

/// Whose fault the failures were: ` (9 target, 2 plugin)`.
fn by_cause(totals: &IterationTotals) -> String {
    let FailureCounts { target, plugin, generator } = totals.failed_by_cause;
    let causes: Vec<String> = [(target, "target"), (plugin, "plugin"), (generator, "generator")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, cause)| format!("{}{GLUE}{cause}", thousands(count)))
        .collect();
    if causes.is_empty() { String::new() } else { format!(" ({})", causes.join(", ")) }
}

pub(super) fn render_data(page: &mut Page, summary: &Summary) {
    match summary.run.status {
        RunStatus::Running => so_far(page, &summary.completeness),
        _ => completeness(page, &summary.completeness),
    }
    for warning in &summary.warnings {
        page.item(span(Paint::Warn, "! "), &[span(Paint::Warn, clean(warning))]);
    }
    let dataset = &summary.run.dataset;
    page.body_line(plain(clean(dataset)));
    if summary.all_requests.is_some() {
        page.body_line(span(Paint::Dim, duckdb_command(dataset)));
    }
}

/// What of a run that goes on is written: that the rest is missing is no fault.
fn so_far(page: &mut Page, completeness: &Completeness) {
    let rows = counted(completeness.rows, "row", "rows");
    let tables = counted(completeness.tables, "table", "tables");
    page.labelled("Data", &[span(Paint::Warn, "so far:"), plain(format!("{rows} in {tables}"))]);
    missing(page, completeness, "· ");
}

fn completeness(page: &mut Page, completeness: &Completeness) {
    let rows = counted(completeness.rows, "row", "rows");
    let tables = counted(completeness.tables, "table", "tables");
    if completeness.complete {
        let text = format!("{rows} in {tables} match the manifest");
        page.labelled("Data", &[span(Paint::Good, "✓ complete:"), plain(text)]);
        return;
    }
    page.labelled(
        "Data",
        &[span(Paint::Bad, "✗ INCOMPLETE:"), plain(format!("{rows} in {tables} found, but"))],
    );
    missing(page, completeness, "! ");
}

fn missing(page: &mut Page, completeness: &Completeness, mark: &str) {
    for missing in completeness.missing.iter().take(MAX_MISSING) {
        page.item(span(Paint::Bad, mark), &[span(Paint::Warn, clean(missing))]);
    }
    if completeness.missing.len() > MAX_MISSING {
        let more = completeness.missing.len() - MAX_MISSING;
        page.labelled("", &[span(Paint::Warn, format!("… and {more} more in the JSON report"))]);
    }
}

/// A command line that reads the dataset with DuckDB, to be copied into a shell.
fn duckdb_command(dataset: &str) -> String {
    let folder = dataset.trim_end_matches('/').replace('\'', "''");
    let query = format!(
        "select name, count(*), quantile_cont(duration_ns, 0.95) / 1e6 as p95_ms \
         from '{folder}/data/requests/*/*.parquet' where ok is not null group by name"
    );
    format!("duckdb -c \"{}\"", shell_quoted(&clean(&query)))
}

/// `text` as it stands between double quotes in a shell.
fn shell_quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '"' | '$' | '`' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_survives_odd_folder_names() {
        let command = duckdb_command("/tmp/it's $HOME/runs/1/");
        assert!(
            command.contains("from '/tmp/it''s \\$HOME/runs/1/data/requests/*/*.parquet' where ok"),
            "{command}"
        );
    }
}
