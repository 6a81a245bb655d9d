//! A difference, and how much it may be off.

use super::blocks::Blocks;
use super::resample::{Draws, variance_of};

/// Two percent: by so much the percentiles of two equal runs on a quiet machine differ besides what their own seconds
/// tell (other connections, other memory, other neighbours), as a standard deviation. It stands in for what only several
/// runs of one side can show.
pub(super) const BETWEEN_RUNS: f64 = 0.02;

/// For how many runs that assumption counts, once there are several to measure it by.
const ASSUMED_RUNS: f64 = 2.0;

/// Sketches know a value to half a percent, evenly: a standard deviation of 0.5 % / √3.
const SKETCH_VARIANCE: f64 = 0.005 * 0.005 / 3.0;

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Statistic {
    /// A quantile, by its logarithm: a tenth more and a tenth less are equally far.
    Quantile(f64),
    /// The share of failures.
    Failures,
}

impl Statistic {
    fn of(self, blocks: &Blocks, weights: &[f64]) -> Option<f64> {
        match self {
            // A duration of nothing is one of a nanosecond.
            Statistic::Quantile(q) => Some(blocks.quantile(q, weights)?.max(1.0).ln()),
            Statistic::Failures => blocks.failure_share(weights),
        }
    }

    fn between_runs(self) -> f64 {
        match self {
            Statistic::Quantile(_) => BETWEEN_RUNS * BETWEEN_RUNS,
            Statistic::Failures => 0.0,
        }
    }

    /// What the blocks cannot show, however alike they are.
    fn floor(self, sides: &[Vec<&Blocks>; 2]) -> Floor {
        match self {
            Statistic::Quantile(_) => Floor::Sketches,
            Statistic::Failures => Floor::Trials(sides.each_ref().map(|side| Trials::of(side))),
        }
    }
}

/// The variance within runs that is there however alike their blocks are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Floor {
    /// That of sketches, which stays however many values there are.
    Sketches,
    /// That of shares of each side's trials.
    Trials([Trials; 2]),
}

impl Floor {
    /// With so many times the values.
    fn variance(self, factor: f64) -> f64 {
        match self {
            Floor::Sketches => 2.0 * SKETCH_VARIANCE,
            Floor::Trials(sides) => sides.iter().map(|side| side.variance(factor)).sum(),
        }
    }
}

/// The trials of a side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Trials {
    count: f64,
    failed: f64,
}

impl Trials {
    fn of(side: &[&Blocks]) -> Trials {
        let count: u64 = side.iter().map(|run| run.count()).sum();
        let failed: u64 = side.iter().map(|run| run.failed()).sum();
        Trials { count: count as f64, failed: failed as f64 }
    }

    /// That of a share of independent trials, one of which more had failed and one more had not: no failure among few is
    /// no proof of none. Agresti and Caffo (2000), "Simple and effective confidence intervals for proportions".
    fn variance(self, factor: f64) -> f64 {
        let trials = self.count * factor + 2.0;
        let share = (self.failed * factor + 1.0) / trials;
        share * (1.0 - share) / trials
    }
}

/// The difference of a statistic between two sides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Estimate {
    /// On each side, the mean over its runs, on the statistic's scale.
    pub(super) sides: [f64; 2],
    /// The variance that the runs' blocks show; more values would make it smaller.
    pub(super) spread: f64,
    /// Below which the variance within runs does not go.
    pub(super) floor: Floor,
    /// What only more runs would make smaller.
    pub(super) between: f64,
    /// Degrees of freedom.
    pub(super) degrees: f64,
}

impl Estimate {
    /// `None` where too few blocks have values.
    pub(super) fn of(statistic: Statistic, sides: &[Vec<&Blocks>; 2], draws: &Draws) -> Option<Estimate> {
        let mean = |side: &[&Blocks], weights: &[f64]| {
            let values: Option<Vec<f64>> = side.iter().map(|run| statistic.of(run, weights)).collect();
            values.filter(|values| !values.is_empty()).map(|values| mean_of(&values))
        };
        let difference = |weights: &[f64]| Some(mean(&sides[1], weights)? - mean(&sides[0], weights)?);
        let all = draws.all();
        let spread = draws.spread(difference)?;
        let floor = statistic.floor(sides);
        let within = spread.variance.max(floor.variance(1.0));
        // A name that is in few blocks has no more degrees of freedom than these.
        let filled = sides.iter().flatten().map(|run| run.filled()).min().unwrap_or(2);
        let degrees_within = filled.min(spread.pieces).max(2) as f64 - 1.0;
        let runs = sides
            .each_ref()
            .map(|side| side.iter().filter_map(|run| statistic.of(run, &all)).collect::<Vec<f64>>());
        let share: f64 = runs.iter().map(|runs| 1.0 / runs.len().max(1) as f64).sum();
        let (between, degrees_between) = between_runs(&runs, within / share, statistic.between_runs());
        let between = between * share;
        Some(Estimate {
            sides: [mean(&sides[0], &all)?, mean(&sides[1], &all)?],
            spread: spread.variance,
            floor,
            between,
            degrees: degrees_of([(within, degrees_within), (between, degrees_between)]),
        })
    }

