//! The first lines: verdict, run, load, thresholds.

use super::page::{GLUE, Page, Span, plain, span};
use super::style::{Paint, clean, columns, cut_middle};
use super::table::pad_right;
use crate::summary::{RunStatus, RunSummary, ScenarioSummary, Summary, Verdict};
use crate::words::{counted, duration_ms, significant};

/// Six scenarios are named one by one; the JSON document has all of them.
const MAX_SCENARIOS: usize = 6;

pub(super) fn render(page: &mut Page, summary: &Summary) {
    headline(page, summary);
    run(page, &summary.run);
    load(page, &summary.run.scenarios);
    thresholds(page, summary);
    page.gap();
}

fn headline(page: &mut Page, summary: &Summary) {
    let verdict = match summary.verdict {
        Verdict::Pass => span(Paint::Good, "PASS"),
        Verdict::Fail => span(Paint::Bad, "FAIL"),
    };
    let journey = summary.run.plugins.first().map_or("run", |plugin| plugin.name.as_str());
    let mut line = vec![verdict, plain("  "), span(Paint::Bold, clean(journey))];
    if let Some(target) = &summary.run.target {
        line.push(plain(format!(" → {}", clean(target))));
    }
    line.extend(reason(summary).map(|reason| span(Paint::Bad, format!("  ({reason})"))));
    page.line(&line);
}

/// Why the verdict is not a plain pass.
fn reason(summary: &Summary) -> Option<String> {
    let crossed = summary.thresholds.iter().filter(|threshold| !threshold.passed).count();
    match summary.run.status {
        RunStatus::Finished if crossed == 0 && summary.completeness.complete => None,
        RunStatus::Finished if crossed == 0 => Some("data incomplete".to_owned()),
        RunStatus::Finished => Some(format!(
            "{crossed} of {} crossed",
            counted(summary.thresholds.len() as u64, "threshold", "thresholds")
        )),
        status => Some(status.as_str().to_owned()),
    }
}

fn run(page: &mut Page, run: &RunSummary) {
    let workers = match run.workers {
        1 => String::new(),
        workers => format!(" on {}", counted(u64::from(workers), "worker", "workers")),
    };
    let (id, status, ran) = (clean(&run.id), run.status.as_str(), duration_ms(run.duration_ms));
    let text =
        format!("{id}, {status} after {ran}{workers}, started{GLUE}{}", to_the_second(&run.started_at));
    page.labelled("Run", &[plain(text)]);
    if let Some(reason) = &run.reason {
        page.labelled("", &[span(Paint::Warn, clean(reason))]);
    }
    if let [_, packs @ ..] = run.plugins.as_slice()
        && !packs.is_empty()
    {
        let names: Vec<String> = packs.iter().map(|pack| clean(&pack.name)).collect();
        page.labelled("Packs", &[plain(names.join(", "))]);
    }
}

/// An RFC 3339 time without its fraction, on one line.
fn to_the_second(rfc3339: &str) -> String {
    let second = rfc3339.split(['.', 'Z']).next().unwrap_or(rfc3339);
    format!("{}{GLUE}UTC", clean(second).replace('T', &GLUE.to_string()))
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
    [plain(name), plain(scenario.load.as_str()), span(Paint::Dim, format!("({})", scenario.executor))]
}

fn thresholds(page: &mut Page, summary: &Summary) {
    for (index, threshold) in summary.thresholds.iter().enumerate() {
        let label = if index == 0 { "Thresholds" } else { "" };
        let (paint, mark) =
            if threshold.passed { (Paint::Good, "✓") } else { (Paint::Bad, "✗ crossed:") };
        let value = threshold.value.map_or_else(|| "nothing measured".to_owned(), significant);
        page.labelled(
            label,
            &[span(paint, mark), plain(clean(&threshold.expr)), span(Paint::Dim, format!("(was {value})"))],
        );
    }
}
