use outrider_model::{Rate, Stage, WhenBusy};
use proptest::prelude::*;

use super::*;

fn constant(rate: f64, duration: Duration, arrivals: Arrivals) -> ExecutorPlan {
    ExecutorPlan::ConstantArrivalRate {
        rate: Rate::per_second(rate),
        duration,
        pre_allocated_vus: 1,
        max_vus: 1,
        arrivals,
        when_busy: WhenBusy::Drop,
    }
}

fn ramp(start: f64, stages: &[(f64, f64)], arrivals: Arrivals) -> ExecutorPlan {
    ExecutorPlan::RampingArrivalRate {
        start_rate: Rate::per_second(start),
        stages: stages
            .iter()
            .map(|&(seconds, target)| Stage { duration: Duration::from_secs_f64(seconds), target })
            .collect(),
        pre_allocated_vus: 1,
        max_vus: 1,
        arrivals,
        when_busy: WhenBusy::Drop,
    }
}

fn offsets(plan: &ExecutorPlan) -> Vec<Duration> {
    Schedule::new(plan, 7, "s", Segment::WHOLE).unwrap().map(|(_, offset)| offset).collect()
}

fn micros(plan: &ExecutorPlan) -> Vec<u128> {
    offsets(plan).iter().map(Duration::as_micros).collect()
}

#[test]
fn a_constant_rate_starts_at_zero_and_keeps_its_period_to_the_nanosecond() {
    let plan = constant(3.0, Duration::from_secs(1), Arrivals::Even);
    let nanos: Vec<u128> = offsets(&plan).iter().map(Duration::as_nanos).collect();
    assert_eq!(nanos, [0, 333_333_333, 666_666_667]);
}

#[test]
fn a_long_run_does_not_drift() {
    let plan = constant(1000.0, Duration::from_secs(86_400), Arrivals::Even);
    let mut schedule = Schedule::new(&plan, 0, "s", Segment::WHOLE).unwrap();
    let (index, offset) = schedule.nth(86_399_999).unwrap();
    assert_eq!((index.0, offset), (86_399_999, Duration::from_millis(86_399_999)));
    assert!(schedule.next().is_none());
}

#[test]
fn a_ramp_from_zero_follows_the_square_root() {
    // 0 to 10/s within 2 s: the integral is 2.5 t², so iteration i is due at sqrt(i / 2.5).
    let plan = ramp(0.0, &[(2.0, 10.0)], Arrivals::Even);
    let expected: Vec<u128> = (0..10).map(|i| ((f64::from(i) / 2.5).sqrt() * 1e6) as u128).collect();
    assert_eq!(micros(&plan), expected);
}

#[test]
fn a_ramp_with_equal_ends_is_the_constant_rate() {
    let even = constant(8.0, Duration::from_secs(5), Arrivals::Even);
    let stages = ramp(8.0, &[(2.0, 8.0), (3.0, 8.0)], Arrivals::Even);
    assert_eq!(offsets(&even), offsets(&stages));
}

#[test]
fn a_pause_in_the_ramp_moves_the_next_arrival_behind_it() {
    let plan = ramp(1.0, &[(2.0, 1.0), (0.0, 0.0), (10.0, 0.0), (0.0, 1.0), (2.0, 1.0)], Arrivals::Even);
    assert_eq!(micros(&plan), [0, 1_000_000, 12_000_000, 13_000_000]);
}

#[test]
fn a_ramp_to_zero_ends_with_its_last_whole_iteration() {
    // 4/s to 0 within 2 s: the integral is 4t - t², four iterations, the last at 2 - 1 = 1 s.
    let plan = ramp(4.0, &[(2.0, 0.0)], Arrivals::Even);
    let expected: Vec<u128> =
        (0..4).map(|i| ((2.0 - (4.0 - f64::from(i)).sqrt()) * 1e6).round() as u128).collect();
    assert_eq!(micros(&plan), expected);
}

