//! Requests and how they are built.

use std::fmt::Display;
use std::time::Duration;

use serde::Serialize;

use super::{Error, Part, Response, StatusRange};
use crate::bindings::imports::http;
use crate::{clock, tag};

/// The limit for a whole exchange with its redirects where a request sets none; the contract's number.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);

/// How many redirects are followed where a request sets no number; the contract's number.
pub const DEFAULT_REDIRECTS: u32 = 10;

/// A request that is being built.
///
/// What cannot be built (a value that is no JSON) is kept and comes back from [`send`](Self::send).
#[derive(Clone, Debug)]
#[must_use = "a request is sent by `send` or `batch`"]
pub struct Request {
    request: http::Request,
    fault: Option<Error>,
}

impl Request {
    /// A request with any method, upper case, to an absolute URL or to a path that is resolved against
    /// the target.
    pub fn new(method: impl Into<String>, url: impl Into<String>) -> Self {
        let request = http::Request {
            method: method.into(),
            url: url.into(),
            name: None,
            headers: Vec::new(),
            body: http::Body::Empty,
            timeout: None,
            redirects: None,
            expected: Vec::new(),
            discard_body: false,
            tags: Vec::new(),
        };
        Self { request, fault: None }
    }

    /// Sets the label under which the exchange is counted: few different ones, please. By default it is
    /// the URL's path with numbers and ids replaced.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.request.name = Some(name.into());
        self
    }

    /// Adds a header field. One of the host's own (`user-agent`, `accept-encoding`, …) is replaced.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.request.headers.push(http::HeaderField { name: name.into(), value: value.into() });
        self
    }

    /// Adds a pair to the URL's query.
    pub fn query(mut self, key: &str, value: impl Display) -> Self {
        append_query(&mut self.request.url, key, &value.to_string());
        self
    }

    /// Sends bytes, of the media type that a `content-type` header says.
    pub fn bytes(self, bytes: impl Into<Vec<u8>>) -> Self {
        self.body(http::Body::Bytes(bytes.into()))
    }

    /// Sends text; `text/plain; charset=utf-8` unless a header says otherwise.
    pub fn text(self, text: impl Into<String>) -> Self {
        self.body(http::Body::Text(text.into()))
    }

    /// Sends a value as JSON; `application/json` unless a header says otherwise.
    pub fn json(mut self, value: &impl Serialize) -> Self {
        match serde_json::to_string(value) {
            Ok(json) => self.body(http::Body::Json(json)),
            Err(error) => {
                self.fault = Some(Error::InvalidRequest(format!("the body does not become JSON: {error}")));
                self
            }
        }
    }

    /// Sends fields as `application/x-www-form-urlencoded`.
    ///
    /// ```
    /// # use outrider_sdk::http;
    /// let request = http::post("/cart").form([("sku", "tent-2"), ("quantity", "1")]);
    /// ```
    pub fn form<K: Into<String>, V: Into<String>>(self, fields: impl IntoIterator<Item = (K, V)>) -> Self {
        let field = |(name, value): (K, V)| http::Field { name: name.into(), value: value.into() };
        self.body(http::Body::Form(fields.into_iter().map(field).collect()))
    }

    /// Sends parts as `multipart/form-data`.
    ///
    /// ```
    /// # use outrider_sdk::http::{self, Part};
    /// let photo = Part::file("photo", "tent.jpg", vec![0xff, 0xd8]).content_type("image/jpeg");
    /// let request = http::post("/reviews").multipart([Part::text("stars", "5"), photo]);
    /// ```
    pub fn multipart(self, parts: impl IntoIterator<Item = Part>) -> Self {
        self.body(http::Body::Multipart(parts.into_iter().map(Part::into_wit).collect()))
    }

    /// Sets the limit for the whole exchange with its redirects. Defaults to a minute via
    /// [`DEFAULT_TIMEOUT`].
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.request.timeout = Some(clock::nanos(timeout));
        self
    }

    /// Sets how many redirects are followed; 0 returns the redirect itself. Defaults to 10 via
    /// [`DEFAULT_REDIRECTS`].
    pub fn redirects(mut self, most: u32) -> Self {
        self.request.redirects = Some(most);
        self
    }

    /// Adds status codes that count as success in the measurements. By default those below 400 do.
    pub fn expect(mut self, status: impl Into<StatusRange>) -> Self {
        self.request.expected.push(status.into().into_wit());
        self
    }

    /// Counts the body's bytes and throws them away: cheaper for large downloads.
    pub fn discard_body(mut self) -> Self {
        self.request.discard_body = true;
        self
    }

    /// Adds a tag to this exchange besides the iteration's.
    pub fn tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.request.tags.push(tag::new(key, value));
        self
    }

    /// Sends it and waits for the whole answer. An answer with any status is an answer.
    pub fn send(self) -> Result<Response, Error> {
        let request = self.into_wit()?;
        let sent = match is_plain(&request) {
            true => http::send_plain(&request.method, &request.url),
            false => http::send(&request),
        };
        sent.map(Response::from_wit).map_err(Error::from_wit)
    }

    pub(super) fn into_wit(self) -> Result<http::Request, Error> {
        match self.fault {
            Some(fault) => Err(fault),
            None => Ok(self.request),
        }
    }

    fn body(mut self, body: http::Body) -> Self {
        self.request.body = body;
        self
    }
}

