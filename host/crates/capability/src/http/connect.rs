//! Opens a connection: name, address, TCP, TLS, and what HTTP they agreed on.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use outrider_model::BoxFuture;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;

use super::connection::{Connection, ConnectionFacts, Http1Connection, Http2Connection};
use super::exchange::Exchange;
use super::route::Endpoint;
use super::shared::HttpShared;
use super::stopwatch::Mark;
use super::timed_io::{IoMeter, TimedIo, Wire};
use super::{HttpError, HttpVersionPolicy};

/// Opens connections for one virtual user.
pub(crate) struct Connector<'a> {
    pub(crate) shared: &'a HttpShared,
    pub(crate) tls: &'a OnceLock<Arc<ClientConfig>>,
}

impl Connector<'_> {
    /// Opens a connection to `endpoint` within the limit for connecting, and tells `exchange` of its
    /// phases.
    pub(crate) async fn open(
        &self,
        endpoint: &Endpoint,
        exchange: &mut Exchange<'_>,
    ) -> Result<Connection, HttpError> {
        let limit = self.shared.config.connect_timeout;
        let deadline = self.shared.clock.instant() + limit;
        match timeout_at(deadline, self.open_unhurried(endpoint, exchange, deadline)).await {
            Ok(opened) => opened,
            Err(_) => Err(HttpError::ConnectTimeout { authority: endpoint.authority(), limit }),
        }
    }

    async fn open_unhurried(
        &self,
        endpoint: &Endpoint,
        exchange: &mut Exchange<'_>,
        deadline: Instant,
    ) -> Result<Connection, HttpError> {
        let addresses = self.addresses(endpoint, exchange).await?;
        let (stream, remote) = self.connect(endpoint, &addresses, deadline).await?;
        exchange.mark(Mark::Connected);
        exchange.connected(ConnectionFacts { remote, reused: false });
        let (wire, http2) = if endpoint.secure {
            self.secure(endpoint, stream, exchange).await?
        } else {
            exchange.mark_at_once(Mark::Secured);
            (Wire::Plain(stream), self.shared.config.version == HttpVersionPolicy::Http2)
        };
        let meter = IoMeter::new(self.shared.clock);
        let io = TimedIo::new(wire, Arc::clone(&meter));
        let opened = if http2 {
            // As with TLS: plain HTTP/1.1 need not make room for it.
            let opening: BoxFuture<'_, _> = Box::pin(Http2Connection::open(io, meter, remote));
            opening.await.map(Connection::Http2)
        } else {
            let now = self.shared.clock.instant();
            Http1Connection::open(io, meter, remote, now)
                .await
                .map(|opened| Connection::Http1(Box::new(opened)))
        };
        opened.map_err(|source| HttpError::Broken { authority: endpoint.authority(), source })
    }

    /// The addresses to try, each of them allowed.
    async fn addresses(
        &self,
        endpoint: &Endpoint,
        exchange: &mut Exchange<'_>,
    ) -> Result<Vec<SocketAddr>, HttpError> {
        let name = match &endpoint.host {
            url::Host::Ipv4(ip) => return self.literal(endpoint, IpAddr::V4(*ip), exchange),
            url::Host::Ipv6(ip) => return self.literal(endpoint, IpAddr::V6(*ip), exchange),
            url::Host::Domain(name) => name,
        };
        let resolved = self
            .shared
            .dns
            .resolve(name)
            .await
            .map_err(|source| HttpError::Dns { host: name.clone(), source })?;
        if resolved.from_cache {
            exchange.mark_at_once(Mark::Resolved)
        } else {
            exchange.mark(Mark::Resolved)
        }
        let addresses: Vec<SocketAddr> =
            resolved.addresses.into_iter().map(|ip| SocketAddr::new(ip, endpoint.port)).collect();
        // All of them: a name with one forbidden address is not to be trusted with the others.
        for address in &addresses {
            self.shared.grants.check_address(name, *address)?;
        }
        Ok(addresses)
    }

    fn literal(
        &self,
        endpoint: &Endpoint,
        ip: IpAddr,
        exchange: &mut Exchange<'_>,
    ) -> Result<Vec<SocketAddr>, HttpError> {
        let address = SocketAddr::new(ip, endpoint.port);
        self.shared.grants.check_address(&endpoint.host.to_string(), address)?;
        exchange.mark_at_once(Mark::Resolved);
        Ok(vec![address])
    }

    /// Tries one address after the other; each gets its share of the time that is left, so that one
    /// that swallows packets does not use up the time of the others.
    async fn connect(
        &self,
        endpoint: &Endpoint,
        addresses: &[SocketAddr],
        deadline: Instant,
    ) -> Result<(TcpStream, SocketAddr), HttpError> {
        let mut failure = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
        for (index, address) in addresses.iter().enumerate() {
            let now = self.shared.clock.instant();
            let left = deadline.saturating_duration_since(now);
            let shares = u32::try_from(addresses.len() - index).unwrap_or(u32::MAX);
            match timeout_at(now + share(left, shares), TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok((without_delay(stream), *address)),
                Ok(Err(error)) => failure = error,
                Err(_) => failure = io::ErrorKind::TimedOut.into(),
            }
        }
        let authority = endpoint.authority();
        if failure.kind() == io::ErrorKind::TimedOut {
            return Err(HttpError::ConnectTimeout { authority, limit: self.shared.config.connect_timeout });
        }
        Err(HttpError::Connect { authority, source: failure })
    }

    /// The TLS handshake; also whether it agreed on HTTP/2. In a box, so that a connection without TLS makes no
    /// room for it on the guest's stack.
    fn secure<'f>(
        &'f self,
        endpoint: &'f Endpoint,
        stream: TcpStream,
        exchange: &'f mut Exchange<'_>,
    ) -> BoxFuture<'f, Result<(Wire, bool), HttpError>> {
        Box::pin(self.secure_unboxed(endpoint, stream, exchange))
    }

    async fn secure_unboxed(
        &self,
        endpoint: &Endpoint,
        stream: TcpStream,
        exchange: &mut Exchange<'_>,
    ) -> Result<(Wire, bool), HttpError> {
        let name = match &endpoint.host {
            url::Host::Domain(name) => ServerName::try_from(name.clone()),
            url::Host::Ipv4(ip) => Ok(ServerName::from(IpAddr::V4(*ip))),
            url::Host::Ipv6(ip) => Ok(ServerName::from(IpAddr::V6(*ip))),
        };
        let failed = |source| HttpError::Tls { authority: endpoint.authority(), source };
        let name = name.map_err(|error| failed(io::Error::new(io::ErrorKind::InvalidInput, error)))?;
        let tls = self.tls_of_vu()?.connect(name, stream).await.map_err(failed)?;
        exchange.mark(Mark::Secured);
        let http2 = tls.get_ref().1.alpn_protocol() == Some(b"h2");
        if !http2 && self.shared.config.version == HttpVersionPolicy::Http2 {
            let error = io::Error::new(io::ErrorKind::Unsupported, "the server does not offer HTTP/2");
            return Err(failed(error));
        }
        Ok((Wire::Tls(Box::new(tls)), http2))
    }

    fn tls_of_vu(&self) -> Result<TlsConnector, HttpError> {
        let config = match self.tls.get() {
            Some(config) => config,
            None => {
                let config = super::tls::config_of_vu(self.shared.tls()?);
                self.tls.get_or_init(|| Arc::new(config))
            }
        };
        Ok(TlsConnector::from(Arc::clone(config)))
    }
}

fn share(left: Duration, shares: u32) -> Duration {
    left / shares.max(1)
}

/// Requests are written whole, so waiting for more bytes to send gains nothing.
fn without_delay(stream: TcpStream) -> TcpStream {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "cannot set TCP_NODELAY");
    }
    stream
}
