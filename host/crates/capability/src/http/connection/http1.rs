//! HTTP/1.1: one exchange at a time, driven by the task that sends it.

use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::Request;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::time::Instant;

use super::{Answer, ConnectionFacts, MAX_HEADER_BYTES, SendFailure};
use crate::http::body::OutgoingBody;
use crate::http::timed_io::{IoMeter, TimedIo};

/// 64 KiB for what is read at once. hyper begins with 8 KiB, and keeps what a large body made it grow to for as
/// long as the connection is open: with its default of 408 KiB, an idle user of six connections could hold 2 MiB.
const MAX_BUFFER_BYTES: usize = MAX_HEADER_BYTES;

/// An HTTP/1.1 connection. Nothing happens on it unless its owner polls it.
#[derive(Debug)]
pub(crate) struct Http1Connection {
    sender: http1::SendRequest<OutgoingBody>,
    driver: http1::Connection<TokioIo<TimedIo>, OutgoingBody>,
    /// The driver is done and must not be polled again.
    closed: bool,
    meter: Arc<IoMeter>,
    remote: SocketAddr,
    carried_any: bool,
    /// When it was last given back.
    pub(crate) idle_since: Instant,
}

impl Http1Connection {
    pub(crate) async fn open(
        io: TimedIo,
        meter: Arc<IoMeter>,
        remote: SocketAddr,
        now: Instant,
    ) -> Result<Http1Connection, hyper::Error> {
        let mut builder = http1::Builder::new();
        builder.max_header_size(MAX_HEADER_BYTES).max_buf_size(MAX_BUFFER_BYTES);
        let (sender, driver) = builder.handshake(TokioIo::new(io)).await?;
        Ok(Http1Connection {
            sender,
            driver,
            closed: false,
            meter,
            remote,
            carried_any: false,
            idle_since: now,
        })
    }

    pub(crate) fn meter(&self) -> &Arc<IoMeter> {
        &self.meter
    }

    pub(crate) fn facts(&self) -> ConnectionFacts {
        ConnectionFacts { remote: self.remote, reused: self.carried_any }
    }

    /// Whether another request can be sent. Looks at the socket, so that a connection which the server
    /// closed while it was idle is found out before it is used.
    pub(crate) async fn is_ready(&mut self) -> bool {
        poll_fn(|cx| {
            self.drive(cx);
            Poll::Ready(!self.closed && self.sender.is_ready())
        })
        .await
    }

    /// Sends a request and waits for the head of the answer.
    pub(crate) async fn send(&mut self, request: Request<OutgoingBody>) -> Result<Answer, SendFailure> {
        self.carried_any = true;
        let mut answer = pin!(self.sender.try_send_request(request));
        poll_fn(|cx| {
            drive(&mut self.driver, &mut self.closed, cx);
            answer.as_mut().poll(cx)
        })
        .await
        .map_err(SendFailure::from)
    }

    /// The next bytes of the answer's body.
    pub(crate) async fn data(&mut self, body: &mut Incoming) -> Option<Result<Bytes, hyper::Error>> {
        poll_fn(|cx| {
            self.drive(cx);
            super::poll_data(body, cx)
        })
        .await
    }

    fn drive(&mut self, cx: &mut Context<'_>) {
        drive(&mut self.driver, &mut self.closed, cx);
    }
}

/// Lets the connection read and write. How it ended is told to whoever waits for an answer or a body.
fn drive(
    driver: &mut http1::Connection<TokioIo<TimedIo>, OutgoingBody>,
    closed: &mut bool,
    cx: &mut Context<'_>,
) {
    if !*closed {
        *closed = Pin::new(driver).poll(cx).is_ready();
    }
}
