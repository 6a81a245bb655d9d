use std::time::Duration;

use outrider_model::MetricKind;
use proptest::prelude::*;

use super::*;
use crate::Sketch;
use crate::test_samples::{check, failed_request, metric, request, request_at, second};

fn only(mut windows: Windows) -> Window {
    let mut rows = windows.close_all();
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

#[test]
fn a_request_is_counted_in_the_second_in_which_it_ended() {
    let mut windows = Windows::new();
    windows.record(&request_at("/", second(0), Duration::from_millis(2_500)));
    let window = only(windows);
    assert_eq!(window.started_at, second(2));
    assert_eq!(window.totals.sketch.unwrap().max(), Some(2.5e9));
}

#[test]
fn bytes_and_classes_of_requests_add_up() {
    let mut windows = Windows::new();
    for status in [200, 204, 301, 404, 503, 101] {
        let mut sample = request("/", 1);
        if let Sample::Request(request) = &mut sample {
            request.status = Some(status);
            request.ok = status < 400;
        }
        windows.record(&sample);
    }
    windows.record(&failed_request("/"));
    let totals = only(windows).totals;
    assert_eq!((totals.count, totals.failed), (7, 3));
    let request = totals.request.unwrap();
    assert_eq!(request.status_classes, [2, 1, 1, 1]);
    assert_eq!((request.no_answer, request.bytes_sent), (1, 7 * 120));
}

#[test]
fn what_was_interrupted_is_counted_besides_but_for_its_bytes() {
    let mut windows = Windows::new();
    windows.record(&request("/", 10));
    let mut cut_off = failed_request("/");
    if let Sample::Request(request) = &mut cut_off {
        request.interrupted = true;
    }
    windows.record(&cut_off);
    let totals = only(windows).totals;
    assert_eq!((totals.count, totals.failed, totals.interrupted), (1, 0, 1));
    assert_eq!(totals.sketch.unwrap().count(), 1);
    let request = totals.request.unwrap();
    assert_eq!((request.no_answer, request.bytes_sent), (0, 2 * 120));
}

#[test]
fn corrected_durations_have_a_sketch_of_their_own_only_where_something_was_late() {
    let mut windows = Windows::new();
    windows.record(&request("/", 10));
    assert!(only(std::mem::take(&mut windows)).totals.corrected.is_none());
    windows.record(&request("/", 10));
    let mut late = request("/", 20);
    if let Sample::Request(request) = &mut late {
        request.lateness = Duration::from_millis(500);
    }
    windows.record(&late);
    windows.record(&request("/", 30));
    let totals = only(windows).totals;
    let (measured, corrected) = (totals.sketch.unwrap(), totals.corrected.unwrap());
    assert_eq!((measured.count(), measured.max()), (3, Some(3e7)));
    assert_eq!((corrected.count(), corrected.min(), corrected.max()), (3, Some(1e7), Some(5.2e8)));
}

#[test]
fn a_check_has_its_pack_and_no_values() {
    let mut windows = Windows::new();
    windows.record(&check(true));
    windows.record(&check(false));
    let window = only(windows);
    assert_eq!((&*window.key.detail, window.totals.count, window.totals.failed), ("prices", 2, 1));
    assert!(window.totals.values.is_none() && window.totals.sketch.is_none());
}

#[test]
fn only_trends_have_a_sketch_and_what_is_not_a_number_is_set_aside() {
    let mut windows = Windows::new();
    for value in [3.0, -1.0, f64::NAN, 2.0] {
        windows.record(&metric(MetricKind::Gauge, value));
    }
    let totals = only(windows).totals;
    assert_eq!((totals.count, totals.failed), (3, 1));
    assert_eq!(totals.values, Some(ValueTotals { sum: 4.0, min: -1.0, max: 3.0, last: 2.0 }));
    assert!(totals.sketch.is_none());

    let mut windows = Windows::new();
    windows.record(&metric(MetricKind::Trend, 3.0));
    assert_eq!(only(windows).totals.sketch.unwrap().count(), 1);
}

#[test]
fn rows_come_in_order_of_time_and_key() {
    let mut windows = Windows::new();
    for (name, at) in [("/b", 1), ("/a", 1), ("/c", 0)] {
        windows.record(&request_at(name, second(at), Duration::ZERO));
    }
    let order: Vec<_> =
        windows.close_all().into_iter().map(|window| (window.started_at, window.key.name)).collect();
    assert_eq!(order, [(second(0), "/c".into()), (second(1), "/a".into()), (second(1), "/b".into())]);
}

proptest! {
    /// The property that reports rest on: however samples are spread over windows and workers, the
    /// merge of all windows is the total of all samples.
    #[test]
    fn the_merge_of_all_windows_is_the_total(
        samples in prop::collection::vec((0i64..20, 0u64..3_000, 0usize..3, 0u64..60), 1..200),
        split in 0usize..200,
    ) {
        let mut whole = WindowTotals::default();
        let mut workers = [Windows::new(), Windows::new()];
        let mut corrected = Sketch::new();
        for (index, (at, ms, name, late)) in samples.iter().enumerate() {
            let mut sample = request_at(["/a", "/b", "/c"][*name], second(*at), Duration::from_millis(*ms));
            // Two of three are in time.
            let late = Duration::from_millis(late.saturating_sub(40) * 100);
            if let Sample::Request(request) = &mut sample {
                request.lateness = late;
            }
            corrected.add((Duration::from_millis(*ms) + late).as_nanos() as f64);
            workers[usize::from(index >= split)].record(&sample);
            if let Sample::Request(request) = &sample {
                whole.add_request(request);
            }
        }
        let mut merged = WindowTotals::default();
        for worker in &mut workers {
            let early = worker.close_before(second(10));
            for window in early.into_iter().chain(worker.close_all()) {
                merged.merge(&window.totals);
            }
        }
        prop_assert_eq!(merged.count, samples.len() as u64);
        prop_assert_eq!(merged.request, whole.request);
        for q in [0.0, 0.5, 0.95, 0.99, 1.0] {
            let of_all = corrected.quantile(q);
            prop_assert_eq!(merged.corrected_sketch().unwrap().quantile(q), of_all);
            prop_assert_eq!(whole.corrected_sketch().unwrap().quantile(q), of_all);
        }
        let (merged, whole) = (merged.sketch.unwrap(), whole.sketch.unwrap());
        for q in [0.0, 0.5, 0.95, 0.99, 1.0] {
            prop_assert_eq!(merged.quantile(q), whole.quantile(q));
        }
    }
}
