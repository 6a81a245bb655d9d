//! From datasets to a comparison: the windows of each run, once for their times and once for their contents.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::error::Error;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::TimestampNanosecondType;
use outrider_model::{Exit, with_causes};
use outrider_storage::{Check, RunReader};
use outrider_telemetry::{OTHER_NAME, Table, WINDOW_COLUMNS, Window, WindowKind, windows_from_batch};

use super::blocks::{Block, Blocks, MIN_BLOCKS};
use super::document::{COMPARISON_VERSION, ComparedRun, Comparison, Remark, RowKind, Side, VerdictCounts};
use super::no_values::{ComparedSide, NoValues};
use super::remarks::{Known, left_out};
use super::resample::{Draws, number_of_blocks};
use super::rows::{Names, RowKey, compare};
use super::rules::CompareRules;
use super::verdict::{headline, is_hidden};
use crate::read::{MAX_NAMES, rfc3339, status};
use crate::summary::{ScenarioSummary, Verdict};
use crate::{ReportError, RunPlace};

const SECOND_NS: i64 = 1_000_000_000;

impl Comparison {
    /// Compares the runs of a candidate with those of a baseline. What was asked for is how both are called.
    ///
    /// # Errors
    ///
    /// If there is no such run, if one of its documents or windows cannot be understood, if a store cannot be
    /// reached, or if no run of a side has a value. Parts that are missing or broken are remarked on.
    pub async fn read(
        baseline: (&str, &[RunPlace]),
        candidate: (&str, &[RunPlace]),
        rules: CompareRules,
    ) -> Result<Comparison, ReportError> {
        let (mut before, mut after) = (opened(baseline.1, &rules).await?, opened(candidate.1, &rules).await?);
        let mut remarks: Vec<Remark> =
            [&mut before, &mut after].into_iter().flat_map(leave_out_short).collect();
        let shortest = before.iter().chain(&after).map(|run| run.known.run.compared_seconds).min();
        let blocks = number_of_blocks(shortest.unwrap_or(0));
        let (before, before_names) = gathered(before, blocks).await?;
        let (after, after_names) = gathered(after, blocks).await?;
        let read = [
            (ComparedSide::Baseline, &before, &before_names),
            (ComparedSide::Candidate, &after, &after_names),
        ];
        for (side, runs, names) in read {
            if let Some(why) = NoValues::of(runs, names, rules.skipped_ms) {
                return Err(ReportError::NoValues { side, why });
            }
        }
        remarks.extend(super::remarks::remarks([&before, &after], MIN_BLOCKS as u64, rules.skipped_ms));
        let is_saturated =
            before.iter().chain(&after).any(|known| known.run.generator_saturated == Some(true));
        let draws = Draws::new(blocks);
        let may_lack = [&before, &after].map(|runs| runs.iter().any(Known::may_lack));
        let found = compare([&before_names, &after_names], &draws, &rules, is_saturated, may_lack);
        let counts = VerdictCounts::of(&found.rows);
        let verdict = counts.verdict(is_hidden(&found.rows));
        Ok(Comparison {
            version: COMPARISON_VERSION,
            verdict,
            headline: headline(verdict, &counts),
            comparable: remarks.iter().all(|remark| remark.kind.leaves_comparable()),
            remarks,
            baseline: side(baseline.0, before),
            candidate: side(candidate.0, after),
            rules,
            blocks: if blocks < MIN_BLOCKS { 0 } else { blocks as u64 },
            tests: found.tests,
            counts,
            rows: found.rows,
        })
    }
}

fn side(asked: &str, runs: Vec<Known>) -> Side {
    Side { asked: asked.to_owned(), runs: runs.into_iter().map(|known| known.run).collect() }
}

/// A run whose times are known.
struct Opened {
    reader: RunReader,
    known: Known,
    /// Its first second that is compared, in seconds since 1970.
    from: i64,
}

async fn opened(runs: &[RunPlace], rules: &CompareRules) -> Result<Vec<Opened>, ReportError> {
    let mut all = Vec::new();
    for run in runs {
        let reader = RunReader::open(&run.store, &run.run_id).await?;
        // What the documents say may be of any table; the parts of windows are compared as they are read.
        let mut gaps = reader.completeness_of(&[], Check::Footers).await.missing;
        let others: Vec<Table> = Table::ALL.into_iter().filter(|table| *table != Table::Windows).collect();
        let mut other_gaps = reader.completeness_of(&others, Check::Footers).await.missing;
        other_gaps.retain(|gap| !gaps.contains(gap));
        let (first, end) = seconds(&reader, &mut gaps).await?;
        let skipped = (rules.skipped_ms / 1e3).ceil() as i64;
        let from = first.saturating_add(skipped);
        let [load, compared] = [first, from].map(|from| u64::try_from(end.saturating_sub(from)).unwrap_or(0));
        let known = Known { load_seconds: load, gaps, other_gaps, ..known(&reader, compared) };
        all.push(Opened { reader, known, from });
    }
    Ok(all)
}

/// Takes the runs out that are too short to be compared, if others of their side are not: blocks are as many as the shortest
/// run has seconds, and one short run would leave nothing to judge.
fn leave_out_short(side: &mut Vec<Opened>) -> Vec<Remark> {
    let is_long = |run: &Opened| run.known.run.compared_seconds >= MIN_BLOCKS as u64;
    if !side.iter().any(is_long) {
        return Vec::new();
    }
    side.extract_if(.., |run| !is_long(run)).map(|run| left_out(&run.known, MIN_BLOCKS as u64)).collect()
}

