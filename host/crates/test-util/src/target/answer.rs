//! From a request to its answer, or to its fault.

use std::future::pending;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt, stream};
use http::header::{CONTENT_LENGTH, COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Version};
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::Incoming;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::record::{self, TargetRequest};
use super::wire::Script;
use super::{Server, builder::Route};
use crate::behaviour::{Action, Ending, Fault, Reply, streamed};
use crate::pattern;

type Answer = Response<UnsyncBoxBody<Bytes, io::Error>>;

/// Twenty milliseconds: a reset of a stream overtakes what hyper has not written yet, so that is given
/// ample time to leave.
const BEFORE_RESET: Duration = Duration::from_millis(20);

/// What a fault wants from the connection's task.
#[derive(Debug)]
pub(super) enum Takeover {
    /// Take the socket and write this.
    Play(Script),
    /// Drop the connection.
    Drop,
}

/// Answers the requests of one connection.
#[derive(Clone)]
pub(super) struct Answering {
    pub(super) server: Arc<Server>,
    pub(super) connection: u64,
    /// How many requests have come on the connection.
    pub(super) requests: Arc<AtomicU64>,
    pub(super) takeover: mpsc::Sender<Takeover>,
}

/// A request, read whole.
struct Received {
    request: TargetRequest,
    body: Bytes,
}

impl Answering {
    pub(super) async fn answer(self, request: Request<Incoming>) -> io::Result<Answer> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let received = self.receive(request).await?;
        let route = self.server.routes.find(&received.request.path);
        let ordinal = route.next_ordinal();
        let stalled = route.stalled_for(ordinal, self.server.record.clock.instant());
        let latency = stalled + route.behaviour.latency.of_request(ordinal);
        if latency > Duration::ZERO {
            tokio::time::sleep(latency).await;
        }
        self.act(route, ordinal, received).await
    }

    async fn receive(&self, request: Request<Incoming>) -> io::Result<Received> {
        let arrived_at = self.server.record.clock.now();
        let (head, body) = request.into_parts();
        let number = self.server.record.arrival(head.uri.path());
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        let request = TargetRequest {
            number,
            arrived_at,
            answered_at: None,
            connection: self.connection,
            method: head.method,
            path: head.uri.path().to_owned(),
            query: head.uri.query().map(str::to_owned),
            version: head.version,
            headers: head.headers,
            body_bytes: body.len(),
            body: record::kept(&body),
            status: None,
        };
        self.server.record.wait(&request);
        Ok(Received { request, body })
    }

    async fn act(&self, route: &Route, ordinal: u64, received: Received) -> io::Result<Answer> {
        let reply = match &route.behaviour.action {
            Action::Fault(fault) => return self.fail(fault, received.request).await,
            Action::OncePerConnection(_) if self.is_reused() => {
                return self.fail(&Fault::EndsBeforeAnswer(Ending::Close), received.request).await;
            }
            Action::Reply(reply) | Action::OncePerConnection(reply) => reply,
            Action::Echo => &echo(&received),
            Action::Cookies => &cookies(&received.request),
        };
        self.log(received.request, Some(reply.status(ordinal)));
        Ok(reply.response(ordinal))
    }

    /// Whether the connection has carried a request before this one.
    fn is_reused(&self) -> bool {
        self.requests.load(Ordering::Relaxed) > 1
    }

    async fn fail(&self, fault: &Fault, request: TargetRequest) -> io::Result<Answer> {
        let version = request.version;
        self.log(request, status(fault, version));
        match (version, fault) {
            (Version::HTTP_2, Fault::EndsBeforeAnswer(Ending::Close)) => self.hand_over(Takeover::Drop).await,
            (Version::HTTP_2, fault) => fail_stream(fault).await,
            _ => self.hand_over(Takeover::Play(Script::of(fault))).await,
        }
    }

    /// Gives the connection away; this request is never answered.
    async fn hand_over(&self, takeover: Takeover) -> io::Result<Answer> {
        // A second request on the same connection finds it taken already.
        drop(self.takeover.try_send(takeover));
        pending().await
    }

    fn log(&self, request: TargetRequest, status: Option<StatusCode>) {
        self.server.record.answer(TargetRequest { status: status.map(|status| status.as_u16()), ..request });
    }
}

