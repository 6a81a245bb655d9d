//! HTTP for virtual users: hyper's connection API, measured.
//!
//! * `client`: [`HttpClient`], what the engine calls: send, batch, and the answers by id.
//! * `agent`: the user agent behind it: redirects, cookies, headers, routes and connections of a VU.
//! * `pool`, `connect`, `connection`, `timed_io`: where a connection comes from, how it carries an
//!   exchange, and what it tells of time and bytes.
//! * `exchange`, `stopwatch`: one exchange from its beginning to the sample that it leaves behind,
//!   however it ends.
//! * `answerer`: what stands in the network's place where a plugin is tested.
//! * `response`, `decode`, `extract`: what stays in the host, and how a guest asks for it.
//!
//! Nothing here is common to two VUs but the configuration, the resolved names and the compiled
//! patterns: a VU waits for its own connections only, as a browser does.
//!
//! # Connections
//!
//! The future of an HTTP/1.1 connection is polled by the task that sends the request, so that an
//! exchange needs no second task and no wake-up between two. The futures of an HTTP/2 connection run
//! in tasks of their own, which end with the connection.
//!
//! A connection that was kept alive may have been closed by the server in the meantime. If it fails
//! before a byte of the answer arrived, the request is sent once more on a new connection, provided
//! that hyper never wrote it or that its method is idempotent (RFC 9110 §9.2.2). The sample is the
//! second attempt's; the time of the first one counts as blocked.
//!
//! # Cancelling
//!
//! A request's future may be dropped at any time. The exchange under way is recorded as `interrupted`, or as failed
//! if a time limit was said to be the reason (`CutOff`), and its connection is closed (on HTTP/2: its stream is reset).

mod agent;
mod answerer;
mod body;
mod client;
mod compiled;
mod config;
mod connect;
mod connection;
mod cookies;
mod cut_off;
mod decode;
mod dns;
mod error;
mod exchange;
mod extract;
mod label;
mod pool;
mod receive;
mod redirect;
mod request;
mod response;
mod route;
mod schema;
mod shared;
mod stopwatch;
mod store;
mod timed_io;
mod tls;
mod trace;
mod user_agents;

pub use answerer::{Answerer, AskedRequest, Scripted, ScriptedFailure};
pub use body::{Part, RequestBody};
pub use client::{ExchangeName, HttpClient};
pub use config::{
    DEFAULT_BATCH_CONCURRENCY, DEFAULT_CONNECT_TIMEOUT, DEFAULT_CONNECTIONS_PER_ORIGIN, DEFAULT_DNS_TTL,
    DEFAULT_IDLE_TIMEOUT, DEFAULT_MAX_BODY_BYTES, DEFAULT_MAX_DECODED_BYTES, DEFAULT_MAX_KEPT_BYTES,
    DEFAULT_MAX_REDIRECTS, DEFAULT_TIMEOUT, HttpConfig, HttpVersionPolicy, TraceMode, UserAgentChoice,
};
pub use connection::MAX_HEADER_BYTES;
pub use cookies::Cookie;
pub use cut_off::{CutOff, TimeLimit};
pub use dns::{Resolve, SystemResolver};
pub use error::{HttpError, HttpErrorKind, InvalidRequest};
pub use exchange::{MAX_RECORDED_ERROR_BYTES, MAX_RECORDED_URL_BYTES};
pub use extract::{
    DocumentError, MAX_ANSWER_BYTES, MAX_DOCUMENT_BYTES, MAX_DOCUMENT_DEPTH, MAX_DOCUMENT_NODES,
    MAX_DOCUMENT_VISITS, MAX_JSON_BYTES, MAX_PATTERN_BYTES, MAX_RESULT_BYTES, MAX_SELECTOR_BYTES,
    PatternError,
};
pub(crate) use extract::{Inventory, MAX_COUNTED_NAMES, Markup};
pub(crate) use label::shortened;
pub use label::{MAX_LABEL_BYTES, route_label};
pub use request::HttpRequest;
pub use response::{Response, ResponseError};
pub use route::MAX_URL_BYTES;
pub use schema::{MAX_SCHEMA_BYTES, MAX_SCHEMA_FAULTS, SchemaError};
pub use shared::HttpShared;
pub use store::{MAX_RESPONSES, ResponseId, ResponseStore};
pub use tls::TlsSetupError;
