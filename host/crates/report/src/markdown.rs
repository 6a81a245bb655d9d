//! The report as Markdown, for a pull request or a ticket: GitHub's and GitLab's tables, the long ones folded.
//!
//! What journeys and targets have said stands between backticks: it can name nobody, link nowhere and break no table.

mod comparison;
mod trend;

use crate::summary::{
    AnnotationSummary, CheckSummary, ErrorSummary, Headline, RequestSummary, Summary, ThresholdResult,
    TimedSummary, Verdict,
};
use crate::words::{clean, counted, duration_ms, percent, rate, thousands};

pub use comparison::render_comparison_markdown;
pub use trend::render_trend_markdown;

/// A comment is read on a screen; the text and JSON reports have all of them.
const MAX_ROWS: usize = 20;

/// The report as Markdown.
pub fn render_markdown(summary: &Summary) -> String {
    let parts = [
        Some(head(summary)),
        warnings(summary),
        thresholds(&summary.thresholds),
        annotations(&summary.annotations),
        requests(summary),
        steps(&summary.steps),
        checks(&summary.checks),
        errors(&summary.errors),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    format!("{}\n", parts.join("\n\n"))
}

fn head(summary: &Summary) -> String {
    let mark = match summary.verdict {
        Some(_) if summary.run.was_replaced() => "",
        Some(Verdict::Pass) => "✓ ",
        Some(Verdict::Fail) => "✗ ",
        None => "",
    };
    let run = &summary.run;
    let journeys: Vec<String> = run.journeys.iter().map(|journey| code(&journey.name)).collect();
    let name = run.name.as_deref().map_or_else(|| journeys.join(", "), code);
    let target = run.target.as_ref().map(|target| format!(" → {}", code(target))).unwrap_or_default();
    let loads: Vec<String> =
        run.scenarios.iter().take(MAX_ROWS).map(|scenario| code(&scenario.load)).collect();
    let iterations = &summary.iterations;
    let totals = format!(
        "{} ({}/s), {} failed, {} dropped",
        counted(iterations.started, "iteration", "iterations"),
        rate(iterations.rate_per_s),
        thousands(iterations.failed),
        thousands(iterations.dropped),
    );
    let Headline { word, link, remark } = summary.compose_headline();
    format!(
        "### {mark}{word}{link}{}\n\n{name}{target}: {} for {}; {totals}. Run {}.",
        code(&remark),
        loads.join(", "),
        duration_ms(run.load_duration_ms),
        code(&run.id),
    )
}

/// What makes the numbers doubtful.
fn warnings(summary: &Summary) -> Option<String> {
    let saturated = summary.generator.saturated.then(|| {
        "the load generator was at its limit: times may include its own waiting (`host report` says when and why)".to_owned()
    });
    let missing = summary.completeness.missing.iter().take(MAX_ROWS).map(|missing| code(missing));
    let lines: Vec<String> = saturated
        .into_iter()
        .chain(missing)
        .chain(summary.warnings.iter().map(|warning| code(warning)))
        .map(|line| format!("> ⚠ {line}"))
        .collect();
    (!lines.is_empty()).then(|| lines.join("\n>\n"))
}

fn thresholds(thresholds: &[ThresholdResult]) -> Option<String> {
    let rows = thresholds.iter().map(|threshold| {
        [mark(threshold.passed).to_owned(), cell(&threshold.expr), cell(&threshold.outcome())].to_vec()
    });
    table(&["", "threshold", "outcome"], rows.collect())
}

fn annotations(annotations: &[AnnotationSummary]) -> Option<String> {
    let rows = annotations.iter().map(|one| vec![one.when(), cell(&one.text)]);
    table(&["when", "what happened"], rows.collect())
}

fn requests(summary: &Summary) -> Option<String> {
    let all = summary.all_requests.iter().filter(|_| summary.requests.len() > 1);
    let mut rows: Vec<Vec<String>> = all.map(request).collect();
    let mut by_count: Vec<&RequestSummary> = summary.requests.iter().collect();
    by_count.sort_by_key(|request| std::cmp::Reverse(request.count));
    rows.extend(by_count.into_iter().map(request));
    table(&["request", "count", "/s", "failed", "p50", "p95", "p99", "max"], rows)
}

fn request(request: &RequestSummary) -> Vec<String> {
    let [p50, p95, p99, max] = match &request.duration_ms {
        Some(times) => [times.p50, times.p95, times.p99, times.max].map(duration_ms),
        None => [(); 4].map(|()| String::new()),
    };
    let count = thousands(request.count);
    vec![
        cell(&request.name),
        count,
        rate(request.rate_per_s),
        failed(request.failed, request.count),
        p50,
        p95,
        p99,
        max,
    ]
}

fn steps(steps: &[TimedSummary]) -> Option<String> {
    let rows = steps.iter().map(|step| {
        let [p50, p95, max] = match &step.duration_ms {
            Some(times) => [times.p50, times.p95, times.max].map(duration_ms),
            None => [(); 3].map(|()| String::new()),
        };
        vec![cell(&step.name), thousands(step.count), failed(step.failed, step.count), p50, p95, max]
    });
    let table = table(&["step", "count", "failed", "p50", "p95", "max"], rows.collect())?;
    Some(folded(&counted(steps.len() as u64, "step", "steps"), &table))
}

/// Those that failed; the others are counted.
fn checks(checks: &[CheckSummary]) -> Option<String> {
    let (failing, passing): (Vec<_>, Vec<_>) = checks.iter().partition(|check| check.failed > 0);
    let rows = failing.iter().map(|check| {
        let name = match check.pack.as_str() {
            "" => cell(&check.name),
            pack => format!("{} {}", cell(pack), cell(&check.name)),
        };
        let example = check.example.as_ref().map(|example| example.words()).filter(|words| !words.is_empty());
        vec![
            mark(false).to_owned(),
            name,
            failed(check.failed, check.passed + check.failed),
            example.as_deref().map(cell).unwrap_or_default(),
        ]
    });
    let table = table(&["", "check", "failed", "for example"], rows.collect());
    let passed = (!passing.is_empty())
        .then(|| format!("{} {} passed", mark(true), counted(passing.len() as u64, "check", "checks")));
    let parts: Vec<String> = [table, passed].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join("\n\n"))
}

