//! Addresses at which nobody answers, each in its own way.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

/// An address that refuses connections for as long as this value lives.
#[derive(Debug)]
pub struct RefusedAddr {
    addr: SocketAddr,
    _bound: Socket,
}

/// An address that leaves connections unanswered for as long as this value lives.
#[derive(Debug)]
pub struct SilentAddr {
    addr: SocketAddr,
    _listening: Socket,
    _queued: Vec<TcpStream>,
}

/// An address of 127.0.0.1 on which nothing listens. Its port is held, so that nobody else takes it in
/// the meantime.
pub fn refused_addr() -> RefusedAddr {
    let (socket, addr) = bound();
    RefusedAddr { addr, _bound: socket }
}

/// An address of 127.0.0.1 at which a connection is neither made nor refused: its listener's queue is
/// full, so Linux drops what asks for more. For timeouts while connecting. Takes a tenth of a second.
pub fn silent_addr() -> SilentAddr {
    let (socket, addr) = bound();
    socket.listen(0).expect("a bound socket can listen");
    let mut queued = Vec::new();
    while let Ok(stream) = TcpStream::connect_timeout(&addr, Duration::from_millis(100)) {
        queued.push(stream);
        assert!(queued.len() < 16, "the queue of a listener with backlog 0 does not fill");
    }
    SilentAddr { addr, _listening: socket, _queued: queued }
}

fn bound() -> (Socket, SocketAddr) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("there are file descriptors left");
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    socket.bind(&any.into()).expect("127.0.0.1 has a free port");
    let addr = socket.local_addr().expect("a bound socket has an address");
    (socket, addr.as_socket().expect("an IPv4 socket has an IPv4 address"))
}

impl RefusedAddr {
    /// The address.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// An `http` URL at this address.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }
}

impl SilentAddr {
    /// The address.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// An `http` URL at this address.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use super::*;

    #[test]
    fn a_refused_address_refuses_and_a_silent_one_does_not_answer() {
        let short = Duration::from_millis(50);
        let (refused, silent) = (refused_addr(), silent_addr());
        let error = TcpStream::connect(refused.addr()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
        let error = TcpStream::connect_timeout(&silent.addr(), short).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert_eq!(refused.url("/a"), format!("http://{}/a", refused.addr()));
    }
}
