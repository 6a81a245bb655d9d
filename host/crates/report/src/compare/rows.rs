//! From names in blocks to the rows of a comparison.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;

use super::blocks::{Blocks, MIN_BLOCKS};
use super::document::{ComparedRow, Measure, MeasureKind, Remedy, RowCounts, RowKind, RowVerdict};
use super::estimate::{Estimate, Statistic};
use super::judge::{Judged, Needs, Test, judge};
use super::resample::Draws;
use super::rules::CompareRules;

/// What a row is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct RowKey {
    pub(super) kind: RowKind,
    pub(super) name: Arc<str>,
    pub(super) pack: Arc<str>,
}

/// The names of one run.
pub(super) type Names = BTreeMap<RowKey, Blocks>;

/// Ten values: the middle one of fewer is anybody's guess.
const MIN_FOR_P50: u64 = 10;

/// Sixty values: three of them are above the p95.
const MIN_FOR_P95: u64 = 60;

const NS_PER_MS: f64 = 1e6;

/// The rows, and how many tests were made of them.
pub(super) struct Rows {
    pub(super) rows: Vec<ComparedRow>,
    pub(super) tests: u64,
}

/// Compares the names of two sides, of which each may lack what it had: then a name that the other one alone has is neither
/// added nor removed.
pub(super) fn compare(
    sides: [&[Names]; 2],
    draws: &Draws,
    rules: &CompareRules,
    is_saturated: bool,
    may_lack: [bool; 2],
) -> Rows {
    let keys: BTreeSet<&RowKey> =
        sides.iter().flat_map(|side| side.iter()).flat_map(BTreeMap::keys).collect();
    let mut drafts = drafts(&keys.into_iter().collect::<Vec<_>>(), sides, draws);
    let shared = is_saturated.then(|| shared_shifts(&drafts));
    for (index, draft) in drafts.iter_mut().enumerate() {
        for measure in &mut draft.measures {
            let common = match &shared {
                Some(shared) if measure.kind != MeasureKind::Failed => {
                    shared.get(&measure.kind).and_then(|shifts| shifts.without(index))
                }
                _ => Some(Shift::default()),
            };
            let judgeable = measure.estimate.zip(common);
            // What is too short is that, with any load.
            let is_unknown = common.is_none() && (measure.estimate.is_some() || measure.least.is_some());
            measure.limit = judgeable.map(|(estimate, common)| limit(measure.kind, &estimate, rules, common));
            measure.estimate = judgeable.map(|(estimate, _)| estimate);
            let unraised =
                measure.estimate.map(|estimate| limit(measure.kind, &estimate, rules, Shift::default()));
            let difference = measure.estimate.map(|estimate| estimate.difference().abs());
            measure.is_raised = measure.limit > unraised;
            measure.is_hidden = is_unknown || (difference > unraised && difference <= measure.limit);
        }
    }
    let tests: Vec<Test> = drafts.iter().flat_map(Draft::tests).collect();
    let mut judged = judge(&tests, rules.alpha()).into_iter();
    // What ended on neither side says nothing of either.
    let ended = drafts.into_iter().filter(|draft| draft.counts.iter().any(Option::is_some));
    let rows = ended.map(|draft| draft.finish(&mut judged, may_lack)).collect();
    Rows { rows, tests: tests.len() as u64 }
}

/// Drafts rows on all cores: a thousand names of ten runs a side are some ten million quantiles.
fn drafts(keys: &[&RowKey], sides: [&[Names]; 2], draws: &Draws) -> Vec<Draft> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let share = keys.len().div_ceil(cores).max(1);
    thread::scope(|scope| {
        let draft =
            |keys: &[&RowKey]| keys.iter().map(|key| Draft::of(key, sides, draws)).collect::<Vec<_>>();
        let workers: Vec<_> = keys.chunks(share).map(|keys| scope.spawn(move || draft(keys))).collect();
        let drafted = workers.into_iter().map(|worker| worker.join());
        drafted.flat_map(|drafts| drafts.unwrap_or_else(|panic| resume_unwind(panic))).collect()
    })
}

/// A row before it is judged.
struct Draft {
    key: RowKey,
    counts: [Option<RowCounts>; 2],
    /// Which sides have the name, be it of something that never ended.
    seen: [bool; 2],
    measures: Vec<DraftMeasure>,
}

struct DraftMeasure {
    kind: MeasureKind,
    /// `None` where there is too little to estimate anything by.
    estimate: Option<Estimate>,
    limit: Option<f64>,
    /// How many values each side needs at least, where one has fewer.
    least: Option<u64>,
    /// Whether what a saturated generator did to all requests stands before what the target did: it raised the limit beyond
    /// a difference that would count, or there are too few others to know it by.
    is_hidden: bool,
    /// Whether that raised the limit at all.
    is_raised: bool,
}

