//! Metrics and traces, sent to a collector.

use std::collections::{BTreeMap, BTreeSet};

use outrider_export::messages::{
    KeyValue, MetricData, MetricsRequest, Span, SpanKind, TraceRequest, Value as Any,
};
use outrider_test_util::{Behaviour, TargetServer, refused_addr};
use prost::Message;

use super::{command, place, run, sum, target};
use crate::harness::{Place, Said};

/// A collector that takes everything.
fn collector() -> TargetServer {
    answers(Behaviour::bytes(0))
}

fn answers(behaviour: Behaviour) -> TargetServer {
    let builder = TargetServer::builder().route("/v1/metrics", behaviour.clone());
    builder.route("/v1/traces", behaviour).start()
}

/// The bodies that a collector was sent and took.
fn bodies(collector: &TargetServer, path: &str) -> Vec<Vec<u8>> {
    let log = collector.log().into_iter();
    log.filter(|request| request.path == path && request.status == Some(200))
        .map(|request| request.body.to_vec())
        .collect()
}

fn spans(collector: &TargetServer) -> Vec<Span> {
    let messages = bodies(collector, "/v1/traces").into_iter();
    let messages = messages.map(|body| TraceRequest::decode(&body[..]).unwrap());
    let scopes =
        messages.flat_map(|message| message.resource_spans).flat_map(|resource| resource.scope_spans);
    scopes.flat_map(|scope| scope.spans).collect()
}

