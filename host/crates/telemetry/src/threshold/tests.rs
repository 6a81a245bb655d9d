use std::sync::Arc;
use std::time::Duration;

use outrider_model::{IterationStatus, MetricKind, Sample};
use proptest::prelude::*;

use super::judge::{Collector, Judge};
use super::*;
use crate::test_samples::{
    check, failed_request, iteration, metric, one_of_each, request, request_at, second, step,
};

fn recorder(expressions: &[&str]) -> ThresholdRecorder {
    ThresholdRecorder::new(expressions.iter().map(|text| text.parse().unwrap()).collect())
}

/// Samples of ten seconds, judged at their end; one state for each expression.
fn judged(expressions: &[&str], samples: &[Sample]) -> Vec<ThresholdState> {
    let mut recorder = recorder(expressions);
    recorder.view().begin(second(0));
    samples.iter().for_each(|sample| recorder.record(sample));
    recorder.finish(second(10));
    recorder.view().states()
}

/// The values of expressions that all compare with something that does not matter.
fn values(expressions: &[&str], samples: &[Sample]) -> Vec<Option<f64>> {
    judged(expressions, samples).into_iter().map(|state| state.value).collect()
}

fn words(expressions: &[&str], samples: &[Sample]) -> Vec<String> {
    judged(expressions, samples).iter().map(ThresholdState::in_words).collect()
}

fn answered(status: u16) -> Sample {
    let mut sample = request("/cart", 10);
    if let Sample::Request(request) = &mut sample {
        request.status = Some(status);
        request.ok = status < 400;
    }
    sample
}

#[test]
fn requests_are_counted_timed_and_weighed() {
    let samples: Vec<Sample> = (1..=100).map(|ms| request("/cart", ms)).collect();
    let found = values(
        &[
            "requests count > 0",
            "requests per_s > 0",
            "requests.failed rate < 1%",
            "requests.duration avg < 1s",
            "requests.duration min < 1s",
            "requests.duration max < 1s",
            "requests.duration p100 < 1s",
            "requests.duration count > 0",
            "requests.wait sum < 1h",
            "requests.blocked max < 1s",
            "requests.bytes_sent sum > 0B",
            "requests.bytes_received per_s > 0B/s",
        ],
        &samples,
    );
    let found: Vec<f64> = found.into_iter().flatten().collect();
    assert_eq!(found, [100.0, 10.0, 0.0, 50.5, 1.0, 100.0, 100.0, 100.0, 5_050.0, 0.005, 12_000.0, 40_960.0]);
    let p95 = values(&["requests.duration p95 < 1s", "requests.duration med < 1s"], &samples);
    let [p95, med] = [p95[0].unwrap(), p95[1].unwrap()];
    assert!((p95 - 95.0).abs() < 95.0 * 0.005 && (med - 50.0).abs() < 50.0 * 0.005, "{p95} {med}");
}

#[test]
fn an_interrupted_request_counts_as_such_alone() {
    let mut samples: Vec<Sample> = (0..3).map(|_| request("/cart", 10)).collect();
    if let Sample::Request(request) = &mut samples[2] {
        (request.ok, request.interrupted, request.duration) = (false, true, Duration::from_secs(9));
    }
    let expressions = [
        "requests count > 0",
        "requests.failed count == 0",
        "requests.interrupted count > 0",
        "requests.duration max < 1s",
        "requests.bytes_sent count > 0",
    ];
    let found: Vec<f64> = values(&expressions, &samples).into_iter().flatten().collect();
    assert_eq!(found, [2.0, 0.0, 1.0, 10.0, 2.0]);
}

#[test]
fn a_status_chooses_what_is_counted_among_all_that_could_have_it() {
    let samples = [200, 204, 404, 503].map(answered);
    let found = values(
        &[
            "requests{status=404} count == 1",
            "requests{status=2xx} count == 1",
            "requests{status=none} count == 0",
            "requests.failed{status=5xx} rate < 1%",
            "requests.failed{status=2xx} count == 0",
            "requests.duration{status=503} count == 1",
            "requests.duration{status=500} max < 1s",
            "requests{name=/nowhere,status=404} count == 0",
        ],
        &samples,
    );
    let zero = Some(0.0);
    assert_eq!(found, [Some(1.0), Some(2.0), zero, Some(0.25), zero, Some(1.0), None, None]);
    assert_eq!(values(&["requests{status=none} count > 0"], &[failed_request("/")]), [Some(1.0)]);
}

