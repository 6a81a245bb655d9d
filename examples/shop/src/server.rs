//! Accepts connections and serves HTTP/1.1 on them until it is told to stop.

use std::io;
use std::time::Duration;

use std::sync::Arc;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::shared::Shared;

/// After a failed accept (no file descriptor left), so that trying again does not burn the core.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until `stop` changes or its sender is gone, then lets requests under way end, for `grace` at
/// most. Dropped, it takes all connections along.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    shared: Arc<Shared>,
    mut stop: watch::Receiver<bool>,
    grace: Duration,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    shared.counters.connections.increment();
                    connections.spawn(connection(stream, router.clone(), stop.clone()));
                }
                Err(error) => pause_after(&error).await,
            },
            Some(_) = connections.join_next() => {}
            _ = stop.changed() => break,
        }
    }
    drop(listener);
    let drained = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(grace, drained).await.is_err() {
        connections.shutdown().await;
    }
}

async fn pause_after(error: &io::Error) {
    // The client's own change of mind says nothing about the next one.
    if error.kind() != io::ErrorKind::ConnectionAborted {
        tokio::time::sleep(ACCEPT_PAUSE).await;
    }
}

/// Serves one connection. Its faults are the client's, and there is nobody to tell.
async fn connection(stream: TcpStream, router: Router, mut stop: watch::Receiver<bool>) {
    // Without it, small answers may wait 40 ms for the client's delayed acknowledgement.
    drop(stream.set_nodelay(true));
    let service = TowerToHyperService::new(router);
    let mut connection =
        std::pin::pin!(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stop.changed() => connection.as_mut().graceful_shutdown(),
    }
    drop(connection.await);
}
