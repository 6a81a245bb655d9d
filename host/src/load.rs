//! From load flags to a load.

use outrider_plan::{Dialect, LoadConfig as LoadFlags, LoadFault, LoadPlan};
use outrider_session::{Asked, LoadConfig};

use crate::failure::Fault;

/// What the flags ask for. No flag at all is one VU and one iteration.
pub(crate) fn load(flags: &LoadFlags) -> Asked<LoadConfig> {
    match flags.resolve(Dialect::Flags) {
        Ok(plan) => Ok(config(plan)),
        Err(faults) => Err(faults.into_iter().map(fault).collect()),
    }
}

/// A load as the session takes it.
pub(crate) fn config(plan: LoadPlan) -> LoadConfig {
    LoadConfig { executor: plan.executor, least_vus: plan.least_vus }
}

pub(crate) fn fault(LoadFault { message, hint, .. }: LoadFault) -> Fault {
    Fault::new(message).maybe_hint(hint)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use outrider_model::{Arrivals, Rate, Segment};
    use outrider_plan::Phase;
    use outrider_scheduler::Schedule;

    use super::*;

    fn phases(phases: &[(u64, f64)]) -> Vec<Phase> {
        let phase = |&(seconds, rate): &(u64, f64)| Phase {
            duration: Duration::from_secs(seconds),
            rate: Rate::per_second(rate),
        };
        phases.iter().map(phase).collect()
    }

    /// The arrivals of the phases, in milliseconds.
    fn arrivals(phases: Vec<Phase>, arrivals: Arrivals) -> Vec<u128> {
        let load = LoadFlags { phases, arrivals: Some(arrivals), ..LoadFlags::default() };
        let executor = load.resolve(Dialect::Keys).unwrap().executor;
        let schedule = Schedule::new(&executor, 7, "s", Segment::WHOLE);
        schedule.expect("an open model").map(|(_, offset)| offset.as_millis()).collect()
    }

    #[test]
    fn phases_are_constant_rates_one_after_the_other() {
        let times = arrivals(phases(&[(3, 1.0), (2, 2.0), (1, 4.0)]), Arrivals::Even);
        assert_eq!(times, [0, 1000, 2000, 3000, 3500, 4000, 4500, 5000, 5250, 5500, 5750]);
        let with_pause = arrivals(phases(&[(1, 2.0), (5, 0.0), (1, 2.0)]), Arrivals::Even);
        assert_eq!(with_pause, [0, 500, 6000, 6500]);
    }

    #[test]
    fn poisson_phases_have_the_rates_of_their_phases() {
        let times = arrivals(phases(&[(1000, 1.0), (1000, 8.0)]), Arrivals::Poisson);
        let first = times.iter().filter(|time| **time < 1_000_000).count();
        // Three standard deviations: 3 · √1,000 and 3 · √8,000.
        assert!(first.abs_diff(1_000) < 95, "{first} in the first phase");
        assert!((times.len() - first).abs_diff(8_000) < 268, "{} in the second", times.len() - first);
    }
}
