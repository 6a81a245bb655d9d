//! What is told of a run while it goes on: metrics for Prometheus, metrics and traces over OTLP, rows as JSON lines.
//!
//! ```text
//! batcher's thread ─┬─ each sample ──► Registry ◄── read ── thread `outrider-export`: Prometheus endpoint, OTLP metrics
//!                   ├─ samples of chosen iterations ── bounded ──► the same thread: spans, OTLP traces
//!                   └─ each batch of rows ── bounded ──► thread `outrider-jsonl`: a file, or standard output
//! ```
//!
//! * [`ExportConfig`]: what is asked for; [`OtlpConfig::new`] reads what OpenTelemetry's variables of the environment say.
//! * [`Exports`]: what is open for a run. It gives the batcher a tap and a [`Tee`], and [`Exports::finish`] says what did
//!   not get where it should.
//! * [`LastScrape`]: whoever has asked for metrics during the run may do so once more after it.
//!
//! Nothing here is in the way of the load: users neither wait nor pay for it. The batcher counts into the registry, which
//! takes some hundred nanoseconds a sample and is done only where metrics are exported; what goes further is
//! queued, and dropped and counted where a queue is full. What is exported has the names and the bounds of the rows, and no
//! secrets (INV-11).
//!
//! This crate decides nothing about a run, and prints nothing.
//!
//! ```
//! use outrider_export::PrometheusConfig;
//! assert_eq!(PrometheusConfig::parse("9464").unwrap().address(), "127.0.0.1:9464");
//! ```
#![warn(missing_docs)]

mod config;
mod error;
mod exports;
mod jsonl;
mod metrics;
mod network;
mod otlp;
mod prometheus;
#[cfg(test)]
mod test_run;

pub use config::{
    DEFAULT_LINGER, DEFAULT_PROMETHEUS_ADDRESS, ExportConfig, JsonlTarget, PrometheusConfig, RunIdentity,
    Stream,
};
pub use error::ExportError;
pub use exports::{Exports, Opening};
pub use jsonl::{Tee, jsonl_schema};
pub use otlp::messages;
pub use otlp::{DEFAULT_OTLP_URL, DEFAULT_TRACE_SHARE, OtlpAsked, OtlpConfig, OtlpProtocol};
pub use prometheus::LastScrape;
