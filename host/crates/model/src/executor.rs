//! Executors as data: which load is to be made. `outrider-scheduler` makes it.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Ten minutes, k6's limit for executors that count iterations: long enough for every real run of
/// that kind, short enough that a hanging one ends over lunch.
pub const DEFAULT_MAX_DURATION: Duration = Duration::from_secs(600);

/// Thirty seconds, k6's time for a VU that is ramped down to finish its iteration.
pub const DEFAULT_GRACEFUL_RAMP_DOWN: Duration = Duration::from_secs(30);

/// One stretch of a ramp: the value moves on a straight line to `target` within `duration`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    /// How long the stage lasts; zero is a step.
    pub duration: Duration,
    /// The value at its end: VUs, or iterations per second.
    pub target: f64,
}

/// Iterations per second, over all workers together.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rate {
    per_second: f64,
}

impl Rate {
    /// `count` iterations per second.
    pub const fn per_second(count: f64) -> Rate {
        Rate { per_second: count }
    }

    /// `count` iterations in each `unit` of time, for example 30 per minute.
    pub fn new(count: f64, unit: Duration) -> Rate {
        Rate { per_second: count / unit.as_secs_f64() }
    }

    /// The rate in iterations per second.
    pub fn as_per_second(self) -> f64 {
        self.per_second
    }
}

/// How the arrivals of an open model are spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Arrivals {
    /// At equal distances, as k6 does it.
    #[default]
    Even,
    /// As a Poisson process with the same mean rate, as independent users arrive (Tsung's way).
    /// The arrival times are drawn from the run's seed, so that a run can be repeated.
    Poisson,
}

/// What becomes of an iteration of the open model whose time comes while every VU is busy and no more may be
/// made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhenBusy {
    /// It is dropped, as k6 does it: the load stays what VUs can bear, and what is missing is counted.
    #[default]
    Drop,
    /// It waits for a VU, the oldest first, until its scenario ends, as in wrk2: a target that stalls is asked
    /// late instead of not at all, and how late is part of the corrected durations.
    Wait,
}

/// The six executors, with k6's names and meaning. All counts and rates are those of the whole run,
/// whatever the number of workers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "executor", rename_all = "kebab-case")]
pub enum ExecutorPlan {
    /// `vus` users share `iterations`; whoever is free takes the next.
    SharedIterations {
        /// Number of VUs.
        vus: u32,
        /// Iterations in total.
        iterations: u64,
        /// No iteration starts after this time.
        max_duration: Duration,
    },
    /// Each of `vus` users runs `iterations` of its own.
    PerVuIterations {
        /// Number of VUs.
        vus: u32,
        /// Iterations of each VU.
        iterations: u64,
        /// No iteration starts after this time.
        max_duration: Duration,
    },
    /// `vus` users iterate one iteration after the other for `duration` (closed model).
    ConstantVus {
        /// Number of VUs.
        vus: u32,
        /// How long.
        duration: Duration,
    },
    /// As `ConstantVus`, but the number of users follows `stages`.
    RampingVus {
        /// VUs at the start.
        start_vus: u32,
        /// The ramp; targets are VUs.
        stages: Vec<Stage>,
        /// Time for a VU that is ramped down to finish its iteration.
        graceful_ramp_down: Duration,
    },
    /// Iterations start at a fixed rate, however long they take (open model).
    ConstantArrivalRate {
        /// Iteration starts per second.
        rate: Rate,
        /// How long.
        duration: Duration,
        /// VUs made before the start.
        pre_allocated_vus: u32,
        /// The ceiling: with this many busy, an iteration is dropped or waits.
        max_vus: u32,
        /// Even or Poisson.
        arrivals: Arrivals,
        /// Which of the two it is.
        #[serde(default)]
        when_busy: WhenBusy,
    },
    /// As `ConstantArrivalRate`, but the rate follows `stages`.
    RampingArrivalRate {
        /// Iteration starts per second at the start.
        start_rate: Rate,
        /// The ramp; targets are iteration starts per second.
        stages: Vec<Stage>,
        /// VUs made before the start.
        pre_allocated_vus: u32,
        /// The ceiling: with this many busy, an iteration is dropped or waits.
        max_vus: u32,
        /// Even or Poisson.
        arrivals: Arrivals,
        /// Which of the two it is.
        #[serde(default)]
        when_busy: WhenBusy,
    },
}

/// Which of the six executors it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ExecutorKind {
    /// Some users share a number of iterations.
    SharedIterations,
    /// Each user has a number of iterations.
    PerVuIterations,
    /// A number of users for a time.
    ConstantVus,
    /// A number of users that ramps.
    RampingVus,
    /// Iterations at a rate.
    ConstantArrivalRate,
    /// Iterations at a rate that ramps.
    RampingArrivalRate,
}

