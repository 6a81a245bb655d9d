//! The report as JUnit XML, for the views that CI systems have of tests.
//!
//! | suite | a test case is | it fails if |
//! |---|---|---|
//! | `thresholds` | a threshold, in the plan's order | it is not passed |
//! | `checks` | a check, its class the pack or the journey | it failed once or more |
//! | `run` | `the run holds` | the run failed for another reason than its thresholds; skipped while it goes on, or if a newer build replaced it |
//! | | `all data is there` | data is missing |
//! | | `the pack NAME judged every call` | the assertion pack broke in a call, whose verdicts are lost |
//!
//! A check that fails makes no run fail, a threshold on it does: here both show. The format is that of Maven's Surefire, which GitLab, Jenkins and the
//! actions for GitHub read.

use std::time::Duration;

use chrono::DateTime;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::summary::{CheckSummary, ErrorSource, RunStatus, Summary, ThresholdResult, Verdict};
use crate::words::{counted, percent, thousands};

/// The report as JUnit XML.
pub fn render_junit(summary: &Summary) -> String {
    let mut report = Report::new(format!("outrider {}", summary.run.id));
    report.set_time(Duration::from_secs_f64(summary.run.duration_ms.max(0.0) / 1e3));
    if let Ok(started) = DateTime::parse_from_rfc3339(&summary.run.started_at) {
        report.set_timestamp(started);
    }
    report.add_test_suite(suite("thresholds", summary.thresholds.iter().map(threshold)));
    let journey = summary.run.journeys.first().map_or("journey", |journey| journey.name.as_str());
    report.add_test_suite(suite("checks", summary.checks.iter().map(|found| check(found, journey))));
    report.add_test_suite(suite("run", [run(summary), data(summary)].into_iter().chain(packs(summary))));
    let mut text =
        report.to_string().expect("text is written to memory, and its characters are made valid before");
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

fn suite(name: &str, cases: impl IntoIterator<Item = TestCase>) -> TestSuite {
    let mut suite = TestSuite::new(name);
    suite.add_test_cases(cases);
    suite
}

fn case(name: &str, class: &str, failure: Option<String>) -> TestCase {
    let status = match failure {
        None => TestCaseStatus::success(),
        Some(message) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(message);
            status
        }
    };
    let mut case = TestCase::new(name, status);
    case.set_classname(class);
    case
}

fn threshold(found: &ThresholdResult) -> TestCase {
    case(&found.expr, "thresholds", (!found.passed).then(|| found.outcome()))
}

fn check(found: &CheckSummary, journey: &str) -> TestCase {
    let class = if found.pack.is_empty() { journey } else { &found.pack };
    let total = found.passed + found.failed;
    let failure = (found.failed > 0).then(|| {
        let share = percent(found.failed, total);
        let failed = format!("{} of {} failed ({share}%)", thousands(found.failed), thousands(total));
        match found.example.as_ref().map(|example| example.words()) {
            Some(words) if !words.is_empty() => format!("{failed}: {words}"),
            _ => failed,
        }
    });
    case(&found.name, class, failure)
}

/// Whether the run failed for another reason than its thresholds, which have a suite of their own.
fn run(summary: &Summary) -> TestCase {
    let Summary { run, verdict, thresholds, headline, .. } = summary;
    let by_thresholds = thresholds.iter().any(|threshold| !threshold.passed);
    let otherwise = run.reason.is_some() || run.status != RunStatus::Finished;
    let failed = *verdict == Some(Verdict::Fail) && (otherwise || !by_thresholds);
    let mut case = case("the run holds", "run", failed.then(|| headline.clone()));
    if verdict.is_none() || run.was_replaced() {
        case.status = TestCaseStatus::skipped();
    }
    case.set_system_out(headline.as_str());
    case
}

/// A pack that broke has lost the verdicts of that call: its checks may look better than they are.
fn packs(summary: &Summary) -> impl Iterator<Item = TestCase> {
    summary.run.packs.iter().map(|pack| {
        let broken =
            summary.errors.iter().filter(|error| error.source == ErrorSource::Pack && error.name == *pack);
        let calls: u64 = broken.map(|error| error.count).sum();
        let failure = (calls > 0).then(|| format!("it broke in {}", counted(calls, "call", "calls")));
        case(&format!("the pack {pack} judged every call"), "run", failure)
    })
}

fn data(summary: &Summary) -> TestCase {
    let missing = &summary.completeness.missing;
    let failure = (!summary.completeness.complete).then(|| match missing.as_slice() {
        [] => "the data is incomplete".to_owned(),
        [one] => one.clone(),
        [first, rest @ ..] => {
            format!("{first}, and {} more", counted(rest.len() as u64, "thing", "things"))
        }
    });
    case("all data is there", "run", failure)
}
