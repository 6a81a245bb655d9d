//! Whole datasets, read back.

use std::time::Duration;

use outrider_model::{CheckSample, FailureCause, IterationStatus, MetricKind, RequestSample, RunId, Sample};
use outrider_report::*;
use outrider_telemetry::{SKETCH_RELATIVE_ACCURACY, Table};

use crate::dataset::{Dataset, End};
use crate::json::assert_valid;
use crate::samples::*;

/// Four iterations of one VU, something of everything.
fn small_run() -> Vec<Sample> {
    let mut samples = Vec::new();
    for second in 0..4 {
        let at = at_ms(1_000 * second);
        samples.push(ok_request("main page", at, 10 + second));
        samples.push(ok_request("cart", at_ms(1_000 * second + 20), 40));
        samples.push(step("open the shop", at, 15, None));
        samples.push(check("", "has the item", true, None));
        samples.push(check("prices", "total", second != 2, Some("13.00")));
        samples.push(metric("orders", MetricKind::Counter, at, 2.0));
        samples.push(metric("basket", MetricKind::Trend, at, 10.0 * (second + 1) as f64));
        samples.push(metric("depth", MetricKind::Gauge, at, second as f64));
        samples.push(metric("hits", MetricKind::Rate, at, f64::from(u8::from(second > 0))));
        samples.push(system(second + 1, 0.2, Duration::from_millis(second)));
    }
    samples.extend([
        answered("cart", at_ms(3_100), 5, 503),
        refused("pay", at_ms(3_110)),
        step("pay", at_ms(3_100), 20, Some("the cart is empty")),
        ended(at_ms(0), 900, IterationStatus::Completed),
        ended(at_ms(1_000), 900, IterationStatus::Completed),
        failed(at_ms(2_000), 900, FailureCause::Target, "failed", "the cart is empty"),
        failed(at_ms(3_000), 900, FailureCause::Plugin, "exception", "TypeError: x is undefined"),
        ended(at_ms(3_900), 100, IterationStatus::Interrupted),
        ended(at_ms(3_950), 0, IterationStatus::Dropped),
    ]);
    samples
}

#[tokio::test]
async fn a_run_is_summed_up_from_its_rows() {
    let dataset = Dataset::finished(small_run()).await;
    let summary = dataset.summary().await;
    assert_eq!(summary.completeness.missing, [""; 0]);
    assert!(summary.completeness.complete);
    assert_eq!((summary.run.status, summary.verdict), (RunStatus::Finished, Some(Verdict::Pass)));
    assert_eq!(
        (summary.run.started_at.as_str(), summary.run.duration_ms),
        ("2026-01-31T12:00:00.000Z", 10_000.0)
    );
    assert_eq!(summary.run.load_duration_ms, 4_000.0);
    assert_eq!(summary.run.scenarios[0].load, "7 VUs for 10 s");
    assert_eq!(summary.run.plugins[0].name, dataset.record().plan.journeys[0].plugin.name);
    assert!(std::path::Path::new(&summary.run.dataset).join("run.json").is_file());
}

#[tokio::test]
async fn requests_and_steps_come_in_the_order_of_their_first_one() {
    let summary = Dataset::finished(small_run()).await.summary().await;
    let requests: Vec<_> = summary.requests.iter().map(|r| (r.name.as_str(), r.count, r.failed)).collect();
    assert_eq!(requests, [("main page", 4, 0), ("cart", 5, 1), ("pay", 1, 1)]);
    let steps: Vec<_> =
        summary.steps.iter().map(|s| (s.name.as_str(), s.count, s.failed, s.error.as_deref())).collect();
    assert_eq!(steps, [("open the shop", 4, 0, None), ("pay", 1, 1, Some("the cart is empty"))]);
    let main_page = &summary.requests[0];
    let times = main_page.duration_ms.unwrap();
    assert_eq!((times.min, times.mean, times.max), (10.0, 11.5, 13.0));
    assert_eq!((main_page.bytes_sent, main_page.bytes_received, main_page.rate_per_s), (400, 8_000, 1.0));
    let phases = main_page.phases_ms.unwrap();
    assert_eq!((phases.blocked, phases.dns, phases.wait), (1.0, 0.0, 11.5));
    let all = summary.all_requests.unwrap();
    assert_eq!((all.name.as_str(), all.count, all.failed), ("(all)", 10, 2));
    assert_eq!((summary.network.bytes_sent, summary.network.bytes_received), (1_000, 18_000));
}