impl Draft {
    fn of(key: &RowKey, sides: [&[Names]; 2], draws: &Draws) -> Draft {
        let runs = sides.map(|side| side.iter().filter_map(|run| run.get(key)).collect::<Vec<&Blocks>>());
        let counts = runs.each_ref().map(|runs| {
            let count = runs.iter().map(|run| run.count()).sum();
            let failed = runs.iter().map(|run| run.failed()).sum();
            (count > 0).then_some(RowCounts { count, failed })
        });
        let seen = runs.each_ref().map(|runs| !runs.is_empty());
        let is_on_both = counts.iter().all(Option::is_some);
        let kinds: &[MeasureKind] = match key.kind {
            _ if !is_on_both => &[],
            RowKind::Request | RowKind::Step => &[MeasureKind::P50, MeasureKind::P95, MeasureKind::Failed],
            RowKind::Check => &[MeasureKind::Failed],
        };
        let measures = kinds.iter().map(|kind| DraftMeasure::of(*kind, &runs, draws)).collect();
        Draft { key: key.clone(), counts, seen, measures }
    }

    fn tests(&self) -> impl Iterator<Item = Test> {
        self.measures
            .iter()
            .filter_map(|measure| Some(Test { estimate: measure.estimate?, limit: measure.limit? }))
    }

    fn finish(self, judged: &mut impl Iterator<Item = Judged>, may_lack: [bool; 2]) -> ComparedRow {
        let is_in = self.counts.map(|counts| counts.is_some());
        let may_be_in = [0, 1].map(|side| may_lack[side] || self.seen[side]);
        let fewest = self.counts.iter().flatten().map(|counts| counts.count).min().unwrap_or(0);
        let measures: Vec<Measure> = self
            .measures
            .into_iter()
            .map(|measure| match measure.estimate {
                Some(estimate) => measure.judged(&estimate, judged.next(), fewest),
                None => measure.untested(),
            })
            .collect();
        let [baseline, candidate] = self.counts;
        ComparedRow {
            kind: self.key.kind,
            name: self.key.name.to_string(),
            pack: self.key.pack.to_string(),
            verdict: verdict(&measures, is_in, may_be_in),
            baseline,
            candidate,
            measures,
        }
    }
}

impl DraftMeasure {
    fn of(kind: MeasureKind, runs: &[Vec<&Blocks>; 2], draws: &Draws) -> DraftMeasure {
        let (statistic, least) = match kind {
            MeasureKind::P50 => (Statistic::Quantile(0.5), MIN_FOR_P50),
            MeasureKind::P95 => (Statistic::Quantile(0.95), MIN_FOR_P95),
            MeasureKind::Failed => (Statistic::Failures, MIN_BLOCKS as u64),
        };
        let has_few = runs.iter().any(|side| side.iter().map(|run| run.count()).sum::<u64>() < least);
        let is_enough = !has_few && runs.iter().flatten().all(|run| run.filled() >= MIN_BLOCKS);
        let estimate = is_enough.then(|| Estimate::of(statistic, runs, draws)).flatten();
        // However many values: a run of fewer blocks than these is too short.
        let is_long = draws.all().len() >= MIN_BLOCKS;
        let least = (has_few && is_long).then_some(least);
        DraftMeasure { kind, estimate, limit: None, least, is_hidden: false, is_raised: false }
    }

    /// The value as readers see it.
    fn shown(&self, value: f64) -> f64 {
        match self.kind {
            MeasureKind::P50 | MeasureKind::P95 => value.exp() / NS_PER_MS,
            MeasureKind::Failed => value,
        }
    }

    /// A difference as readers see it: of times as a share.
    fn shown_change(&self, difference: f64) -> f64 {
        match self.kind {
            MeasureKind::P50 | MeasureKind::P95 => difference.exp_m1(),
            MeasureKind::Failed => difference,
        }
    }

