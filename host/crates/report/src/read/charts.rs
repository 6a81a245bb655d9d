//! What the page's charts need and a summary lacks: series over time, and the slowest exchanges. A pass of its own over
//! four tables, made for the page alone.
//!
//! Memory is bounded (INV-4): [`MOST_SLICES`] slices of time with a sketch for each charted name, of which there are few,
//! and [`slowest::MOST_OF_A_NAME`] exchanges of each. What is not charted by name is part of `all_requests`.

mod finish;
mod slice;
mod slowest;

use std::collections::HashMap;

use arrow::array::{Array, RecordBatch};
use arrow::datatypes::{Float64Type, Int64Type, TimestampNanosecondType};
use outrider_model::{IterationStatus, RunId};
use outrider_storage::{DatasetStore, RunReader};
use outrider_telemetry::{Table, WINDOW_COLUMNS, Window, WindowKind, windows_from_batch};

use super::buckets::{Axis, Buckets};
use super::columns::{Rows, ms, whole};
use super::iterations::Iteration;
use super::timeline::round_width_ns;
use crate::html::Charts;
use crate::{ReportError, Summary, SummarySource};
use slice::{Machine, Slice};
use slowest::Slowest;

/// Two hundred points: as many as a chart of half a page's width can show apart.
const WANTED_SLICES: i64 = 200;

/// Two hundred and forty: the last iterations end after the time that the load was planned for, which must not halve
/// the slices.
const MOST_SLICES: usize = 240;

/// Fifty requests, thirty steps and checks: more lines than anybody tells apart; with a sketch for each slice some ten
/// megabytes while they are read.
const MOST_REQUESTS: usize = 50;
const MOST_STEPS: usize = 30;
const MOST_CHECKS: usize = 30;

/// Twelve kinds of errors: more lines than colours.
const MOST_ERROR_KINDS: usize = 12;

/// The kind of those past [`MOST_ERROR_KINDS`].
const OTHER_ERRORS: &str = "(other)";

const SECOND_NS: i64 = 1_000_000_000;

const ITERATION_COLUMNS: &[&str] =
    &["scenario", "started_at", "duration_ns", "lateness_ns", "waited_ns", "status", "cause", "error_kind"];

const SYSTEM_COLUMNS: &[&str] =
    &["started_at", "process_cpu", "machine_cpu", "others_cpu", "memory_bytes", "event_loop_lag_ns"];

/// What is charted by itself: requests, steps or checks of one name, and of checks of one pack.
type SeriesKey = (WindowKind, String, String);

/// Everything over time, as it grows.
#[derive(Debug)]
struct Tally {
    slices: Buckets<Slice>,
    /// What is charted, in the order of the page.
    charted: Vec<SeriesKey>,
    /// Where in that list each is.
    index: HashMap<SeriesKey, usize>,
    kinds: Vec<String>,
    slowest: Slowest,
    /// When the first iteration was scheduled, in nanoseconds since 1970.
    load_from: i64,
    /// When the last thing ended, in nanoseconds since 1970.
    load_to: i64,
    /// When the run began, in nanoseconds since 1970.
    run_start: i64,
}

impl Charts {
    /// Reads what the charts of a run need. `summary` is the run's: it says which names there are.
    ///
    /// # Errors
    ///
    /// If the run cannot be opened or the store not be reached. Rows that cannot be read are missing here, and named in
    /// the summary's `completeness`.
    pub async fn read(
        store: &DatasetStore,
        run_id: &RunId,
        summary: &Summary,
    ) -> Result<Charts, ReportError> {
        let run = RunReader::open(store, run_id).await?;
        let mut tally = Tally::new(&run, Axis::read(&run).await, summary);
        let tables: [(Table, &[&str]); 4] = [
            (Table::Iterations, ITERATION_COLUMNS),
            (Table::Requests, slowest::COLUMNS),
            (Table::Windows, &WINDOW_COLUMNS),
            (Table::System, SYSTEM_COLUMNS),
        ];
        // What was summed up in seconds is not held up by rows.
        let is_read = |table| table != Table::Requests || summary.source == SummarySource::Rows;
        for (table, columns) in tables.into_iter().filter(|(table, _)| is_read(*table)) {
            read_table(&run, table, columns, &mut tally).await?;
        }
        Ok(tally.finish())
    }
}

