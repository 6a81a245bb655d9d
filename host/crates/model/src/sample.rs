//! What was measured. One variant of [`Sample`] for each table of the dataset.

use std::sync::Arc;
use std::time::Duration;

use crate::{Bottleneck, FailureCause, IterationIndex, IterationStatus, Timestamp, VuId};

/// Tags of a sample: pairs of key and value, sorted by key, few.
pub type Tags = Arc<[(Arc<str>, Arc<str>)]>;

/// Where a sample comes from: the columns that all tables share.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The scenario's name.
    pub scenario: Arc<str>,
    /// The virtual user.
    pub vu: VuId,
    /// The iteration, by its index in the scenario.
    pub iteration: IterationIndex,
    /// The innermost step that was open, if any.
    pub step: Option<Arc<str>>,
    /// Tags that the journey set for the rest of this iteration.
    pub tags: Tags,
}

/// One iteration, from its scheduled time to its end. Dropped ones too: they have no duration.
#[derive(Clone, Debug)]
pub struct IterationSample {
    /// The scenario's name.
    pub scenario: Arc<str>,
    /// The scenario's tags. Those that the journey sets are in the rows of what it does.
    pub tags: Tags,
    /// The VU; `None` for a dropped iteration.
    pub vu: Option<VuId>,
    /// Its index in the scenario.
    pub iteration: IterationIndex,
    /// When it should have started: fixed by its index in the open model, equal to `started_at` in
    /// the closed one.
    pub scheduled_at: Timestamp,
    /// When it started; for a dropped one, its scheduled time.
    pub started_at: Timestamp,
    /// What of the time between the two it waited because every VU that it may have was busy. The rest is the
    /// generator's: a timer, a busy machine, a VU that was being made.
    pub waited: Duration,
    /// How long it ran, without the time in which assertion packs judged it.
    pub duration: Duration,
    /// How it ended.
    pub status: IterationStatus,
    /// Whose fault, if it failed.
    pub cause: Option<FailureCause>,
    /// A short stable name of the failure's kind, for grouping.
    pub error_kind: Option<Arc<str>>,
    /// What happened, if it failed.
    pub error: Option<Arc<str>>,
    /// Where in the author's source it failed: the innermost frame first, one a line. Shared with the
    /// [`IterationFailure`](crate::IterationFailure) that it comes from.
    pub stack: Option<Arc<str>>,
}

impl IterationSample {
    /// How late it started.
    pub fn lateness(&self) -> Duration {
        self.started_at.since(self.scheduled_at)
    }

    /// From its scheduled time to its end: what a user who came at that time waited.
    pub fn corrected_duration(&self) -> Duration {
        self.lateness() + self.duration
    }
}

/// A named part of an iteration, as the journey marked it.
#[derive(Clone, Debug)]
pub struct StepSample {
    /// Where it comes from; `origin.step` is the enclosing step.
    pub origin: Origin,
    /// The step's name.
    pub name: Arc<str>,
    /// When it began.
    pub started_at: Timestamp,
    /// How long it took, think time within it included, the time of assertion packs not.
    pub duration: Duration,
    /// Whether the journey ended it without an error.
    pub ok: bool,
    /// The end of the run, or of a ramp's place for its VU, ended it: it neither went well nor failed.
    pub interrupted: bool,
    /// The journey's error.
    pub error: Option<Arc<str>>,
}

/// The phases of an exchange. They follow one another; a phase that did not happen is zero. Their sum
/// is the exchange's duration without `blocked`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Phases {
    /// Waiting for a free connection of this VU, before anything else. Not part of the duration.
    pub blocked: Duration,
    /// Resolving the name.
    pub dns: Duration,
    /// Opening the TCP connection.
    pub connect: Duration,
    /// The TLS handshake.
    pub tls: Duration,
    /// Until the last byte of the request was written.
    pub send: Duration,
    /// From then to the first byte of the answer.
    pub wait: Duration,
    /// From then to its last byte.
    pub receive: Duration,
}

