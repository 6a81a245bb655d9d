//! One connection: which protocol it speaks, and who has it, hyper or a fault.

use std::io;
use std::sync::Arc;

use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use super::answer::{Answering, Takeover};
use super::socket::{Socket, begins_as_http2};
use super::{Protocols, Server};

/// Serves a connection to its end. What goes wrong on it is the client's to notice.
pub(super) async fn serve(server: Arc<Server>, stream: TcpStream, number: u64) {
    drop(serve_fallibly(server, stream, number).await);
}

async fn serve_fallibly(server: Arc<Server>, stream: TcpStream, number: u64) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let Some(tls) = &server.tls else {
        let http2 = match server.protocols {
            Protocols::Both => begins_as_http2(&stream).await?,
            Protocols::Http1 => false,
            Protocols::Http2 => true,
        };
        serve_http(server, stream, number, http2).await;
        return Ok(());
    };
    let stream = tls.accept(stream).await?;
    let agreed = stream.get_ref().1.alpn_protocol();
    let http2 = agreed == Some(b"h2") || server.protocols == Protocols::Http2;
    serve_http(server, stream, number, http2).await;
    Ok(())
}

async fn serve_http(server: Arc<Server>, socket: impl Socket, number: u64, http2: bool) {
    // One place is enough: a connection is taken over once.
    let (takeover, taken_over) = mpsc::channel(1);
    let answering = Answering { server, connection: number, requests: Arc::default(), takeover };
    if http2 {
        serve_http2(answering, taken_over, socket).await;
    } else {
        serve_http1(answering, taken_over, socket).await;
    }
}

async fn serve_http1(answering: Answering, mut taken_over: mpsc::Receiver<Takeover>, socket: impl Socket) {
    let service = service_fn(move |request| answering.clone().answer(request));
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(socket), service);
    let takeover = tokio::select! {
        _ = &mut connection => return,
        Some(takeover) = taken_over.recv() => takeover,
    };
    if let Takeover::Play(script) = takeover {
        let socket = connection.into_parts().io.into_inner();
        // A client that has gone away does not see the rest.
        drop(script.play(socket).await);
    }
}

async fn serve_http2(answering: Answering, mut taken_over: mpsc::Receiver<Takeover>, socket: impl Socket) {
    let service = service_fn(move |request| answering.clone().answer(request));
    let connection =
        http2::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(socket), service);
    tokio::select! {
        _ = connection => {}
        // Dropped, the connection is closed.
        Some(_) = taken_over.recv() => {}
    }
}