async fn read_table(
    run: &RunReader,
    table: Table,
    columns: &[&str],
    tally: &mut Tally,
) -> Result<(), ReportError> {
    let mut reader = run.table(table, Some(columns))?;
    loop {
        match reader.next_batch().await {
            Ok(Some(batch)) => match tally.add(table, &batch) {
                // The summary names the part.
                Err(ReportError::Windows(_)) => {}
                added => added?,
            },
            Ok(None) => return Ok(()),
            Err(_) => {}
        }
    }
}

/// The first of these names, by their weight, the heaviest first.
fn heaviest<T>(all: &[T], most: usize, weight: impl Fn(&T) -> u64) -> Vec<&T> {
    let mut sorted: Vec<&T> = all.iter().collect();
    sorted.sort_by_key(|one| std::cmp::Reverse(weight(one)));
    sorted.truncate(most);
    sorted
}

fn charted(summary: &Summary) -> Vec<SeriesKey> {
    let key = |kind, name: &str, pack: &str| (kind, name.to_owned(), pack.to_owned());
    let requests = heaviest(&summary.requests, MOST_REQUESTS, |request| request.count).into_iter();
    let steps = heaviest(&summary.steps, MOST_STEPS, |step| step.count).into_iter();
    let checks = heaviest(&summary.checks, MOST_CHECKS, |check| check.failed).into_iter();
    requests
        .map(|request| key(WindowKind::Request, &request.name, ""))
        .chain(steps.map(|step| key(WindowKind::Step, &step.name, "")))
        .chain(checks.map(|check| key(WindowKind::Check, &check.name, &check.pack)))
        .collect()
}

impl Tally {
    fn new(run: &RunReader, axis: Axis, summary: &Summary) -> Tally {
        // Windows are seconds of the clock: were slices others, some would hold a second more than their length.
        let from = axis.from.saturating_sub(axis.from.rem_euclid(SECOND_NS));
        let width_ns = round_width_ns(Axis { from, to: axis.to }, WANTED_SLICES);
        let charted = charted(summary);
        let requests = charted.iter().filter(|(kind, ..)| *kind == WindowKind::Request);
        let slowest = Slowest::new(requests.map(|(_, name, _)| name.clone()));
        Tally {
            slices: Buckets::new(from, width_ns, MOST_SLICES),
            index: charted.iter().cloned().zip(0..).collect(),
            charted,
            kinds: Vec::new(),
            slowest,
            load_from: axis.from,
            load_to: axis.to,
            run_start: run.record().started_at.0,
        }
    }

    fn add(&mut self, table: Table, batch: &RecordBatch) -> Result<(), ReportError> {
        let rows = Rows::new(table, batch);
        match table {
            Table::Iterations => self.add_iterations(rows),
            Table::Requests => self.add_requests(rows),
            Table::System => self.add_system(rows),
            _ => {
                windows_from_batch(batch)?.into_iter().for_each(|window| self.add_window(window));
                Ok(())
            }
        }
    }

    fn add_iterations(&mut self, rows: Rows<'_>) -> Result<(), ReportError> {
        let kinds = rows.words("error_kind")?;
        for (row, iteration) in Iteration::all(rows)?.iter().enumerate() {
            self.add_iteration(iteration);
            if iteration.status == IterationStatus::Failed {
                let kind = kinds.get(row).unwrap_or("failed");
                self.count_error(&format!("iteration: {kind}"), iteration.ended_at());
            }
        }
        Ok(())
    }

