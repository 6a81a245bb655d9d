//! What the target remembers.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Version};
use outrider_model::{RunClock, Timestamp};

/// 100,000 requests, more than a test looks at, are some 50 MB.
const LOG_LIMIT: usize = 100_000;

/// The bodies of 1,000 requests: a test that looks at them sends few.
const BODIES: usize = 1_000;

/// 64 KiB of a body, more than the forms of tests: with [`BODIES`] at most 64 MB.
const BODY_LIMIT_BYTES: usize = 64 << 10;

/// One request as the target saw it.
#[derive(Clone, Debug)]
pub struct TargetRequest {
    /// Its number, from 0, in the order of arriving.
    pub number: u64,
    /// When its head had arrived.
    pub arrived_at: Timestamp,
    /// When its answer was ready to be sent, or the connection ready to be broken; `None` as long as it waits.
    pub answered_at: Option<Timestamp>,
    /// The connection's number, from 1, in the order of accepting: a connection that was kept shows twice.
    pub connection: u64,
    /// The method.
    pub method: Method,
    /// The path, without the query.
    pub path: String,
    /// The query, if there was one.
    pub query: Option<String>,
    /// The version of HTTP.
    pub version: Version,
    /// The headers.
    pub headers: HeaderMap,
    /// The size of the body, in bytes.
    pub body_bytes: usize,
    /// The first 64 KiB of the body; empty past the log's first 1,000 requests.
    pub body: Bytes,
    /// The status it was answered with; `None` if it got no answer.
    pub status: Option<u16>,
}

impl TargetRequest {
    /// A header's value as text, empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// How long the target took: from the head's arrival until the answer was ready.
    pub fn service_time(&self) -> Option<Duration> {
        Some(self.answered_at?.since(self.arrived_at))
    }

    /// The trace id of its `traceparent`, empty if there is none.
    pub fn trace_id(&self) -> &str {
        // 00-<trace id>-<span id>-<flags>, W3C Trace Context §3.2.
        self.header("traceparent").split('-').nth(1).unwrap_or_default()
    }
}

/// What is kept of a body. A copy where it is cut: a slice would hold on to the rest.
pub(super) fn kept(body: &Bytes) -> Bytes {
    match body.get(..BODY_LIMIT_BYTES) {
        Some(first) => Bytes::copy_from_slice(first),
        None => body.clone(),
    }
}

/// Counts and log of a target. Past [`LOG_LIMIT`], requests and new paths are only counted in total.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) clock: RunClock,
    connections: AtomicU64,
    open: Arc<Open>,
    total: AtomicU64,
    by_path: Mutex<HashMap<String, u64>>,
    log: Mutex<Vec<TargetRequest>>,
    /// What has arrived and is not answered, by number. What a client gave up stays.
    unanswered: Mutex<BTreeMap<u64, TargetRequest>>,
}

/// How many connections are open, and a word when one has ended.
#[derive(Debug, Default)]
struct Open {
    count: Mutex<u64>,
    ended: Condvar,
}

/// A connection for as long as it lasts.
#[derive(Debug)]
pub(super) struct OpenConnection(Arc<Open>);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        *lock(&self.0.count) -= 1;
        self.0.ended.notify_all();
    }
}

impl Record {
    pub(super) fn new() -> Record {
        Record {
            clock: RunClock::start_now(),
            connections: AtomicU64::new(0),
            open: Arc::default(),
            total: AtomicU64::new(0),
            by_path: Mutex::default(),
            log: Mutex::default(),
            unanswered: Mutex::default(),
        }
    }

    /// Counts a connection; gives its number, and what is to be dropped when it ends.
    pub(super) fn connection(&self) -> (u64, OpenConnection) {
        *lock(&self.open.count) += 1;
        (self.connections.fetch_add(1, Ordering::SeqCst) + 1, OpenConnection(Arc::clone(&self.open)))
    }

    pub(super) fn wait_until_alone(&self, limit: Duration) {
        let count = lock(&self.open.count);
        let waited = self.open.ended.wait_timeout_while(count, limit, |count| *count > 0);
        let (count, _) = waited.unwrap_or_else(PoisonError::into_inner);
        assert_eq!(*count, 0, "connections are still open after {limit:?}");
    }

    /// Counts a request that has arrived, and gives its number.
    pub(super) fn arrival(&self, path: &str) -> u64 {
        let number = self.total.fetch_add(1, Ordering::SeqCst);
        let mut by_path = lock(&self.by_path);
        if let Some(count) = by_path.get_mut(path) {
            *count += 1;
        } else if by_path.len() < LOG_LIMIT {
            by_path.insert(path.to_owned(), 1);
        }
        number
    }

    /// Keeps a request that has arrived whole until it is answered.
    pub(super) fn wait(&self, request: &TargetRequest) {
        let mut unanswered = lock(&self.unanswered);
        if unanswered.len() < LOG_LIMIT {
            unanswered.insert(request.number, TargetRequest { body: Bytes::new(), ..request.clone() });
        }
    }

    /// Logs a request that is about to be answered or let down.
    pub(super) fn answer(&self, mut request: TargetRequest) {
        lock(&self.unanswered).remove(&request.number);
        request.answered_at = Some(self.clock.now());
        let mut log = lock(&self.log);
        if log.len() >= BODIES {
            request.body = Bytes::new();
        }
        if log.len() < LOG_LIMIT {
            log.push(request);
        }
    }

    pub(super) fn connections(&self) -> u64 {
        self.connections.load(Ordering::SeqCst)
    }

    pub(super) fn total_requests(&self) -> u64 {
        self.total.load(Ordering::SeqCst)
    }

    pub(super) fn requests(&self, path: &str) -> u64 {
        lock(&self.by_path).get(path).copied().unwrap_or(0)
    }

    pub(super) fn log(&self) -> Vec<TargetRequest> {
        lock(&self.log).clone()
    }

    pub(super) fn unanswered(&self) -> Vec<TargetRequest> {
        lock(&self.unanswered).values().cloned().collect()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
