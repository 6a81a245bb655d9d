//! What becomes of arrivals that find every VU busy and are to wait.

use outrider_model::{Arrivals, ExecutorPlan, IterationStatus, Rate, WhenBusy};

use super::MAX_WAITING;
use crate::fake::{Act, Birth, Report, TestRun, ms};

/// `vus`: pre-allocated and at most.
fn waiting(per_second: f64, millis: u64, vus: (u32, u32)) -> TestRun {
    TestRun::of(ExecutorPlan::ConstantArrivalRate {
        rate: Rate::per_second(per_second),
        duration: ms(millis),
        pre_allocated_vus: vus.0,
        max_vus: vus.1,
        arrivals: Arrivals::Even,
        when_busy: WhenBusy::Wait,
    })
}

/// (index, waited) of all iterations that started, in microseconds.
fn waits(report: &Report) -> Vec<(u64, u128)> {
    let started = report.samples.iter().filter(|sample| sample.status != IterationStatus::Dropped);
    started.map(|sample| (sample.iteration.0, sample.waited.as_micros())).collect()
}

#[tokio::test(start_paused = true)]
async fn what_finds_every_vu_busy_starts_when_one_is_free_the_oldest_first() {
    // The first iteration meets a target that stalls for 350 ms.
    let run = waiting(10.0, 600, (1, 1));
    let report =
        run.script(|call| Act::completes(ms(if call.iteration == 0 { 350 } else { 10 }))).run().await;
    let expected = [
        (0, 0, 0),
        (1, 100_000, 350_000),
        (2, 200_000, 360_000),
        (3, 300_000, 370_000),
        (4, 400_000, 400_000),
        (5, 500_000, 500_000),
    ];
    assert_eq!(report.times(IterationStatus::Completed), expected);
    assert_eq!(waits(&report), [(0, 0), (1, 250_000), (2, 160_000), (3, 70_000), (4, 0), (5, 0)]);
    let scenario = report.scenario();
    assert_eq!((scenario.late_starts, scenario.max_lateness), (0, ms(250)), "the generator was not late");
}

#[tokio::test(start_paused = true)]
async fn what_waits_past_the_end_has_the_graceful_stop_and_is_dropped_then() {
    let run = waiting(10.0, 300, (1, 1)).graceful_stop(ms(200));
    let report = run.script(|_| Act::completes(ms(220))).run().await;
    assert_eq!(report.times(IterationStatus::Completed), [(0, 0, 0), (1, 100_000, 220_000)]);
    assert_eq!(report.times(IterationStatus::Interrupted), [(2, 200_000, 440_000)]);
    assert_eq!(report.took, 500_000);

    let run = waiting(10.0, 300, (1, 1)).graceful_stop(ms(100));
    let report = run.script(|_| Act::completes(ms(220))).run().await;
    assert_eq!(report.times(IterationStatus::Dropped), [(2, 200_000, 200_000)]);
    assert_eq!(report.ends(IterationStatus::Interrupted), [400_000]);
    assert_eq!(report.took, 400_000);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_stopped_drops_what_waits() {
    let run = waiting(10.0, 10_000, (1, 1)).stop_at(ms(250));
    let report = run.script(|_| Act::completes(ms(1_000))).run().await;
    assert_eq!(report.ends(IterationStatus::Completed), [1_000_000]);
    let dropped = report.times(IterationStatus::Dropped);
    assert_eq!(dropped, [(1, 100_000, 100_000), (2, 200_000, 200_000)]);
    assert_eq!(report.took, 1_000_000);
}

#[tokio::test(start_paused = true)]
async fn below_the_ceiling_a_vu_is_made_and_the_wait_for_it_is_the_generators() {
    let run = waiting(10.0, 200, (1, 2)).script(|_| Act::completes(ms(500)));
    let born = |(vu, _)| Birth { takes: ms(if vu == 1 { 0 } else { 30 }), ..Birth::default() };
    let report = run.births(born).run().await;
    assert_eq!(report.times(IterationStatus::Completed), [(0, 0, 0), (1, 100_000, 130_000)]);
    assert_eq!(waits(&report), [(0, 0), (1, 0)]);
    assert_eq!(report.scenario().late_starts, 1);
}

#[tokio::test(start_paused = true)]
async fn so_many_may_wait_and_no_more() {
    // A hundred a millisecond while the only VU is busy with the first one, for 680 ms of 700: all that may wait
    // do after 655 ms.
    let run = waiting(100_000.0, 700, (1, 1));
    let report = run.script(|call| Act::completes(ms(if call.iteration == 0 { 680 } else { 0 }))).run().await;
    let counts = report.scenario().iterations;
    let dropped: Vec<u64> =
        report.times(IterationStatus::Dropped).into_iter().map(|(index, ..)| index).collect();
    let first = u64::try_from(MAX_WAITING).unwrap() + 1;
    // Those that came last, and all of them: but in the tick in which the VU gets free some find a place again.
    assert!(dropped.iter().take(2_000).copied().eq(first..first + 2_000), "from {:?}", dropped.first());
    assert!(dropped.last() <= Some(&68_000), "{:?}", dropped.last());
    assert_eq!((counts.scheduled, counts.completed), (70_000, 70_000 - counts.dropped));
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_vus_that_are_all_lost() {
    let run = waiting(10.0, 500, (1, 1)).script(|_| Act::breaks(ms(250)));
    let report = run.births(|(_, before)| Birth { fails: before > 0, ..Birth::default() }).run().await;
    assert_eq!(report.scenario().iterations.dropped, 4);
    assert_eq!(report.took, 500_000, "not until the graceful stop is over");
}
