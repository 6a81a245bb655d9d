//! A request whose answer is scripted.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header};

use super::UserAgent;
use super::chain::Chain;
use super::round_trip::{Received, tell_request};
use crate::http::answerer::{Answerer, AskedRequest, Scripted};
use crate::http::body::OutgoingBody;
use crate::http::exchange::{Exchange, header_bytes};
use crate::http::receive::BodySink;
use crate::http::route::Route;
use crate::http::{HttpError, InvalidRequest};

impl UserAgent {
    /// As [`UserAgent::round_trip`], with `answerer` in the network's place.
    pub(super) async fn scripted(
        &self,
        answerer: &dyn Answerer,
        route: &Route,
        chain: &Chain<'_>,
        exchange: &mut Exchange<'_>,
    ) -> Result<Received, HttpError> {
        exchange.begin(false);
        let sent = &chain.hop.body.bytes;
        let request = self.http1_request(route, chain, OutgoingBody::whole(sent.clone()));
        let headers = request.headers();
        let length = sent.len() as u64 + header_bytes(headers) + route.shown.len() as u64;
        exchange.carried_by_script(length);
        tell_request(route, chain, exchange, headers);
        let method = chain.hop.method.as_str();
        let asked = AskedRequest { method, url: &route.url, headers, body: sent };
        let (status, fields, body) = match answerer.answer(asked) {
            Scripted::Answer { after, status, headers, body } => {
                pass(after).await;
                (status, headers, body)
            }
            Scripted::Failure { after, failure } => {
                pass(after).await;
                let authority = route.pool.endpoint.authority();
                let host = route.url.host_str().unwrap_or_default();
                return Err(failure.happen(host, authority, self.shared.config.connect_timeout).await);
            }
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = header_map(fields, &body)?;
        exchange.answered(status, Version::HTTP_11, &headers);
        exchange.received(body.len() as u64);
        let mut sink = BodySink::new(chain.keep(status, &headers), Some(body.len() as u64))?;
        sink.push(body)?;
        exchange.end();
        let body_length = sink.length();
        Ok(Received { status, headers, body: sink.finish(), body_length })
    }
}

/// Lets time pass: none at all where there is none, since a timer rounds up to its next tick.
async fn pass(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}

/// The fields as they would have come.
fn header_map(fields: Vec<(String, String)>, body: &Bytes) -> Result<HeaderMap, InvalidRequest> {
    let mut headers = HeaderMap::with_capacity(fields.len() + 1);
    for (name, value) in fields {
        let Ok(parsed) = HeaderName::from_bytes(name.as_bytes()) else {
            return Err(InvalidRequest::HeaderName { name });
        };
        let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) else {
            return Err(InvalidRequest::HeaderValue { name });
        };
        headers.append(parsed, value);
    }
    if !headers.contains_key(header::CONTENT_LENGTH) {
        headers.insert(header::CONTENT_LENGTH, body.len().into());
    }
    Ok(headers)
}
