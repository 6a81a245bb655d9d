//! Starting and stopping.

use std::net::SocketAddr;
use std::sync::Arc;

use outrider_model::RunClock;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::access_log::{AccessLog, LogWriter};
use crate::shared::Shared;
use crate::{FaultConfig, ShopConfig, ShopError, routes, server};

/// The demo shop, not yet running.
#[derive(Debug)]
pub struct Shop;

/// A shop that serves. Dropped, it stops at once; [`RunningShop::shutdown`] lets requests under way end.
#[derive(Debug)]
pub struct RunningShop {
    addr: SocketAddr,
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    server: AbortOnDrop,
    writer: Option<LogWriter>,
}

/// What a shop served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totals {
    /// Connections accepted.
    pub connections: u64,
    /// Requests that ended, by an answer or because the client went away; as many lines are in the
    /// access log.
    pub requests: u64,
    /// Those of them that the faults answered with 503.
    pub injected_errors: u64,
    /// Orders placed.
    pub orders: u64,
}

#[derive(Debug)]
struct AbortOnDrop(JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Shop {
    /// Listens and serves on the current tokio runtime; ready for connections when it returns. Its faults
    /// begin now.
    pub async fn start(config: ShopConfig) -> Result<RunningShop, ShopError> {
        let clock = RunClock::start_now();
        let listen_failed = |source| ShopError::Listen { address: config.listen, source };
        let listener = TcpListener::bind(config.listen).await.map_err(listen_failed)?;
        let addr = listener.local_addr().map_err(listen_failed)?;

        let log = config.access_log.as_deref().map(|path| AccessLog::create(path, clock)).transpose()?;
        let (log, writer) = log.unzip();
        let shared = Arc::new(Shared::new(&config, clock, log)?);
        let (stop, stopped) = watch::channel(false);
        let router = routes::router(shared.clone());
        let serve = server::serve(listener, router, shared.clone(), stopped, config.shutdown_grace);
        Ok(RunningShop { addr, shared, stop, server: AbortOnDrop(tokio::spawn(serve)), writer })
    }
}

impl RunningShop {
    /// The address it listens on.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Its base URL, without a slash at the end: `http://127.0.0.1:8080`.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// How many requests have ended; a request counts before its client sees the answer.
    pub fn requests(&self) -> u64 {
        self.totals().requests
    }

    /// Everything counted until now.
    pub fn totals(&self) -> Totals {
        let counters = &self.shared.counters;
        Totals {
            connections: counters.connections.get(),
            requests: counters.requests.get(),
            injected_errors: counters.injected_errors.get(),
            orders: counters.orders.get(),
        }
    }

    /// How many sessions it holds.
    pub fn sessions(&self) -> usize {
        self.shared.sessions.len()
    }

    /// Replaces all faults, as `PUT /api/_faults` does. Requests already delayed or stalled stay so.
    pub fn set_faults(&self, faults: &FaultConfig) -> Result<(), ShopError> {
        self.shared.set_faults(faults)
    }

    /// Stops listening, lets requests under way end (for the grace configured), and completes the access
    /// log. When it returns, no task and no thread of the shop is left.
    pub async fn shutdown(mut self) -> Result<Totals, ShopError> {
        self.stop.send_replace(true);
        // A panic of the server's task has been reported by its own message.
        drop((&mut self.server.0).await);
        let totals = self.totals();
        if let Some(writer) = self.writer.take() {
            let finished = tokio::task::spawn_blocking(|| writer.finish()).await;
            finished.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))?;
        }
        Ok(totals)
    }
}
