//! A run by its documents, as text.

use super::annotations;
use super::page::{Page, Span, plain, span};
use super::style::{Paint, TextStyle, clean, columns};
use super::table::{pad_left, pad_right};
use crate::summary::{PluginSummary, RunDetails, TableDetails, WorkerDetails};
use crate::words::{bytes, counted, duration_ms, thousands};

/// A run by its documents. It ends with a line break.
pub fn render_run_details(details: &RunDetails, style: TextStyle) -> String {
    let mut page = Page::new(style);
    run(&mut page, details);
    origin(&mut page, details);
    page.gap();
    details.workers.iter().enumerate().for_each(|(index, one)| worker(&mut page, index == 0, one));
    missing(&mut page, &details.missing);
    tables(&mut page, &details.tables);
    annotations::list(&mut page, &details.annotations);
    page.gap();
    page.line(&[span(Paint::Bold, format!("{:<12}", "Dataset")), plain(&*details.dataset)]);
    page.finish()
}

fn run(page: &mut Page, details: &RunDetails) {
    let run = &details.run;
    page.labelled("Run", &[plain(clean(&run.id)), span(super::run_list::paint(run), run.standing())]);
    let reason = run.reason.as_deref().map(clean);
    reason.iter().for_each(|reason| page.labelled("", &[plain(&**reason)]));
    let target = run.target.as_deref().map(|target| format!("→ {}", clean(target)));
    let journey = run.journey.as_deref().map(clean).unwrap_or_default();
    page.labelled("Journey", &[plain(journey), plain(target.unwrap_or_default())]);
    page.labelled("Load", &[plain(run.load.join(" + "))]);
    let lasted = run.duration_ms.map(|ms| format!(", lasted {}", duration_ms(ms))).unwrap_or_default();
    let started = run.started_at.as_deref().map(super::head::to_the_second).unwrap_or_default();
    page.labelled("Started", &[plain(format!("{started} UTC{lasted}"))]);
    if !run.tags.is_empty() {
        page.labelled("Tags", &[plain(run.tags.iter().map(|tag| clean(tag)).collect::<Vec<_>>().join(", "))]);
    }
}

/// What made it, of what.
fn origin(page: &mut Page, details: &RunDetails) {
    page.gap();
    listed(page, "Thresholds", details.thresholds.iter().map(|threshold| vec![plain(clean(threshold))]));
    listed(page, "Plugins", details.plugins.iter().map(plugin));
    listed(page, "Grants", details.grants.iter().map(|grant| vec![plain(clean(grant))]));
    let versions: Vec<String> = details
        .versions
        .iter()
        .map(|(name, version)| format!("{} {}", clean(name), clean(version)))
        .collect();
    page.labelled("Versions", &[plain(versions.join(", "))]);
    page.labelled("Seed", &[plain(details.seed.to_string())]);
}

/// One a line, beside one label.
fn listed(page: &mut Page, label: &str, items: impl Iterator<Item = Vec<Span>>) {
    for (index, item) in items.enumerate() {
        page.labelled(if index == 0 { label } else { "" }, &item);
    }
}

fn plugin(plugin: &PluginSummary) -> Vec<Span> {
    let PluginSummary { name, path, digest } = plugin;
    vec![plain(format!("{} {}", clean(name), clean(path))), span(Paint::Dim, clean(digest))]
}

fn worker(page: &mut Page, is_first: bool, worker: &WorkerDetails) {
    let state = match worker {
        WorkerDetails { recovered_until: Some(until), .. } => {
            span(Paint::Warn, format!("killed and recovered, rows until {until}"))
        }
        WorkerDetails { failure: Some(failure), .. } => span(Paint::Bad, clean(failure)),
        WorkerDetails { finished: true, .. } => span(Paint::Good, "finished, everything written"),
        WorkerDetails { committed_at, .. } => {
            span(Paint::Warn, format!("not finished, wrote last at {committed_at}"))
        }
    };
    let lost = match worker.lost_samples {
        0 => plain(""),
        lost => span(Paint::Bad, format!("; {} lost", counted(lost, "sample", "samples"))),
    };
    page.labelled(
        if is_first { "Workers" } else { "" },
        &[plain(format!("{}:", worker.worker)), state, lost],
    );
}

/// Five sentences: the JSON document has all of them.
const SHOWN_MISSING: usize = 5;

fn missing(page: &mut Page, missing: &[String]) {
    let shown = missing.iter().take(SHOWN_MISSING).map(|what| clean(what));
    let more = missing.len().saturating_sub(SHOWN_MISSING);
    let rest = (more > 0).then(|| format!("and {} more in the JSON document", thousands(more as u64)));
    listed(page, "Missing", shown.chain(rest).map(|what| vec![span(Paint::Warn, what)]));
}

/// The columns of numbers.
const NUMBER_COLUMNS: usize = 14;

fn tables(page: &mut Page, tables: &[TableDetails]) {
    if tables.is_empty() {
        return;
    }
    page.gap();
    let name_columns = tables.iter().map(|table| columns(&table.table)).max().unwrap_or(0).max(10) + 2;
    let line = |name: &str, numbers: [String; 3]| -> String {
        let numbers: String = numbers.iter().map(|number| pad_left(number, NUMBER_COLUMNS)).collect();
        format!("{}{numbers}", pad_right(name, name_columns))
    };
    let titles = ["rows", "parts", "size"].map(str::to_owned);
    page.line(&[span(Paint::Bold, line("Tables", titles))]);
    let numbers = |rows: u64, parts: u64, size: u64| [thousands(rows), thousands(parts), bytes(size as f64)];
    for table in tables {
        page.line(&[plain(line(&table.table, numbers(table.rows, table.parts, table.bytes)))]);
    }
    let sum = |pick: fn(&TableDetails) -> u64| tables.iter().map(pick).sum();
    let all = numbers(sum(|table| table.rows), sum(|table| table.parts), sum(|table| table.bytes));
    page.line(&[span(Paint::Dim, line("together", all))]);
}
