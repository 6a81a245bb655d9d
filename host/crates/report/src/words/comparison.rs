//! What a comparison says, in words.

use super::{bounded_list, duration_ms, significant, thousands};
use crate::compare::{ComparedRow, Comparison, Measure, MeasureKind, RowVerdict, Side};

/// Three runs of a side are named one by one; the JSON document has all of them.
const MAX_RUNS: usize = 3;

/// A value of a measure with its unit.
pub(crate) fn in_unit_of(kind: MeasureKind, value: f64) -> String {
    match kind {
        MeasureKind::P50 | MeasureKind::P95 => duration_ms(value),
        MeasureKind::Failed => format!("{}%", percent_text(value)),
    }
}

/// How a measure changed: `+12%`, of shares `+1.5 pts`; empty where that is not known.
pub(crate) fn change(measure: &Measure) -> String {
    measure.change.map_or_else(String::new, |change| signed(measure.measure, change))
}

/// The interval that a change lies in: `+9% to +15%`.
pub(crate) fn interval(measure: &Measure) -> String {
    let Some((low, high)) = measure.low.zip(measure.high) else { return String::new() };
    format!("{} to {}", signed(measure.measure, low), signed(measure.measure, high))
}

fn signed(kind: MeasureKind, change: f64) -> String {
    let text = percent_text(change);
    let sign = if change > 0.0 && text != "0" { "+" } else { "" };
    match kind {
        MeasureKind::P50 | MeasureKind::P95 => format!("{sign}{text}%"),
        MeasureKind::Failed => format!("{sign}{text} pts"),
    }
}

/// A share in percent: whole from ten on, else with a digit behind the point.
fn percent_text(share: f64) -> String {
    let percent = share * 100.0;
    let decimals = usize::from(percent.abs() < 9.95);
    let text = super::decimal(percent, decimals);
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

/// A number that is none too exact: two digits.
pub(crate) fn round(count: u64) -> String {
    let mut unit = 1;
    while count / unit >= 100 {
        unit *= 10;
    }
    thousands(count.div_ceil(unit) * unit)
}

/// The runs of a side with what they were to do.
pub(crate) fn side_in_words(side: &Side) -> String {
    let ids: Vec<&str> = side.runs.iter().map(|run| run.id.as_str()).collect();
    // Who named runs by their ids sees these ids.
    let is_named = |name: &str| ids.iter().any(|id| id.starts_with(name));
    let asked = match side.asked.split(',').map(str::trim).all(is_named) {
        true => String::new(),
        false => format!("{}: ", side.asked),
    };
    let ids = ids_in_words(&ids);
    let Some(first) = side.runs.last() else { return format!("{asked}no run") };
    let target = first.target.as_deref().map(|target| format!(" → {target}")).unwrap_or_default();
    let load = bounded_list(first.load.iter().map(String::as_str), MAX_RUNS);
    super::clean(&format!("{asked}{ids}; {}{target}: {load}", first.journey))
}

/// How many runs, and which: of many the first and the last.
fn ids_in_words(ids: &[&str]) -> String {
    match ids {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first, .., last] if ids.len() > MAX_RUNS => {
            format!("{} runs, from {first} to {last}", thousands(ids.len() as u64))
        }
        few => format!("{} runs, {}", few.len(), few.join(", ")),
    }
}

/// What would lead to a verdict where there is none: about how many values of each side, at least how many, or what else.
pub(crate) fn needed(measure: &Measure) -> String {
    match (measure.needed, measure.remedy) {
        (Some(count), _) if measure.change.is_none() => format!("{}+", thousands(count)),
        (Some(count), _) => format!("~{}", round(count)),
        (None, remedy) => remedy.map_or_else(String::new, |remedy| remedy.as_str().to_owned()),
    }
}

/// Rows that were not compared, for they are not on both sides.
#[derive(Debug)]
pub(crate) struct Unpaired<'a> {
    /// What they are called in a word.
    pub(crate) label: &'static str,
    /// Where they are.
    pub(crate) place: &'static str,
    pub(crate) rows: Vec<&'a ComparedRow>,
}

