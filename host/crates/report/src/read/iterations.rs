//! The table `iterations`: how each one ended, whose fault it was, and how late it started.

use std::collections::BTreeMap;
use std::time::Duration;

use arrow::array::StringArray;
use arrow::datatypes::{Int64Type, TimestampNanosecondType};
use outrider_model::{FailureCause, FailureCounts, IterationStatus, LATE_START, Timestamp};
use outrider_telemetry::{LateStarts, Table};

use super::busy::Busy;
use super::columns::{Rows, Slots, Words, text_of, whole};
use super::errors::ErrorGroups;
use super::messages::Said;
use super::timed::Timed;
use crate::ReportError;
use crate::summary::ErrorSource;

/// The columns that are read.
pub(super) const COLUMNS: &[&str] = &[
    "scenario",
    "started_at",
    "duration_ns",
    "lateness_ns",
    "waited_ns",
    "status",
    "cause",
    "error_kind",
    "error",
    "stack",
];

/// One iteration.
#[derive(Clone, Copy, Debug)]
pub(super) struct Iteration {
    pub(super) status: IterationStatus,
    /// In nanoseconds since 1970; of a dropped one, when it was scheduled.
    pub(super) started_at: i64,
    pub(super) duration_ns: u64,
    pub(super) lateness_ns: u64,
    /// What of its lateness it waited for a busy VU. Datasets of earlier versions do not tell it.
    pub(super) waited_ns: Option<u64>,
}

impl Iteration {
    /// The iterations of a batch, one for each row.
    pub(super) fn all(rows: Rows<'_>) -> Result<Vec<Iteration>, ReportError> {
        let statuses = rows.words("status")?.resolve(status_from);
        let started_at = rows.numbers::<TimestampNanosecondType>("started_at")?;
        let durations = rows.numbers::<Int64Type>("duration_ns")?;
        let lateness = rows.numbers::<Int64Type>("lateness_ns")?;
        let waited = rows.numbers_if_any::<Int64Type>("waited_ns")?;
        let one = |row| {
            let status = statuses.get(row).flatten();
            Ok(Iteration {
                status: status.ok_or(ReportError::Column { table: Table::Iterations, column: "status" })?,
                started_at: started_at.value(row),
                // Only a dropped iteration has no duration: its value is zero then.
                duration_ns: whole(durations.value(row)),
                lateness_ns: whole(lateness.value(row)),
                waited_ns: waited.map(|waited| whole(waited.value(row))),
            })
        };
        (0..rows.len()).map(one).collect()
    }

    /// When it ended, in nanoseconds since 1970.
    pub(super) fn ended_at(&self) -> i64 {
        self.started_at.saturating_add_unsigned(self.duration_ns)
    }
}

/// Whether so much is no tick of a timer.
fn is_late(lateness_ns: u64) -> bool {
    u128::from(lateness_ns) > LATE_START.as_nanos()
}

/// Iterations of one worker by how they ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Endings {
    pub(super) completed: u64,
    pub(super) failed: u64,
    pub(super) interrupted: u64,
    pub(super) dropped: u64,
}

impl Endings {
    pub(super) fn started(&self) -> u64 {
        self.completed + self.failed + self.interrupted
    }

    fn add(&mut self, status: IterationStatus) {
        match status {
            IterationStatus::Completed => self.completed += 1,
            IterationStatus::Failed => self.failed += 1,
            IterationStatus::Interrupted => self.interrupted += 1,
            IterationStatus::Dropped => self.dropped += 1,
        }
    }
}

/// Iterations that waited for a busy VU.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Waits {
    pub(super) count: u64,
    pub(super) worst_ns: u64,
}

impl Waits {
    /// What is not longer than a late start is a timer's tick, within which one VU after the other gets free.
    pub(super) fn add(&mut self, waited_ns: u64) {
        self.count += u64::from(is_late(waited_ns));
        self.worst_ns = self.worst_ns.max(waited_ns);
    }
}

/// The iterations of one worker.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct WorkerIterations {
    pub(super) endings: Endings,
    pub(super) starts: LateStarts,
}

/// All iterations.
#[derive(Debug, Default)]
pub(super) struct Iterations {
    pub(super) workers: BTreeMap<u32, WorkerIterations>,
    pub(super) by_cause: FailureCounts,
    /// Dropped ones that say why: what they need was missing. The others found no VU.
    pub(super) dropped_without_data: u64,
    /// Those that completed or failed: only they have a full duration.
    pub(super) timed: Timed,
    /// The same from their scheduled times.
    pub(super) corrected: Timed,
    pub(super) waits: Waits,
    /// Each scenario, as far as its VUs were too few.
    pub(super) scenarios: Slots<Busy>,
    /// When the first one was scheduled, in nanoseconds since 1970.
    pub(super) first_at: Option<i64>,
    /// When the last one ended, in nanoseconds since 1970.
    pub(super) last_end: Option<i64>,
}

