use std::time::Duration;

use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Threshold {
    text.parse().unwrap_or_else(|error: ThresholdError| panic!("{text}: {error}\n{}", error.excerpt()))
}

#[test]
fn thresholds_are_read_and_written_in_their_normal_form() {
    let normal = [
        "requests.duration{name=/cart} p95 < 500ms",
        "requests.failed rate < 1%",
        "steps.duration{step=add to cart} p99 < 2s",
        "checks.passed rate > 99% abort after 10s",
        "iterations.dropped count == 0",
        "iterations.corrected_duration{scenario=buy} p99.9 <= 1.5s abort",
        "pages.lcp p75 < 2.5s",
        "metrics.basket_value p90 < 3",
        "metrics.\"basket value\" last >= -2.5",
        "metrics.orders per_s > 30/m",
        "requests per_s > 100",
        "requests.bytes_received per_s < 1.5MiB/s",
        "requests.failed{status=5xx,name=GET /api/{id}/x} count != 3",
        "requests.wait{name=\"a, b\",currency=EUR} med < 20us",
        "checks.failed{check=\"the \\\"total\\\"\",pack=prices} per_s < 1/s abort after 1m30s",
    ];
    for text in normal {
        assert_eq!(read(text).to_string(), text);
    }
    let others = [
        ("  requests.duration{ name = /cart }p(95)<500 ms ", "requests.duration{name=/cart} p95 < 500ms"),
        ("requests.duration mean < .5 s abort after 90s", "requests.duration avg < 0.5s abort after 1m30s"),
        ("requests.wait median<20µs abort after 0s", "requests.wait med < 20us abort"),
        ("metrics.\"orders\" value > +3e2", "metrics.orders last > 300"),
        ("requests{\"name\"=\"/cart\"} count > 10", "requests{name=/cart} count > 10"),
        (
            "iterations.duration max < 1min abort after 1m 30s",
            "iterations.duration max < 1m abort after 1m30s",
        ),
    ];
    for (text, normal) in others {
        assert_eq!(read(text).to_string(), normal);
    }
}

#[test]
fn parts_are_what_they_say() {
    let threshold = read("requests.duration{name=GET /api/{id},step=a b} p99.9 >= 1.5s abort after 1m30s");
    assert_eq!(threshold.metric, ThresholdMetric::Requests(RequestMetric::Duration));
    let tags: Vec<_> = threshold.tags.iter().map(|tag| (&*tag.key, &*tag.value)).collect();
    assert_eq!(tags, [("name", "GET /api/{id}"), ("step", "a b")]);
    assert_eq!(threshold.aggregation, Aggregation::Percentile(99.9));
    assert_eq!((threshold.comparison, threshold.limit.in_dimension()), (Comparison::AtLeast, 1_500.0));
    assert_eq!(threshold.abort_after, Some(Duration::from_secs(90)));
    assert_eq!(threshold.dimension(), Dimension::Duration);
}

#[test]
fn limits_are_compared_in_the_unit_of_the_value() {
    let share = read("checks.passed rate >= 99.9%");
    assert!(share.holds(999.0 / 1_000.0), "equal but for the rounding of binary fractions");
    assert!(!share.holds(998.9 / 1_000.0));
    assert!(!read("checks.failed rate < 0.1%").holds(1.0 / 1_000.0));
    assert!(read("requests per_s > 30/m").holds(0.51));
    assert!(read("requests.bytes_received sum <= 1KiB").holds(1_024.0));
    assert!(read("iterations.dropped count == 0").holds(0.0));
    assert!(read("iterations.dropped count != 0").holds(1.0));
    assert_eq!(read("requests.failed rate < 1%").show(0.0213), "2.13%");
}

const TAG_HINT: &str = "a tag and its value are written as in {scenario=browse}";