impl ExecutorKind {
    /// The executor's name as users write it.
    pub fn as_str(self) -> &'static str {
        match self {
            ExecutorKind::SharedIterations => "shared-iterations",
            ExecutorKind::PerVuIterations => "per-vu-iterations",
            ExecutorKind::ConstantVus => "constant-vus",
            ExecutorKind::RampingVus => "ramping-vus",
            ExecutorKind::ConstantArrivalRate => "constant-arrival-rate",
            ExecutorKind::RampingArrivalRate => "ramping-arrival-rate",
        }
    }

    /// Whether iterations start at their times, whoever is free (open model).
    pub fn is_open(self) -> bool {
        matches!(self, ExecutorKind::ConstantArrivalRate | ExecutorKind::RampingArrivalRate)
    }
}

impl ExecutorPlan {
    /// Which executor it is.
    pub fn kind(&self) -> ExecutorKind {
        match self {
            ExecutorPlan::SharedIterations { .. } => ExecutorKind::SharedIterations,
            ExecutorPlan::PerVuIterations { .. } => ExecutorKind::PerVuIterations,
            ExecutorPlan::ConstantVus { .. } => ExecutorKind::ConstantVus,
            ExecutorPlan::RampingVus { .. } => ExecutorKind::RampingVus,
            ExecutorPlan::ConstantArrivalRate { .. } => ExecutorKind::ConstantArrivalRate,
            ExecutorPlan::RampingArrivalRate { .. } => ExecutorKind::RampingArrivalRate,
        }
    }

    /// The executor's name as users write it.
    pub fn name(&self) -> &'static str {
        self.kind().as_str()
    }

    /// Whether iterations start at their times, whoever is free (open model).
    pub fn is_open(&self) -> bool {
        self.kind().is_open()
    }

    /// The most VUs that are busy at once.
    pub fn max_vus(&self) -> u32 {
        match self {
            ExecutorPlan::SharedIterations { vus, .. }
            | ExecutorPlan::PerVuIterations { vus, .. }
            | ExecutorPlan::ConstantVus { vus, .. } => *vus,
            ExecutorPlan::RampingVus { start_vus, stages, .. } => {
                stages.iter().map(|s| s.target.ceil() as u32).fold(*start_vus, u32::max)
            }
            ExecutorPlan::ConstantArrivalRate { max_vus, .. }
            | ExecutorPlan::RampingArrivalRate { max_vus, .. } => *max_vus,
        }
    }

    /// The same load with at most `ceiling` VUs, where a rate is to be kept: the other executors say by
    /// themselves how many they need.
    #[must_use]
    pub fn with_ceiling(mut self, ceiling: u32) -> ExecutorPlan {
        if let ExecutorPlan::ConstantArrivalRate { pre_allocated_vus, max_vus, .. }
        | ExecutorPlan::RampingArrivalRate { pre_allocated_vus, max_vus, .. } = &mut self
        {
            *max_vus = ceiling.min(*max_vus);
            *pre_allocated_vus = ceiling.min(*pre_allocated_vus);
        }
        self
    }

    /// The same load with `factor` times the rate, where a rate is to be kept.
    #[must_use]
    pub fn with_rate_times(mut self, factor: f64) -> ExecutorPlan {
        let times = |rate: Rate| Rate::per_second(rate.as_per_second() * factor);
        match &mut self {
            ExecutorPlan::ConstantArrivalRate { rate, .. } => *rate = times(*rate),
            ExecutorPlan::RampingArrivalRate { start_rate, stages, .. } => {
                *start_rate = times(*start_rate);
                stages.iter_mut().for_each(|stage| stage.target *= factor);
            }
            _ => {}
        }
        self
    }

    /// How long iterations may start; `None` where a number of iterations decides.
    pub fn planned_duration(&self) -> Option<Duration> {
        match self {
            ExecutorPlan::SharedIterations { .. } | ExecutorPlan::PerVuIterations { .. } => None,
            ExecutorPlan::ConstantVus { duration, .. }
            | ExecutorPlan::ConstantArrivalRate { duration, .. } => Some(*duration),
            ExecutorPlan::RampingVus { stages, .. } | ExecutorPlan::RampingArrivalRate { stages, .. } => {
                Some(stages.iter().map(|s| s.duration).sum())
            }
        }
    }

    /// The longest time in which iterations may start.
    pub fn max_duration(&self) -> Duration {
        match self {
            ExecutorPlan::SharedIterations { max_duration, .. }
            | ExecutorPlan::PerVuIterations { max_duration, .. } => *max_duration,
            other => other.planned_duration().unwrap_or(DEFAULT_MAX_DURATION),
        }
    }

    /// How many iterations are to run; `None` where a time decides.
    pub fn counted_iterations(&self) -> Option<u64> {
        let counts =
            matches!(self, ExecutorPlan::SharedIterations { .. } | ExecutorPlan::PerVuIterations { .. });
        self.planned_iterations().filter(|_| counts)
    }

    /// How many iterations start if nothing is dropped; `None` in the closed models with a duration,
    /// where the target's speed decides. For Poisson arrivals it is the mean.
    pub fn planned_iterations(&self) -> Option<u64> {
        match self {
            ExecutorPlan::SharedIterations { iterations, .. } => Some(*iterations),
            ExecutorPlan::PerVuIterations { vus, iterations, .. } => {
                Some(u64::from(*vus).saturating_mul(*iterations))
            }
            ExecutorPlan::ConstantVus { .. } | ExecutorPlan::RampingVus { .. } => None,
            ExecutorPlan::ConstantArrivalRate { rate, duration, .. } => {
                Some(whole_iterations(rate.as_per_second() * duration.as_secs_f64()))
            }
            ExecutorPlan::RampingArrivalRate { start_rate, stages, .. } => {
                let mut from = start_rate.as_per_second();
                let mut total = 0.0;
                for stage in stages {
                    total += (from + stage.target) / 2.0 * stage.duration.as_secs_f64();
                    from = stage.target;
                }
                Some(whole_iterations(total))
            }
        }
    }
}

