//! A comparison as text: the verdict, what was compared, then what changed, the worst first.

use super::page::{Page, plain, span};
use super::style::{Paint, TextStyle, clean};
use super::table::{Column, Table};
use crate::compare::{
    ComparedRow, Comparison, ComparisonVerdict, Measure, MeasureKind, RowKind, RowVerdict, Side,
};
use crate::words::{
    Unpaired, change, counted, in_unit_of, needed, rules_in_words, side_in_words, thousands, unpaired,
};

/// Twenty rows of each verdict; the JSON document has all of them.
const MAX_ROWS: usize = 20;

/// A comparison as text. It ends with a line break; no line ends with a space.
pub fn render_comparison_text(comparison: &Comparison, style: TextStyle) -> String {
    let mut page = Page::new(style);
    let paint = match comparison.verdict {
        ComparisonVerdict::Worse => Paint::Bad,
        ComparisonVerdict::Better | ComparisonVerdict::Same if comparison.comparable => Paint::Good,
        _ => Paint::Warn,
    };
    page.prose(&[span(paint, comparison.headline.clone())]);
    side(&mut page, "Baseline", &comparison.baseline);
    side(&mut page, "Candidate", &comparison.candidate);
    for (index, remark) in comparison.remarks.iter().enumerate() {
        let label = if index == 0 { "Remarks" } else { "" };
        let paint = if remark.kind.leaves_comparable() { Paint::Plain } else { Paint::Warn };
        page.labelled(label, &[span(paint, clean(&remark.message))]);
    }
    page.labelled("Rules", &[span(Paint::Dim, rules_in_words(comparison))]);
    for verdict in [RowVerdict::Worse, RowVerdict::Better, RowVerdict::Same, RowVerdict::NotEnoughData] {
        section(&mut page, comparison, verdict);
    }
    for unpaired in unpaired(comparison) {
        one_sided(&mut page, &unpaired);
    }
    page.finish()
}

fn side(page: &mut Page, label: &str, side: &Side) {
    page.labelled(label, &[plain(side_in_words(side))]);
}

/// A line for each measure that a verdict stands on.
struct Line<'a> {
    row: &'a ComparedRow,
    measure: &'a Measure,
    /// Whether it is the first one of its row.
    first: bool,
}

fn section(page: &mut Page, comparison: &Comparison, verdict: RowVerdict) {
    let is_shown = |row: &&ComparedRow| row.verdict == verdict && !row.measures.is_empty();
    let rows: Vec<&ComparedRow> = comparison.rows.iter().filter(is_shown).collect();
    let lines: Vec<Line<'_>> = rows.iter().take(MAX_ROWS).flat_map(|row| lines(row)).collect();
    if lines.is_empty() {
        return;
    }
    let (title, paint) = match verdict {
        RowVerdict::Worse => ("Worse", Paint::Bad),
        RowVerdict::Better => ("Better", Paint::Good),
        RowVerdict::Same => ("Same", Paint::Plain),
        _ => ("Not enough data", Paint::Warn),
    };
    let names = lines.iter().map(|line| span(paint, if line.first { name(line.row) } else { String::new() }));
    let names = names.collect();
    let measures = Column::new("", lines.iter().map(|line| plain(line.measure.measure.as_str())));
    let value = |pick: fn(&Measure) -> Option<f64>| {
        lines
            .iter()
            .map(move |line| {
                plain(
                    pick(line.measure)
                        .map_or_else(String::new, |value| in_unit_of(line.measure.measure, value)),
                )
            })
            .collect::<Vec<_>>()
    };
    let mut columns = vec![
        measures,
        Column::new("before", value(|measure| measure.baseline)),
        Column::new("after", value(|measure| measure.candidate)),
        Column::new("change", lines.iter().map(|line| plain(change(line.measure)))),
    ];
    match verdict {
        RowVerdict::NotEnoughData => {
            columns.push(Column::new("values", lines.iter().map(|line| plain(thousands(fewest(line.row))))));
            columns.push(Column::new("needed", lines.iter().map(|line| plain(needed(line.measure)))));
        }
        _ => {
            let interval = lines.iter().map(|line| plain(crate::words::interval(line.measure)));
            columns
                .push(Column::new(format!("{:.0}% interval", comparison.rules.confidence * 100.0), interval));
        }
    }
    Table { title, names, columns }.render(page);
    more(page, rows.len());
}

fn more(page: &mut Page, rows: usize) {
    if rows > MAX_ROWS {
        page.line(&[span(Paint::Dim, format!("  … and {} more in the JSON document", rows - MAX_ROWS))]);
    }
}

/// The measures that a row's verdict stands on: of what is the same, the p95 of times and the failures of checks.
fn lines(row: &ComparedRow) -> Vec<Line<'_>> {
    let stands_on = |measure: &&Measure| match (row.verdict, row.kind) {
        (RowVerdict::Same, RowKind::Check) => true,
        (RowVerdict::Same, _) => measure.measure == MeasureKind::P95,
        (verdict, _) => measure.verdict == verdict,
    };
    let measures = row.measures.iter().filter(stands_on).enumerate();
    measures.map(|(index, measure)| Line { row, measure, first: index == 0 }).collect()
}

fn name(row: &ComparedRow) -> String {
    let name = match row.pack.as_str() {
        "" => row.name.clone(),
        pack => format!("{pack} {}", row.name),
    };
    match row.kind {
        RowKind::Request => name,
        RowKind::Step => format!("step {name}"),
        RowKind::Check => format!("check {name}"),
    }
}

/// The values on the side that has fewer.
fn fewest(row: &ComparedRow) -> u64 {
    [row.baseline, row.candidate].into_iter().flatten().map(|counts| counts.count).min().unwrap_or(0)
}

fn one_sided(page: &mut Page, unpaired: &Unpaired<'_>) {
    let count = counted(unpaired.rows.len() as u64, "row", "rows");
    page.gap();
    page.labelled(unpaired.label, &[plain(format!("{count} {}", unpaired.place))]);
    for row in unpaired.rows.iter().take(MAX_ROWS) {
        page.item(plain("· "), &[plain(clean(&name(row)))]);
    }
    more(page, unpaired.rows.len());
}
