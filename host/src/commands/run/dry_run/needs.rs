//! What a run would need.

use std::time::Duration;

use outrider_model::{ExecutorPlan, ScenarioPlan};
use outrider_session::DryRun;

/// How many iterations are planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Iterations {
    /// So many.
    Exactly(u64),
    /// So many on average: arrivals are drawn.
    About(u64),
    /// As many as the target's speed allows, and these besides.
    Open(u64),
}

/// The iterations of all scenarios.
pub(super) fn iterations(dry: &DryRun) -> Iterations {
    let scenarios = &dry.plan.scenarios;
    let planned = scenarios.iter().filter_map(|scenario| scenario.executor.planned_iterations());
    let sum = planned.fold(0, u64::saturating_add);
    if scenarios.iter().any(|scenario| scenario.executor.planned_iterations().is_none()) {
        return Iterations::Open(sum);
    }
    match scenarios.iter().any(is_drawn) {
        true => Iterations::About(sum),
        false => Iterations::Exactly(sum),
    }
}

fn is_drawn(scenario: &ScenarioPlan) -> bool {
    use outrider_model::Arrivals::Poisson;
    let poisson = matches!(
        scenario.executor,
        ExecutorPlan::ConstantArrivalRate { arrivals: Poisson, .. }
            | ExecutorPlan::RampingArrivalRate { arrivals: Poisson, .. }
    );
    poisson || scenario.share.is_some()
}

/// The longest time in which iterations start, and in which they end.
pub(super) fn durations(dry: &DryRun) -> (Duration, Duration) {
    let start = |scenario: &ScenarioPlan| scenario.start_time + scenario.executor.max_duration();
    let scenarios = &dry.plan.scenarios;
    let starts = scenarios.iter().map(start).max().unwrap_or_default();
    let ends = scenarios.iter().map(|scenario| start(scenario) + scenario.graceful_stop).max();
    (starts, ends.unwrap_or_default())
}

/// Whether the run may end before its time, once its iterations are counted.
pub(super) fn is_counted(dry: &DryRun) -> bool {
    dry.plan.scenarios.iter().any(|scenario| scenario.executor.counted_iterations().is_some())
}

/// The hosts and ports that the run may reach.
pub(super) fn hosts(dry: &DryRun) -> Vec<String> {
    let target = dry.plan.target.as_deref().and_then(|target| {
        let url = outrider_capability::parse_target(target).ok()?;
        Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?))
    });
    target.into_iter().chain(dry.plan.allow_net.iter().cloned()).collect()
}
