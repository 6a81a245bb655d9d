//! The page: its document holds the run's figures, and nothing of a run is read as HTML.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use outrider_model::{IterationStatus, Origin, Phases, RequestSample, Sample};
use outrider_report::{
    Charts, ComparisonPage, PAGE_VERSION, PageDocument, TimedSeries, TrendMeasure, TrendPage,
    render_comparison_html, render_html, render_trend_html,
};
use serde_json::Value;

use crate::dataset::Dataset;
use crate::example::{healthy, troubled};
use crate::samples::*;

/// Three megabytes: a page that goes by mail and opens at once.
const MAX_PAGE_BYTES: usize = 3_000_000;

/// The document in a page.
fn document(page: &str) -> Value {
    let (_, rest) = page.split_once("id=\"document\">").unwrap();
    let (json, _) = rest.split_once("</script>").unwrap();
    serde_json::from_str(json).unwrap()
}

fn total(series: &TimedSeries) -> (u64, u64) {
    (series.count.iter().sum(), series.failed.iter().sum())
}

#[test]
fn the_page_holds_the_report_as_json_has_it_and_needs_nothing_else() {
    let summary = troubled();
    let page = render_html(&summary, &Charts::default());
    let document = document(&page);
    assert_eq!(document["version"], PAGE_VERSION);
    assert_eq!(document["report"], serde_json::to_value(&summary).unwrap());
    assert_eq!(document["words"]["thresholds"].as_array().unwrap().len(), summary.thresholds.len());
    assert_eq!(document["words"]["hints"].as_array().unwrap().len(), summary.errors.len());
    assert!(page.contains("<title>FAIL · "), "{}", &page[..1_000]);
    assert!(page.contains("content=\"default-src 'none'; script-src 'sha256-"));
    for outside in ["src=", "href=\"http", "@import", "url(http"] {
        let (frame, _) = page.split_once("<script>").unwrap();
        let (frame, _) = frame.split_once("<script type").unwrap();
        assert!(!frame.contains(outside), "{outside}");
    }
}

#[test]
fn names_of_a_run_are_data() {
    let mut summary = healthy();
    let hostile = "</script><img src=x onerror=alert(1)><!--\u{2028}";
    summary.requests[0].name = hostile.to_owned();
    summary.run.name = Some(hostile.to_owned());
    let page = render_html(&summary, &Charts::default());
    assert!(!page.contains("<img") && !page.contains("<!--"));
    let (_, json) = page.split_once("id=\"document\">").unwrap();
    assert!(!json.contains('\u{2028}'), "a line's end to old browsers; in the title it is a letter as any");
    assert_eq!(document(&page)["report"]["requests"][0]["name"], hostile);
    assert_eq!(page.matches("</script>").count(), 2, "the document's and the page's own");
}

/// What the page is tested with is what this program writes.
#[test]
fn the_example_of_the_page_has_the_fields_of_this_version() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../web/test/example.json");
    let text = std::fs::read_to_string(path).unwrap();
    let example: Value = serde_json::from_str(&text).unwrap();
    let read: PageDocument<'_> = serde_json::from_str(&text).unwrap();
    let again = serde_json::to_value(&read).unwrap();
    for part in ["version", "written_by", "report", "charts", "words"] {
        assert!(again[part] == example[part], "`{part}` of web/test/example.json is of another version");
    }
}

/// The same of a comparison.
#[test]
fn the_example_of_the_comparison_has_the_fields_of_this_version() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../web/test/comparison.json");
    let example: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let read: ComparisonPage<'_> = serde_json::from_value(example.clone()).unwrap();
    assert!(
        serde_json::to_value(&read).unwrap() == example,
        "web/test/comparison.json is of another version"
    );
    assert_eq!(
        document(&render_comparison_html(&read.comparison)),
        example,
        "its words are those of this version"
    );
}

/// The same of a trend.
#[test]
fn the_example_of_the_trend_has_the_fields_of_this_version() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../web/test/trend.json");
    let example: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let read: TrendPage<'_> = serde_json::from_value(example.clone()).unwrap();
    assert!(serde_json::to_value(&read).unwrap() == example, "web/test/trend.json is of another version");
    assert_eq!(
        document(&render_trend_html(&read.trend, TrendMeasure::P95)),
        example,
        "its words are those of this version"
    );
}

/// Ten seconds: each second ten requests of 10 ms, from the fifth on one of 500 ms that fails, beside set-up.
fn ten_seconds() -> Vec<Sample> {
    let setup = Origin { scenario: "".into(), ..request("setup", at_ms(0), Duration::ZERO).origin };
    let login = RequestSample { origin: setup, ..request("login", at_ms(0), Duration::from_secs(2)) };
    let quick = (0..100u64).map(|id| ok_request("GET /", at_ms(id * 100), 10));
    let slow = (5..10u64).map(|second| answered("GET /cart", at_ms(second * 1_000 + 100), 500, 503));
    let visits = (0..10u64).map(|second| ended(at_ms(second * 1_000), 800, IterationStatus::Completed));
    let seconds = (1..=10u64).map(|second| system(second, 0.25, Duration::from_millis(second)));
    quick.chain(slow).chain(visits).chain(seconds).chain([Sample::Request(Box::new(login))]).collect()
}

