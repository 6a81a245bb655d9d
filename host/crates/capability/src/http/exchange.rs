//! One exchange, from its beginning to the sample that it leaves behind, however it ends.

mod told;

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, StatusCode, Version};
use outrider_model::{Origin, Phases, RequestSample, Sample, Tags, Timestamp};
use tokio::time::Instant;

use super::HttpError;
use super::agent::Call;
use super::connection::ConnectionFacts;
use super::cut_off::CutOff;
use super::label::{MAX_LABEL_BYTES, shortened};
use super::shared::HttpShared;
use super::stopwatch::{Mark, Stopwatch};
use super::timed_io::{IoMeter, Moment};
use crate::debug::Debugger;

pub(crate) use told::tell_answer;

/// 2,048 bytes of a URL are recorded, what browsers' address bars and sitemaps allow: a URL may have 32 KiB, and
/// samples wait in a queue that is bounded by their number.
pub const MAX_RECORDED_URL_BYTES: usize = 2048;

/// 1,024 bytes of an error are recorded; it may name a URL.
pub const MAX_RECORDED_ERROR_BYTES: usize = 1024;

/// What an exchange is called in its sample.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    pub(crate) name: Arc<str>,
    pub(crate) method: Arc<str>,
    pub(crate) url: Arc<str>,
    pub(crate) trace_id: Option<Arc<str>>,
    /// The span that it is in that trace, where this program has sent both.
    pub(crate) span_id: Option<u64>,
    /// Tags instead of the origin's.
    pub(crate) tags: Option<Tags>,
    pub(crate) expected: Expected,
}

/// Which status codes count as success.
#[derive(Clone, Debug, Default)]
pub(crate) struct Expected {
    /// None at all: those below 400.
    pub(crate) ranges: Arc<[RangeInclusive<u16>]>,
    /// Redirects are followed, so each is as it should be.
    pub(crate) redirects: bool,
}

impl Expected {
    pub(crate) fn includes(&self, status: u16) -> bool {
        match self.ranges.is_empty() {
            true => status < 400,
            false => {
                (self.redirects && (300..400).contains(&status))
                    || self.ranges.iter().any(|range| range.contains(&status))
            }
        }
    }
}

/// What was measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    pub(crate) started_at: Timestamp,
    pub(crate) duration: Duration,
    pub(crate) phases: Phases,
    pub(crate) protocol: Option<&'static str>,
    pub(crate) bytes_sent: u64,
    pub(crate) bytes_received: u64,
    pub(crate) connection_reused: bool,
    pub(crate) remote_address: Option<SocketAddr>,
}

/// Where times and bytes come from.
#[derive(Debug)]
enum Carrier {
    None,
    /// The connection is this exchange's alone: its meter tells everything.
    Http1 {
        meter: Arc<IoMeter>,
        sent_before: u64,
        received_before: u64,
    },
    /// Frames of several exchanges interleave: bodies are counted as they are handed over, header
    /// fields uncompressed.
    Http2 {
        meter: Arc<IoMeter>,
        sent: Arc<Moment>,
        bytes_sent: u64,
        bytes_received: u64,
    },
    /// No connection at all: bytes are counted as HTTP/1.1 would write them.
    Script {
        bytes_sent: u64,
        bytes_received: u64,
    },
}

/// An exchange under way. Dropped before it is finished, it is recorded with what cut it off.
#[derive(Debug)]
pub(crate) struct Exchange<'a> {
    shared: &'a HttpShared,
    cut_off: &'a CutOff,
    origin: &'a Origin,
    subject: Subject,
    /// Its number, where the run is debugged.
    number: Option<u64>,
    /// It had to wait in a batch before it was asked for a connection.
    queued: bool,
    /// How much earlier the schedule wanted it.
    lateness: Duration,
    watch: Stopwatch,
    connection: Option<ConnectionFacts>,
    protocol: Option<&'static str>,
    carrier: Carrier,
    status: Option<u16>,
    ended: Option<Instant>,
    recorded: bool,
}

