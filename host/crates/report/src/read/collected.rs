//! Everything that is taken from the rows of a run, as it grows: bounded by the number of names, VUs and
//! intervals, not of rows.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::RecordBatch;
use outrider_storage::PartName;
use outrider_telemetry::{Table, WINDOW_COLUMNS, Window, WindowKey, WindowKind, windows_from_batch};

use super::buckets::Axis;
use super::checks::{self, Checks};
use super::columns::Rows;
use super::errors::ErrorGroups;
use super::iterations::{self, Iteration, Iterations};
use super::requests::{self, Requests};
use super::statistics::StatisticsTally;
use super::steps::{self, Steps};
use super::system::{self, System};
use super::timeline::TimelineTally;
use super::windows::MergedWindows;
use crate::ReportError;
use crate::summary::SummarySource;

/// What was taken from the rows.
#[derive(Debug)]
pub(super) struct Collected {
    pub(super) source: SummarySource,
    pub(super) requests: Requests,
    pub(super) steps: Steps,
    pub(super) iterations: Iterations,
    pub(super) checks: Checks,
    pub(super) system: System,
    pub(super) windows: MergedWindows,
    pub(super) errors: ErrorGroups,
    pub(super) statistics: StatisticsTally,
    pub(super) timeline: TimelineTally,
    /// Rows that were found.
    pub(super) rows: BTreeMap<Table, u64>,
}

/// Which columns of a table a report reads.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wanted {
    /// These.
    Columns(&'static [&'static str]),
    /// None: what a report says of them is in the windows.
    Nothing,
}

impl Wanted {
    pub(super) fn of(table: Table, source: SummarySource) -> Wanted {
        match table {
            Table::Steps | Table::Requests | Table::Checks if source == SummarySource::Windows => {
                Wanted::Nothing
            }
            Table::Iterations => Wanted::Columns(iterations::COLUMNS),
            Table::Steps => Wanted::Columns(steps::COLUMNS),
            Table::Requests => Wanted::Columns(requests::COLUMNS),
            Table::Checks => Wanted::Columns(checks::COLUMNS),
            Table::System => Wanted::Columns(system::COLUMNS),
            Table::Windows => Wanted::Columns(&WINDOW_COLUMNS),
            Table::Metrics | Table::Logs => Wanted::Nothing,
        }
    }
}

impl Collected {
    /// Nothing yet, of a load that was then.
    pub(super) fn new(axis: Axis, source: SummarySource) -> Collected {
        Collected {
            source,
            requests: Requests::default(),
            steps: Steps::default(),
            iterations: Iterations::default(),
            checks: Checks::default(),
            system: System::default(),
            windows: MergedWindows::default(),
            errors: ErrorGroups::default(),
            statistics: StatisticsTally::new(axis),
            timeline: TimelineTally::new(axis),
            rows: BTreeMap::new(),
        }
    }

    /// Takes a batch of a part.
    pub(super) fn add(&mut self, part: &PartName, batch: &RecordBatch) -> Result<(), ReportError> {
        let (table, worker) = (part.table, part.worker);
        let rows = Rows::new(table, batch);
        match table {
            Table::Iterations => self.add_iterations(worker, rows)?,
            Table::Steps => self.steps.add(rows)?,
            Table::Requests => {
                self.requests.add(rows, &mut self.errors)?;
                self.statistics.add_requests(rows)?;
                self.timeline.add_requests(rows)?;
            }
            Table::Checks => self.checks.add(rows, part)?,
            Table::System => self.system.add(worker, rows)?,
            Table::Windows => self.add_windows(windows_from_batch(batch)?),
            Table::Metrics | Table::Logs => {}
        }
        self.count(table, batch.num_rows() as u64);
        Ok(())
    }

    fn add_iterations(&mut self, worker: u32, rows: Rows<'_>) -> Result<(), ReportError> {
        let iterations = Iteration::all(rows)?;
        self.iterations.add(worker, rows, &iterations, &mut self.errors)?;
        self.statistics.add_sessions(&iterations);
        self.timeline.add_iterations(rows, &iterations)
    }

    /// Windows are read after the tables that they sum up: which names there are is known, or they say it.
    fn add_windows(&mut self, windows: Vec<Window>) {
        if self.source == SummarySource::Windows {
            windows.iter().for_each(|window| self.add_as_rows(window));
        }
        let (requests, steps) = (&self.requests.names, &self.steps.names);
        let is_known = |key: &WindowKey| match key.kind {
            WindowKind::Request => requests.has(&key.name),
            WindowKind::Step => steps.has(&key.name),
            _ => true,
        };
        windows.into_iter().for_each(|window| self.windows.add(window, is_known));
    }

    /// Takes from a window what the rows that it sums up would have said.
    fn add_as_rows(&mut self, window: &Window) {
        let Window { key, totals, .. } = window;
        match key.kind {
            WindowKind::Request => {
                self.requests.add_window(window);
                self.statistics.add_window(window);
                self.timeline.add_window(window);
            }
            WindowKind::Step => self.steps.add_window(window),
            WindowKind::Check => self.checks.add_totals(&key.detail, &key.name, totals),
            WindowKind::Iteration | WindowKind::Metric => {}
        }
    }

    /// Counts rows that were not looked at.
    pub(super) fn count(&mut self, table: Table, rows: u64) {
        *self.rows.entry(table).or_default() += rows;
    }

    /// The parts in which failed checks without an example failed first.
    pub(super) fn parts_with_examples(&self) -> BTreeSet<PartName> {
        self.checks.parts_with_examples()
    }

    /// Takes examples of failed checks from a batch with the columns for that.
    pub(super) fn add_examples(&mut self, batch: &RecordBatch) -> Result<(), ReportError> {
        self.checks.add_examples(Rows::new(Table::Checks, batch))
    }

    /// When the last thing happened that was kept, in nanoseconds since 1970.
    pub(super) fn last_end(&self) -> Option<i64> {
        let requests = self.requests.names.slots.iter().map(|(_, tally)| tally.timed.last_end).max();
        let steps = self.steps.names.slots.iter().map(|(_, tally)| tally.timed.last_end).max();
        let rows =
            [requests, steps, self.iterations.last_end, self.system.last_at].into_iter().flatten().max();
        // Windows end with their second, which overstates: they are asked only if there is nothing else.
        rows.or(self.windows.last_end)
    }
}
