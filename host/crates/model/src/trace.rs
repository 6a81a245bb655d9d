//! The ids of traces: those of an iteration follow from the run, the scenario and the iteration's number. Whoever sends them
//! and whoever exports them need not talk to each other.

use crate::{IterationIndex, hash_of, mix64};

/// Keeps the halves of an id, and span ids, apart.
const HIGH: u64 = 0x7472_6163_6520_6869;
const LOW: u64 = 0x7472_6163_6520_6c6f;
const SPAN: u64 = 0x7370_616e_2072_6f6f;

/// The traces of a run's iterations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IterationTraces {
    seed: u64,
    share: f64,
}

/// The trace of an iteration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IterationTrace {
    /// Its id, never zero.
    pub trace_id: u128,
    /// The id of the iteration's own span, never zero.
    pub root_span_id: u64,
    /// Whether its spans are kept, here and by who is asked to follow (the flag `sampled` of W3C Trace Context).
    pub is_sampled: bool,
}

impl IterationTraces {
    /// Of the iterations of a run this share is sampled, from 0 to 1, and with any share at all the first iteration of
    /// each scenario: whoever tries a journey once wants to see its trace. The seed must be another one for each run.
    pub fn new(seed: u64, share: f64) -> IterationTraces {
        IterationTraces { seed, share }
    }

    /// The trace of an iteration. Two iterations of a run have two.
    pub fn of(&self, scenario: &str, iteration: IterationIndex) -> IterationTrace {
        let of_scenario = self.seed ^ mix64(hash_of(scenario));
        // Each step can be undone, so that no two numbers of a scenario meet.
        let high = mix64(of_scenario.wrapping_add(iteration.0) ^ HIGH);
        let low = mix64(high ^ self.seed ^ LOW);
        let drawn = (low >> 11) as f64 / (1_u64 << 53) as f64;
        IterationTrace {
            trace_id: (u128::from(high) << 64 | u128::from(low)).max(1),
            root_span_id: mix64(low ^ SPAN).max(1),
            is_sampled: drawn < self.share || (iteration.0 == 0 && self.share > 0.0),
        }
    }

    /// Whether all traces are sampled, those too that belong to no iteration.
    pub fn are_all_sampled(&self) -> bool {
        self.share >= 1.0
    }

    /// Whether none is.
    pub fn are_none_sampled(&self) -> bool {
        self.share <= 0.0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_iterations_share_a_trace() {
        let traces = IterationTraces::new(7, 1.0);
        let all: HashSet<u128> = ["browse", "buy"]
            .into_iter()
            .flat_map(|scenario| (0..10_000).map(move |n| traces.of(scenario, IterationIndex(n)).trace_id))
            .collect();
        assert_eq!(all.len(), 20_000);
        let other = IterationTraces::new(8, 1.0);
        assert!(!all.contains(&other.of("browse", IterationIndex(0)).trace_id));
    }

    #[test]
    fn a_share_of_the_iterations_is_sampled_and_the_first_one_always() {
        let sampled = |share: f64| {
            let traces = IterationTraces::new(7, share);
            (0..10_000).filter(|n| traces.of("browse", IterationIndex(*n)).is_sampled).count()
        };
        // Three standard deviations of 10,000 draws: 3 · √(10,000 · 0.1 · 0.9).
        assert!((910..=1_090).contains(&sampled(0.1)), "{}", sampled(0.1));
        assert_eq!((sampled(0.0), sampled(1.0), sampled(1e-12)), (0, 10_000, 1));
    }
}
