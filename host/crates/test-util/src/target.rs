//! The target and its handle.

mod answer;
mod builder;
mod connection;
mod record;
mod socket;
mod wire;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

pub use builder::{Protocols, TargetBuilder};
use record::Record;
pub use record::TargetRequest;

use builder::Routes;

/// Ten seconds: connections whose clients are gone end at once, and a machine that is busy needs no more.
pub const ALONE_LIMIT: Duration = Duration::from_secs(10);

/// A server that behaves as it is told. Made by [`TargetServer::builder`]; dropped, it is gone, with its
/// thread, its tasks and its connections.
#[derive(Debug)]
pub struct TargetServer {
    addr: SocketAddr,
    ca_pem: Option<String>,
    record: Arc<Record>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What the server's thread works with.
struct Server {
    routes: Routes,
    protocols: Protocols,
    tls: Option<TlsAcceptor>,
    record: Arc<Record>,
}

impl TargetServer {
    /// A target without routes; it answers 404 until it has some.
    pub fn builder() -> TargetBuilder {
        TargetBuilder::default()
    }

    /// The address it listens on.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// A URL of this target; `https` if it speaks TLS. The path begins with a slash.
    pub fn url(&self, path: &str) -> String {
        let scheme = if self.ca_pem.is_some() { "https" } else { "http" };
        format!("{scheme}://{}{path}", self.addr)
    }

    /// The certificate of the authority that signed this target's, as PEM; `None` without TLS.
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// How many requests for a path (without its query) have arrived.
    pub fn requests(&self, path: &str) -> u64 {
        self.record.requests(path)
    }

    /// How many requests have arrived.
    pub fn total_requests(&self) -> u64 {
        self.record.total_requests()
    }

    /// How many connections were accepted.
    pub fn connections(&self) -> u64 {
        self.record.connections()
    }

    /// The requests that were answered, or let down, in the order of their answers; the first 100,000. A
    /// request is in here before its client sees the answer.
    pub fn log(&self) -> Vec<TargetRequest> {
        self.record.log()
    }

    /// The requests that have arrived whole and are not answered, in the order of arriving: they wait, or their
    /// clients went away before it came to that.
    pub fn unanswered(&self) -> Vec<TargetRequest> {
        self.record.unanswered()
    }

    /// Waits until no connection is open.
    ///
    /// # Panics
    ///
    /// If that takes more than [`ALONE_LIMIT`].
    pub fn wait_until_alone(&self) {
        self.record.wait_until_alone(ALONE_LIMIT);
    }

    fn start(server: Server, ca_pem: Option<String>) -> TargetServer {
        let listener = TcpListener::bind("127.0.0.1:0").expect("127.0.0.1 has a free port");
        let addr = listener.local_addr().expect("a listener has an address");
        let record = server.record.clone();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("target server".to_owned())
            .spawn(move || run(Arc::new(server), listener, stopped))
            .expect("there is room for a thread");
        TargetServer { addr, ca_pem, record, stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for TargetServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
            && !std::thread::panicking()
        {
            panic!("the target server panicked, see above");
        }
    }
}

/// The server's thread: serves until it is stopped. The runtime goes with all that runs on it.
fn run(server: Arc<Server>, listener: TcpListener, stopped: oneshot::Receiver<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("the system has what a runtime needs").block_on(async {
        tokio::select! {
            _ = stopped => {}
            () = accept(server, listener) => {}
        }
    });
}

async fn accept(server: Arc<Server>, listener: TcpListener) {
    listener.set_nonblocking(true).expect("a listener can be non-blocking");
    let listener = tokio::net::TcpListener::from_std(listener).expect("the runtime takes the listener");
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let (number, open) = server.record.connection();
                let server = Arc::clone(&server);
                tokio::spawn(async move {
                    connection::serve(server, stream, number).await;
                    drop(open);
                });
            }
            // Out of file descriptors, most likely: some may come back.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}