#[tokio::test]
async fn iterations_add_up_and_failures_keep_their_cause() {
    let summary = Dataset::finished(small_run()).await.summary().await;
    let totals = &summary.iterations;
    assert_eq!((totals.scheduled, totals.started, totals.dropped), (6, 5, 1));
    assert_eq!((totals.completed, totals.failed, totals.interrupted), (2, 2, 1));
    assert_eq!(totals.failed_by_cause, FailureCounts { target: 1, plugin: 1, generator: 0 });
    assert_eq!(totals.rate_per_s, 1.25);
    let errors: Vec<_> =
        summary.errors.iter().map(|e| (e.cause, e.source, e.kind.as_str(), e.count)).collect();
    assert_eq!(
        errors,
        [
            (FailureCause::Target, ErrorSource::Request, "status 503", 1),
            (FailureCause::Target, ErrorSource::Request, "connection refused", 1),
            (FailureCause::Plugin, ErrorSource::Iteration, "exception", 1),
            (FailureCause::Target, ErrorSource::Iteration, "failed", 1),
        ]
    );
    let codes: Vec<_> = summary.status_codes.iter().map(|c| (c.status, c.count)).collect();
    assert_eq!(codes, [(Some(200), 8), (Some(503), 1), (None, 1)]);
}

#[tokio::test]
async fn interrupted_requests_and_steps_are_counted_apart_and_the_rest_as_without_them() {
    let without = Dataset::finished(small_run()).await.summary().await;
    let cut_off = request("cart", at_ms(500), Duration::from_secs(1));
    let error_kind = Some("interrupted".into());
    let cut_off = RequestSample { ok: false, interrupted: true, status: None, error_kind, ..cut_off };
    let never = RequestSample { name: "never".into(), ..cut_off.clone() };
    let mut samples = small_run();
    samples.extend([cut_off, never].map(|sample| Sample::Request(Box::new(sample))));
    let Sample::Step(step) = step("pay", at_ms(500), 1_000, Some("interrupted")) else { panic!("a step") };
    samples.push(Sample::Step(outrider_model::StepSample { interrupted: true, ..step }));
    let summary = Dataset::finished(samples).await.summary().await;
    assert!(summary.completeness.complete, "{:?}", summary.completeness);
    let counts: Vec<_> =
        summary.requests.iter().map(|r| (r.name.as_str(), r.count, r.failed, r.interrupted)).collect();
    assert_eq!(counts, [("main page", 4, 0, 0), ("cart", 5, 1, 1), ("never", 0, 0, 1), ("pay", 1, 1, 0)]);
    let pay = &summary.steps[1];
    assert_eq!((pay.count, pay.failed, pay.interrupted), (1, 1, 1));
    let (all, before) = (summary.all_requests.unwrap(), without.all_requests.unwrap());
    assert_eq!((all.count, all.failed, all.interrupted), (10, 2, 2));
    assert_eq!((all.duration_ms, all.corrected_ms), (before.duration_ms, before.corrected_ms));
    assert_eq!(all.bytes_sent, before.bytes_sent + 200, "they went over the wire");
    assert_eq!((summary.errors, summary.status_codes), (without.errors, without.status_codes));
    assert_eq!(summary.statistics.request, without.statistics.request);
    let requests = |timeline: &outrider_report::Timeline| -> f64 {
        timeline.buckets.iter().map(|bucket| bucket.requests_per_s).sum()
    };
    assert_eq!(requests(&summary.timeline), requests(&without.timeline));
}

#[tokio::test]
async fn an_exchange_that_this_side_cut_off_is_no_failure_of_the_target() {
    // As datasets before schema 6 have it.
    let kinds = ["interrupted", "not granted", "timeout"];
    let samples = kinds.map(|kind| {
        let sample = request("cart", at_ms(0), Duration::from_millis(1));
        let error_kind = Some(kind.into());
        Sample::Request(Box::new(RequestSample { status: None, ok: false, error_kind, ..sample }))
    });
    let summary = Dataset::finished(samples.into()).await.summary().await;
    let causes: Vec<_> = summary.errors.iter().map(|e| (e.kind.as_str(), e.cause)).collect();
    let expected = [FailureCause::Generator, FailureCause::Plugin, FailureCause::Target];
    assert_eq!(causes, kinds.into_iter().zip(expected).collect::<Vec<_>>());
    assert!(summary.errors.iter().all(|error| error.hint().is_some()));
}

