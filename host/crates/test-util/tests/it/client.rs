//! A plain client: one connection at a time, every failure visible.

use std::net::{SocketAddr, TcpStream as StdTcpStream};
use std::sync::Arc;

use std::io::{self, Read, Write};

use bytes::Bytes;
use http::{HeaderMap, Request, Version};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use outrider_test_util::TargetServer;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// A connection that hyper drives.
pub(crate) enum Client {
    Http1(http1::SendRequest<Full<Bytes>>),
    Http2(http2::SendRequest<Full<Bytes>>),
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) version: Version,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Client {
    pub(crate) async fn http1(target: &TargetServer) -> Client {
        Client::http1_over(TcpStream::connect(target.addr()).await.unwrap()).await
    }

    pub(crate) async fn http2(target: &TargetServer) -> Client {
        Client::http2_over(TcpStream::connect(target.addr()).await.unwrap()).await
    }

    pub(crate) async fn http1_over(io: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Client {
        let (sender, connection) = http1::handshake(TokioIo::new(io)).await.unwrap();
        tokio::spawn(connection);
        Client::Http1(sender)
    }

    pub(crate) async fn http2_over(io: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Client {
        let (sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(io)).await.unwrap();
        tokio::spawn(connection);
        Client::Http2(sender)
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path), "").await.unwrap()
    }

    pub(crate) async fn try_get(&mut self, path: &str) -> hyper::Result<Answer> {
        self.send(Request::get(path), "").await
    }

    pub(crate) async fn send(
        &mut self,
        request: http::request::Builder,
        body: &str,
    ) -> hyper::Result<Answer> {
        let (head, body) = self.begin(request, body).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(Answer { status: head.status.as_u16(), version: head.version, headers: head.headers, body })
    }

    /// Sends a request and waits for the head of its answer.
    pub(crate) async fn begin(
        &mut self,
        request: http::request::Builder,
        body: &str,
    ) -> hyper::Result<http::Response<Incoming>> {
        let uri = format!("http://target{}", request.uri_ref().unwrap());
        let body = Full::from(body.to_owned());
        match self {
            Client::Http1(sender) => {
                sender.ready().await?;
                sender.send_request(request.header("host", "target").body(body).unwrap()).await
            }
            Client::Http2(sender) => {
                sender.ready().await?;
                sender.send_request(request.uri(uri).body(body).unwrap()).await
            }
        }
    }
}

/// A TLS connection that trusts the target's authority and offers these protocols.
pub(crate) async fn tls(target: &TargetServer, alpn: &[&str]) -> io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(target.ca_pem().unwrap().as_bytes()).unwrap()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    let stream = TcpStream::connect(target.addr()).await?;
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost").unwrap(), stream).await
}

/// Sends a GET by hand on a connection of its own.
pub(crate) fn raw_get(addr: SocketAddr, path: &str) -> StdTcpStream {
    let mut stream = StdTcpStream::connect(addr).unwrap();
    // In one piece: a target that closes early must not make the second one fail.
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: target\r\n\r\n").as_bytes()).unwrap();
    stream
}

/// Everything until the connection ends, and how it ends.
pub(crate) fn read_all(mut stream: StdTcpStream) -> (String, io::Result<()>) {
    let mut bytes = Vec::new();
    let end = stream.read_to_end(&mut bytes).map(drop);
    (String::from_utf8(bytes).unwrap(), end)
}