/// One HTTP exchange. A redirect that was followed is an exchange of its own.
#[derive(Clone, Debug)]
pub struct RequestSample {
    /// Where it comes from.
    pub origin: Origin,
    /// The label: what the journey named it, else its route with ids replaced.
    pub name: Arc<str>,
    /// The method, upper case.
    pub method: Arc<str>,
    /// The URL, without user, password and fragment; at most 2,048 bytes of it.
    pub url: Arc<str>,
    /// The status code; `None` if no answer arrived.
    pub status: Option<u16>,
    /// `HTTP/1.1` or `HTTP/2`; `None` if no connection was made.
    pub protocol: Option<&'static str>,
    /// When the exchange began, after `phases.blocked`.
    pub started_at: Timestamp,
    /// From there to the last byte of the answer, or to the error.
    pub duration: Duration,
    /// The parts of the duration.
    pub phases: Phases,
    /// How much later it was sent than the schedule wanted: how late its iteration started, if it is the first
    /// exchange of it (or one of its first batch), else zero. The later ones are due when the one before them has
    /// been answered.
    pub lateness: Duration,
    /// Bytes written: request line, headers and body, before TLS.
    pub bytes_sent: u64,
    /// Bytes read: status line, headers and body as they came, before TLS and decompression.
    pub bytes_received: u64,
    /// Whether the connection had carried an exchange before.
    pub connection_reused: bool,
    /// The address that answered.
    pub remote_address: Option<std::net::SocketAddr>,
    /// An answer arrived, and its status is below 400.
    pub ok: bool,
    /// Its iteration ended while it was under way, and not because the journey had waited too long for it: the run
    /// was over, or the journey went on without the answer. Neither answered nor failed; `ok` is false.
    pub interrupted: bool,
    /// A short stable name of the error, for grouping: `connection refused`, `timeout`, `status 503`, …
    pub error_kind: Option<Arc<str>>,
    /// What happened, if no answer arrived.
    pub error: Option<Arc<str>>,
    /// The trace id that was sent as W3C `traceparent`, 32 hexadecimal digits.
    pub trace_id: Option<Arc<str>>,
    /// The id of its span, which was sent with it; `None` if none was, or the journey sent its own.
    pub span_id: Option<u64>,
}

impl RequestSample {
    /// From the time at which the schedule wanted it to its end.
    pub fn corrected_duration(&self) -> Duration {
        self.lateness + self.duration
    }
}

/// One verdict of a journey or of an assertion pack.
#[derive(Clone, Debug)]
pub struct CheckSample {
    /// Where it comes from.
    pub origin: Origin,
    /// The pack's name; empty for a check of the journey itself.
    pub pack: Arc<str>,
    /// The check's name.
    pub name: Arc<str>,
    /// When it was made.
    pub at: Timestamp,
    /// Whether what it asserts holds.
    pub passed: bool,
    /// What was expected, if said.
    pub expected: Option<Arc<str>>,
    /// What was found, if said.
    pub actual: Option<Arc<str>>,
    /// More words, if said.
    pub message: Option<Arc<str>>,
    /// Where in the plugin's source it stands, if it failed and the plugin says so: `src/lib.rs:12:5`.
    pub source_location: Option<Arc<str>>,
}

/// The four kinds of custom metric, with k6's meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MetricKind {
    /// Values are added up.
    Counter,
    /// The last value counts.
    Gauge,
    /// Values are 0 or 1; the share of ones counts.
    Rate,
    /// Values are a distribution.
    Trend,
}

impl MetricKind {
    /// The kind as rows and reports spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            MetricKind::Counter => "counter",
            MetricKind::Gauge => "gauge",
            MetricKind::Rate => "rate",
            MetricKind::Trend => "trend",
        }
    }
}

