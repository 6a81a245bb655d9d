//! What concerns the run as a whole: start times, stopping, broken VUs, the accounting.

mod accounting;
mod admission;
mod broken_vus;
mod preparing;
mod stopping;

use outrider_model::{Arrivals, ExecutorPlan, IterationStatus, Rate, ScenarioPlan, WhenBusy};

use crate::ScenarioPhase;
use crate::fake::{Act, Event, TestRun, ms, scenario};

fn constant_vus(vus: u32, millis: u64) -> ExecutorPlan {
    ExecutorPlan::ConstantVus { vus, duration: ms(millis) }
}

fn constant_rate(per_second: f64, millis: u64, vus: (u32, u32)) -> ExecutorPlan {
    ExecutorPlan::ConstantArrivalRate {
        rate: Rate::per_second(per_second),
        duration: ms(millis),
        pre_allocated_vus: vus.0,
        max_vus: vus.1,
        arrivals: Arrivals::Even,
        when_busy: WhenBusy::Drop,
    }
}

fn starting_at(millis: u64, plan: ScenarioPlan) -> ScenarioPlan {
    ScenarioPlan { start_time: ms(millis), ..plan }
}

#[tokio::test(start_paused = true)]
async fn scenarios_run_at_once_each_from_its_start_time() {
    let run = TestRun::of_all(vec![
        scenario("a", constant_vus(1, 300)),
        starting_at(150, scenario("b", constant_rate(10.0, 200, (1, 1)))),
    ]);
    let report = run.run().await;
    assert_eq!(report.starts_by_vu()[&1], [0, 100_000, 200_000]);
    assert_eq!(report.starts_by_vu()[&2], [150_000, 250_000]);
    assert_eq!(report.took, 350_000);
    assert_eq!(report.outcome.totals().completed, 5);
}

#[tokio::test(start_paused = true)]
async fn what_is_done_beside_a_journey_is_no_part_of_its_durations() {
    let run = TestRun::of(constant_vus(1, 250)).script(|_| Act::completes(ms(100)).unmeasured(ms(30)));
    let report = run.run().await;
    assert_eq!(report.starts_by_vu()[&1], [0, 100_000, 200_000], "it takes the user's time");
    assert!(report.samples.iter().all(|sample| sample.duration == ms(70)), "{:?}", report.samples);
}

#[tokio::test(start_paused = true)]
async fn vu_numbers_are_unique_over_scenarios_and_workers() {
    let mut vus = Vec::new();
    for index in 0..3 {
        let run = TestRun::of_all(vec![
            scenario("a", constant_vus(4, 50)),
            scenario("b", constant_rate(10.0, 100, (5, 7))),
            scenario("c", constant_vus(2, 50)),
        ]);
        vus.extend(run.segment(index, 3).run().await.vus(Event::Created));
    }
    vus.sort_unstable();
    // 5 of the second scenario's 7 are made before the start, and no more are needed.
    assert_eq!(vus, [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13]);
}

#[tokio::test(start_paused = true)]
async fn the_gauges_follow_the_run() {
    let run = TestRun::of_all(vec![
        scenario("time", constant_vus(2, 1000)),
        starting_at(
            500,
            scenario(
                "count",
                ExecutorPlan::SharedIterations { vus: 1, iterations: 4, max_duration: ms(9000) },
            ),
        ),
    ]);
    let run = run.start().await.unwrap();
    let gauges = run.scheduler.gauges();
    assert_eq!((gauges.initialized_vus(), gauges.prepared_vus(), gauges.active_vus()), (3, 3, 0));
    assert_eq!(gauges.snapshot()[0].phase, ScenarioPhase::Waiting);
    let run = tokio::spawn(run.finish());

    tokio::time::sleep(ms(250)).await;
    let [time, count] = &gauges.snapshot()[..] else { panic!("two scenarios") };
    assert_eq!((time.phase, time.active_vus, time.iterations.completed), (ScenarioPhase::Running, 2, 4));
    assert!((time.progress() - 0.25).abs() < 1e-9);
    assert_eq!(
        (count.phase, count.progress(), count.planned_iterations),
        (ScenarioPhase::Waiting, 0.0, Some(4))
    );

    tokio::time::sleep(ms(500)).await;
    let [time, count] = &gauges.snapshot()[..] else { panic!("two scenarios") };
    assert!((time.progress() - 0.75).abs() < 1e-9);
    assert_eq!((count.phase, count.progress(), count.active_vus), (ScenarioPhase::Running, 0.5, 1));

    run.await.unwrap();
    for scenario in gauges.snapshot() {
        assert_eq!(
            (scenario.phase, scenario.active_vus, scenario.initialized_vus),
            (ScenarioPhase::Ended, 0, 0)
        );
        assert_eq!(scenario.progress(), 1.0);
    }
}

#[tokio::test(start_paused = true)]
async fn without_preparing_vus_are_made_when_their_first_iteration_is_due() {
    let births = |_| crate::fake::Birth { takes: ms(40), ..crate::fake::Birth::default() };
    let report = TestRun::of(constant_vus(1, 200)).births(births).unprepared().run().await;
    assert_eq!(report.starts_by_vu()[&1], [40_000, 140_000]);
    let report = TestRun::of(constant_rate(5.0, 400, (1, 1))).births(births).unprepared().run().await;
    let expected = [(0, 0, 40_000), (1, 200_000, 200_000)];
    assert_eq!(report.times(IterationStatus::Completed), expected);
}

#[tokio::test(start_paused = true)]
async fn vus_are_stopped_when_their_scenario_ends() {
    let run = TestRun::of_all(vec![scenario("a", constant_vus(1, 100)), scenario("b", constant_vus(1, 500))]);
    let report = run.run().await;
    assert!(report.events.contains(&(100_000, Event::Stopped(1))));
    assert!(report.events.contains(&(500_000, Event::Stopped(2))));
}

#[tokio::test(start_paused = true)]
async fn a_stop_that_hangs_ends_with_its_timeout() {
    let report = TestRun::of(constant_vus(3, 100)).stop_takes(ms(60_000)).run().await;
    assert_eq!(report.took, 5_100_000);
    assert_eq!(report.scenario().failures[0].kind, "stop timeout");
    assert_eq!(report.vus(Event::Dropped).len(), 3);
}

#[test]
fn a_run_spreads_over_the_threads_of_a_runtime() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_time().build().unwrap();
    let executor = ExecutorPlan::SharedIterations { vus: 64, iterations: 20_000, max_duration: ms(600_000) };
    let report = runtime
        .block_on(async { TestRun::of(executor).script(|_| crate::fake::Act::completes(ms(0))).run().await });
    assert_eq!(report.scenario().iterations.completed, 20_000);
    assert_eq!(report.indices(), (0..20_000).collect::<Vec<_>>());
}
