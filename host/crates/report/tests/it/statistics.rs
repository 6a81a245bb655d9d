//! Statistics of Tsung's kinds and the load over time, from rows.

use std::time::Duration;

use outrider_model::{ExecutorKind, IterationIndex, IterationStatus, Phases, RequestSample, Sample, VuId};
use outrider_report::*;
use outrider_telemetry::Table;

use crate::dataset::{Dataset, End};
use crate::json::assert_valid;
use crate::samples::*;

/// An exchange of a user's iteration.
fn exchange(vu: u32, iteration: u64, at: u64, took: u64) -> RequestSample {
    let mut sample = request("main page", at_ms(at), Duration::from_millis(took));
    (sample.origin.vu, sample.origin.iteration) = (VuId(vu), IterationIndex(iteration));
    sample.phases.blocked = Duration::ZERO;
    sample
}

/// The same on a connection of its own.
fn connecting(sample: RequestSample, dns: u64, connect: u64, tls: u64) -> RequestSample {
    let [dns, connect, tls] = [dns, connect, tls].map(Duration::from_millis);
    RequestSample {
        connection_reused: false,
        phases: Phases { dns, connect, tls, ..sample.phases },
        ..sample
    }
}

fn of(samples: Vec<RequestSample>) -> impl Iterator<Item = Sample> {
    samples.into_iter().map(|sample| Sample::Request(Box::new(sample)))
}

/// Two users, thirty seconds: each iteration requests two things at once, thinks, and requests one more.
fn visits() -> Vec<Sample> {
    let mut samples = Vec::new();
    for (index, (vu, at)) in
        [(1, 0), (2, 2_000), (1, 12_000), (2, 14_000), (1, 26_000)].into_iter().enumerate()
    {
        let iteration = index as u64;
        let slow = 10 * iteration;
        samples.extend(of(vec![
            connecting(exchange(vu, iteration, at, 100 + slow), 1, 2, iteration),
            exchange(vu, iteration, at + 120 + slow, 50),
            exchange(vu, iteration, at + 2_000, 30),
        ]));
        samples.push(ended(at_ms(at), 4_000, IterationStatus::Completed));
    }
    samples
}

#[tokio::test]
async fn each_kind_has_the_numbers_of_tsung() {
    let summary = Dataset::finished(visits()).await.summary().await;
    assert_valid(&render_json(&summary));
    let Statistics { interval_s, connect, request, page, session, .. } = summary.statistics;
    assert_eq!(interval_s, 10);
    let connect = connect.unwrap();
    // 3 to 7 ms: two in the first interval, two in the second, one in the third.
    assert_eq!((connect.count, connect.mean_ms), (5, 5.0));
    assert_eq!((connect.lowest_mean_ms, connect.highest_mean_ms), (3.5, 7.0));
    // The distances are 2, 1, 0, 1 and 2: the root of 10 / 5.
    assert!((connect.standard_deviation_ms - 2f64.sqrt()).abs() < 1e-6, "{connect:?}");
    assert_eq!(connect.highest_rate_per_s, Some(0.2));
    let request = request.unwrap();
    assert_eq!((request.count, request.mean_ms), (15, 66.666667));
    assert_eq!(request.highest_rate_per_s, Some(0.6));
    let page = page.unwrap();
    // What was requested at once took 170, 180, … ms from the first to the last, what came after the thinking 30 ms.
    assert_eq!((page.count, page.mean_ms), (10, (950.0 + 150.0) / 10.0));
    assert_eq!((page.lowest_mean_ms, page.highest_mean_ms), (102.5, 120.0));
    let session = session.unwrap();
    assert_eq!((session.count, session.mean_ms, session.standard_deviation_ms), (5, 4_000.0, 0.0));
}

