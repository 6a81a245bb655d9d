//! The HTTP server that metrics are asked of.

use std::convert::Infallible;
use std::net::TcpListener;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE as TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::scrape::Scrapes;
use super::text::{CONTENT_TYPE, text};
use crate::metrics::SharedRegistry;
use crate::{ExportError, PrometheusConfig};

/// Connections at once: a few servers that ask, and a browser.
const MAX_CONNECTIONS: usize = 32;

/// Ten seconds for a request's head, as long as Prometheus itself waits for a whole scrape.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// Two seconds for answers that are under way when the endpoint ends.
const PARTING: Duration = Duration::from_secs(2);

/// A port that is ours, not served yet.
#[derive(Debug)]
pub(crate) struct Bound {
    pub(crate) listener: TcpListener,
    pub(crate) url: String,
}

impl Bound {
    pub(crate) fn new(config: &PrometheusConfig) -> Result<Bound, ExportError> {
        let fault = |source| ExportError::Bind { address: config.address().to_owned(), source };
        let listener = TcpListener::bind(config.address()).map_err(fault)?;
        listener.set_nonblocking(true).map_err(fault)?;
        let address = listener.local_addr().map_err(fault)?;
        Ok(Bound { listener, url: format!("http://{address}/metrics") })
    }
}

/// What is served.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) registry: SharedRegistry,
    pub(crate) scrapes: Arc<Scrapes>,
}

/// Serves until `end`, and lets answers that are under way be sent.
pub(crate) async fn serve(listener: tokio::net::TcpListener, page: Page, end: impl Future<Output = ()>) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let (ending, ended) = watch::channel(false);
    let mut end = pin!(end);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = &mut end => break,
        };
        match accepted {
            Ok((stream, place)) => {
                tokio::spawn(connection(stream, page.clone(), ended.clone(), place));
            }
            // Out of files, perhaps; the next second may be better.
            Err(_) => tokio::time::sleep(Duration::from_secs(1)).await,
        }
    }
    ending.send_replace(true);
    let all = u32::try_from(MAX_CONNECTIONS).unwrap_or(u32::MAX);
    // Whoever takes longer to read is left.
    drop(tokio::time::timeout(PARTING, places.acquire_many(all)).await);
}

async fn accept(
    listener: &tokio::net::TcpListener,
    places: &Arc<Semaphore>,
) -> std::io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.map_err(std::io::Error::other)?;
    Ok((listener.accept().await?.0, place))
}

async fn connection(
    stream: TcpStream,
    page: Page,
    mut ended: watch::Receiver<bool>,
    place: OwnedSemaphorePermit,
) {
    let service = service_fn(move |request: Request<Incoming>| {
        let answer = page.answer(&request);
        async move { Ok::<_, Infallible>(answer) }
    });
    let mut served = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .serve_connection(TokioIo::new(stream), service)
    );
    let result = tokio::select! {
        result = served.as_mut() => result,
        // An error means that the other side is gone. The value is a lock, which is not to be held on to.
        () = async { drop(ended.wait_for(|ended| *ended).await) } => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "a scrape was cut off");
    }
    drop(place);
}

impl Page {
    fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        let is_read = [Method::GET, Method::HEAD].contains(request.method());
        match request.uri().path() {
            _ if !is_read => {
                let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD\n");
                response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
                response
            }
            "/metrics" => {
                let mut response = Response::new(Full::from(text(&self.registry.families())));
                response.headers_mut().insert(TYPE, HeaderValue::from_static(CONTENT_TYPE));
                // Whoever wants the head alone has seen no values.
                if request.method() == Method::GET {
                    self.scrapes.add();
                }
                response
            }
            _ => plain(StatusCode::NOT_FOUND, "a run of outrider; its metrics are at /metrics\n"),
        }
    }
}

fn plain(status: StatusCode, words: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(words));
    *response.status_mut() = status;
    response.headers_mut().insert(TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
