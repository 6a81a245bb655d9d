//! Builders that turn samples and windows into record batches, one per table.
//!
//! A builder's columns are in the order of its table's schema; making the batch compares both, and a
//! test does it for every table. Batches are bounded in rows and in bytes of free text, so that what
//! waits in builders is bounded too.

mod columns;
mod derived;
mod journey;
mod rows;
mod words;

use std::fmt;

use arrow::array::{ArrayRef, RecordBatch};
use outrider_model::{RunId, Sample, Timestamp};

use crate::{Table, Window, Windows};
use derived::{SystemRows, WindowRows};
use rows::{CheckRows, IterationRows, LogRows, MetricRows, RequestRows, StepRows};

/// 8,192 rows, the batch size of DataFusion: large enough that handing a batch over costs nothing per
/// row, small enough (some 2 MB of requests) to stay near the cache.
pub const DEFAULT_BATCH_ROWS: usize = 8_192;

/// 4 MiB of free text (URLs, errors, log lines): with long log lines a batch ends here, before its
/// number of rows does.
pub const DEFAULT_BATCH_BYTES: usize = 4 << 20;

/// Whose rows these are: the columns that are the same in every row.
#[derive(Clone, Debug)]
pub struct BatchOrigin {
    /// The run.
    pub run_id: RunId,
    /// Where this worker runs, as the platform names it; `None` on this machine.
    pub region: Option<String>,
}

/// The builders of all tables.
pub struct BatchBuilders {
    origin: BatchOrigin,
    iterations: IterationRows,
    steps: StepRows,
    requests: RequestRows,
    checks: CheckRows,
    metrics: MetricRows,
    logs: LogRows,
    windows: WindowRows,
    system: SystemRows,
}

/// What all builders have in common.
trait TableRows {
    /// Rows that wait.
    fn len(&self) -> usize;
    /// Bytes of free text that wait.
    fn text_bytes(&self) -> usize;
    /// The table's columns after `run_id` and `region`, in order; the builder is empty afterwards.
    fn finish(&mut self) -> Vec<ArrayRef>;
}

impl BatchBuilders {
    /// Empty builders.
    pub fn new(origin: BatchOrigin) -> BatchBuilders {
        BatchBuilders {
            origin,
            iterations: IterationRows::new(),
            steps: StepRows::new(),
            requests: RequestRows::new(),
            checks: CheckRows::new(),
            metrics: MetricRows::new(),
            logs: LogRows::new(),
            windows: WindowRows::new(),
            system: SystemRows::new(),
        }
    }

    /// Appends a sample's row to its table, and says which one that is.
    pub fn append(&mut self, sample: &Sample) -> Table {
        match sample {
            Sample::Iteration(sample) => {
                self.iterations.append(sample);
                Table::Iterations
            }
            Sample::Step(sample) => {
                self.steps.append(sample);
                Table::Steps
            }
            Sample::Request(sample) => {
                self.requests.append(sample);
                Table::Requests
            }
            Sample::Check(sample) => {
                self.checks.append(sample);
                Table::Checks
            }
            Sample::Metric(sample) => {
                self.metrics.append(sample);
                Table::Metrics
            }
            Sample::Log(sample) => {
                self.logs.append(sample);
                Table::Logs
            }
            Sample::System(sample) => {
                self.system.append(sample);
                Table::System
            }
        }
    }

    /// Appends a row to the table `windows`.
    pub fn append_window(&mut self, window: &Window) {
        self.windows.append(window.started_at, &window.key, &window.totals);
    }

    /// The windows of a second that is not closed yet, as rows of the table `windows`, in which they stay out.
    pub(crate) fn open_second(&self, windows: &Windows, started_at: Timestamp) -> RecordBatch {
        let open = windows.in_second(started_at);
        let mut rows = WindowRows::new();
        open.iter().for_each(|(key, totals)| rows.append(started_at, key, totals));
        self.batch(Table::Windows, open.len(), rows.finish())
    }

    /// Whether the table's builder has reached a bound, so that its batch should be finished.
    pub fn is_full(&self, table: Table) -> bool {
        let rows = self.rows(table);
        rows.len() >= DEFAULT_BATCH_ROWS || rows.text_bytes() >= DEFAULT_BATCH_BYTES
    }

    /// Takes the table's rows as a batch; `None` if there are none.
    pub fn finish(&mut self, table: Table) -> Option<RecordBatch> {
        let length = self.rows(table).len();
        if length == 0 {
            return None;
        }
        let columns = self.rows_mut(table).finish();
        Some(self.batch(table, length, columns))
    }

    fn batch(&self, table: Table, length: usize, own: Vec<ArrayRef>) -> RecordBatch {
        let mut arrays = vec![
            columns::constant(Some(self.origin.run_id.as_str()), length),
            columns::constant(self.origin.region.as_deref(), length),
        ];
        arrays.extend(own);
        let batch = RecordBatch::try_new(table.schema(), arrays);
        batch.expect("builders follow their schema; a test covers each table")
    }

    fn rows(&self, table: Table) -> &dyn TableRows {
        match table {
            Table::Iterations => &self.iterations,
            Table::Steps => &self.steps,
            Table::Requests => &self.requests,
            Table::Checks => &self.checks,
            Table::Metrics => &self.metrics,
            Table::Logs => &self.logs,
            Table::Windows => &self.windows,
            Table::System => &self.system,
        }
    }

    fn rows_mut(&mut self, table: Table) -> &mut dyn TableRows {
        match table {
            Table::Iterations => &mut self.iterations,
            Table::Steps => &mut self.steps,
            Table::Requests => &mut self.requests,
            Table::Checks => &mut self.checks,
            Table::Metrics => &mut self.metrics,
            Table::Logs => &mut self.logs,
            Table::Windows => &mut self.windows,
            Table::System => &mut self.system,
        }
    }
}

impl fmt::Debug for BatchBuilders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(Table::ALL.map(|table| (table, self.rows(table).len()))).finish()
    }
}

#[cfg(test)]
mod tests;
