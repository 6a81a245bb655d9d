//! From differences to verdicts.

use super::document::RowVerdict;
use super::estimate::Estimate;
use super::student;

/// A difference with the least size that counts, on the same scale.
#[derive(Clone, Copy, Debug)]
pub(super) struct Test {
    pub(super) estimate: Estimate,
    pub(super) limit: f64,
}

/// What came of a test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Judged {
    pub(super) verdict: RowVerdict,
    /// The interval of the difference, for itself alone.
    pub(super) interval: [f64; 2],
    pub(super) p_value: f64,
    pub(super) p_adjusted: f64,
    /// What would decide it, were the difference what it seems.
    pub(super) needs: Needs,
}

/// What a test would need to be decided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Needs {
    /// So many times the values.
    Values(f64),
    /// More runs: the difference between equal runs alone is too large.
    Runs,
    /// Another limit: the difference is about as large as this one.
    Limit,
    /// Runs that scatter less: no number of values or runs in reason would do.
    Quiet,
}

/// A hundred times as many values: who needs more than that better looks for another way.
const MAX_FACTOR: f64 = 100.0;

/// Twenty times as many runs of each side: nobody makes more.
const MAX_RUNS_FACTOR: f64 = 20.0;

/// A tenth of the limit to either side: so near to it a difference is about as large.
const NEAR_LIMIT: f64 = 0.1;

/// Judges all tests of a comparison together.
pub(super) fn judge(tests: &[Test], alpha: f64) -> Vec<Judged> {
    let p_values: Vec<f64> = tests.iter().map(Test::p_value).collect();
    let adjusted = holm(&p_values);
    let found = tests.iter().zip(p_values.iter().zip(adjusted));
    found.map(|(test, (p_value, p_adjusted))| test.judged(alpha, tests.len(), *p_value, p_adjusted)).collect()
}

impl Test {
    /// How likely it is that a difference no larger than the limit looks so much larger, to either side.
    fn p_value(&self) -> f64 {
        let beyond = self.estimate.difference().abs() - self.limit;
        (2.0 * student::upper_tail(beyond / self.error(), self.estimate.degrees)).min(1.0)
    }

    fn error(&self) -> f64 {
        self.estimate.error().max(f64::MIN_POSITIVE)
    }

    /// `tests` is the number of all tests.
    fn judged(&self, alpha: f64, tests: usize, p_value: f64, p_adjusted: f64) -> Judged {
        let difference = self.estimate.difference();
        let quantile = student::quantile(alpha / 2.0, self.estimate.degrees);
        let reach = quantile * self.error();
        let interval = [difference - reach, difference + reach];
        let verdict = match () {
            () if p_adjusted < alpha && difference > 0.0 => RowVerdict::Worse,
            () if p_adjusted < alpha => RowVerdict::Better,
            () if interval[0] >= -self.limit && interval[1] <= self.limit => RowVerdict::Same,
            () => RowVerdict::NotEnoughData,
        };
        Judged { verdict, interval, p_value, p_adjusted, needs: self.needs(alpha, tests) }
    }

    /// With how many times the values it would be decided, were the difference what it seems: the interval would end at
    /// the limit, or, beyond the limit, the test would be passed as the first of all that are corrected for.
    fn needs(&self, alpha: f64, tests: usize) -> Needs {
        let is_beyond = self.estimate.difference().abs() > self.limit;
        let alpha = if is_beyond { alpha / tests.max(1) as f64 } else { alpha };
        let quantile = student::quantile(alpha / 2.0, self.estimate.degrees);
        let distance = (self.limit - self.estimate.difference().abs()).abs();
        let gap = distance / quantile;
        let is_enough = |factor: f64, runs: f64| {
            self.estimate.within(factor * runs) + self.estimate.between / runs <= gap * gap
        };
        match () {
            () if is_enough(MAX_FACTOR, 1.0) => Needs::Values(least(|factor| is_enough(factor, 1.0))),
            () if is_enough(1.0, MAX_RUNS_FACTOR) => Needs::Runs,
            () if distance <= NEAR_LIMIT * self.limit => Needs::Limit,
            () => Needs::Quiet,
        }
    }
}

