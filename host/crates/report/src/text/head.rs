//! The first lines: verdict, run, load, thresholds.

use super::page::{GLUE, GUTTER, Page, Span, plain, span};
use super::style::{Paint, clean, columns, cut_middle};
use super::table::pad_right;
use crate::summary::{Headline, JourneySummary, RunSummary, ScenarioSummary, Summary, Verdict};
use crate::words::{counted, duration_ms};

/// Six scenarios are named one by one; the JSON document has all of them.
const MAX_SCENARIOS: usize = 6;

pub(super) fn render(page: &mut Page, summary: &Summary) {
    headline(page, summary);
    run(page, &summary.run);
    load(page, &summary.run.scenarios);
    thresholds(page, summary);
    page.gap();
}

/// The verdict with what to know before reading on, and what was run: in one line if the verdict is plain and one
/// name says it.
fn headline(page: &mut Page, summary: &Summary) {
    let Headline { word, link, remark } = summary.compose_headline();
    let paint = match summary.verdict {
        Some(Verdict::Pass) if remark.is_empty() => Paint::Good,
        Some(Verdict::Fail) if !summary.run.was_replaced() => Paint::Bad,
        _ => Paint::Warn,
    };
    let several = summary.run.name.is_none() && summary.run.journeys.len() > 1;
    if remark.is_empty() && !several {
        page.line(&[vec![span(paint, word), plain("  ")], journeys(summary)].concat());
        return;
    }
    page.prose(&[span(paint, format!("{word}{link}{}", clean(&remark)))]);
    if several {
        return page.labelled("Journeys", &journeys(summary));
    }
    let label = if summary.run.name.is_some() { "Name" } else { "Journey" };
    page.line(&[vec![span(Paint::Bold, format!("{label:<GUTTER$}"))], journeys(summary)].concat());
}

/// What the run is called, or else its journeys with their files; and its target.
fn journeys(summary: &Summary) -> Vec<Span> {
    let mut spans = match (&summary.run.name, summary.run.journeys.as_slice()) {
        (Some(name), _) => vec![span(Paint::Bold, clean(name))],
        (None, []) => vec![span(Paint::Bold, "run")],
        (None, journeys) => named(journeys),
    };
    if let Some(target) = &summary.run.target {
        spans.push(plain(format!(" → {}", clean(target))));
    }
    spans
}

/// `browse (browse.ts), buy (buy.wasm)`.
fn named(journeys: &[JourneySummary]) -> Vec<Span> {
    let named = journeys.iter().enumerate().flat_map(|(index, journey)| {
        let file = journey.path.rsplit(['/', '\\']).next().unwrap_or_default();
        let comma = if index + 1 < journeys.len() { ", " } else { "" };
        [span(Paint::Bold, clean(&journey.name)), plain(format!(" ({}){comma}", clean(file)))]
    });
    named.collect()
}

fn run(page: &mut Page, run: &RunSummary) {
    let workers = match run.workers {
        1 => String::new(),
        workers => format!(" on {}", counted(u64::from(workers), "worker", "workers")),
    };
    let (id, status) = (clean(&run.id), run.status.as_str());
    let ran = match run.elapsed_ms {
        Some(elapsed) => format!("for {}", duration_ms((elapsed / 1e3).floor() * 1e3)),
        None => format!("after {}", duration_ms(run.duration_ms)),
    };
    let started = to_the_second(&run.started_at);
    let text = format!("{id}, {status} {ran}{workers}, started{GLUE}{started}{GLUE}UTC");
    page.labelled("Run", &[plain(text)]);
    if run.name.is_some() {
        page.labelled(if run.journeys.len() > 1 { "Journeys" } else { "Journey" }, &named(&run.journeys));
    }
    if !run.tags.is_empty() {
        let tags: Vec<String> = run.tags.iter().map(|tag| clean(tag)).collect();
        page.labelled("Tags", &[plain(tags.join(", "))]);
    }
    if !run.packs.is_empty() {
        let names: Vec<String> = run.packs.iter().map(|pack| clean(pack)).collect();
        page.labelled("Packs", &[plain(names.join(", "))]);
    }
}

/// An RFC 3339 time without its fraction and zone, on one line.
pub(super) fn to_the_second(rfc3339: &str) -> String {
    let second = rfc3339.split(['.', 'Z']).next().unwrap_or(rfc3339);
    clean(second).replace('T', &GLUE.to_string())
}

fn load(page: &mut Page, scenarios: &[ScenarioSummary]) {
    let names: Vec<String> =
        scenarios.iter().take(MAX_SCENARIOS).map(|s| cut_middle(&clean(&s.name), 24)).collect();
    let width = names.iter().map(|name| columns(name)).max().unwrap_or(0);
    for (index, (scenario, name)) in scenarios.iter().zip(&names).enumerate() {
        let label = if index == 0 { "Load" } else { "" };
        // With one scenario there is nothing to align, and its name is mostly `default`.
        let name = if scenarios.len() == 1 { format!("{name}:") } else { pad_right(name, width) };
        page.labelled(label, &load_spans(&name, scenario));
    }
    if scenarios.len() > MAX_SCENARIOS {
        page.labelled(
            "",
            &[span(Paint::Dim, format!("… and {} more scenarios", scenarios.len() - MAX_SCENARIOS))],
        );
    }
}

fn load_spans(name: &str, scenario: &ScenarioSummary) -> [Span; 3] {
    [
        plain(name),
        plain(scenario.load.as_str()),
        span(Paint::Dim, format!("({})", scenario.executor.as_str())),
    ]
}

fn thresholds(page: &mut Page, summary: &Summary) {
    for (index, threshold) in summary.thresholds.iter().enumerate() {
        let label = if index == 0 { "Thresholds" } else { "" };
        let (paint, mark) = match (threshold.passed, threshold.value) {
            (true, _) => (Paint::Good, "✓"),
            (false, Some(_)) => (Paint::Bad, "✗ crossed:"),
            (false, None) => (Paint::Bad, "✗"),
        };
        let words = span(Paint::Dim, format!("({})", clean(&threshold.outcome())));
        page.labelled(label, &[span(paint, mark), plain(clean(&threshold.expr)), words]);
    }
}