/// What the documents of a run say of it.
fn known(reader: &RunReader, compared_seconds: u64) -> Known {
    let (record, outcome) = (reader.record(), reader.outcome());
    let plan = record.plan.clone();
    let unended = (!reader.is_running()).then_some(Verdict::Fail);
    let run = ComparedRun {
        id: plan.run_id.to_string(),
        journey: plan.title(),
        tags: record.tags.iter().map(ToString::to_string).collect(),
        started_at: rfc3339(record.started_at),
        target: plan.target.clone(),
        load: plan.scenarios.iter().map(|scenario| ScenarioSummary::from(scenario).load).collect(),
        status: status(reader),
        verdict: outcome.map(|outcome| outcome.verdict).or(unended),
        generator_saturated: outcome.and_then(|outcome| outcome.generator_saturated),
        compared_seconds,
    };
    let unanswered = outcome.filter(|outcome| outcome.exit_code == Exit::TargetFailed.code());
    let unanswered = unanswered
        .map(|outcome| outcome.reason.clone().unwrap_or_else(|| "no request was answered".to_owned()));
    Known { run, plan, load_seconds: 0, gaps: Vec::new(), other_gaps: Vec::new(), unanswered }
}

/// Notes a part of the windows that cannot be read, once: they are read twice.
fn note(gaps: &mut Vec<String>, error: &dyn Error) {
    let gap = with_causes(error);
    if !gaps.contains(&gap) {
        gaps.push(gap);
    }
}

/// The first second of load, and the one after its last, in seconds since 1970.
async fn seconds(reader: &RunReader, gaps: &mut Vec<String>) -> Result<(i64, i64), ReportError> {
    let mut table = reader.table(Table::Windows, Some(&["scenario", "started_at"]))?;
    let (mut first, mut last) = (i64::MAX, i64::MIN);
    loop {
        match table.next_batch().await {
            Ok(Some(batch)) => {
                for second in seconds_of_load(&batch)? {
                    (first, last) = (first.min(second), last.max(second));
                }
            }
            Ok(None) => return Ok(if first > last { (0, 0) } else { (first, last + 1) }),
            Err(error) => note(gaps, &error),
        }
    }
}

/// The seconds of windows that belong to a scenario: set-up and tear-down are no load.
fn seconds_of_load(batch: &RecordBatch) -> Result<Vec<i64>, ReportError> {
    let fault = |column| ReportError::Column { table: Table::Windows, column };
    let scenario = batch.column_by_name("scenario").ok_or_else(|| fault("scenario"))?;
    let times = batch.column_by_name("started_at").ok_or_else(|| fault("started_at"))?;
    let times = times.as_primitive_opt::<TimestampNanosecondType>().ok_or_else(|| fault("started_at"))?;
    let rows = (0..batch.num_rows()).filter(|row| scenario.is_valid(*row));
    Ok(rows.map(|row| times.value(row).div_euclid(SECOND_NS)).collect())
}

/// Reads the windows of runs into so many blocks each.
async fn gathered(runs: Vec<Opened>, blocks: usize) -> Result<(Vec<Known>, Vec<Names>), ReportError> {
    let (mut all, mut names) = (Vec::new(), Vec::new());
    for mut run in runs {
        let mut gathered = Gathered::new(blocks, run.from, run.known.run.compared_seconds);
        let mut table = run.reader.table(Table::Windows, Some(&WINDOW_COLUMNS))?;
        loop {
            match table.next_batch().await {
                Ok(Some(batch)) => match windows_from_batch(&batch) {
                    Ok(windows) => windows.into_iter().for_each(|window| gathered.add(&window)),
                    Err(error) => note(&mut run.known.gaps, &error),
                },
                Ok(None) => break,
                Err(error) => note(&mut run.known.gaps, &error),
            }
        }
        names.push(gathered.finish());
        all.push(run.known);
    }
    Ok((all, names))
}

/// One run's windows, as they are read.
struct Gathered {
    blocks: usize,
    from: i64,
    seconds: u64,
    names: BTreeMap<RowKey, Vec<Block>>,
    by_kind: BTreeMap<RowKind, usize>,
}

impl Gathered {
    fn new(blocks: usize, from: i64, seconds: u64) -> Gathered {
        Gathered { blocks, from, seconds, names: BTreeMap::new(), by_kind: BTreeMap::new() }
    }

    fn add(&mut self, window: &Window) {
        let kind = match window.key.kind {
            WindowKind::Request => RowKind::Request,
            WindowKind::Step => RowKind::Step,
            WindowKind::Check => RowKind::Check,
            WindowKind::Iteration | WindowKind::Metric => return,
        };
        let Some(block) = self.block(window.started_at.0.div_euclid(SECOND_NS)) else { return };
        if window.key.scenario.is_empty() {
            return;
        }
        let pack = window.key.detail.clone();
        let key = RowKey { kind, name: window.key.name.clone(), pack };
        self.row(key)[block].add(&window.totals);
    }

    fn block(&self, second: i64) -> Option<usize> {
        let after = u64::try_from(second.checked_sub(self.from)?).ok()?;
        (after < self.seconds).then(|| (after * self.blocks as u64 / self.seconds) as usize)
    }

    /// The blocks of a name; of all those beyond the limit together.
    fn row(&mut self, key: RowKey) -> &mut Vec<Block> {
        let known = self.by_kind.entry(key.kind).or_default();
        let other = || RowKey { name: OTHER_NAME.into(), pack: "".into(), ..key.clone() };
        let key = if *known < MAX_NAMES || self.names.contains_key(&key) { key } else { other() };
        match self.names.entry(key) {
            Entry::Occupied(row) => row.into_mut(),
            Entry::Vacant(new) => {
                *known += 1;
                new.insert(vec![Block::default(); self.blocks])
            }
        }
    }

    fn finish(self) -> Names {
        self.names.into_iter().map(|(key, blocks)| (key, Blocks::of(&blocks))).collect()
    }
}
