//! From a load that makes sense to an executor.

use std::time::Duration;

use outrider_model::units::{StageTarget, WrittenStage};
use outrider_model::{DEFAULT_GRACEFUL_RAMP_DOWN, DEFAULT_MAX_DURATION, ExecutorPlan, Rate, Stage};

use super::{ExecutorName, LoadConfig, Phase};

/// Without a number of VUs, an open model makes as many beforehand as iterations start in one second: enough for
/// iterations of a second without a late start.
const PRE_ALLOCATED_SECONDS: f64 = 1.0;

/// Without a ceiling, it is four times the VUs made beforehand: iterations may take four times as long before any is
/// dropped. The session lowers it to what the machine holds.
const CEILING_FACTOR: u32 = 4;

pub(super) fn executor(load: &LoadConfig, name: ExecutorName) -> ExecutorPlan {
    let vus = load.vus.unwrap_or(1);
    let arrivals = load.arrivals.unwrap_or_default();
    let when_busy = load.when_busy.unwrap_or_default();
    let duration = load.duration.unwrap_or_default();
    let max_duration = load.duration.unwrap_or(DEFAULT_MAX_DURATION);
    let iterations = load.iterations.unwrap_or(1);
    let (start_rate, stages) = ramp(load);
    let peak = stages.iter().map(|stage| stage.target).fold(start_rate.as_per_second(), f64::max);
    let pre_allocated_vus = load.vus.unwrap_or_else(|| pre_allocated(peak, load.max_vus));
    let max_vus = load.max_vus.unwrap_or_else(|| pre_allocated_vus.saturating_mul(CEILING_FACTOR));
    match name {
        ExecutorName::SharedIterations => ExecutorPlan::SharedIterations { vus, iterations, max_duration },
        ExecutorName::PerVuIterations => ExecutorPlan::PerVuIterations { vus, iterations, max_duration },
        ExecutorName::ConstantVus => ExecutorPlan::ConstantVus { vus, duration },
        ExecutorName::RampingVus => ExecutorPlan::RampingVus {
            start_vus: load.vus.unwrap_or(0),
            stages,
            graceful_ramp_down: load.graceful_ramp_down.unwrap_or(DEFAULT_GRACEFUL_RAMP_DOWN),
        },
        ExecutorName::ConstantArrivalRate => {
            let rate = start_rate;
            ExecutorPlan::ConstantArrivalRate {
                rate,
                duration,
                pre_allocated_vus,
                max_vus,
                arrivals,
                when_busy,
            }
        }
        ExecutorName::RampingArrivalRate => ExecutorPlan::RampingArrivalRate {
            start_rate,
            stages,
            pre_allocated_vus,
            max_vus,
            arrivals,
            when_busy,
        },
    }
}

/// Where a ramp begins, and how it goes on.
fn ramp(load: &LoadConfig) -> (Rate, Vec<Stage>) {
    match load.phases.first() {
        Some(first) => (first.rate, steps(&load.phases)),
        None => {
            let start = load.rate.unwrap_or(Rate::per_second(0.0));
            (start, load.stages.iter().map(stage).collect())
        }
    }
}

/// Phases are steps: a stage that takes no time to the phase's rate, and one that stays there.
fn steps(phases: &[Phase]) -> Vec<Stage> {
    let flat = |phase: &Phase| Stage { duration: phase.duration, target: phase.rate.as_per_second() };
    let step = |phase: &Phase| Stage { duration: Duration::ZERO, ..flat(phase) };
    phases.iter().flat_map(|phase| [step(phase), flat(phase)]).skip(1).collect()
}

fn pre_allocated(peak_per_second: f64, max_vus: Option<u32>) -> u32 {
    let wanted = (peak_per_second * PRE_ALLOCATED_SECONDS).ceil() as u32;
    wanted.clamp(1, max_vus.unwrap_or(u32::MAX).max(1))
}

fn stage(stage: &WrittenStage) -> Stage {
    let target = match stage.target {
        StageTarget::Vus(vus) => f64::from(vus),
        StageTarget::Rate(rate) => rate.as_per_second(),
    };
    Stage { duration: stage.duration, target }
}
