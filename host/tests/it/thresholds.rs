//! Thresholds: verdict, exit code, and what is kept when one of them ends a run.

use outrider_test_util::{Behaviour, TargetServer};

use crate::harness::{Place, Said, plugin, shows};

/// A target that answers everything with 200, but `/broken` with 503.
fn target() -> TargetServer {
    TargetServer::builder()
        .route("/", Behaviour::text("hello"))
        .route("/broken", Behaviour::status(503))
        .start()
}

/// Runs users that send one request in a step and check its status.
fn run(place: &Place, path: &str, load: &[&str], thresholds: &[&str]) -> Said {
    let server = target();
    let url = format!("url={path}");
    let target = server.url("");
    let guest = plugin("test-guest");
    let fixed = ["run", &guest, "--scenario", "main", "--target", &target, "--set", "behaviour=requests"];
    let thresholds = thresholds.iter().flat_map(|expression| ["--threshold", expression]);
    place.host(fixed.into_iter().chain(["--set", &url]).chain(load.iter().copied()).chain(thresholds))
}

/// The report's thresholds: passed, value, reason.
fn results(report: &serde_json::Value) -> Vec<(bool, Option<f64>, Option<&str>)> {
    let rows = report["thresholds"].as_array().unwrap().iter();
    rows.map(|row| (row["passed"].as_bool().unwrap(), row["value"].as_f64(), row["reason"].as_str()))
        .collect()
}

#[test]
fn thresholds_that_hold_pass() {
    let place = Place::new();
    let said = run(
        &place,
        "/",
        &["-u", "2", "-i", "20"],
        &[
            "requests.duration p95 < 10m",
            "requests.failed{method=GET} rate<1%",
            "requests{status=5xx} count == 0",
            "steps.duration{step=request} p(99) < 10m",
            "checks.passed{check=status is 200} rate > 99% abort after 10s",
            "iterations.dropped count == 0",
            "iterations.corrected_duration{scenario=main} med < 10m",
            "requests{step=request} per_s > 0",
            "requests.bytes_received sum > 20B",
        ],
    );
    assert_eq!(said.code, Some(0), "{}", said.show());
    let report = place.report();
    assert_eq!(report["verdict"], "pass");
    assert!(
        results(&report).iter().all(|(passed, value, reason)| *passed && value.is_some() && reason.is_none())
    );
    assert_eq!(results(&report)[5].1, Some(0.0));
    assert_eq!(report["thresholds"][1]["expr"], "requests.failed{method=GET} rate < 1%");
    assert!(said.stderr.contains(" threshold  steps.duration{step=request} p99 < 10m\n"), "{}", said.show());
    assert!(said.stdout.contains("✓ iterations.dropped count == 0 (was 0)"), "{}", said.show());
}