/// Expression, the part that is pointed at, message, hint.
const FAULTS: [(&str, &str, &str, &str); 71] = [
    ("", "", "the threshold is empty", "write for example requests.duration p95 < 500ms"),
    ("< 5", "<", "expected a metric, for example requests.duration, found '<'", ""),
    (
        "requests.duraton p95 < 5s",
        "requests.duraton",
        "there is no metric 'requests.duraton'",
        "did you mean requests.duration?",
    ),
    (
        "http_req_failed rate < 1%",
        "http_req_failed",
        "there is no metric 'http_req_failed'",
        "k6's http_req_failed is requests.failed here",
    ),
    (
        "checks.latency p95 < 5s",
        "checks.latency",
        "there is no metric 'checks.latency'",
        "there are checks, checks.passed, checks.failed",
    ),
    (
        "basket p90 < 3",
        "basket",
        "there is no metric 'basket'",
        "metrics begin with requests, steps, iterations, checks, pages, metrics; one of the journey's own is written metrics.NAME",
    ),
    (
        "avg(duration) < 500ms",
        "avg(duration)",
        "there is no metric 'avg(duration)'",
        "the metric comes first: requests.duration avg; there are also steps.duration, iterations.duration",
    ),
    (
        "p96(requests.duration) < 500ms",
        "p96(requests.duration)",
        "there is no metric 'p96(requests.duration)'",
        "the metric comes first: requests.duration p96",
    ),
    (
        "rate(http_req_failed) < 1%",
        "rate(http_req_failed)",
        "there is no metric 'rate(http_req_failed)'",
        "the metric comes first: requests.failed rate",
    ),
    (
        "count(metrics.orders) > 10",
        "count(metrics.orders)",
        "there is no metric 'count(metrics.orders)'",
        "the metric comes first: metrics.orders count",
    ),
    (
        "p(95)<500",
        "p(95)",
        "there is no metric 'p(95)'",
        "the metric comes first, as in requests.duration p95 < 500ms",
    ),
    (
        "rate<0.01",
        "rate",
        "there is no metric 'rate'",
        "the metric comes first, as in requests.failed rate < 1%",
    ),
    (
        "stddev(requests.duration) < 5s",
        "stddev(requests.duration)",
        "there is no metric 'stddev(requests.duration)'",
        "a metric comes first, then what is made of its values, as in requests.duration p95 < 500ms",
    ),
    (
        "duration p95 < 5s",
        "duration",
        "there is no metric 'duration'",
        "there are requests.duration, steps.duration, iterations.duration",
    ),
    ("dropped count == 0", "dropped", "there is no metric 'dropped'", "did you mean iterations.dropped?"),
    (
        "http.response_time p95 < 5s",
        "http.response_time",
        "there is no metric 'http.response_time'",
        "write requests.duration",
    ),
    ("rps > 100", "rps", "there is no metric 'rps'", "write requests per_s"),
    (
        "metrics p90 < 3",
        "metrics",
        "the journey's metric has no name",
        "write for example metrics.basket_value, or metrics.\"basket value\"",
    ),
    (
        "metrics. p90 < 3",
        "metrics.",
        "the journey's metric has no name",
        "write for example metrics.basket_value, or metrics.\"basket value\"",
    ),
    (
        "metrics.\"a p90 < 3",
        "\"",
        "the quote is not closed",
        "close it with \"; within quotes, \\\" is a quote and \\\\ a backslash",
    ),
    (
        "metrics.\"a\\n\" p90 < 3",
        "n",
        "a backslash in quotes stands before a quote or a backslash only",
        "write \\\\ for a backslash",
    ),
    (
        "metrics.\"\\𝑖\" p90 < 3",
        "𝑖",
        "a backslash in quotes stands before a quote or a backslash only",
        "write \\\\ for a backslash",
    ),
    (
        "metrics.\"a\\",
        "\\",
        "a backslash in quotes stands before a quote or a backslash only",
        "write \\\\ for a backslash",
    ),
    (
        "requests.duration{name=/cart p95 < 5s",
        "{",
        "the brace that opens the tags is not closed",
        "close it with }; a value with a comma or an odd brace is written in quotes",
    ),
    (
        "requests.duration{name",
        "{",
        "the brace that opens the tags is not closed",
        "close it with }; a value with a comma or an odd brace is written in quotes",
    ),
    ("requests.duration{} p95 < 5s", "}", "expected a tag, for example name=/cart, found '}'", ""),
    ("requests.duration{name=/a,} p95 < 5s", "}", "expected a tag, for example name=/cart, found '}'", ""),
    ("requests.duration{name} p95 < 5s", "}", "expected '=' and the tag's value, found '}'", TAG_HINT),
    ("requests.duration{scenario:a} p95 < 5s", "}", "expected '=' and the tag's value, found '}'", TAG_HINT),
    (
        "requests.duration{name!=/a} p95 < 5s",
        "!=/a}",
        "expected '=' and the tag's value, found '!=/a}'",
        TAG_HINT,
    ),
    (
        "requests.duration{name=\"/a\" p95 < 5s",
        "p95",
        "expected a comma or the closing brace, found 'p95'",
        "",
    ),
    (
        "requests.duration{name=/a, name=/b} p95 < 5s",
        "name=/b",
        "the tag 'name' is there twice, and no sample has two values of it",
        "write one threshold for each value",
    ),
    (
        "checks.passed{status=200} rate > 99%",
        "status",
        "checks have no tag 'status'",
        "they have name, check, pack, scenario, step, and the tags that the journey sets",
    ),
    (
        "iterations.duration{currency=EUR} p95 < 5s",
        "currency",
        "iterations have no tag 'currency'",
        "they have scenario: what the journey tags is within an iteration",
    ),
    (
        "requests{status=5XX} count == 0",
        "5XX",
        "'5XX' is not a status",
        "write for example 503, 5xx, or none for no answer",
    ),
    (
        "requests{status=1000} count == 0",
        "1000",
        "'1000' is not a status",
        "write for example 503, 5xx, or none for no answer",
    ),
    (
        "requests.duration < 500ms",
        "<",
        "expected an aggregation, for example p95 or rate, found '<'",
        "say what of its values, as in p95 < 500ms or count > 100",
    ),
    ("requests.duration", "", "expected an aggregation, for example p95 or rate, found the end", ""),
    ("requests.duration avrg < 5s", "avrg", "there is no aggregation 'avrg'", "did you mean avg?"),
    (
        "requests.duration percentile < 5s",
        "percentile",
        "there is no aggregation 'percentile'",
        "write for example p95",
    ),
    ("requests rps > 5", "rps", "there is no aggregation 'rps'", "write per_s"),
    (
        "requests.duration percentile(96) < 5s",
        "percentile(96)",
        "there is no aggregation 'percentile(96)'",
        "write p96",
    ),
    ("requests.duration AVG() < 5s", "AVG()", "there is no aggregation 'AVG()'", "write avg"),
    (
        "requests.duration stddev < 5s",
        "stddev",
        "there is no aggregation 'stddev'",
        "there are avg, min, max, med, p95 and other percentiles, sum, last, count, rate, per_s",
    ),
    ("requests.duration p95th < 5s", "p95th", "'95th' is not a percentile from 0 to 100", "write p95"),
    ("requests.duration p999 < 5s", "p999", "'999' is not a percentile from 0 to 100", "did you mean p99.9?"),
    (
        "requests.duration p(101) < 5s",
        "p(101)",
        "'101' is not a percentile from 0 to 100",
        "write for example p95 or p99.9",
    ),
    (
        "requests p95 < 500ms",
        "p95",
        "requests has no p95",
        "it has count, per_s; did you mean requests.duration?",
    ),
    (
        "requests rate > 100",
        "rate",
        "requests has no rate",
        "it has count, per_s; a number in each second is per_s",
    ),
    ("checks rate > 99%", "rate", "checks has no rate", "it has count, per_s; did you mean checks.passed?"),
    (
        "requests.duration rate < 1%",
        "rate",
        "requests.duration has no rate",
        "it has avg, min, max, med, p95, sum, count; did you mean requests.failed?",
    ),
    (
        "requests.duration per_s > 5",
        "per_s",
        "requests.duration has no per_s",
        "it has avg, min, max, med, p95, sum, count; did you mean requests per_s?",
    ),
    ("checks.passed p95 > 3", "p95", "checks.passed has no p95", "it has count, rate, per_s"),
    (
        "requests.duration p95 500ms",
        "500ms",
        "expected a comparison: <, <=, >, >=, == or !=, found '500ms'",
        "",
    ),
    (
        "iterations.dropped count = 0",
        "=",
        "expected a comparison: <, <=, >, >=, == or !=, found '='",
        "write == for equal",
    ),
    (
        "requests.duration p95 =< 5s",
        "=<",
        "expected a comparison: <, <=, >, >=, == or !=, found '=<'",
        "write <= or >=",
    ),
    ("requests.duration p95 < fast", "fast", "expected a number, found 'fast'", ""),
    ("requests.duration p95 <", "", "expected a number, found the end", ""),
    ("requests.duration p95 < 1.2.3s", "1.2.3", "'1.2.3' is not a number", ""),
    (
        "requests.duration p95 < 1,5s",
        "1,5",
        "a number has no comma",
        "write 1.5 with a point, and 1000 without a separator",
    ),
    ("iterations count > 1e999", "1e999", "the number is too large", ""),
    ("requests.duration p95 < -5ms", "-5ms", "a length of time is never negative", ""),
    ("requests.failed rate < 101%", "101%", "a share is at most 100%", "write for example 5%"),
    ("requests.duration p95 < 500", "500", "a length of time needs a unit", "write 500ms or 500s"),
    ("requests.failed rate < 0.01", "0.01", "a share in percent needs a unit", "write 1%"),
    ("requests.duration p95 < 5 seconds", "seconds", "there is no unit 'seconds'", "write s"),
    (
        "requests.duration p95 < 5%",
        "%",
        "'%' does not fit: the value is a length of time",
        "its units are ms, s, m, h, d, us, ns",
    ),
    (
        "metrics.load_time p90 < 3s",
        "s",
        "'s' does not fit: the value is a number in the unit that the journey chose",
        "write the number alone",
    ),
    (
        "requests.failed rate < 1% and more",
        "and",
        "expected 'abort' or the end, found 'and'",
        "several conditions are several thresholds",
    ),
    (
        "requests.failed rate < 1% abort 10s",
        "10s",
        "expected 'after' or the end, found '10s'",
        "write abort after 10s",
    ),
    ("requests.failed rate < 1% abort after 10s now", "now", "expected the end, found 'now'", ""),
];