#[tokio::test]
async fn statuses_and_bytes_have_their_highest_rate_and_users_their_ends() {
    let mut samples = visits();
    samples.extend((0..20).map(|i| answered("cart", at_ms(13_000 + i), 5, 503)));
    samples.push(refused("cart", at_ms(1_000)));
    samples.push(ended(at_ms(3_000), 10, IterationStatus::Interrupted));
    samples.push(ended(at_ms(3_100), 0, IterationStatus::Dropped));
    samples.push(system(1, 0.2, Duration::ZERO));
    let statistics = Dataset::finished(samples).await.summary().await.statistics;
    let codes: Vec<_> =
        statistics.status_codes.iter().map(|s| (s.status, s.count, s.highest_rate_per_s)).collect();
    assert_eq!(codes, [(Some(200), 15, Some(0.6)), (Some(503), 20, Some(2.0)), (None, 1, Some(0.1))]);
    assert_eq!(statistics.received.total_bytes, 35 * 2_000);
    assert_eq!(statistics.received.mean_bytes_per_s, Some(35.0 * 2_000.0 / 30.0));
    assert_eq!(statistics.received.highest_bytes_per_s, Some(26.0 * 2_000.0 / 10.0));
    assert_eq!(statistics.sent.total_bytes, 36 * 100);
    let users =
        UserStatistics { highest_simultaneous: Some(7), started: 6, finished: 5, ..Default::default() };
    assert_eq!(statistics.users, UserStatistics { interrupted: 1, dropped: 1, ..users });
}

#[tokio::test]
async fn set_up_is_no_users() {
    let mut setup = connecting(exchange(1, 0, 0, 5_000), 1, 2, 3);
    setup.origin.scenario = "".into();
    let samples = visits().into_iter().chain(of(vec![setup]));
    let summary = Dataset::finished(samples.collect()).await.summary().await;
    assert_eq!(summary.all_requests.unwrap().count, 16);
    let Statistics { connect, request, page, .. } = summary.statistics;
    assert_eq!([connect, request, page].map(|kind| kind.unwrap().count), [5, 15, 10]);
    let requests: f64 = summary.timeline.buckets.iter().map(|bucket| bucket.requests_per_s).sum();
    assert!((requests - 15.0).abs() < 1e-9, "{requests}");
}

#[tokio::test]
async fn a_run_without_rows_has_no_statistics_and_no_course() {
    let summary = Dataset::finished(Vec::new()).await.summary().await;
    let statistics = Statistics { interval_s: 10, ..Statistics::default() };
    assert_eq!(summary.statistics.users, statistics.users);
    assert_eq!((summary.statistics.request, summary.statistics.status_codes.len()), (None, 0));
    assert_eq!((summary.timeline.buckets.len(), summary.timeline.scenarios.len()), (0, 0));
    assert_valid(&render_json(&summary));
}

/// Ten iterations a second for twelve seconds, of which those of the fifth second are dropped and those of the eighth
/// start a second late.
fn open_load() -> Vec<Sample> {
    let mut samples = Vec::new();
    for index in 0..120u64 {
        let at = index * 100;
        samples.push(match at {
            4_000..5_000 => ended(at_ms(at), 0, IterationStatus::Dropped),
            7_000..8_000 => late(at_ms(at), Duration::from_secs(1)),
            _ => ended(at_ms(at), 500, IterationStatus::Completed),
        });
        samples.push(ok_request("main page", at_ms(at), 10 + at / 1_000));
    }
    samples
}

#[tokio::test]
async fn what_was_scheduled_stands_beside_what_started() {
    let summary = Dataset::finished(open_load()).await.summary().await;
    assert_valid(&render_json(&summary));
    let Timeline { bucket_s, buckets, shortfall, dropped, late, scenarios } = summary.timeline;
    assert_eq!((dropped, late), (10, 10));
    assert_eq!((bucket_s, buckets.len()), (1, 13));
    let scheduled: Vec<f64> = buckets.iter().map(|bucket| bucket.scheduled_per_s).collect();
    assert_eq!(scheduled, [10., 10., 10., 10., 10., 10., 10., 10., 10., 10., 10., 10., 0.]);
    let started: Vec<f64> = buckets.iter().map(|bucket| bucket.started_per_s).collect();
    assert_eq!(started, [10., 10., 10., 10., 0., 10., 10., 0., 20., 10., 10., 10., 0.]);
    let dropped: Vec<f64> = buckets.iter().map(|bucket| bucket.dropped_per_s).collect();
    assert_eq!((dropped[4], dropped.iter().sum::<f64>()), (10.0, 10.0));
    let expected = Shortfall { from_ms: 4_000.0, to_ms: 8_000.0, scheduled: 20, dropped: 10, late: 10 };
    assert_eq!(shortfall, Some(expected));
    // Ten a second that each last half of one.
    assert_eq!((buckets[0].vus, buckets[2].vus), (4.0, 5.0));
    assert_eq!(buckets[4].vus, 1.0, "what began before goes on");
    assert!((buckets[3].p95_ms.unwrap() - 13.0).abs() < 0.1, "{:?}", buckets[3]);
    let [scenario] = &scenarios[..] else { panic!("{scenarios:?}") };
    assert_eq!((scenario.name.as_str(), &scenario.buckets), ("browse", &buckets));
}