    pub(super) fn difference(&self) -> f64 {
        self.sides[1] - self.sides[0]
    }

    /// The variance within runs, had they so many times the values.
    pub(super) fn within(&self, factor: f64) -> f64 {
        (self.spread / factor).max(self.floor.variance(factor))
    }

    pub(super) fn error(&self) -> f64 {
        (self.within(1.0) + self.between).sqrt()
    }
}

/// The variance between runs of one side beyond that within them, and its degrees of freedom: measured where a side
/// has several, and drawn towards what is assumed while they are few (Smyth 2004, "Linear models and empirical Bayes
/// methods"). Infinitely many where nothing is measured.
fn between_runs(sides: &[Vec<f64>; 2], within: f64, assumed: f64) -> (f64, f64) {
    let own = |side: &Vec<f64>| (side.len().max(1) - 1) as f64;
    let measured: f64 = sides.iter().map(own).sum();
    if measured == 0.0 {
        return (assumed, f64::INFINITY);
    }
    let squares: f64 = sides.iter().map(|side| variance_of(side) * own(side)).sum();
    let beyond = (squares / measured - within).max(0.0);
    let degrees = measured + ASSUMED_RUNS;
    ((ASSUMED_RUNS * assumed + measured * beyond) / degrees, degrees)
}

/// The degrees of freedom of a sum of variances that are each known with their own. Satterthwaite (1946), "An approximate
/// distribution of estimates of variance components".
fn degrees_of(parts: [(f64, f64); 2]) -> f64 {
    let sum: f64 = parts.iter().map(|(variance, _)| variance).sum();
    let squares: f64 = parts.iter().map(|(variance, degrees)| variance * variance / degrees).sum();
    if squares > 0.0 { sum * sum / squares } else { f64::INFINITY }
}

pub(super) fn mean_of(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_that_differ_widen_what_is_assumed_and_equal_ones_narrow_it() {
        let assumed = 0.02_f64.powi(2);
        assert_eq!(between_runs(&[vec![1.0], vec![1.3]], 0.0, assumed), (assumed, f64::INFINITY));
        let (wide, degrees) = between_runs(&[vec![1.0, 1.2, 1.4], vec![1.3]], 0.0, assumed);
        assert!(wide > 0.04 * 0.4 && degrees == 4.0, "{wide} {degrees}");
        let (narrow, _) = between_runs(&[vec![1.0; 6], vec![1.0; 6]], 0.0, assumed);
        assert!(narrow < assumed / 4.0, "{narrow}");
    }

    #[test]
    fn a_sum_is_known_no_better_than_its_parts_together_and_no_worse_than_the_worst() {
        assert_eq!(degrees_of([(2.0, 7.0), (0.0, f64::INFINITY)]), 7.0);
        assert_eq!(degrees_of([(1.0, 7.0), (1.0, 7.0)]), 14.0);
        assert_eq!(degrees_of([(1.0, 7.0), (1.0, f64::INFINITY)]), 28.0);
        assert_eq!(degrees_of([(0.0, 7.0), (0.0, 4.0)]), f64::INFINITY);
    }

    #[test]
    fn no_failure_among_few_leaves_room_for_some() {
        let few = Blocks::of_counts(vec![(2, 0); 10]);
        let many = Blocks::of_counts(vec![(2_000, 0); 10]);
        let draws = Draws::new(10);
        let of = |blocks: &Blocks| {
            Estimate::of(Statistic::Failures, &[vec![blocks], vec![blocks]], &draws).unwrap().error()
        };
        assert!(of(&few) > 0.04 && of(&many) < 0.000_1, "{} {}", of(&few), of(&many));
    }
}
