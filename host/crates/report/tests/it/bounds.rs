//! However long a run and whatever its labels: the report stays small, right, and says what it folded.

use std::sync::Arc;
use std::time::Duration;

use outrider_model::{
    FailureCause, IterationSample, IterationStatus, MetricKind, RequestSample, Sample, SystemSample,
};
use outrider_report::*;
use outrider_telemetry::{OTHER_NAME, SKETCH_RELATIVE_ACCURACY, Table};

use crate::dataset::{Dataset, End};
use crate::json::assert_valid;
use crate::samples::*;

/// Three megabytes: a document that opens in an editor, and goes by mail.
const MAX_JSON_BYTES: usize = 3_000_000;

/// Names of each kind that a journey makes up, each used once.
const NAMES: u64 = 20_000;

fn small_document(summary: &Summary) -> String {
    let document = render_json(summary);
    assert!(document.len() < MAX_JSON_BYTES, "{} bytes", document.len());
    assert_valid(&document);
    document
}

/// Everything that has a name, each with its own.
fn named(id: u64) -> [Sample; 4] {
    let at = at_ms(id / 4);
    [
        ok_request(&format!("GET /{id}"), at, 5),
        step(&format!("step {id}"), at, 5, None),
        check("", &format!("check {id}"), id.is_multiple_of(2), None),
        metric(&format!("metric {id}"), MetricKind::Trend, at, id as f64),
    ]
}

#[tokio::test]
async fn names_without_end_become_other_and_are_said() {
    let samples = (0..NAMES).flat_map(named).collect();
    let summary = Dataset::finished(samples).await.summary().await;
    assert!(summary.completeness.complete, "{:?}", summary.completeness);
    small_document(&summary);
    let other = |names: Vec<(&str, u64)>| {
        assert_eq!(names.len(), 1_001);
        names.iter().find(|(name, _)| *name == OTHER_NAME).unwrap().1
    };
    assert_eq!(other(summary.requests.iter().map(|r| (r.name.as_str(), r.count)).collect()), 19_000);
    assert_eq!(other(summary.steps.iter().map(|s| (s.name.as_str(), s.count)).collect()), 19_000);
    assert_eq!(
        other(summary.checks.iter().map(|c| (c.name.as_str(), c.passed + c.failed)).collect()),
        19_000
    );
    assert_eq!(other(summary.metrics.iter().map(|m| (m.name.as_str(), m.count)).collect()), 19_000);
    let requests = "19,000 of 20,000 requests are counted as (other), for there are more than 1,000 names of \
                    requests: leave ids out of names";
    assert_eq!((summary.warnings.len(), summary.warnings[0].as_str()), (4, requests));
    let text = render_text(&summary, TextStyle { color: false, width: 200 });
    assert!(text.contains(&format!("! {requests}\n")), "{text}");
    assert!(text.lines().count() < 160, "{text}");
}

#[tokio::test]
async fn workers_with_names_of_their_own_share_one_limit() {
    let dataset = Dataset::begin(2).await;
    for worker in 0..2u64 {
        let samples = (0..1_000).flat_map(|id| named(id + worker * 1_000));
        dataset.worker(worker as u32, samples.collect(), End::Finished).await;
    }
    dataset.finish().await;
    let summary = dataset.summary().await;
    assert!(summary.completeness.complete, "{:?}", summary.completeness);
    let lengths = [summary.requests.len(), summary.steps.len(), summary.checks.len(), summary.metrics.len()];
    assert_eq!(lengths, [1_001; 4]);
    let other = summary.requests.iter().find(|request| request.name == OTHER_NAME).unwrap();
    assert_eq!((other.count, other.duration_ms.unwrap().max), (1_000, 5.0));
    let metric = summary.metrics.iter().find(|metric| metric.name == OTHER_NAME).unwrap();
    assert_eq!((metric.count, metric.total), (1_000, (1_000..2_000).sum::<u64>() as f64));
    small_document(&summary);
}

#[tokio::test]
async fn a_hundred_thousand_urls_are_rows_and_nothing_more() {
    let samples = (0..100_000u64).map(|id| {
        let sample = request("GET /products/:id", at_ms(id / 10), Duration::from_millis(3));
        let url = format!("http://127.0.0.1:8080/products/{id}");
        Sample::Request(Box::new(RequestSample { url: url.into(), ..sample }))
    });
    let summary = Dataset::finished(samples.collect()).await.summary().await;
    let [products] = &summary.requests[..] else { panic!("{:?}", summary.requests.len()) };
    assert_eq!((products.count, summary.warnings.len()), (100_000, 0));
    assert!(small_document(&summary).len() < 100_000);
}

