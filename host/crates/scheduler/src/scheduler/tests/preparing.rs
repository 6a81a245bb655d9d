//! VUs before the run.

use std::time::Duration;

use outrider_model::VuId;

use super::{constant_rate, constant_vus};
use crate::fake::{Birth, Event, TestRun, ms, scenario};
use crate::{MAX_CONCURRENT_CREATIONS, PrepareError};

#[tokio::test(start_paused = true)]
async fn all_scenarios_vus_are_made_before_the_start_a_bounded_number_at_a_time() {
    let run = TestRun::of_all(vec![
        scenario("a", constant_vus(60, 10)),
        scenario("b", constant_rate(1.0, 10, (40, 1000))),
    ]);
    let report = run.births(|_| Birth { takes: ms(10), ..Birth::default() }).run().await;
    assert_eq!(report.vus(Event::Created).len(), 100);
    assert_eq!(report.most_in_the_making, MAX_CONCURRENT_CREATIONS);
    assert!(report.starts_by_vu().values().all(|starts| starts == &[0]));
}

#[tokio::test(start_paused = true)]
async fn vus_needed_later_are_made_a_bounded_number_at_a_time_too() {
    let run = TestRun::of(constant_rate(1000.0, 100, (0, 100)));
    let report = run.births(|_| Birth { takes: ms(500), ..Birth::default() }).run().await;
    assert_eq!(report.most_in_the_making, MAX_CONCURRENT_CREATIONS);
    assert_eq!(report.scenario().iterations.completed, 100);
}

#[tokio::test(start_paused = true)]
async fn the_gauges_show_the_progress() {
    let births = |(vu, _)| Birth { takes: ms(u64::from(vu) * 100), ..Birth::default() };
    let run = TestRun::of(constant_vus(10, 10)).births(births);
    let mut started = run.unprepared().start().await.unwrap();
    let gauges = started.scheduler.gauges();
    let stop = started.stop.clone();
    let (prepared, half) = tokio::join!(started.scheduler.prepare(&stop), async {
        tokio::time::sleep(ms(550)).await;
        (gauges.initialized_vus(), gauges.prepared_vus())
    });
    prepared.unwrap();
    assert_eq!(half, (5, 10));
}

#[tokio::test(start_paused = true)]
async fn the_first_vu_that_cannot_be_made_ends_the_preparation() {
    let run = TestRun::of(constant_vus(1000, 10));
    let error = run
        .births(|(vu, _)| Birth { takes: ms(10), fails: vu == 3, ..Birth::default() })
        .fails_to_prepare()
        .await;
    let PrepareError::Vus { planned, first, more, .. } = error else { panic!("{error}") };
    assert_eq!((planned, first.vu, more.len()), (1000, VuId(3), 0));
}

#[tokio::test(start_paused = true)]
async fn a_few_more_errors_are_returned_if_they_are_known() {
    let run = TestRun::of(constant_vus(1000, 10));
    let error =
        run.births(|_| Birth { takes: ms(10), fails: true, ..Birth::default() }).fails_to_prepare().await;
    assert_eq!(error.to_string(), "cannot prepare 1000 VUs");
    let PrepareError::Vus { first, more, .. } = error else { panic!("{error}") };
    assert_eq!(first.to_string(), "cannot start VU 1: no start today");
    assert_eq!(more.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_journey_that_ends_the_run_when_it_is_started_is_no_failure() {
    let run = TestRun::of(constant_vus(1000, 10));
    let births = |(vu, _)| Birth { takes: ms(10), aborts_run: vu == 3, ..Birth::default() };
    let error = run.births(births).fails_to_prepare().await;
    let PrepareError::AbortedByJourney(abort) = error else { panic!("{error}") };
    assert_eq!((abort.vu, abort.iteration, abort.reason.as_str()), (VuId(3), None, "no start today"));
}

#[tokio::test(start_paused = true)]
async fn vus_made_before_a_failure_are_stopped() {
    let run = TestRun::of(constant_vus(3, 10)).unprepared();
    let run =
        run.births(|(vu, _)| Birth { takes: ms(u64::from(vu) * 10), fails: vu == 3, ..Birth::default() });
    let mut started = run.start().await.unwrap();
    let stop = started.stop.clone();
    started.scheduler.prepare(&stop).await.unwrap_err();
    let state = started.factory.events();
    assert_eq!(state.iter().filter(|event| matches!(event, Event::Stopped(_))).count(), 2);
    assert_eq!(started.scheduler.gauges().initialized_vus(), 0);
}

#[tokio::test(start_paused = true)]
async fn stopping_ends_the_preparation() {
    let run = TestRun::of(constant_vus(3, 10))
        .births(|_| Birth { takes: Duration::from_secs(60), ..Birth::default() });
    let mut started = run.unprepared().start().await.unwrap();
    let stop = started.stop.clone();
    let (prepared, ()) = tokio::join!(started.scheduler.prepare(&stop), async {
        tokio::time::sleep(ms(100)).await;
        stop.stop();
    });
    assert!(matches!(prepared, Err(PrepareError::Stopped)));
}
