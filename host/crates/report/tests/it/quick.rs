//! A summary from windows: the figures are those from rows, and what only rows tell is not there.

use std::time::Duration;

use outrider_model::{IterationStatus, Origin, RequestSample, Sample};
use outrider_report::{RequestSummary, Summary, SummarySource, TextStyle, render_text};
use outrider_telemetry::Table;

use crate::dataset::Dataset;
use crate::samples::*;

/// Twelve seconds of everything: names, failures, what was interrupted, set-up, steps, checks.
fn samples() -> Vec<Sample> {
    let setup = Origin { scenario: "".into(), ..request("setup", at_ms(0), Duration::ZERO).origin };
    let login = RequestSample { origin: setup, ..request("login", at_ms(5), Duration::from_millis(700)) };
    let cut =
        RequestSample { interrupted: true, ..request("GET /cart", at_ms(11_000), Duration::from_secs(1)) };
    let quick = (0..120u64).map(|id| ok_request("GET /", at_ms(id * 100), 8 + id % 7));
    let slow = (5..10u64).map(|second| answered("GET /cart", at_ms(second * 1_000 + 100), 500, 503));
    let steps =
        (0..10u64).map(|id| step("home", at_ms(id * 1_000), 30 + id, (id == 3).then_some("it broke")));
    let checks = (0..10u64).map(|id| check("", "is whole", id != 4, None));
    let packs = (0..10u64).map(|id| check("rules", "is whole", id % 2 == 0, None));
    let visits = (0..10u64).map(|second| ended(at_ms(second * 1_000), 800, IterationStatus::Completed));
    let seconds = (1..=12u64).map(|second| system(second, 0.25, Duration::from_millis(second)));
    let requests = [login, cut].map(|request| Sample::Request(Box::new(request)));
    quick
        .chain(slow)
        .chain(steps)
        .chain(checks)
        .chain(packs)
        .chain(visits)
        .chain(seconds)
        .chain(requests)
        .collect()
}

/// Without what only rows tell.
fn of_windows(request: &RequestSummary) -> RequestSummary {
    RequestSummary { phases_ms: None, ..request.clone() }
}

fn sorted<T: Clone, K: Ord>(all: &[T], key: impl Fn(&T) -> K) -> Vec<T> {
    let mut all = all.to_vec();
    all.sort_by_key(|one| key(one));
    all
}

async fn both() -> (Dataset, Summary, Summary) {
    let dataset = Dataset::finished(samples()).await;
    let (rows, windows) = (dataset.summary().await, dataset.quick_summary().await);
    (dataset, rows, windows)
}

#[tokio::test]
async fn counts_extremes_and_percentiles_are_those_from_rows() {
    let (_dataset, rows, windows) = both().await;
    assert_eq!((rows.source, windows.source), (SummarySource::Rows, SummarySource::Windows));
    let name = |request: &RequestSummary| request.name.clone();
    let from_rows: Vec<RequestSummary> = rows.requests.iter().map(of_windows).collect();
    assert_eq!(sorted(&windows.requests, name), sorted(&from_rows, name));
    assert_eq!(windows.all_requests, rows.all_requests.as_ref().map(of_windows));
    let [own, theirs] = [&windows, &rows].map(|summary| {
        let step = &summary.steps[0];
        (step.name.clone(), step.count, step.failed, step.duration_ms)
    });
    assert_eq!(own, theirs);
    let verdicts = |summary: &Summary| {
        let mut all: Vec<_> =
            summary.checks.iter().map(|c| (c.pack.clone(), c.name.clone(), c.passed, c.failed)).collect();
        all.sort();
        all
    };
    assert_eq!(verdicts(&windows), verdicts(&rows));
    assert_eq!((&windows.iterations, &windows.network), (&rows.iterations, &rows.network));
    assert_eq!((windows.verdict, &windows.run), (rows.verdict, &rows.run));
    assert_eq!(windows.completeness, rows.completeness, "all rows are counted, by the parts' footers");
    assert!(windows.completeness.complete, "{:?}", windows.completeness);
    let requests = |summary: &Summary| {
        summary.timeline.buckets.iter().map(|bucket| bucket.requests_per_s).collect::<Vec<_>>()
    };
    assert_eq!(requests(&windows), requests(&rows));
}

#[tokio::test]
async fn what_only_rows_tell_is_left_out_and_said() {
    let (_dataset, rows, windows) = both().await;
    assert!(!rows.errors.is_empty() && windows.errors.is_empty());
    assert!(!rows.status_codes.is_empty() && windows.status_codes.is_empty());
    assert!(rows.requests[0].phases_ms.is_some() && windows.requests[0].phases_ms.is_none());
    assert!(windows.statistics.request.is_none() && windows.statistics.page.is_none());
    assert_eq!(windows.statistics.session, rows.statistics.session);
    assert_eq!(windows.statistics.sent, rows.statistics.sent);
    let text = render_text(&windows, TextStyle { color: false, width: 400 });
    assert!(text.contains("stand in the report without --quick"), "{text}");
}

/// The load begins within a second: that one and the next are two buckets.
#[tokio::test]
async fn a_second_is_in_the_bucket_in_which_it_ends() {
    let quick = (0..120u64).map(|id| ok_request("GET /", at_ms(700 + id * 100), 5));
    let visits = (0..10u64).map(|second| ended(at_ms(700 + second * 1_000), 800, IterationStatus::Completed));
    let summary = Dataset::finished(quick.chain(visits).collect()).await.quick_summary().await;
    let counts: Vec<f64> = summary.timeline.buckets.iter().map(|bucket| bucket.requests_per_s).collect();
    assert_eq!((counts[0], counts[1], counts.iter().sum::<f64>()), (3.0, 10.0, 120.0), "{counts:?}");
}

#[tokio::test]
async fn corrected_durations_have_no_extremes_in_windows_and_are_left_out_where_they_differ() {
    let late = RequestSample {
        lateness: Duration::from_millis(300),
        ..request("GET /late", at_ms(2_000), Duration::from_millis(20))
    };
    let mut all = samples();
    all.push(Sample::Request(Box::new(late)));
    let summary = Dataset::finished(all).await.quick_summary().await;
    let corrected = |name: &str| summary.requests.iter().find(|one| one.name == name).unwrap().corrected_ms;
    assert!(corrected("GET /late").is_none() && corrected("GET /").is_some());
    assert!(summary.all_requests.unwrap().corrected_ms.is_none());
}

#[tokio::test]
async fn a_part_that_is_gone_is_missing_from_the_quick_summary_too() {
    let (dataset, _, _) = both().await;
    let parts = dataset.parts(Table::Requests).await;
    std::fs::remove_file(&parts[0].0).unwrap();
    let summary = dataset.quick_summary().await;
    assert!(!summary.completeness.complete);
    assert!(
        summary.completeness.missing.iter().any(|line| line.contains("requests")),
        "{:?}",
        summary.completeness
    );
}