#[test]
fn a_crossed_threshold_fails_a_run_that_finished() {
    let place = Place::new();
    let said = run(
        &place,
        "/broken",
        &["-i", "20"],
        &["requests.failed rate < 1%", "iterations count >= 20", "checks.failed count == 0"],
    );
    shows!(said.errors(), @r#"
    exit 99
    error: 2 of 3 thresholds are not passed
      caused by: requests.failed rate < 1%: was 100%
      caused by: checks.failed count == 0: was 20
    "#);
    let report = place.report();
    assert_eq!((&report["verdict"], &report["run"]["status"]), (&"fail".into(), &"finished".into()));
    assert_eq!(
        results(&report),
        [(false, Some(1.0), None), (true, Some(20.0), None), (false, Some(20.0), None)]
    );
    assert!(said.stdout.starts_with("FAIL"), "{}", said.show());
    assert!(said.stdout.contains("2 of 3 thresholds not passed"), "{}", said.show());
}

#[test]
fn a_threshold_that_aborts_ends_the_run_and_keeps_what_was_measured() {
    let place = Place::new();
    let server = target();
    let guest = plugin("test-guest");
    let said = place.host([
        "run",
        &guest,
        "--scenario",
        "main",
        "--target",
        &server.url(""),
        "--set",
        "behaviour=requests",
        "--set",
        "url=/broken",
        "-r",
        "50/s",
        "-d",
        "10m",
        "--threshold",
        "requests.duration p95 < 10m",
        "--threshold",
        "requests.failed rate < 1% abort after 2s",
    ]);
    shows!(said.errors(), @r#"
    exit 99
    error: a threshold ended the run
      caused by: requests.failed rate < 1% abort after 2s: was 100%
    "#);
    let report = place.report();
    assert_eq!(report["run"]["status"], "aborted");
    assert_eq!(
        report["run"]["reason"],
        "ended by the threshold requests.failed rate < 1% abort after 2s, which was 100%"
    );
    let headline = report["headline"].as_str().unwrap();
    assert!(headline.starts_with("FAIL: ended by the threshold requests.failed rate < 1%"), "{headline}");
    let [first, second] = results(&report)[..] else { panic!("two thresholds") };
    assert!(first.0, "{report:#}");
    assert_eq!(second, (false, Some(1.0), Some("it ended the run when it was 100%")));
    assert_eq!(report["completeness"]["complete"], true, "{report:#}");
    let ran = report["run"]["load_duration_ms"].as_f64().unwrap();
    assert!((1_900.0..300_000.0).contains(&ran), "{ran} ms");
    let count = |key: &str| report["iterations"][key].as_u64().unwrap();
    assert!(count("completed") + count("failed") >= 90, "{report:#}");
    assert_eq!(count("scheduled"), count("started") + count("dropped"), "{report:#}");
    assert_eq!(count("started"), count("completed") + count("failed") + count("interrupted"), "{report:#}");
    let requests: u64 =
        report["requests"].as_array().unwrap().iter().map(|row| row["count"].as_u64().unwrap()).sum();
    assert_eq!(requests, server.requests("/broken"), "{report:#}");
}

#[test]
fn what_was_never_measured_is_not_passed() {
    let place = Place::new();
    let said = run(
        &place,
        "/",
        &["-i", "2"],
        &[
            "requests.duration{name=/crat} p95 < 10m",
            "requests.failed{name=/crat} count == 0",
            "metrics.orders count == 0",
        ],
    );
    shows!(said.errors(), @r#"
    exit 99
    error: 3 of 3 thresholds are not passed
      caused by: requests.duration{name=/crat} p95 < 10m: no data
      caused by: requests.failed{name=/crat} count == 0: no data
      caused by: metrics.orders count == 0: no data
    hint: no data: nothing was measured that fits the metric and all of its tags; the report has the names
    "#);
    assert_eq!(results(&place.report())[0], (false, None, Some("no data")));
    assert!(said.stdout.contains("✗ metrics.orders count == 0 (no data)"), "{}", said.show());
}

#[test]
fn metrics_of_the_journey_have_the_values_of_their_kind() {
    let place = Place::new();
    let source = "import { metrics, tag } from \"@outrider/sdk\";\n\n\
                  export default function () {\n  \
                  tag(\"shop\", \"north\");\n  \
                  metrics.counter(\"orders\").add(2);\n  \
                  metrics.gauge(\"queue depth\").set(7);\n  \
                  metrics.rate(\"cache_hits\").add(true);\n  \
                  metrics.trend(\"basket\").add(12.5);\n}\n";
    place.file("shop.ts", source);
    let thresholds = [
        "metrics.orders{shop=north} count == 20",
        "metrics.\"queue depth\" last == 7",
        "metrics.cache_hits rate >= 100%",
        "metrics.basket max <= 12.5",
        "metrics.orders{shop=south} count == 0",
        "metrics.orders p90 < 3",
    ];
    let flags = thresholds.iter().flat_map(|expression| ["--threshold", expression]);
    let said = place.host(["run", "shop.ts", "-i", "10"].into_iter().chain(flags));
    assert_eq!(said.code, Some(99), "{}", said.show());
    let report = place.report();
    let found = results(&report);
    assert!(found[..4].iter().all(|(passed, ..)| *passed), "{}\n{report:#}", said.show());
    assert_eq!(found[4], (false, None, Some("no data")));
    let words = "orders is a counter, which has no p90; it has count, sum, per_s";
    assert_eq!(found[5], (false, None, Some(words)));
}

#[test]
fn the_first_reason_to_end_wins_and_thresholds_are_listed_all_the_same() {
    let place = Place::new();
    let guest = plugin("test-guest");
    let said = place.host([
        "run",
        &guest,
        "--scenario",
        "main",
        "--set",
        "behaviour=fails",
        "--set",
        "kind=abort",
        "-i",
        "5",
        "--threshold",
        "iterations.failed rate < 1%",
    ]);
    assert_eq!(said.code, Some(108), "{}", said.show());
    assert_eq!(results(&place.report()), [(false, Some(1.0), None)]);
    let broken = place.host([
        "run",
        &guest,
        "--scenario",
        "main",
        "--set",
        "behaviour=panics",
        "-i",
        "5",
        "--threshold",
        "iterations.failed rate < 1%",
    ]);
    assert_eq!(broken.code, Some(107), "{}", broken.show());
}

#[test]
fn a_target_that_answers_nothing_is_said_before_what_its_thresholds_make_of_that() {
    let (place, guest) = (Place::new(), plugin("bench-http"));
    let refused = outrider_test_util::refused_addr();
    let target = format!("http://{}", refused.addr());
    let threshold = "requests.failed rate < 1%";
    let said = place.host(["run", &guest, "-i", "2", "--target", &target, "--threshold", threshold]);
    assert_eq!(said.code, Some(111), "{}", said.show());
    let report = place.report();
    assert_eq!(results(&report), [(false, Some(1.0), None)], "it is judged all the same");
    let headline = report["headline"].as_str().unwrap();
    assert!(headline.starts_with("FAIL: the target answered none of 2 requests"), "{headline}");
    assert!(headline.ends_with("; the threshold is not passed"), "{headline}");
}

#[test]
fn faults_of_expressions_are_reported_with_those_of_other_flags_all_at_once() {
    let (place, guest) = (Place::new(), plugin("test-guest"));
    let expressions = [
        "",
        "requests.duraton p95 < 500ms",
        "http_req_duration p(95) < 500ms",
        "basket p90 < 3",
        "metrics. p90 < 3",
        "requests.duration{name=/cart p95 < 5s",
        "requests.duration{name=\"/cart} p95 < 5s",
        "requests.duration{name=/a,name=/b} p95 < 5s",
        "requests.duration{name} p95 < 5s",
        "checks.passed{status=200} rate > 99%",
        "requests{status=2000} count == 0",
        "requests.duration < 500ms",
        "requests.duration p < 500ms",
        "requests.duration p999 < 500ms",
        "requests p95 < 500ms",
        "requests.duration p95 = 500ms",
        "requests.duration p95 < soon",
        "requests.duration p95 < 1.2.3s",
        "requests.duration p95 < 1,5s",
        "requests.duration p95 < 500",
        "requests.duration p95 < 5 seconds",
        "requests.duration p95 < 5%",
        "requests.duration p95 < -5s",
        "requests.failed rate < 0.01",
        "requests.failed rate < 200%",
        "iterations count > 1e999",
        "metrics.basket p90 < 3s",
        "requests.failed rate < 1% abort 10s",
        "requests.failed rate < 1% and more",
    ];
    let flags = expressions.iter().flat_map(|expression| ["--threshold", expression]);
    let said = place.host(["run", &guest, "-u", "50", "--target", "shop"].into_iter().chain(flags));
    shows!(said.show(), @r#"
    exit 104
    --- stderr
    error: --vus alone does not say how much
    hint: add --duration 30s, or --iterations 100
    error: target 'shop' does not begin with http:// or https://
    hint: write http://shop
    error: --threshold: the threshold is empty
    hint: write for example requests.duration p95 < 500ms
    error: --threshold: there is no metric 'requests.duraton'
        requests.duraton p95 < 500ms
        ^^^^^^^^^^^^^^^^
    hint: did you mean requests.duration?
    error: --threshold: there is no metric 'http_req_duration'
        http_req_duration p(95) < 500ms
        ^^^^^^^^^^^^^^^^^
    hint: k6's http_req_duration is requests.duration here
    error: --threshold: there is no metric 'basket'
        basket p90 < 3
        ^^^^^^
    hint: metrics begin with requests, steps, iterations, checks, pages, metrics; one of the journey's own is written metrics.NAME
    error: --threshold: the journey's metric has no name
        metrics. p90 < 3
        ^^^^^^^^
    hint: write for example metrics.basket_value, or metrics."basket value"
    error: --threshold: the brace that opens the tags is not closed
        requests.duration{name=/cart p95 < 5s
                         ^
    hint: close it with }; a value with a comma or an odd brace is written in quotes
    error: --threshold: the quote is not closed
        requests.duration{name="/cart} p95 < 5s
                               ^
    hint: close it with "; within quotes, \" is a quote and \\ a backslash
    error: --threshold: the tag 'name' is there twice, and no sample has two values of it
        requests.duration{name=/a,name=/b} p95 < 5s
                                  ^^^^^^^
    hint: write one threshold for each value
    error: --threshold: expected '=' and the tag's value, found '}'
        requests.duration{name} p95 < 5s
                              ^
    hint: a tag and its value are written as in {scenario=browse}
    error: --threshold: checks have no tag 'status'
        checks.passed{status=200} rate > 99%
                      ^^^^^^
    hint: they have name, check, pack, scenario, step, and the tags that the journey sets
    error: --threshold: '2000' is not a status
        requests{status=2000} count == 0
                        ^^^^
    hint: write for example 503, 5xx, or none for no answer
    error: --threshold: expected an aggregation, for example p95 or rate, found '<'
        requests.duration < 500ms
                          ^
    hint: say what of its values, as in p95 < 500ms or count > 100
    error: --threshold: there is no aggregation 'p'
        requests.duration p < 500ms
                          ^
    hint: write for example p95
    error: --threshold: '999' is not a percentile from 0 to 100
        requests.duration p999 < 500ms
                          ^^^^
    hint: did you mean p99.9?
    error: --threshold: requests has no p95
        requests p95 < 500ms
                 ^^^
    hint: it has count, per_s; did you mean requests.duration?
    error: --threshold: expected a comparison: <, <=, >, >=, == or !=, found '='
        requests.duration p95 = 500ms
                              ^
    hint: write == for equal
    error: --threshold: expected a number, found 'soon'
        requests.duration p95 < soon
                                ^^^^
    error: --threshold: '1.2.3' is not a number
        requests.duration p95 < 1.2.3s
                                ^^^^^
    error: --threshold: a number has no comma
        requests.duration p95 < 1,5s
                                ^^^
    hint: write 1.5 with a point, and 1000 without a separator
    error: --threshold: a length of time needs a unit
        requests.duration p95 < 500
                                ^^^
    hint: write 500ms or 500s
    error: --threshold: there is no unit 'seconds'
        requests.duration p95 < 5 seconds
                                  ^^^^^^^
    hint: write s
    error: --threshold: '%' does not fit: the value is a length of time
        requests.duration p95 < 5%
                                 ^
    hint: its units are ms, s, m, h, d, us, ns
    error: --threshold: a length of time is never negative
        requests.duration p95 < -5s
                                ^^^
    error: --threshold: a share in percent needs a unit
        requests.failed rate < 0.01
                               ^^^^
    hint: write 1%
    error: --threshold: a share is at most 100%
        requests.failed rate < 200%
                               ^^^^
    hint: write for example 5%
    error: --threshold: the number is too large
        iterations count > 1e999
                           ^^^^^
    error: --threshold: 's' does not fit: the value is a number in the unit that the journey chose
        metrics.basket p90 < 3s
                              ^
    hint: write the number alone
    error: --threshold: expected 'after' or the end, found '10s'
        requests.failed rate < 1% abort 10s
                                        ^^^
    hint: write abort after 10s
    error: --threshold: expected 'abort' or the end, found 'and'
        requests.failed rate < 1% and more
                                  ^^^
    hint: several conditions are several thresholds
    "#);
    assert!(!place.path().join("runs").exists(), "nothing is left of a run that could not start");
}

#[test]
fn a_threshold_that_can_never_have_data_is_refused() {
    let place = Place::new();
    let said = place.host([
        "run",
        &plugin("test-guest"),
        "--scenario",
        "main",
        "--threshold",
        "iterations.duration{scenario=mian} p95 < 10m",
        "--threshold",
        "pages.lcp p75 < 2.5s",
    ]);
    shows!(said.show(), @r#"
    exit 104
    --- stderr
    error: threshold 'iterations.duration{scenario=mian} p95 < 10m' is about scenario 'mian', which is not in the plan
    hint: did you mean main?
    error: threshold 'pages.lcp p75 < 2.5s' is about pages, which are not measured
    hint: pages need a browser, which this version has not; leave the threshold out
    "#);
}

#[test]
fn a_report_for_pull_requests_ci_and_spreadsheets_says_the_same() {
    let place = Place::new();
    run(&place, "/broken", &["-i", "20"], &["requests.failed rate < 1%", "iterations count >= 20"]);
    let report = |format: &str| {
        let said = place.host(["report", "--format", format]);
        assert_eq!(said.code, Some(0), "{}", said.show());
        said.stdout
    };
    let markdown = report("md");
    assert!(markdown.starts_with("### ✗ FAIL: `1 of 2 thresholds not passed`\n"), "{markdown}");
    for line in [
        "| ✗ | `requests.failed rate < 1%` | `was 100%` |",
        "| ✓ | `iterations count >= 20` | `was 20` |",
        "| ✗ | `status is 200` | 20 (100%) | `expected 200, found 503 (at ",
    ] {
        assert!(markdown.contains(line), "{line} in\n{markdown}");
    }
    let junit = report("junit");
    assert!(
        junit.contains(r#"<testsuite name="thresholds" tests="2" skipped="0" errors="0" failures="1">"#),
        "{junit}"
    );
    assert!(junit.contains(r#"<failure message="was 100%"/>"#), "{junit}");
    let csv = report("csv");
    assert!(csv.contains("\nthreshold,,requests.failed rate < 1%,"), "{csv}");
    assert_eq!(csv.lines().filter(|line| line.starts_with("request,,/broken,20,20,")).count(), 1, "{csv}");
}