/// The rows that are not on both sides, by where they are.
pub(crate) fn unpaired(comparison: &Comparison) -> Vec<Unpaired<'_>> {
    const KINDS: [(RowVerdict, [bool; 2], &str, &str); 5] = [
        (RowVerdict::Added, [false, true], "Added", "in the candidate alone"),
        (RowVerdict::Removed, [true, false], "Removed", "in the baseline alone"),
        (
            RowVerdict::NotEnoughData,
            [false, true],
            "Unclear",
            "in the candidate alone, as far as can be told",
        ),
        (RowVerdict::NotEnoughData, [true, false], "Unclear", "in the baseline alone, as far as can be told"),
        (RowVerdict::NotEnoughData, [false, false], "Unclear", "that ended on neither side"),
    ];
    let of_kind = |(verdict, sides, label, place): (RowVerdict, [bool; 2], &'static str, &'static str)| {
        let is_such = |row: &&ComparedRow| {
            row.verdict == verdict && [row.baseline.is_some(), row.candidate.is_some()] == sides
        };
        let rows: Vec<&ComparedRow> = comparison.rows.iter().filter(is_such).collect();
        (!rows.is_empty()).then_some(Unpaired { label, place, rows })
    };
    KINDS.into_iter().filter_map(of_kind).collect()
}

/// By which rules something is called worse or better.
pub(crate) fn rules_in_words(comparison: &Comparison) -> String {
    let rules = &comparison.rules;
    let skipped = match rules.skipped_ms {
        skipped if skipped > 0.0 => {
            format!(", without the first {} of each run's load", duration_ms(skipped))
        }
        _ => String::new(),
    };
    format!(
        "changed means by more than {}% and {}, of failures by more than {} percentage {}, with {}% confidence over {} \
         tests (Holm){skipped}",
        percent_text(rules.relative_limit),
        duration_ms(rules.absolute_limit_ms),
        percent_text(rules.failure_limit),
        if (rules.failure_limit - 0.01).abs() < 1e-9 { "point" } else { "points" },
        significant(rules.confidence * 100.0),
        thousands(comparison.tests),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::ComparedRun;
    use crate::summary::RunStatus;

    #[test]
    fn a_side_says_how_many_runs_it_is_and_which() {
        let run = |second: usize| ComparedRun {
            id: format!("20260131T1200{second:02}Z-4f2a9c"),
            journey: "checkout".to_owned(),
            tags: Vec::new(),
            started_at: "2026-01-31T12:00:00.000Z".to_owned(),
            target: None,
            load: vec!["50 VUs for 10 s".to_owned()],
            status: RunStatus::Finished,
            verdict: None,
            generator_saturated: None,
            compared_seconds: 10,
        };
        let words = |asked: &str, count: usize| {
            side_in_words(&Side { asked: asked.to_owned(), runs: (0..count).map(run).collect() })
        };
        assert_eq!(words("tag:main", 1), "tag:main: 20260131T120000Z-4f2a9c; checkout: 50 VUs for 10 s");
        assert_eq!(
            words("tag:main", 3),
            "tag:main: 3 runs, 20260131T120000Z-4f2a9c, 20260131T120001Z-4f2a9c, 20260131T120002Z-4f2a9c; \
             checkout: 50 VUs for 10 s"
        );
        assert_eq!(
            words("tag:main", 10),
            "tag:main: 10 runs, from 20260131T120000Z-4f2a9c to 20260131T120009Z-4f2a9c; checkout: 50 VUs for 10 s"
        );
        let named = words("20260131T120000, 20260131T120001", 2);
        assert!(named.starts_with("2 runs, 20260131T120000Z-4f2a9c, "), "{named}");
    }

    #[test]
    fn changes_read_well_at_every_size() {
        let times =
            [0.0, 0.004, 0.123, -0.0456, 3.2, -0.00001].map(|change| signed(MeasureKind::P95, change));
        assert_eq!(times, ["0%", "+0.4%", "+12%", "-4.6%", "+320%", "0%"]);
        assert_eq!(signed(MeasureKind::Failed, 0.015), "+1.5 pts");
        assert_eq!([7, 42, 123, 98_765].map(round), ["7", "42", "130", "99,000"]);
    }
}