/// One value of a custom metric.
#[derive(Clone, Debug)]
pub struct MetricSample {
    /// Where it comes from.
    pub origin: Origin,
    /// The metric's name.
    pub name: Arc<str>,
    /// Its kind.
    pub kind: MetricKind,
    /// When.
    pub at: Timestamp,
    /// The value, in the unit the journey chose.
    pub value: f64,
}

/// How much a log line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogLevel {
    /// For the author.
    Debug,
    /// Worth knowing.
    Info,
    /// Something odd.
    Warn,
    /// Something failed.
    Error,
}

impl LogLevel {
    /// The level as rows and reports spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            LogLevel::Debug => "debug",
            LogLevel::Info => "info",
            LogLevel::Warn => "warn",
            LogLevel::Error => "error",
        }
    }
}

/// One line that a guest logged or printed.
#[derive(Clone, Debug)]
pub struct LogSample {
    /// Where it comes from; `None` for set-up and tear-down.
    pub origin: Option<Origin>,
    /// `log`, `stdout`, `stderr` or `host`.
    pub source: &'static str,
    /// The level; captured output is `info` (stdout) or `warn` (stderr).
    pub level: LogLevel,
    /// When.
    pub at: Timestamp,
    /// The line, bounded, control characters removed.
    pub message: Arc<str>,
}

/// The generator's own health, once a second.
#[derive(Clone, Debug, Default)]
pub struct SystemSample {
    /// When.
    pub at: Timestamp,
    /// CPU time of this process in the last interval, as a share of all cores it may use: 0 to 1.
    pub process_cpu: f64,
    /// CPU time of the whole machine that was not idle, as a share of all cores: 0 to 1.
    pub machine_cpu: f64,
    /// The part of `machine_cpu` that other processes used: 0 to 1. `None` where the system does not tell.
    pub others_cpu: Option<f64>,
    /// Resident memory of this process, in bytes.
    pub memory_bytes: u64,
    /// How late a timer of the event loop fired, at worst in the interval.
    pub event_loop_lag: Duration,
    /// Samples waiting to be written.
    pub queued_samples: u64,
    /// Samples lost since the start because the queue was full.
    pub lost_samples: u64,
    /// VUs that were running an iteration.
    pub active_vus: u32,
    /// VUs that exist.
    pub initialized_vus: u32,
    /// Open file descriptors of this process.
    pub open_files: u64,
    /// How many it may have. `None` without a limit, or where the system does not tell; so with the others.
    pub open_files_limit: Option<u64>,
    /// The memory of the machine, or what this process may use if that is less, in bytes.
    pub memory_limit_bytes: Option<u64>,
    /// What of it is left, caches that can be given up included, in bytes.
    pub memory_available_bytes: Option<u64>,
    /// TCP sockets of the machine that keep their port for a while after their end.
    pub time_wait_sockets: Option<u64>,
    /// Ports of the machine for outgoing connections to one address.
    pub local_ports: Option<u64>,
    /// Iterations that started in the interval.
    pub started_iterations: u64,
    /// Those of them that started late by the generator's own fault.
    pub late_starts: u64,
    /// What held the generator up in the interval, by [`Bottleneck::of`].
    pub bottleneck: Option<Bottleneck>,
}

/// A measurement on its way to the dataset.
#[derive(Clone, Debug)]
pub enum Sample {
    /// A row of `iterations`.
    Iteration(IterationSample),
    /// A row of `steps`.
    Step(StepSample),
    /// A row of `requests`.
    Request(Box<RequestSample>),
    /// A row of `checks`.
    Check(CheckSample),
    /// A row of `metrics`.
    Metric(MetricSample),
    /// A row of `logs`.
    Log(LogSample),
    /// A row of `system`.
    System(Box<SystemSample>),
}

/// Takes samples from the hot path.
pub trait SampleSink: Send + Sync + std::fmt::Debug {
    /// Records one sample. Called from every VU's task, concurrently, very often. Must not block and
    /// must not grow without bound: a sample that finds the queue full is dropped and counted, and the
    /// count ends up in the manifest.
    fn record(&self, sample: Sample);
}
