//! The load of a mix, shared by weight.

use outrider_model::{ExecutorPlan, MixShare};

use super::{Dialect, Field, LoadFault, LoadPlan};

impl LoadPlan {
    /// The parts of a rate that go to `shares` of it: of the rate, those on average; of its VUs, whole ones that
    /// together are those of all. Nobody is left without one.
    ///
    /// # Errors
    ///
    /// Fewer VUs are allowed than there are shares.
    pub fn shared(&self, shares: &[MixShare], dialect: Dialect) -> Result<Vec<LoadPlan>, LoadFault> {
        let scenarios = u32::try_from(shares.len()).unwrap_or(u32::MAX);
        let most = self.executor.max_vus();
        // Asked for by number; a ceiling that is the default is raised.
        if self.least_vus == most && most < scenarios {
            return Err(too_few(most, scenarios, dialect));
        }
        let weights: Vec<u64> = shares.iter().map(|share| share.to - share.from).collect();
        let ceilings = split(most.max(scenarios), &weights);
        let within =
            |vus: u32| bounded(split(vus.clamp(scenarios, most.max(scenarios)), &weights), &ceilings);
        let (first, least) = (within(first_vus(&self.executor)), within(self.least_vus));
        let part = |(index, share): (usize, &MixShare)| LoadPlan {
            executor: with_vus(
                self.executor.clone().with_rate_times(share.part()),
                first[index],
                ceilings[index],
            ),
            least_vus: least[index],
        };
        Ok(shares.iter().enumerate().map(part).collect())
    }
}

fn too_few(most: u32, scenarios: u32, dialect: Dialect) -> LoadFault {
    let (written, enough) = (dialect.with(Field::MaxVus, most), dialect.with(Field::MaxVus, scenarios));
    LoadFault {
        field: Some(Field::MaxVus),
        message: format!(
            "{written} is less than one for each of the {scenarios} scenarios that share the rate"
        ),
        hint: Some(format!("at least {enough}, or fewer scenarios with a weight")),
    }
}

/// The VUs made beforehand.
fn first_vus(executor: &ExecutorPlan) -> u32 {
    match executor {
        ExecutorPlan::ConstantArrivalRate { pre_allocated_vus, .. }
        | ExecutorPlan::RampingArrivalRate { pre_allocated_vus, .. } => *pre_allocated_vus,
        closed => closed.max_vus(),
    }
}

fn with_vus(mut executor: ExecutorPlan, first: u32, most: u32) -> ExecutorPlan {
    if let ExecutorPlan::ConstantArrivalRate { pre_allocated_vus, max_vus, .. }
    | ExecutorPlan::RampingArrivalRate { pre_allocated_vus, max_vus, .. } = &mut executor
    {
        (*pre_allocated_vus, *max_vus) = (first, most);
    }
    executor
}

/// `total` in whole parts by weight, at least 1 each: those whose part would be less have 1, and the others share the
/// rest by the largest remainder; of equal ones the first goes first. There are no more weights than `total`.
fn split(total: u32, weights: &[u64]) -> Vec<u32> {
    let mut parts = vec![1; weights.len()];
    let mut sharing: Vec<usize> = (0..weights.len()).collect();
    let (mut rest, mut sum);
    loop {
        // Of 32 bits times 32 bits and sums of them, nothing is lost in 128.
        rest = u128::from(total) - (weights.len() - sharing.len()) as u128;
        sum = sharing.iter().map(|index| u128::from(weights[*index])).sum::<u128>();
        let before = sharing.len();
        sharing.retain(|index| rest * u128::from(weights[*index]) >= sum);
        if sharing.len() == before {
            break;
        }
    }
    for index in &sharing {
        parts[*index] = (rest * u128::from(weights[*index]) / sum) as u32;
    }
    sharing.sort_by_key(|index| std::cmp::Reverse(rest * u128::from(weights[*index]) % sum));
    let given: u32 = parts.iter().sum();
    sharing.iter().take((total - given) as usize).for_each(|index| parts[*index] += 1);
    parts
}

