//! VUs that break, and VUs that cannot be made.

use outrider_model::{FailureCause, IterationStatus, VuId};

use super::{constant_rate, constant_vus};
use crate::RunEnd;
use crate::fake::{Act, Birth, Event, TestRun, ms};

#[tokio::test(start_paused = true)]
async fn a_broken_vu_is_replaced_before_its_next_iteration() {
    let run = TestRun::of(constant_vus(1, 400)).script(|call| match call.vu_iteration {
        1 => Act::breaks(ms(100)),
        _ => Act::completes(ms(100)),
    });
    let report = run
        .births(|(_, before)| Birth { takes: ms(if before == 0 { 0 } else { 30 }), ..Birth::default() })
        .run()
        .await;
    assert_eq!(report.starts_by_vu()[&1], [0, 100_000, 230_000, 330_000]);
    assert_eq!(report.vus(Event::Created), [1, 1]);
    assert_eq!(report.scenario().replaced_vus, 1);
    assert_eq!(report.scenario().iterations.failed.plugin, 1);
    // The broken one is dropped without its stop, and before its successor is made.
    assert_eq!(report.vus(Event::Stopped), [1]);
    assert_eq!(report.events[1], (200_000, Event::Dropped(1)));
    assert_eq!(report.events[2], (230_000, Event::Created(1)));
}

#[tokio::test(start_paused = true)]
async fn a_vu_that_breaks_at_the_end_is_not_replaced() {
    let report = TestRun::of(constant_vus(1, 100)).script(|_| Act::breaks(ms(100))).run().await;
    assert_eq!(report.vus(Event::Created), [1]);
}

#[tokio::test(start_paused = true)]
async fn a_broken_vu_of_the_open_model_is_replaced_before_it_counts_as_free() {
    let run = TestRun::of(constant_rate(10.0, 500, (2, 2))).script(|call| match call.iteration {
        0 => Act::breaks(ms(50)),
        _ => Act::completes(ms(50)),
    });
    let report = run
        .births(|(_, before)| Birth { takes: ms(if before == 0 { 0 } else { 200 }), ..Birth::default() })
        .run()
        .await;
    assert_eq!(report.starts_by_vu()[&1], [0, 300_000]);
    assert_eq!(report.starts_by_vu()[&2], [100_000, 200_000, 400_000]);
    assert_eq!(report.scenario().max_lateness, ms(0));
}

#[tokio::test(start_paused = true)]
async fn the_run_goes_on_without_a_vu_that_cannot_be_replaced() {
    let run = TestRun::of(constant_vus(2, 1000)).script(|call| match (call.vu, call.vu_iteration) {
        (1, 1) => Act::breaks(ms(100)),
        _ => Act::completes(ms(100)),
    });
    let report = run.births(|(_, before)| Birth { fails: before > 0, ..Birth::default() }).run().await;
    assert_eq!(report.starts_by_vu()[&1], [0, 100_000]);
    assert_eq!(report.starts_by_vu()[&2].len(), 10);
    let scenario = report.scenario();
    assert_eq!((scenario.replaced_vus, scenario.lost_vus.plugin), (1, 1));
    assert_eq!(scenario.deserted(), None);
    let kinds: Vec<_> = scenario.failures.iter().map(|note| note.kind).collect();
    assert_eq!(kinds, ["fake", "vu start"]);
}

#[tokio::test(start_paused = true)]
async fn a_vu_that_is_made_late_can_end_the_run() {
    // The first VU is busy when the second iteration is due, so another one is made.
    let run = TestRun::of(constant_rate(10.0, 10_000, (1, 2))).script(|_| Act::completes(ms(60_000)));
    let births = |(vu, _)| Birth { takes: ms(30), aborts_run: vu == 2, ..Birth::default() };
    let report = run.births(births).run().await;
    let RunEnd::AbortedByJourney(abort) = &report.outcome.end else { panic!("{:?}", report.outcome.end) };
    assert_eq!((abort.vu, abort.iteration, abort.reason.as_str()), (VuId(2), None, "no start today"));
    assert_eq!(report.took, 130_000);
    let scenario = report.scenario();
    assert_eq!((scenario.lost_vus.total(), scenario.failures.len()), (0, 0));
    assert_eq!((scenario.iterations.interrupted, scenario.iterations.dropped), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_broken_vu_can_end_the_run_when_it_is_made_anew() {
    let run = TestRun::of(constant_vus(2, 60_000)).script(|call| match call.vu {
        1 => Act::breaks(ms(100)),
        _ => Act::completes(ms(60_000)),
    });
    let births = |(_, before)| Birth { aborts_run: before > 0, ..Birth::default() };
    let report = run.births(births).run().await;
    assert!(matches!(report.outcome.end, RunEnd::AbortedByJourney(_)), "{:?}", report.outcome.end);
    assert_eq!(report.took, 100_000);
}

#[tokio::test(start_paused = true)]
async fn a_scenario_that_has_lost_all_vus_ends() {
    let run = TestRun::of(constant_vus(2, 60_000)).script(|_| Act::breaks(ms(100)));
    let report = run.births(|(_, before)| Birth { fails: before > 0, ..Birth::default() }).run().await;
    assert_eq!(report.scenario().lost_vus.plugin, 2);
    assert_eq!(report.scenario().deserted(), Some(FailureCause::Plugin));
    assert_eq!(report.took, 100_000);
}

#[tokio::test(start_paused = true)]
async fn the_open_model_drops_what_lost_vus_cannot_take() {
    let run = TestRun::of(constant_rate(10.0, 1000, (2, 2))).script(|_| Act::breaks(ms(50)));
    let report = run.births(|(_, before)| Birth { fails: before > 0, ..Birth::default() }).run().await;
    let iterations = report.scenario().iterations;
    assert_eq!((iterations.failed.plugin, iterations.dropped), (2, 8));
    assert_eq!(report.scenario().deserted(), Some(FailureCause::Plugin));
}

#[tokio::test(start_paused = true)]
async fn a_vu_that_is_being_replaced_does_not_hold_up_the_end() {
    let run = TestRun::of(constant_vus(1, 150)).script(|_| Act::breaks(ms(100))).graceful_stop(ms(50));
    let report = run
        .births(|(_, before)| Birth { takes: ms(60_000 * u64::from(before)), ..Birth::default() })
        .run()
        .await;
    assert_eq!(report.took, 200_000);
    assert_eq!(report.scenario().iterations.started, 1);
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_a_vu_is_a_failure_of_the_generator() {
    let run = TestRun::of(constant_vus(2, 300)).script(|call| match (call.vu, call.vu_iteration) {
        (1, 1) => Act::panics(ms(50)),
        _ => Act::completes(ms(100)),
    });
    let report = run.run().await;
    assert_eq!(report.ends(IterationStatus::Failed), [150_000]);
    let scenario = report.scenario();
    assert_eq!((scenario.iterations.failed.generator, scenario.lost_vus.generator), (1, 1));
    assert_eq!(scenario.failures[0].kind, "panic");
    assert_eq!(report.starts_by_vu()[&2].len(), 3);
}