fn text(attributes: &[KeyValue], key: &str) -> Option<String> {
    let value = &attributes.iter().find(|attribute| attribute.key == key)?.value.as_ref()?.value;
    match value {
        Some(Any::StringValue(text)) => Some(text.clone()),
        Some(Any::IntValue(number)) => Some(number.to_string()),
        _ => None,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn spans_have_the_ids_that_the_target_was_sent() {
    let (place, target, collector) = (place(), target(), collector());
    let export = format!("otlp={}", collector.url(""));
    let flags = ["-u", "2", "-i", "10", "--export", &export, "--trace-sample", "100%", "--tag", "build=7"];
    let said = run(&place, &target, &flags);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let spans = spans(&collector);
    let by_id: BTreeMap<String, &Span> = spans.iter().map(|span| (hex(&span.span_id), span)).collect();
    // 1 iteration, 1 step, 2 requests.
    assert_eq!((spans.len(), by_id.len()), (40, 40));
    let traces: BTreeSet<String> = spans.iter().map(|span| hex(&span.trace_id)).collect();
    assert_eq!(traces.len(), 10);
    for request in target.log() {
        let sent: Vec<&str> = request.header("traceparent").split('-').collect();
        let span = by_id[sent[2]];
        assert_eq!((hex(&span.trace_id).as_str(), sent[3]), (sent[1], "01"));
        assert_eq!(span.kind, SpanKind::Client as i32);
        assert_eq!(
            text(&span.attributes, "http.response.status_code"),
            request.status.map(|code| code.to_string())
        );
        let step = by_id[&hex(&span.parent_span_id)];
        let root = by_id[&hex(&step.parent_span_id)];
        assert_eq!((step.name.as_str(), root.name.as_str()), ("look", "default"));
        assert!(root.parent_span_id.is_empty());
        assert!(step.events.iter().any(|event| event.name == "check"), "{step:?}");
        assert!(root.events.iter().any(|event| event.name == "log"), "{root:?}");
    }
    let rows = crate::tables::rows(&place, "requests");
    assert!(rows.iter().all(|row| traces.contains(&row.text("trace_id"))));
}

#[test]
fn metrics_of_the_end_are_those_of_the_report() {
    let (place, target, collector) = (place(), target(), collector());
    let export = format!("otlp={}", collector.url(""));
    let said = run(&place, &target, &["-i", "12", "--export", &export, "--tag", "build=7"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let last = bodies(&collector, "/v1/metrics").pop().expect("there were metrics");
    let message = MetricsRequest::decode(&last[..]).unwrap();
    let of_run = &message.resource_metrics[0];
    let report = place.report();
    let resource = &of_run.resource.as_ref().unwrap().attributes;
    assert_eq!(text(resource, "service.name").as_deref(), Some("outrider"));
    assert_eq!(text(resource, "outrider.run.id").as_deref(), report["run"]["id"].as_str());
    assert_eq!(text(resource, "outrider.run.tag.build").as_deref(), Some("7"));
    let metrics = &of_run.scope_metrics[0].metrics;
    let duration = metrics.iter().find(|metric| metric.name == "http.client.request.duration").unwrap();
    let Some(MetricData::Histogram(histogram)) = &duration.data else { panic!("{duration:?}") };
    let count: u64 = histogram.data_points.iter().map(|point| point.count).sum();
    assert_eq!(count, sum(&report, "requests", "count"));
    let failed = histogram.data_points.iter().find(|point| text(&point.attributes, "error.type").is_some());
    let failed = failed.unwrap();
    assert_eq!(text(&failed.attributes, "url.template").as_deref(), Some("/cart/:id"));
    assert_eq!(text(&failed.attributes, "http.response.status_code").as_deref(), Some("503"));
    assert_eq!((failed.count, failed.explicit_bounds.len() + 1), (12, failed.bucket_counts.len()));
    // One iteration in a hundred has a trace, and the first one always: four spans each. Half of the twelve would be a
    // chance of one in a billion.
    assert!(!spans(&collector).is_empty() && spans(&collector).len() < 24, "{}", spans(&collector).len());
}

#[test]
fn json_is_spoken_where_the_environment_asks_for_it() {
    let (place, target, collector) = (place(), target(), collector());
    let mut command = command(&place, &target, &["--export", "otlp"]);
    command
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url(""))
        .env("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")
        .env("OTEL_EXPORTER_OTLP_HEADERS", "x-team=shop");
    let said = Said::of(command.output().unwrap(), place.path());
    assert_eq!(said.code, Some(0), "{}", said.show());
    let log = collector.log();
    assert!(log.len() >= 2 && log.iter().all(|request| request.header("content-type") == "application/json"));
    assert!(log.iter().all(|request| request.header("x-team") == "shop"));
    let traces = bodies(&collector, "/v1/traces");
    let message: TraceRequest = serde_json::from_slice(&traces[0]).unwrap();
    assert_eq!(message.resource_spans[0].scope_spans[0].spans.len(), 4);
    let message: MetricsRequest = serde_json::from_slice(&bodies(&collector, "/v1/metrics")[0]).unwrap();
    assert!(message.resource_metrics[0].scope_metrics[0].metrics.len() > 10);
}

#[test]
fn a_collector_that_is_busy_is_asked_again_and_in_its_time() {
    let (place, target) = (place(), target());
    let collector = answers(Behaviour::statuses([503, 200]).header("retry-after", "1"));
    let export = format!("otlp={}", collector.url(""));
    let said = run(&place, &target, &["--export", &export]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let complaint = format!("the collector at {} takes nothing: status 503", collector.url("/v1/"));
    assert!(said.stderr.contains(&complaint[..complaint.find("/v1/").unwrap()]), "{}", said.show());
    assert_eq!(said.stderr.matches("takes nothing").count(), 1, "{}", said.show());
    assert!(!said.stderr.contains("did not get to"), "{}", said.show());
    assert_eq!(spans(&collector).len(), 4);
    let asked: Vec<_> = collector.log().into_iter().filter(|request| request.path == "/v1/traces").collect();
    assert!(asked[1].arrived_at.since(asked[0].arrived_at).as_millis() >= 1_000);
}

#[test]
fn a_collector_that_is_not_there_is_said_once_and_stops_nothing() {
    let (place, target, nobody) = (place(), target(), refused_addr());
    let export = format!("otlp=http://{}", nobody.addr());
    let said = run(&place, &target, &["-i", "5", "--export", &export, "--trace-sample", "100%"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert_eq!(said.stderr.matches("takes nothing: ").count(), 1, "{}", said.show());
    assert!(said.stderr.contains("warning: 20 spans did not get to http://127.0.0.1:"), "{}", said.show());
    assert!(
        said.stderr.contains("warning: the last metrics did not get to http://127.0.0.1:"),
        "{}",
        said.show()
    );
    assert_eq!(place.report()["iterations"]["completed"], 5);
    let outcome = std::fs::read_dir(place.path().join("runs")).unwrap().next().unwrap().unwrap().path();
    let outcome = std::fs::read_to_string(outcome.join("outcome.json")).unwrap();
    let outcome: serde_json::Value = serde_json::from_str(&outcome).unwrap();
    assert_eq!(
        (outcome["verdict"].as_str(), outcome["unexported"].as_array().unwrap().len()),
        (Some("pass"), 2)
    );
}

/// Whether its own time is over first or the run's does not matter: it is said, and told in the report.
#[test]
fn a_collector_that_hangs_holds_nothing_up() {
    let (place, target) = (place(), target());
    let collector = answers(Behaviour::never_answers());
    let export = format!("otlp={}", collector.url(""));
    let said = run(&place, &target, &["-i", "5", "--export", &export]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert!(said.stderr.contains("takes nothing: no answer in time; the run goes on"), "{}", said.show());
    let report = place.report();
    assert_eq!(report["iterations"]["completed"], 5);
    let told = report["warnings"].as_array().unwrap();
    assert!(
        told.iter().any(|warning| {
            let words = warning.as_str().unwrap();
            words.starts_with("not exported: the last metrics did not get to")
                && words.ends_with("no answer in time")
        }),
        "{told:?}"
    );
    // Two seconds are waited for it, which are none of the run's.
    let (whole_ms, run_ms) =
        (from_record_to_outcome_ms(&place), report["run"]["duration_ms"].as_f64().unwrap());
    assert!(whole_ms - run_ms > 1_500.0, "{whole_ms} ms, of which the run took {run_ms} ms");
}

/// What lies between the first and the last file of the only run.
fn from_record_to_outcome_ms(place: &Place) -> f64 {
    let folder = std::fs::read_dir(place.path().join("runs")).unwrap().next().unwrap().unwrap().path();
    let [record, outcome] =
        ["run.json", "outcome.json"].map(|name| folder.join(name).metadata().unwrap().modified().unwrap());
    outcome.duration_since(record).unwrap().as_secs_f64() * 1e3
}

#[test]
fn what_a_collector_takes_and_rejects_is_counted_and_said_with_its_words() {
    use outrider_export::messages::{MetricsAnswer, RejectedPoints, RejectedSpans, TraceAnswer};
    let points = RejectedPoints { rejected: 3, error_message: "too \u{1b}[31mmany\nseries".into() };
    let spans = RejectedSpans { rejected: 4, error_message: String::new() };
    let (metrics, traces) =
        (MetricsAnswer { partial_success: Some(points) }, TraceAnswer { partial_success: Some(spans) });
    for protocol in ["http/protobuf", "http/json"] {
        let (place, target) = (place(), target());
        let bodies = match protocol {
            "http/json" => [serde_json::to_vec(&metrics).unwrap(), serde_json::to_vec(&traces).unwrap()],
            _ => [metrics.encode_to_vec(), traces.encode_to_vec()],
        };
        let [metrics, traces] = bodies.map(|body| Behaviour::raw(whole_answer(&body)));
        let collector =
            TargetServer::builder().route("/v1/metrics", metrics).route("/v1/traces", traces).start();
        let export = format!("otlp={}", collector.url(""));
        let mut command =
            command(&place, &target, &["-i", "5", "--trace-sample", "100%", "--export", &export]);
        command.env("OTEL_EXPORTER_OTLP_PROTOCOL", protocol);
        let said = Said::of(command.output().unwrap(), place.path());
        assert_eq!(said.code, Some(0), "{}", said.show());
        let url = collector.url("/v1/");
        let words = [
            format!("the collector at {url}metrics rejected 3 data points: too [31mmany series"),
            format!("the collector at {url}traces rejected 4 spans"),
        ];
        for words in &words {
            assert!(said.stderr.contains(&format!("warning: {words}\n")), "{words}\n{}", said.show());
        }
        assert!(!said.stderr.contains("did not get to"), "{}", said.show());
        let told = place.report()["warnings"].clone();
        assert_eq!(told, serde_json::json!(words.map(|words| format!("not exported: {words}"))));
        let text = place.host(["report"]).stdout;
        assert!(text.contains("not exported: the collector"), "{text}");
    }
}

/// An answer with a body that is no text.
fn whole_answer(body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

#[test]
fn without_export_each_request_has_a_trace_as_before() {
    let (place, target) = (place(), target());
    run(&place, &target, &["-i", "2"]);
    let traces: BTreeSet<String> = target.log().iter().map(|request| request.trace_id().to_owned()).collect();
    assert_eq!(traces.len(), 4);
    assert!(target.log().iter().all(|request| request.header("traceparent").ends_with("-01")));
}
