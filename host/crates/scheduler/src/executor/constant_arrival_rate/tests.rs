use outrider_model::{Arrivals, ExecutorPlan, IterationStatus, Rate, Segment, WhenBusy};

use crate::Schedule;
use crate::fake::{Act, Birth, Event, TestRun, ms};

fn plan(per_second: f64, millis: u64, vus: (u32, u32), arrivals: Arrivals) -> ExecutorPlan {
    ExecutorPlan::ConstantArrivalRate {
        rate: Rate::per_second(per_second),
        duration: ms(millis),
        pre_allocated_vus: vus.0,
        max_vus: vus.1,
        arrivals,
        when_busy: WhenBusy::Drop,
    }
}

/// `vus`: pre-allocated and at most.
fn constant_rate(per_second: f64, millis: u64, vus: (u32, u32)) -> TestRun {
    TestRun::of(plan(per_second, millis, vus, Arrivals::Even))
}

#[tokio::test(start_paused = true)]
async fn iterations_start_at_their_times_however_long_they_take() {
    let report = constant_rate(10.0, 500, (5, 5)).script(|_| Act::completes(ms(950))).run().await;
    let expected: Vec<_> = (0..5).map(|i| (i, i * 100_000, i * 100_000)).collect();
    assert_eq!(report.times(IterationStatus::Completed), expected);
    assert_eq!(report.scenario().max_lateness, ms(0));
    assert_eq!(report.took, 400_000 + 950_000);
}

#[tokio::test(start_paused = true)]
async fn scheduled_times_are_exact_and_started_times_are_those_of_the_next_tick() {
    let report = constant_rate(300.0, 20, (6, 6)).run().await;
    let expected = [
        (0, 0, 0),
        (1, 3_333, 4_000),
        (2, 6_666, 7_000),
        (3, 10_000, 10_000),
        (4, 13_333, 14_000),
        (5, 16_666, 17_000),
    ];
    assert_eq!(report.times(IterationStatus::Completed), expected);
    assert_eq!(report.scenario().late_starts, 0);
    assert!(report.scenario().max_lateness < ms(1));
}

#[tokio::test(start_paused = true)]
async fn free_vus_take_turns() {
    let report = constant_rate(10.0, 600, (3, 3)).run().await;
    let starts = report.starts_by_vu();
    assert_eq!(starts[&1], [0, 300_000]);
    assert_eq!(starts[&2], [100_000, 400_000]);
    assert_eq!(starts[&3], [200_000, 500_000]);
}

#[tokio::test(start_paused = true)]
async fn a_vu_that_becomes_free_just_in_time_is_used() {
    let report = constant_rate(10.0, 1000, (1, 1)).run().await;
    assert_eq!(report.starts_by_vu()[&1], (0..10).map(|i| i * 100_000).collect::<Vec<_>>());
    assert_eq!(report.scenario().iterations.dropped, 0);
}

#[tokio::test(start_paused = true)]
async fn with_all_vus_busy_an_iteration_is_dropped_and_recorded() {
    let report = constant_rate(10.0, 500, (1, 1)).script(|_| Act::completes(ms(150))).run().await;
    let started = [(0, 0, 0), (2, 200_000, 200_000), (4, 400_000, 400_000)];
    assert_eq!(report.times(IterationStatus::Completed), started);
    assert_eq!(report.times(IterationStatus::Dropped), [(1, 100_000, 100_000), (3, 300_000, 300_000)]);
    assert_eq!(report.scenario().iterations.scheduled, 5);
}

#[tokio::test(start_paused = true)]
async fn below_the_ceiling_a_vu_is_made_and_the_iteration_starts_late() {
    let run = constant_rate(10.0, 300, (1, 3)).script(|_| Act::completes(ms(500)));
    let report = run
        .births(|(vu, _)| Birth { takes: ms(if vu == 1 { 0 } else { 30 }), ..Birth::default() })
        .run()
        .await;
    let expected = [(0, 0, 0), (1, 100_000, 130_000), (2, 200_000, 230_000)];
    assert_eq!(report.times(IterationStatus::Completed), expected);
    assert_eq!((report.scenario().late_starts, report.scenario().max_lateness), (2, ms(30)));
}

