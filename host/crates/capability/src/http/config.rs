//! How HTTP is spoken in a run.

use std::time::Duration;

use outrider_model::IterationTraces;
use url::Url;

/// 60 s for a request with its redirects, k6's limit: whoever waits longer has left.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);

/// 10 s to resolve, connect and finish the TLS handshake. Linux repeats a lost SYN after 1, 3 and 7 s,
/// so three lost packets are survived.
pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// 10 redirects, as k6; browsers stop at 20.
pub const DEFAULT_MAX_REDIRECTS: u32 = 10;

/// 6 HTTP/1.1 connections to one origin, as browsers.
pub const DEFAULT_CONNECTIONS_PER_ORIGIN: usize = 6;

/// 100 requests of a batch under way at once, the number of streams that RFC 9113 §6.5.2 asks every
/// HTTP/2 server to allow. On HTTP/1.1 the connections are the limit.
pub const DEFAULT_BATCH_CONCURRENCY: usize = 100;

/// 64 MiB of one answer as it comes over the wire: far above any page, far below the memory of a
/// machine.
pub const DEFAULT_MAX_BODY_BYTES: usize = 64 * 1024 * 1024;

/// 64 MiB of one answer after decompression, so that a bomb of a few kilobytes stays one.
pub const DEFAULT_MAX_DECODED_BYTES: usize = 64 * 1024 * 1024;

/// 64 MiB for the bodies of one iteration together; beyond it the oldest are freed.
pub const DEFAULT_MAX_KEPT_BYTES: usize = 64 * 1024 * 1024;

/// 60 s, the lifetime of the records of AWS load balancers: a target that scales is followed within it.
/// The system's resolver does not tell the lifetime of its answers.
pub const DEFAULT_DNS_TTL: Duration = Duration::from_secs(60);

/// 90 s: routers and cloud NATs forget silent connections after a few minutes, without telling.
pub const DEFAULT_IDLE_TIMEOUT: Duration = Duration::from_secs(90);

/// Which version of HTTP a connection speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HttpVersionPolicy {
    /// HTTP/2 where TLS negotiates it (ALPN), else HTTP/1.1.
    #[default]
    Negotiate,
    /// HTTP/1.1 only.
    Http1,
    /// HTTP/2 only, in clear text too (prior knowledge).
    Http2,
}

/// Which exchanges share a trace id in the `traceparent` header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TraceMode {
    /// No header is sent.
    Off,
    /// Each request has its own; the redirects it follows share it.
    #[default]
    PerRequest,
    /// All requests of an iteration share one.
    PerIteration,
}

/// One of several `user-agent` headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserAgentChoice {
    /// The header's text.
    pub text: String,
    /// Its share of the VUs, relative to the others; 0 is never.
    pub weight: u32,
}

/// How HTTP is spoken in a run; the same for all virtual users but their user agent.
#[derive(Clone, Debug)]
pub struct HttpConfig {
    /// What relative URLs resolve against: the target. Defaults to none.
    pub base_url: Option<Url>,
    /// Accept every certificate. Defaults to false.
    pub insecure: bool,
    /// Certificates (DER) to trust besides the system's. Defaults to none.
    pub extra_root_certificates: Vec<Vec<u8>>,
    /// Which version is spoken.
    pub version: HttpVersionPolicy,
    /// The `user-agent` header. Defaults to `outrider/VERSION`.
    pub user_agent: String,
    /// The `user-agent` headers that the VUs share by weight, in place of `user_agent`: each VU has one
    /// for the whole run, which its number and the run's seed decide. Defaults to none.
    pub user_agents: Vec<UserAgentChoice>,
    /// The run's seed, for that choice and for the boundaries of multipart forms. Defaults to 0.
    pub seed: u64,
    /// Seeds trace ids alone: another one for each run and worker, so that a run that is repeated with its seed
    /// sends the same requests under other ids. Defaults to 0.
    pub trace_seed: u64,
    /// The `traceparent` header.
    pub trace: TraceMode,
    /// The share of the iterations whose requests ask the target to keep its traces, from 0 to 1, where all requests of an
    /// iteration share an id: see [`IterationTraces`]. Defaults to 1.
    pub trace_share: f64,
    /// Offer gzip, deflate, brotli and zstd in `accept-encoding`. Defaults to true.
    pub compression: bool,
    /// Only count the bytes of bodies and do not keep them. Defaults to false.
    pub discard_bodies: bool,
    /// Time for a request with its redirects. Defaults to [`DEFAULT_TIMEOUT`].
    pub timeout: Duration,
    /// Time to resolve the name, connect and finish the TLS handshake. Defaults to
    /// [`DEFAULT_CONNECT_TIMEOUT`].
    pub connect_timeout: Duration,
    /// Redirects that are followed; 0 hands the redirect itself to the guest. Defaults to
    /// [`DEFAULT_MAX_REDIRECTS`].
    pub max_redirects: u32,
    /// HTTP/1.1 connections of a VU to one origin; at least 1. Defaults to
    /// [`DEFAULT_CONNECTIONS_PER_ORIGIN`].
    pub connections_per_origin: usize,
    /// Requests of a batch under way at once; at least 1. Defaults to [`DEFAULT_BATCH_CONCURRENCY`].
    pub batch_concurrency: usize,
    /// Bytes of a body that is kept, as it comes. Defaults to [`DEFAULT_MAX_BODY_BYTES`].
    pub max_body_bytes: usize,
    /// Bytes of a body after decompression. Defaults to [`DEFAULT_MAX_DECODED_BYTES`].
    pub max_decoded_bytes: usize,
    /// Bytes of all bodies kept in an iteration. Defaults to [`DEFAULT_MAX_KEPT_BYTES`].
    pub max_kept_bytes: usize,
    /// How long a resolved name is used. Defaults to [`DEFAULT_DNS_TTL`].
    pub dns_ttl: Duration,
    /// How long an unused connection may be used again. Defaults to [`DEFAULT_IDLE_TIMEOUT`].
    pub idle_timeout: Duration,
}

impl HttpConfig {
    /// The traces of the run's iterations.
    pub fn iteration_traces(&self) -> IterationTraces {
        IterationTraces::new(self.trace_seed, self.trace_share)
    }
}

impl Default for HttpConfig {
    fn default() -> HttpConfig {
        HttpConfig {
            base_url: None,
            insecure: false,
            extra_root_certificates: Vec::new(),
            version: HttpVersionPolicy::default(),
            user_agent: concat!("outrider/", env!("CARGO_PKG_VERSION")).to_owned(),
            user_agents: Vec::new(),
            seed: 0,
            trace_seed: 0,
            trace: TraceMode::default(),
            trace_share: 1.0,
            compression: true,
            discard_bodies: false,
            timeout: DEFAULT_TIMEOUT,
            connect_timeout: DEFAULT_CONNECT_TIMEOUT,
            max_redirects: DEFAULT_MAX_REDIRECTS,
            connections_per_origin: DEFAULT_CONNECTIONS_PER_ORIGIN,
            batch_concurrency: DEFAULT_BATCH_CONCURRENCY,
            max_body_bytes: DEFAULT_MAX_BODY_BYTES,
            max_decoded_bytes: DEFAULT_MAX_DECODED_BYTES,
            max_kept_bytes: DEFAULT_MAX_KEPT_BYTES,
            dns_ttl: DEFAULT_DNS_TTL,
            idle_timeout: DEFAULT_IDLE_TIMEOUT,
        }
    }
}
