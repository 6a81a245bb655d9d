//! A request and its answer over a connection of the pool, with a second attempt where the first one
//! met a dead connection.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use hyper::body::{Body as _, Incoming};

use super::UserAgent;
use super::chain::Chain;
use crate::http::HttpError;
use crate::http::body::OutgoingBody;
use crate::http::connect::Connector;
use crate::http::connection::{Answer, Http1Connection, Http2Connection, SendFailure};
use crate::http::exchange::{Exchange, header_bytes};
use crate::http::pool::Lease;
use crate::http::receive::{BodySink, detach};
use crate::http::route::Route;
use crate::http::timed_io::Moment;

/// A complete answer.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// `None` if it was only counted.
    pub(super) body: Option<Bytes>,
    /// Length of the body as it came, in bytes.
    pub(super) body_length: u64,
}

impl UserAgent {
    /// Sends a hop's request and takes in the answer.
    pub(super) async fn round_trip(
        &self,
        route: &Route,
        chain: &Chain<'_>,
        exchange: &mut Exchange<'_>,
    ) -> Result<Received, HttpError> {
        let connector = Connector { shared: &self.shared, tls: &self.tls };
        let broken = |source| HttpError::Broken { authority: route.pool.endpoint.authority(), source };
        let mut second_attempt = false;
        let (mut lease, answer) = loop {
            let mut lease = route.pool.lease(&connector, exchange).await?;
            match self.send_over(&mut lease, route, chain, exchange).await {
                Ok(answer) => break (lease, answer),
                Err(failure) if !second_attempt && may_be_stale(&failure, chain, exchange) => {
                    second_attempt = true;
                    route.pool.forget_open();
                }
                Err(failure) => return Err(broken(failure.error)),
            }
        };
        let (mut head, mut incoming) = answer.into_parts();
        detach(&mut head.headers);
        exchange.answered(head.status, head.version, &head.headers);
        let keep = chain.keep(head.status, &head.headers);
        let announced = incoming.size_hint().exact();
        let mut sink = BodySink::new(keep, announced)?;
        while let Some(data) = lease.data(&mut incoming).await {
            let data = data.map_err(broken)?;
            exchange.received(data.len() as u64);
            sink.push(data)?;
        }
        let ended = exchange.end();
        if let Lease::Http1(connection, slot) = lease {
            drop(incoming);
            route.pool.give_back(connection, ended).await;
            drop(slot);
        }
        let body_length = sink.length();
        Ok(Received { status: head.status, headers: head.headers, body: sink.finish(), body_length })
    }

    async fn send_over(
        &self,
        lease: &mut Lease<'_>,
        route: &Route,
        chain: &Chain<'_>,
        exchange: &mut Exchange<'_>,
    ) -> Result<Answer, SendFailure> {
        match lease {
            Lease::Http1(connection, _) => self.send_http1(connection, route, chain, exchange).await,
            Lease::Http2(connection) => self.send_http2(connection, route, chain, exchange).await,
        }
    }

    async fn send_http1(
        &self,
        connection: &mut Http1Connection,
        route: &Route,
        chain: &Chain<'_>,
        exchange: &mut Exchange<'_>,
    ) -> Result<Answer, SendFailure> {
        let body = OutgoingBody::whole(chain.hop.body.bytes.clone());
        let request = self.http1_request(route, chain, body);
        exchange.carried_by_http1(connection.meter());
        tell_request(route, chain, exchange, request.headers());
        connection.send(request).await
    }

    async fn send_http2(
        &self,
        connection: &mut Http2Connection,
        route: &Route,
        chain: &Chain<'_>,
        exchange: &mut Exchange<'_>,
    ) -> Result<Answer, SendFailure> {
        let moment = Arc::new(Moment::default());
        let bytes = chain.hop.body.bytes.clone();
        let length = bytes.len() as u64;
        let body = OutgoingBody::noting_its_end(bytes, connection.meter(), &moment);
        let request = self.http2_request(route, chain, body);
        let sent = length + header_bytes(request.headers()) + route.shown.len() as u64;
        exchange.carried_by_http2(connection.meter(), moment, sent);
        tell_request(route, chain, exchange, request.headers());
        connection.send(request).await
    }
}

pub(super) fn tell_request(route: &Route, chain: &Chain<'_>, exchange: &Exchange<'_>, headers: &HeaderMap) {
    exchange.tell_request(headers, &chain.hop.body.bytes, chain.redirects, route.basic.as_ref());
}

impl Lease<'_> {
    /// The next bytes of the answer.
    async fn data(&mut self, incoming: &mut Incoming) -> Option<Result<Bytes, hyper::Error>> {
        if incoming.is_end_stream() {
            return None;
        }
        match self {
            Lease::Http1(connection, _) => connection.data(incoming).await,
            Lease::Http2(connection) => connection.data(incoming).await,
        }
    }
}

/// Whether the connection may have been closed by the server while it was idle, and the request may be
/// sent again.
fn may_be_stale(failure: &SendFailure, chain: &Chain<'_>, exchange: &Exchange<'_>) -> bool {
    let harmless = failure.never_sent || chain.hop.is_idempotent() && exchange.nothing_received();
    exchange.is_on_reused_connection() && harmless
}