#[tokio::test]
async fn series_are_what_happened_in_each_second_and_set_up_is_none_of_it() {
    let charts = Dataset::finished(ten_seconds()).await.charts().await;
    assert_eq!((charts.from_ms, charts.slice_ms, charts.covered_s.len()), (0.0, 1_000.0, 10));
    assert_eq!(total(&charts.all_requests), (105, 5));
    let [front, cart] = &charts.requests[..] else { panic!("{:?}", charts.requests) };
    assert_eq!((front.name.as_str(), &front.count[..], total(front)), ("GET /", &[10; 10][..], (100, 0)));
    assert_eq!(cart.count, [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
    assert_eq!((cart.p95_ms[4], &cart.corrected_p95_ms), (None, &None));
    assert!((cart.p95_ms[5].unwrap() - 500.0).abs() <= 2.5, "{:?}", cart.p95_ms);
    let [kind] = &charts.errors[..] else { panic!("{:?}", charts.errors) };
    assert_eq!((kind.kind.as_str(), kind.count.iter().sum::<u64>()), ("status 503", 5));
    assert_eq!((charts.load.scheduled, charts.load.completed), (vec![1; 10], vec![1; 10]));
    assert!(charts.load.users[..9].iter().all(|users| *users == 0.8), "{:?}", charts.load.users);
    assert_eq!(charts.generator.machine_cpu, [Some(0.25); 10]);
    assert_eq!(charts.generator.event_loop_lag_ms[9], Some(10.0));
}

#[tokio::test]
async fn the_slowest_exchanges_of_each_name_come_with_their_phases() {
    let samples = (0..40u64).map(|id| {
        let wait = Duration::from_millis(100 + id);
        let phases = Phases { wait, ..Phases::default() };
        let url = format!("http://127.0.0.1:8080/{}", "x".repeat(1_000)).into();
        let name = if id.is_multiple_of(2) { "even" } else { "odd" };
        Sample::Request(Box::new(RequestSample { phases, url, ..request(name, at_ms(id), wait) }))
    });
    let charts = Dataset::finished(samples.collect()).await.charts().await;
    let times: Vec<f64> = charts.slowest.iter().map(|exchange| exchange.duration_ms).collect();
    assert_eq!(times, (10..40).rev().map(|id| 100.0 + f64::from(id)).collect::<Vec<_>>());
    let first = &charts.slowest[0];
    assert_eq!((first.name.as_str(), first.phases_ms.wait, first.at_ms), ("odd", 139.0, 39.0));
    assert!(charts.slowest.iter().all(|exchange| exchange.url.len() < 310));
}

#[tokio::test]
async fn a_busy_name_has_its_slowest_exchanges_though_sixty_came_before_it() {
    let rare = (0..60u64).map(|id| ok_request(&format!("GET /{id}"), at_ms(id), 5_000));
    let busy = (0..100u64).map(|id| ok_request("GET /cart", at_ms(100 + id), 10 + id));
    let charts = Dataset::finished(rare.chain(busy).collect()).await.charts().await;
    let of_cart = charts.slowest.iter().filter(|exchange| exchange.name == "GET /cart").count();
    assert_eq!(of_cart, 15);
    // Forty-nine others are charted, and the last eleven share a list.
    assert_eq!(charts.slowest.len(), 60 + 15);
}

#[tokio::test]
async fn an_hour_of_fifty_names_is_a_page_that_opens_at_once() {
    const SECONDS: u64 = 3_600;
    let names: Vec<Arc<str>> =
        (0..50).map(|id| format!("GET /api/resources/{id}/of-a-kind").into()).collect();
    let second = |second: u64| {
        let visits = names.iter().enumerate().map(move |(id, name)| {
            ok_request(name, at_ms(second * 1_000 + id as u64), 10 + (second + id as u64) % 90)
        });
        let ended = ended(at_ms(second * 1_000), 800, IterationStatus::Completed);
        visits.chain([ended, system(second + 1, 0.3, Duration::ZERO)])
    };
    let minute = |minute: u64| {
        let end = (minute + 1) * 60;
        (at_ms(end * 1_000), (minute * 60..end).flat_map(second).collect())
    };
    let dataset = Dataset::begin(1).await;
    dataset.worker_over_time(0, (0..SECONDS / 60).map(minute).collect()).await;
    dataset.finish_with(|outcome| outcome.ended_at = at_ms(SECONDS * 1_000)).await;
    let (summary, charts) = (dataset.summary_at(SECONDS * 1_000).await, dataset.charts().await);
    assert_eq!((charts.slice_ms, charts.covered_s.len(), charts.requests.len()), (20_000.0, 180, 50));
    assert_eq!(total(&charts.all_requests), (SECONDS * 50, 0));
    assert!(charts.requests.iter().all(|series| total(series) == (SECONDS, 0)));
    let page = render_html(&summary, &charts);
    assert!(page.len() < MAX_PAGE_BYTES, "{} bytes", page.len());
}
