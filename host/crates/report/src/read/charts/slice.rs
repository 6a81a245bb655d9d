//! What one slice of time holds.

use std::collections::BTreeMap;

use outrider_telemetry::WindowTotals;

use crate::read::buckets::Join;

/// One slice of time.
#[derive(Debug, Default)]
pub(super) struct Slice {
    pub(super) scheduled: u64,
    pub(super) started: u64,
    pub(super) completed: u64,
    pub(super) failed: u64,
    pub(super) dropped: u64,
    /// The time that all VUs together ran iterations in it.
    pub(super) busy_ns: u64,
    pub(super) all_requests: WindowTotals,
    /// By the index of what is charted.
    pub(super) series: BTreeMap<usize, WindowTotals>,
    /// By the index of the kind.
    pub(super) errors: BTreeMap<usize, u64>,
    pub(super) machine: Machine,
}

impl Join for Slice {
    fn join(&mut self, next: Slice) {
        self.scheduled += next.scheduled;
        self.started += next.started;
        self.completed += next.completed;
        self.failed += next.failed;
        self.dropped += next.dropped;
        self.busy_ns += next.busy_ns;
        self.all_requests.merge(&next.all_requests);
        for (index, totals) in &next.series {
            self.series.entry(*index).or_default().merge(totals);
        }
        for (index, count) in &next.errors {
            *self.errors.entry(*index).or_default() += count;
        }
        self.machine.see(&next.machine);
    }
}

/// The highest values of a generating machine.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Machine {
    pub(super) machine_cpu: Option<f64>,
    pub(super) process_cpu: Option<f64>,
    pub(super) others_cpu: Option<f64>,
    pub(super) lag_ms: Option<f64>,
    pub(super) memory_bytes: Option<f64>,
}

impl Machine {
    pub(super) fn see(&mut self, other: &Machine) {
        highest(&mut self.machine_cpu, other.machine_cpu);
        highest(&mut self.process_cpu, other.process_cpu);
        highest(&mut self.others_cpu, other.others_cpu);
        highest(&mut self.lag_ms, other.lag_ms);
        highest(&mut self.memory_bytes, other.memory_bytes);
    }
}

fn highest(own: &mut Option<f64>, other: Option<f64>) {
    *own = match (*own, other) {
        (Some(own), Some(other)) => Some(own.max(other)),
        (own, other) => own.or(other),
    };
}
