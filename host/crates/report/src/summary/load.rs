//! The planned load in words.

use std::time::Duration;

use outrider_model::{Arrivals, ExecutorPlan, Rate, ScenarioPlan, Stage, WhenBusy};

use super::ScenarioSummary;
use crate::words::{counted, duration_ms, significant};

impl From<&ScenarioPlan> for ScenarioSummary {
    fn from(plan: &ScenarioPlan) -> ScenarioSummary {
        ScenarioSummary {
            name: plan.name.clone(),
            journey: plan.journey.clone(),
            executor: plan.executor.kind(),
            load: load_in_words(&plan.executor),
            max_vus: plan.executor.max_vus(),
            planned_duration_ms: plan.executor.planned_duration().map(|d| d.as_secs_f64() * 1e3),
            planned_iterations: plan.executor.planned_iterations(),
        }
    }
}

/// An executor's load, for example `50 VUs for 10 s`.
pub(crate) fn load_in_words(executor: &ExecutorPlan) -> String {
    match executor {
        ExecutorPlan::SharedIterations { vus: 1, iterations, .. } => {
            format!("{} by one VU", iterations_text(*iterations))
        }
        ExecutorPlan::SharedIterations { vus, iterations, .. } => {
            format!("{} shared by {}", iterations_text(*iterations), vus_text(*vus))
        }
        ExecutorPlan::PerVuIterations { vus, iterations, .. } => {
            format!("{} by each of {}", iterations_text(*iterations), vus_text(*vus))
        }
        ExecutorPlan::ConstantVus { vus, duration } => format!("{} for {}", vus_text(*vus), time(*duration)),
        ExecutorPlan::RampingVus { start_vus, stages, .. } => {
            format!("{} VUs over {}", ramp(f64::from(*start_vus), stages), total(stages))
        }
        ExecutorPlan::ConstantArrivalRate { rate, duration, max_vus, arrivals, when_busy, .. } => {
            let (per_s, model) = (rate.as_per_second(), open_model(*max_vus, *arrivals, *when_busy));
            let iterations = if per_s == 1.0 { "iteration" } else { "iterations" };
            format!("{} {iterations}/s for {}{model}", significant(per_s), time(*duration))
        }
        ExecutorPlan::RampingArrivalRate { start_rate, stages, max_vus, arrivals, when_busy, .. } => {
            let ramp = ramp(Rate::as_per_second(*start_rate), stages);
            let model = open_model(*max_vus, *arrivals, *when_busy);
            format!("{ramp} iterations/s over {}{model}", total(stages))
        }
    }
}

/// What the open model adds: the ceiling, how arrivals are spread if not evenly, and that they wait if they do.
fn open_model(max_vus: u32, arrivals: Arrivals, when_busy: WhenBusy) -> String {
    let spread = match arrivals {
        Arrivals::Even => "",
        Arrivals::Poisson => ", Poisson arrivals",
    };
    let waits = match when_busy {
        WhenBusy::Drop => "",
        WhenBusy::Wait => ", waiting when all are busy",
    };
    format!(" with at most {}{spread}{waits}", vus_text(max_vus))
}

/// A ramp as its corners: `0 → 100 → 0`; of a long one the first and last, and the highest.
fn ramp(start: f64, stages: &[Stage]) -> String {
    const MOST_CORNERS: usize = 6;
    let corners: Vec<f64> = std::iter::once(start).chain(stages.iter().map(|s| s.target)).collect();
    if corners.len() <= MOST_CORNERS {
        return corners.iter().map(|c| significant(*c)).collect::<Vec<_>>().join(" → ");
    }
    let highest = corners.iter().copied().fold(f64::MIN, f64::max);
    let end = corners.last().copied().unwrap_or(start);
    format!("{} → … {} … → {}", significant(start), significant(highest), significant(end))
}

fn total(stages: &[Stage]) -> String {
    time(stages.iter().map(|stage| stage.duration).sum())
}

fn time(duration: Duration) -> String {
    duration_ms(duration.as_secs_f64() * 1e3)
}

fn vus_text(vus: u32) -> String {
    counted(u64::from(vus), "VU", "VUs")
}

fn iterations_text(iterations: u64) -> String {
    counted(iterations, "iteration", "iterations")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(seconds: u64, target: f64) -> Stage {
        Stage { duration: Duration::from_secs(seconds), target }
    }

    #[test]
    fn closed_loads_are_said_in_words() {
        let max_duration = Duration::from_secs(600);
        let shared = ExecutorPlan::SharedIterations { vus: 50, iterations: 1_000, max_duration };
        assert_eq!(load_in_words(&shared), "1,000 iterations shared by 50 VUs");
        let single = ExecutorPlan::SharedIterations { vus: 1, iterations: 1, max_duration };
        assert_eq!(load_in_words(&single), "1 iteration by one VU");
        let each = ExecutorPlan::PerVuIterations { vus: 5, iterations: 10, max_duration };
        assert_eq!(load_in_words(&each), "10 iterations by each of 5 VUs");
        let constant = ExecutorPlan::ConstantVus { vus: 50, duration: Duration::from_secs(10) };
        assert_eq!(load_in_words(&constant), "50 VUs for 10 s");
    }

    #[test]
    fn ramps_name_their_corners_and_long_ones_their_height() {
        let ramping =
            |stages| ExecutorPlan::RampingVus { start_vus: 0, stages, graceful_ramp_down: Duration::ZERO };
        assert_eq!(
            load_in_words(&ramping(vec![stage(30, 100.0), stage(120, 0.0)])),
            "0 → 100 → 0 VUs over 2 min 30 s"
        );
        let saw = (0..10).map(|i| stage(1, f64::from(i % 3))).collect();
        assert_eq!(load_in_words(&ramping(saw)), "0 → … 2 … → 0 VUs over 10 s");
    }

    #[test]
    fn open_loads_name_their_ceiling() {
        let open = ExecutorPlan::ConstantArrivalRate {
            rate: Rate::per_second(100.0),
            duration: Duration::from_secs(60),
            pre_allocated_vus: 10,
            max_vus: 100,
            arrivals: Arrivals::Poisson,
            when_busy: WhenBusy::Wait,
        };
        let words =
            "100 iterations/s for 60 s with at most 100 VUs, Poisson arrivals, waiting when all are busy";
        assert_eq!(load_in_words(&open), words);
    }
}
