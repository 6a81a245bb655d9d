//! HTTP/2: many exchanges at a time, driven by tasks that end with the connection.

use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::Request;
use hyper::body::Incoming;
use hyper::client::conn::http2;
use hyper_util::rt::TokioIo;
use tokio::task::JoinSet;

use super::{Answer, ConnectionFacts, MAX_HEADER_BYTES, SendFailure};
use crate::http::body::OutgoingBody;
use crate::http::timed_io::{IoMeter, TimedIo};

/// A handle to an HTTP/2 connection. The last one that is dropped closes it.
#[derive(Clone, Debug)]
pub(crate) struct Http2Connection {
    sender: http2::SendRequest<OutgoingBody>,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    meter: Arc<IoMeter>,
    remote: SocketAddr,
    carried_any: AtomicBool,
    tasks: Tasks,
}

/// The tasks that hyper starts for a connection. They hold this set themselves, so it is the
/// connection's end that stops them, not the set's.
#[derive(Clone, Debug, Default)]
struct Tasks(Arc<Mutex<JoinSet<()>>>);

impl Tasks {
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Each upload is a task: forget those that are done.
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task);
    }
}

impl<F: Future<Output = ()> + Send + 'static> hyper::rt::Executor<F> for Tasks {
    fn execute(&self, task: F) {
        self.spawn(task);
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.tasks.0.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
    }
}

impl Http2Connection {
    pub(crate) async fn open(
        io: TimedIo,
        meter: Arc<IoMeter>,
        remote: SocketAddr,
    ) -> Result<Http2Connection, hyper::Error> {
        let tasks = Tasks::default();
        let shared = Shared { meter, remote, carried_any: AtomicBool::new(false), tasks: tasks.clone() };
        let mut builder = http2::Builder::new(tasks.clone());
        builder.max_header_list_size(u32::try_from(MAX_HEADER_BYTES).unwrap_or(u32::MAX));
        let (sender, driver) = builder.handshake(TokioIo::new(io)).await?;
        tasks.spawn(async move {
            // How it ended is told to whoever waits for an answer or a body.
            if let Err(error) = driver.await {
                tracing::debug!(%remote, %error, "http2 connection ended");
            }
        });
        Ok(Http2Connection { sender, shared: Arc::new(shared) })
    }

    pub(crate) fn meter(&self) -> &Arc<IoMeter> {
        &self.shared.meter
    }

    pub(crate) fn facts(&self) -> ConnectionFacts {
        ConnectionFacts { remote: self.shared.remote, reused: self.shared.carried_any.load(Relaxed) }
    }

    pub(crate) fn is_open(&self) -> bool {
        !self.sender.is_closed()
    }

    /// Sends a request and waits for the head of the answer.
    pub(crate) async fn send(&mut self, request: Request<OutgoingBody>) -> Result<Answer, SendFailure> {
        self.shared.carried_any.store(true, Relaxed);
        self.sender.try_send_request(request).await.map_err(SendFailure::from)
    }

    /// The next bytes of the answer's body.
    pub(crate) async fn data(&mut self, body: &mut Incoming) -> Option<Result<Bytes, hyper::Error>> {
        poll_fn(|cx| super::poll_data(body, cx)).await
    }
}