/// How long a rate stays at which height, if it never ramps and only steps: its arrival phases.
pub fn phases(start_rate: Rate, stages: &[Stage]) -> Option<Vec<(Duration, Rate)>> {
    let mut rate = start_rate.as_per_second();
    let mut phases = Vec::new();
    for stage in stages {
        match stage.duration {
            Duration::ZERO => rate = stage.target,
            duration if stage.target == rate => phases.push((duration, Rate::per_second(rate))),
            _ => return None,
        }
    }
    Some(phases)
}

/// Rounds down, but takes a product that is a hair below a whole number, as 49 per minute for a minute
/// can be, for that number. The hair is far above the rounding error of a sum over stages, and
/// matters to no run of fewer than 10^12 iterations.
fn whole_iterations(expected: f64) -> u64 {
    (expected * (1.0 + 1e-12)).floor() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n_per_unit_for_one_unit_is_n_iterations() {
        for (unit, n) in [1_u64, 7, 60, 3600].into_iter().flat_map(|u| (0..500_u32).map(move |n| (u, n))) {
            let plan = ExecutorPlan::ConstantArrivalRate {
                rate: Rate::new(f64::from(n), Duration::from_secs(unit)),
                duration: Duration::from_secs(unit),
                pre_allocated_vus: 1,
                max_vus: 1,
                arrivals: Arrivals::Even,
                when_busy: WhenBusy::Drop,
            };
            assert_eq!(plan.planned_iterations(), Some(u64::from(n)), "{n} per {unit} s");
        }
    }

    #[test]
    fn phases_are_a_rate_that_only_steps() {
        let stage = |seconds, target| Stage { duration: Duration::from_secs(seconds), target };
        let stages = [stage(30, 1.0), stage(0, 2.0), stage(60, 2.0)];
        let phase = |seconds, rate| (Duration::from_secs(seconds), Rate::per_second(rate));
        assert_eq!(phases(Rate::per_second(1.0), &stages), Some(vec![phase(30, 1.0), phase(60, 2.0)]));
        assert_eq!(phases(Rate::per_second(0.0), &stages), None);
    }

    #[test]
    fn a_plan_of_before_there_was_a_choice_drops() {
        let old = r#"{"executor": "constant-arrival-rate", "rate": 5.0, "duration": {"secs": 1, "nanos": 0},
            "pre_allocated_vus": 1, "max_vus": 2, "arrivals": "even"}"#;
        let plan: ExecutorPlan = serde_json::from_str(old).unwrap();
        assert!(matches!(plan, ExecutorPlan::ConstantArrivalRate { when_busy: WhenBusy::Drop, .. }));
        let waits = old.replace("\"even\"}", "\"even\", \"when_busy\": \"wait\"}");
        let plan: ExecutorPlan = serde_json::from_str(&waits).unwrap();
        assert!(matches!(plan, ExecutorPlan::ConstantArrivalRate { when_busy: WhenBusy::Wait, .. }));
    }
}