#[test]
fn every_fault_says_what_and_where_and_what_to_write() {
    for (text, at, message, hint) in FAULTS {
        let error = text.parse::<Threshold>().expect_err(text);
        assert_eq!(error.to_string(), message, "{text}");
        assert_eq!(error.hint().unwrap_or_default(), hint, "{text}");
        assert_eq!(&text[error.span()], at, "{text}");
        let (line, carets) =
            error.excerpt().split_once('\n').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        assert_eq!(line, text);
        assert_eq!(carets.trim_start().len(), at.chars().count().max(1), "{text}");
    }
}

#[test]
fn a_fault_in_the_tail_is_found_too() {
    for (text, message) in [
        ("requests.failed rate < 1% abrt", "expected 'abort' or the end, found 'abrt'"),
        ("requests.failed rate < 1% after 10s", "expected 'abort' or the end, found 'after'"),
        (
            "requests.failed rate < 1% abort after",
            "expected a length of time, for example 10s, found the end",
        ),
        ("requests.failed rate < 1% abort after soon", "expected a number, found 'soon'"),
        ("requests.failed rate < 1% abort after 10", "a length of time needs a unit"),
        ("requests.failed rate < 1% abort after -1s", "a length of time is never negative"),
        ("requests.failed rate < 1% abort after 9e9h", "the number is too large"),
        ("requests.duration max < 1e308h", "the number is too large"),
        ("requests.duration p95 < 500 abort", "a length of time needs a unit"),
        ("iterations.dropped count == 0 of all", "expected 'abort' or the end, found 'of'"),
    ] {
        assert_eq!(text.parse::<Threshold>().unwrap_err().to_string(), message, "{text}");
    }
}