/// Whether it is a method and a URL and nothing else.
fn is_plain(request: &http::Request) -> bool {
    let http::Request { name, headers, body, timeout, redirects, expected, discard_body, tags, .. } = request;
    matches!(body, http::Body::Empty)
        && headers.is_empty()
        && expected.is_empty()
        && tags.is_empty()
        && name.is_none()
        && timeout.is_none()
        && redirects.is_none()
        && !discard_body
}

/// Appends a pair to a URL's query, before its fragment.
fn append_query(url: &mut String, key: &str, value: &str) {
    let fragment = url.find('#').map(|at| url.split_off(at)).unwrap_or_default();
    url.push(match url.find('?') {
        None => '?',
        Some(_) => '&',
    });
    percent_encode(url, key);
    url.push('=');
    percent_encode(url, value);
    url.push_str(&fragment);
}

/// Encodes all but RFC 3986's unreserved characters, so that the text means itself in any part of a URL.
fn percent_encode(url: &mut String, text: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            let digits = [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]];
            url.extend(['%', char::from(digits[0]), char::from(digits[1])]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(request: Request) -> http::Request {
        request.into_wit().unwrap()
    }

    #[test]
    fn query_pairs_are_encoded_and_stand_before_the_fragment() {
        let request = built(super::super::get("/find#top").query("q", "a b&c=ü").query("page", 2));
        assert_eq!(request.url, "/find?q=a%20b%26c%3D%C3%BC&page=2#top");
    }

    #[test]
    fn a_query_that_is_there_is_kept() {
        assert_eq!(built(super::super::get("/find?a=1").query("b", "2")).url, "/find?a=1&b=2");
    }

    #[test]
    fn a_value_that_is_no_json_is_the_requests_fault() {
        let keys_are_not_text = std::collections::BTreeMap::from([((1, 2), 3)]);
        let error = super::super::post("/").json(&keys_are_not_text).into_wit().unwrap_err();
        assert!(matches!(error, Error::InvalidRequest(_)));
    }

    #[test]
    fn what_was_asked_for_is_what_is_sent() {
        let request = Request::new("PURGE", "/")
            .name("purge")
            .header("x", "y")
            .form([("a", "1")])
            .timeout(Duration::from_millis(2))
            .redirects(0)
            .expect(200..=299)
            .expect(404)
            .discard_body()
            .tag("k", "v");
        let request = built(request);
        assert_eq!((request.method.as_str(), request.name.as_deref()), ("PURGE", Some("purge")));
        assert_eq!((request.timeout, request.redirects), (Some(2_000_000), Some(0)));
        assert_eq!(
            request.expected.iter().map(|r| (r.low, r.high)).collect::<Vec<_>>(),
            [(200, 299), (404, 404)]
        );
        assert!(
            request.discard_body && matches!(request.body, http::Body::Form(fields) if fields.len() == 1)
        );
    }
}