#[test]
fn tags_choose_samples_by_all_that_they_say() {
    let samples = one_of_each();
    for (expression, counts) in [
        ("requests{name=/cart,method=get} count > 0", true),
        ("requests{scenario=browse,step=open the cart,currency=EUR} count > 0", true),
        ("requests{currency=USD} count > 0", false),
        ("requests{step=pay} count > 0", false),
        ("requests{method=POST} count > 0", false),
        ("requests{scenario=buy} count > 0", false),
        ("steps{step=open the cart,name=open the cart} count > 0", true),
        ("steps{step=pay} count > 0", false),
        ("steps{currency=EUR} count > 0", true),
        ("checks{check=the total is right,pack=prices,step=open the cart} count > 0", true),
        ("checks{name=the total is wrong} count > 0", false),
        ("checks{pack=\"\"} count > 0", false),
        ("iterations{scenario=browse} count > 0", true),
        ("iterations{scenario=buy} count > 0", false),
        ("metrics.basket{currency=EUR,scenario=browse} count > 0", true),
        ("metrics.basket{name=x} count > 0", false),
        ("metrics.bucket count > 0", false),
    ] {
        assert_eq!(values(&[expression], &samples), [counts.then_some(1.0)], "{expression}");
    }
}

#[test]
fn iterations_are_told_apart_by_how_they_ended() {
    let samples = IterationStatus::ALL.map(|status| iteration(status, 30));
    let found = values(
        &[
            "iterations count > 0",
            "iterations.failed rate < 1%",
            "iterations.dropped rate < 1%",
            "iterations.interrupted count == 0",
            "iterations.duration count > 0",
            "iterations.duration max < 1s",
            "iterations.corrected_duration max < 1s",
            "iterations.lateness max < 1s",
        ],
        &samples,
    );
    let found: Vec<f64> = found.into_iter().flatten().collect();
    assert_eq!(found, [2.0, 0.5, 0.25, 1.0, 2.0, 30.0, 30.007, 0.007]);
}

#[test]
fn none_dropped_is_a_value_and_no_iteration_is_none() {
    let none = [iteration(IterationStatus::Completed, 1)];
    let states = judged(&["iterations.dropped count == 0", "checks.failed count == 0"], &none);
    assert!(states[0].passed() && states[0].value == Some(0.0));
    assert_eq!((states[1].passed(), &states[1].standing), (false, &ThresholdStanding::NoData));
    let interrupted = [iteration(IterationStatus::Interrupted, 1)];
    assert_eq!(values(&["iterations.failed rate < 1%"], &interrupted), [None]);
}

#[test]
fn the_corrected_duration_counts_from_the_scheduled_time() {
    let mut late = iteration(IterationStatus::Completed, 100);
    if let Sample::Iteration(iteration) = &mut late {
        iteration.started_at = iteration.scheduled_at + Duration::from_secs(6);
    }
    let found = words(
        &[
            "iterations.duration p99 < 1s",
            "iterations.corrected_duration p99 < 1s",
            "iterations.lateness p99 < 1s",
        ],
        &[late],
    );
    assert_eq!(found, ["was 100 ms", "was 6.1 s", "was 6 s"]);
    let mut first = request("/cart", 100);
    if let Sample::Request(first) = &mut first {
        first.lateness = Duration::from_secs(6);
    }
    let found = words(
        &[
            "requests.duration max < 1s",
            "requests.corrected_duration max < 1s",
            "requests.corrected_duration min < 1s",
        ],
        &[first, request("/cart", 50)],
    );
    assert_eq!(found, ["was 100 ms", "was 6.1 s", "was 50 ms"]);
}

#[test]
fn steps_and_checks_fail_by_their_share() {
    let samples = [step("pay", 20), step("pay", 40), check(true), check(true), check(true), check(false)];
    let found = values(
        &[
            "steps.duration{step=pay} max < 1s",
            "steps.failed rate < 1%",
            "steps per_s > 0",
            "checks.passed rate > 99%",
            "checks.failed count == 0",
            "checks count > 0",
        ],
        &samples,
    );
    let found: Vec<f64> = found.into_iter().flatten().collect();
    assert_eq!(found, [40.0, 0.0, 0.2, 0.75, 1.0, 4.0]);
}

