//! Numbers that look random and are pure functions of what they are drawn from: the same on every machine, in every
//! version and however many workers draw.

use serde::{Deserialize, Serialize};

/// SplitMix64's finalizer: neighbouring numbers become unrelated ones.
pub fn mix64(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A number for a text: FNV-1a, 64 bits.
pub fn hash_of(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// A scenario's share of arrivals that several scenarios draw from: those whose draw, from 0 to below `of`, is at
/// least `from` and below `to`. The shares of a mix do not overlap and leave nothing out, so that each arrival goes to
/// exactly one scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MixShare {
    /// The weights of the scenarios before it.
    pub from: u64,
    /// The same with its own.
    pub to: u64,
    /// The weights of all.
    pub of: u64,
}

/// Keeps the draws of a mix apart from others that are made of the same seed.
const STREAM: u64 = 0x6d69_7820_6f66_2061;

impl MixShare {
    /// The name under which the arrivals of a mix are drawn, whichever scenario they go to.
    pub const ARRIVALS: &'static str = "[mix]";

    /// Whether the `index`-th arrival of the mix goes to this scenario.
    pub fn takes(self, seed: u64, index: u64) -> bool {
        let draw = mix64(seed ^ STREAM ^ mix64(index)) % self.of.max(1);
        (self.from..self.to).contains(&draw)
    }

    /// The part of all arrivals that goes to this scenario on average, from 0 to 1.
    pub fn part(self) -> f64 {
        (self.to - self.from) as f64 / self.of.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_arrival_goes_to_one_scenario_by_weight() {
        let shares = [(0, 80), (80, 95), (95, 100)].map(|(from, to)| MixShare { from, to, of: 100 });
        let mut counts = [0_u32; 3];
        for index in 0..100_000 {
            let takers: Vec<usize> = (0..3).filter(|&n| shares[n].takes(7, index)).collect();
            assert_eq!(takers.len(), 1, "arrival {index}");
            counts[takers[0]] += 1;
        }
        // Three standard deviations of the largest are 380.
        for (count, expected) in counts.into_iter().zip([80_000, 15_000, 5_000]) {
            assert!(count.abs_diff(expected) < 380, "{counts:?}");
        }
    }

    #[test]
    fn a_seed_draws_the_same_for_ever() {
        // Recorded once: a run that is repeated by its seed with a later version must see the same load.
        let share = MixShare { from: 0, to: 1, of: 2 };
        let first: Vec<u64> = (0..64).filter(|&index| share.takes(1, index)).take(6).collect();
        assert_eq!(first, [0, 2, 4, 5, 6, 8]);
        assert_ne!(first, (0..64).filter(|&index| share.takes(2, index)).take(6).collect::<Vec<_>>());
    }
}
