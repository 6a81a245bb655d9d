//! What a guest may use, without any WebAssembly types: the engine binds it to the guests' imports.
//!
//! * [`Grants`]: which hosts and ports may be reached. Everything else is refused, with the flag that
//!   would allow it.
//! * [`HttpClient`]: one for each virtual user, over a common [`HttpShared`]. It sends requests, times
//!   their phases one by one, keeps the answers until the iteration ends and records a sample for
//!   every exchange.
//! * [`VuRandom`]: random numbers that (seed, scenario, iteration) fix, so that a run can be repeated.
//! * [`DataSets`]: rows of CSV, JSON and JSON Lines files, handed out by iteration.
//! * [`Debugger`]: tells who debugs a journey of each thing that a user does.
//! * [`Secrets`]: values that a journey may use, and a [`Redactor`] that keeps them out of every record.
//!
//! This crate decides neither when an iteration runs nor what a sample is good for, and it knows no
//! plugin: it is tested with plain servers on the loopback interface.
//!
//! ```
//! use outrider_capability::{Grants, parse_target};
//!
//! let target = parse_target("http://shop.test:8080")?;
//! let grants = Grants::new(Some(&target), &["*.cdn.test:443"]).expect("both are well formed");
//! assert!(grants.permits(&url::Host::parse("img.cdn.test")?, 443));
//! assert!(!grants.permits(&url::Host::parse("other.test")?, 443));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![warn(missing_docs)]

mod data;
mod debug;
mod grants;
mod http;
mod json_path;
mod random;
mod secrets;

pub use self::http::{
    Answerer, AskedRequest, Cookie, CutOff, DEFAULT_BATCH_CONCURRENCY, DEFAULT_CONNECT_TIMEOUT,
    DEFAULT_CONNECTIONS_PER_ORIGIN, DEFAULT_DNS_TTL, DEFAULT_IDLE_TIMEOUT, DEFAULT_MAX_BODY_BYTES,
    DEFAULT_MAX_DECODED_BYTES, DEFAULT_MAX_KEPT_BYTES, DEFAULT_MAX_REDIRECTS, DEFAULT_TIMEOUT, DocumentError,
    ExchangeName, HttpClient, HttpConfig, HttpError, HttpErrorKind, HttpRequest, HttpShared,
    HttpVersionPolicy, InvalidRequest, MAX_ANSWER_BYTES, MAX_DOCUMENT_BYTES, MAX_DOCUMENT_DEPTH,
    MAX_DOCUMENT_NODES, MAX_DOCUMENT_VISITS, MAX_HEADER_BYTES, MAX_JSON_BYTES, MAX_LABEL_BYTES,
    MAX_PATTERN_BYTES, MAX_RECORDED_ERROR_BYTES, MAX_RECORDED_URL_BYTES, MAX_RESPONSES, MAX_RESULT_BYTES,
    MAX_SCHEMA_BYTES, MAX_SCHEMA_FAULTS, MAX_SELECTOR_BYTES, MAX_URL_BYTES, Part, PatternError, RequestBody,
    Resolve, Response, ResponseError, ResponseId, ResponseStore, SchemaError, Scripted, ScriptedFailure,
    SystemResolver, TimeLimit, TlsSetupError, TraceMode, UserAgentChoice, route_label,
};
pub use data::{
    DEFAULT_MAX_DATA_BYTES, DataConfig, DataConfigFault, DataError, DataSets, Exhausted, Exhaustion,
    ForeignFormat, ForeignRows, RowFor, RowPolicy,
};
pub use debug::{
    DEFAULT_DEBUG_BODY_BYTES, DebugEvent, DebugListener, DebuggedSink, Debugger, FailureEvent, Found,
    Happening, JourneyCall, MAX_DEBUG_TEXT_BYTES, Question, ShownBody,
};
pub use grants::{GrantError, Grants, Refusal, TargetError, is_metadata_address, parse_target};
pub use json_path::{MAX_SEGMENTS, MAX_VISITS};
pub use random::{DrawFor, Lifecycle, MAX_RANDOM_BYTES, RandomError, VuRandom};
pub use secrets::{
    MAX_SECRET_BYTES, MIN_SECRET_BYTES, RedactingSink, Redactor, SecretConfig, SecretFault, SecretSource,
    SecretText, Secrets,
};
