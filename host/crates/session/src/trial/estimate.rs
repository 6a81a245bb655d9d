//! What a run would come to, by its plan and by what one iteration of each way did.
//!
//! Iterations of the open model and those that are counted follow from the plan alone; those that are drawn, by
//! Poisson or from a mix, from its seed too. How many there are in a closed
//! model with a duration, and how long a counted one lasts, follows from how long an iteration took: one that is as
//! quick under load as it was in the trial, which is the most that the target may see.

use std::time::Duration;

use outrider_model::{ExecutorPlan, RunPlan, ScenarioPlan, Segment, Stage};
use outrider_scheduler::Schedule;

use super::{IterationEnd, IterationTrial};

/// A microsecond: no iteration is taken for quicker, so that an estimate stays a number.
const LEAST_ITERATION: Duration = Duration::from_micros(1);

/// What a run would come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// Each scenario of which an iteration was completed, in the plan's order.
    pub scenarios: Vec<ScenarioEstimate>,
    /// From the start of the load to its planned end.
    pub duration: Duration,
    /// The most iterations that start per second, over all scenarios.
    pub peak_iterations_per_s: f64,
    /// The most requests per second that these make.
    pub peak_requests_per_s: f64,
}

impl Estimate {
    /// Iterations of all scenarios.
    pub fn iterations(&self) -> u64 {
        self.sum(|scenario| scenario.iterations)
    }

    /// Requests of all scenarios.
    pub fn requests(&self) -> u64 {
        self.sum(|scenario| scenario.requests)
    }

    /// Bytes that the target would send.
    pub fn bytes_received(&self) -> u64 {
        self.sum(|scenario| scenario.bytes_received)
    }

    /// Bytes that the target would get.
    pub fn bytes_sent(&self) -> u64 {
        self.sum(|scenario| scenario.bytes_sent)
    }

    /// Whether any number of iterations follows from how long one took, and not from the plan alone.
    pub fn is_assumed(&self) -> bool {
        self.scenarios.iter().any(|scenario| scenario.is_assumed)
    }

    fn sum(&self, of: impl Fn(&ScenarioEstimate) -> u64) -> u64 {
        self.scenarios.iter().map(of).fold(0, u64::saturating_add)
    }
}

/// What a scenario would come to.
#[derive(Clone, Debug, PartialEq)]
pub struct ScenarioEstimate {
    /// Its name.
    pub name: String,
    /// How many iterations start.
    pub iterations: u64,
    /// Whether that follows from how long one took, and not from the plan alone.
    pub is_assumed: bool,
    /// How long an iteration took, on average over its ways.
    pub iteration_time: Duration,
    /// How long its iterations start.
    pub duration: Duration,
    /// Requests of all iterations.
    pub requests: u64,
    /// Bytes that they would send.
    pub bytes_sent: u64,
    /// Bytes that they would receive.
    pub bytes_received: u64,
    /// Requests of one iteration, on average over its ways.
    pub requests_per_iteration: f64,
}

/// By the iterations that were completed; `None` without any.
pub(super) fn estimate(plan: &RunPlan, iterations: &[IterationTrial]) -> Option<Estimate> {
    let scenarios = plan.scenarios.iter();
    let estimated: Vec<(&ScenarioPlan, ScenarioEstimate)> = scenarios
        .filter_map(|scenario| Some((scenario, of_scenario(scenario, plan.seed, iterations)?)))
        .collect();
    if estimated.is_empty() {
        return None;
    }
    let ends = estimated.iter().map(|(plan, one)| plan.start_time.saturating_add(one.duration));
    Some(Estimate {
        duration: ends.max().unwrap_or_default(),
        peak_iterations_per_s: peak(&estimated, |_| 1.0),
        peak_requests_per_s: peak(&estimated, |one| one.requests_per_iteration),
        scenarios: estimated.into_iter().map(|(_, one)| one).collect(),
    })
}

/// What an iteration did, on average over the ways that were gone to their end.
#[derive(Clone, Copy, Debug, Default)]
struct Mean {
    share: f64,
    seconds: f64,
    requests: f64,
    bytes_sent: f64,
    bytes_received: f64,
}