    fn judged(&self, estimate: &Estimate, judged: Option<Judged>, fewest: u64) -> Measure {
        let Some(judged) = judged else { return self.untested() };
        let undecided = judged.verdict == RowVerdict::NotEnoughData;
        let (remedy, needed) = match judged.needs {
            // The limit that it would have to differ from is that of this load.
            _ if self.is_hidden => (Remedy::LessLoad, None),
            Needs::Values(factor) => (Remedy::MoreValues, Some((fewest as f64 * factor).ceil() as u64)),
            Needs::Runs => (Remedy::MoreRuns, None),
            Needs::Limit | Needs::Quiet if self.is_raised => (Remedy::LessLoad, None),
            Needs::Limit => (Remedy::OtherLimits, None),
            Needs::Quiet => (Remedy::QuieterRuns, None),
        };
        Measure {
            measure: self.kind,
            verdict: judged.verdict,
            baseline: Some(self.shown(estimate.sides[0])),
            candidate: Some(self.shown(estimate.sides[1])),
            change: Some(self.shown_change(estimate.difference())),
            low: Some(self.shown_change(judged.interval[0])),
            high: Some(self.shown_change(judged.interval[1])),
            limit: self.limit.map(|limit| self.shown_change(limit)),
            p_value: Some(judged.p_value),
            p_adjusted: Some(judged.p_adjusted),
            needed: needed.filter(|_| undecided),
            remedy: undecided.then_some(remedy),
        }
    }

    fn untested(&self) -> Measure {
        let (remedy, needed) = match self.least {
            _ if self.is_hidden => (Remedy::LessLoad, None),
            Some(least) => (Remedy::MoreValues, Some(least)),
            None => (Remedy::LongerRuns, None),
        };
        Measure {
            measure: self.kind,
            verdict: RowVerdict::NotEnoughData,
            baseline: None,
            candidate: None,
            change: None,
            low: None,
            high: None,
            limit: None,
            p_value: None,
            p_adjusted: None,
            needed,
            remedy: Some(remedy),
        }
    }
}

/// The verdict of a row, by which sides have values of it, and on which it may have been.
fn verdict(measures: &[Measure], is_in: [bool; 2], may_be_in: [bool; 2]) -> RowVerdict {
    let any = |verdict| measures.iter().any(|measure| measure.verdict == verdict);
    match is_in {
        [false, true] if !may_be_in[0] => RowVerdict::Added,
        [true, false] if !may_be_in[1] => RowVerdict::Removed,
        [false, _] | [_, false] => RowVerdict::NotEnoughData,
        _ if any(RowVerdict::Worse) => RowVerdict::Worse,
        _ if any(RowVerdict::Better) => RowVerdict::Better,
        _ if any(RowVerdict::NotEnoughData) => RowVerdict::NotEnoughData,
        _ => RowVerdict::Same,
    }
}

/// The difference that counts, on the statistic's scale: the same in both directions, but for what others have in common.
fn limit(kind: MeasureKind, estimate: &Estimate, rules: &CompareRules, common: Shift) -> f64 {
    match kind {
        MeasureKind::P50 | MeasureKind::P95 => {
            let smaller_ms = estimate.sides[0].min(estimate.sides[1]).exp() / NS_PER_MS;
            // What the others did in the other direction explains nothing.
            let towards = estimate.difference().signum();
            let shared_ms = (common.ms * towards).max(smaller_ms * (common.log * towards).exp_m1()).max(0.0);
            let least_ms = (rules.relative_limit * smaller_ms).max(rules.absolute_limit_ms) + shared_ms;
            (least_ms / smaller_ms).ln_1p()
        }
        MeasureKind::Failed => rules.failure_limit,
    }
}

/// By how much something became slower.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Shift {
    /// In milliseconds: what waiting for the CPU adds to a request.
    ms: f64,
    /// By the logarithm: what it does to a step of several requests.
    log: f64,
}

/// By how much each request became slower.
#[derive(Default)]
struct Shifts(Vec<(usize, Shift)>);

impl Shifts {
    /// What the requests but for one have in common: the medians of their shifts. `None` if they are fewer than two:
    /// then what the machine did cannot be told from what the target did.
    fn without(&self, row: usize) -> Option<Shift> {
        let others = || self.0.iter().filter(|(index, _)| *index != row).map(|(_, shift)| shift);
        (others().count() >= 2).then(|| Shift {
            ms: median(others().map(|shift| shift.ms).collect()),
            log: median(others().map(|shift| shift.log).collect()),
        })
    }
}

/// The middle value; 0 of none.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// What a machine whose CPU was used up does to all requests alike cannot be told from what the target does to all:
/// where a load generator was saturated, a request has to differ from the others.
fn shared_shifts(drafts: &[Draft]) -> BTreeMap<MeasureKind, Shifts> {
    let mut shared: BTreeMap<MeasureKind, Shifts> = BTreeMap::new();
    for (index, draft) in drafts.iter().enumerate().filter(|(_, draft)| draft.key.kind == RowKind::Request) {
        for measure in draft.measures.iter().filter(|measure| measure.kind != MeasureKind::Failed) {
            if let Some(estimate) = measure.estimate {
                let [before, after] = estimate.sides.map(|side| measure.shown(side));
                let shift = Shift { ms: after - before, log: estimate.difference() };
                shared.entry(measure.kind).or_default().0.push((index, shift));
            }
        }
    }
    shared
}
