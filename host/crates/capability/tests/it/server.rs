//! Servers that do what a test asks for. They end with the value that stands for them.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

/// The body of an answer.
pub(crate) type Body = BoxBody<Bytes, Infallible>;
type Handler = Arc<dyn Fn(Request<Bytes>) -> BoxFuture<'static, Response<Body>> + Send + Sync>;

/// A server on a port of its own.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    accepted: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// Calls `connection` for each connection, with its number from 0.
    pub(crate) async fn raw<F, T>(connection: F) -> Server
    where
        F: Fn(usize, TcpStream) -> T + Send + 'static,
        T: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let accepted = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&accepted);
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                stream.set_nodelay(true).unwrap();
                connections.spawn(connection(counter.fetch_add(1, SeqCst), stream));
            }
        });
        Server { address, accepted, task }
    }

    /// HTTP/1.1 in clear text.
    pub(crate) async fn http1<F, T>(handler: F) -> Server
    where
        F: Fn(Request<Bytes>) -> T + Send + Sync + 'static,
        T: Future<Output = Response<Body>> + Send + 'static,
    {
        let handler = boxed(handler);
        Server::raw(move |_, stream| serve(stream, false, Arc::clone(&handler))).await
    }

    /// HTTP/2 in clear text.
    pub(crate) async fn http2<F, T>(handler: F) -> Server
    where
        F: Fn(Request<Bytes>) -> T + Send + Sync + 'static,
        T: Future<Output = Response<Body>> + Send + 'static,
    {
        let handler = boxed(handler);
        Server::raw(move |_, stream| serve(stream, true, Arc::clone(&handler))).await
    }

    /// Over TLS what ALPN agrees on.
    pub(crate) async fn tls<F, T>(certificate: &Certificate, protocols: &[&str], handler: F) -> Server
    where
        F: Fn(Request<Bytes>) -> T + Send + Sync + 'static,
        T: Future<Output = Response<Body>> + Send + 'static,
    {
        let handler = boxed(handler);
        let acceptor = certificate.acceptor(protocols);
        Server::raw(move |_, stream| {
            let (acceptor, handler) = (acceptor.clone(), Arc::clone(&handler));
            async move {
                // A client that does not trust the certificate ends the handshake.
                if let Ok(stream) = acceptor.accept(stream).await {
                    let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
                    serve(stream, http2, handler).await;
                }
            }
        })
        .await
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// How many connections were opened.
    pub(crate) fn accepted(&self) -> usize {
        self.accepted.load(SeqCst)
    }
}

fn boxed<F, T>(handler: F) -> Handler
where
    F: Fn(Request<Bytes>) -> T + Send + Sync + 'static,
    T: Future<Output = Response<Body>> + Send + 'static,
{
    Arc::new(move |request| Box::pin(handler(request)))
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, http2: bool, handler: Handler) {
    let service = service_fn(move |request: Request<Incoming>| {
        let handler = Arc::clone(&handler);
        async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await?.to_bytes();
            Ok::<_, hyper::Error>(handler(Request::from_parts(head, body)).await)
        }
    });
    let io = TokioIo::new(stream);
    // The client may go at any time.
    let _ended = if http2 {
        hyper::server::conn::http2::Builder::new(TokioExecutor::new()).serve_connection(io, service).await
    } else {
        hyper::server::conn::http1::Builder::new().serve_connection(io, service).await
    };
}

/// An answer with a body.
pub(crate) fn answer(status: u16, body: impl Into<Bytes>) -> Response<Body> {
    let body = Full::new(body.into()).boxed();
    Response::builder().status(status).body(body).unwrap()
}

/// An answer with one header field.
pub(crate) fn answer_with(
    status: u16,
    name: &'static str,
    value: impl AsRef<str>,
    body: impl Into<Bytes>,
) -> Response<Body> {
    let mut response = answer(status, body);
    response.headers_mut().append(name, value.as_ref().parse().unwrap());
    response
}

/// Reads the head of a request from a raw connection; `None` at its end.
pub(crate) async fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return None,
        }
    }
    Some(String::from_utf8(head).unwrap())
}

/// Answers every request on a raw connection with the same bytes until the client goes.
pub(crate) async fn answer_all(mut stream: TcpStream, bytes: &[u8]) {
    while read_head(&mut stream).await.is_some() {
        stream.write_all(bytes).await.unwrap();
    }
}

/// A certificate that nobody has signed.
pub(crate) struct Certificate {
    pub(crate) der: Vec<u8>,
    key: Vec<u8>,
}

impl Certificate {
    pub(crate) fn new(names: &[&str]) -> Certificate {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(names.clone()).unwrap();
        // A name of its own, or one certificate passes for the issuer of the other.
        params.distinguished_name.push(rcgen::DnType::CommonName, names[0].as_str());
        let certificate = params.self_signed(&key).unwrap();
        Certificate { der: certificate.der().to_vec(), key: key.serialize_der() }
    }

    fn acceptor(&self, protocols: &[&str]) -> TlsAcceptor {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let key = rustls::pki_types::PrivatePkcs8KeyDer::from(self.key.clone());
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![self.der.clone().into()], key.into())
            .unwrap();
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        TlsAcceptor::from(Arc::new(config))
    }
}
