//! The table `system`: the generator's own health, and when it was saturated.

use std::collections::BTreeMap;

use arrow::array::Array;
use arrow::datatypes::{Float64Type, Int64Type, TimestampNanosecondType, UInt32Type};
use outrider_model::{Bottleneck, HELD_UP_EVENT_LOOP};
use outrider_telemetry::SATURATED_SECONDS;

use super::columns::{Rows, ms, whole};
use super::cpu::{CpuSecond, CpuTally};
use crate::ReportError;
use crate::summary::{BUSY_CPU, BottleneckStretch, Saturation, SaturationKind};

/// The columns that are read.
pub(super) const COLUMNS: &[&str] = &[
    "started_at",
    "process_cpu",
    "machine_cpu",
    "others_cpu",
    "memory_bytes",
    "event_loop_lag_ns",
    "lost_samples",
    "active_vus",
    "bottleneck",
];

/// A row stands for one second.
const INTERVAL_NS: i64 = 1_000_000_000;

/// Seconds in a row in which a limit was reached.
#[derive(Clone, Copy, Debug)]
struct Streak {
    from: i64,
    to: i64,
    seconds: u64,
    worst: f64,
}

/// Watches one value of one worker.
#[derive(Debug, Default)]
struct Watch {
    open: Option<Streak>,
    closed: Vec<Streak>,
}

impl Watch {
    /// Takes the value of the second that ended at `at`.
    fn add(&mut self, at: i64, value: f64, limit: f64) {
        match &mut self.open {
            Some(streak) if value >= limit => {
                streak.to = at;
                streak.seconds += 1;
                streak.worst = streak.worst.max(value);
            }
            None if value >= limit => {
                self.open = Some(Streak { from: at - INTERVAL_NS, to: at, seconds: 1, worst: value });
            }
            _ => self.close(),
        }
    }

    fn close(&mut self) {
        self.closed.extend(self.open.take().filter(|streak| streak.seconds >= SATURATED_SECONDS));
    }
}

/// Seconds in a row with the same bottleneck.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    cause: Bottleneck,
    from: i64,
    to: i64,
}

/// The bottlenecks of one worker, as its rows name them.
#[derive(Debug, Default)]
struct Bottlenecks {
    stretches: Vec<Stretch>,
    /// The last row had the bottleneck of the last stretch.
    is_open: bool,
}

impl Bottlenecks {
    /// Takes the second that ended at `at`.
    fn add(&mut self, at: i64, cause: Option<Bottleneck>) {
        match (cause, self.stretches.last_mut().filter(|_| self.is_open)) {
            (Some(cause), Some(last)) if last.cause == cause => last.to = at,
            (Some(cause), _) => self.stretches.push(Stretch { cause, from: at - INTERVAL_NS, to: at }),
            (None, _) => {}
        }
        self.is_open = cause.is_some();
    }
}

/// What is known of one worker's machine.
#[derive(Debug, Default)]
struct Machine {
    cpu: Watch,
    lag: Watch,
    bottlenecks: Bottlenecks,
    lost_samples: u64,
    active_vus: u32,
}

/// All generating machines.
#[derive(Debug, Default)]
pub(super) struct System {
    machines: BTreeMap<u32, Machine>,
    pub(super) cpu: CpuTally,
    pub(super) max_cpu: Option<f64>,
    pub(super) max_lag_ms: Option<f64>,
    pub(super) max_memory_bytes: Option<u64>,
    /// When the last row was measured, in nanoseconds since 1970.
    pub(super) last_at: Option<i64>,
}

impl System {
    /// Adds a batch. Those of one worker come in the order of their times.
    pub(super) fn add(&mut self, worker: u32, rows: Rows<'_>) -> Result<(), ReportError> {
        let at = rows.numbers::<TimestampNanosecondType>("started_at")?;
        let (process, machine) =
            (rows.numbers::<Float64Type>("process_cpu")?, rows.numbers::<Float64Type>("machine_cpu")?);
        let (lag, memory) =
            (rows.numbers::<Int64Type>("event_loop_lag_ns")?, rows.numbers::<Int64Type>("memory_bytes")?);
        let (lost, vus) =
            (rows.numbers::<Int64Type>("lost_samples")?, rows.numbers::<UInt32Type>("active_vus")?);
        let others = rows.numbers_if_any::<Float64Type>("others_cpu")?;
        let bottlenecks = rows.words_if_any("bottleneck")?;
        let own = self.machines.entry(worker).or_default();
        for row in 0..rows.len() {
            let at = at.value(row);
            let others = others.filter(|others| others.is_valid(row)).map(|others| others.value(row));
            if let Some(second) = CpuSecond::of(process.value(row), machine.value(row), others) {
                own.cpu.add(at, second.load(), BUSY_CPU);
                self.cpu.add(second);
                self.max_cpu = Some(self.max_cpu.unwrap_or(0.0).max(second.load()));
            }
            let lag_ns = whole(lag.value(row));
            own.lag.add(at, lag_ns as f64, HELD_UP_EVENT_LOOP.as_nanos() as f64);
            let cause = bottlenecks.and_then(|words| Bottleneck::from_name(words.get(row)?));
            own.bottlenecks.add(at, cause);
            own.lost_samples = own.lost_samples.max(whole(lost.value(row)));
            own.active_vus = own.active_vus.max(vus.value(row));
            self.max_lag_ms = Some(self.max_lag_ms.unwrap_or(0.0).max(ms(lag_ns as f64)));
            self.max_memory_bytes = self.max_memory_bytes.max(Some(whole(memory.value(row))));
            self.last_at = self.last_at.max(Some(at));
        }
        Ok(())
    }

