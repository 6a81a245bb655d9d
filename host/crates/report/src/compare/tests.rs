//! Whether verdicts keep what they promise: made-up runs whose noise outlives a second, as that of real ones does.

use std::collections::BTreeMap;

use outrider_model::mix64;

use super::blocks::tests::blocks_of;
use super::blocks::{Blocks, MAX_BLOCKS};
use super::document::{
    ComparedRow, ComparisonVerdict, Measure, MeasureKind, Remedy, RowKind, RowVerdict, VerdictCounts,
};
use super::resample::Draws;
use super::rows::{Names, RowKey, compare};
use super::rules::CompareRules;

/// Numbers that look random, from a seed.
struct Noise(u64);

impl Noise {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(1);
        (mix64(mix64(self.0)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A standard normal value (Box and Muller).
    fn normal(&mut self) -> f64 {
        let (radius, angle) = ((-2.0 * (1.0 - self.uniform()).ln()).sqrt(), self.uniform());
        radius * (angle * std::f64::consts::TAU).cos()
    }
}

const MS: f64 = 1e6;

/// A run of 48 seconds with 10 requests each: log-normal times around `median_ms`, and a mood of the machine that is
/// partly that of the second before, as autoregressive noise of order one. Runs differ by as much as is assumed.
fn run(seed: u64, median_ms: f64) -> Blocks {
    let mut noise = Noise(mix64(seed));
    let run = 0.02 * noise.normal();
    let mut mood = 0.0;
    let mut blocks = vec![Vec::new(); MAX_BLOCKS];
    for second in 0..48 {
        mood = 0.6 * mood + 0.05 * noise.normal();
        let values = (0..10).map(|_| median_ms * MS * (run + mood + 0.4 * noise.normal()).exp());
        blocks[second * MAX_BLOCKS / 48].extend(values);
    }
    blocks_of(&blocks)
}

fn names(runs: impl IntoIterator<Item = Blocks>) -> Names {
    let key =
        |index| RowKey { kind: RowKind::Request, name: format!("GET /{index}").into(), pack: "".into() };
    runs.into_iter().enumerate().map(|(index, blocks)| (key(index), blocks)).collect::<BTreeMap<_, _>>()
}

fn rows(before: &[Names], after: &[Names], is_saturated: bool) -> Vec<ComparedRow> {
    let (draws, rules) = (Draws::new(MAX_BLOCKS), CompareRules::default());
    compare([before, after], &draws, &rules, is_saturated, [false; 2]).rows
}

fn verdicts(rows: &[ComparedRow]) -> Vec<RowVerdict> {
    rows.iter().map(|row| row.verdict).collect()
}

#[test]
fn of_two_hundred_comparisons_of_equal_runs_hardly_any_calls_something_changed() {
    let mut changed = 0;
    for seed in 0..200 {
        let side = |side: u64| [names((0..2).map(|row| run(seed * 100 + side * 10 + row, 50.0)))];
        let found = verdicts(&rows(&side(0), &side(1), false));
        let is_changed =
            found.iter().any(|verdict| matches!(verdict, RowVerdict::Worse | RowVerdict::Better));
        changed += u64::from(is_changed);
    }
    assert!(changed <= 2, "{changed} of 200: nominally 10, and a difference counts beyond a tenth alone");
}

#[test]
fn the_interval_holds_the_truth_as_often_as_it_promises() {
    let mut held = 0;
    for seed in 0..200 {
        let found = rows(&[names([run(seed * 2, 50.0)])], &[names([run(seed * 2 + 1, 55.0)])], false);
        let p50 = found[0].measures.iter().find(|measure| measure.measure == MeasureKind::P50).unwrap();
        held += u64::from(p50.low.unwrap() <= 0.1 && p50.high.unwrap() >= 0.1);
    }
    assert!((182..=199).contains(&held), "{held} of 200 for 95 %");
}

#[test]
fn two_fifths_more_are_found_among_rows_that_are_the_same() {
    let mut found = 0;
    for seed in 0..50 {
        let side = |side: u64, first: f64| {
            [names((0..3).map(|row| run(seed * 100 + side * 10 + row, if row == 0 { first } else { 50.0 })))]
        };
        let verdicts = verdicts(&rows(&side(0, 50.0), &side(1, 70.0), false));
        found += u64::from(verdicts[0] == RowVerdict::Worse && !verdicts[1..].contains(&RowVerdict::Worse));
    }
    assert!(found >= 45, "{found} of 50");
}

#[test]
fn three_runs_of_each_side_find_a_quarter() {
    let mut found = 0;
    for seed in 0..50 {
        let side = |side: u64, median: f64| {
            (0..3).map(|index| names([run(seed * 100 + side * 10 + index, median)])).collect::<Vec<_>>()
        };
        found += u64::from(verdicts(&rows(&side(0, 50.0), &side(1, 62.5), false)) == [RowVerdict::Worse]);
    }
    assert!(found >= 42, "{found} of 50");
}

#[test]
fn a_saturated_machine_that_slows_everything_is_not_held_against_the_target_but_one_request_is() {
    let side = |side: u64, factors: [f64; 4]| {
        let runs = factors.into_iter().enumerate();
        [names(runs.map(|(row, factor)| run(side * 10 + row as u64, 20.0 * factor)))]
    };
    let before = side(0, [1.0; 4]);
    let slow_machine = side(1, [1.5, 1.45, 1.55, 1.5]);
    assert!(
        verdicts(&rows(&before, &slow_machine, false)).iter().all(|verdict| *verdict == RowVerdict::Worse)
    );
    assert!(!verdicts(&rows(&before, &slow_machine, true)).contains(&RowVerdict::Worse));
    let slow_request = verdicts(&rows(&before, &side(1, [1.5, 4.0, 1.5, 1.5]), true));
    assert_eq!(slow_request[1], RowVerdict::Worse, "{slow_request:?}");
    let against_the_stream = verdicts(&rows(&slow_machine, &side(2, [1.0, 2.6, 1.0, 1.0]), true));
    assert_eq!(against_the_stream[1], RowVerdict::Worse, "{against_the_stream:?}");
}

/// What a wide comparison is made of: many names, three runs of each side, each name in all of its blocks.
#[test]
fn many_names_are_judged_each_by_its_own_values() {
    let side = |slow: f64| -> Vec<Names> {
        (0..3)
            .map(|index| {
                names((0..150).map(|row| flat(50.0 + f64::from(index), if row == 149 { slow } else { 1.0 })))
            })
            .collect()
    };
    let found = verdicts(&rows(&side(1.0), &side(2.0), false));
    let worse = found.iter().filter(|verdict| **verdict == RowVerdict::Worse).count();
    assert_eq!((found.len(), worse), (150, 1));
}

/// A run of a name whose values are the same in each block.
fn flat(median_ms: f64, factor: f64) -> Blocks {
    let values: Vec<f64> =
        (0..12).map(|index| factor * median_ms * MS * (1.0 + 0.01 * f64::from(index))).collect();
    blocks_of(&vec![values; MAX_BLOCKS])
}

#[test]
fn names_of_one_side_are_said_and_few_values_are_not_judged() {
    let few = || blocks_of(&vec![vec![5.0 * MS]; MAX_BLOCKS]);
    let mut after = names([run(1, 50.0), run(2, 50.0), few()]);
    after.pop_first();
    let found = rows(&[names([run(3, 50.0), run(4, 50.0)])], &[after], false);
    let found = verdicts(&found);
    assert_eq!((found[0], found[2]), (RowVerdict::Removed, RowVerdict::Added));
    assert!(matches!(found[1], RowVerdict::Same | RowVerdict::NotEnoughData), "{found:?}");
    let found = rows(&[names([few()])], &[names([few()])], false);
    let p95 = found[0].measures.iter().find(|measure| measure.measure == MeasureKind::P95).unwrap();
    assert_eq!((found[0].verdict, p95.needed), (RowVerdict::NotEnoughData, Some(60)));
    assert_eq!(p95.remedy, Some(Remedy::MoreValues));
}

#[test]
fn what_a_side_may_have_had_is_neither_added_nor_removed() {
    let mut after = names([run(1, 50.0), run(2, 50.0), run(5, 50.0)]);
    after.pop_first();
    let before = names([run(3, 50.0), run(4, 50.0)]);
    let found = |may_lack| {
        let (draws, rules) = (Draws::new(MAX_BLOCKS), CompareRules::default());
        let sides: [&[Names]; 2] = [std::slice::from_ref(&before), std::slice::from_ref(&after)];
        let rows = compare(sides, &draws, &rules, false, may_lack).rows;
        assert!(rows[0].measures.is_empty() && rows[2].measures.is_empty());
        (rows[0].verdict, rows[2].verdict)
    };
    assert_eq!(found([false, false]), (RowVerdict::Removed, RowVerdict::Added));
    assert_eq!(found([true, false]), (RowVerdict::Removed, RowVerdict::NotEnoughData));
    assert_eq!(found([false, true]), (RowVerdict::NotEnoughData, RowVerdict::Added));
}

#[test]
fn nothing_is_better_while_a_saturated_generator_may_hide_what_is_worse() {
    let counts = VerdictCounts { better: 2, not_enough_data: 5, ..VerdictCounts::default() };
    assert_eq!(counts.verdict(false), ComparisonVerdict::Better);
    assert_eq!(counts.verdict(true), ComparisonVerdict::Undecided);
    assert_eq!(VerdictCounts { worse: 1, ..counts }.verdict(true), ComparisonVerdict::Worse);
}

#[test]
fn what_never_ended_on_a_side_was_there() {
    let unended = || Blocks::of_counts(vec![(0, 0); MAX_BLOCKS]);
    let never = verdicts(&rows(&[names([unended()])], &[names([unended()])], false));
    assert_eq!(never, [], "what ended nowhere is nothing to compare");
    let sides = [(run(1, 50.0), unended()), (unended(), run(1, 50.0))];
    for (before, after) in sides {
        let found = verdicts(&rows(&[names([before])], &[names([after])], false));
        assert_eq!(found, [RowVerdict::NotEnoughData]);
    }
}

fn measure(row: &ComparedRow, kind: MeasureKind) -> &Measure {
    row.measures.iter().find(|measure| measure.measure == kind).unwrap()
}

#[test]
fn no_number_of_values_is_promised_where_a_saturated_generator_hides_the_difference() {
    let side = |side: u64, factors: &[f64]| {
        let runs = factors.iter().enumerate();
        [names(runs.map(|(row, factor)| run(side * 10 + row as u64, 20.0 * factor)))]
    };
    // Of two requests nobody knows what the machine did to both.
    let found = rows(&side(0, &[1.0; 2]), &side(1, &[1.5; 2]), true);
    let p50 = measure(&found[0], MeasureKind::P50);
    assert_eq!((p50.verdict, p50.needed), (RowVerdict::NotEnoughData, None));
    assert_eq!(p50.remedy, Some(Remedy::LessLoad));
    // Too few values besides: more of them would not do either.
    let few = || [names([blocks_of(&vec![vec![5.0 * MS]; MAX_BLOCKS])])];
    let found = rows(&few(), &few(), true);
    let p95 = measure(&found[0], MeasureKind::P95);
    assert_eq!((p95.needed, p95.remedy), (None, Some(Remedy::LessLoad)));
    // What the others have in common raises the limit beyond what this one differs by.
    let found = rows(&side(0, &[1.0; 4]), &side(1, &[1.5, 1.6, 1.5, 1.5]), true);
    let measures = found.iter().flat_map(|row| &row.measures);
    let is_undecided =
        |m: &&Measure| m.verdict == RowVerdict::NotEnoughData && m.measure != MeasureKind::Failed;
    let undecided: Vec<&Measure> = measures.filter(is_undecided).collect();
    assert!(!undecided.is_empty(), "{found:?}");
    for measure in undecided {
        assert_eq!((measure.needed, measure.remedy), (None, Some(Remedy::LessLoad)), "{measure:?}");
    }
}

/// Ten requests without a failure prove little; as many as are said to be needed prove enough.
#[test]
fn so_many_values_as_are_needed_without_a_failure_are_enough() {
    let of = |count: u64| {
        let in_block = |block| if block < 10 { (count / 10, 0) } else { (0, 0) };
        let blocks = || Blocks::of_counts((0..MAX_BLOCKS).map(in_block).collect());
        let found = rows(&[names([blocks()])], &[names([blocks()])], false);
        measure(&found[0], MeasureKind::Failed).clone()
    };
    let few = of(10);
    assert_eq!((few.verdict, few.remedy), (RowVerdict::NotEnoughData, Some(Remedy::MoreValues)));
    let needed = few.needed.unwrap();
    assert!((100..1_000).contains(&needed), "{needed}");
    assert_eq!(of((needed + 10) / 10 * 10).verdict, RowVerdict::Same, "{needed}");
    assert_eq!(of(needed / 20 * 10).verdict, RowVerdict::NotEnoughData, "{needed}");
}

#[test]
fn values_in_few_blocks_need_longer_runs_and_what_is_decided_needs_nothing() {
    let mut short = vec![Vec::new(); MAX_BLOCKS];
    short[0] = vec![5.0 * MS; 100];
    let found = rows(&[names([blocks_of(&short)])], &[names([blocks_of(&short)])], false);
    let p50 = measure(&found[0], MeasureKind::P50);
    assert_eq!((p50.needed, p50.remedy), (None, Some(Remedy::LongerRuns)));
    let found = rows(&[names([flat(50.0, 1.0)])], &[names([flat(50.0, 2.0)])], false);
    let p50 = measure(&found[0], MeasureKind::P50);
    assert_eq!((p50.verdict, p50.needed, p50.remedy), (RowVerdict::Worse, None, None));
}