#[tokio::test(start_paused = true)]
async fn a_waiting_iteration_takes_a_vu_that_becomes_free_first() {
    let run = constant_rate(10.0, 200, (1, 2)).script(|_| Act::completes(ms(120)));
    let report = run
        .births(|(vu, _)| Birth { takes: ms(if vu == 1 { 0 } else { 70 }), ..Birth::default() })
        .run()
        .await;
    assert_eq!(report.starts_by_vu()[&1], [0, 120_000]);
    assert_eq!(report.vus(Event::Created), [1, 2]);
    assert_eq!(report.vus(Event::Stopped).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn one_arrival_makes_at_most_one_vu() {
    // Iteration 1 waits for VU 2; iteration 2 would need another, and there is one.
    let run = constant_rate(100.0, 30, (1, 3)).script(|_| Act::completes(ms(500)));
    let report = run
        .births(|(vu, _)| Birth { takes: ms(if vu == 1 { 0 } else { 100 }), ..Birth::default() })
        .run()
        .await;
    let expected = [(0, 0, 0), (1, 10_000, 110_000), (2, 20_000, 120_000)];
    assert_eq!(report.times(IterationStatus::Completed), expected);
}

#[tokio::test(start_paused = true)]
async fn an_iteration_whose_vu_cannot_be_made_is_dropped() {
    let run = constant_rate(10.0, 500, (1, 3)).script(|_| Act::completes(ms(1000)));
    let report = run.births(|(vu, _)| Birth { takes: ms(20), fails: vu > 1, ..Birth::default() }).run().await;
    let scenario = report.scenario();
    assert_eq!(
        (scenario.iterations.started, scenario.iterations.dropped, scenario.lost_vus.total()),
        (1, 4, 2)
    );
    assert_eq!(scenario.failures[0].kind, "vu start");
}

#[tokio::test(start_paused = true)]
async fn a_burst_within_one_tick_needs_no_more_vus_than_exact_timers_would() {
    let report = constant_rate(10_000.0, 20, (1, 1)).script(|_| Act::completes(ms(0))).run().await;
    assert_eq!(report.scenario().iterations.completed, 200);
    assert!(report.scenario().max_lateness < ms(1));
}

#[tokio::test(start_paused = true)]
async fn a_loop_that_wakes_late_starts_everything_that_is_due() {
    let run = constant_rate(100.0, 100, (10, 10)).start().await.unwrap();
    let run = tokio::spawn(run.finish());
    tokio::task::yield_now().await;
    // The machine is busy elsewhere for 55 ms.
    tokio::time::advance(ms(55)).await;
    let report = run.await.unwrap();
    let times = report.times(IterationStatus::Completed);
    let scheduled: Vec<_> = times.iter().map(|(_, scheduled, _)| *scheduled).collect();
    let started: Vec<_> = times.iter().map(|(_, _, started)| *started).collect();
    assert_eq!(scheduled, (0..10).map(|i| i * 10_000).collect::<Vec<_>>());
    assert_eq!(started[..6], [0, 55_000, 55_000, 55_000, 55_000, 55_000]);
    // Late are those of 10, 20, 30 and 40 ms; that of 50 ms is within the limit.
    assert_eq!((report.scenario().late_starts, report.scenario().max_lateness), (4, ms(45)));
}

#[tokio::test(start_paused = true)]
async fn the_scenario_lasts_its_duration() {
    let report = constant_rate(1.0, 1500, (1, 1)).run().await;
    assert_eq!(report.scenario().iterations.completed, 1);
    assert_eq!(report.took, 1_500_000);
}

#[tokio::test(start_paused = true)]
async fn the_last_iterations_may_still_get_their_vu_within_the_graceful_stop() {
    let slow_start = |(_, _)| Birth { takes: ms(300), ..Birth::default() };
    let report = constant_rate(10.0, 200, (0, 2)).births(slow_start).run().await;
    let expected = [(0, 0, 300_000), (1, 100_000, 400_000)];
    assert_eq!(report.times(IterationStatus::Completed), expected);
    let report = constant_rate(10.0, 200, (0, 2)).births(slow_start).graceful_stop(ms(150)).run().await;
    assert_eq!(report.times(IterationStatus::Dropped), [(1, 100_000, 100_000)]);
    assert_eq!(report.ends(IterationStatus::Interrupted), [350_000]);
}

#[tokio::test(start_paused = true)]
async fn stopping_ends_the_arrivals_and_drops_those_that_wait() {
    let run = constant_rate(10.0, 10_000, (1, 2)).stop_at(ms(150)).graceful_stop(ms(200));
    let report = run
        .script(|_| Act::completes(ms(300)))
        .births(|(vu, _)| Birth { takes: ms(if vu == 1 { 0 } else { 70 }), ..Birth::default() })
        .run()
        .await;
    assert_eq!(report.ends(IterationStatus::Completed), [300_000]);
    assert_eq!(report.times(IterationStatus::Dropped), [(1, 100_000, 100_000)]);
    assert_eq!(report.took, 300_000);
}

#[tokio::test(start_paused = true)]
async fn poisson_arrivals_start_at_their_drawn_times() {
    let plan = plan(50.0, 2000, (40, 40), Arrivals::Poisson);
    let drawn: Vec<_> = Schedule::new(&plan, 42, "s", Segment::WHOLE)
        .unwrap()
        .map(|(index, offset)| {
            let micros = u64::try_from(offset.as_micros()).unwrap();
            (index.0, micros, u64::try_from(offset.as_nanos()).unwrap().div_ceil(1_000_000) * 1000)
        })
        .collect();
    let report = TestRun::of(plan).run().await;
    assert_eq!(report.times(IterationStatus::Completed), drawn);
}

#[tokio::test(start_paused = true)]
async fn the_workers_iterations_are_those_of_one_machine() {
    let whole = constant_rate(30.0, 400, (6, 6)).run().await.times(IterationStatus::Completed);
    let mut parts = Vec::new();
    for index in 0..3 {
        let run = constant_rate(30.0, 400, (6, 6)).segment(index, 3);
        parts.extend(run.run().await.times(IterationStatus::Completed));
    }
    parts.sort_unstable();
    assert_eq!(whole, parts);
}
