//! The generator's health, from rows.

use std::time::Duration;

use outrider_model::{ExecutorPlan, IterationSample, IterationStatus, Sample, ScenarioPlan, SystemSample};
use outrider_report::{
    Bottleneck, BusyScenario, FailureCounts, Promise, RunStatus, SaturationKind, Summary, TextStyle, Verdict,
    render_json, render_text,
};
use outrider_storage::{FinalAccount, Outcome};

use crate::dataset::{Dataset, End};
use crate::json::assert_valid;
use crate::samples::*;

const NO_LAG: Duration = Duration::ZERO;

#[tokio::test]
async fn a_quiet_generator_kept_its_promise() {
    let seconds = (1..=10).map(|second| system(second, 0.5, Duration::from_millis(3)));
    let summary = Dataset::finished(seconds.collect()).await.summary().await;
    let health = &summary.generator;
    assert!(!health.saturated && health.saturations.is_empty());
    assert_eq!((health.max_cpu, health.max_event_loop_lag_ms), (Some(0.5), Some(3.0)));
    assert_eq!((health.max_memory_bytes, health.max_active_vus), (Some(50_000_010), Some(7)));
    let text = render_text(&summary, TextStyle { color: false, width: 200 });
    let cpu = "✓ kept its promise: the machine's CPU at most 50% (this process at most 25%, others 25%)";
    assert!(text.contains(cpu), "{text}");
    assert_eq!(summary.generator.promise, Promise::Kept);
}

#[tokio::test]
async fn three_busy_seconds_are_saturation_and_say_when() {
    let loads = [0.2, 0.95, 0.97, 0.99, 0.3, 0.95, 0.95, 0.1];
    let seconds = (1..).zip(loads).map(|(second, cpu)| system(second, cpu, NO_LAG));
    let summary = Dataset::finished(seconds.collect()).await.summary().await;
    assert!(summary.generator.saturated);
    let [cpu] = &summary.generator.saturations[..] else { panic!("{:?}", summary.generator) };
    assert_eq!((cpu.kind, cpu.from_ms, cpu.to_ms, cpu.worst), (SaturationKind::Cpu, 1_000.0, 4_000.0, 0.99));
    let text = render_text(&summary, TextStyle { color: false, width: 200 });
    let when = "! saturated: CPU at up to 99% from 0:01 to 0:04, most of it used by this process\n";
    assert!(text.contains(when) && !cpu.by_others, "{text}");
    let usage =
        "! the machine's CPU was at 90% or more in 5 of 8 seconds; of it this process used 48%, others 48%\n";
    assert!(text.contains(usage), "{text}");
    let headline = "PASS, but the load generator was saturated: latency may include its own waiting\n";
    assert!(text.starts_with(headline) && text.contains("Generator   ✗ was saturated\n"), "{text}");
    assert_eq!(summary.generator.promise, Promise::Broken);
    assert_valid(&render_json(&summary));
}

#[tokio::test]
async fn busy_seconds_that_are_no_saturation_are_no_kept_promise_either() {
    for loads in [&[1.0, 1.0][..], &[0.2, 1.0, 0.3, 0.97, 0.9]] {
        let seconds = (1..).zip(loads).map(|(second, cpu)| system(second, *cpu, NO_LAG));
        let summary = Dataset::finished(seconds.collect()).await.summary().await;
        assert_eq!((summary.generator.saturated, summary.generator.promise), (false, Promise::Doubtful));
        let text = render_text(&summary, TextStyle { color: false, width: 200 });
        assert!(text.starts_with("PASS  checkout (") && !text.contains("kept its promise"), "{text}");
        assert!(
            text.contains("~ busy at times: the machine's CPU at most 100% (this process at most 50%"),
            "{text}"
        );
        assert!(text.contains("saturation would be three such seconds in a row"), "{text}");
    }
}

