//! Metrics and traces for a collector, as OTLP over HTTP (version 1).

mod attributes;
mod config;
pub mod messages;
mod metrics;
mod rejected;
mod sender;
mod spans;
mod traces;
mod variables;

pub(crate) use config::Signal;
pub use config::{DEFAULT_OTLP_URL, DEFAULT_TRACE_SHARE, OtlpAsked, OtlpConfig, OtlpProtocol};
pub(crate) use metrics::push_metrics;
pub(crate) use sender::{Ending, Sender};
pub(crate) use traces::{TraceQueue, TraceTap, push_traces};
