//! Iterations that may not start: dropped one by one, or the end of the run.

use outrider_model::{Admission, ExecutorPlan, IterationStatus};

use super::{constant_rate, constant_vus};
use crate::RunEnd;
use crate::fake::{Act, TestRun, ms};

fn dropped() -> Admission {
    Admission::Drop { kind: "data exhausted", reason: "no row is left".to_owned() }
}

fn stopped() -> Admission {
    Admission::StopRun { reason: "no row is left".to_owned() }
}

#[tokio::test(start_paused = true)]
async fn in_the_open_model_each_refused_iteration_is_dropped_at_its_time() {
    let run = TestRun::of(constant_rate(10.0, 1_000, (5, 5)));
    let report = run.admits(|index| if index < 4 { Admission::Start } else { dropped() }).run().await;
    assert_eq!(report.scenario().iterations.completed, 4);
    let refused: Vec<_> =
        report.samples.iter().filter(|sample| sample.status == IterationStatus::Dropped).collect();
    assert_eq!(refused.len(), 6);
    assert!(refused.iter().all(|sample| sample.error_kind.as_deref() == Some("data exhausted")));
    assert!(refused.iter().all(|sample| sample.error.as_deref() == Some("no row is left")));
    assert_eq!(report.outcome.end, RunEnd::Finished);
}

#[tokio::test(start_paused = true)]
async fn in_the_closed_model_a_user_that_is_refused_slows_down() {
    let run = TestRun::of(constant_vus(2, 10_000)).admits(|index| match index {
        0..10 => Admission::Start,
        _ => dropped(),
    });
    let report = run.run().await;
    let counts = report.scenario().iterations;
    assert_eq!(counts.completed, 10);
    assert!((70..110).contains(&counts.dropped), "{counts:?}");
    assert!(report.took <= 10_000_000, "nobody rests beyond the end: {}", report.took);
}

#[tokio::test(start_paused = true)]
async fn one_refusal_among_many_holds_nobody_up() {
    let run = TestRun::of(constant_vus(1, 1_000));
    let report = run.admits(|index| if index % 2 == 0 { Admission::Start } else { dropped() }).run().await;
    assert_eq!(report.starts_by_vu()[&1].len(), 10);
}

#[tokio::test(start_paused = true)]
async fn counted_iterations_are_dropped_to_the_last() {
    let shared = |admission: fn() -> Admission| {
        let plan = ExecutorPlan::SharedIterations { vus: 2, iterations: 500, max_duration: ms(60_000) };
        TestRun::of(plan).admits(move |index| if index < 3 { Admission::Start } else { admission() })
    };
    let report = shared(dropped).run().await;
    assert_eq!((report.scenario().iterations.completed, report.scenario().iterations.dropped), (3, 497));
    assert_eq!(report.scenario().unstarted, 0);
    assert_eq!(report.indices(), (0..500).collect::<Vec<_>>());
    let report = shared(stopped).run().await;
    assert_eq!((report.scenario().iterations.completed, report.scenario().iterations.dropped), (3, 0));
    assert_eq!(report.scenario().unstarted, 497);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_run_lets_iterations_under_way_finish() {
    let end = RunEnd::Wanting { reason: "no row is left".to_owned() };
    let admits = |index| if index < 5 { Admission::Start } else { stopped() };
    let report = TestRun::of(constant_vus(2, 60_000)).admits(admits).run().await;
    assert_eq!(report.outcome.end, end);
    assert_eq!(report.indices(), [0, 1, 2, 3, 4]);
    assert_eq!(report.scenario().iterations.completed, 5);
    assert_eq!(report.took, 300_000);
    let open = TestRun::of(constant_rate(10.0, 60_000, (5, 5))).admits(admits);
    let report = open.script(|_| Act::completes(ms(2_000))).run().await;
    assert_eq!(report.outcome.end, end);
    assert_eq!(report.scenario().iterations.completed, 5);
    assert_eq!(report.took, 2_400_000);
}
