//! The spans of one iteration: itself, its steps, its exchanges. Checks and lines of its log are events.

use std::sync::Arc;
use std::time::Duration;

use outrider_model::{
    CheckSample, IterationSample, IterationStatus, IterationTrace, IterationTraces, LogSample, Origin,
    RequestSample, Sample, StepSample, Tags, Timestamp, mix64,
};

use super::attributes::{number, seconds, text};
use super::messages::{Event, KeyValue, Span, SpanKind, Status, StatusCode};
use super::metrics::nanoseconds;

/// W3C's flag `sampled`.
const SAMPLED: u32 = 1;

/// The spans of an iteration that has ended, of which `parts` is all that was kept.
pub(super) fn of(traces: &IterationTraces, iteration: &IterationSample, parts: &[Sample]) -> Vec<Span> {
    let trace = traces.of(&iteration.scenario, iteration.iteration);
    let mut tree = Tree::new(trace, iteration);
    let steps =
        || parts.iter().filter_map(|part| if let Sample::Step(row) = part { Some(row) } else { None });
    steps().enumerate().for_each(|(index, step)| tree.open(index, step));
    for (index, step) in steps().enumerate() {
        tree.step(index, step);
    }
    for (index, part) in parts.iter().enumerate() {
        match part {
            Sample::Request(row) => tree.request(index, row),
            Sample::Check(row) => tree.event(&row.origin, row.at, check(row)),
            Sample::Log(row) => row.origin.iter().for_each(|origin| tree.event(origin, row.at, log(row))),
            _ => {}
        }
    }
    tree.finish()
}

/// A step while its children look for it.
struct OpenStep {
    name: Arc<str>,
    started_at: Timestamp,
    /// Where its span is.
    index: usize,
}

struct Tree {
    trace: IterationTrace,
    /// The iteration's, then those of the steps, then those of the exchanges.
    spans: Vec<Span>,
    steps: Vec<OpenStep>,
}

impl Tree {
    fn new(trace: IterationTrace, iteration: &IterationSample) -> Tree {
        let mut tree = Tree { trace, spans: Vec::new(), steps: Vec::new() };
        let root = root(iteration, tree.span(trace.root_span_id, iteration.started_at, iteration.duration));
        tree.spans.push(Span { parent_span_id: Vec::new(), ..root });
        tree
    }

    /// A span below the iteration's.
    fn span(&self, id: u64, started_at: Timestamp, duration: Duration) -> Span {
        Span {
            trace_id: self.trace.trace_id.to_be_bytes().to_vec(),
            span_id: id.to_be_bytes().to_vec(),
            parent_span_id: self.trace.root_span_id.to_be_bytes().to_vec(),
            flags: SAMPLED,
            kind: SpanKind::Internal as i32,
            start_time_unix_nano: nanoseconds(started_at),
            end_time_unix_nano: nanoseconds(started_at + duration),
            ..Span::default()
        }
    }

    /// An id for what has none yet.
    fn id(&self, kind: u64, index: usize) -> u64 {
        mix64(self.trace.root_span_id ^ mix64(kind << 32 | index as u64)).max(1)
    }

    fn open(&mut self, index: usize, step: &StepSample) {
        let span = self.span(self.id(1, index), step.started_at, step.duration);
        self.spans.push(Span { name: step.name.to_string(), ..span });
        let place = self.spans.len() - 1;
        self.steps.push(OpenStep { name: Arc::clone(&step.name), started_at: step.started_at, index: place });
    }

    /// The span of the step that something at this time is in: rows say its name, and of several of that name it is the one
    /// that began last.
    fn parent(&self, origin: &Origin, at: Timestamp, itself: Option<usize>) -> usize {
        let Some(name) = &origin.step else { return 0 };
        let around = self.steps.iter().filter(|step| {
            step.name == *name && step.started_at <= at && itself.is_none_or(|index| index != step.index)
        });
        around.max_by_key(|step| step.started_at).map_or(0, |step| step.index)
    }

    fn step(&mut self, index: usize, step: &StepSample) {
        let place = 1 + index;
        let parent = self.parent(&step.origin, step.started_at, Some(place));
        let parent_span_id = self.spans[parent].span_id.clone();
        let span = &mut self.spans[place];
        span.parent_span_id = parent_span_id;
        span.attributes.extend(tags(&step.origin.tags));
        if step.interrupted {
            span.attributes.push(text("outrider.interrupted", "true"));
        } else if !step.ok {
            span.status = Some(failed(step.error.as_deref().unwrap_or_default()));
        }
    }

    fn request(&mut self, index: usize, row: &RequestSample) {
        let parent = self.parent(&row.origin, row.started_at, None);
        let is_ours = row.trace_id.as_deref() == Some(&*format!("{:032x}", self.trace.trace_id));
        let id = row.span_id.filter(|_| is_ours).unwrap_or_else(|| self.id(2, index));
        let mut span = exchange(row, self.span(id, row.started_at, row.duration));
        if let Some(other) = row.trace_id.as_deref().filter(|_| !is_ours) {
            // The journey sent one of its own.
            span.attributes.push(text("outrider.sent_trace_id", other));
        }
        span.parent_span_id.clone_from(&self.spans[parent].span_id);
        self.spans.push(span);
    }