#[tokio::test]
async fn a_run_without_a_second_of_its_own_is_not_said_to_have_kept_anything() {
    let summary =
        Dataset::finished(vec![ended(at_ms(0), 5, IterationStatus::Completed)]).await.summary().await;
    assert_eq!((summary.generator.promise, summary.generator.cpu), (Promise::Unmeasured, None));
    let text = render_text(&summary, TextStyle::default());
    assert!(text.contains("Generator   its CPU was not measured (that takes a second):"), "{text}");
}

#[tokio::test]
async fn an_event_loop_that_lags_is_saturation_on_its_worker() {
    let dataset = Dataset::begin(2).await;
    let lag = Duration::from_millis(150);
    dataset.worker(0, (1..=5).map(|second| system(second, 0.1, NO_LAG)).collect(), End::Finished).await;
    dataset.worker(1, (1..=5).map(|second| system(second, 0.1, lag)).collect(), End::Finished).await;
    dataset.finish().await;
    let summary = dataset.summary().await;
    let [found] = &summary.generator.saturations[..] else { panic!("{:?}", summary.generator) };
    assert_eq!((found.kind, found.worker, found.worst), (SaturationKind::EventLoopLag, 1, 150.0));
    assert_eq!(summary.generator.max_active_vus, Some(14), "both workers together");
}

#[tokio::test]
async fn bottlenecks_are_those_that_the_rows_name() {
    use Bottleneck::{EventLoop, OthersCpu, SampleQueue};
    let named = |causes: &[Option<Bottleneck>]| -> Vec<Sample> {
        let seconds = (1..).zip(causes.to_vec());
        let sample = |(second, bottleneck)| match system(second, 0.2, NO_LAG) {
            Sample::System(sample) => Sample::System(Box::new(SystemSample { bottleneck, ..*sample })),
            other => other,
        };
        seconds.map(sample).collect()
    };
    let dataset = Dataset::begin(2).await;
    let causes = [None, Some(OthersCpu), Some(OthersCpu), Some(EventLoop), None];
    dataset.worker(0, named(&causes), End::Finished).await;
    dataset.worker(1, named(&[None, None, None, None, Some(SampleQueue)]), End::Finished).await;
    dataset.finish().await;
    let summary = dataset.summary().await;
    let found: Vec<_> =
        summary.generator.bottlenecks.iter().map(|b| (b.cause, b.worker, b.from_s, b.to_s)).collect();
    assert_eq!(found, [(OthersCpu, 0, 1.0, 3.0), (EventLoop, 0, 3.0, 4.0), (SampleQueue, 1, 4.0, 5.0)]);
    assert_eq!((summary.generator.saturated, summary.generator.promise), (false, Promise::Doubtful));
    assert_valid(&render_json(&summary));
    let text = render_text(&summary, TextStyle { color: false, width: 200 });
    assert!(text.contains("Generator   ~ held up at times: the machine's CPU at most 20%"), "{text}");
    let words = "! bottleneck: others' use of the CPU from 0:01 to 0:03 on worker 0, event loop at 0:03 on worker 0, \
                 sample queue at 0:04 on worker 1\n";
    assert!(text.contains(words), "{text}");
}

#[tokio::test]
async fn late_starts_are_counted_and_too_many_are_saturation() {
    let on_time = (0..200).map(|i| late(at_ms(i * 10), Duration::from_millis(9)));
    let few = on_time.clone().chain([late(at_ms(500), Duration::from_millis(80))]);
    let summary = Dataset::finished(few.collect()).await.summary().await;
    assert_eq!((summary.generator.late_starts, summary.generator.max_lateness_ms), (1, 80.0));
    assert!(!summary.generator.saturated);

    let many = on_time.chain((0..5).map(|i| late(at_ms(500 + i * 100), Duration::from_millis(80))));
    let summary = Dataset::finished(many.collect()).await.summary().await;
    let [found] = &summary.generator.saturations[..] else { panic!("{:?}", summary.generator) };
    assert_eq!((found.kind, found.from_ms, found.to_ms), (SaturationKind::LateStarts, 500.0, 980.0));
    assert_eq!(summary.generator.late_starts, 5);
    let text = render_text(&summary, TextStyle::default());
    assert!(text.contains("! saturated: 2% of the iterations started late from 0:01 to 0:01"), "{text}");
}