#[test]
fn what_a_terminal_would_obey_is_not_repeated() {
    let error = "requests\u{1b}[31m.duration p95 < 5s\n".parse::<Threshold>().unwrap_err();
    assert!(!format!("{error}{}", error.excerpt().replace('\n', "")).contains(char::is_control), "{error:?}");
}

#[test]
fn json_holds_the_expression() {
    let threshold = read("requests.failed rate < 1%");
    let json = serde_json::to_string(&threshold).unwrap();
    assert_eq!(json, "\"requests.failed rate < 1%\"");
    assert_eq!(serde_json::from_str::<Threshold>(&json).unwrap(), threshold);
    assert!(serde_json::from_str::<Threshold>("\"requests\"").is_err());
}

#[test]
fn the_guide_names_every_metric_aggregation_and_unit() {
    let guide = include_str!("../../../../../docs/guides/thresholds.md");
    let names = ThresholdMetric::built_in().map(|(name, _)| name).chain(Aggregation::names());
    let units = [Dimension::Duration, Dimension::Bytes, Dimension::BytesPerSecond, Dimension::PerSecond];
    for word in names.chain(units.into_iter().flat_map(Unit::of)) {
        assert!(guide.contains(&format!("`{word}`")), "`{word}` is not in docs/guides/thresholds.md");
    }
}

