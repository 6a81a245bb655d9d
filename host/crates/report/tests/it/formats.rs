//! Markdown, JUnit XML and CSV, as snapshots.

use outrider_report::{render_csv, render_junit, render_markdown};
use quick_junit::Report;

use crate::example::{healthy, troubled};

#[test]
fn markdown_of_a_healthy_run() {
    insta::assert_snapshot!(render_markdown(&healthy()));
}

#[test]
fn markdown_of_a_troubled_run() {
    insta::assert_snapshot!(render_markdown(&troubled()));
}

#[test]
fn junit_of_a_healthy_run() {
    insta::assert_snapshot!(render_junit(&healthy()));
}

#[test]
fn junit_of_a_troubled_run() {
    insta::assert_snapshot!(render_junit(&troubled()));
}

#[test]
fn junit_is_read_again_and_fails_where_the_run_does() {
    let failures = |text: String| Report::deserialize_from_str(&text).unwrap().failures;
    assert_eq!(failures(render_junit(&healthy())), 0);
    let summary = troubled();
    let crossed = summary.thresholds.iter().filter(|threshold| !threshold.passed).count();
    let failing = summary.checks.iter().filter(|check| check.failed > 0).count();
    assert!(failures(render_junit(&summary)) >= crossed + failing);
}

#[test]
fn csv_of_a_troubled_run() {
    insta::assert_snapshot!(render_csv(&troubled()));
}

#[test]
fn every_line_of_csv_has_every_column() {
    let text = render_csv(&troubled());
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let columns = reader.headers().unwrap().len();
    let lines: Vec<_> = reader.records().collect::<Result<_, _>>().unwrap();
    assert!(lines.len() > 10 && lines.iter().all(|line| line.len() == columns));
}
