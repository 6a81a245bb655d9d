//! The table `system`: the generator's own health, and when it was saturated.

use std::collections::BTreeMap;
use std::time::Duration;

use arrow::array::Array;
use arrow::datatypes::{Float64Type, Int64Type, TimestampNanosecondType, UInt32Type};
use outrider_model::{Bottleneck, Timestamp};
use outrider_telemetry::{SaturatedBy, SaturatedStretch, SaturationTally, WatchedSecond};

use super::bottlenecks::{self, Bottlenecks};
use super::columns::{Rows, ms, whole};
use super::cpu::{CpuSecond, CpuTally};
use crate::ReportError;
use crate::summary::{BottleneckStretch, OtherBottlenecks, Saturation, SaturationKind};

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

/// What is known of one worker's machine.
#[derive(Debug, Default)]
struct Machine {
    saturation: SaturationTally,
    saturated: Vec<SaturatedStretch>,
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
        let named = rows.words_if_any("bottleneck")?;
        let own = self.machines.entry(worker).or_default();
        for row in 0..rows.len() {
            let at = at.value(row);
            let others = others.filter(|others| others.is_valid(row)).map(|others| others.value(row));
            if let Some(second) = CpuSecond::of(process.value(row), machine.value(row), others) {
                self.cpu.add(second);
                self.max_cpu = Some(self.max_cpu.unwrap_or(0.0).max(second.load()));
            }
            let lag_ns = whole(lag.value(row));
            own.saturated.extend(own.saturation.add_second(&WatchedSecond {
                at: Timestamp(at),
                process_cpu: process.value(row),
                machine_cpu: machine.value(row),
                others_cpu: others,
                event_loop_lag: Duration::from_nanos(lag_ns),
            }));
            let cause = named.and_then(|words| Bottleneck::from_name(words.get(row)?));
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

    /// When the generator was the bottleneck, in order of time, and what is not named one by one.
    pub(super) fn bottlenecks(&self, run_start: i64) -> (Vec<BottleneckStretch>, Vec<OtherBottlenecks>) {
        bottlenecks::finish(self.machines.iter().map(|(id, machine)| (*id, &machine.bottlenecks)), run_start)
    }

    /// The stretches of saturation, in order of time, after the start of the run.
    pub(super) fn saturations(&self, run_start: i64) -> Vec<Saturation> {
        let mut found: Vec<Saturation> = Vec::new();
        for (worker, machine) in &self.machines {
            let all = machine.saturated.iter().copied().chain(machine.saturation.open());
            found.extend(all.map(|stretch| saturation(&stretch, *worker, run_start)));
        }
        found.sort_by(|a, b| a.from_ms.total_cmp(&b.from_ms).then(a.worker.cmp(&b.worker)));
        found
    }
}

fn saturation(stretch: &SaturatedStretch, worker: u32, run_start: i64) -> Saturation {
    let after = |at: Timestamp| ms(at.0.saturating_sub(run_start).max(0) as f64);
    let (kind, worst) = match stretch.by {
        SaturatedBy::Cpu => (SaturationKind::Cpu, stretch.worst),
        SaturatedBy::EventLoop => (SaturationKind::EventLoopLag, ms(stretch.worst)),
    };
    let (from_ms, to_ms) = (after(stretch.from), after(stretch.to));
    let by_others = stretch.by == SaturatedBy::Cpu && stretch.by_others;
    Saturation { kind, worker, from_ms, to_ms, worst, by_others }
}
