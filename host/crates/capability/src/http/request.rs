//! What a guest asks for.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use outrider_model::Tags;

use super::RequestBody;
use super::body::EncodedBody;
use super::error::InvalidRequest;

/// Headers that frame the message or the connection: a guest that set them could smuggle requests.
const RESERVED: [&str; 9] = [
    "connection",
    "content-length",
    "http2-settings",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// A request as a journey writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRequest {
    /// The method, for example `GET`.
    pub method: String,
    /// An absolute URL, or one relative to the target.
    pub url: String,
    /// Header fields; a name may occur more than once. They replace the defaults of the same name.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: RequestBody,
    /// The label in reports. Defaults to the route (see [`super::route_label`]), with the host before it
    /// where that is another than the run is about; the redirects that are followed are always named so.
    pub name: Option<Arc<str>>,
    /// Time for the request with its redirects. Defaults to the configuration's.
    pub timeout: Option<Duration>,
    /// Redirects that are followed; 0 hands the redirect itself to the guest. Defaults to the
    /// configuration's.
    pub max_redirects: Option<u32>,
    /// Only count the bytes of the body. Defaults to the configuration's choice.
    pub discard_body: Option<bool>,
    /// Status codes that count as success. Defaults to those below 400 if there are none; a redirect
    /// that is followed is always one.
    pub expected: Vec<RangeInclusive<u16>>,
    /// Tags of the samples. Defaults to those of the origin.
    pub tags: Option<Tags>,
}

impl HttpRequest {
    /// A request without headers and body.
    pub fn new(method: impl Into<String>, url: impl Into<String>) -> HttpRequest {
        HttpRequest {
            method: method.into(),
            url: url.into(),
            headers: Vec::new(),
            body: RequestBody::Empty,
            name: None,
            timeout: None,
            max_redirects: None,
            discard_body: None,
            expected: Vec::new(),
            tags: None,
        }
    }

    /// A `GET` request.
    pub fn get(url: impl Into<String>) -> HttpRequest {
        HttpRequest::new("GET", url)
    }

    /// A `POST` request.
    pub fn post(url: impl Into<String>, body: RequestBody) -> HttpRequest {
        HttpRequest { body, ..HttpRequest::new("POST", url) }
    }

    /// Adds a header field.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> HttpRequest {
        self.headers.push((name.into(), value.into()));
        self
    }
}

/// One hop of a request: what is sent to one URL.
#[derive(Clone, Debug)]
pub(crate) struct Hop {
    pub(crate) method: Method,
    /// The journey's own header fields.
    pub(crate) headers: HeaderMap,
    pub(crate) body: EncodedBody,
}

impl Hop {
    /// The first hop of a request.
    pub(crate) fn first(
        request: &HttpRequest,
        boundary: impl FnOnce() -> String,
    ) -> Result<Hop, InvalidRequest> {
        let method = method(&request.method)?;
        let mut headers = HeaderMap::with_capacity(request.headers.len());
        for (name, value) in &request.headers {
            let (name, value) = field(name, value)?;
            headers.append(name, value);
        }
        Ok(Hop { method, headers, body: request.body.encode(boundary)? })
    }

    /// Whether it may be sent twice (RFC 9110 §9.2.2).
    pub(crate) fn is_idempotent(&self) -> bool {
        self.method.is_idempotent()
    }

    /// Drops the body and what describes it: a redirect turned the request into a `GET`.
    pub(crate) fn become_get(&mut self) {
        self.method = Method::GET;
        self.body = EncodedBody::default();
        for name in [
            header::CONTENT_TYPE,
            header::CONTENT_ENCODING,
            header::CONTENT_LANGUAGE,
            header::CONTENT_LOCATION,
        ] {
            self.headers.remove(name);
        }
    }

    /// Drops what is meant for one origin only.
    pub(crate) fn leave_origin(&mut self) {
        for name in [header::AUTHORIZATION, header::COOKIE, header::PROXY_AUTHORIZATION, header::HOST] {
            self.headers.remove(name);
        }
    }
}

fn method(text: &str) -> Result<Method, InvalidRequest> {
    match Method::from_bytes(text.as_bytes()) {
        Ok(method) if method != Method::CONNECT => Ok(method),
        _ => Err(InvalidRequest::Method { method: text.to_owned() }),
    }
}

fn field(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), InvalidRequest> {
    let parsed = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| InvalidRequest::HeaderName { name: name.to_owned() })?;
    if RESERVED.contains(&parsed.as_str()) {
        return Err(InvalidRequest::ReservedHeader { name: name.to_owned() });
    }
    let value = HeaderValue::from_bytes(value.as_bytes())
        .map_err(|_| InvalidRequest::HeaderValue { name: name.to_owned() })?;
    Ok((parsed, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(request: &HttpRequest) -> Result<Hop, String> {
        Hop::first(request, String::new).map_err(|error| error.to_string())
    }

    #[test]
    fn what_cannot_be_sent_is_told() {
        let get = |name: &str, value: &str| HttpRequest::get("/").header(name, value);
        let table = [
            (HttpRequest::new("GE T", "/"), "'GE T' is not a method that can be sent"),
            (HttpRequest::new("CONNECT", "/"), "'CONNECT' is not a method that can be sent"),
            (get("a b", "1"), "'a b' is not a header name"),
            (get("x", "1\r\ny: 2"), "header 'x' has a value with control characters"),
            (get("Content-Length", "1"), "header 'Content-Length' is set by the host alone"),
            (get("transfer-encoding", "chunked"), "header 'transfer-encoding' is set by the host alone"),
        ];
        for (request, expected) in table {
            assert_eq!(first(&request).unwrap_err(), expected);
        }
    }

    #[test]
    fn repeated_and_foreign_headers_are_kept() {
        let hop =
            first(&HttpRequest::get("/").header("X-A", "1").header("x-a", "2").header("x-b", "ü")).unwrap();
        assert_eq!(hop.headers.get_all("x-a").iter().count(), 2);
        assert_eq!(hop.headers["x-b"].as_bytes(), "ü".as_bytes());
    }

    #[test]
    fn a_redirected_post_loses_its_body_and_another_origin_its_secrets() {
        let request = HttpRequest::post("/", RequestBody::Json("{}".to_owned()))
            .header("authorization", "secret")
            .header("content-type", "x/y")
            .header("x-a", "1");
        let mut hop = first(&request).unwrap();
        hop.become_get();
        assert_eq!((&hop.method, hop.body.bytes.len()), (&Method::GET, 0));
        assert!(!hop.headers.contains_key("content-type"));
        assert!(hop.headers.contains_key("authorization"));
        hop.leave_origin();
        assert!(!hop.headers.contains_key("authorization"));
        assert!(hop.headers.contains_key("x-a"));
    }
}
