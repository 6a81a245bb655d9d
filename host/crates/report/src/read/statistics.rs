//! Statistics of Tsung's kinds, from the rows of `requests` and `iterations` as they come.
//!
//! Set-up and tear-down are no user's: their rows, which have no scenario, are left out.

use std::collections::BTreeMap;

use arrow::array::Array;
use arrow::datatypes::{Int64Type, TimestampNanosecondType, UInt16Type, UInt32Type};
use outrider_model::IterationStatus;
use outrider_telemetry::Window;

use super::buckets::{Axis, Buckets, Join};
use super::columns::{Rows, whole};
use super::iterations::Iteration;
use super::pages::{Exchange, Pages};
use super::series::{Series, highest_rate, intervals};
use super::timeline::last_moment;
use crate::ReportError;
use crate::summary::{IterationTotals, Statistics, StatusStatistics, Throughput, UserStatistics};

/// Bytes of one interval.
#[derive(Clone, Copy, Debug, Default)]
struct Bytes {
    sent: u64,
    received: u64,
}

impl Join for Bytes {
    fn join(&mut self, next: Bytes) {
        self.sent += next.sent;
        self.received += next.received;
    }
}

/// What the statistics are made from.
#[derive(Debug)]
pub(super) struct StatisticsTally {
    axis: Axis,
    connect: Series,
    request: Series,
    pages: Pages,
    session: Series,
    statuses: BTreeMap<u16, Buckets<u64>>,
    no_answer: Buckets<u64>,
    bytes: Buckets<Bytes>,
}

impl StatisticsTally {
    pub(super) fn new(axis: Axis) -> StatisticsTally {
        StatisticsTally {
            axis,
            connect: Series::new(axis),
            request: Series::new(axis),
            pages: Pages::new(axis),
            session: Series::new(axis),
            statuses: BTreeMap::new(),
            no_answer: intervals(axis),
            bytes: intervals(axis),
        }
    }

    /// Takes those that completed or failed: only they have a full duration.
    pub(super) fn add_sessions(&mut self, iterations: &[Iteration]) {
        for iteration in iterations {
            if matches!(iteration.status, IterationStatus::Completed | IterationStatus::Failed) {
                self.session.add(iteration.ended_at(), iteration.duration_ns);
            }
        }
    }

    pub(super) fn add_requests(&mut self, rows: Rows<'_>) -> Result<(), ReportError> {
        let scenarios = rows.words("scenario")?;
        let started_at = rows.numbers::<TimestampNanosecondType>("started_at")?;
        let durations = rows.numbers::<Int64Type>("duration_ns")?;
        let statuses = rows.numbers::<UInt16Type>("status")?;
        let bytes = [rows.numbers::<Int64Type>("bytes_sent")?, rows.numbers::<Int64Type>("bytes_received")?];
        let interrupted = rows.interrupted()?;
        for row in (0..rows.len()).filter(|row| scenarios.get(*row).is_some()) {
            let duration = whole(durations.value(row));
            let ended_at = started_at.value(row).saturating_add_unsigned(duration);
            if !interrupted(row) {
                self.request.add(ended_at, duration);
                let status = statuses.is_valid(row).then(|| statuses.value(row));
                self.add_answer(ended_at, status);
            }
            let [sent, received] = bytes.map(|column| whole(column.value(row)));
            self.bytes.at(ended_at).join(Bytes { sent, received });
        }
        self.add_connections(rows)?;
        self.add_pages(rows)
    }

    /// Takes the bytes of one second: the rest is known of rows alone.
    pub(super) fn add_window(&mut self, window: &Window) {
        if let Some(request) = window.totals.request.filter(|_| !window.key.scenario.is_empty()) {
            let (sent, received) = (request.bytes_sent, request.bytes_received);
            self.bytes.at(last_moment(window)).join(Bytes { sent, received });
        }
    }

    fn add_answer(&mut self, ended_at: i64, status: Option<u16>) {
        let buckets = match status {
            Some(status) => self.statuses.entry(status).or_insert_with(|| intervals(self.axis)),
            None => &mut self.no_answer,
        };
        *buckets.at(ended_at) += 1;
    }