#[test]
fn poisson_arrivals_repeat_with_the_seed_and_differ_by_scenario() {
    let plan = constant(50.0, Duration::from_secs(20), Arrivals::Poisson);
    let draw = |seed, name| Schedule::new(&plan, seed, name, Segment::WHOLE).unwrap().collect::<Vec<_>>();
    assert_eq!(draw(1, "a"), draw(1, "a"));
    assert_ne!(draw(1, "a"), draw(2, "a"));
    assert_ne!(draw(1, "a"), draw(1, "b"));
}

#[test]
fn poisson_arrivals_of_a_seed_never_change() {
    // Recorded once: a run that is repeated by its seed with a later version must see the same load.
    let plan = constant(10.0, Duration::from_secs(1), Arrivals::Poisson);
    assert_eq!(micros(&plan)[..3], [144_119, 147_842, 396_497]);
}

#[test]
fn poisson_arrivals_have_the_mean_and_the_spread_of_their_name() {
    let plan = constant(100.0, Duration::from_secs(1000), Arrivals::Poisson);
    let offsets = offsets(&plan);
    // 100,000 expected, with a standard deviation of 316.
    assert!(offsets.len().abs_diff(100_000) < 1500, "{}", offsets.len());
    let gaps: Vec<f64> = offsets.windows(2).map(|pair| (pair[1] - pair[0]).as_secs_f64()).collect();
    let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
    let variance = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / gaps.len() as f64;
    assert!((mean / 0.01 - 1.0).abs() < 0.02, "mean {mean}");
    assert!((variance.sqrt() / mean - 1.0).abs() < 0.03, "deviation {}", variance.sqrt());
}

#[test]
fn the_closed_model_has_no_schedule() {
    let plan = ExecutorPlan::ConstantVus { vus: 1, duration: Duration::from_secs(1) };
    assert!(Schedule::new(&plan, 0, "s", Segment::WHOLE).is_none());
}

prop_compose! {
    fn any_arrivals()(poisson: bool) -> Arrivals {
        if poisson { Arrivals::Poisson } else { Arrivals::Even }
    }
}

prop_compose! {
    fn any_ramp()(
        start in prop_oneof![Just(0.0), 0.0..200.0],
        stages in prop::collection::vec(
            (prop_oneof![Just(0.0), 0.01..20.0], prop_oneof![Just(0.0), 0.0..200.0]), 1..6),
        arrivals in any_arrivals(),
    ) -> ExecutorPlan {
        ramp(start, &stages, arrivals)
    }
}

prop_compose! {
    fn any_constant()(rate in 0.1..500.0, millis in 1_u64..20_000, arrivals in any_arrivals()) -> ExecutorPlan {
        constant(rate, Duration::from_millis(millis), arrivals)
    }
}

fn any_plan() -> impl Strategy<Value = ExecutorPlan> {
    prop_oneof![any_ramp(), any_constant()]
}

fn is_even(plan: &ExecutorPlan) -> bool {
    matches!(
        plan,
        ExecutorPlan::ConstantArrivalRate { arrivals: Arrivals::Even, .. }
            | ExecutorPlan::RampingArrivalRate { arrivals: Arrivals::Even, .. }
    )
}

prop_compose! {
    /// The shares of a mix.
    fn any_mix()(weights in prop::collection::vec(1_u64..100, 1..5)) -> Vec<MixShare> {
        let of = weights.iter().sum();
        let ends = weights.iter().scan(0, |sum, weight| { *sum += weight; Some((*sum - weight, *sum)) });
        ends.map(|(from, to)| MixShare { from, to, of }).collect()
    }
}

