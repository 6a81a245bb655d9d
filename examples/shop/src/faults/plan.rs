//! Faults as they are served: what happens to the n-th request, and when the server stands still.

use std::ops::Range;
use std::time::Duration;

use rand::Rng;
use tokio::time::Instant;

use super::FaultConfig;
use crate::random::RandomStreams;

/// What happens to one request before it is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fate {
    /// How long it waits.
    pub(crate) delay: Duration,
    /// Whether it is then answered with an error instead of being served.
    pub(crate) fails: bool,
}

/// A valid [`FaultConfig`] with its random numbers and its stall on the clock.
#[derive(Debug)]
pub(crate) struct FaultPlan {
    config: FaultConfig,
    streams: RandomStreams,
    stall: Range<Instant>,
}

impl FaultPlan {
    /// The plan as of `now`; the config must be free of problems.
    pub(crate) fn new(config: FaultConfig, seed: u64, now: Instant) -> FaultPlan {
        let begin = now + config.stall_after;
        let stall = begin..begin + config.stall_for;
        FaultPlan { config, streams: RandomStreams::new(seed), stall }
    }

    pub(crate) fn config(&self) -> &FaultConfig {
        &self.config
    }

    /// Draws the fate of the next request, from its number and the seed alone. A request always draws
    /// three numbers, so that setting one rate does not shift the others' outcomes.
    pub(crate) fn next_fate(&self, route: Option<&str>) -> Fate {
        let mut stream = self.streams.next();
        let [error, slow, latency] = std::array::from_fn(|_| stream.random::<f64>());
        let delay = if slow < self.config.slow_rate {
            self.config.slow_latency
        } else {
            self.config.latency_of(route).quantile(latency)
        };
        Fate { delay, fails: error < self.config.error_rate_of(route) }
    }

    /// When the stall ends, if the server is stalled at `now`.
    pub(crate) fn stalled_until(&self, now: Instant) -> Option<Instant> {
        self.stall.contains(&now).then_some(self.stall.end)
    }
}

#[cfg(test)]
mod tests {
    use outrider_model::RunClock;

    use super::*;

    fn fates(config: &FaultConfig, seed: u64) -> Vec<Fate> {
        let plan = FaultPlan::new(config.clone(), seed, RunClock::start_now().instant());
        (0..1000).map(|_| plan.next_fate(None)).collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_fates_and_another_seed_others() {
        let config = FaultConfig {
            latency: Duration::from_millis(20),
            latency_jitter: Duration::from_millis(5),
            error_rate: 0.1,
            slow_rate: 0.1,
            slow_latency: Duration::from_secs(1),
            ..FaultConfig::default()
        };
        assert_eq!(fates(&config, 7), fates(&config, 7));
        assert_ne!(fates(&config, 7), fates(&config, 8));
        let failing = fates(&config, 7).iter().filter(|fate| fate.fails).count();
        let slow = fates(&config, 7).iter().filter(|fate| fate.delay.as_secs() == 1).count();
        assert!((70..130).contains(&failing) && (70..130).contains(&slow), "{failing} failed, {slow} slow");
    }

    #[test]
    fn a_slow_rate_does_not_shift_which_requests_fail() {
        let errors = FaultConfig { error_rate: 0.1, ..FaultConfig::default() };
        let both = FaultConfig { slow_rate: 0.5, ..errors.clone() };
        let failing = |config| fates(config, 3).iter().map(|fate| fate.fails).collect::<Vec<_>>();
        assert_eq!(failing(&errors), failing(&both));
    }

    #[test]
    fn the_stall_has_a_begin_and_an_end() {
        let now = RunClock::start_now().instant();
        let second = Duration::from_secs(1);
        let config = FaultConfig { stall_after: 2 * second, stall_for: second, ..FaultConfig::default() };
        let plan = FaultPlan::new(config, 0, now);
        let stalled = [0, 1, 2, 3].map(|after| plan.stalled_until(now + after * second));
        assert_eq!(stalled, [None, None, Some(now + 3 * second), None]);
        let never = FaultPlan::new(FaultConfig::default(), 0, now);
        assert_eq!(never.stalled_until(now), None);
    }
}
