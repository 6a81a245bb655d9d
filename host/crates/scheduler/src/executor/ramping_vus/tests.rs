use outrider_model::{ExecutorPlan, IterationStatus, Stage};

use crate::fake::{Act, Birth, Event, TestRun, ms};

/// Stages as (milliseconds, VUs).
fn ramping(start_vus: u32, stages: &[(u64, u32)], graceful_ramp_down: u64) -> TestRun {
    let stage = |&(millis, vus): &(u64, u32)| Stage { duration: ms(millis), target: f64::from(vus) };
    TestRun::of(ExecutorPlan::RampingVus {
        start_vus,
        stages: stages.iter().map(stage).collect(),
        graceful_ramp_down: ms(graceful_ramp_down),
    })
}

#[tokio::test(start_paused = true)]
async fn vus_join_one_by_one_when_the_line_reaches_them() {
    let report = ramping(1, &[(400, 3), (200, 3)], 0).script(|_| Act::completes(ms(150))).run().await;
    let starts = report.starts_by_vu();
    assert_eq!(starts[&1], [0, 150_000, 300_000, 450_000]);
    assert_eq!(starts[&2], [200_000, 350_000, 500_000]);
    assert_eq!(starts[&3], [400_000, 550_000]);
}

#[tokio::test(start_paused = true)]
async fn steps_between_two_ticks_are_made_at_the_second() {
    let report = ramping(0, &[(100, 3)], 0).script(|_| Act::completes(ms(1000))).run().await;
    let first: Vec<u64> = report.starts_by_vu().values().map(|starts| starts[0]).collect();
    // The line reaches them at 33.3 ms, 66.7 ms and 100 ms; at the end itself nothing starts.
    assert_eq!(first, [34_000, 67_000]);
}

#[tokio::test(start_paused = true)]
async fn a_vu_that_is_ramped_down_finishes_its_iteration() {
    let report =
        ramping(2, &[(200, 2), (0, 1), (800, 1)], 500).script(|_| Act::completes(ms(300))).run().await;
    let starts = report.starts_by_vu();
    assert_eq!(starts[&1], [0, 300_000, 600_000, 900_000]);
    assert_eq!(starts[&2], [0]);
    assert_eq!(report.scenario().iterations.completed, 5);
    assert_eq!(report.vus(Event::Stopped).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_vu_that_is_ramped_down_is_interrupted_when_its_time_is_up() {
    let run = ramping(2, &[(200, 2), (0, 1), (800, 1)], 100);
    let report = run.script(|call| Act::completes(ms(if call.vu == 2 { 900 } else { 250 }))).run().await;
    assert_eq!(report.ends(IterationStatus::Interrupted), [300_000]);
    assert_eq!(report.vus(Event::Stopped), [1]);
}

#[tokio::test(start_paused = true)]
async fn the_ramp_down_time_counts_beyond_the_end_up_to_the_graceful_stop() {
    let slow = |_| Act::completes(ms(60_000));
    let report = ramping(1, &[(100, 1), (0, 0)], 700).script(slow).run().await;
    assert_eq!(report.ends(IterationStatus::Interrupted), [800_000]);
    let report = ramping(1, &[(100, 1), (0, 0)], 700).graceful_stop(ms(300)).script(slow).run().await;
    assert_eq!(report.ends(IterationStatus::Interrupted), [400_000]);
    let report = ramping(1, &[(100, 1)], 0).graceful_stop(ms(300)).script(slow).run().await;
    assert_eq!(report.ends(IterationStatus::Interrupted), [400_000]);
}

#[tokio::test(start_paused = true)]
async fn ramping_up_again_reuses_the_vu() {
    let report = ramping(1, &[(250, 1), (0, 0), (250, 0), (0, 1), (250, 1)], 30_000).run().await;
    assert_eq!(report.starts_by_vu()[&1], [0, 100_000, 200_000, 500_000, 600_000, 700_000]);
    assert_eq!(report.vus(Event::Created), [1]);
}

#[tokio::test(start_paused = true)]
async fn ramping_up_again_keeps_a_vu_that_has_not_left_yet() {
    let report = ramping(1, &[(50, 1), (0, 0), (20, 0), (0, 1), (180, 1)], 30).run().await;
    // Ramped down at 50 ms, to be back by 80 ms, wanted again at 70 ms: its iteration goes on.
    assert_eq!(report.starts_by_vu()[&1], [0, 100_000, 200_000]);
    assert_eq!(report.scenario().iterations.interrupted, 0);
}

#[tokio::test(start_paused = true)]
async fn ramping_up_again_just_when_a_vu_leaves_keeps_it_working() {
    let report = ramping(1, &[(50, 1), (0, 0), (50, 0), (0, 1), (150, 1)], 500).run().await;
    assert_eq!(report.starts_by_vu()[&1], [0, 100_000, 200_000]);
}

#[tokio::test(start_paused = true)]
async fn an_interrupted_vu_is_made_anew_when_it_is_wanted_again() {
    let run = ramping(1, &[(50, 1), (0, 0), (50, 0), (0, 1), (100, 1)], 20);
    let report =
        run.births(|(_, before)| Birth { takes: ms(10 * u64::from(before)), ..Birth::default() }).run().await;
    assert_eq!(report.ends(IterationStatus::Interrupted), [70_000]);
    assert_eq!(report.starts_by_vu()[&1], [0, 110_000]);
    assert_eq!(report.vus(Event::Created), [1, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_vu_that_cannot_be_made_is_not_tried_again() {
    let run = ramping(2, &[(50, 2), (0, 0), (50, 0), (0, 2), (50, 2), (0, 0), (50, 0), (0, 2), (50, 2)], 20);
    let run = run.births(|(vu, before)| Birth { fails: vu == 2 && before > 0, ..Birth::default() });
    let report = run.run().await;
    assert_eq!(report.scenario().lost_vus.total(), 1);
    assert_eq!(report.starts_by_vu()[&2].len(), 1);
    assert_eq!(report.starts_by_vu()[&1].len(), 3);
}

#[tokio::test(start_paused = true)]
async fn stopping_ends_the_ramp_gracefully() {
    let run = ramping(1, &[(10_000, 100)], 0).graceful_stop(ms(150)).stop_at(ms(250));
    let report = run.script(|call| Act::completes(ms(if call.vu == 1 { 100 } else { 900 }))).run().await;
    assert_eq!(report.starts_by_vu().len(), 3);
    assert_eq!(report.ends(IterationStatus::Interrupted), [400_000, 400_000]);
    assert_eq!(report.took, 400_000);
}

#[tokio::test(start_paused = true)]
async fn workers_ramp_their_shares_at_the_times_of_the_whole() {
    let mut firsts = Vec::new();
    for index in 0..2 {
        let run = ramping(0, &[(400, 4), (100, 4)], 0).segment(index, 2);
        firsts.extend(run.run().await.starts_by_vu().into_iter().map(|(vu, starts)| (starts[0], vu)));
    }
    firsts.sort_unstable();
    assert_eq!(firsts, [(100_000, 1), (200_000, 2), (300_000, 3), (400_000, 4)]);
}
