//! What a shop is started with.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use crate::FaultConfig;

/// 100,000 sessions: with a cart each they take some 50 MB, and an oldest one that is let go for a new
/// one has not been used for seconds even when every request opens a session.
pub const DEFAULT_MAX_SESSIONS: usize = 100_000;

/// Five seconds: longer than the latencies of the guides, shorter than anyone waits after Ctrl-C.
pub const DEFAULT_SHUTDOWN_GRACE: Duration = Duration::from_secs(5);

/// A shop as it is to be started. The default listens on a free port of 127.0.0.1 and answers at once.
#[derive(Clone, Debug)]
pub struct ShopConfig {
    /// Where to listen; port 0 takes a free one. Defaults to `127.0.0.1:0`.
    pub listen: SocketAddr,
    /// Latency and faults. Defaults to none.
    pub faults: FaultConfig,
    /// Seeds latencies and faults, so that they can be repeated. Defaults to 0.
    pub seed: u64,
    /// A file for one JSON line per request, replaced if it exists. Defaults to none.
    pub access_log: Option<PathBuf>,
    /// Sessions held at once; past it, a new session takes an old one's place. Defaults to
    /// [`DEFAULT_MAX_SESSIONS`].
    pub max_sessions: usize,
    /// How long requests under way may go on at the end. Defaults to [`DEFAULT_SHUTDOWN_GRACE`].
    pub shutdown_grace: Duration,
}

impl Default for ShopConfig {
    fn default() -> ShopConfig {
        ShopConfig {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            faults: FaultConfig::default(),
            seed: 0,
            access_log: None,
            max_sessions: DEFAULT_MAX_SESSIONS,
            shutdown_grace: DEFAULT_SHUTDOWN_GRACE,
        }
    }
}
