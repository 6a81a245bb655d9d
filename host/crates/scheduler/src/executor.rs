//! The six executors of k6: which iterations start when, on which VU.
//!
//! Each has a file with its `run`. The four of the closed model share [`closed`], where whoever has
//! finished an iteration starts the next; the two of the open model share [`open`], where iterations
//! start at their times, whoever is free. What differs between them are values.

pub(crate) mod closed;
mod constant_arrival_rate;
mod constant_vus;
pub(crate) mod open;
mod per_vu_iterations;
mod ramping_arrival_rate;
mod ramping_vus;
mod shared_iterations;

use std::sync::Arc;

use outrider_model::{ExecutorPlan, Segment};

use crate::scenario::Scenario;
use crate::schedule::{Schedule, VuSteps};
use crate::seat::Seat;

use open::Pool;
pub use open::{ARRIVAL_GRACE, MAX_WAITING};

/// How many VUs are made before the scenario starts, on the worker that carries `segment`.
pub(crate) fn prepared_vus(plan: &ExecutorPlan, segment: Segment) -> u32 {
    let of_all = match plan {
        ExecutorPlan::ConstantArrivalRate { pre_allocated_vus, max_vus, .. }
        | ExecutorPlan::RampingArrivalRate { pre_allocated_vus, max_vus, .. } => {
            *pre_allocated_vus.min(max_vus)
        }
        closed => closed.max_vus(),
    };
    share(of_all, segment)
}

/// How many iterations this worker is to start, where the plan says it.
pub(crate) fn planned_iterations(plan: &ExecutorPlan, segment: Segment) -> Option<u64> {
    match plan {
        ExecutorPlan::PerVuIterations { vus, iterations, .. } => {
            Some(u64::from(share(*vus, segment)).saturating_mul(*iterations))
        }
        other => Some(segment.share(other.planned_iterations()?)),
    }
}

/// The segment's share of a number of VUs.
pub(crate) fn share(vus: u32, segment: Segment) -> u32 {
    u32::try_from(segment.share(u64::from(vus))).expect("a share is not more than the whole")
}

/// Runs the scenario from its time zero until all its iterations have ended. Returns the seats, with
/// the VUs that were not interrupted.
pub(crate) async fn run(scenario: Arc<Scenario>, plan: &ExecutorPlan, seats: Vec<Seat>) -> Vec<Seat> {
    let segment = scenario.segment;
    match plan {
        ExecutorPlan::SharedIterations { iterations, max_duration, .. } => {
            shared_iterations::run(scenario, seats, segment.share(*iterations), *max_duration).await
        }
        ExecutorPlan::PerVuIterations { iterations, max_duration, .. } => {
            per_vu_iterations::run(scenario, seats, *iterations, *max_duration).await
        }
        ExecutorPlan::ConstantVus { duration, .. } => constant_vus::run(scenario, seats, *duration).await,
        ExecutorPlan::RampingVus { start_vus, stages, graceful_ramp_down } => {
            let steps = VuSteps::new(*start_vus, stages, segment);
            ramping_vus::run(scenario, seats, steps, plan.max_duration(), *graceful_ramp_down).await
        }
        ExecutorPlan::ConstantArrivalRate { duration, when_busy, .. } => {
            let pool = Pool { prepared: prepared_vus(plan, segment) as usize, when_busy: *when_busy };
            constant_arrival_rate::run(schedule(&scenario, plan), scenario, seats, pool, *duration).await
        }
        ExecutorPlan::RampingArrivalRate { stages, when_busy, .. } => {
            let pool = Pool { prepared: prepared_vus(plan, segment) as usize, when_busy: *when_busy };
            ramping_arrival_rate::run(schedule(&scenario, plan), scenario, seats, pool, stages).await
        }
    }
}

fn schedule(scenario: &Scenario, plan: &ExecutorPlan) -> Schedule {
    let Scenario { seed, segment, .. } = *scenario;
    let schedule = match scenario.share {
        Some(share) => Schedule::of_share(plan, seed, share, segment),
        None => Schedule::new(plan, seed, &scenario.name, segment),
    };
    schedule.expect("an executor of the open model")
}