impl Mean {
    fn of(scenario: &str, iterations: &[IterationTrial]) -> Option<Mean> {
        let completed = iterations
            .iter()
            .filter(|one| one.scenario == scenario && one.end == IterationEnd::Completed && one.share > 0.0);
        let sum = completed.fold(Mean::default(), |sum, one| sum.and(one));
        (sum.share > 0.0).then(|| sum.over(sum.share))
    }

    fn and(self, one: &IterationTrial) -> Mean {
        // What a user asks for when it starts, it asks for once.
        let requests = || one.seen.requests().filter(|request| *request.origin.scenario == *one.scenario);
        let share = one.share;
        Mean {
            share: self.share + share,
            seconds: self.seconds + share * one.duration.max(LEAST_ITERATION).as_secs_f64(),
            requests: self.requests + share * requests().count() as f64,
            bytes_sent: self.bytes_sent + share * requests().map(|one| one.bytes_sent).sum::<u64>() as f64,
            bytes_received: self.bytes_received
                + share * requests().map(|one| one.bytes_received).sum::<u64>() as f64,
        }
    }

    fn over(self, share: f64) -> Mean {
        Mean {
            share: 1.0,
            seconds: self.seconds / share,
            requests: self.requests / share,
            bytes_sent: self.bytes_sent / share,
            bytes_received: self.bytes_received / share,
        }
    }
}

fn of_scenario(
    scenario: &ScenarioPlan,
    seed: u64,
    iterations: &[IterationTrial],
) -> Option<ScenarioEstimate> {
    let mean = Mean::of(&scenario.name, iterations)?;
    let executor = &scenario.executor;
    let planned = planned_iterations(scenario, seed);
    let count = planned.unwrap_or_else(|| (vu_seconds(executor) / mean.seconds) as u64);
    let duration = executor.planned_duration().unwrap_or_else(|| {
        let seconds = count as f64 * mean.seconds / f64::from(executor.max_vus().max(1));
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX).min(executor.max_duration())
    });
    let of_all = |of_one: f64| (of_one * count as f64).round() as u64;
    Some(ScenarioEstimate {
        name: scenario.name.clone(),
        iterations: count,
        is_assumed: planned.is_none(),
        iteration_time: Duration::from_secs_f64(mean.seconds),
        duration,
        requests: of_all(mean.requests),
        bytes_sent: of_all(mean.bytes_sent),
        bytes_received: of_all(mean.bytes_received),
        requests_per_iteration: mean.requests,
    })
}

/// One million arrivals of a scenario, or of the mix that it takes its part of, are drawn to be counted: of more, chance
/// makes less than a thousandth (the square root of their number), and their mean says it.
const MOST_DRAWN: f64 = 1e6;

/// How many iterations the plan starts: where arrivals are drawn, as many as the run's own schedule has by this seed.
fn planned_iterations(scenario: &ScenarioPlan, seed: u64) -> Option<u64> {
    let ScenarioPlan { name, executor, share, .. } = scenario;
    let mean = executor.planned_iterations()?;
    let drawn = mean as f64 / share.map_or(1.0, |share| share.part());
    let schedule = match share {
        _ if drawn > MOST_DRAWN => None,
        Some(share) => Schedule::of_share(executor, seed, *share, Segment::WHOLE),
        None => Schedule::new(executor, seed, name, Segment::WHOLE),
    };
    Some(schedule.map_or(mean, |schedule| schedule.count() as u64))
}

/// Users, summed up over the time for which they are there; of the closed models that have a duration.
fn vu_seconds(executor: &ExecutorPlan) -> f64 {
    match executor {
        ExecutorPlan::ConstantVus { vus, duration } => f64::from(*vus) * duration.as_secs_f64(),
        ExecutorPlan::RampingVus { start_vus, stages, .. } => area(f64::from(*start_vus), stages),
        _ => 0.0,
    }
}

fn area(start: f64, stages: &[Stage]) -> f64 {
    let mut from = start;
    let areas = stages.iter().map(|stage| {
        let mean = (from + stage.target) / 2.0;
        from = stage.target;
        mean * stage.duration.as_secs_f64()
    });
    areas.sum()
}

