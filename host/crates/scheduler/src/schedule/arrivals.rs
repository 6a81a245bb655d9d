//! The arrivals of the open model.

use std::time::Duration;

use outrider_model::{Arrivals, ExecutorPlan, IterationIndex, MixShare, Segment, hash_of};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use super::curve::RateCurve;

/// When the iterations of an open-model scenario start, as offsets from the scenario's start: an
/// iterator in order of time, over the indices that fall to one worker.
///
/// Iteration `i` is due when the integral of the rate reaches `i`, so the first is due as soon as the
/// rate is above zero, as in k6. With Poisson arrivals the integral counts for the time between
/// arrivals, drawn from the run's seed and the scenario's name; each worker draws them all and keeps
/// its own, so that the workers agree without talking.
///
/// ```
/// use std::time::Duration;
/// use outrider_model::{Arrivals, ExecutorPlan, Rate, Segment, WhenBusy};
/// use outrider_scheduler::Schedule;
///
/// let plan = ExecutorPlan::ConstantArrivalRate {
///     rate: Rate::per_second(4.0),
///     duration: Duration::from_secs(1),
///     pre_allocated_vus: 1,
///     max_vus: 1,
///     arrivals: Arrivals::Even,
///     when_busy: WhenBusy::Drop,
/// };
/// let schedule = Schedule::new(&plan, 0, "checkout", Segment::WHOLE).expect("an open model");
/// let millis: Vec<u128> = schedule.map(|(_, offset)| offset.as_millis()).collect();
/// assert_eq!(millis, [0, 250, 500, 750]);
/// ```
#[derive(Clone, Debug)]
pub struct Schedule {
    curve: RateCurve,
    segment: Segment,
    /// The number of this worker's next iteration, from 0.
    local: u64,
    spread: Spread,
    /// Of the arrivals of a mix, those of one scenario.
    mine: Option<Mine>,
}

/// Which arrivals of a mix are meant.
#[derive(Clone, Copy, Debug)]
struct Mine {
    share: MixShare,
    seed: u64,
    /// Of these, the worker's.
    segment: Segment,
    /// How many of the scenario's have arrived, on all workers.
    arrived: u64,
}

#[derive(Clone, Debug)]
enum Spread {
    Even {
        /// Iterations of all workers together.
        count: u64,
    },
    Poisson(Box<PoissonDraws>),
}

impl Schedule {
    /// The arrivals of `plan` that fall to `segment`; `None` for an executor of the closed model.
    pub fn new(plan: &ExecutorPlan, seed: u64, scenario: &str, segment: Segment) -> Option<Schedule> {
        let curve = RateCurve::of(plan)?;
        let spread = match plan {
            ExecutorPlan::ConstantArrivalRate { arrivals: Arrivals::Poisson, .. }
            | ExecutorPlan::RampingArrivalRate { arrivals: Arrivals::Poisson, .. } => {
                Spread::Poisson(Box::new(PoissonDraws::new(seed, scenario)))
            }
            _ => Spread::Even { count: plan.planned_iterations()? },
        };
        Some(Schedule { curve, segment, local: 0, spread, mine: None })
    }

    /// The arrivals that fall to `segment`, of those of a mix that go to the scenario with this `share`. `plan` has
    /// the scenario's part of the rate. All scenarios of a mix draw from the same arrivals: together they start the
    /// iterations that one scenario with the whole rate would.
    pub fn of_share(plan: &ExecutorPlan, seed: u64, share: MixShare, segment: Segment) -> Option<Schedule> {
        let whole = plan.clone().with_rate_times(1.0 / share.part());
        let all = Schedule::new(&whole, seed, MixShare::ARRIVALS, Segment::WHOLE)?;
        Some(Schedule { mine: Some(Mine { share, seed, segment, arrived: 0 }), ..all })
    }

    /// The next arrival, whoever it goes to.
    fn arrival(&mut self) -> Option<(u64, Duration)> {
        let index = self.segment.global_index(self.local);
        let due = match &mut self.spread {
            Spread::Even { count } => (index < *count).then_some(index as f64)?,
            Spread::Poisson(draws) => {
                let due = draws.arrival(index);
                (due < self.curve.total()).then_some(due)?
            }
        };
        self.local += 1;
        Some((index, self.curve.time_of(due)))
    }
}

impl Mine {
    /// The number in its scenario of the mix's arrival `index`, if that goes to the scenario and the worker.
    fn number(&mut self, index: u64) -> Option<u64> {
        if !self.share.takes(self.seed, index) {
            return None;
        }
        let number = self.arrived;
        self.arrived += 1;
        let turn = number % u64::from(self.segment.count.max(1));
        (turn == u64::from(self.segment.index)).then_some(number)
    }
}

impl Iterator for Schedule {
    type Item = (IterationIndex, Duration);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (index, at) = self.arrival()?;
            let number = match &mut self.mine {
                Some(mine) => mine.number(index),
                None => Some(index),
            };
            if let Some(number) = number {
                return Some((IterationIndex(number), at));
            }
        }
    }
}

/// A Poisson process of rate one, drawn arrival by arrival.
#[derive(Clone, Debug)]
struct PoissonDraws {
    random: ChaCha8Rng,
    drawn: u64,
    last: f64,
}

impl PoissonDraws {
    fn new(seed: u64, scenario: &str) -> PoissonDraws {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(hash_of(scenario));
        PoissonDraws { random, drawn: 0, last: 0.0 }
    }

    /// The `index`-th arrival, from 0. Called with growing indices.
    fn arrival(&mut self, index: u64) -> f64 {
        while self.drawn <= index {
            self.last += self.exponential();
            self.drawn += 1;
        }
        self.last
    }

    fn exponential(&mut self) -> f64 {
        // 53 random bits make a double in [0, 1); written out, so that no library's choice of another
        // conversion moves the arrivals of a seed.
        let uniform = (self.random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        -(-uniform).ln_1p()
    }
}

#[cfg(test)]
mod tests;