    fn add_iteration(&mut self, iteration: &Iteration) {
        let Iteration { status, started_at, lateness_ns, .. } = *iteration;
        let due = started_at.saturating_sub_unsigned(lateness_ns);
        self.slices.at(due).scheduled += 1;
        if status == IterationStatus::Dropped {
            self.slices.at(due).dropped += 1;
            return;
        }
        self.slices.at(started_at).started += 1;
        let ended_at = iteration.ended_at();
        self.load_to = self.load_to.max(ended_at);
        self.slices.spread(started_at, ended_at, |slice, inside_ns| slice.busy_ns += inside_ns);
        let ended = self.slices.at(ended_at);
        ended.completed += u64::from(status == IterationStatus::Completed);
        ended.failed += u64::from(status == IterationStatus::Failed);
    }

    fn add_requests(&mut self, rows: Rows<'_>) -> Result<(), ReportError> {
        self.slowest.add(rows, self.run_start)?;
        let (ok, interrupted) = (rows.flags("ok")?, rows.interrupted()?);
        let kinds = rows.words("error_kind")?;
        let started_at = rows.numbers::<TimestampNanosecondType>("started_at")?;
        let durations = rows.numbers::<Int64Type>("duration_ns")?;
        let scenarios = rows.words("scenario")?;
        // What set-up and tear-down do is no user's.
        let is_of_load = |row: &usize| scenarios.get(*row).is_some() && !interrupted(*row);
        for row in (0..rows.len()).filter(is_of_load) {
            let ended_at = started_at.value(row).saturating_add_unsigned(whole(durations.value(row)));
            self.load_to = self.load_to.max(ended_at);
            if ok.is_null(row) || !ok.value(row) {
                self.count_error(kinds.get(row).unwrap_or("failed"), ended_at);
            }
        }
        Ok(())
    }

    fn count_error(&mut self, kind: &str, at: i64) {
        let known = self.kinds.iter().position(|known| known == kind);
        let kind = if known.is_some() || self.kinds.len() < MOST_ERROR_KINDS { kind } else { OTHER_ERRORS };
        let index = self.kinds.iter().position(|known| known == kind).unwrap_or_else(|| {
            self.kinds.push(kind.to_owned());
            self.kinds.len() - 1
        });
        *self.slices.at(at).errors.entry(index).or_default() += 1;
    }

    /// What set-up and tear-down do is no user's, and in no chart, as in the timeline.
    fn add_window(&mut self, window: Window) {
        let Window { started_at, key, totals } = window;
        if key.scenario.is_empty() {
            return;
        }
        let series = (key.kind, key.name.to_string(), key.detail.to_string());
        let slice = self.slices.at(started_at.0);
        if key.kind == WindowKind::Request {
            slice.all_requests.merge(&totals);
        }
        if let Some(index) = self.index.get(&series) {
            slice.series.entry(*index).or_default().merge(&totals);
        }
    }

    fn add_system(&mut self, rows: Rows<'_>) -> Result<(), ReportError> {
        let at = rows.numbers::<TimestampNanosecondType>("started_at")?;
        let (process, machine) =
            (rows.numbers::<Float64Type>("process_cpu")?, rows.numbers::<Float64Type>("machine_cpu")?);
        let (lag, memory) =
            (rows.numbers::<Int64Type>("event_loop_lag_ns")?, rows.numbers::<Int64Type>("memory_bytes")?);
        let others = rows.numbers_if_any::<Float64Type>("others_cpu")?;
        // Rows go on as long as the tear-down takes, which is no load; one speaks of the second before it.
        for row in (0..rows.len()).filter(|row| at.value(*row) <= self.load_to.saturating_add(SECOND_NS)) {
            let others = others.filter(|others| others.is_valid(row)).map(|others| others.value(row));
            let second = at.value(row).saturating_sub(SECOND_NS).max(self.load_from);
            self.slices.at(second.min(self.load_to)).machine.see(&Machine {
                machine_cpu: finite(machine.value(row)),
                process_cpu: finite(process.value(row)),
                others_cpu: others.and_then(finite),
                lag_ms: Some(ms(whole(lag.value(row)) as f64)),
                memory_bytes: Some(whole(memory.value(row)) as f64),
            });
        }
        Ok(())
    }
}

/// What was not measured is not a number.
fn finite(value: f64) -> Option<f64> {
    Some(value).filter(|value| value.is_finite())
}