/// The least factor up to [`MAX_FACTOR`] that is enough, to a hundredth, where more is enough as well.
fn least(is_enough: impl Fn(f64) -> bool) -> f64 {
    let (mut few, mut enough) = (1.0, MAX_FACTOR);
    while enough - few > 0.01 {
        let middle = f64::midpoint(few, enough);
        *(if is_enough(middle) { &mut enough } else { &mut few }) = middle;
    }
    enough
}

/// Holm's correction: no test is called significant by chance, whichever of them are true, but with the given
/// probability. Holm (1979), "A simple sequentially rejective multiple test procedure".
fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut largest: f64 = 0.0;
    for (rank, index) in order.into_iter().enumerate() {
        largest = largest.max(p_values[index] * (p_values.len() - rank) as f64);
        adjusted[index] = largest.min(1.0);
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::super::estimate::Floor;
    use super::*;

    fn test(difference: f64, error: f64) -> Test {
        let estimate = Estimate {
            sides: [1.0, 1.0 + difference],
            spread: error * error,
            floor: Floor::Sketches,
            between: 0.0,
            degrees: 23.0,
        };
        Test { estimate, limit: 0.1 }
    }

    #[test]
    fn a_verdict_needs_size_and_certainty() {
        let verdict = |difference, error| judge(&[test(difference, error)], 0.05)[0].verdict;
        assert_eq!(verdict(0.3, 0.02), RowVerdict::Worse);
        assert_eq!(verdict(-0.3, 0.02), RowVerdict::Better);
        assert_eq!(verdict(0.02, 0.02), RowVerdict::Same);
        assert_eq!(verdict(0.02, 0.1), RowVerdict::NotEnoughData, "anything may be");
        assert_eq!(verdict(0.3, 0.2), RowVerdict::NotEnoughData, "it may be chance");
        assert_eq!(verdict(0.09, 0.001), RowVerdict::Same, "it is sure, and too small");
    }

    #[test]
    fn what_is_sure_alone_may_be_chance_among_many() {
        let one = test(0.3, 0.08);
        assert_eq!(judge(&[one], 0.05)[0].verdict, RowVerdict::Worse);
        let many: Vec<Test> = [one].into_iter().chain((0..40).map(|_| test(0.0, 0.08))).collect();
        assert_eq!(judge(&many, 0.05)[0].verdict, RowVerdict::NotEnoughData);
    }

    #[test]
    fn holm_is_as_in_the_textbook() {
        let near = |found: Vec<f64>, wanted: [f64; 4]| {
            assert!(found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?}");
        };
        near(holm(&[0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02]);
        near(holm(&[0.5, 0.6, 0.7, 0.8]), [1.0, 1.0, 1.0, 1.0]);
    }

    #[test]
    fn how_many_more_values_are_needed_is_enough() {
        let vague = test(0.02, 0.1);
        let Needs::Values(factor) = judge(&[vague], 0.05)[0].needs else { panic!("more values would do") };
        let more = Estimate { spread: vague.estimate.spread / (factor * 1.01), ..vague.estimate };
        assert_eq!(judge(&[Test { estimate: more, ..vague }], 0.05)[0].verdict, RowVerdict::Same);
        let runs = Estimate { between: 0.01, ..vague.estimate };
        assert_eq!(judge(&[Test { estimate: runs, ..vague }], 0.05)[0].needs, Needs::Runs);
    }

    #[test]
    fn nothing_is_promised_of_a_difference_that_is_as_large_as_the_limit() {
        let needs = |difference, limit| judge(&[Test { limit, ..test(difference, 0.01) }], 0.05)[0].needs;
        assert_eq!(needs(0.1, 0.1), Needs::Limit);
        assert_eq!(needs(0.1001, 0.1), Needs::Limit, "thousands of runs would tell");
        assert_eq!(needs(0.0, 0.0), Needs::Limit, "no interval lies within nothing");
        assert!(matches!(needs(0.09, 0.1), Needs::Values(_)));
    }

    #[test]
    fn what_scatters_much_is_not_called_near_the_limit() {
        let noisy = test(0.0, 2.0);
        assert_eq!(judge(&[noisy], 0.05)[0].needs, Needs::Quiet);
    }
}