/// The most that is done per second, where an iteration does `of_one`. Between the ends of stages all rates are
/// straight lines, so that the most is at one of those ends: at it, or just before.
fn peak(scenarios: &[(&ScenarioPlan, ScenarioEstimate)], of_one: impl Fn(&ScenarioEstimate) -> f64) -> f64 {
    let at = |time: Duration| {
        let rates = scenarios.iter().map(|(plan, one)| of_one(one) * rate(plan, one, time));
        rates.sum::<f64>()
    };
    let ends = scenarios.iter().flat_map(|(plan, one)| stage_ends(plan, one));
    ends.map(|end| at(end).max(at(end.saturating_sub(Duration::from_nanos(1))))).fold(0.0, f64::max)
}

/// When a scenario's rate may turn.
fn stage_ends(plan: &ScenarioPlan, one: &ScenarioEstimate) -> Vec<Duration> {
    let mut ends = vec![plan.start_time, plan.start_time.saturating_add(one.duration)];
    if let ExecutorPlan::RampingVus { stages, .. } | ExecutorPlan::RampingArrivalRate { stages, .. } =
        &plan.executor
    {
        let mut end = plan.start_time;
        for stage in stages {
            end = end.saturating_add(stage.duration);
            ends.push(end);
        }
    }
    ends
}

/// Iterations that start per second at a time of the run.
fn rate(plan: &ScenarioPlan, one: &ScenarioEstimate, time: Duration) -> f64 {
    let Some(offset) = time.checked_sub(plan.start_time).filter(|offset| *offset < one.duration) else {
        return 0.0;
    };
    let by = |vus: f64| vus / one.iteration_time.as_secs_f64();
    match &plan.executor {
        ExecutorPlan::ConstantArrivalRate { rate, .. } => rate.as_per_second(),
        ExecutorPlan::RampingArrivalRate { start_rate, stages, .. } => {
            height(start_rate.as_per_second(), stages, offset)
        }
        ExecutorPlan::RampingVus { start_vus, stages, .. } => {
            by(height(f64::from(*start_vus), stages, offset))
        }
        ExecutorPlan::ConstantVus { vus, .. }
        | ExecutorPlan::SharedIterations { vus, .. }
        | ExecutorPlan::PerVuIterations { vus, .. } => by(f64::from(*vus)),
    }
}

