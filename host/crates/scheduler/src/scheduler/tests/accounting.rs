//! The invariant of the accounting (INV-1), over random runs: whatever the plan, the VUs and the end, each
//! scheduled iteration ends as exactly one of completed, failed, interrupted and dropped, and leaves
//! exactly one row. The report of every test run checks it; here are the runs.

use std::time::Duration;

use outrider_model::{Arrivals, ExecutorPlan, FailureCause, Rate, ScenarioPlan, Stage, WhenBusy};
use proptest::prelude::*;

use crate::RunEnd;
use crate::fake::{Act, Birth, Call, TestRun, ms, scenario};

/// A random plan of a second or two with a few VUs.
fn any_executor() -> impl Strategy<Value = ExecutorPlan> {
    let vus = 0_u32..5;
    let span = (0_u64..1500).prop_map(ms);
    let arrivals = prop_oneof![Just(Arrivals::Even), Just(Arrivals::Poisson)];
    let when_busy = prop_oneof![Just(WhenBusy::Drop), Just(WhenBusy::Wait)];
    let stages = |max: f64| {
        let stage =
            (0_u64..700, 0.0..max).prop_map(|(millis, target)| Stage { duration: ms(millis), target });
        prop::collection::vec(stage, 0..5)
    };
    prop_oneof![
        (vus.clone(), 0_u64..30, span.clone()).prop_map(|(vus, iterations, max_duration)| {
            ExecutorPlan::SharedIterations { vus, iterations, max_duration }
        }),
        (vus.clone(), 0_u64..9, span.clone()).prop_map(|(vus, iterations, max_duration)| {
            ExecutorPlan::PerVuIterations { vus, iterations, max_duration }
        }),
        (vus.clone(), span.clone()).prop_map(|(vus, duration)| ExecutorPlan::ConstantVus { vus, duration }),
        (vus.clone(), stages(6.0), 0_u64..300).prop_map(|(start_vus, stages, graceful)| {
            ExecutorPlan::RampingVus { start_vus, stages, graceful_ramp_down: ms(graceful) }
        }),
        (0.0..150.0, span, vus.clone(), vus.clone(), arrivals.clone(), when_busy.clone()).prop_map(
            |(rate, duration, pre_allocated_vus, more, arrivals, when_busy)| {
                ExecutorPlan::ConstantArrivalRate {
                    rate: Rate::per_second(rate),
                    duration,
                    pre_allocated_vus,
                    max_vus: pre_allocated_vus + more,
                    arrivals,
                    when_busy,
                }
            }
        ),
        (0.0..100.0, stages(150.0), vus.clone(), vus, arrivals, when_busy).prop_map(
            |(rate, stages, pre_allocated_vus, more, arrivals, when_busy)| ExecutorPlan::RampingArrivalRate {
                start_rate: Rate::per_second(rate),
                stages,
                pre_allocated_vus,
                max_vus: pre_allocated_vus + more,
                arrivals,
                when_busy,
            }
        ),
    ]
}

prop_compose! {
    fn any_scenarios()(
        parts in prop::collection::vec((any_executor(), 0_u64..500, 0_u64..500), 1..4),
    ) -> Vec<ScenarioPlan> {
        parts
            .into_iter()
            .enumerate()
            .map(|(number, (executor, start, graceful))| ScenarioPlan {
                start_time: ms(start),
                graceful_stop: ms(graceful),
                ..scenario(&format!("scenario-{number}"), executor)
            })
            .collect()
    }
}

/// A number that looks random and depends on the arguments only.
fn mix(seed: u64, a: u64, b: u64) -> u64 {
    let mut x = seed ^ a.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ b.wrapping_mul(0xc2b2_ae3d_27d4_eb4f);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

fn any_act(seed: u64, call: Call) -> Act {
    let draw = mix(seed, u64::from(call.vu), call.vu_iteration);
    // Never instant: the paused clock stands still while a VU is busy.
    let takes = ms(1 + draw % 300);
    match (draw >> 32) % 100 {
        0 => Act::aborts_run(takes, "enough"),
        1..=9 => Act::breaks(takes),
        10..=19 => Act::fails(takes, FailureCause::Target, "no"),
        _ => Act::completes(takes),
    }
}

fn any_birth(seed: u64, vu: u32, before: u32) -> Birth {
    let draw = mix(seed, u64::from(vu), u64::from(before));
    // The VUs made before the start are all made: a run whose preparation fails does not start.
    Birth { takes: ms(draw % 40), fails: before > 0 && draw.is_multiple_of(5), ..Birth::default() }
}

fn any_end() -> impl Strategy<Value = Option<Duration>> {
    prop_oneof![Just(None), (0_u64..2500).prop_map(|millis| Some(ms(millis)))]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_scheduled_iteration_is_accounted_for_exactly_once(
        scenarios in any_scenarios(),
        seed: u64,
        (stop_at, abort_at) in (any_end(), any_end()),
        (index, count) in (1_u32..4).prop_flat_map(|count| (0..count, Just(count))),
        prepared: bool,
    ) {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let report = runtime.block_on(async {
            let mut run = TestRun::of_all(scenarios)
                .segment(index, count)
                .script(move |call| any_act(seed, call))
                .births(move |(vu, before)| any_birth(seed, vu, before));
            run = if prepared { run } else { run.unprepared() };
            run = if let Some(at) = stop_at { run.stop_at(at) } else { run };
            run = if let Some(at) = abort_at { run.abort_at(at) } else { run };
            run.run().await
        });
        let is_early = report.outcome.end != RunEnd::Finished;
        prop_assert!(!is_early || stop_at.is_some() || abort_at.is_some() || report.outcome.totals().failed.target > 0);
    }
}
