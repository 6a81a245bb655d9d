//! Faults that no HTTP library would commit: bytes written to the socket by hand.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::socket::Socket;
use crate::behaviour::{Ending, Fault};
use crate::pattern;

/// What is written on a connection taken from hyper, and how the connection ends.
#[derive(Debug)]
pub(super) struct Script {
    /// Written one byte at a time, waiting this long before each.
    slow: Option<(Bytes, Duration)>,
    /// Written at once.
    rest: Bytes,
    ending: Ending,
}

impl Script {
    /// The fault as it goes over HTTP/1.1.
    pub(super) fn of(fault: &Fault) -> Script {
        let script = |rest, ending| Script { slow: None, rest, ending };
        match fault {
            Fault::NeverAnswers => script(Bytes::new(), Ending::Hang),
            Fault::EndsBeforeAnswer(ending) => script(Bytes::new(), *ending),
            Fault::WrongLength { declared, sent, then } => {
                let mut bytes = head(*declared).into_bytes();
                bytes.extend_from_slice(&pattern(*sent));
                script(Bytes::from(bytes), *then)
            }
            Fault::SlowHead { body, every } => {
                let head = Bytes::from(head(body.len() as u64));
                Script { slow: Some((head, *every)), rest: body.clone(), ending: Ending::Close }
            }
            Fault::Verbatim(bytes) => script(bytes.clone(), Ending::Close),
        }
    }

    /// Writes it all and ends the connection. A client that has gone away in between needs no answer.
    pub(super) async fn play(self, mut socket: impl Socket) -> io::Result<()> {
        if let Some((bytes, every)) = self.slow {
            for byte in bytes {
                tokio::time::sleep(every).await;
                socket.write_u8(byte).await?;
                socket.flush().await?;
            }
        }
        socket.write_all(&self.rest).await?;
        socket.flush().await?;
        match self.ending {
            Ending::Close => socket.shutdown().await,
            // What has left the machine arrives before the reset; so far, on loopback, is all of it.
            Ending::Reset => socket.tcp().set_zero_linger(),
            Ending::Hang => until_closed(socket).await,
        }
    }
}

fn head(length: u64) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\ncontent-length: {length}\r\n\r\n")
}

/// Stays silent for as long as the client stays.
async fn until_closed(mut socket: impl Socket) -> io::Result<()> {
    let mut ignored = [0; 1024];
    while socket.read(&mut ignored).await? > 0 {}
    Ok(())
}