fn metrics() -> impl Strategy<Value = ThresholdMetric> {
    let built_in: Vec<_> = ThresholdMetric::built_in().map(|(_, metric)| metric.clone()).collect();
    prop_oneof![
        4 => prop::sample::select(built_in),
        1 => "\\PC{1,12}".prop_map(|name| ThresholdMetric::Custom(name.into())),
    ]
}

fn aggregations() -> impl Strategy<Value = Aggregation> {
    use Aggregation::{Avg, Count, Last, Max, Med, Min, PerSecond, Percentile, Rate, Sum};
    prop_oneof![
        prop::sample::select(vec![Avg, Min, Max, Med, Sum, Last, Count, Rate, PerSecond]),
        (0.0..=100.0).prop_map(Percentile),
    ]
}

fn tag_filters(family: Family) -> impl Strategy<Value = Vec<TagFilter>> {
    prop::collection::vec(("[a-z ,={}\"\\\\é]{1,6}", "\\PC{0,12}"), 0..4).prop_map(move |pairs| {
        let mut tags: Vec<TagFilter> = Vec::new();
        for (key, value) in pairs {
            let known = tags.iter().any(|tag| *tag.key == key);
            if !known && family.can_have(&key) {
                tags.push(TagFilter { key: key.into(), value: value.into() });
            }
        }
        tags
    })
}

fn limits(dimension: Dimension) -> impl Strategy<Value = Quantity> {
    let mut units: Vec<Unit> = Unit::of(dimension).filter_map(Unit::named).collect();
    if dimension.may_be_bare() {
        units.push(Unit::NONE);
    }
    let numbers = match dimension {
        Dimension::Share => 0.0..100.0,
        Dimension::Free => -1e9..1e9,
        _ => 0.0..1e12,
    };
    (numbers, prop::sample::select(units)).prop_map(|(number, unit)| Quantity { number, unit })
}

fn thresholds() -> impl Strategy<Value = Threshold> {
    let fitting =
        (metrics(), aggregations()).prop_filter_map("the aggregation fits", |(metric, aggregation)| {
            aggregation.of(metric.measure()).map(|dimension| (metric, aggregation, dimension))
        });
    let abort = prop::option::of(prop_oneof![Just(0), 0..100_000_000_000_000_u64]);
    fitting.prop_flat_map(move |(metric, aggregation, dimension)| {
        let family = metric.family();
        let comparison = prop::sample::select(Comparison::ALL.to_vec());
        (tag_filters(family), comparison, limits(dimension), abort.clone()).prop_map(
            move |(tags, comparison, limit, abort)| Threshold {
                metric: metric.clone(),
                tags,
                aggregation,
                comparison,
                limit,
                abort_after: abort.map(Duration::from_nanos),
            },
        )
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_the_same_threshold(threshold in thresholds()) {
        let text = threshold.to_string();
        let again = text.parse::<Threshold>();
        prop_assert_eq!(again.as_ref(), Ok(&threshold), "{}", text);
        prop_assert_eq!(again.unwrap().to_string(), text);
    }

    #[test]
    fn no_text_is_more_than_an_error(text in "\\PC{0,60}") {
        if let Err(error) = text.parse::<Threshold>() {
            prop_assert!(error.span().end <= text.len() && !error.to_string().is_empty());
            prop_assert_eq!(error.excerpt().lines().count().max(2), 2);
        }
    }

    #[test]
    fn no_damage_to_a_threshold_is_more_than_an_error(
        threshold in thresholds(), at in 0usize..60, insert in "[ {}=\",.a-z0-9%\\\\]{0,3}",
    ) {
        let mut text = threshold.to_string();
        let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.insert_str(at, &insert);
        if let Err(error) = text.parse::<Threshold>() {
            prop_assert!(!error.excerpt().is_empty());
        }
    }
}