    fn event(&mut self, origin: &Origin, at: Timestamp, event: Event) {
        let parent = self.parent(origin, at, None);
        self.spans[parent].events.push(event);
    }

    /// The time of assertion packs is no part of durations: what is around something ends no earlier than it.
    fn finish(mut self) -> Vec<Span> {
        let end = self.spans.iter().map(|span| span.end_time_unix_nano).max().unwrap_or_default();
        if let Some(root) = self.spans.first_mut() {
            root.end_time_unix_nano = end;
        }
        self.spans
    }
}

fn root(iteration: &IterationSample, span: Span) -> Span {
    let mut attributes = vec![
        text("outrider.scenario", &*iteration.scenario),
        number("outrider.iteration", iteration.iteration.0),
        text("outrider.iteration.outcome", iteration.status.as_str()),
        seconds("outrider.iteration.lateness", iteration.lateness()),
    ];
    attributes.extend(iteration.vu.map(|vu| number("outrider.vu", vu.0)));
    attributes.extend(iteration.cause.map(|cause| text("outrider.cause", cause.as_str())));
    attributes.extend(iteration.error_kind.as_deref().map(|kind| text("error.type", kind)));
    attributes.extend(tags(&iteration.tags));
    let has_failed = iteration.status == IterationStatus::Failed;
    let status = has_failed.then(|| failed(iteration.error.as_deref().unwrap_or_default()));
    Span { name: iteration.scenario.to_string(), attributes, status, ..span }
}

/// As OpenTelemetry's conventions for HTTP clients have it.
fn exchange(row: &RequestSample, span: Span) -> Span {
    let mut attributes = vec![
        text("http.request.method", &*row.method),
        text("url.full", &*row.url),
        text("url.template", &*row.name),
        number("outrider.bytes_sent", row.bytes_sent),
        number("outrider.bytes_received", row.bytes_received),
        seconds("outrider.blocked", row.phases.blocked),
    ];
    if let Ok(url) = url::Url::parse(&row.url) {
        attributes.extend(url.host_str().map(|host| text("server.address", host)));
        attributes.extend(url.port_or_known_default().map(|port| number("server.port", port)));
    }
    attributes.extend(row.status.map(|status| number("http.response.status_code", status)));
    if let Some((name, version)) = row.protocol.and_then(|protocol| protocol.split_once('/')) {
        attributes.push(text("network.protocol.name", name.to_lowercase()));
        attributes.push(text("network.protocol.version", version));
    }
    if let Some(address) = row.remote_address {
        attributes.push(text("network.peer.address", address.ip().to_string()));
        attributes.push(number("network.peer.port", address.port()));
    }
    attributes.extend(row.error_kind.as_deref().map(|kind| text("error.type", kind)));
    attributes.extend(tags(&row.origin.tags));
    let has_failed = !row.ok && !row.interrupted;
    let status = has_failed.then(|| failed(row.error.as_deref().unwrap_or_default()));
    Span {
        name: format!("{} {}", row.method, row.name),
        kind: SpanKind::Client as i32,
        attributes,
        events: phases(row),
        status,
        ..span
    }
}

/// Where an exchange was when: the ends of the phases that took time.
fn phases(row: &RequestSample) -> Vec<Event> {
    let phases = &row.phases;
    let ends = [
        ("name resolved", phases.dns),
        ("connected", phases.connect),
        ("TLS established", phases.tls),
        ("request sent", phases.send),
        ("first byte received", phases.wait),
    ];
    let mut at = row.started_at;
    ends.into_iter()
        .filter_map(|(name, took)| {
            at = at + took;
            (!took.is_zero()).then(|| event(name, at, Vec::new()))
        })
        .collect()
}

fn check(row: &CheckSample) -> Event {
    let mut attributes = vec![
        text("outrider.check", &*row.name),
        text("outrider.result", if row.passed { "passed" } else { "failed" }),
    ];
    let optional = [
        ("outrider.pack", Some(&row.pack).filter(|pack| !pack.is_empty())),
        ("outrider.expected", row.expected.as_ref()),
        ("outrider.actual", row.actual.as_ref()),
        ("outrider.message", row.message.as_ref()),
        ("outrider.source_location", row.source_location.as_ref()),
    ];
    attributes.extend(optional.into_iter().filter_map(|(key, value)| Some(text(key, &**value?))));
    event("check", row.at, attributes)
}

fn log(row: &LogSample) -> Event {
    let attributes = vec![text("outrider.log.level", row.level.as_str()), text("message", &*row.message)];
    event("log", row.at, attributes)
}

fn event(name: &str, at: Timestamp, attributes: Vec<KeyValue>) -> Event {
    Event { name: name.to_owned(), time_unix_nano: nanoseconds(at), attributes }
}

fn failed(why: &str) -> Status {
    Status { code: StatusCode::Error as i32, message: why.to_owned() }
}

fn tags(tags: &Tags) -> impl Iterator<Item = KeyValue> {
    tags.iter().map(|(key, value)| text(&format!("outrider.tag.{key}"), &**value))
}

#[cfg(test)]
mod tests;