#[test]
fn a_mix_starts_what_one_scenario_would_start_alone() {
    let whole = constant(10.0, Duration::from_secs(30), Arrivals::Even);
    let shares = [(0, 80), (80, 100)].map(|(from, to)| MixShare { from, to, of: 100 });
    let of_share = |share: MixShare| {
        let plan = whole.clone().with_rate_times(share.part());
        Schedule::of_share(&plan, 7, share, Segment::WHOLE).unwrap().collect::<Vec<_>>()
    };
    let [browse, buy] = shares.map(of_share);
    // 240 and 60 expected, with a standard deviation of 7.
    assert!(browse.len().abs_diff(240) < 21, "{}", browse.len());
    let mut together: Vec<Duration> = browse.iter().chain(&buy).map(|(_, offset)| *offset).collect();
    together.sort();
    let alone: Vec<Duration> = (0..300).map(|i| Duration::from_millis(100 * i)).collect();
    assert_eq!(together, alone);
    assert!(browse.iter().enumerate().all(|(number, (index, _))| index.0 == number as u64));
}

proptest! {
    #[test]
    fn the_shares_of_a_mix_sum_to_the_whole_on_any_number_of_workers(
        plan in any_plan(), mix in any_mix(), count in 1_u32..5, seed: u64,
    ) {
        let name = MixShare::ARRIVALS;
        let whole = Schedule::new(&plan, seed, name, Segment::WHOLE).unwrap();
        let mut whole: Vec<u128> = whole.map(|(_, offset)| offset.as_micros()).collect();
        let of_worker = |share: MixShare, index| {
            let part = plan.clone().with_rate_times(share.part());
            Schedule::of_share(&part, seed, share, Segment { index, count }).unwrap()
        };
        let mut parts: Vec<u128> = Vec::new();
        for share in mix {
            let mut indices = Vec::new();
            for (index, offset) in (0..count).flat_map(|worker| of_worker(share, worker)) {
                indices.push(index.0);
                parts.push(offset.as_micros());
            }
            indices.sort_unstable();
            prop_assert_eq!(&indices, &(0..indices.len() as u64).collect::<Vec<_>>());
        }
        whole.sort_unstable();
        parts.sort_unstable();
        prop_assert_eq!(whole.len(), parts.len());
        // Multiplying a rate by a part and dividing it again may round.
        prop_assert!(whole.iter().zip(&parts).all(|(a, b)| a.abs_diff(*b) <= 1));
    }

    #[test]
    fn the_parts_of_the_workers_sum_to_the_whole(plan in any_plan(), count in 1_u32..9, seed: u64) {
        let whole: Vec<_> = Schedule::new(&plan, seed, "s", Segment::WHOLE).unwrap().collect();
        let mut parts: Vec<_> = (0..count)
            .flat_map(|index| Schedule::new(&plan, seed, "s", Segment { index, count }).unwrap())
            .collect();
        parts.sort_unstable();
        prop_assert_eq!(whole, parts);
    }

    #[test]
    fn indices_count_up_and_times_never_fall_nor_leave_the_plan(plan in any_plan(), seed: u64) {
        let mut last = Duration::ZERO;
        for (expected, (index, offset)) in Schedule::new(&plan, seed, "s", Segment::WHOLE).unwrap().enumerate() {
            prop_assert_eq!(index.0, expected as u64);
            prop_assert!(offset >= last);
            prop_assert!(offset <= plan.max_duration());
            last = offset;
        }
    }

    #[test]
    fn the_count_is_the_integral_rounded_down(plan in any_plan()) {
        if is_even(&plan) {
            let integral = RateCurve::of(&plan).unwrap().total();
            let count = offsets(&plan).len() as f64;
            prop_assert!(count <= integral + 1e-6 && count > integral - 1.0, "{count} of {integral}");
        }
    }

    #[test]
    fn the_rate_in_the_middle_of_a_stage_is_the_mean_of_its_ends(
        from in 10.0..1000.0, to in 10.0..1000.0, seconds in 10.0..60.0,
    ) {
        let plan = ramp(from, &[(seconds, to)], Arrivals::Even);
        let (start, end) = (seconds / 2.0 - 1.0, seconds / 2.0 + 1.0);
        let around = offsets(&plan).iter().filter(|o| (start..end).contains(&o.as_secs_f64())).count();
        // Two seconds around the middle carry twice the mean rate, give or take the two at the edges.
        prop_assert!((around as f64 - (from + to)).abs() <= 1.0 + 1e-6, "{around} for {}", from + to);
    }
}
