//! What a route does, said by name.

mod content;
mod latency;
mod reply;

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, LOCATION};
use http::{HeaderName, HeaderValue, StatusCode};

pub(crate) use content::{Content, streamed};
pub use content::{Encoding, pattern};
pub use latency::Latency;
pub(crate) use reply::Reply;

/// What a route of a [`TargetServer`](crate::TargetServer) does with a request, after it has read it whole.
///
/// Answers may be modified by [`header`](Behaviour::header), [`chunked`](Behaviour::chunked),
/// [`slowly`](Behaviour::slowly) and [`compressed`](Behaviour::compressed); everything may come
/// [`after`](Behaviour::after) a latency. Where HTTP/2 has no such fault, the documentation says what happens
/// instead.
#[derive(Clone, Debug)]
pub struct Behaviour {
    pub(crate) latency: Latency,
    pub(crate) stall: Option<Stall>,
    pub(crate) action: Action,
}

/// A pause that begins with one request and holds up all that come before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stall {
    /// The request that it begins with, from 0.
    pub(crate) ordinal: u64,
    pub(crate) pause: Duration,
}

#[derive(Clone, Debug)]
pub(crate) enum Action {
    Reply(Reply),
    /// Says what was asked.
    Echo,
    /// Says which cookies came, and sets those of the query.
    Cookies,
    /// Answers the first request of a connection, and closes it on the next.
    OncePerConnection(Reply),
    Fault(Fault),
}

/// How the target lets a client down.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    NeverAnswers,
    EndsBeforeAnswer(Ending),
    /// Declares one length, sends another, then ends.
    WrongLength {
        declared: u64,
        sent: usize,
        then: Ending,
    },
    /// Sends the answer's head one byte at a time.
    SlowHead {
        body: Bytes,
        every: Duration,
    },
    /// Sends these bytes and closes.
    Verbatim(Bytes),
}

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// In good order: FIN.
    Close,
    /// RST.
    Reset,
    /// Not at all: it stays open and silent.
    Hang,
}

/// Ordinary answers.
impl Behaviour {
    /// 200 with a text.
    pub fn text(text: impl Into<String>) -> Behaviour {
        Behaviour::content("text/plain; charset=utf-8", Bytes::from(text.into()))
    }

    /// 200 with a page.
    pub fn html(html: impl Into<String>) -> Behaviour {
        Behaviour::content("text/html; charset=utf-8", Bytes::from(html.into()))
    }

    /// 200 with a JSON value.
    pub fn json(value: &serde_json::Value) -> Behaviour {
        Behaviour::content("application/json", Bytes::from(value.to_string()))
    }

    /// 200 with the first `size_bytes` of [`pattern`].
    pub fn bytes(size_bytes: usize) -> Behaviour {
        Behaviour::content("application/octet-stream", pattern(size_bytes))
    }

    /// A status without a body.
    pub fn status(status: u16) -> Behaviour {
        Behaviour::statuses([status])
    }

    /// The first request gets the first status, the next the next; the last one stays.
    pub fn statuses(statuses: impl IntoIterator<Item = u16>) -> Behaviour {
        let statuses: Vec<StatusCode> = statuses.into_iter().map(status_code).collect();
        assert!(!statuses.is_empty(), "there is no status to answer with");
        Behaviour::reply(Reply { statuses, headers: Vec::new(), content: Content::Whole(Bytes::new()) })
    }

    /// A redirect with this status (301, 302, 303, 307, 308) to a path or URL.
    pub fn redirect(status: u16, location: &str) -> Behaviour {
        Behaviour::status(status).header(LOCATION.as_str(), location)
    }

    /// 200 with JSON that says what was asked: `{method, path, query, version, headers: [[name, value], …],
    /// body, body_bytes}`, the body as text.
    pub fn echo() -> Behaviour {
        Behaviour::new(Action::Echo)
    }

    /// 200 with a JSON object of the cookies that came; sets each pair of the query as a cookie for `/`:
    /// `/cookies?a=1&b=2`.
    pub fn cookies() -> Behaviour {
        Behaviour::new(Action::Cookies)
    }