#[test]
fn custom_metrics_have_the_values_of_their_kind() {
    let all = |kind, values: &[f64]| values.iter().map(|value| metric(kind, *value)).collect::<Vec<_>>();
    let counter = all(MetricKind::Counter, &[5.0, 3.0]);
    let found =
        values(&["metrics.basket count > 0", "metrics.basket sum > 0", "metrics.basket per_s > 0"], &counter);
    assert_eq!(found, [Some(8.0), Some(8.0), Some(0.8)]);
    let gauge = all(MetricKind::Gauge, &[5.0, -3.0, f64::NAN]);
    let found =
        values(&["metrics.basket last > 0", "metrics.basket min > 0", "metrics.basket avg > 0"], &gauge);
    assert_eq!(found, [Some(-3.0), Some(-3.0), Some(1.0)]);
    let rate = all(MetricKind::Rate, &[1.0, 0.0, 1.0, 1.0]);
    let found = values(&["metrics.basket rate > 50%", "metrics.basket count > 0"], &rate);
    assert_eq!(found, [Some(0.75), Some(3.0)]);
    let trend = all(MetricKind::Trend, &[1.0, 2.0, 3.0]);
    let found =
        values(&["metrics.basket p0 > 0", "metrics.basket max > 0", "metrics.basket count > 0"], &trend);
    assert_eq!(found, [Some(1.0), Some(3.0), Some(3.0)]);
}

#[test]
fn a_value_that_a_kind_does_not_have_is_said_and_not_passed() {
    let counter = [metric(MetricKind::Counter, 5.0)];
    let expressions = ["metrics.basket p90 < 9", "metrics.basket last != 3"];
    assert!(judged(&expressions, &counter).iter().all(|state| !state.passed()));
    assert_eq!(
        words(&expressions, &counter),
        [
            "basket is a counter, which has no p90; it has count, sum, per_s",
            "basket is a counter, which has no last; it has count, sum, per_s",
        ]
    );
    let both = [metric(MetricKind::Counter, 5.0), metric(MetricKind::Trend, 2.0)];
    assert_eq!(
        words(&["metrics.basket count < 9", "metrics.basket p100 < 9"], &both),
        ["basket is used as a counter and as a trend: give them different names", "was 2"]
    );
    assert_eq!(words(&["metrics.basket last < 9"], &[metric(MetricKind::Gauge, f64::NAN)]), ["no data"]);
}

#[test]
fn what_never_had_a_sample_is_not_passed() {
    let states = judged(
        &["requests.duration{name=/crat} p95 < 5s", "requests{name=/crat} count == 0"],
        &one_of_each(),
    );
    for state in states {
        assert_eq!((state.passed(), state.value, &*state.in_words()), (false, None, "no data"));
    }
}

#[test]
fn a_crossing_ends_the_run_only_with_abort_and_after_its_time() {
    let mut recorder = recorder(&[
        "requests.duration max < 5ms",
        "requests.failed rate < 1% abort",
        "requests.duration max < 7ms abort after 3s",
    ]);
    let view = recorder.view();
    recorder.record(&request("/", 10));
    recorder.tick(second(100));
    assert_eq!(view.crossing(), None, "the load has not begun");
    view.begin(second(100));
    for later in [100, 101, 102] {
        recorder.tick(second(later));
        assert_eq!(view.crossing(), None);
    }
    let states: Vec<bool> = view.states().iter().map(ThresholdState::passed).collect();
    assert_eq!(states, [false, true, false], "they are seen to be crossed before that");
    recorder.tick(second(103));
    let crossing = view.crossing().unwrap();
    assert_eq!((crossing.index, &*crossing.state.in_words()), (2, "was 10 ms"));
    recorder.record(&failed_request("/"));
    recorder.tick(second(104));
    assert_eq!(view.crossing(), Some(crossing), "the first one stays");
}

#[test]
fn no_data_ends_no_run() {
    let mut recorder = recorder(&["requests.duration max < 5ms abort"]);
    let view = recorder.view();
    view.begin(second(0));
    recorder.tick(second(1));
    assert_eq!(view.crossing(), None);
    assert_eq!(view.states()[0].standing, ThresholdStanding::NoData);
}

#[test]
fn a_late_recovery_is_judged_at_the_end() {
    let mut recorder = recorder(&["requests.failed rate < 30%"]);
    let view = recorder.view();
    view.begin(second(0));
    recorder.record(&failed_request("/"));
    recorder.tick(second(1));
    assert!(!view.states()[0].passed());
    (0..3).for_each(|_| recorder.record(&request("/", 1)));
    recorder.finish(second(2));
    assert_eq!((view.states()[0].passed(), view.states()[0].value), (true, Some(0.25)));
}

#[test]
fn rates_are_over_the_time_of_the_load() {
    let mut recorder = recorder(&["requests per_s > 1"]);
    let view = recorder.view();
    view.begin(second(0));
    (0..20).for_each(|_| recorder.record(&request("/", 1)));
    recorder.tick(second(4));
    assert_eq!(view.states()[0].value, Some(5.0), "since the start, while it goes on");
    // From the scheduled time, second 0, to the end 2 s later; the rest is winding up.
    recorder.record(&iteration(IterationStatus::Completed, 2_000));
    recorder.finish(second(60));
    let rate = view.states()[0].value.unwrap();
    assert!((rate - 10.0).abs() < 1e-3, "{rate}");
}

