//! The table `steps`: exact counts, sums and extremes by name.

use arrow::datatypes::{Int64Type, TimestampNanosecondType};
use outrider_telemetry::Window;

use super::columns::{Rows, Slots, kept_text, text_of, whole};
use super::timed::Timed;
use crate::ReportError;

/// The columns that are read.
pub(super) const COLUMNS: &[&str] = &["name", "started_at", "duration_ns", "ok", "error", "interrupted"];

/// What is known of the steps of one name.
#[derive(Debug, Default)]
pub(super) struct StepTally {
    pub(super) timed: Timed,
    pub(super) error: Option<String>,
}

/// All steps by name.
#[derive(Debug, Default)]
pub(super) struct Steps {
    pub(super) names: Slots<StepTally>,
}

impl Steps {
    pub(super) fn add(&mut self, rows: Rows<'_>) -> Result<(), ReportError> {
        let slots = rows.words("name")?.resolve(|name| self.names.slot(name));
        let started_at = rows.numbers::<TimestampNanosecondType>("started_at")?;
        let durations = rows.numbers::<Int64Type>("duration_ns")?;
        let (ok, interrupted) = (rows.flags("ok")?, rows.interrupted()?);
        let errors = rows.text("error")?;
        for row in 0..rows.len() {
            let Some(slot) = slots.get(row) else { continue };
            let (_, tally) = &mut self.names.slots[slot];
            let (start, duration) = (started_at.value(row), whole(durations.value(row)));
            if interrupted(row) {
                tally.timed.add_interrupted(start, duration);
                continue;
            }
            tally.timed.add(start, duration, ok.value(row));
            if tally.error.is_none() {
                tally.error = text_of(errors, row).map(kept_text);
            }
        }
        Ok(())
    }

    /// Counts the steps of one second.
    pub(super) fn add_window(&mut self, window: &Window) {
        let slot = self.names.slot(&window.key.name);
        self.names.slots[slot].1.timed.add_window(window);
    }
}
