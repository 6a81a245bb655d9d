//! The block bootstrap: how much a difference would vary if the same runs were made of other seconds of their kind.
//!
//! Künsch (1989), "The jackknife and the bootstrap for general stationary observations". The blocks of both sides are
//! drawn together, so that what a plan does on purpose, as a ramp, is the same on both. Of eighteen blocks and more, three
//! neighbours are drawn together too, and the larger spread counts: so does noise that outlives one block.

use outrider_model::mix64;

use super::blocks::{MAX_BLOCKS, MIN_BLOCKS};

/// Four hundred draws know a standard error to 1/√800, 3.5 %.
const DRAWS: usize = 400;

/// How many blocks make a long one.
const LONG: usize = 3;

/// Any number: it makes a comparison that is repeated say the same.
const SEED: u64 = 0x6f75_7472_6964_6572;

/// Of how many blocks runs are made of which the shortest has so many seconds of load: one a second, but not too many, and
/// where long ones can be drawn, so many that long ones have all of them.
pub(super) fn number_of_blocks(seconds: u64) -> usize {
    let blocks = usize::try_from(seconds).unwrap_or(MAX_BLOCKS).clamp(1, MAX_BLOCKS);
    if blocks >= LONG * MIN_BLOCKS { blocks - blocks % LONG } else { blocks }
}

/// The spread of a statistic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spread {
    pub(super) variance: f64,
    /// Of how many independent pieces it was found.
    pub(super) pieces: usize,
}

/// At most one in ten draws may have no value, as where a name is in few blocks.
const MAX_EMPTY: usize = DRAWS / 10;

/// How often each block counts, draw by draw.
#[derive(Clone, Debug)]
pub(super) struct Draws {
    blocks: usize,
    levels: Vec<Level>,
}

#[derive(Clone, Debug)]
struct Level {
    weights: Vec<Vec<f64>>,
    /// How many are drawn.
    pieces: usize,
    /// What makes the variance of `n` drawn blocks that of a sample: n / (n − 1).
    correction: f64,
}

impl Draws {
    /// Draws for runs of so many blocks.
    pub(super) fn new(blocks: usize) -> Draws {
        let blocks = blocks.min(MAX_BLOCKS);
        let long = blocks == number_of_blocks(blocks as u64) && blocks >= LONG * MIN_BLOCKS;
        let lengths = [1].into_iter().chain(long.then_some(LONG));
        Draws { blocks, levels: lengths.map(|length| level(blocks, length)).collect() }
    }

    /// Each block once.
    pub(super) fn all(&self) -> Vec<f64> {
        vec![1.0; self.blocks]
    }

    /// The spread of a statistic over the draws, the largest of those of all lengths of blocks. `None` if too many of the
    /// draws have no value.
    pub(super) fn spread(&self, statistic: impl Fn(&[f64]) -> Option<f64>) -> Option<Spread> {
        let mut largest: Option<Spread> = None;
        for level in &self.levels {
            let values: Vec<f64> = level.weights.iter().filter_map(|weights| statistic(weights)).collect();
            if values.len() + MAX_EMPTY < DRAWS {
                return None;
            }
            let variance = variance_of(&values) * level.correction;
            if largest.is_none_or(|largest| variance > largest.variance) {
                largest = Some(Spread { variance, pieces: level.pieces });
            }
        }
        largest
    }
}

fn level(blocks: usize, length: usize) -> Level {
    let pieces = blocks / length;
    let draw = |index: usize| {
        let mut weights = vec![0.0; blocks];
        for pick in 0..pieces {
            let number = mix64(SEED ^ mix64((index * MAX_BLOCKS + pick) as u64) ^ length as u64);
            let group = (number % pieces as u64) as usize;
            weights[group * length..][..length].iter_mut().for_each(|weight| *weight += 1.0);
        }
        weights
    };
    let correction = pieces as f64 / (pieces.max(2) - 1) as f64;
    Level { weights: (0..DRAWS).map(draw).collect(), pieces, correction }
}

/// The variance of a sample.
pub(super) fn variance_of(values: &[f64]) -> f64 {
    let number = values.len() as f64;
    let mean = values.iter().sum::<f64>() / number.max(1.0);
    values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (number - 1.0).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spread_of_a_mean_is_what_the_textbook_says() {
        let values: Vec<f64> = (0..24).map(|index| f64::from(index * 7 % 24)).collect();
        let mean = |weights: &[f64]| {
            let sum: f64 = values.iter().zip(weights).map(|(value, weight)| value * weight).sum();
            Some(sum / weights.iter().sum::<f64>())
        };
        let (found, wanted) = (Draws::new(24).spread(mean).unwrap().variance, variance_of(&values) / 24.0);
        // Blocks of three lengths may find more.
        assert!(found > wanted * 0.85 && found < wanted * 1.6, "{found} for {wanted}");
    }

    #[test]
    fn what_lasts_longer_than_a_block_counts_as_noise() {
        // Three slow blocks in a row: as blocks of their own they would seem independent.
        let values: Vec<f64> =
            (0..24).map(|index| if (9..12).contains(&index) { 10.0 } else { 1.0 }).collect();
        let mean = |weights: &[f64]| {
            Some(values.iter().zip(weights).map(|(value, weight)| value * weight).sum::<f64>() / 24.0)
        };
        let found = Draws::new(24).spread(mean).unwrap();
        assert!(found.variance > 1.5 * variance_of(&values) / 24.0, "{found:?}");
        assert_eq!(found.pieces, 8, "long blocks are fewer");
    }

    #[test]
    fn where_there_are_long_blocks_they_have_all_of_the_run() {
        assert_eq!([0, 5, 17, 18, 20, 23, 24, 3_600].map(number_of_blocks), [1, 5, 17, 18, 18, 21, 24, 24]);
    }

    #[test]
    fn the_same_is_drawn_each_time_and_too_few_values_are_none() {
        let mean = |weights: &[f64]| Some(weights[0]);
        assert_eq!(Draws::new(12).spread(mean), Draws::new(12).spread(mean));
        assert_eq!(Draws::new(12).spread(|weights| (weights[0] > 0.0).then_some(1.0)), None);
    }
}