#[test]
fn nothing_is_recorded_without_thresholds_and_equal_series_are_shared() {
    let mut idle = recorder(&[]);
    one_of_each().iter().for_each(|sample| idle.record(sample));
    idle.tick(second(1));
    idle.finish(second(2));
    assert!(idle.view().states().is_empty());
    let thresholds =
        ["requests.duration p95 < 5s", "requests.duration p99 < 9s", "requests.duration{name=/a} p99 < 9s"];
    let (_, series) = Judge::new(thresholds.iter().map(|text| text.parse().unwrap()).collect());
    assert_eq!(series.len(), 2);
}

#[test]
fn pages_are_not_measured_yet() {
    assert!(!is_measured(&"pages.lcp p75 < 2.5s".parse().unwrap()));
    assert!(is_measured(&"metrics.lcp p75 < 2.5".parse().unwrap()));
}

const SPREAD: [&str; 9] = [
    "requests count > 0",
    "requests.duration p95 < 1s",
    "requests.duration max < 1s",
    "requests.duration{name=/a} p50 < 1s",
    "requests.failed{status=5xx} rate < 1%",
    "iterations.corrected_duration p99 < 1s",
    "checks.passed rate > 1%",
    "metrics.basket count > 0",
    "requests per_s > 0",
];

fn any_sample() -> impl Strategy<Value = Sample> {
    prop_oneof![
        (0i64..20, 0u64..3_000, 0usize..3).prop_map(|(at, ms, name)| request_at(
            ["/a", "/b", "/c"][name],
            second(at),
            Duration::from_millis(ms)
        )),
        prop::sample::select(vec![200, 404, 503]).prop_map(answered),
        any::<bool>().prop_map(check),
        (0u64..500).prop_map(|ms| iteration(IterationStatus::Completed, ms)),
        (0u32..100).prop_map(|value| metric(MetricKind::Counter, f64::from(value))),
    ]
}

proptest! {
    /// What distributed runs rest on: however samples are spread over ticks and workers, the value of the
    /// merged totals is that of all samples together.
    #[test]
    fn ticks_of_several_workers_merge_into_the_whole(
        samples in prop::collection::vec((any_sample(), 0usize..3, any::<bool>()), 1..200),
    ) {
        let thresholds: Vec<Threshold> = SPREAD.iter().map(|text| text.parse().unwrap()).collect();
        let (mut whole, series) = Judge::new(thresholds.clone());
        let (mut merged, _) = Judge::new(thresholds);
        let mut one = Collector::new(series.clone());
        let mut workers: Vec<_> = (0..3).map(|_| Collector::new(series.clone())).collect();
        for (sample, worker, ticks) in &samples {
            one.record(sample);
            workers[*worker].record(sample);
            if *ticks {
                merged.merge(&workers[*worker].take());
            }
        }
        whole.merge(&one.take());
        workers.iter_mut().for_each(|worker| merged.merge(&worker.take()));
        prop_assert_eq!(merged.load(), whole.load());
        let elapsed = Duration::from_secs(7);
        prop_assert_eq!(merged.states(elapsed), whole.states(elapsed));
    }
}

#[test]
fn the_batcher_judges_its_samples_to_the_last_one_before_names_are_bounded() {
    use crate::{BatchSink, Batcher, BatcherConfig, SampleQueue, Table, Tick};
    use arrow::array::RecordBatch;
    use outrider_model::{RunClock, SampleSink};

    struct Nowhere;
    impl BatchSink for Nowhere {
        fn write(&mut self, _table: Table, _batch: RecordBatch) {}
        fn tick(&mut self, _tick: Tick) {}
    }

    let (queue, receiver) = SampleQueue::new(1_000);
    let mut config = BatcherConfig::new(crate::test_samples::origin_of_run());
    config.name_limit = 1;
    config.thresholds = vec!["requests{name=/b} count == 50".parse().unwrap()];
    let batcher = Batcher::new(config, receiver, Nowhere, RunClock::starting_at(second(0)));
    let view = batcher.thresholds();
    assert_eq!(view.states()[0].standing, ThresholdStanding::NoData);
    let names: [Arc<str>; 2] = ["/a".into(), "/b".into()];
    (0..100).for_each(|index| queue.record(request(&names[index % 2], 1)));
    queue.close();
    batcher.run();
    assert!(view.states()[0].passed(), "{:?}", view.states());
}
