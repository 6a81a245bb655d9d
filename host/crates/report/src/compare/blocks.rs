//! One name's seconds, gathered into blocks.

use outrider_telemetry::{Sketch, WindowTotals};

/// Twenty-four blocks of a run: enough to estimate a spread from, and each as long as can be, so that what makes
/// neighbouring seconds alike stays within one. Schmeiser (1982), "Batch size effects in the analysis of simulation
/// output", found no use in more than thirty.
pub(super) const MAX_BLOCKS: usize = 24;

/// Six: with fewer the spread itself is a guess.
pub(super) const MIN_BLOCKS: usize = 6;

/// Values of a block that stand for all of its: within a block the distribution is known to a sixty-fourth.
const POINTS: u64 = 64;

/// What of a block is kept while its seconds are read.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    count: u64,
    failed: u64,
    sketch: Option<Sketch>,
}

impl Block {
    pub(super) fn add(&mut self, totals: &WindowTotals) {
        self.count += totals.count;
        self.failed += totals.failed;
        if let Some(more) = &totals.sketch {
            self.sketch.get_or_insert_default().merge(more);
        }
    }
}

/// One name's values in one run, block by block.
#[derive(Clone, Debug, Default)]
pub(super) struct Blocks {
    /// Counts and failures of each block.
    pub(super) counts: Vec<(u64, u64)>,
    /// How many values of each block have a time.
    timed: Vec<f64>,
    /// Values with the block that each is of and how many it stands for, ascending.
    points: Vec<Point>,
}

#[derive(Clone, Copy, Debug)]
struct Point {
    value: f64,
    block: usize,
    stands_for: f64,
}

impl Blocks {
    pub(super) fn of(blocks: &[Block]) -> Blocks {
        let mut points: Vec<Point> =
            blocks.iter().enumerate().flat_map(|(index, block)| points(index, block)).collect();
        points.sort_by(|a, b| a.value.total_cmp(&b.value));
        let mut timed = vec![0.0; blocks.len()];
        points.iter().for_each(|point| timed[point.block] += point.stands_for);
        Blocks { counts: blocks.iter().map(|block| (block.count, block.failed)).collect(), timed, points }
    }

    #[cfg(test)]
    pub(super) fn of_counts(counts: Vec<(u64, u64)>) -> Blocks {
        Blocks { counts, ..Blocks::default() }
    }

    pub(super) fn count(&self) -> u64 {
        self.counts.iter().map(|(count, _)| count).sum()
    }

    pub(super) fn failed(&self) -> u64 {
        self.counts.iter().map(|(_, failed)| failed).sum()
    }

    /// How many blocks have values.
    pub(super) fn filled(&self) -> usize {
        self.counts.iter().filter(|(count, _)| *count > 0).count()
    }

    /// The value at the quantile `q` of all blocks together, each as often as its weight says.
    pub(super) fn quantile(&self, q: f64, weights: &[f64]) -> Option<f64> {
        let all: f64 = self.timed.iter().zip(weights).map(|(timed, weight)| timed * weight).sum();
        let mut left = q * all;
        let mut found = None;
        for point in &self.points {
            let weight = point.stands_for * weights[point.block];
            if weight > 0.0 {
                found = Some(point.value);
                left -= weight;
            }
            if left <= 0.0 && found.is_some() {
                break;
            }
        }
        found
    }

    /// The share of failures of all blocks together, each as often as its weight says.
    pub(super) fn failure_share(&self, weights: &[f64]) -> Option<f64> {
        let (mut all, mut failed) = (0.0, 0.0);
        for ((count, fails), weight) in self.counts.iter().zip(weights) {
            all += *count as f64 * weight;
            failed += *fails as f64 * weight;
        }
        (all > 0.0).then(|| failed / all)
    }
}

/// A few values at even distances for all those of a block.
fn points(index: usize, block: &Block) -> Vec<Point> {
    let Some(sketch) = &block.sketch else { return Vec::new() };
    let number = sketch.count().min(POINTS);
    let stands_for = sketch.count() as f64 / number.max(1) as f64;
    let at = |point: u64| sketch.quantile((point as f64 + 0.5) / number as f64);
    let values = (0..number).filter_map(at);
    values.map(|value| Point { value, block: index, stands_for }).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Blocks of these values.
    pub(in crate::compare) fn blocks_of(values: &[Vec<f64>]) -> Blocks {
        let block = |values: &Vec<f64>| {
            let mut sketch = Sketch::new();
            values.iter().for_each(|value| sketch.add(*value));
            Block { count: values.len() as u64, failed: 0, sketch: Some(sketch) }
        };
        Blocks::of(&values.iter().map(block).collect::<Vec<_>>())
    }

    #[test]
    fn quantiles_are_those_of_all_values_and_follow_the_weights() {
        let fast: Vec<f64> = (1..=1_000).map(f64::from).collect();
        let slow: Vec<f64> = (1..=1_000).map(|value| f64::from(value) + 5_000.0).collect();
        let blocks = blocks_of(&[fast, slow]);
        let near = |found: Option<f64>, wanted: f64| (found.unwrap() - wanted).abs() < wanted * 0.02;
        assert!(near(blocks.quantile(0.5, &[1.0, 0.0]), 500.0), "{:?}", blocks.quantile(0.5, &[1.0, 0.0]));
        assert!(near(blocks.quantile(0.95, &[2.0, 0.0]), 950.0));
        assert!(near(blocks.quantile(0.5, &[1.0, 3.0]), 5_333.0));
        assert_eq!(blocks.quantile(0.5, &[0.0, 0.0]), None);
    }

    #[test]
    fn shares_of_failures_follow_the_weights() {
        let blocks = Blocks::of_counts(vec![(100, 10), (300, 0)]);
        assert_eq!(blocks.failure_share(&[1.0, 1.0]), Some(0.025));
        assert_eq!(blocks.failure_share(&[3.0, 1.0]), Some(0.05));
        assert_eq!(blocks.failure_share(&[0.0, 0.0]), None);
    }
}