#[tokio::test]
async fn a_journey_that_breaks_now_and_then_keeps_its_place() {
    let stack = "    at priceOf (lib/cart.ts:7:31)\n    at partial.ts:2:17";
    let samples = (0..4).map(|i| match i % 2 {
        0 => ended(at_ms(i * 1_000), 5, IterationStatus::Completed),
        _ => broken(at_ms(i * 1_000), "TypeError: cannot read property 'amount' of undefined", stack),
    });
    let summary = Dataset::finished(samples.collect()).await.summary().await;
    let [error] = &summary.errors[..] else { panic!("{:?}", summary.errors) };
    let [message] = &error.messages[..] else { panic!("{error:?}") };
    assert_eq!((message.at.as_deref(), message.stack.as_deref()), (Some("lib/cart.ts:7:31"), Some(stack)));
    assert_eq!((message.same, message.count), (true, 2));
    crate::json::assert_valid(&outrider_report::render_json(&summary));
    let text = render_text(&summary, TextStyle::default());
    let lines = "              TypeError: cannot read property 'amount' of undefined\n                at lib/cart.ts:7:31\n";
    assert!(text.contains(lines), "{text}");
    assert!(text.starts_with("PASS, but the journey broke in 2 of 4 iterations\n"), "{text}");
}

#[tokio::test]
async fn checks_are_counted_by_pack_and_show_a_failure() {
    let summary = Dataset::finished(small_run()).await.summary().await;
    let checks: Vec<_> =
        summary.checks.iter().map(|c| (c.pack.as_str(), c.name.as_str(), c.passed, c.failed)).collect();
    assert_eq!(checks, [("", "has the item", 4, 0), ("prices", "total", 3, 1)]);
    assert_eq!(summary.checks[0].example, None);
    let example = summary.checks[1].example.clone().unwrap();
    assert_eq!((example.expected.as_deref(), example.actual.as_deref()), (Some("12.00"), Some("13.00")));
}

#[tokio::test]
async fn checks_that_failed_are_counted_by_the_places_where_they_stand() {
    let at = |line: u32, actual: &str| match check("", "total", false, Some(actual)) {
        Sample::Check(row) => Sample::Check(CheckSample {
            source_location: (line > 0).then(|| format!("src/cart.ts:{line}:5").into()),
            ..row
        }),
        other => other,
    };
    let lines = [3, 7, 7, 0, 1, 2, 4, 4, 5];
    let samples = lines.iter().enumerate().map(|(index, line)| at(*line, &format!("{index}")));
    let summary = Dataset::finished(samples.collect()).await.summary().await;
    let [check] = &summary.checks[..] else { panic!("{:?}", summary.checks) };
    let example = |example: &Option<CheckExample>| {
        let example = example.clone().unwrap();
        (example.at, example.actual.unwrap())
    };
    let place = |line: u32, actual: &str| (Some(format!("src/cart.ts:{line}:5")), actual.to_owned());
    assert_eq!((check.failed, example(&check.example)), (9, place(3, "0")), "the first is the example");
    let places: Vec<_> = check.places.iter().map(|one| (one.failed, example(&one.example))).collect();
    let unsaid = (None, "3".to_owned());
    let expected =
        [(2, place(7, "1")), (1, place(3, "0")), (1, unsaid), (1, place(1, "4")), (1, place(2, "5"))];
    assert_eq!((places, check.failed_elsewhere), (expected.to_vec(), 3));
    crate::json::assert_valid(&outrider_report::render_json(&summary));
}

#[tokio::test]
async fn checks_that_failed_late_have_their_examples_too() {
    let late = |index| (index == 8_500).then_some("late").or((index == 20_000).then_some("later"));
    let samples = (0..24_000).map(|index| match late(index) {
        Some(name) => check("prices", name, false, Some(name)),
        None => check("prices", "total", true, None),
    });
    let dataset = Dataset::finished(samples.collect()).await;
    assert!(dataset.parts(Table::Checks).await.len() > 3, "they are in parts of their own");
    let summary = dataset.summary().await;
    let actual = |name: &str| {
        let check = summary.checks.iter().find(|check| check.name == name).unwrap();
        (check.failed, check.example.as_ref().and_then(|example| example.actual.clone()))
    };
    assert_eq!(actual("total"), (0, None));
    assert_eq!(actual("late"), (1, Some("late".to_owned())));
    assert_eq!(actual("later"), (1, Some("later".to_owned())));
}

