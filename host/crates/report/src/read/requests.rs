//! The table `requests`: exact counts, sums and extremes by name, status codes, failures.

use std::collections::BTreeMap;

use arrow::array::{Array, Int64Array};
use arrow::datatypes::{Int64Type, TimestampNanosecondType, UInt16Type};
use outrider_model::FailureCause;
use outrider_telemetry::Window;

use super::columns::{Rows, Slots, ms, text_of, whole};
use super::errors::ErrorGroups;
use super::messages::Said;
use super::timed::Timed;
use crate::ReportError;
use crate::summary::{ErrorSource, PhaseMeans, StatusCount};

/// The columns that are read.
pub(super) const COLUMNS: &[&str] = &[
    "scenario",
    "vu",
    "iteration",
    "name",
    "started_at",
    "duration_ns",
    "ok",
    "error",
    "error_kind",
    "status",
    "protocol",
    "connection_reused",
    "blocked_ns",
    "dns_ns",
    "connect_ns",
    "tls_ns",
    "send_ns",
    "wait_ns",
    "receive_ns",
    "lateness_ns",
    "bytes_sent",
    "bytes_received",
    "interrupted",
];

const PHASES: [&str; 7] =
    ["blocked_ns", "dns_ns", "connect_ns", "tls_ns", "send_ns", "wait_ns", "receive_ns"];

/// What is known of the exchanges of one name.
#[derive(Clone, Debug, Default)]
pub(super) struct RequestTally {
    pub(super) timed: Timed,
    /// From the time at which the schedule wanted them.
    pub(super) corrected: Timed,
    pub(super) bytes_sent: u64,
    pub(super) bytes_received: u64,
    /// The sum of each; none where no row was read.
    phases_ns: Option<[u64; PHASES.len()]>,
    /// Whether something was late by windows, which have no extremes of corrected durations.
    has_late_windows: bool,
}

impl RequestTally {
    /// Adds what is known of other exchanges.
    pub(super) fn merge(&mut self, other: &RequestTally) {
        self.timed.merge(&other.timed);
        self.corrected.merge(&other.corrected);
        self.bytes_sent += other.bytes_sent;
        self.bytes_received += other.bytes_received;
        self.has_late_windows |= other.has_late_windows;
        if let Some(phases) = &other.phases_ns {
            self.add_phases(phases);
        }
    }

    fn add_phases(&mut self, more: &[u64; PHASES.len()]) {
        let sums = self.phases_ns.get_or_insert_default();
        sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
    }

    fn add_window(&mut self, window: &Window) {
        let Window { totals, .. } = window;
        self.timed.add_window(window);
        self.corrected.add_window(window);
        self.has_late_windows |= totals.corrected.is_some();
        let request = totals.request.unwrap_or_default();
        self.bytes_sent += request.bytes_sent;
        self.bytes_received += request.bytes_received;
    }

    /// Durations from the schedule; none where only windows know that they are others.
    pub(super) fn corrected(&self) -> Option<&Timed> {
        (!self.has_late_windows).then_some(&self.corrected)
    }

    /// The mean of each phase.
    pub(super) fn phase_means(&self) -> Option<PhaseMeans> {
        let count = self.timed.count as f64;
        let [blocked, dns, connect, tls, send, wait, receive] =
            self.phases_ns?.map(|sum| ms(sum as f64 / count));
        (self.timed.count > 0).then_some(PhaseMeans { blocked, dns, connect, tls, send, wait, receive })
    }
}

/// All exchanges by name.
#[derive(Debug, Default)]
pub(super) struct Requests {
    pub(super) names: Slots<RequestTally>,
    statuses: BTreeMap<u16, u64>,
    no_answer: u64,
}

impl Requests {
    pub(super) fn add(&mut self, rows: Rows<'_>, errors: &mut ErrorGroups) -> Result<(), ReportError> {
        self.add_tallies(rows)?;
        self.add_statuses(rows)?;
        add_errors(rows, errors)
    }

    /// Counts the exchanges of one second.
    pub(super) fn add_window(&mut self, window: &Window) {
        let slot = self.names.slot(&window.key.name);
        self.names.slots[slot].1.add_window(window);
    }

    fn add_tallies(&mut self, rows: Rows<'_>) -> Result<(), ReportError> {
        let slots = rows.words("name")?.resolve(|name| self.names.slot(name));
        let started_at = rows.numbers::<TimestampNanosecondType>("started_at")?;
        let durations = rows.numbers::<Int64Type>("duration_ns")?;
        let (ok, interrupted) = (rows.flags("ok")?, rows.interrupted()?);
        let lateness = rows.numbers_if_any::<Int64Type>("lateness_ns")?;
        let sent = rows.numbers::<Int64Type>("bytes_sent")?;
        let received = rows.numbers::<Int64Type>("bytes_received")?;
        let phases =
            PHASES.iter().map(|phase| rows.numbers(phase)).collect::<Result<Vec<&Int64Array>, _>>()?;
        for row in 0..rows.len() {
            let Some(slot) = slots.get(row) else { continue };
            let (_, tally) = &mut self.names.slots[slot];
            let (start, duration) = (started_at.value(row), whole(durations.value(row)));
            tally.bytes_sent += whole(sent.value(row));
            tally.bytes_received += whole(received.value(row));
            if interrupted(row) {
                tally.timed.add_interrupted(start, duration);
                continue;
            }
            let late = lateness.map_or(0, |lateness| whole(lateness.value(row)));
            tally.timed.add(start, duration, ok.value(row));
            let due = start.saturating_sub_unsigned(late);
            tally.corrected.add(due, duration.saturating_add(late), ok.value(row));
            tally.add_phases(&std::array::from_fn(|phase| whole(phases[phase].value(row))));
        }
        Ok(())
    }

    fn add_statuses(&mut self, rows: Rows<'_>) -> Result<(), ReportError> {
        let interrupted = rows.interrupted()?;
        for (row, status) in rows.numbers::<UInt16Type>("status")?.iter().enumerate() {
            match status {
                _ if interrupted(row) => {}
                Some(status) => *self.statuses.entry(status).or_default() += 1,
                None => self.no_answer += 1,
            }
        }
        Ok(())
    }

    /// How often each status was answered, ascending; no answer at the end.
    pub(super) fn status_codes(&self) -> Vec<StatusCount> {
        let answered =
            self.statuses.iter().map(|(status, count)| StatusCount { status: Some(*status), count: *count });
        let silent = StatusCount { status: None, count: self.no_answer };
        answered.chain((self.no_answer > 0).then_some(silent)).collect()
    }
}

/// Groups the exchanges that failed.
fn add_errors(rows: Rows<'_>, errors: &mut ErrorGroups) -> Result<(), ReportError> {
    let (ok, interrupted) = (rows.flags("ok")?, rows.interrupted()?);
    let (names, kinds) = (rows.words("name")?, rows.words("error_kind")?);
    let messages = rows.text("error")?;
    for row in (0..rows.len()).filter(|row| !interrupted(*row) && (ok.is_null(*row) || !ok.value(*row))) {
        let kind = kinds.get(row).unwrap_or("failed");
        errors.add(
            FailureCause::of_request(kind),
            ErrorSource::Request,
            kind,
            names.word(row),
            Said::message(text_of(messages, row)),
        );
    }
    Ok(())
}
