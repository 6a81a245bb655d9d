//! The steps of `ramping-vus`.

use std::time::Duration;

use outrider_model::{Segment, Stage};

/// From `at` on, this worker runs `vus` VUs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct VuStep {
    /// After the start of the scenario.
    pub(crate) at: Duration,
    /// This worker's share.
    pub(crate) vus: u32,
}

/// The moments at which the number of VUs changes, in order, the first at zero.
///
/// Between the ends of a stage the number changes by one whenever the straight line between them
/// reaches a whole number, as in k6: upwards that rounds down, and both ways the target is reached
/// exactly at the stage's end. A stage without duration is one step.
#[derive(Clone, Debug)]
pub(crate) struct VuSteps {
    segment: Segment,
    stages: Vec<Stage>,
    /// The stage under way.
    stage: usize,
    stage_start: Duration,
    /// VUs of all workers at the start of the stage.
    from: u64,
    /// Steps of one VU that were made in the stage.
    made: u64,
    /// This worker's share after the last step; `None` before the first.
    share: Option<u64>,
}

impl VuSteps {
    pub(crate) fn new(start_vus: u32, stages: &[Stage], segment: Segment) -> VuSteps {
        VuSteps {
            segment,
            stages: stages.to_vec(),
            stage: 0,
            stage_start: Duration::ZERO,
            from: u64::from(start_vus),
            made: 0,
            share: None,
        }
    }

    /// The next step of all workers together.
    fn next_of_all(&mut self) -> Option<(Duration, u64)> {
        loop {
            let stage = *self.stages.get(self.stage)?;
            let target = stage.target as u64;
            let distance = target.abs_diff(self.from);
            if self.made == distance {
                self.stage += 1;
                self.stage_start += stage.duration;
                self.from = target;
                self.made = 0;
            } else if stage.duration.is_zero() {
                self.made = distance;
                return Some((self.stage_start, target));
            } else {
                self.made += 1;
                let vus = if target > self.from { self.from + self.made } else { self.from - self.made };
                return Some((self.stage_start + fraction(stage.duration, self.made, distance), vus));
            }
        }
    }
}

impl Iterator for VuSteps {
    type Item = VuStep;

    fn next(&mut self) -> Option<VuStep> {
        if self.share.is_none() {
            let share = self.segment.share(self.from);
            self.share = Some(share);
            return Some(VuStep { at: Duration::ZERO, vus: as_vus(share) });
        }
        loop {
            let (at, vus) = self.next_of_all()?;
            let share = self.segment.share(vus);
            if self.share != Some(share) {
                self.share = Some(share);
                return Some(VuStep { at, vus: as_vus(share) });
            }
        }
    }
}

/// `duration · part / whole`, exact, rounded down to the nanosecond.
fn fraction(duration: Duration, part: u64, whole: u64) -> Duration {
    let nanos = duration.as_nanos() * u128::from(part) / u128::from(whole.max(1));
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

fn as_vus(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stages(stages: &[(u64, f64)]) -> Vec<Stage> {
        stages
            .iter()
            .map(|&(millis, target)| Stage { duration: Duration::from_millis(millis), target })
            .collect()
    }

    fn steps(start: u32, ramp: &[(u64, f64)]) -> Vec<(u128, u32)> {
        VuSteps::new(start, &stages(ramp), Segment::WHOLE).map(|s| (s.at.as_micros(), s.vus)).collect()
    }

    #[test]
    fn the_number_goes_up_when_the_line_reaches_the_next_whole_number() {
        assert_eq!(steps(0, &[(900, 3.0)]), [(0, 0), (300_000, 1), (600_000, 2), (900_000, 3)]);
    }

    #[test]
    fn the_number_goes_down_when_the_line_reaches_the_next_whole_number() {
        assert_eq!(steps(3, &[(1000, 0.0)]), [(0, 3), (333_333, 2), (666_666, 1), (1_000_000, 0)]);
    }

    #[test]
    fn a_flat_stage_makes_no_step_and_one_without_duration_a_single_one() {
        let expected = [(0, 2), (500_000, 10), (1_500_000, 9)];
        assert_eq!(steps(2, &[(500, 2.0), (0, 10.0), (1000, 9.0)]), expected);
    }

    /// The number of VUs that `steps` give at `at`.
    fn vus_at(steps: &[VuStep], at: Duration) -> u32 {
        steps.iter().rev().find(|step| step.at <= at).map_or(0, |step| step.vus)
    }

    proptest! {
        #[test]
        fn the_workers_shares_sum_to_the_whole_at_any_time(
            start in 0_u32..40,
            ramp in prop::collection::vec((0_u64..5_000, 0_u32..40), 1..6),
            count in 1_u32..6,
        ) {
            let ramp: Vec<Stage> = ramp
                .iter()
                .map(|&(millis, vus)| Stage { duration: Duration::from_millis(millis), target: f64::from(vus) })
                .collect();
            let whole: Vec<_> = VuSteps::new(start, &ramp, Segment::WHOLE).collect();
            let parts: Vec<Vec<_>> = (0..count)
                .map(|index| VuSteps::new(start, &ramp, Segment { index, count }).collect())
                .collect();
            for step in &whole {
                let sum: u32 = parts.iter().map(|part| vus_at(part, step.at)).sum();
                prop_assert_eq!(sum, vus_at(&whole, step.at));
            }
        }

        #[test]
        fn each_stage_reaches_its_target_exactly_at_its_end(
            start in 0_u32..40,
            ramp in prop::collection::vec((1_u64..5_000, 0_u32..40), 1..6),
        ) {
            let ramp: Vec<Stage> = ramp
                .iter()
                .map(|&(millis, vus)| Stage { duration: Duration::from_millis(millis), target: f64::from(vus) })
                .collect();
            let steps: Vec<_> = VuSteps::new(start, &ramp, Segment::WHOLE).collect();
            let (mut end, mut from) = (Duration::ZERO, start);
            for stage in &ramp {
                end += stage.duration;
                let to = stage.target as u32;
                prop_assert_eq!(vus_at(&steps, end), to);
                if from != to {
                    prop_assert_ne!(vus_at(&steps, end - Duration::from_nanos(1)), to);
                }
                from = to;
            }
        }
    }
}