/// The same numbers, none above its ceiling: what is above one goes to the first that have room.
fn bounded(mut parts: Vec<u32>, ceilings: &[u32]) -> Vec<u32> {
    let mut left = 0;
    for (part, ceiling) in parts.iter_mut().zip(ceilings) {
        left += part.saturating_sub(*ceiling);
        *part = (*part).min(*ceiling);
    }
    for (part, ceiling) in parts.iter_mut().zip(ceilings) {
        let more = left.min(ceiling - *part);
        (*part, left) = (*part + more, left - more);
    }
    parts
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use outrider_model::Rate;

    use super::*;
    use crate::LoadConfig;

    fn shares(weights: &[u64]) -> Vec<MixShare> {
        let of = weights.iter().sum();
        let ends = weights.iter().scan(0, |end, weight| {
            *end += weight;
            Some((*end - weight, *end))
        });
        ends.map(|(from, to)| MixShare { from, to, of }).collect()
    }

    fn rate(per_second: f64, vus: Option<u32>, max_vus: Option<u32>) -> LoadPlan {
        let (rate, duration) = (Some(Rate::per_second(per_second)), Some(Duration::from_secs(10)));
        let load = LoadConfig { rate, duration, vus, max_vus, ..LoadConfig::default() };
        load.resolve(Dialect::Keys).unwrap()
    }

    /// To begin with, at most, and asked for.
    fn numbers(load: &LoadPlan, weights: &[u64]) -> Vec<(u32, u32, u32)> {
        let parts = load.shared(&shares(weights), Dialect::Keys).unwrap();
        let of = |part: &LoadPlan| (first_vus(&part.executor), part.executor.max_vus(), part.least_vus);
        parts.iter().map(of).collect()
    }

    #[test]
    fn parts_are_by_weight_and_together_the_whole() {
        assert_eq!(split(10, &[80, 15, 5]), [8, 1, 1]);
        assert_eq!(split(100, &[7, 93]), [7, 93], "no float makes eight of it");
        assert_eq!(split(5, &[1, 1, 1]), [2, 2, 1]);
        assert_eq!(split(3, &[1_000_000, 1, 1]), [1, 1, 1]);
        assert_eq!(split(u32::MAX, &[u64::from(u32::MAX), 1]), [u32::MAX - 1, 1]);
        assert_eq!(split(0, &[]), [0; 0]);
    }

    #[test]
    fn every_split_is_whole_and_leaves_nobody_out() {
        for weights in [&[1][..], &[3, 3, 3], &[80, 15, 5], &[1, 2, 4, 8, 16], &[1_000, 1, 999, 7, 7, 1]] {
            let (all, fewest) = (weights.iter().sum::<u64>(), weights.len() as u32);
            for total in fewest..200 {
                let parts = split(total, weights);
                assert_eq!(parts.iter().sum::<u32>(), total, "{weights:?}");
                assert!(parts.iter().all(|part| *part > 0), "{total} by {weights:?}: {parts:?}");
                let above =
                    |(part, weight): (&u32, &u64)| u64::from(*part) > u64::from(total) * weight / all + 1;
                assert!(!parts.iter().zip(weights).any(above), "{total} by {weights:?}: {parts:?}");
            }
        }
    }

    #[test]
    fn a_mix_has_the_vus_that_were_asked_for() {
        assert_eq!(numbers(&rate(10.0, None, Some(10)), &[80, 15, 5]), [(8, 8, 8), (1, 1, 1), (1, 1, 1)]);
        assert_eq!(numbers(&rate(1.0, Some(1), Some(6)), &[2, 1]), [(1, 4, 4), (1, 2, 2)]);
        for max_vus in 6..40 {
            for vus in 1..=max_vus {
                let parts = numbers(&rate(10.0, Some(vus), Some(max_vus)), &[6, 6, 2, 2, 1, 1]);
                let sums = parts.iter().fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
                assert_eq!(sums, (vus.max(6), max_vus));
                assert!(parts.iter().all(|(first, most, _)| first <= most), "{parts:?}");
            }
        }
    }

    #[test]
    fn a_ceiling_below_the_number_of_scenarios_is_refused_if_it_is_written() {
        let weights = [1; 5];
        assert_eq!(numbers(&rate(1.0, None, None), &weights), [(1, 1, 1); 5], "four by default");
        for (dialect, written) in [(Dialect::Keys, "max_vus = 2"), (Dialect::Flags, "--max-vus 2")] {
            let fault = rate(1.0, None, Some(2)).shared(&shares(&weights), dialect).unwrap_err();
            assert_eq!(fault.field, Some(Field::MaxVus));
            assert!(fault.message.starts_with(written) && fault.message.contains("5 scenarios"), "{fault:?}");
        }
    }
}
