//! The slowest exchanges of each name, with their phases.

use std::collections::HashSet;

use arrow::array::{
    Array, BooleanArray, Int64Array, StringArray, TimestampNanosecondArray, UInt16Array, UInt32Array,
};
use arrow::datatypes::Int64Type;
use outrider_telemetry::OTHER_NAME;

use crate::ReportError;
use crate::html::{ExchangePhases, SlowExchange};
use crate::read::columns::{Rows, Slots, Words, cut_text, ms, text_of, whole};

/// The columns that are read; files of earlier versions lack some.
pub(super) const COLUMNS: &[&str] = &[
    "scenario",
    "vu",
    "iteration",
    "step",
    "started_at",
    "duration_ns",
    "ok",
    "name",
    "method",
    "url",
    "status",
    "protocol",
    "blocked_ns",
    "dns_ns",
    "connect_ns",
    "tls_ns",
    "send_ns",
    "wait_ns",
    "receive_ns",
    "lateness_ns",
    "bytes_received",
    "connection_reused",
    "remote_address",
    "error_kind",
    "trace_id",
    "interrupted",
];

/// Fifteen of each name: more bars than anybody compares.
pub(super) const MOST_OF_A_NAME: usize = 15;

/// Three hundred bytes of a URL: what tells it from its neighbours.
const MAX_URL_BYTES: usize = 300;

/// The slowest of one name, the slowest first.
#[derive(Debug, Default)]
struct Top(Vec<(i64, SlowExchange)>);

impl Top {
    fn has_room_for(&self, duration_ns: i64) -> bool {
        self.0.len() < MOST_OF_A_NAME || self.0.last().is_some_and(|(least, _)| duration_ns > *least)
    }

    fn add(&mut self, duration_ns: i64, exchange: SlowExchange) {
        let place = self.0.partition_point(|(known, _)| *known >= duration_ns);
        self.0.insert(place, (duration_ns, exchange));
        self.0.truncate(MOST_OF_A_NAME);
    }
}

/// The slowest of all names: of each that is charted, and of all others together.
#[derive(Debug, Default)]
pub(super) struct Slowest {
    charted: HashSet<String>,
    names: Slots<Top>,
}

impl Slowest {
    pub(super) fn new(charted: impl IntoIterator<Item = String>) -> Slowest {
        Slowest { charted: charted.into_iter().collect(), names: Slots::default() }
    }

    /// Takes a batch of requests. Those that were interrupted have no full duration.
    pub(super) fn add(&mut self, rows: Rows<'_>, run_start: i64) -> Result<(), ReportError> {
        let slots = rows.words("name")?.resolve(|name| self.slot(name));
        let durations = rows.numbers::<Int64Type>("duration_ns")?;
        let interrupted = rows.interrupted()?;
        let columns = Columns::of(rows, run_start)?;
        for row in (0..rows.len()).filter(|row| !interrupted(*row)) {
            let Some(slot) = slots.get(row) else { continue };
            let (_, top) = &mut self.names.slots[slot];
            if top.has_room_for(durations.value(row)) {
                top.add(durations.value(row), columns.exchange(row));
            }
        }
        Ok(())
    }

    fn slot(&mut self, name: &str) -> usize {
        self.names.slot(if self.charted.contains(name) { name } else { OTHER_NAME })
    }

    /// All of them, the slowest first.
    pub(super) fn finish(self) -> Vec<SlowExchange> {
        let mut all: Vec<(i64, SlowExchange)> =
            self.names.slots.into_iter().flat_map(|(_, top)| top.0).collect();
        all.sort_by_key(|(duration_ns, _)| std::cmp::Reverse(*duration_ns));
        all.into_iter().map(|(_, exchange)| exchange).collect()
    }
}

/// The columns of a batch of requests. What files of earlier versions lack is optional.
struct Columns<'a> {
    run_start: i64,
    name: Words<'a>,
    method: Words<'a>,
    url: &'a StringArray,
    status: &'a UInt16Array,
    ok: &'a BooleanArray,
    error_kind: Words<'a>,
    started_at: &'a TimestampNanosecondArray,
    duration: &'a Int64Array,
    lateness: Option<&'a Int64Array>,
    phases: [&'a Int64Array; 7],
    scenario: Words<'a>,
    step: Words<'a>,
    vu: &'a UInt32Array,
    iteration: &'a Int64Array,
    protocol: Words<'a>,
    connection_reused: &'a BooleanArray,
    remote_address: Option<Words<'a>>,
    bytes_received: &'a Int64Array,
    trace_id: Option<&'a StringArray>,
}

impl<'a> Columns<'a> {
    fn of(rows: Rows<'a>, run_start: i64) -> Result<Columns<'a>, ReportError> {
        let whole_numbers = |name| rows.numbers::<Int64Type>(name);
        Ok(Columns {
            run_start,
            name: rows.words("name")?,
            method: rows.words("method")?,
            url: rows.text("url")?,
            status: rows.numbers("status")?,
            ok: rows.flags("ok")?,
            error_kind: rows.words("error_kind")?,
            started_at: rows.numbers("started_at")?,
            duration: whole_numbers("duration_ns")?,
            lateness: rows.numbers_if_any::<Int64Type>("lateness_ns")?,
            phases: [
                whole_numbers("blocked_ns")?,
                whole_numbers("dns_ns")?,
                whole_numbers("connect_ns")?,
                whole_numbers("tls_ns")?,
                whole_numbers("send_ns")?,
                whole_numbers("wait_ns")?,
                whole_numbers("receive_ns")?,
            ],
            scenario: rows.words("scenario")?,
            step: rows.words("step")?,
            vu: rows.numbers("vu")?,
            iteration: whole_numbers("iteration")?,
            protocol: rows.words("protocol")?,
            connection_reused: rows.flags("connection_reused")?,
            remote_address: rows.words_if_any("remote_address")?,
            bytes_received: whole_numbers("bytes_received")?,
            trace_id: rows.text_if_any("trace_id")?,
        })
    }

    fn exchange(&self, row: usize) -> SlowExchange {
        let word = |words: &Words<'_>| words.get(row).map(str::to_owned);
        let length_ms = |lengths: &Int64Array| ms(whole(lengths.value(row)) as f64);
        SlowExchange {
            name: self.name.word(row).to_owned(),
            method: self.method.word(row).to_owned(),
            url: cut_text(self.url.value(row), MAX_URL_BYTES),
            status: self.status.is_valid(row).then(|| self.status.value(row)),
            failed: self.ok.is_null(row) || !self.ok.value(row),
            error: word(&self.error_kind),
            at_ms: ms(self.started_at.value(row).saturating_sub(self.run_start) as f64),
            duration_ms: length_ms(self.duration),
            lateness_ms: self.lateness.map_or(0.0, length_ms),
            phases_ms: self.phases(row),
            scenario: word(&self.scenario),
            step: word(&self.step),
            vu: self.vu.is_valid(row).then(|| self.vu.value(row)),
            iteration: self.iteration.is_valid(row).then(|| self.iteration.value(row)),
            protocol: word(&self.protocol),
            connection_reused: self.connection_reused.value(row),
            remote_address: self.remote_address.as_ref().and_then(word),
            bytes_received: whole(self.bytes_received.value(row)),
            trace_id: self.trace_id.and_then(|ids| text_of(ids, row)).map(str::to_owned),
        }
    }

    fn phases(&self, row: usize) -> ExchangePhases {
        let [blocked, dns, connect, tls, send, wait, receive] =
            self.phases.map(|phase| ms(whole(phase.value(row)) as f64));
        ExchangePhases { blocked, dns, connect, tls, send, wait, receive }
    }
}