    /// Samples that were lost, by worker.
    pub(super) fn lost_samples(&self, worker: u32) -> u64 {
        self.machines.get(&worker).map_or(0, |machine| machine.lost_samples)
    }

    /// The sum over the workers of the most VUs that were busy.
    pub(super) fn max_active_vus(&self) -> Option<u64> {
        let vus = self.machines.values().map(|machine| u64::from(machine.active_vus));
        (!self.machines.is_empty()).then(|| vus.sum())
    }

    /// When the generator was the bottleneck, in order of time.
    pub(super) fn bottlenecks(&self, run_start: i64) -> Vec<BottleneckStretch> {
        let after = |at: i64| at.saturating_sub(run_start).max(0) as f64 / 1e9;
        let mut found: Vec<BottleneckStretch> = Vec::new();
        for (worker, machine) in &self.machines {
            found.extend(machine.bottlenecks.stretches.iter().map(|stretch| BottleneckStretch {
                cause: stretch.cause,
                worker: *worker,
                from_s: after(stretch.from),
                to_s: after(stretch.to),
            }));
        }
        found.sort_by(|a, b| a.from_s.total_cmp(&b.from_s).then(a.worker.cmp(&b.worker)));
        found
    }

    /// The stretches of saturation, in order of time, after the start of the run.
    pub(super) fn saturations(&mut self, run_start: i64) -> Vec<Saturation> {
        let mut found = Vec::new();
        for (worker, machine) in &mut self.machines {
            machine.cpu.close();
            machine.lag.close();
            found.extend(
                machine
                    .cpu
                    .closed
                    .iter()
                    .map(|s| saturation(SaturationKind::Cpu, *worker, s, s.worst, run_start)),
            );
            found.extend(
                machine
                    .lag
                    .closed
                    .iter()
                    .map(|s| saturation(SaturationKind::EventLoopLag, *worker, s, ms(s.worst), run_start)),
            );
        }
        found.sort_by(|a, b| a.from_ms.total_cmp(&b.from_ms).then(a.worker.cmp(&b.worker)));
        found
    }
}

fn saturation(kind: SaturationKind, worker: u32, streak: &Streak, worst: f64, run_start: i64) -> Saturation {
    let after = |at: i64| ms(at.saturating_sub(run_start).max(0) as f64);
    Saturation { kind, worker, from_ms: after(streak.from), to_ms: after(streak.to), worst }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_in_a_row_with_one_cause_are_one_stretch() {
        use Bottleneck::{Cpu, EventLoop};
        let mut bottlenecks = Bottlenecks::default();
        let causes = [None, Some(Cpu), Some(Cpu), Some(EventLoop), Some(Cpu), None, Some(Cpu)];
        for (second, cause) in (1..).zip(causes) {
            bottlenecks.add(second * INTERVAL_NS, cause);
        }
        let seconds: Vec<_> = bottlenecks
            .stretches
            .iter()
            .map(|s| (s.cause, s.from / INTERVAL_NS, s.to / INTERVAL_NS))
            .collect();
        assert_eq!(seconds, [(Cpu, 1, 3), (EventLoop, 3, 4), (Cpu, 4, 5), (Cpu, 6, 7)]);
    }

    #[test]
    fn three_seconds_in_a_row_are_a_streak_and_two_are_not() {
        let mut watch = Watch::default();
        let values = [0.95, 0.91, 0.2, 0.9, 0.99, 0.93, 0.1, 1.0, 1.0, 1.0, 1.0];
        for (second, value) in (1..).zip(values) {
            watch.add(second * INTERVAL_NS, value, BUSY_CPU);
        }
        watch.close();
        let seconds: Vec<_> =
            watch.closed.iter().map(|s| (s.from / INTERVAL_NS, s.to / INTERVAL_NS, s.worst)).collect();
        assert_eq!(seconds, [(3, 6, 0.99), (7, 11, 1.0)]);
    }
}
