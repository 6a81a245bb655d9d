//! A load as the keys of a plan.

use std::time::Duration;

use outrider_model::units::{duration_text, rate_text};
use outrider_model::{Arrivals, ExecutorPlan, Rate, ScenarioPlan, Stage, WhenBusy, phases};
use serde_json::{Value, json};

use super::Asked;
use crate::given::Origin;

/// The keys that say the load.
pub(super) fn keys(executor: &ExecutorPlan) -> Vec<(&'static str, Value)> {
    let mut keys = vec![("executor", json!(executor.name()))];
    match executor {
        ExecutorPlan::SharedIterations { vus, iterations, max_duration }
        | ExecutorPlan::PerVuIterations { vus, iterations, max_duration } => keys.extend([
            ("vus", json!(vus)),
            ("iterations", json!(iterations)),
            ("duration", json!(duration_text(*max_duration))),
        ]),
        ExecutorPlan::ConstantVus { vus, duration } => {
            keys.extend([("vus", json!(vus)), ("duration", json!(duration_text(*duration)))]);
        }
        ExecutorPlan::RampingVus { start_vus, stages, graceful_ramp_down } => keys.extend([
            ("vus", json!(start_vus)),
            ("stages", stages.iter().map(|stage| self::stage(stage, json!(stage.target as u64))).collect()),
            ("graceful_ramp_down", json!(duration_text(*graceful_ramp_down))),
        ]),
        ExecutorPlan::ConstantArrivalRate {
            rate,
            duration,
            pre_allocated_vus,
            max_vus,
            arrivals,
            when_busy,
        } => {
            keys.extend([("rate", json!(self::rate(*rate))), ("duration", json!(duration_text(*duration)))]);
            keys.extend(of_rate(*arrivals, *when_busy, *pre_allocated_vus, *max_vus));
        }
        ExecutorPlan::RampingArrivalRate {
            start_rate,
            stages,
            pre_allocated_vus,
            max_vus,
            arrivals,
            when_busy,
        } => {
            match stepped(*start_rate, stages) {
                Some(phases) => keys.push(("phases", phases.into())),
                None => keys.extend([("rate", json!(rate(*start_rate))), ("stages", rates(stages))]),
            }
            keys.extend(of_rate(*arrivals, *when_busy, *pre_allocated_vus, *max_vus));
        }
    }
    keys
}

fn of_rate(arrivals: Arrivals, when_busy: WhenBusy, vus: u32, max_vus: u32) -> [(&'static str, Value); 4] {
    let (vus, max_vus) = (json!(vus), json!(max_vus));
    [("arrivals", json!(arrivals)), ("when_busy", json!(when_busy)), ("vus", vus), ("max_vus", max_vus)]
}

fn stage(stage: &Stage, target: Value) -> Value {
    json!({"duration": duration_text(stage.duration), "target": target})
}

fn rates(stages: &[Stage]) -> Value {
    stages.iter().map(|one| stage(one, json!(rate(Rate::per_second(one.target))))).collect()
}

/// A rate so that it is read as the same: exactly in iterations per second, unless it is round in another unit.
fn rate(rate: Rate) -> String {
    let said = rate_text(rate);
    match outrider_model::units::parse_rate(&said) {
        Ok(read) if (read.as_per_second() - rate.as_per_second()).abs() <= 1e-9 * rate.as_per_second() => {
            said
        }
        _ => format!("{}/s", rate.as_per_second()),
    }
}

/// The phases, if the rate only steps, and does step: one that stays as it is may be written as a stage.
fn stepped(start_rate: Rate, stages: &[Stage]) -> Option<Vec<Value>> {
    if stages.len() < 3 || stages.iter().all(|stage| !stage.duration.is_zero()) {
        return None;
    }
    let phase = |(duration, height): (Duration, Rate)| json!({"duration": duration_text(duration), "rate": rate(height)});
    Some(phases(start_rate, stages)?.into_iter().map(phase).collect())
}

/// The load of a mix, put together again from all its parts.
pub(super) fn whole(parts: &[&ScenarioPlan]) -> Option<ExecutorPlan> {
    let first = parts.first()?;
    let mut whole = first.executor.clone().with_rate_times(1.0 / first.share?.part());
    if let ExecutorPlan::ConstantArrivalRate { pre_allocated_vus, max_vus, .. }
    | ExecutorPlan::RampingArrivalRate { pre_allocated_vus, max_vus, .. } = &mut whole
    {
        let of_parts = parts.iter().map(|part| vus(&part.executor));
        (*pre_allocated_vus, *max_vus) = of_parts
            .fold((0, 0), |sum: (u32, u32), of| (sum.0.saturating_add(of.0), sum.1.saturating_add(of.1)));
    }
    Some(whole)
}

/// To begin with, and at most.
fn vus(executor: &ExecutorPlan) -> (u32, u32) {
    match executor {
        ExecutorPlan::ConstantArrivalRate { pre_allocated_vus, max_vus, .. }
        | ExecutorPlan::RampingArrivalRate { pre_allocated_vus, max_vus, .. } => {
            (*pre_allocated_vus, *max_vus)
        }
        closed => (closed.max_vus(), closed.max_vus()),
    }
}

/// Where a key of a load comes from. The load of the flags stands in the place of the plan's as a whole.
pub(super) fn origin(asked: &Asked, table: &str, key: &str) -> Origin {
    let flag = match key {
        "stages" | "phases" => "stages",
        "arrivals" => "poisson",
        key => key,
    };
    let flags =
        ["vus", "duration", "iterations", "stages", "rate", "max_vus", "when_busy", "poisson", "executor"];
    match flags.iter().any(|flag| asked.given.origin(flag).is_some()) {
        true => asked.given.origin(flag).cloned().unwrap_or(Origin::Default),
        false => asked.origin(&format!("{table}.{key}"), None),
    }
}