/// A run of two workers that lost VUs and did not get to all of its plan.
async fn short_of_its_plan(status: RunStatus) -> Summary {
    let dataset = Dataset::begin(2).await;
    let samples = || (0..9).map(|i| ended(at_ms(i * 10), 5, IterationStatus::Completed)).collect();
    let lost = |lost: FailureCounts| {
        move |account: &mut FinalAccount| {
            account.iterations.unstarted = 20;
            account.vus.lost = lost;
        }
    };
    let of_others = FailureCounts { target: 1, plugin: 2, generator: 0 };
    let own = FailureCounts { generator: 3, ..FailureCounts::default() };
    dataset.worker_with(0, samples(), 9, End::Finished, lost(of_others)).await;
    dataset.worker_with(1, samples(), 9, End::Finished, lost(own)).await;
    dataset.finish_with(|outcome| outcome.status = status).await;
    dataset.summary().await
}

#[tokio::test]
async fn what_never_started_and_who_was_lost_are_said_with_the_reason() {
    let summary = short_of_its_plan(RunStatus::Finished).await;
    assert!(summary.completeness.complete, "{:?}", summary.completeness);
    assert_eq!((summary.iterations.scheduled, summary.iterations.unstarted), (18, 40));
    assert_eq!(summary.vus.lost, 6);
    assert_eq!(summary.vus.lost_by_cause, FailureCounts { target: 1, plugin: 2, generator: 3 });
    assert_valid(&render_json(&summary));
    let wide = TextStyle { color: false, width: 200 };
    let text = render_text(&summary, wide);
    assert!(text.contains("! 40 iterations of the plan never started: VUs were lost\n"), "{text}");
    let lost = "! 3 VUs were lost: the journey broke or the target failed in the start of a replacement\n";
    assert!(text.contains(lost), "{text}");
    assert!(text.contains("✗ fell short of the plan\n"), "{text}");
    assert!(text.contains("! 3 VUs were lost: a replacement could not be made on this machine\n"), "{text}");
    let text = render_text(&short_of_its_plan(RunStatus::Interrupted).await, wide);
    assert!(text.contains("40 iterations of the plan never started: the run was ended before\n"), "{text}");
}

#[tokio::test]
async fn dropped_iterations_are_loud() {
    let mut samples: Vec<_> = (0..9).map(|i| ended(at_ms(i * 10), 5, IterationStatus::Completed)).collect();
    samples.push(ended(at_ms(95), 0, IterationStatus::Dropped));
    let summary = Dataset::finished(samples).await.summary().await;
    assert_eq!((summary.iterations.scheduled, summary.iterations.dropped), (10, 1));
    let text = render_text(&summary, TextStyle::default());
    assert!(text.contains("! 1 of 10 iterations (10.0%) dropped"), "{text}");
}

#[tokio::test]
async fn what_became_of_the_data_is_what_a_pass_is_to_be_read_with() {
    for (reason, headline) in [
        (
            "ended before its time: data 'x' is exhausted",
            "PASS, but it ended before its time: data 'x' is exhausted",
        ),
        ("data 'x' was exhausted and used again", "PASS, but data 'x' was exhausted and used again"),
    ] {
        let dataset = Dataset::begin(1).await;
        dataset.worker(0, vec![system(1, 0.2, NO_LAG)], End::Finished).await;
        dataset.finish_with(|outcome| outcome.reason = Some(reason.to_owned())).await;
        assert_eq!(dataset.summary().await.headline, headline);
    }
}

