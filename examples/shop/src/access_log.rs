//! The access log: one JSON line per request, written by a thread of its own.
//!
//! ```text
//! {"time_ns":1767182400000000000,"method":"GET","path":"/api/products","query":"page=2","status":200,
//!  "duration_ns":20514000,"bytes":1432,"request_id":"…","traceparent":"…"}
//! ```
//!
//! `time_ns` is the request's arrival since 1970 (UTC), `duration_ns` goes from there to the answer being
//! handed to the connection, `bytes` is the answer's body. `query`, `request_id` and `traceparent` are
//! only there if the client sent them. Status 499 is a client that went away before its answer.
//!
//! Every request is in the log: where the writer falls behind by [`QUEUED_LINES`], requests wait for it.
//! Lines reach the file within [`FLUSH_AFTER`], at the end of the shop all of them.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use axum::http::{HeaderValue, Method, Uri};
use outrider_model::{RunClock, Timestamp};
use serde::Serialize;

use crate::ShopError;

/// 16,384 lines: about a second of one core's requests, some 4 MB.
const QUEUED_LINES: usize = 16_384;

/// A tenth of a second: `tail -f` feels live, and a busy log is still written in large pieces.
const FLUSH_AFTER: Duration = Duration::from_millis(100);

/// A request as the log has it. Its parts are shared with the request, nothing is copied.
#[derive(Debug)]
pub(crate) struct LogEntry {
    pub(crate) arrived_at: Timestamp,
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) status: u16,
    pub(crate) duration: Duration,
    pub(crate) body_bytes: u64,
    pub(crate) request_id: Option<HeaderValue>,
    pub(crate) traceparent: Option<HeaderValue>,
}

#[derive(Serialize)]
struct LogLine<'a> {
    time_ns: i64,
    method: &'a str,
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<&'a str>,
    status: u16,
    duration_ns: u64,
    bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    traceparent: Option<String>,
}

impl LogEntry {
    fn line(&self) -> LogLine<'_> {
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        LogLine {
            time_ns: self.arrived_at.0,
            method: self.method.as_str(),
            path: self.uri.path(),
            query: self.uri.query(),
            status: self.status,
            duration_ns: u64::try_from(self.duration.as_nanos()).unwrap_or(u64::MAX),
            bytes: self.body_bytes,
            request_id: self.request_id.as_ref().map(text),
            traceparent: self.traceparent.as_ref().map(text),
        }
    }
}

#[derive(Debug)]
enum Message {
    Entry(Box<LogEntry>),
    Close,
}

/// Where requests put their entries.
#[derive(Clone, Debug)]
pub(crate) struct AccessLog {
    sender: SyncSender<Message>,
}

impl AccessLog {
    /// Creates the file and starts its writer.
    pub(crate) fn create(path: &Path, clock: RunClock) -> Result<(AccessLog, LogWriter), ShopError> {
        let failed = |source| ShopError::CreateLog { path: path.to_owned(), source };
        let file = BufWriter::with_capacity(1 << 16, File::create(path).map_err(failed)?);
        let (sender, receiver) = sync_channel(QUEUED_LINES);
        let thread = std::thread::Builder::new()
            .name("shop access log".to_owned())
            .spawn(move || write(file, &receiver, clock))
            .map_err(failed)?;
        let log = AccessLog { sender };
        Ok((log.clone(), LogWriter { path: path.to_owned(), log, thread }))
    }

    /// Queues an entry; waits if the queue is full.
    pub(crate) fn record(&self, entry: LogEntry) {
        self.send(Message::Entry(Box::new(entry)));
    }

    fn send(&self, message: Message) {
        // Nobody receives once the writer was closed, which is after the last request.
        drop(self.sender.send(message));
    }
}

/// The writer's thread. It ends by [`LogWriter::finish`], or when the last [`AccessLog`] is dropped.
#[derive(Debug)]
pub(crate) struct LogWriter {
    path: PathBuf,
    log: AccessLog,
    thread: JoinHandle<io::Result<()>>,
}

impl LogWriter {
    /// Writes what is queued and ends the thread. Blocks until both are done.
    pub(crate) fn finish(self) -> Result<(), ShopError> {
        self.log.send(Message::Close);
        let written = self.thread.join().unwrap_or_else(|_| Err(io::Error::other("the writer panicked")));
        written.map_err(|source| ShopError::WriteLog { path: self.path, source })
    }
}

/// The thread's work: takes entries until it is closed, says the first failure at the end. After a
/// failure it goes on taking entries, so that a full disk does not stop the shop.
fn write(mut file: BufWriter<File>, receiver: &Receiver<Message>, clock: RunClock) -> io::Result<()> {
    let mut result = Ok(());
    let mut put = |entry: &LogEntry, file: &mut BufWriter<File>| {
        if result.is_ok() {
            result = write_line(file, entry);
        }
    };
    let mut open = true;
    while open && let Ok(Message::Entry(first)) = receiver.recv() {
        put(&first, &mut file);
        let flush_at = clock.instant() + FLUSH_AFTER;
        open = loop {
            match receiver.recv_timeout(flush_at.saturating_duration_since(clock.instant())) {
                Ok(Message::Entry(entry)) => put(&entry, &mut file),
                Err(RecvTimeoutError::Timeout) => break true,
                Ok(Message::Close) | Err(RecvTimeoutError::Disconnected) => break false,
            }
        };
        // A failure to flush comes back at the next write or at the end.
        drop(file.flush());
    }
    result.and_then(|()| file.flush())
}

fn write_line(file: &mut BufWriter<File>, entry: &LogEntry) -> io::Result<()> {
    serde_json::to_writer(&mut *file, &entry.line())?;
    file.write_all(b"\n")
}
