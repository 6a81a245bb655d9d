//! A comparison as Markdown.

use super::{MAX_ROWS, code, folded, mark, table};
use crate::compare::{ComparedRow, Comparison, ComparisonVerdict, Measure, RowKind, RowVerdict};
use crate::words::{change, counted, in_unit_of, interval, rules_in_words, side_in_words, unpaired};

/// A comparison as Markdown, for a pull request.
pub fn render_comparison_markdown(comparison: &Comparison) -> String {
    let sign = match comparison.verdict {
        ComparisonVerdict::Worse => format!("{} ", mark(false)),
        ComparisonVerdict::Better | ComparisonVerdict::Same if comparison.comparable => {
            format!("{} ", mark(true))
        }
        _ => String::new(),
    };
    let remarks = comparison.remarks.iter().map(|remark| format!("> ⚠ {}", code(&remark.message)));
    let remarks: Vec<String> = remarks.collect();
    let parts = [
        Some(format!("### {sign}{}", comparison.headline)),
        Some(format!(
            "Baseline: {}\nCandidate: {}",
            code(&side_in_words(&comparison.baseline)) + "  ",
            code(&side_in_words(&comparison.candidate))
        )),
        (!remarks.is_empty()).then(|| remarks.join("\n>\n")),
        changed(comparison),
        rest(comparison, RowVerdict::NotEnoughData, "row without enough data", "rows without enough data"),
        rest(comparison, RowVerdict::Same, "row that is the same", "rows that are the same"),
        one_sided(comparison),
        Some(format!("Rules: {}", rules_in_words(comparison))),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    format!("{}\n", parts.join("\n\n"))
}

/// What is worse, then what is better, with the measures that say so.
fn changed(comparison: &Comparison) -> Option<String> {
    let rows = [RowVerdict::Worse, RowVerdict::Better].into_iter().flat_map(|verdict| {
        of_verdict(comparison, verdict).flat_map(move |row| {
            let measures = row.measures.iter().filter(move |measure| measure.verdict == verdict);
            measures.map(move |measure| line(row, measure, Some(verdict)))
        })
    });
    let title = format!("{:.0}% interval", comparison.rules.confidence * 100.0);
    table(&["", "name", "measure", "before", "after", "change", &title], rows.collect())
}

fn rest(comparison: &Comparison, verdict: RowVerdict, one: &str, many: &str) -> Option<String> {
    let count = of_verdict(comparison, verdict).filter(|row| !row.measures.is_empty()).count() as u64;
    let rows = of_verdict(comparison, verdict)
        .flat_map(|row| row.measures.iter().map(move |measure| line(row, measure, None)));
    let title = format!("{:.0}% interval", comparison.rules.confidence * 100.0);
    let table = table(&["name", "measure", "before", "after", "change", &title], rows.collect())?;
    Some(folded(&counted(count, one, many), &table))
}

fn one_sided(comparison: &Comparison) -> Option<String> {
    let lines = unpaired(comparison).into_iter().map(|unpaired| {
        let names: Vec<String> = unpaired.rows.iter().take(MAX_ROWS).map(|row| name(row)).collect();
        let more = unpaired.rows.len() - names.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("{} ({}): {}{more}", unpaired.label, unpaired.place, names.join(", "))
    });
    let lines: Vec<String> = lines.collect();
    (!lines.is_empty()).then(|| lines.join("\n\n"))
}

fn of_verdict(comparison: &Comparison, verdict: RowVerdict) -> impl Iterator<Item = &ComparedRow> {
    comparison.rows.iter().filter(move |row| row.verdict == verdict)
}

fn line(row: &ComparedRow, measure: &Measure, verdict: Option<RowVerdict>) -> Vec<String> {
    let value =
        |value: Option<f64>| value.map_or_else(String::new, |value| in_unit_of(measure.measure, value));
    let sign = verdict.map(|verdict| mark(verdict == RowVerdict::Better).to_owned());
    let cells = [
        name(row).replace('|', "\\|"),
        measure.measure.as_str().to_owned(),
        value(measure.baseline),
        value(measure.candidate),
        change(measure),
        interval(measure),
    ];
    sign.into_iter().chain(cells).collect()
}

fn name(row: &ComparedRow) -> String {
    let kind = match row.kind {
        RowKind::Request => "",
        RowKind::Step => "step ",
        RowKind::Check => "check ",
    };
    let name = if row.pack.is_empty() { row.name.clone() } else { format!("{} {}", row.pack, row.name) };
    format!("{kind}{}", code(&name))
}
