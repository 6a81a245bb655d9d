//! Connections that are open: one request over HTTP/1.1 or HTTP/2 and the frames of its answer.

mod http1;
mod http2;

use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::Response;
use http_body::Body as _;
use hyper::body::Incoming;

pub(crate) use http1::Http1Connection;
pub(crate) use http2::Http2Connection;

/// 64 KiB for the header fields of an answer: four times what Apache and nginx send at most, and what
/// an answer that is kept can cost besides its body.
pub const MAX_HEADER_BYTES: usize = 64 * 1024;

/// Why no answer began.
#[derive(Debug)]
pub(crate) struct SendFailure {
    pub(crate) error: hyper::Error,
    /// Whether hyper still had the request: the server cannot have seen it.
    pub(crate) never_sent: bool,
}

impl<T> From<hyper::client::conn::TrySendError<T>> for SendFailure {
    fn from(mut failure: hyper::client::conn::TrySendError<T>) -> SendFailure {
        let never_sent = failure.take_message().is_some();
        SendFailure { error: failure.into_error(), never_sent }
    }
}

/// A connection that was just opened.
#[derive(Debug)]
pub(crate) enum Connection {
    Http1(Box<Http1Connection>),
    Http2(Http2Connection),
}

/// What a sample says of the connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectionFacts {
    pub(crate) remote: SocketAddr,
    pub(crate) reused: bool,
}

/// The next bytes of a body; trailers are passed over.
fn poll_data(body: &mut Incoming, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, hyper::Error>>> {
    loop {
        match ready!(Pin::new(&mut *body).poll_frame(cx)) {
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    return Poll::Ready(Some(Ok(data)));
                }
            }
            Some(Err(error)) => return Poll::Ready(Some(Err(error))),
            None => return Poll::Ready(None),
        }
    }
}

/// The head of an answer and the body that follows.
pub(crate) type Answer = Response<Incoming>;
