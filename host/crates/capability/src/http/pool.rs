//! The connections of one virtual user to one origin.
//!
//! ```text
//!              HTTP/1.1 known          a slot ──► idle connection, else a new one
//! a request ──►
//!              unknown or HTTP/2       open HTTP/2 connection, else: one opens, the others wait
//! ```
//!
//! While the version is unknown, one request opens the first connection: if it turns out to speak
//! HTTP/2, the others share it, as in browsers.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use outrider_model::BoxFuture;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use super::HttpError;
use super::config::{HttpConfig, HttpVersionPolicy};
use super::connect::Connector;
use super::connection::{Connection, Http1Connection, Http2Connection};
use super::exchange::Exchange;
use super::route::Endpoint;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    Http1,
    Http2,
}

/// The connections of one virtual user to one origin.
#[derive(Debug)]
pub(crate) struct OriginPool {
    pub(crate) endpoint: Endpoint,
    /// One for each HTTP/1.1 exchange that may be under way.
    slots: Semaphore,
    /// Held by whoever opens a connection that others may be able to share.
    opening: tokio::sync::Mutex<()>,
    idle_timeout: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    version: Option<Version>,
    /// The one given back last is at the end, and is used first.
    #[expect(clippy::vec_box, reason = "a connection is large, and goes to its exchange and back each time")]
    idle: Vec<Box<Http1Connection>>,
    multiplexed: Option<Http2Connection>,
}

/// A connection for one exchange. Dropping it closes an HTTP/1.1 connection.
#[derive(Debug)]
pub(crate) enum Lease<'a> {
    Http1(Box<Http1Connection>, SemaphorePermit<'a>),
    Http2(Http2Connection),
}

impl OriginPool {
    pub(crate) fn new(endpoint: Endpoint, config: &HttpConfig) -> OriginPool {
        let version = match config.version {
            HttpVersionPolicy::Http1 => Some(Version::Http1),
            HttpVersionPolicy::Http2 => Some(Version::Http2),
            HttpVersionPolicy::Negotiate => (!endpoint.secure).then_some(Version::Http1),
        };
        OriginPool {
            endpoint,
            slots: Semaphore::new(config.connections_per_origin.max(1)),
            opening: tokio::sync::Mutex::default(),
            idle_timeout: config.idle_timeout,
            state: Mutex::new(State { version, ..State::default() }),
        }
    }

    /// A connection for `exchange`, which is told of the wait and of the phases of a new connection.
    pub(crate) async fn lease(
        &self,
        connector: &Connector<'_>,
        exchange: &mut Exchange<'_>,
    ) -> Result<Lease<'_>, HttpError> {
        if self.version() == Some(Version::Http1) {
            return self.lease_http1(connector, exchange).await;
        }
        if let Some(shared) = self.multiplexed() {
            exchange.begin_on(shared.facts(), false);
            return Ok(Lease::Http2(shared));
        }
        let (opening, waited) = match self.opening.try_lock() {
            Ok(opening) => (opening, false),
            Err(_) => (self.opening.lock().await, true),
        };
        // Whoever held the lock before has found out.
        if self.version() == Some(Version::Http1) {
            drop(opening);
            return self.lease_http1(connector, exchange).await;
        }
        if let Some(shared) = self.multiplexed() {
            exchange.begin_on(shared.facts(), waited);
            return Ok(Lease::Http2(shared));
        }
        exchange.begin(waited);
        let opened = open_boxed(connector, &self.endpoint, exchange).await?;
        self.lease_opened(opened, None).await
    }

    /// Takes an HTTP/1.1 connection back, if it can carry another exchange.
    pub(crate) async fn give_back(&self, mut connection: Box<Http1Connection>, now: Instant) {
        if connection.is_ready().await {
            connection.idle_since = now;
            self.state().idle.push(connection);
        }
    }

    /// Forgets all connections that could be used again: one of them turned out to be dead, so the
    /// others will be.
    pub(crate) fn forget_open(&self) {
        let mut state = self.state();
        state.idle.clear();
        state.multiplexed = None;
    }

    async fn lease_http1(
        &self,
        connector: &Connector<'_>,
        exchange: &mut Exchange<'_>,
    ) -> Result<Lease<'_>, HttpError> {
        let (slot, waited) = match self.slots.try_acquire() {
            Ok(slot) => (slot, false),
            Err(_) => (self.slot().await, true),
        };
        while let Some(mut connection) = self.pop_idle(exchange.asked()) {
            if connection.is_ready().await {
                exchange.begin_on(connection.facts(), waited);
                return Ok(Lease::Http1(connection, slot));
            }
        }
        exchange.begin(waited);
        let opened = open_boxed(connector, &self.endpoint, exchange).await?;
        self.lease_opened(opened, Some(slot)).await
    }

    async fn lease_opened<'a>(
        &'a self,
        opened: Connection,
        slot: Option<SemaphorePermit<'a>>,
    ) -> Result<Lease<'a>, HttpError> {
        match opened {
            Connection::Http1(connection) => {
                self.state().version = Some(Version::Http1);
                let slot = match slot {
                    Some(slot) => slot,
                    None => self.slot().await,
                };
                Ok(Lease::Http1(connection, slot))
            }
            Connection::Http2(connection) => {
                let mut state = self.state();
                state.version = Some(Version::Http2);
                state.multiplexed = Some(connection.clone());
                Ok(Lease::Http2(connection))
            }
        }
    }

    async fn slot(&self) -> SemaphorePermit<'_> {
        self.slots.acquire().await.expect("the semaphore is never closed")
    }

    fn version(&self) -> Option<Version> {
        self.state().version
    }

    fn multiplexed(&self) -> Option<Http2Connection> {
        let mut state = self.state();
        if state.multiplexed.as_ref().is_some_and(|connection| !connection.is_open()) {
            state.multiplexed = None;
        }
        state.multiplexed.clone()
    }

    fn pop_idle(&self, now: Instant) -> Option<Box<Http1Connection>> {
        let mut state = self.state();
        // The last one is the youngest: if it is too old, all are.
        let connection = state.idle.pop()?;
        if now.saturating_duration_since(connection.idle_since) > self.idle_timeout {
            state.idle.clear();
            return None;
        }
        Some(connection)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The future that opens a connection is large and seldom needed: in a box, it does not have to be moved
/// about with every request.
fn open_boxed<'f>(
    connector: &'f Connector<'_>,
    endpoint: &'f Endpoint,
    exchange: &'f mut Exchange<'_>,
) -> BoxFuture<'f, Result<Connection, HttpError>> {
    Box::pin(connector.open(endpoint, exchange))
}
