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

/// Sixty-four points between two marks: what is walked after the marks have said where to begin.
const STRIDE: usize = 64;

/// One name's values in one run, block by block. Five bytes a point: a comparison has some thousand of these, of which
/// each has some thousand points.
#[derive(Clone, Debug, Default)]
pub(super) struct Blocks {
    /// Counts and failures of each block.
    pub(super) counts: Vec<(u64, u64)>,
    /// How many values of each block have a time.
    timed: Vec<f64>,
    /// How many of them each point of the block stands for.
    stands_for: Vec<f64>,
    /// The points of all blocks, ascending. Seven digits are four more than sketches know.
    values: Vec<f32>,
    /// The block of each point.
    owners: Vec<u8>,
    /// Before each [`STRIDE`] of points, how many values of each block came before.
    marks: Vec<Vec<f64>>,
}

impl Blocks {
    pub(super) fn of(blocks: &[Block]) -> Blocks {
        let number = |block: &Block| block.sketch.as_ref().map_or(0, |sketch| sketch.count().min(POINTS));
        let timed: Vec<f64> = blocks
            .iter()
            .map(|block| block.sketch.as_ref().map_or(0.0, |sketch| sketch.count() as f64))
            .collect();
        let stands_for: Vec<f64> =
            blocks.iter().zip(&timed).map(|(block, timed)| timed / number(block).max(1) as f64).collect();
        let mut points: Vec<(f32, u8)> = (0_u8..)
            .zip(blocks)
            .flat_map(|(owner, block)| points(block).map(move |value| (value, owner)))
            .collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (values, owners): (Vec<f32>, Vec<u8>) = points.into_iter().unzip();
        let counts = blocks.iter().map(|block| (block.count, block.failed)).collect();
        let marks = marks(&owners, &stands_for);
        Blocks { counts, timed, stands_for, values, owners, marks }
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
        let wanted = q * weighted(&self.timed, weights);
        let after = self.marks.partition_point(|mark| weighted(mark, weights) < wanted);
        let from = after.saturating_sub(1);
        let before = self.marks.get(from).map_or(0.0, |mark| weighted(mark, weights));
        let found = self.walk(from * STRIDE, wanted - before, weights);
        // The sums of a mark and of its points differ in the last digit.
        found.or_else(|| self.walk(0, wanted, weights))
    }

    /// The value of the point at which `left` is used up, or the last one.
    fn walk(&self, from: usize, mut left: f64, weights: &[f64]) -> Option<f64> {
        let mut found = None;
        let points = self.values.iter().zip(&self.owners).skip(from);
        for (value, owner) in points {
            let owner = usize::from(*owner);
            let weight = self.stands_for[owner] * weights[owner];
            if weight > 0.0 {
                found = Some(f64::from(*value));
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

fn weighted(values: &[f64], weights: &[f64]) -> f64 {
    values.iter().zip(weights).map(|(value, weight)| value * weight).sum()
}

/// A few values at even distances for all those of a block; of few values each.
fn points(block: &Block) -> impl Iterator<Item = f32> {
    let count = block.sketch.as_ref().map_or(0, Sketch::count);
    let number = count.min(POINTS);
    (0..number).filter_map(move |point| {
        let rank = (2 * point + 1) * count / (2 * number);
        // The quantile q is the value with the index q·(n−1), rounded down.
        let q = (rank as f64 + 0.5) / count.saturating_sub(1).max(1) as f64;
        Some(block.sketch.as_ref()?.quantile(q.min(1.0))? as f32)
    })
}

fn marks(owners: &[u8], stands_for: &[f64]) -> Vec<Vec<f64>> {
    let mut before = vec![0.0; stands_for.len()];
    let mark = |stride: &[u8]| {
        let mark = before.clone();
        stride.iter().for_each(|owner| before[usize::from(*owner)] += stands_for[usize::from(*owner)]);
        mark
    };
    owners.chunks(STRIDE).map(mark).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

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
    fn blocks_of_few_values_keep_each_of_them() {
        for length in [1, 2, 7, 16, 63] {
            let dealt = |block: usize| (0..length).map(|place| (place * 24 + block + 1) as f64).collect();
            let blocks = blocks_of(&(0..24).map(dealt).collect::<Vec<Vec<f64>>>());
            let all = (24 * length) as f64;
            for q in [0.5, 0.9, 0.95, 0.99, 1.0] {
                let found = blocks.quantile(q, &[1.0; 24]).unwrap();
                assert!((found - (q * all).ceil()).abs() <= 1.0 + all * 0.005, "{length} {q}: {found}");
            }
        }
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

    proptest! {
        #[test]
        fn the_marks_lead_to_the_value_that_a_walk_through_all_points_finds(
            blocks in prop::collection::vec(prop::collection::vec(1.0_f64..1e9, 0..100), 1..=MAX_BLOCKS),
            weights in prop::collection::vec(0..4_u8, MAX_BLOCKS),
            q in 0.01_f64..0.999,
        ) {
            let weights: Vec<f64> = weights.iter().take(blocks.len()).map(|weight| f64::from(*weight)).collect();
            let blocks = blocks_of(&blocks);
            let walked = blocks.walk(0, q * weighted(&blocks.timed, &weights), &weights);
            prop_assert_eq!(blocks.quantile(q, &weights), walked);
        }
    }

    #[test]
    fn shares_of_failures_follow_the_weights() {
        let blocks = Blocks::of_counts(vec![(100, 10), (300, 0)]);
        assert_eq!(blocks.failure_share(&[1.0, 1.0]), Some(0.025));
        assert_eq!(blocks.failure_share(&[3.0, 1.0]), Some(0.05));
        assert_eq!(blocks.failure_share(&[0.0, 0.0]), None);
    }
}