/// The status that a client can see of a fault.
fn status(fault: &Fault, version: Version) -> Option<StatusCode> {
    match fault {
        Fault::NeverAnswers | Fault::EndsBeforeAnswer(_) => None,
        Fault::WrongLength { .. } => Some(StatusCode::OK),
        Fault::SlowHead { .. } | Fault::Verbatim(_) if version == Version::HTTP_2 => {
            Some(StatusCode::NOT_IMPLEMENTED)
        }
        Fault::SlowHead { .. } => Some(StatusCode::OK),
        Fault::Verbatim(bytes) => status_of_raw(bytes),
    }
}

/// The status of bytes that begin as an answer does.
fn status_of_raw(bytes: &[u8]) -> Option<StatusCode> {
    let after_version = bytes.strip_prefix(b"HTTP/1.1 ")?;
    StatusCode::from_bytes(after_version.get(..3)?).ok()
}

/// The fault on a stream of HTTP/2, whose frames are hyper's to write.
async fn fail_stream(fault: &Fault) -> io::Result<Answer> {
    match fault {
        Fault::NeverAnswers | Fault::EndsBeforeAnswer(Ending::Hang) => pending().await,
        // hyper answers an error with RST_STREAM.
        Fault::EndsBeforeAnswer(_) => Err(io::Error::other("this stream is to be reset")),
        Fault::WrongLength { declared, sent, then } => Ok(wrong_length(*declared, *sent, *then)),
        Fault::SlowHead { .. } | Fault::Verbatim(_) => {
            let text = Bytes::from_static(b"this behaviour is for HTTP/1.1 only\n");
            let mut reply = Reply::ok("text/plain", text);
            reply.statuses = vec![StatusCode::NOT_IMPLEMENTED];
            Ok(reply.response(0))
        }
    }
}

fn wrong_length(declared: u64, sent: usize, then: Ending) -> Answer {
    let end = async move {
        if then == Ending::Hang {
            return pending().await;
        }
        tokio::time::sleep(BEFORE_RESET).await;
        Err(io::Error::other("this stream is to be reset"))
    };
    let body = stream::iter([Ok(pattern(sent))]).chain(stream::once(end));
    let mut answer = Response::new(streamed(body));
    answer.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(declared));
    answer
}

fn echo(received: &Received) -> Reply {
    let Received { request, body } = received;
    let headers: Vec<Value> = request
        .headers
        .iter()
        .map(|(name, value)| json!([name.as_str(), String::from_utf8_lossy(value.as_bytes())]))
        .collect();
    let value = json!({
        "method": request.method.as_str(),
        "path": request.path,
        "query": request.query,
        "version": format!("{:?}", request.version),
        "headers": headers,
        "body": String::from_utf8_lossy(body),
        "body_bytes": body.len(),
    });
    Reply::ok("application/json", Bytes::from(value.to_string()))
}

fn cookies(request: &TargetRequest) -> Reply {
    let cookies: serde_json::Map<String, Value> = received_cookies(&request.headers)
        .map(|(name, value)| (name.to_owned(), Value::from(value)))
        .collect();
    let mut reply = Reply::ok("application/json", Bytes::from(Value::Object(cookies).to_string()));
    for pair in request.query.iter().flat_map(|query| query.split('&')) {
        let cookie = HeaderValue::from_str(&format!("{pair}; Path=/"));
        reply.headers.push((SET_COOKIE, cookie.expect("a query has no control characters")));
    }
    reply
}

/// The pairs of all `cookie` headers; HTTP/2 may split them.
fn received_cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let values = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='))
}