impl<'a> Exchange<'a> {
    pub(crate) fn new(
        shared: &'a HttpShared,
        cut_off: &'a CutOff,
        subject: Subject,
        call: Call<'a>,
    ) -> Exchange<'a> {
        let Call { origin, asked, queued, lateness } = call;
        Exchange {
            shared,
            cut_off,
            origin,
            subject,
            number: shared.debugger.as_ref().map(Debugger::next_exchange),
            queued,
            lateness,
            watch: Stopwatch::asked_at(asked),
            connection: None,
            protocol: None,
            carrier: Carrier::None,
            status: None,
            ended: None,
            recorded: false,
        }
    }

    /// When it was asked for.
    pub(crate) fn asked(&self) -> Instant {
        self.watch.asked()
    }

    pub(crate) fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Its number, where the run is debugged.
    pub(crate) fn number(&self) -> Option<u64> {
        self.number
    }

    /// Begins with opening a connection.
    pub(crate) fn begin(&mut self, waited: bool) {
        let at = self.start_time(waited);
        self.watch.start(at);
        self.connection = None;
    }

    /// Begins on a connection that is open.
    pub(crate) fn begin_on(&mut self, facts: ConnectionFacts, waited: bool) {
        let at = self.start_time(waited);
        self.watch.start_on_open_connection(at);
        self.connection = Some(facts);
    }

    /// Without a wait, `blocked` is exactly zero.
    fn start_time(&mut self, waited: bool) -> Instant {
        // A second attempt has waited for the first one.
        let again = !matches!(self.carrier, Carrier::None);
        self.carrier = Carrier::None;
        if waited || self.queued || again { self.shared.clock.instant() } else { self.watch.asked() }
    }

    /// Notes the end of a phase now.
    pub(crate) fn mark(&mut self, mark: Mark) {
        self.watch.mark(mark, self.shared.clock.instant());
    }

    /// Notes that a phase took no time.
    pub(crate) fn mark_at_once(&mut self, mark: Mark) {
        if let Some(at) = self.watch.last_mark() {
            self.watch.mark(mark, at);
        }
    }

    /// Notes that a new connection is open.
    pub(crate) fn connected(&mut self, facts: ConnectionFacts) {
        self.connection = Some(facts);
    }

    /// Whether the connection had carried an exchange before.
    pub(crate) fn is_on_reused_connection(&self) -> bool {
        self.connection.is_some_and(|facts| facts.reused)
    }

    /// The request goes to an HTTP/1.1 connection now.
    pub(crate) fn carried_by_http1(&mut self, meter: &Arc<IoMeter>) {
        meter.begin_exchange();
        let (sent_before, received_before) = meter.totals();
        self.protocol = Some("HTTP/1.1");
        self.carrier = Carrier::Http1 { meter: Arc::clone(meter), sent_before, received_before };
    }

    /// The request goes to an HTTP/2 connection now; its end is to be noted in `sent`.
    pub(crate) fn carried_by_http2(&mut self, meter: &Arc<IoMeter>, sent: Arc<Moment>, bytes_sent: u64) {
        self.protocol = Some("HTTP/2");
        self.carrier = Carrier::Http2 { meter: Arc::clone(meter), sent, bytes_sent, bytes_received: 0 };
    }

    /// The request goes to a script now: nothing but the answer takes time.
    pub(crate) fn carried_by_script(&mut self, bytes_sent: u64) {
        for mark in [Mark::Resolved, Mark::Connected, Mark::Secured, Mark::Sent] {
            self.mark_at_once(mark);
        }
        self.protocol = Some("HTTP/1.1");
        self.carrier = Carrier::Script { bytes_sent, bytes_received: 0 };
    }

    /// Whether the server has not answered anything yet.
    pub(crate) fn nothing_received(&self) -> bool {
        match &self.carrier {
            Carrier::None | Carrier::Http2 { .. } | Carrier::Script { .. } => self.status.is_none(),
            Carrier::Http1 { meter, .. } => meter.first_read().is_none(),
        }
    }

    /// The head of the answer is here.
    pub(crate) fn answered(&mut self, status: StatusCode, version: Version, headers: &HeaderMap) {
        self.status = Some(status.as_u16());
        if version == Version::HTTP_10 {
            self.protocol = Some("HTTP/1.0");
        }
        if matches!(self.carrier, Carrier::Http2 { .. } | Carrier::Script { .. }) {
            self.mark(Mark::FirstByte);
            self.received(header_bytes(headers));
        }
    }

    /// Some bytes of the answer are here.
    pub(crate) fn received(&mut self, bytes: u64) {
        if let Carrier::Http2 { bytes_received, .. } | Carrier::Script { bytes_received, .. } =
            &mut self.carrier
        {
            *bytes_received += bytes;
        }
    }

    /// The last byte of the answer is here; returns when.
    pub(crate) fn end(&mut self) -> Instant {
        let now = self.shared.clock.instant();
        self.ended = Some(now);
        now
    }

    /// Nothing was tried, so no time passed.
    pub(crate) fn end_before_it_began(&mut self) {
        self.ended = Some(self.watch.asked());
    }

    /// Records the exchange with the answer it got.
    pub(crate) fn succeed(mut self) -> Measured {
        self.record(None)
    }

    /// Records the exchange with the error that ended it.
    pub(crate) fn fail(mut self, error: &HttpError) {
        self.record(Some(error));
    }

    fn record(&mut self, error: Option<&HttpError>) -> Measured {
        self.recorded = true;
        let measured = self.measure();
        let mut origin = self.origin.clone();
        if let Some(tags) = &self.subject.tags {
            origin.tags = Arc::clone(tags);
        }
        self.shared.sink.record(Sample::Request(Box::new(RequestSample {
            origin,
            name: Arc::clone(&self.subject.name),
            method: recorded(&self.subject.method, MAX_LABEL_BYTES),
            url: recorded(&self.subject.url, MAX_RECORDED_URL_BYTES),
            status: self.status,
            protocol: measured.protocol,
            started_at: measured.started_at,
            duration: measured.duration,
            phases: measured.phases,
            lateness: self.lateness,
            bytes_sent: measured.bytes_sent,
            bytes_received: measured.bytes_received,
            connection_reused: measured.connection_reused,
            remote_address: measured.remote_address,
            ok: error.is_none() && self.status.is_some_and(|status| self.subject.expected.includes(status)),
            interrupted: matches!(error, Some(HttpError::Interrupted)),
            error_kind: self.error_kind(error),
            error: error.map(|error| recorded(&error.message().into(), MAX_RECORDED_ERROR_BYTES)),
            trace_id: self.subject.trace_id.clone(),
            span_id: self.subject.span_id,
        })));
        if let Some(error) = error {
            self.tell_error(error, &measured);
        }
        measured
    }

    fn error_kind(&self, error: Option<&HttpError>) -> Option<Arc<str>> {
        match (error, self.status) {
            (Some(error), _) => Some(error.kind().as_str().into()),
            (None, Some(status)) if !self.subject.expected.includes(status) => {
                Some(format!("status {status}").into())
            }
            (None, _) => None,
        }
    }

    fn measure(&mut self) -> Measured {
        let (bytes_sent, bytes_received) = self.read_carrier();
        let end = self.ended.unwrap_or_else(|| self.shared.clock.instant());
        let (started, duration, phases) = self.watch.stop(end);
        Measured {
            started_at: self.shared.clock.timestamp(started),
            duration,
            phases,
            protocol: self.protocol,
            bytes_sent,
            bytes_received,
            connection_reused: self.is_on_reused_connection(),
            remote_address: self.connection.map(|facts| facts.remote),
        }
    }

    /// Takes over the marks of the connection; returns the bytes sent and received.
    fn read_carrier(&mut self) -> (u64, u64) {
        let (sent, first_byte, bytes) = match &self.carrier {
            Carrier::None => return (0, 0),
            Carrier::Script { bytes_sent, bytes_received } => return (*bytes_sent, *bytes_received),
            Carrier::Http1 { meter, sent_before, received_before } => {
                let (sent, received) = meter.totals();
                (meter.last_write(), meter.first_read(), (sent - sent_before, received - received_before))
            }
            Carrier::Http2 { meter, sent, bytes_sent, bytes_received } => {
                (meter.instant(sent), None, (*bytes_sent, *bytes_received))
            }
        };
        if let Some(at) = sent {
            self.watch.mark(Mark::Sent, at);
        }
        if let Some(at) = first_byte {
            self.watch.mark(Mark::FirstByte, at);
        }
        bytes
    }
}

impl Drop for Exchange<'_> {
    fn drop(&mut self) {
        if !self.recorded {
            self.record(Some(&self.cut_off.error()));
        }
    }
}

/// A text as samples keep it: cut if it is longer than `max` bytes.
fn recorded(text: &Arc<str>, max: usize) -> Arc<str> {
    shortened(text, max).map_or_else(|| Arc::clone(text), Arc::from)
}

/// Header fields as HTTP/1.1 would write them.
pub(crate) fn header_bytes(headers: &HeaderMap) -> u64 {
    // Each field has `: ` and a line end.
    headers.iter().map(|(name, value)| (name.as_str().len() + value.len() + 4) as u64).sum()
}
