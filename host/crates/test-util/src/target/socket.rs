//! A connection's socket, with or without TLS.

use std::io;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

/// What bytes go through, with a way to the TCP connection below.
pub(super) trait Socket: AsyncRead + AsyncWrite + Send + Unpin + 'static {
    fn tcp(&self) -> &TcpStream;
}

impl Socket for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl Socket for TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

/// Whether the client begins as HTTP/2 does. Waits for its first three bytes and leaves them where they are:
/// `PRI` begins the preface, and no method of HTTP/1.1.
pub(super) async fn begins_as_http2(stream: &TcpStream) -> io::Result<bool> {
    let mut first = [0; 3];
    loop {
        match stream.peek(&mut first).await? {
            0 => return Ok(false),
            3 => return Ok(first == *b"PRI"),
            read if !b"PRI".starts_with(&first[..read]) => return Ok(false),
            // A part of it lies there already, so peeking again would not wait.
            _ => tokio::time::sleep(std::time::Duration::from_millis(1)).await,
        }
    }
}