    /// New connections that came to be: the time of name, connection and TLS together.
    fn add_connections(&mut self, rows: Rows<'_>) -> Result<(), ReportError> {
        let (scenarios, protocols) = (rows.words("scenario")?, rows.words("protocol")?);
        let reused = rows.flags("connection_reused")?;
        let started_at = rows.numbers::<TimestampNanosecondType>("started_at")?;
        let phases = ["dns_ns", "connect_ns", "tls_ns"].map(|phase| rows.numbers::<Int64Type>(phase));
        let [dns, connect, tls] = phases;
        let phases = [dns?, connect?, tls?];
        for row in 0..rows.len() {
            if !reused.value(row) && protocols.get(row).is_some() && scenarios.get(row).is_some() {
                let duration = phases.iter().map(|phase| whole(phase.value(row))).sum();
                self.connect.add(started_at.value(row).saturating_add_unsigned(duration), duration);
            }
        }
        Ok(())
    }

    fn add_pages(&mut self, rows: Rows<'_>) -> Result<(), ReportError> {
        let scenarios = rows.words("scenario")?;
        let (vus, iterations) = (rows.numbers::<UInt32Type>("vu")?, rows.numbers::<Int64Type>("iteration")?);
        let started_at = rows.numbers::<TimestampNanosecondType>("started_at")?;
        let (durations, blocked) =
            (rows.numbers::<Int64Type>("duration_ns")?, rows.numbers::<Int64Type>("blocked_ns")?);
        let interrupted = rows.interrupted()?;
        let counts = |row: &usize| scenarios.get(*row).is_some() && vus.is_valid(*row) && !interrupted(*row);
        for row in (0..rows.len()).filter(counts) {
            let at = started_at.value(row);
            self.pages.add(Exchange {
                vu: vus.value(row),
                iteration: iterations.value(row),
                // Waiting for a free connection of its own is no thinking.
                asked_at: at.saturating_sub(blocked.value(row).max(0)),
                ended_at: at.saturating_add(durations.value(row).max(0)),
            });
        }
        Ok(())
    }

    /// The statistics of a load that lasted so long.
    pub(super) fn finish(
        &mut self,
        load_ns: u64,
        users: &IterationTotals,
        simultaneous: Option<u64>,
    ) -> Statistics {
        self.pages.close();
        let width_ns = self.even_out();
        Statistics {
            interval_s: width_ns.unsigned_abs() / 1_000_000_000,
            connect: self.connect.finish(load_ns),
            request: self.request.finish(load_ns),
            page: self.pages.finish(load_ns),
            session: self.session.finish(load_ns),
            status_codes: self.status_codes(load_ns),
            sent: throughput(&self.bytes, load_ns, |bytes| bytes.sent),
            received: throughput(&self.bytes, load_ns, |bytes| bytes.received),
            users: UserStatistics {
                highest_simultaneous: simultaneous,
                started: users.started,
                finished: users.completed,
                failed: users.failed,
                interrupted: users.interrupted,
                dropped: users.dropped,
            },
        }
    }

    /// Makes all intervals as long as the longest ones are.
    fn even_out(&mut self) -> i64 {
        let series = [&mut self.connect, &mut self.request, &mut self.session, self.pages.series()];
        let counts = self.statuses.values_mut().chain([&mut self.no_answer]);
        let counts: Vec<&mut Buckets<u64>> = counts.collect();
        let widths = series.iter().map(|one| one.width_ns()).chain(counts.iter().map(|one| one.width_ns()));
        let widest = widths.fold(self.bytes.width_ns(), i64::max);
        series.into_iter().for_each(|one| one.widen_to(widest));
        counts.into_iter().for_each(|one| one.widen_to(widest));
        self.bytes.widen_to(widest);
        widest
    }

    /// By status, ascending; no answer at the end.
    fn status_codes(&self, load_ns: u64) -> Vec<StatusStatistics> {
        let answered = self.statuses.iter().map(|(status, counts)| (Some(*status), counts));
        let all = answered.chain([(None, &self.no_answer)]);
        let all = all.map(|(status, counts)| StatusStatistics {
            status,
            count: counts.all().iter().sum(),
            highest_rate_per_s: highest_rate(counts, load_ns, |count| *count as f64),
        });
        all.filter(|status| status.count > 0).collect()
    }
}

fn throughput(bytes: &Buckets<Bytes>, load_ns: u64, part: fn(&Bytes) -> u64) -> Throughput {
    let total_bytes: u64 = bytes.all().iter().map(part).sum();
    Throughput {
        total_bytes,
        mean_bytes_per_s: (load_ns > 0).then(|| total_bytes as f64 * 1e9 / load_ns as f64),
        highest_bytes_per_s: highest_rate(bytes, load_ns, |interval| part(interval) as f64),
    }
}
