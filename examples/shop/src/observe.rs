//! The way every request goes: it is counted, held, delayed, served or failed, and logged.

use std::sync::Arc;
use std::time::Duration;

use axum::body::HttpBody;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::Instant;

use crate::access_log::LogEntry;
use crate::routes::{ApiError, FAULTS_ROUTE, HEALTH_ROUTE};
use crate::shared::Shared;

/// nginx's number for a client that went away before its answer.
const CLIENT_CLOSED_REQUEST: u16 = 499;

/// Serves one request under the faults of the moment.
pub(crate) async fn observe(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let exchange = Exchange::begin(shared.clone(), &request);
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = match route.as_ref().map(MatchedPath::as_str) {
        Some(FAULTS_ROUTE) => next.run(request).await,
        route => {
            hold(&shared).await;
            let response = pass(&shared, route, request, next).await;
            hold(&shared).await;
            response
        }
    };
    exchange.end(response)
}

/// Waits while the server is stalled.
async fn hold(shared: &Shared) {
    if let Some(end) = shared.faults().stalled_until(shared.clock.instant()) {
        tokio::time::sleep_until(end).await;
    }
}

/// Delays the request, then serves or fails it.
async fn pass(shared: &Shared, route: Option<&str>, request: Request, next: Next) -> Response {
    if route == Some(HEALTH_ROUTE) {
        return next.run(request).await;
    }
    let fate = shared.faults().next_fate(route);
    if fate.delay > Duration::ZERO {
        tokio::time::sleep(fate.delay).await;
    }
    if !fate.fails {
        return next.run(request).await;
    }
    shared.counters.injected_errors.increment();
    ApiError::injected().into_response()
}

/// A request under way. Dropped, it is counted and logged, with or without an answer: hyper drops the
/// request's future when the client goes away.
struct Exchange {
    shared: Arc<Shared>,
    arrived: Instant,
    method: Method,
    uri: Uri,
    request_id: Option<HeaderValue>,
    traceparent: Option<HeaderValue>,
    answer: Option<(StatusCode, u64)>,
}

impl Exchange {
    fn begin(shared: Arc<Shared>, request: &Request) -> Exchange {
        let header = |name| request.headers().get(HeaderName::from_static(name)).cloned();
        Exchange {
            arrived: shared.clock.instant(),
            shared,
            method: request.method().clone(),
            uri: request.uri().clone(),
            request_id: header("x-request-id"),
            traceparent: header("traceparent"),
            answer: None,
        }
    }

    fn end(mut self, response: Response) -> Response {
        let body_bytes = match self.method {
            Method::HEAD => 0,
            _ => response.body().size_hint().exact().unwrap_or(0),
        };
        self.answer = Some((response.status(), body_bytes));
        response
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.shared.counters.requests.increment();
        let Some(log) = &self.shared.log else { return };
        let (status, body_bytes) =
            self.answer.map_or((CLIENT_CLOSED_REQUEST, 0), |(status, bytes)| (status.as_u16(), bytes));
        let clock = self.shared.clock;
        log.record(LogEntry {
            arrived_at: clock.timestamp(self.arrived),
            method: self.method.clone(),
            uri: self.uri.clone(),
            status,
            duration: clock.instant() - self.arrived,
            body_bytes,
            request_id: self.request_id.take(),
            traceparent: self.traceparent.take(),
        });
    }
}
