//! What the page shows: the report as data, what its charts need besides, and the words that all forms share.
//!
//! The document is internal to the page, which is built together with this program: it may change with any version.
//! `web/src/document.ts` has the same types; a test compares both with an example. Series are lists with one value for
//! each slice of time, so that an hour is as small as a minute.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::summary::Summary;
use crate::text::generator_words;

/// The version of the document that pages are built for.
pub const PAGE_VERSION: u32 = 1;

/// The document in the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PageDocument<'a> {
    /// The version of this document's layout: 1.
    pub version: u32,
    /// The version of the program that wrote it.
    pub written_by: Cow<'a, str>,
    /// What `--format json` gives.
    pub report: Cow<'a, Summary>,
    /// What charts need besides.
    pub charts: Cow<'a, Charts>,
    /// Sentences that the other forms have as well.
    pub words: PageWords,
}

impl<'a> PageDocument<'a> {
    /// The document of a run.
    pub fn new(summary: &'a Summary, charts: &'a Charts) -> PageDocument<'a> {
        PageDocument {
            version: PAGE_VERSION,
            written_by: env!("CARGO_PKG_VERSION").into(),
            report: Cow::Borrowed(summary),
            charts: Cow::Borrowed(charts),
            words: PageWords::of(summary),
        }
    }
}

/// Sentences that are made once, here, and not a second time in the page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageWords {
    /// The verdict in a word.
    pub verdict: String,
    /// What came of each threshold, in their order: `was 612 ms`.
    pub thresholds: Vec<String>,
    /// What to look at first, for each of the errors; null where the kind says it all.
    pub hints: Vec<Option<String>>,
    /// The generator.
    pub generator: ToldGenerator,
}

impl PageWords {
    fn of(summary: &Summary) -> PageWords {
        PageWords {
            verdict: summary.compose_headline().word.to_owned(),
            thresholds: summary.thresholds.iter().map(|threshold| threshold.outcome()).collect(),
            hints: summary.errors.iter().map(|error| error.hint().map(str::to_owned)).collect(),
            generator: generator_words(summary),
        }
    }
}

/// Whether the generator kept its promise, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldGenerator {
    /// The judgement: `kept its promise`.
    pub judgement: String,
    /// What speaks against it, a sentence each.
    pub problems: Vec<String>,
    /// The measured values.
    pub measured: String,
}

/// The run over time, and its slowest exchanges. There are at most 240 slices of time, 50 names of requests, 30 of
/// steps, 30 of checks, 12 kinds of errors and 15 exchanges of each name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Charts {
    /// When the first slice begins, in milliseconds after the start of the run; negative where it begins before it,
    /// since slices begin with a second of the clock.
    pub from_ms: f64,
    /// The length of a slice in milliseconds.
    pub slice_ms: f64,
    /// For each slice, how many seconds of it the load lasted: the first and the last one are seldom whole.
    pub covered_s: Vec<f64>,
    /// Iterations and users.
    pub load: LoadSeries,
    /// All requests together, those of set-up and tear-down left out.
    pub all_requests: TimedSeries,
    /// The requests with the most exchanges, by name.
    pub requests: Vec<TimedSeries>,
    /// The steps that came most often, by name.
    pub steps: Vec<TimedSeries>,
    /// The checks, those that failed most often first.
    pub checks: Vec<CheckSeries>,
    /// What failed, by kind.
    pub errors: Vec<ErrorSeries>,
    /// The machines that made the load.
    pub generator: GeneratorSeries,
    /// The slowest exchanges of each name, the slowest of all first.
    pub slowest: Vec<SlowExchange>,
}

/// Iterations and users, by slice.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LoadSeries {
    /// How many were to start, those that were dropped too.
    pub scheduled: Vec<u64>,
    /// How many started.
    pub started: Vec<u64>,
    /// How many ended without an error.
    pub completed: Vec<u64>,
    /// How many ended with an error.
    pub failed: Vec<u64>,
    /// How many were to start and were dropped.
    pub dropped: Vec<u64>,
    /// How many VUs were running an iteration, on average.
    pub users: Vec<f64>,
}