impl Iterations {
    /// Counts a batch of rows, which say these iterations.
    pub(super) fn add(
        &mut self,
        worker: u32,
        rows: Rows<'_>,
        iterations: &[Iteration],
        errors: &mut ErrorGroups,
    ) -> Result<(), ReportError> {
        let failures = Failures::of(rows)?;
        let slots = failures.scenarios.resolve(|scenario| self.scenarios.slot(scenario));
        for (row, iteration) in iterations.iter().enumerate() {
            self.add_one(worker, *iteration);
            if iteration.status == IterationStatus::Failed {
                failures.add(row, &mut self.by_cause, errors);
            }
            let is_dropped = iteration.status == IterationStatus::Dropped;
            let is_without_data = is_dropped && failures.kinds.get(row).is_some();
            self.dropped_without_data += u64::from(is_without_data);
            if let Some(slot) = slots.get(row) {
                self.scenarios.slots[slot].1.add(iteration, is_without_data);
            }
        }
        Ok(())
    }

    fn add_one(&mut self, worker: u32, iteration: Iteration) {
        let Iteration { status, started_at: start, duration_ns: duration, lateness_ns: late, waited_ns } =
            iteration;
        let scheduled_at = start.saturating_sub_unsigned(late);
        self.first_at = Some(self.first_at.map_or(scheduled_at, |first| first.min(scheduled_at)));
        self.last_end = self.last_end.max(Some(start.saturating_add_unsigned(duration)));
        let own = self.workers.entry(worker).or_default();
        own.endings.add(status);
        match status {
            IterationStatus::Completed | IterationStatus::Failed => {
                let ok = status == IterationStatus::Completed;
                self.timed.add(start, duration, ok);
                // The windows of a dataset that does not tell the two apart have no corrected sketches either.
                let late = waited_ns.map_or(0, |_| late);
                self.corrected.add(start.saturating_sub_unsigned(late), duration.saturating_add(late), ok);
            }
            IterationStatus::Interrupted => {}
            IterationStatus::Dropped => return,
        }
        let waited = waited_ns.unwrap_or(0);
        self.waits.add(waited);
        own.starts.add(Timestamp(start), Duration::from_nanos(late.saturating_sub(waited)));
    }

    /// How they ended, over all workers.
    pub(super) fn endings(&self) -> Endings {
        let mut all = Endings::default();
        for worker in self.workers.values() {
            let Endings { completed, failed, interrupted, dropped } = worker.endings;
            all.completed += completed;
            all.failed += failed;
            all.interrupted += interrupted;
            all.dropped += dropped;
        }
        all
    }
}

fn status_from(word: &str) -> Option<IterationStatus> {
    IterationStatus::ALL.into_iter().find(|status| status.as_str() == word)
}

/// The columns that say why an iteration failed.
struct Failures<'a> {
    scenarios: Words<'a>,
    causes: Words<'a>,
    kinds: Words<'a>,
    messages: &'a StringArray,
    /// Datasets of earlier versions have none.
    stacks: Option<&'a StringArray>,
}

impl<'a> Failures<'a> {
    fn of(rows: Rows<'a>) -> Result<Failures<'a>, ReportError> {
        Ok(Failures {
            scenarios: rows.words("scenario")?,
            causes: rows.words("cause")?,
            kinds: rows.words("error_kind")?,
            messages: rows.text("error")?,
            stacks: rows.text_if_any("stack")?,
        })
    }

    fn add(&self, row: usize, by_cause: &mut FailureCounts, errors: &mut ErrorGroups) {
        let cause = match self.causes.get(row) {
            Some("plugin") => FailureCause::Plugin,
            Some("generator") => FailureCause::Generator,
            // A failure without a cause is the target's: the journey said no more than that it failed.
            _ => FailureCause::Target,
        };
        by_cause.add(cause);
        let kind = self.kinds.get(row).unwrap_or("failed");
        let message = text_of(self.messages, row).unwrap_or_default();
        let said = Said { message, stack: self.stacks.and_then(|stacks| text_of(stacks, row)) };
        errors.add(cause, ErrorSource::Iteration, kind, self.scenarios.word(row), said);
    }
}