#[tokio::test]
async fn a_run_that_a_newer_one_replaced_has_not_failed() {
    for (reason, headline) in [
        ("replaced by a newer build", "REPLACED by a newer build: what follows was measured until then"),
        ("stopped from outside", "FAIL: stopped from outside"),
    ] {
        let dataset = Dataset::begin(1).await;
        dataset.worker(0, vec![system(1, 0.2, NO_LAG)], End::Finished).await;
        let end = |outcome: &mut Outcome| {
            outcome.status = RunStatus::Interrupted;
            outcome.verdict = Verdict::Fail;
            outcome.reason = Some(reason.to_owned());
        };
        dataset.finish_with(end).await;
        assert_eq!(dataset.summary().await.headline, headline);
    }
}

#[tokio::test]
async fn iterations_without_data_are_the_plans_matter_and_not_the_generators() {
    let mut samples: Vec<_> = (0..8).map(|i| ended(at_ms(i * 10), 5, IterationStatus::Completed)).collect();
    for millis in [85, 95] {
        samples.push(Sample::Iteration(IterationSample {
            error_kind: Some("data exhausted".into()),
            error: Some("data 'users' is exhausted".into()),
            ..iteration(at_ms(millis), 0, IterationStatus::Dropped)
        }));
    }
    samples.push(system(1, 0.2, NO_LAG));
    let summary = Dataset::finished(samples).await.summary().await;
    assert_eq!((summary.iterations.dropped, summary.iterations.dropped_without_data), (2, 2));
    assert_eq!(summary.generator.promise, Promise::Kept);
    assert!(summary.errors.is_empty(), "{:?}", summary.errors);
    let text = render_text(&summary, TextStyle::default());
    assert!(text.contains("2 iterations were dropped because data was exhausted"), "{text}");
    assert!(text.contains("✓ kept its promise"), "{text}");
}

/// Of six iterations two waited and three were dropped, one of these for want of data.
fn busy_iterations() -> impl Iterator<Item = IterationSample> {
    let waited = |ms| IterationSample {
        started_at: at_ms(ms + 40),
        waited: Duration::from_millis(40),
        ..iteration(at_ms(ms), 10, IterationStatus::Completed)
    };
    let dropped = |ms| iteration(at_ms(ms), 0, IterationStatus::Dropped);
    let without_data = IterationSample { error_kind: Some("data exhausted".into()), ..dropped(500) };
    let on_time = iteration(at_ms(2_000), 10, IterationStatus::Completed);
    [waited(0), waited(100), dropped(200), dropped(300), without_data, on_time].into_iter()
}

#[tokio::test]
async fn a_scenario_without_a_free_vu_is_named_with_its_own_ceiling() {
    let dataset = Dataset::begin_with(1, |plan| {
        let executor = ExecutorPlan::ConstantVus { vus: 500, duration: Duration::from_secs(10) };
        let closed = ScenarioPlan { name: "look".to_owned(), executor, ..plan.scenarios[0].clone() };
        plan.scenarios.insert(0, closed);
    });
    let dataset = dataset.await;
    let looks = (0..4).map(|ms| IterationSample {
        scenario: "look".into(),
        ..iteration(at_ms(ms), 10, IterationStatus::Completed)
    });
    dataset.worker(0, busy_iterations().chain(looks).map(Sample::Iteration).collect(), End::Finished).await;
    dataset.finish().await;
    let mut summary = dataset.summary().await;
    assert_valid(&render_json(&summary));
    let busy = BusyScenario {
        name: "browse".to_owned(),
        max_vus: 7,
        scheduled: 6,
        dropped: 2,
        waited: 2,
        max_waited_ms: 40.0,
    };
    assert_eq!(summary.iterations.busy_scenarios, [busy]);
    let wide = TextStyle { color: false, width: 250 };
    let text = render_text(&summary, wide);
    for words in [
        "! 2 iterations of scenario browse waited for a VU (at most 40 ms), all 7 were busy: ",
        "! 2 of 6 iterations of scenario browse (33.3%) dropped: no VU was free; raise its max_vus in the plan (now 7), ",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    summary.run.scenarios.remove(0);
    let text = render_text(&summary, wide);
    assert!(
        text.contains("! 2 of 6 iterations (33.3%) dropped: no VU was free; raise --max-vus (now 7), "),
        "{text}"
    );
}
