//! Whether the load generator kept up, and if not, whose fault that was.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use outrider_model::{BUSY_CPU, Bottleneck};

use super::{IterationTotals, VuTotals};

/// Whether the machines that made the load kept their promise.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GeneratorHealth {
    /// The judgement: whether the measured times can be taken for the target's.
    pub promise: Promise,
    /// The generator was at its limit, so that the measured times are partly its own: see
    /// `saturations` for when and why.
    pub saturated: bool,
    /// When it was saturated, and by which rule.
    pub saturations: Vec<Saturation>,
    /// The seconds in which something of the generator was at its limit, and what: the column `bottleneck` of the table
    /// `system`, seconds in a row with one cause together, the first hundred of them. Single ones are no saturation yet,
    /// but times that were measured then are to be read with care.
    #[serde(default)]
    pub bottlenecks: Vec<BottleneckStretch>,
    /// The ones after the first hundred, by cause.
    #[serde(default)]
    pub other_bottlenecks: Vec<OtherBottlenecks>,
    /// Iterations that started later than 10 ms after their scheduled time, waits for a busy VU not counted: those are
    /// `iterations.waited`.
    pub late_starts: u64,
    /// How late an iteration started at worst, in milliseconds, waits for a busy VU not counted.
    pub max_lateness_ms: f64,
    /// Samples that were lost because the queue to the disk was full: counts are too low by so many.
    pub lost_samples: u64,
    /// The load on the generator's CPU, process or machine, at worst in one second: 0 to 1. Null if
    /// it was not measured.
    pub max_cpu: Option<f64>,
    /// Who used the CPU, and in how many seconds it was busy. Null if it was not measured: the run was over
    /// within a second, or has just begun.
    pub cpu: Option<CpuHealth>,
    /// How late a timer of the event loop fired at worst, in milliseconds. Null if it was not measured.
    pub max_event_loop_lag_ms: Option<f64>,
    /// Resident memory of a generating process at worst, in bytes. Null if it was not measured.
    pub max_memory_bytes: Option<u64>,
    /// The most VUs that were busy at once: the sum of the workers' highest numbers. Null if it was not
    /// measured.
    pub max_active_vus: Option<u64>,
}

/// One stretch of time in which the generator was saturated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Saturation {
    /// The rule that says so.
    pub kind: SaturationKind,
    /// The worker.
    pub worker: u32,
    /// When it began, in milliseconds after the start of the run.
    pub from_ms: f64,
    /// When it ended, in milliseconds after the start of the run.
    pub to_ms: f64,
    /// The worst value in that time: `cpu` a share from 0 to 1, `event-loop-lag` milliseconds,
    /// `late-starts` the share of iterations that started late, from 0 to 1.
    pub worst: f64,
    /// For `cpu`: whether other processes used more of it in that time than the load generator.
    #[serde(default)]
    pub by_others: bool,
}

/// One stretch of time in which the generator was the bottleneck.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BottleneckStretch {
    /// What was at its limit. Of several causes the one that leads to the others.
    pub cause: Bottleneck,
    /// The worker.
    pub worker: u32,
    /// When it began, in seconds after the start of the run.
    pub from_s: f64,
    /// When it ended, in seconds after the start of the run.
    pub to_s: f64,
}

/// Stretches of time with one cause that are not named one by one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OtherBottlenecks {
    /// What was at its limit.
    pub cause: Bottleneck,
    /// How many stretches there were, over all workers.
    pub stretches: u64,
    /// How long they were together, in seconds.
    pub seconds: f64,
}

/// The rules of saturation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SaturationKind {
    /// The CPU, the machine's or what this process may use of it, was busy to at least 90 % for at least three
    /// seconds in a row.
    Cpu,
    /// Timers of the event loop fired at least 100 ms late in at least three seconds in a row.
    EventLoopLag,
    /// More than 1 % of a worker's iterations, and at least three, started late. The times are those of
    /// the first and the last of them.
    LateStarts,
}

/// Whether the generator kept its promise: to start iterations when they are due, and to measure nothing but
/// the target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Promise {
    /// It did, and its CPU was busy in no second, nor was anything else of it at its limit.
    Kept,
    /// Its CPU was busy in some seconds, but in no three in a row, or something else held it up in some: single times
    /// may include its own waiting.
    Doubtful,
    /// It was saturated, or fell short of the plan: it dropped iterations, or lost samples, VUs or iterations by its
    /// own fault.
    Broken,
    /// Nothing speaks against it, but its CPU was not measured: the run was over within a second, has just
    /// begun, or the system does not tell.
    #[default]
    Unmeasured,
}

/// Who used the generator's CPU, over all its seconds and workers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CpuHealth {
    /// From which share on a second counts as busy: 0.9.
    pub busy_from: f64,
    /// Seconds that were measured.
    pub seconds: u64,
    /// Those of them in which the CPU was busy: the machine's, or what this process may use of it.
    pub busy_seconds: u64,
    /// The mean over the busy seconds; null if there were none.
    pub busy: Option<CpuShares>,
    /// The mean over all seconds.
    pub mean: CpuShares,
    /// The highest of each in any second: they need not be of the same one.
    pub max: CpuShares,
}

/// Who used the CPU. The share of the machine is that of this process and that of all others together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CpuShares {
    /// How busy the whole machine was, as a share of all its cores: 0 to 1.
    pub machine: f64,
    /// What of that the load generator used, as a share of all cores: 0 to 1.
    pub process: f64,
    /// What of that all other processes used, the target among them if it runs on this machine, as a share of
    /// all cores: 0 to 1.
    pub others: f64,
    /// What the load generator used, as a share of the cores that it may use: 0 to 1. More than `process` where a
    /// limit gives it less than the machine.
    pub process_of_allowed: f64,
}

impl GeneratorHealth {
    /// Whether the generator did less than the plan asks for, by its own fault or for want of users.
    pub fn fell_short(&self, iterations: &IterationTotals, vus: &VuTotals) -> bool {
        iterations.dropped_by_generator() > 0
            || iterations.failed_by_cause.generator > 0
            || vus.lost_by_cause.generator > 0
            || self.lost_samples > 0
    }

    /// Whether other processes used more of the CPU than this one in the seconds in which it was busy.
    pub fn others_used_most_cpu(&self) -> bool {
        self.cpu.and_then(|cpu| cpu.busy).is_some_and(|busy| busy.others > busy.process)
    }

    /// Whether it was saturated because other processes used the CPU up.
    pub fn was_crowded_out(&self) -> bool {
        self.saturated && self.others_used_most_cpu()
    }

    /// What [`promise`](GeneratorHealth::promise) is by the rest of the facts.
    pub fn judge(&self, iterations: &IterationTotals, vus: &VuTotals) -> Promise {
        if self.saturated || self.fell_short(iterations, vus) {
            return Promise::Broken;
        }
        match self.cpu {
            _ if !self.bottlenecks.is_empty() => Promise::Doubtful,
            None => Promise::Unmeasured,
            Some(cpu) if cpu.busy_seconds > 0 => Promise::Doubtful,
            Some(_) => Promise::Kept,
        }
    }
}