fn errors(errors: &[ErrorSummary]) -> Option<String> {
    let rows = errors.iter().map(|error| {
        let said = error.messages.first();
        let message = said.map(|said| cell(&said.example)).unwrap_or_default();
        let at = said.and_then(|said| said.at.as_deref()).map(cell).unwrap_or_default();
        vec![
            thousands(error.count),
            error.cause.as_str().to_owned(),
            cell(&error.name),
            cell(&error.kind),
            message,
            at,
        ]
    });
    let table = table(&["count", "cause", "of", "kind", "message", "at"], rows.collect())?;
    Some(folded(&counted(errors.len() as u64, "kind of error", "kinds of error"), &table))
}

fn mark(passed: bool) -> &'static str {
    if passed { "✓" } else { "✗" }
}

fn failed(failed: u64, all: u64) -> String {
    match failed {
        0 => "0".to_owned(),
        failed => format!("{} ({}%)", thousands(failed), percent(failed, all)),
    }
}

/// The columns that have numbers, which stand to the right.
const NUMBERS: [&str; 14] = [
    "count", "/s", "failed", "p50", "p95", "p99", "max", "before", "after", "change", "lowest", "median",
    "highest", "last",
];

/// A table, unless it is empty.
fn table(names: &[&str], rows: Vec<Vec<String>>) -> Option<String> {
    let (shown, more) = (rows.len().min(MAX_ROWS), rows.len().saturating_sub(MAX_ROWS));
    let line = |cells: &[String]| format!("| {} |", cells.join(" | "));
    let rule = |name: &&str| if NUMBERS.contains(name) { "--:" } else { "---" }.to_owned();
    let rules: Vec<String> = names.iter().map(rule).collect();
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut lines = vec![line(&names), line(&rules)];
    lines.extend(rows[..shown].iter().map(|row| line(row)));
    if more > 0 {
        lines.push(format!("\n… and {} more", thousands(more as u64)));
    }
    (shown > 0).then(|| lines.join("\n"))
}

fn folded(summary: &str, content: &str) -> String {
    format!("<details><summary>{summary}</summary>\n\n{content}\n\n</details>")
}

/// A text as it is, in a table: there its own sign is escaped, also in code.
fn cell(text: &str) -> String {
    code(&text.replace('|', "\\|"))
}

/// A text as it is, on one line: between more backticks than it has in a row.
fn code(text: &str) -> String {
    let text = clean(text);
    if text.is_empty() {
        return String::new();
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_guests_say_stays_between_its_backticks() {
        assert_eq!((cell("a|b"), code("a|b")), ("`a\\|b`".to_owned(), "`a|b`".to_owned()));
        assert_eq!(code("a ``b`"), "``` a ``b` ```");
        assert_eq!(code("line\nline\u{1b}[2J"), "`line line [2J`");
        assert_eq!(code(" "), "");
    }

    #[test]
    fn long_tables_say_how_much_is_left() {
        let rows = (0..25).map(|row| vec![row.to_string()]).collect();
        let table = table(&["n"], rows).unwrap();
        assert_eq!(table.lines().count(), 2 + MAX_ROWS + 2);
        assert!(table.ends_with("\n… and 5 more"));
    }
}