#[tokio::test]
async fn messages_without_end_are_bounded_and_counted() {
    let letters =
        |id: u64| -> String { id.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect() };
    const FAILURES: u64 = 4_000;
    let samples = (0..FAILURES).map(|id| {
        let kind: Arc<str> = format!("kind {}", id / 2).into();
        let error = format!("{} {}", letters(id), "x".repeat(2_000)).into();
        let stack = format!("    at {} (journey.ts:{id}:1)\n", "frame".repeat(80)).repeat(10).into();
        let (error_kind, cause) = (Some(kind), Some(FailureCause::Plugin));
        let sample = iteration(at_ms(id), 1, IterationStatus::Failed);
        Sample::Iteration(IterationSample {
            error_kind,
            cause,
            error: Some(error),
            stack: Some(stack),
            ..sample
        })
    });
    let summary = Dataset::finished(samples.collect()).await.summary().await;
    small_document(&summary);
    assert_eq!(summary.errors.iter().map(|error| error.count).sum::<u64>(), FAILURES);
    let said =
        |error: &ErrorSummary| error.messages.iter().map(|m| m.count).sum::<u64>() + error.other_messages;
    assert_eq!(summary.errors.iter().map(said).sum::<u64>(), FAILURES, "each is counted");
}

/// Ten seconds of a run.
fn ten_seconds(index: u64) -> Vec<Sample> {
    let (from, second) = (index * 10_000, |second: u64| index * 10_000 + second * 1_000);
    let visits = (0..10).flat_map(|i| {
        let request = ok_request("main page", at_ms(second(i) + 1), 10 + index % 65);
        [request, ended(at_ms(second(i)), 900, IterationStatus::Completed)]
    });
    visits.chain([system(from / 1_000 + 10, 0.2, Duration::ZERO)]).collect()
}

#[tokio::test]
async fn parts_roll_by_time_and_a_report_over_hundreds_is_right() {
    const ROLLS: u64 = 130;
    let dataset = Dataset::begin(1).await;
    let rolls = (0..ROLLS).map(|index| (at_ms((index + 1) * 10_000), ten_seconds(index)));
    dataset.worker_over_time(0, rolls.collect()).await;
    dataset.finish_with(|outcome| outcome.ended_at = at_ms(ROLLS * 10_000)).await;
    let mut parts = 0;
    for table in Table::ALL {
        parts += dataset.parts(table).await.len();
    }
    assert_eq!(parts as u64, 4 * ROLLS, "a part of each of four tables every ten seconds");
    let summary = dataset.summary_at(ROLLS * 10_000).await;
    assert!(summary.completeness.complete, "{:?}", summary.completeness);
    assert_eq!((summary.iterations.completed, summary.iterations.rate_per_s.round()), (1_300, 1.0));
    let times = summary.requests[0].duration_ms.unwrap();
    assert_eq!((summary.requests[0].count, times.min, times.mean, times.max), (1_300, 10.0, 42.0, 74.0));
    assert!((times.p90 - 68.0).abs() <= 68.0 * SKETCH_RELATIVE_ACCURACY, "{times:?}");
    let Timeline { bucket_s, buckets, shortfall, .. } = &summary.timeline;
    assert_eq!((*bucket_s, buckets.len(), *shortfall), (30, 44, None));
    let whole = &buckets[..43];
    assert!(whole.iter().all(|bucket| bucket.scheduled_per_s == 1.0 && bucket.vus == 0.9), "{buckets:?}");
    let request = summary.statistics.request.unwrap();
    assert_eq!((request.lowest_mean_ms, request.highest_mean_ms), (10.0, 74.0));
    // The load ends a moment before its last second does, so that its mean is a little higher.
    let highest = request.highest_rate_per_s.unwrap();
    assert!((1.0..1.001).contains(&highest), "{highest}");
    small_document(&summary);
}

#[tokio::test]
async fn a_bottleneck_that_comes_and_goes_is_named_a_hundred_times_and_counted() {
    const SECONDS: u64 = 20_000;
    let second = |second: u64| match system(second, 0.5, Duration::ZERO) {
        Sample::System(sample) => {
            let bottleneck = second.is_multiple_of(2).then_some(Bottleneck::Cpu);
            Sample::System(Box::new(SystemSample { bottleneck, ..*sample }))
        }
        other => other,
    };
    let dataset = Dataset::finished((1..=SECONDS).map(second).collect()).await;
    let summary = dataset.summary_at(SECONDS * 1_000).await;
    let GeneratorHealth { bottlenecks, other_bottlenecks, .. } = &summary.generator;
    assert_eq!((bottlenecks.len(), bottlenecks[99].to_s), (100, 200.0));
    let rest = OtherBottlenecks { cause: Bottleneck::Cpu, stretches: 9_900, seconds: 9_900.0 };
    assert_eq!(other_bottlenecks[..], [rest]);
    assert!(small_document(&summary).len() < 100_000);
    let text = render_text(&summary, TextStyle { color: false, width: 200 });
    assert!(text.contains("CPU at 0:11, and 9,994 more times"), "{text}");
}