    /// 200 with a body of 1 KiB pieces that never ends.
    pub fn endless_body() -> Behaviour {
        let headers = vec![(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"))];
        Behaviour::reply(Reply { statuses: vec![StatusCode::OK], headers, content: Content::Endless })
    }
}

/// Faults.
impl Behaviour {
    /// Keeps the connection open and says nothing.
    pub fn never_answers() -> Behaviour {
        Behaviour::fault(Fault::NeverAnswers)
    }

    /// Closes the connection in good order instead of answering.
    pub fn closes_before_answer() -> Behaviour {
        Behaviour::fault(Fault::EndsBeforeAnswer(Ending::Close))
    }

    /// Resets the connection (RST) instead of answering; in HTTP/2 the stream (RST_STREAM).
    pub fn resets_before_answer() -> Behaviour {
        Behaviour::fault(Fault::EndsBeforeAnswer(Ending::Reset))
    }

    /// Declares a body of `declared_bytes`, sends `sent_bytes` of it and closes; in HTTP/2 it resets the
    /// stream.
    pub fn closes_mid_body(declared_bytes: u64, sent_bytes: usize) -> Behaviour {
        Behaviour::wrong_length(declared_bytes, sent_bytes, Ending::Close)
    }

    /// The same, but with a reset of the connection (RST).
    pub fn resets_mid_body(declared_bytes: u64, sent_bytes: usize) -> Behaviour {
        Behaviour::wrong_length(declared_bytes, sent_bytes, Ending::Reset)
    }

    /// The same, but falls silent.
    pub fn hangs_mid_body(declared_bytes: u64, sent_bytes: usize) -> Behaviour {
        Behaviour::wrong_length(declared_bytes, sent_bytes, Ending::Hang)
    }

    /// Says `declared_bytes` in `content-length` but sends `sent_bytes`, more or less, then closes; in
    /// HTTP/2, whatever is missing, it resets the stream.
    pub fn wrong_content_length(declared_bytes: u64, sent_bytes: usize) -> Behaviour {
        Behaviour::wrong_length(declared_bytes, sent_bytes, Ending::Close)
    }

    /// Answers 200 with a text as usual, promises to keep the connection and closes it at once: the next
    /// request on it meets a dead connection. HTTP/1.1 only, as are the next two; HTTP/2 gets 501.
    pub fn closes_after_answer(text: &str) -> Behaviour {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", text.len());
        Behaviour::raw(head + text)
    }

    /// Answers 200 with a text, but closes the connection in good order instead if it has carried a request
    /// before: what a client meets whose request crosses with the end of a connection that it kept.
    pub fn closes_when_reused(text: &str) -> Behaviour {
        let bytes = Bytes::from(text.to_owned());
        Behaviour::new(Action::OncePerConnection(Reply::ok("text/plain; charset=utf-8", bytes)))
    }

    /// Answers 200 with a text, sending the head one byte `every` so often (a slow loris), then closes.
    pub fn slow_headers(text: &str, every: Duration) -> Behaviour {
        Behaviour::fault(Fault::SlowHead { body: Bytes::from(text.to_owned()), every })
    }

    /// Sends these bytes as they are and closes: for answers that are no HTTP.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Behaviour {
        Behaviour::fault(Fault::Verbatim(Bytes::from(bytes.into())))
    }
}

/// Modifiers.
impl Behaviour {
    /// Waits before it does anything.
    pub fn after(mut self, latency: Latency) -> Behaviour {
        self.latency = latency;
        self
    }

    /// Stalls once: the request with this number, from 0, and all that come within `pause` after it are answered
    /// when that is over. A latency comes after it.
    pub fn stalling_at(mut self, ordinal: u64, pause: Duration) -> Behaviour {
        self.stall = Some(Stall { ordinal, pause });
        self
    }

    /// Adds a header to an answer; of the same name there may be several.
    pub fn header(mut self, name: &str, value: &str) -> Behaviour {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("the header's name is valid");
        let value = HeaderValue::from_str(value).expect("the header's value is valid");
        self.reply_mut().headers.push((name, value));
        self
    }

    /// Replaces an answer's status.
    pub fn with_status(mut self, status: u16) -> Behaviour {
        self.reply_mut().statuses = vec![status_code(status)];
        self
    }

    /// Sends the body without saying its length: in chunks, in HTTP/1.1.
    pub fn chunked(mut self) -> Behaviour {
        let reply = self.reply_mut();
        reply.content = Content::Chunked(reply.content.bytes());
        self
    }

    /// Sends the body, its length declared, in pieces of `piece_bytes`, waiting `every` so long before each.
    pub fn slowly(mut self, piece_bytes: usize, every: Duration) -> Behaviour {
        assert!(piece_bytes > 0, "pieces have at least one byte");
        let reply = self.reply_mut();
        reply.content = Content::Slow { bytes: reply.content.bytes(), piece_bytes, every };
        self
    }

    /// Compresses the body and says so, whatever the client accepts. Before [`chunked`](Behaviour::chunked)
    /// or [`slowly`](Behaviour::slowly).
    pub fn compressed(mut self, encoding: Encoding) -> Behaviour {
        let reply = self.reply_mut();
        reply.content = Content::Whole(encoding.compress(&reply.content.bytes()));
        reply.headers.push((CONTENT_ENCODING, HeaderValue::from_static(encoding.as_str())));
        self
    }
}

impl Behaviour {
    fn new(action: Action) -> Behaviour {
        Behaviour { latency: Latency::None, stall: None, action }
    }

    fn reply(reply: Reply) -> Behaviour {
        Behaviour::new(Action::Reply(reply))
    }

    fn fault(fault: Fault) -> Behaviour {
        Behaviour::new(Action::Fault(fault))
    }

    fn content(media_type: &'static str, bytes: Bytes) -> Behaviour {
        Behaviour::reply(Reply::ok(media_type, bytes))
    }

    fn wrong_length(declared: u64, sent: usize, then: Ending) -> Behaviour {
        Behaviour::fault(Fault::WrongLength { declared, sent, then })
    }

    fn reply_mut(&mut self) -> &mut Reply {
        match &mut self.action {
            Action::Reply(reply) => reply,
            other => panic!("only an answer that is known beforehand can be modified, not {other:?}"),
        }
    }
}

fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).expect("a status has three digits")
}
