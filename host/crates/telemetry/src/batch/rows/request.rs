//! Rows of `requests`, the table with the most rows and columns.

use std::net::SocketAddr;

use arrow::array::{ArrayRef, BooleanBuilder, Int64Builder, StringBuilder, UInt16Builder};
use hashbrown::HashMap;
use outrider_model::{Phases, RequestSample};

use super::super::TableRows;
use super::super::columns::{self, TakeRows};
use super::super::journey::{JourneyColumns, JourneyRow};
use super::super::words::WordBuilder;
use super::table_rows;

/// Addresses whose text is kept: a target behind a load balancer has a handful, and past the bound
/// they are only written anew.
const KEPT_ADDRESSES: usize = 256;

/// Rows of `requests`.
pub(in crate::batch) struct RequestRows {
    journey: JourneyColumns,
    name: WordBuilder,
    method: WordBuilder,
    url: StringBuilder,
    status: UInt16Builder,
    protocol: WordBuilder,
    blocked_ns: Int64Builder,
    dns_ns: Int64Builder,
    connect_ns: Int64Builder,
    tls_ns: Int64Builder,
    send_ns: Int64Builder,
    wait_ns: Int64Builder,
    receive_ns: Int64Builder,
    lateness_ns: Int64Builder,
    bytes_sent: Int64Builder,
    bytes_received: Int64Builder,
    connection_reused: BooleanBuilder,
    remote_address: WordBuilder,
    error_kind: WordBuilder,
    trace_id: StringBuilder,
    interrupted: BooleanBuilder,
    addresses: HashMap<SocketAddr, String>,
}

table_rows!(
    RequestRows: name, method, url, status, protocol, blocked_ns, dns_ns, connect_ns, tls_ns, send_ns,
    wait_ns, receive_ns, lateness_ns, bytes_sent, bytes_received, connection_reused, remote_address, error_kind,
    trace_id, interrupted,
);

impl RequestRows {
    pub(in crate::batch) fn new() -> RequestRows {
        RequestRows {
            journey: JourneyColumns::new(),
            name: WordBuilder::new(),
            method: WordBuilder::new(),
            url: StringBuilder::new(),
            status: UInt16Builder::new(),
            protocol: WordBuilder::new(),
            blocked_ns: Int64Builder::new(),
            dns_ns: Int64Builder::new(),
            connect_ns: Int64Builder::new(),
            tls_ns: Int64Builder::new(),
            send_ns: Int64Builder::new(),
            wait_ns: Int64Builder::new(),
            receive_ns: Int64Builder::new(),
            lateness_ns: Int64Builder::new(),
            bytes_sent: Int64Builder::new(),
            bytes_received: Int64Builder::new(),
            connection_reused: BooleanBuilder::new(),
            remote_address: WordBuilder::new(),
            error_kind: WordBuilder::new(),
            trace_id: StringBuilder::new(),
            interrupted: BooleanBuilder::new(),
            addresses: HashMap::new(),
        }
    }

    pub(in crate::batch) fn append(&mut self, sample: &RequestSample) {
        self.journey.append(&JourneyRow {
            duration: Some(sample.duration),
            ok: (!sample.interrupted).then_some(sample.ok),
            error: sample.error.as_deref(),
            ..JourneyRow::of(Some(&sample.origin), sample.started_at)
        });
        self.name.append_value(&sample.name);
        self.method.append_value(&sample.method);
        self.status.append_option(sample.status);
        self.protocol.append_option(sample.protocol);
        self.append_phases(&sample.phases);
        columns::append_duration(&mut self.lateness_ns, sample.lateness);
        self.bytes_sent.append_value(columns::signed(sample.bytes_sent));
        self.bytes_received.append_value(columns::signed(sample.bytes_received));
        self.connection_reused.append_value(sample.connection_reused);
        self.append_address(sample.remote_address);
        self.error_kind.append_option(sample.error_kind.as_deref());
        self.interrupted.append_value(sample.interrupted);
        let bytes = columns::append_text(&mut self.url, Some(&sample.url))
            + columns::append_text(&mut self.trace_id, sample.trace_id.as_deref());
        self.journey.add_text_bytes(bytes);
    }

    fn append_phases(&mut self, phases: &Phases) {
        columns::append_duration(&mut self.blocked_ns, phases.blocked);
        columns::append_duration(&mut self.dns_ns, phases.dns);
        columns::append_duration(&mut self.connect_ns, phases.connect);
        columns::append_duration(&mut self.tls_ns, phases.tls);
        columns::append_duration(&mut self.send_ns, phases.send);
        columns::append_duration(&mut self.wait_ns, phases.wait);
        columns::append_duration(&mut self.receive_ns, phases.receive);
    }

    fn append_address(&mut self, address: Option<SocketAddr>) {
        let Some(address) = address else {
            return self.remote_address.append_null();
        };
        if self.addresses.len() >= KEPT_ADDRESSES && !self.addresses.contains_key(&address) {
            self.addresses.clear();
        }
        let text = self.addresses.entry(address).or_insert_with(|| address.to_string());
        self.remote_address.append_value(text);
    }
}
