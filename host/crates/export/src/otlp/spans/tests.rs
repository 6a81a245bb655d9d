use outrider_model::IterationStatus;

use super::*;
use crate::test_run::{START, identity, iteration, origin, request, step};

fn at(ms: u64) -> Timestamp {
    START + Duration::from_millis(ms)
}

fn step_at(name: &str, outer: Option<&str>, from: u64, to: u64) -> Sample {
    let Sample::Step(row) = step(name, true) else { unreachable!("it is a step") };
    Sample::Step(StepSample {
        origin: Origin { step: outer.map(Arc::from), ..origin() },
        started_at: at(from),
        duration: Duration::from_millis(to - from),
        ..row
    })
}

fn request_at(name: &str, step: Option<&str>, from: u64) -> Sample {
    let Sample::Request(row) = request(name, Some(200), Duration::from_millis(1)) else {
        unreachable!("it is a request")
    };
    let origin = Origin { step: step.map(Arc::from), ..origin() };
    Sample::Request(Box::new(RequestSample { origin, started_at: at(from), ..*row }))
}

fn trace(parts: &[Sample]) -> Vec<Span> {
    let Sample::Iteration(row) = iteration(IterationStatus::Completed) else { unreachable!("it is one") };
    of(&identity().traces, &row, parts)
}

/// The names of spans, each with its parent's.
fn tree(spans: &[Span]) -> Vec<(String, String)> {
    let name = |id: &[u8]| spans.iter().find(|span| span.span_id == id).map_or("", |span| &span.name);
    spans.iter().map(|span| (span.name.clone(), name(&span.parent_span_id).to_owned())).collect()
}

#[test]
fn spans_hang_below_the_step_that_was_open() {
    // Inner steps end, and are recorded, before those around them.
    let spans = trace(&[
        request_at("/outside", None, 1),
        request_at("/inner", Some("inner"), 12),
        step_at("inner", Some("outer"), 11, 15),
        request_at("/outer", Some("outer"), 16),
        step_at("outer", None, 10, 20),
        request_at("/again", Some("outer"), 31),
        step_at("outer", None, 30, 40),
    ]);
    let expected = [
        ("browse", ""),
        ("inner", "outer"),
        ("outer", "browse"),
        ("outer", "browse"),
        ("GET /outside", "browse"),
        ("GET /inner", "inner"),
        ("GET /outer", "outer"),
        ("GET /again", "outer"),
    ];
    assert_eq!(tree(&spans), expected.map(|(name, parent)| (name.to_owned(), parent.to_owned())));
    assert_eq!(spans[7].parent_span_id, spans[3].span_id, "the later one of its name");
    assert_eq!(spans[6].parent_span_id, spans[2].span_id);
    assert!(spans.iter().all(|span| span.trace_id == spans[0].trace_id && span.span_id.len() == 8));
    assert_eq!(spans[0].trace_id.len(), 16);
}

#[test]
fn a_step_in_a_step_of_its_own_name_hangs_below_it() {
    let spans = trace(&[step_at("a", Some("a"), 11, 12), step_at("a", None, 10, 20)]);
    assert_eq!(spans[1].parent_span_id, spans[2].span_id);
    assert_eq!(spans[2].parent_span_id, spans[0].span_id);
}

#[test]
fn an_exchange_has_the_id_that_was_sent_unless_the_journey_sent_its_own() {
    let ours = identity().traces.of("browse", origin().iteration);
    let sent = |trace_id: String| {
        let Sample::Request(row) = request_at("/", None, 1) else { unreachable!("it is a request") };
        let trace_id = Some(trace_id.into());
        trace(&[Sample::Request(Box::new(RequestSample { trace_id, span_id: Some(9), ..*row }))]).remove(1)
    };
    assert_eq!(sent(format!("{:032x}", ours.trace_id)).span_id, 9_u64.to_be_bytes());
    let other = sent("0af7651916cd43dd8448eb211c80319c".into());
    assert_ne!(other.span_id, 9_u64.to_be_bytes());
    assert!(other.attributes.contains(&text("outrider.sent_trace_id", "0af7651916cd43dd8448eb211c80319c")));
}

#[test]
fn an_exchange_follows_the_conventions_and_says_its_phases() {
    let Sample::Request(row) = request("/cart", Some(503), Duration::from_millis(20)) else {
        unreachable!("it is a request")
    };
    let span = trace(&[Sample::Request(row)]).remove(1);
    assert_eq!((span.name.as_str(), span.kind), ("GET /cart", SpanKind::Client as i32));
    for expected in [
        number("http.response.status_code", 503_u16),
        text("url.full", "http://shop.test:8080/cart?id=7"),
        text("server.address", "shop.test"),
        text("network.protocol.version", "1.1"),
        text("error.type", "status 503"),
    ] {
        assert!(span.attributes.contains(&expected), "{expected:?}");
    }
    assert_eq!(span.status.unwrap().code, StatusCode::Error as i32);
    let [first] = &span.events[..] else { panic!("{:?}", span.events) };
    assert_eq!((first.name.as_str(), first.time_unix_nano), ("first byte received", nanoseconds(at(25))));
}

#[test]
fn checks_are_events_of_the_step_they_were_made_in() {
    let check = Sample::Check(CheckSample {
        origin: Origin { step: Some("pay".into()), ..origin() },
        pack: "".into(),
        name: "paid".into(),
        at: at(12),
        passed: false,
        expected: None,
        actual: Some("402".into()),
        message: None,
        source_location: None,
    });
    let spans = trace(&[check, step_at("pay", None, 10, 20)]);
    assert!(spans[0].events.is_empty());
    assert!(spans[1].events[0].attributes.contains(&text("outrider.actual", "402")));
}