#[tokio::test]
async fn a_plan_that_was_kept_has_no_shortfall() {
    let samples = (0..100).map(|index| late(at_ms(index * 100 + 99), Duration::from_millis(2)));
    let summary = Dataset::finished(samples.collect()).await.summary().await;
    assert_eq!(summary.timeline.shortfall, None, "one in a bucket may start in the next");
}

/// A hundred a second for five seconds, the last of each second dropped.
fn one_of_each_hundred_dropped() -> Vec<Sample> {
    let visit = |index: u64| match index % 100 {
        99 => ended(at_ms(index * 10), 0, IterationStatus::Dropped),
        _ => ended(at_ms(index * 10), 5, IterationStatus::Completed),
    };
    (0..500).map(visit).collect()
}

#[tokio::test]
async fn nothing_is_ticked_of_which_a_few_are_missing() {
    let mut summary = Dataset::finished(one_of_each_hundred_dropped()).await.summary().await;
    assert_valid(&render_json(&summary));
    summary.run.scenarios[0].executor = ExecutorKind::ConstantArrivalRate;
    let Timeline { shortfall, dropped, late, .. } = summary.timeline;
    assert_eq!((shortfall, dropped, late), (None, 5, 0));
    let wide = TextStyle { color: false, width: 200 };
    let text = render_text(&summary, wide);
    let but = "~ iterations started when they were scheduled, but for 5 of 500 (1.0%): 5 dropped\n";
    assert!(text.contains(but), "{text}");
    (summary.timeline.dropped, summary.timeline.late) = (0, 0);
    let text = render_text(&summary, wide);
    assert!(text.contains("✓ iterations started when they were scheduled\n"), "{text}");
}

#[tokio::test]
async fn a_long_teardown_does_not_coarsen_the_load() {
    let load = one_of_each_hundred_dropped().into_iter();
    let samples = load.chain((1..=200).map(|second| system(second, 0.1, Duration::ZERO)));
    let summary = Dataset::finished(samples.collect()).await.summary_at(200_000).await;
    let Timeline { bucket_s, buckets, .. } = &summary.timeline;
    assert_eq!((*bucket_s, buckets.len()), (1, 5));
    assert!(render_text(&summary, TextStyle::default()).contains("Over time"));
}

#[tokio::test]
async fn long_runs_have_as_few_buckets_and_workers_share_them() {
    let dataset = Dataset::begin(2).await;
    for worker in 0..2u64 {
        let visits =
            (0..600).map(|index| ended(at_ms(index * 60_000 + worker), 30_000, IterationStatus::Completed));
        dataset.worker(worker as u32, visits.collect(), End::Finished).await;
    }
    dataset.finish().await;
    assert_eq!(dataset.parts(Table::Iterations).await.len(), 2);
    let Timeline { bucket_s, buckets, .. } = dataset.summary().await.timeline;
    assert_eq!((bucket_s, buckets.len()), (600, 60));
    assert!(buckets.iter().all(|bucket| bucket.vus == 1.0), "{buckets:?}");
    let completed: f64 = buckets.iter().map(|bucket| bucket.completed_per_s * 600.0).sum();
    assert!((completed - 1_200.0).abs() < 1e-6, "{completed}");
}
