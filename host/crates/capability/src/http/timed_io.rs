//! The byte stream under hyper, on the plain side of TLS: counts bytes and notes when they moved.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use outrider_model::RunClock;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_rustls::client::TlsStream;

/// What carries the bytes.
#[derive(Debug)]
pub(crate) enum Wire {
    /// TCP.
    Plain(TcpStream),
    /// TLS over TCP.
    Tls(Box<TlsStream<TcpStream>>),
}

/// A moment that is noted once, from any thread. Zero nanoseconds stand for "not yet".
#[derive(Debug, Default)]
pub(crate) struct Moment(AtomicU64);

impl Moment {
    fn set(&self, nanos: u64) {
        self.0.store(nanos.max(1), Relaxed);
    }

    fn is_set(&self) -> bool {
        self.0.load(Relaxed) != 0
    }

    fn clear(&self) {
        self.0.store(0, Relaxed);
    }
}

/// What a connection tells of itself: shared between the stream, which hyper owns, and the exchange.
///
/// All values are relaxed atomics: each is meaningful alone, and an HTTP/1.1 connection is polled by
/// the task that reads them.
#[derive(Debug)]
pub(crate) struct IoMeter {
    clock: RunClock,
    /// Moments are nanoseconds since this one.
    epoch: Instant,
    sent: AtomicU64,
    received: AtomicU64,
    last_write: Moment,
    first_read: Moment,
    /// HTTP/2 requests that were handed to the connection and wait for its next write.
    unwritten: Mutex<Vec<Arc<Moment>>>,
    has_unwritten: AtomicBool,
}

impl IoMeter {
    /// A meter for a connection opened now.
    pub(crate) fn new(clock: RunClock) -> Arc<IoMeter> {
        Arc::new(IoMeter {
            clock,
            epoch: clock.instant(),
            sent: AtomicU64::new(0),
            received: AtomicU64::new(0),
            last_write: Moment::default(),
            first_read: Moment::default(),
            unwritten: Mutex::default(),
            has_unwritten: AtomicBool::new(false),
        })
    }

    /// Forgets the moments of the exchange before.
    pub(crate) fn begin_exchange(&self) {
        self.last_write.clear();
        self.first_read.clear();
    }

    /// Bytes written and read since the connection was opened.
    pub(crate) fn totals(&self) -> (u64, u64) {
        (self.sent.load(Relaxed), self.received.load(Relaxed))
    }

    /// When the last byte was written before the answer began.
    pub(crate) fn last_write(&self) -> Option<Instant> {
        self.instant(&self.last_write)
    }

    /// When the first byte of the answer was read.
    pub(crate) fn first_read(&self) -> Option<Instant> {
        self.instant(&self.first_read)
    }

    /// The time of a moment of this meter.
    pub(crate) fn instant(&self, moment: &Moment) -> Option<Instant> {
        let nanos = moment.0.load(Relaxed);
        (nanos != 0).then(|| self.epoch + Duration::from_nanos(nanos))
    }

    /// Notes in `moment` when the connection writes next.
    pub(crate) fn note_next_write(&self, moment: Arc<Moment>) {
        self.unwritten.lock().unwrap_or_else(PoisonError::into_inner).push(moment);
        self.has_unwritten.store(true, Relaxed);
    }

    fn now(&self) -> u64 {
        u64::try_from(self.clock.instant().duration_since(self.epoch).as_nanos()).unwrap_or(u64::MAX)
    }

    fn wrote(&self, bytes: usize) {
        self.sent.fetch_add(bytes as u64, Relaxed);
        let now = self.now();
        if !self.first_read.is_set() {
            self.last_write.set(now);
        }
        if self.has_unwritten.swap(false, Relaxed) {
            for moment in self.unwritten.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
                moment.set(now);
            }
        }
    }

    fn read(&self, bytes: usize) {
        self.received.fetch_add(bytes as u64, Relaxed);
        if bytes > 0 && !self.first_read.is_set() {
            self.first_read.set(self.now());
        }
    }
}

/// A stream with a meter.
#[derive(Debug)]
pub(crate) struct TimedIo {
    wire: Wire,
    meter: Arc<IoMeter>,
}

impl TimedIo {
    pub(crate) fn new(wire: Wire, meter: Arc<IoMeter>) -> TimedIo {
        TimedIo { wire, meter }
    }

    fn metered(&self, result: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(bytes)) = &result {
            self.meter.wrote(*bytes);
        }
        result
    }
}

impl AsyncRead for TimedIo {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let result = match &mut self.wire {
            Wire::Plain(stream) => Pin::new(stream).poll_read(cx, buffer),
            Wire::Tls(stream) => Pin::new(stream).poll_read(cx, buffer),
        };
        if matches!(result, Poll::Ready(Ok(()))) {
            self.meter.read(buffer.filled().len() - before);
        }
        result
    }
}

impl AsyncWrite for TimedIo {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let result = match &mut self.wire {
            Wire::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Wire::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        };
        self.metered(result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = match &mut self.wire {
            Wire::Plain(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
            Wire::Tls(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
        };
        self.metered(result)
    }

    fn is_write_vectored(&self) -> bool {
        match &self.wire {
            Wire::Plain(stream) => stream.is_write_vectored(),
            Wire::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.wire {
            Wire::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Wire::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.wire {
            Wire::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Wire::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
