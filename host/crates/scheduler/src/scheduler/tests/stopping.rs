//! Graceful stop, abort, and a journey that ends the run.

use std::sync::Arc;

use outrider_model::{FailureCause, IterationIndex, IterationStatus, VuId};

use super::{constant_rate, constant_vus, starting_at};
use crate::fake::{Act, Event, TestRun, ms, scenario};
use crate::{JourneyAbort, RunEnd};

#[tokio::test(start_paused = true)]
async fn stopping_lets_iterations_finish_within_the_graceful_stop() {
    let run = TestRun::of(constant_vus(2, 60_000)).graceful_stop(ms(200)).stop_at(ms(550));
    let report = run.script(|call| Act::completes(ms(if call.vu == 1 { 100 } else { 500 }))).run().await;
    let starts = report.starts_by_vu();
    assert_eq!(starts[&1], [0, 100_000, 200_000, 300_000, 400_000, 500_000]);
    assert_eq!(starts[&2], [0, 500_000]);
    assert_eq!(report.ends(IterationStatus::Interrupted), [750_000]);
    assert_eq!(report.outcome.end, RunEnd::Stopped);
    assert_eq!(report.vus(Event::Stopped), [1]);
    assert_eq!(report.took, 750_000);
}

#[tokio::test(start_paused = true)]
async fn stopping_in_the_graceful_stop_does_not_prolong_it() {
    let run = TestRun::of(constant_vus(1, 100)).graceful_stop(ms(500)).stop_at(ms(400));
    let report = run.script(|_| Act::completes(ms(9000))).run().await;
    assert_eq!(report.ends(IterationStatus::Interrupted), [600_000]);
}

#[tokio::test(start_paused = true)]
async fn aborting_interrupts_at_once() {
    let run = TestRun::of_all(vec![
        scenario("closed", constant_vus(2, 60_000)),
        scenario("open", constant_rate(10.0, 60_000, (3, 5))),
    ]);
    let report = run.script(|_| Act::completes(ms(9000))).abort_at(ms(250)).run().await;
    assert_eq!(report.ends(IterationStatus::Interrupted), [250_000; 5]);
    assert_eq!(report.outcome.end, RunEnd::Aborted);
    assert_eq!(report.took, 250_000);
}

#[tokio::test(start_paused = true)]
async fn aborting_cuts_a_graceful_stop_short() {
    let run = TestRun::of(constant_vus(1, 60_000)).stop_at(ms(100)).abort_at(ms(300));
    let report = run.script(|_| Act::completes(ms(9000))).run().await;
    assert_eq!(report.ends(IterationStatus::Interrupted), [300_000]);
    assert_eq!(report.outcome.end, RunEnd::Stopped, "the first reason wins");
}

#[tokio::test(start_paused = true)]
async fn vus_that_are_idle_when_a_run_is_aborted_are_stopped() {
    let run = TestRun::of(constant_rate(10.0, 60_000, (3, 3))).abort_at(ms(50));
    let report = run.run().await;
    assert_eq!(report.ends(IterationStatus::Interrupted), [50_000]);
    assert_eq!(report.vus(Event::Stopped).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_scenario_that_has_not_begun_is_left_out_when_the_run_is_stopped() {
    let run = TestRun::of_all(vec![
        scenario("a", constant_vus(1, 10_000)),
        starting_at(5000, scenario("b", constant_vus(1, 10_000))),
    ]);
    let report = run.stop_at(ms(120)).run().await;
    assert_eq!(report.outcome.scenarios[1].iterations.scheduled, 0);
    assert_eq!(report.vus(Event::Stopped).len(), 2);
    assert_eq!(report.took, 200_000);
}

#[tokio::test(start_paused = true)]
async fn a_journey_can_end_the_run() {
    let run =
        TestRun::of_all(vec![scenario("a", constant_vus(1, 60_000)), scenario("b", constant_vus(2, 60_000))]);
    let report = run
        .script(|call| match (call.vu, call.vu_iteration) {
            (1, 2) => Act::aborts_run(ms(50), "the shop is closed"),
            (1, _) => Act::completes(ms(100)),
            _ => Act::completes(ms(9000)),
        })
        .run()
        .await;
    let abort = JourneyAbort {
        scenario: "a".into(),
        vu: VuId(1),
        iteration: Some(IterationIndex(2)),
        reason: "the shop is closed".to_owned(),
    };
    assert_eq!(report.outcome.end, RunEnd::AbortedByJourney(abort));
    assert_eq!(report.outcome.scenarios[0].iterations.failed.target, 1);
    assert_eq!(report.outcome.scenarios[1].iterations.interrupted, 2);
    assert_eq!(report.vus(Event::Stopped), [1]);
    assert_eq!(report.took, 250_000);
}

#[tokio::test(start_paused = true)]
async fn failures_are_split_by_cause_and_the_first_distinct_ones_kept() {
    let run = TestRun::of(constant_vus(1, 1000)).script(|call| {
        let (cause, message) = match call.iteration % 3 {
            0 => (FailureCause::Target, "status 503".to_owned()),
            1 => (FailureCause::Plugin, "undefined is not a function".to_owned()),
            _ => (FailureCause::Generator, format!("failure {}", call.iteration)),
        };
        Act::fails(ms(50), cause, &message)
    });
    let report = run.run().await;
    let failed = report.scenario().iterations.failed;
    assert_eq!((failed.target, failed.plugin, failed.generator), (7, 7, 6));
    let kept: Vec<_> = report.scenario().failures.iter().map(|note| note.message.as_str()).collect();
    assert_eq!(kept, ["status 503", "undefined is not a function", "failure 2", "failure 5", "failure 8"]);
    let failed = report.samples.iter().find(|sample| sample.iteration.0 == 1).unwrap();
    assert_eq!(failed.error_kind.as_deref(), Some("fake"));
    assert_eq!(failed.error.as_deref(), Some("undefined is not a function"));
    let (of_row, of_note) =
        (failed.stack.as_ref().unwrap(), report.scenario().failures[1].stack.as_ref().unwrap());
    assert!(Arc::ptr_eq(of_row, of_note), "a stack is not copied");
}

#[tokio::test(start_paused = true)]
async fn dropping_the_run_records_what_was_under_way() {
    let run = TestRun::of_all(vec![
        scenario("closed", constant_vus(2, 60_000)),
        scenario("open", constant_rate(10.0, 60_000, (1, 2))),
    ]);
    let run = run.script(|_| Act::completes(ms(9000))).births(|(vu, _)| crate::fake::Birth {
        takes: ms(if vu == 4 { 500 } else { 0 }),
        ..crate::fake::Birth::default()
    });
    let started = run.start().await.unwrap();
    let (sink, gauges) = (started.sink.clone(), started.scheduler.gauges());
    let run = tokio::spawn(started.finish());
    tokio::time::sleep(ms(150)).await;
    run.abort();
    assert!(run.await.unwrap_err().is_cancelled());
    tokio::time::sleep(ms(1)).await;

    let statuses: Vec<_> = sink.take().into_iter().map(|sample| sample.status).collect();
    let count = |status| statuses.iter().filter(|s| **s == status).count();
    assert_eq!((count(IterationStatus::Interrupted), count(IterationStatus::Dropped)), (3, 1));
    assert!(gauges.snapshot().iter().all(|scenario| scenario.iterations.is_balanced()));
    assert_eq!(gauges.initialized_vus(), 0);
}