#[tokio::test]
async fn metrics_say_what_matters_of_their_kind() {
    let summary = Dataset::finished(small_run()).await.summary().await;
    let [basket, depth, hits, orders] = &summary.metrics[..] else { panic!("{:?}", summary.metrics) };
    assert_eq!((orders.kind, orders.total, orders.count), (MetricType::Counter, 8.0, 4));
    assert_eq!((depth.kind, depth.last), (MetricType::Gauge, Some(3.0)));
    assert_eq!((hits.kind, hits.share), (MetricType::Rate, Some(0.75)));
    let values = basket.values.unwrap();
    assert_eq!((values.min, values.mean, values.max), (10.0, 25.0, 40.0));
    assert!((values.p50.unwrap() - 20.0).abs() <= 20.0 * SKETCH_RELATIVE_ACCURACY);
    assert_eq!(depth.values.unwrap().p50, None);
}

#[tokio::test]
async fn the_document_of_a_real_run_fits_the_schema_and_its_text_fits_the_terminal() {
    let summary = Dataset::finished(small_run()).await.summary().await;
    assert_valid(&render_json(&summary));
    let text = render_text(&summary, TextStyle::default());
    assert!(text.starts_with("PASS, but 1 of 6 iterations was dropped: no VU was free\n"), "{text}");
    assert!(text.contains("\nJourney     checkout (checkout.wasm) → http://127.0.0.1:8080\n"), "{text}");
    assert!(text.starts_with(&summary.headline), "JSON and text say the same: {}", summary.headline);
    let complete = format!("✓ complete: {} rows in 7 tables match the manifest", summary.completeness.rows);
    assert!(text.contains(&complete), "{text}");
}

/// Durations like those of a server: most are short, few are long. Every run of the test has the same.
fn server_like(count: u64, seed: u64) -> Vec<Duration> {
    let mut state = seed;
    let mut random = move || {
        // Knuth's MMIX generator; the upper bits are good enough for a shape.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    (0..count).map(|_| Duration::from_nanos((2e6 * (-(1.0 - random()).ln()).exp2()) as u64)).collect()
}

#[tokio::test]
async fn percentiles_of_many_parts_and_workers_are_those_of_all_values_together() {
    let dataset = Dataset::begin(3).await;
    let mut all = Vec::new();
    for worker in 0..3u32 {
        // One worker is ten times slower: a mean of percentiles would be far off.
        let slow = if worker == 2 { 10 } else { 1 };
        let durations: Vec<Duration> =
            server_like(6_000, u64::from(worker) + 1).iter().map(|d| *d * slow).collect();
        let requests = durations.iter().enumerate().map(|(index, duration)| {
            let at = at_ms(index as u64);
            Sample::Request(Box::new(request("main page", at, *duration)))
        });
        dataset.worker(worker, requests.collect(), End::Finished).await;
        all.extend(durations);
    }
    dataset.finish().await;
    assert!(dataset.parts(Table::Requests).await.len() > 3, "each worker has several parts");
    let summary = dataset.summary().await;
    assert!(summary.completeness.complete, "{:?}", summary.completeness);

    all.sort();
    let ms = |index: usize| all[index].as_nanos() as f64 / 1e6;
    let found = summary.requests[0].duration_ms.unwrap();
    assert_eq!((summary.requests[0].count, found.min, found.max), (18_000, ms(0), ms(17_999)));
    let mean = all.iter().map(|d| d.as_nanos() as f64 / 1e6).sum::<f64>() / 18_000.0;
    assert!((found.mean - mean).abs() < 1e-5, "{} for {mean}", found.mean);
    for (q, found) in
        [(0.5, found.p50), (0.9, found.p90), (0.95, found.p95), (0.99, found.p99), (0.999, found.p999)]
    {
        let truth = ms((q * 17_999.0) as usize);
        let error = (found - truth).abs() / truth;
        assert!(error <= SKETCH_RELATIVE_ACCURACY * 1.001, "q {q}: {found} for {truth}");
    }
    assert_eq!(summary.all_requests.unwrap().duration_ms, summary.requests[0].duration_ms);
}

#[tokio::test]
async fn rows_of_the_report_are_those_of_the_manifests() {
    let dataset = Dataset::finished(small_run()).await;
    let summary = dataset.summary().await;
    let mut rows = 0;
    for table in Table::ALL {
        rows += dataset.parts(table).await.iter().map(|(_, rows)| rows).sum::<u64>();
    }
    assert_eq!(summary.completeness.rows, rows);
    assert_eq!(summary.completeness.tables, 7, "all but logs");
}

#[tokio::test]
async fn a_run_that_does_not_exist_is_an_error_with_its_name() {
    let dataset = Dataset::begin(1).await;
    let other = RunId::new("20200101T000000Z-000000").unwrap();
    let error = Summary::read(dataset.store(), &other, at_ms(0)).await.unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.starts_with("there is no run '20200101T000000Z-000000' in"), "{cause}");
}
