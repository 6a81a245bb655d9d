//! What came of tests, for people.

use outrider_model::threshold::Dimension;

use crate::commands::test::{Shortfall, TestEntry, TestReport};
use crate::env::Style;

/// Columns of the verdict at the left.
const GUTTER: usize = 7;

/// A line for each test, with what is not as expected below it, and the count.
pub(crate) fn describe_tests(report: &TestReport, style: Style) -> String {
    let mut lines: Vec<String> = report.tests.iter().flat_map(|test| of_test(test, style)).collect();
    let count = format!("{} passed, {} failed", report.passed, report.failed);
    lines.push(String::new());
    lines.push(if report.failed == 0 { style.bold(&count) } else { style.red(&count) });
    lines.join("\n")
}

fn of_test(test: &TestEntry, style: Style) -> Vec<String> {
    let duration = Dimension::Duration.show(test.duration_ms);
    if test.passed {
        return vec![format!("{:<GUTTER$} {} ({duration})", "ok", test.name)];
    }
    let head = format!("{} {} ({duration})", style.red(&format!("{:<GUTTER$}", "FAILED")), test.name);
    let place = format!("{:GUTTER$} {}:{}", "", test.file, test.line);
    [head, place].into_iter().chain(test.shortfalls.iter().flat_map(of_shortfall)).collect()
}

fn of_shortfall(shortfall: &Shortfall) -> Vec<String> {
    let Shortfall { about, expected, actual, notes } = shortfall;
    let mut lines = vec![
        format!("{:GUTTER$}   {about}: expected {expected}", ""),
        format!("{:GUTTER$}   {:>width$}  {actual}", "", "was", width = about.chars().count() + 9),
    ];
    lines.extend(notes.iter().map(|note| format!("{:GUTTER$}       {note}", "").trim_end().to_owned()));
    lines
}
