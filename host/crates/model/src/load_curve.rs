//! How much load a scenario is to make over time.

use std::time::Duration;

use crate::{ExecutorPlan, Rate, Stage};

/// What the level of a load is a number of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LoadUnit {
    /// VUs that iterate (closed model).
    Vus,
    /// Iterations that start in each second (open model).
    StartsPerSecond,
}

/// The level of a load over time, from the start of its scenario: straight lines between points. Two points of the
/// same time are a step.
///
/// ```
/// use std::time::Duration;
/// use outrider_model::{ExecutorPlan, LoadCurve, LoadUnit, Stage};
///
/// let ramp = ExecutorPlan::RampingVus {
///     start_vus: 0,
///     stages: vec![Stage { duration: Duration::from_secs(10), target: 100.0 }],
///     graceful_ramp_down: Duration::ZERO,
/// };
/// let curve = LoadCurve::of(&ramp);
/// assert_eq!((curve.unit(), curve.peak()), (LoadUnit::Vus, 100.0));
/// assert_eq!(curve.most_between(Duration::ZERO, Duration::from_secs(5)), 50.0);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LoadCurve {
    unit: LoadUnit,
    /// Seconds and level.
    points: Vec<(f64, f64)>,
}

impl LoadCurve {
    /// The load of `executor`. Where iterations are counted, it may end before the curve does: when all have run.
    pub fn of(executor: &ExecutorPlan) -> LoadCurve {
        match executor {
            ExecutorPlan::SharedIterations { vus, max_duration: duration, .. }
            | ExecutorPlan::PerVuIterations { vus, max_duration: duration, .. }
            | ExecutorPlan::ConstantVus { vus, duration } => flat(LoadUnit::Vus, f64::from(*vus), *duration),
            ExecutorPlan::RampingVus { start_vus, stages, .. } => {
                ramp(LoadUnit::Vus, f64::from(*start_vus), stages)
            }
            ExecutorPlan::ConstantArrivalRate { rate, duration, .. } => {
                flat(LoadUnit::StartsPerSecond, rate.as_per_second(), *duration)
            }
            ExecutorPlan::RampingArrivalRate { start_rate, stages, .. } => {
                ramp(LoadUnit::StartsPerSecond, Rate::as_per_second(*start_rate), stages)
            }
        }
    }

    /// What it is a number of.
    pub fn unit(&self) -> LoadUnit {
        self.unit
    }

    /// The points: seconds from the scenario's start, and the level there.
    pub fn points(&self) -> &[(f64, f64)] {
        &self.points
    }

    /// Its highest level.
    pub fn peak(&self) -> f64 {
        self.points.iter().map(|(_, level)| *level).fold(0.0, f64::max)
    }

    /// Its highest level from `from` to before `to`; 0 where nothing of it lies there.
    pub fn most_between(&self, from: Duration, to: Duration) -> f64 {
        let (from, to) = (from.as_secs_f64(), to.as_secs_f64());
        let lines = self.points.windows(2).map(|pair| (pair[0], pair[1]));
        let within = lines.filter(|(a, b)| a.0 < to && b.0 > from && b.0 > a.0);
        within.map(|(a, b)| level(a, b, from).max(level(a, b, to))).fold(0.0, f64::max)
    }
}

/// The level of the line from `a` to `b` at a time, which is taken for the line's end if it is beyond.
fn level(a: (f64, f64), b: (f64, f64), at: f64) -> f64 {
    let done = ((at - a.0) / (b.0 - a.0)).clamp(0.0, 1.0);
    a.1 + (b.1 - a.1) * done
}

fn flat(unit: LoadUnit, level: f64, duration: Duration) -> LoadCurve {
    LoadCurve { unit, points: vec![(0.0, level), (duration.as_secs_f64(), level)] }
}

fn ramp(unit: LoadUnit, start: f64, stages: &[Stage]) -> LoadCurve {
    let mut points = vec![(0.0, start)];
    let mut at = 0.0;
    for stage in stages {
        at += stage.duration.as_secs_f64();
        points.push((at, stage.target));
    }
    LoadCurve { unit, points }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    #[test]
    fn a_step_is_seen_from_its_time_on() {
        let stages = [(30, 1.0), (0, 2.0), (30, 2.0)];
        let stages =
            stages.map(|(seconds, target)| Stage { duration: Duration::from_secs(seconds), target }).to_vec();
        let curve = ramp(LoadUnit::StartsPerSecond, 1.0, &stages);
        assert_eq!(curve.most_between(secs(0.0), secs(30.0)), 1.0);
        assert_eq!(curve.most_between(secs(30.0), secs(31.0)), 2.0);
        assert_eq!(curve.most_between(secs(29.0), secs(31.0)), 2.0);
        assert_eq!(curve.most_between(secs(60.0), secs(90.0)), 0.0, "it is over");
        assert_eq!(curve.peak(), 2.0);
    }

    #[test]
    fn a_peak_within_a_window_is_not_lost() {
        let stages = [(1, 100.0), (1, 0.0)];
        let stages =
            stages.map(|(seconds, target)| Stage { duration: Duration::from_secs(seconds), target }).to_vec();
        assert_eq!(ramp(LoadUnit::Vus, 0.0, &stages).most_between(secs(0.0), secs(60.0)), 100.0);
        assert_eq!(ramp(LoadUnit::Vus, 0.0, &stages).most_between(secs(1.5), secs(2.0)), 50.0);
    }
}
