//! The header fields of one exchange: the host's defaults and the journey's own.

use http::{HeaderMap, HeaderValue, Method, Request, Uri, Version, header};

use super::UserAgent;
use super::chain::Chain;
use crate::http::body::OutgoingBody;
use crate::http::decode::ACCEPT_ENCODING;
use crate::http::route::Route;
use crate::http::trace::TRACEPARENT;

const ACCEPT_ANYTHING: HeaderValue = HeaderValue::from_static("*/*");

const NO_BYTES: HeaderValue = HeaderValue::from_static("0");

impl UserAgent {
    /// The request of a hop as HTTP/1.1 writes it.
    pub(super) fn http1_request(
        &self,
        route: &Route,
        chain: &Chain<'_>,
        body: OutgoingBody,
    ) -> Request<OutgoingBody> {
        let mut headers = self.headers(route, chain);
        if !headers.contains_key(header::HOST) {
            headers.insert(header::HOST, route.host.clone());
        }
        request(chain, route.origin_form.clone(), Version::HTTP_11, headers, body)
    }

    /// The request of a hop as HTTP/2 writes it: the host is part of the URL there.
    pub(super) fn http2_request(
        &self,
        route: &Route,
        chain: &Chain<'_>,
        body: OutgoingBody,
    ) -> Request<OutgoingBody> {
        let mut headers = self.headers(route, chain);
        let own_host = headers.remove(header::HOST);
        let uri = own_host.and_then(|host| with_authority(&route.absolute_form, &host));
        let uri = uri.unwrap_or_else(|| route.absolute_form.clone());
        request(chain, uri, Version::HTTP_2, headers, body)
    }

    fn headers(&self, route: &Route, chain: &Chain<'_>) -> HeaderMap {
        let own = &chain.hop.headers;
        let mut headers = HeaderMap::with_capacity(8 + own.len());
        headers.insert(header::USER_AGENT, self.name.clone());
        headers.insert(header::ACCEPT, ACCEPT_ANYTHING);
        if self.shared.config.compression {
            headers.insert(header::ACCEPT_ENCODING, ACCEPT_ENCODING);
        }
        let ids = chain.trace_id.as_ref().zip(chain.span_id);
        let traceparent = ids.and_then(|(trace, span)| self.tracer().traceparent(trace, span));
        let optional = [
            (TRACEPARENT, traceparent),
            (header::CONTENT_TYPE, chain.hop.body.content_type.clone()),
            (header::AUTHORIZATION, route.basic.clone()),
            (header::CONTENT_LENGTH, lacks_its_body(chain).then_some(NO_BYTES)),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                headers.insert(name, value);
            }
        }
        for name in own.keys() {
            headers.remove(name);
            for value in own.get_all(name) {
                headers.append(name, value.clone());
            }
        }
        if let Some(cookies) = self.cookies().header(&route.url, own.get(header::COOKIE)) {
            headers.insert(header::COOKIE, cookies);
        }
        headers
    }
}

/// Whether the request is of a method that brings a body, and has none. Browsers say its length all the same
/// (RFC 9110 §8.6), and some servers answer 411 if nothing does.
fn lacks_its_body(chain: &Chain<'_>) -> bool {
    let brings_a_body = [Method::POST, Method::PUT, Method::PATCH].contains(&chain.hop.method);
    brings_a_body && chain.hop.body.bytes.is_empty()
}

fn request(
    chain: &Chain<'_>,
    uri: Uri,
    version: Version,
    headers: HeaderMap,
    body: OutgoingBody,
) -> Request<OutgoingBody> {
    let mut request = Request::new(body);
    *request.method_mut() = chain.hop.method.clone();
    *request.uri_mut() = uri;
    *request.version_mut() = version;
    *request.headers_mut() = headers;
    request
}

fn with_authority(uri: &Uri, host: &HeaderValue) -> Option<Uri> {
    let mut parts = uri.clone().into_parts();
    parts.authority = Some(host.to_str().ok()?.parse().ok()?);
    Uri::from_parts(parts).ok()
}