/// Requests or steps of one name, by the slice in which they ended. Null where none did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TimedSeries {
    /// The name.
    pub name: String,
    /// How many ended.
    pub count: Vec<u64>,
    /// How many of them failed.
    pub failed: Vec<u64>,
    /// Half took no longer, in milliseconds.
    pub p50_ms: Vec<Option<f64>>,
    /// 95 % took no longer, in milliseconds.
    pub p95_ms: Vec<Option<f64>>,
    /// 99 % took no longer, in milliseconds.
    pub p99_ms: Vec<Option<f64>>,
    /// 95 % took no longer from the scheduled time, in milliseconds; null where nothing was late.
    pub corrected_p95_ms: Option<Vec<Option<f64>>>,
    /// 99 % took no longer from the scheduled time, in milliseconds; null where nothing was late.
    pub corrected_p99_ms: Option<Vec<Option<f64>>>,
}

/// One check, by slice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckSeries {
    /// The assertion pack; empty for a check of the journey itself.
    pub pack: String,
    /// The check's name.
    pub name: String,
    /// How many verdicts there were.
    pub count: Vec<u64>,
    /// How many of them failed.
    pub failed: Vec<u64>,
}

/// Failures of one kind, by the slice in which they ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorSeries {
    /// Their kind, behind `iteration: ` for those that ended an iteration.
    pub kind: String,
    /// How many.
    pub count: Vec<u64>,
}

/// The machines that made the load: the highest value of any second in a slice, of any worker. Null where none was
/// measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GeneratorSeries {
    /// How busy the machine was, 0 to 1.
    pub machine_cpu: Vec<Option<f64>>,
    /// What this process used of what it may use, 0 to 1.
    pub process_cpu: Vec<Option<f64>>,
    /// What other processes used of the machine, 0 to 1.
    pub others_cpu: Vec<Option<f64>>,
    /// How late a timer of the event loop fired, in milliseconds.
    pub event_loop_lag_ms: Vec<Option<f64>>,
    /// Resident memory of a generating process, in bytes.
    pub memory_bytes: Vec<Option<f64>>,
}

/// One slow exchange.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SlowExchange {
    /// Its name.
    pub name: String,
    /// The method.
    pub method: String,
    /// The URL, bounded.
    pub url: String,
    /// The status; null if no answer came.
    pub status: Option<u16>,
    /// Whether it failed.
    pub failed: bool,
    /// The kind of its error; null if nothing went wrong.
    pub error: Option<String>,
    /// When it began, in milliseconds after the start of the run.
    pub at_ms: f64,
    /// How long it took, in milliseconds: all phases but `blocked`.
    pub duration_ms: f64,
    /// How much later it was sent than the schedule wanted, in milliseconds.
    pub lateness_ms: f64,
    /// Its phases.
    pub phases_ms: ExchangePhases,
    /// The scenario; null for set-up and tear-down.
    pub scenario: Option<String>,
    /// The step that was open; null outside steps.
    pub step: Option<String>,
    /// The VU; null for set-up and tear-down.
    pub vu: Option<u32>,
    /// The iteration; null for set-up and tear-down.
    pub iteration: Option<i64>,
    /// The protocol; null if no connection was made.
    pub protocol: Option<String>,
    /// Whether the connection had carried an exchange before.
    pub connection_reused: bool,
    /// The address and port that answered; null if none did.
    pub remote_address: Option<String>,
    /// Bytes of the answer.
    pub bytes_received: u64,
    /// The trace id that was sent; null if none was.
    pub trace_id: Option<String>,
}

/// The phases of one exchange, in milliseconds, in their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ExchangePhases {
    /// Waiting for a free connection, before the exchange began.
    pub blocked: f64,
    /// Resolving the name.
    pub dns: f64,
    /// Opening the TCP connection.
    pub connect: f64,
    /// The TLS handshake.
    pub tls: f64,
    /// Writing the request.
    pub send: f64,
    /// From then to the first byte of the answer.
    pub wait: f64,
    /// From then to its last byte.
    pub receive: f64,
}