/// Where a ramp is at a time.
fn height(start: f64, stages: &[Stage], offset: Duration) -> f64 {
    let (mut from, mut left) = (start, offset);
    for stage in stages {
        if left < stage.duration {
            return from + (stage.target - from) * left.as_secs_f64() / stage.duration.as_secs_f64();
        }
        left -= stage.duration;
        from = stage.target;
    }
    from
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use outrider_model::{Arrivals, IterationIndex, MixShare, Rate, WhenBusy};

    use super::super::Seen;
    use super::*;

    fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn scenario(name: &str, start_time: Duration, executor: ExecutorPlan) -> ScenarioPlan {
        ScenarioPlan {
            name: name.to_owned(),
            journey: "j".to_owned(),
            plugin_scenario: "*".to_owned(),
            start_time,
            graceful_stop: secs(0),
            tags: BTreeMap::new(),
            weights: BTreeMap::new(),
            share: None,
            executor,
        }
    }

    fn open(per_second: f64, duration: Duration) -> ExecutorPlan {
        ExecutorPlan::ConstantArrivalRate {
            rate: Rate::per_second(per_second),
            duration,
            pre_allocated_vus: 1,
            max_vus: 1,
            arrivals: Arrivals::Even,
            when_busy: WhenBusy::Drop,
        }
    }

    /// An iteration without requests.
    fn way(scenario: &str, share: f64, millis: u64, end: IterationEnd) -> IterationTrial {
        IterationTrial {
            scenario: scenario.to_owned(),
            plugin_scenario: "x".to_owned(),
            share,
            iteration: IterationIndex(0),
            duration: Duration::from_millis(millis),
            seen: Seen::default(),
            end,
        }
    }

    const SEED: u64 = 42;

    fn estimated(scenario: &ScenarioPlan, iterations: &[IterationTrial]) -> ScenarioEstimate {
        of_scenario(scenario, SEED, iterations).unwrap()
    }

    #[test]
    fn the_open_model_and_counted_iterations_follow_from_the_plan() {
        let ways = [way("a", 1.0, 500, IterationEnd::Completed)];
        let one = estimated(&scenario("a", secs(0), open(10.0, secs(30))), &ways);
        assert_eq!((one.iterations, one.is_assumed, one.duration), (300, false, secs(30)));
        let shared = ExecutorPlan::SharedIterations { vus: 4, iterations: 80, max_duration: secs(600) };
        let one = estimated(&scenario("a", secs(0), shared), &ways);
        assert_eq!((one.iterations, one.is_assumed, one.duration), (80, false, secs(10)));
    }

    #[test]
    fn closed_models_go_as_fast_as_the_ways_of_their_mix_went_in_the_trial() {
        // 0.75 · 100 ms + 0.25 · 500 ms = 200 ms.
        let ways = [
            way("a", 0.75, 100, IterationEnd::Completed),
            way("a", 0.25, 500, IterationEnd::Completed),
            way("b", 1.0, 1, IterationEnd::Completed),
        ];
        let closed = ExecutorPlan::ConstantVus { vus: 10, duration: secs(60) };
        let one = estimated(&scenario("a", secs(0), closed), &ways);
        assert_eq!((one.iterations, one.is_assumed), (3_000, true));
        let stages =
            vec![Stage { duration: secs(60), target: 10.0 }, Stage { duration: secs(30), target: 10.0 }];
        let ramp = ExecutorPlan::RampingVus { start_vus: 0, stages, graceful_ramp_down: secs(30) };
        assert_eq!(estimated(&scenario("a", secs(0), ramp), &ways).iterations, 3_000, "600 VU seconds");
    }

    #[test]
    fn what_failed_says_nothing_of_the_rest() {
        let ways = [way("a", 0.5, 100, IterationEnd::Completed), way("a", 0.5, 1, IterationEnd::Interrupted)];
        let plan = scenario("a", secs(0), open(1.0, secs(1)));
        assert_eq!(estimated(&plan, &ways).iteration_time, Duration::from_millis(100));
        assert_eq!(of_scenario(&plan, SEED, &ways[1..]), None);
    }

    #[test]
    fn the_peak_is_where_the_scenarios_together_start_most() {
        let ways = [way("a", 1.0, 100, IterationEnd::Completed), way("b", 1.0, 100, IterationEnd::Completed)];
        let stages =
            vec![Stage { duration: secs(10), target: 50.0 }, Stage { duration: secs(10), target: 0.0 }];
        let ramp = ExecutorPlan::RampingArrivalRate {
            start_rate: Rate::per_second(0.0),
            stages,
            pre_allocated_vus: 1,
            max_vus: 1,
            arrivals: Arrivals::Even,
            when_busy: WhenBusy::Drop,
        };
        // The second begins where the first one's ramp is half-way down.
        let plans = [scenario("a", secs(0), ramp), scenario("b", secs(15), open(30.0, secs(10)))];
        let all: Vec<_> = plans.iter().map(|plan| (plan, estimated(plan, &ways))).collect();
        assert!((peak(&all, |_| 1.0) - 55.0).abs() < 1e-6);
        assert!((peak(&all[..1], |_| 2.0) - 100.0).abs() < 1e-6);
    }

    #[test]
    fn drawn_arrivals_are_counted_as_the_run_draws_them() {
        let shares = [(0, 80), (80, 100)].map(|(from, to)| MixShare { from, to, of: 100 });
        let counts = shares.map(|share| {
            let part = open(10.0 * share.part(), secs(15));
            let plan = ScenarioPlan { share: Some(share), ..scenario("one", secs(0), part) };
            let drawn = (0..150).filter(|&index| share.takes(SEED, index)).count() as u64;
            assert_eq!(planned_iterations(&plan, SEED), Some(drawn));
            drawn
        });
        assert_eq!(counts.iter().sum::<u64>(), 150);
        assert_ne!(
            counts,
            [120, 30],
            "this seed draws something else than the mean, or the test shows nothing"
        );
    }
}
