//! Answers. They stay in the host: each method that reads a part of one asks for that part alone.

use std::time::Duration;

use serde::de::DeserializeOwned;

use super::{ReadError, StatusRange};
use crate::Error;
use crate::bindings::imports::responses;

/// The phases of an exchange, one after the other. A phase that did not happen is zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Phases {
    /// Waiting for a free connection of this user. Not part of the exchange's duration.
    pub blocked: Duration,
    /// Resolving the name.
    pub dns: Duration,
    /// Opening the TCP connection.
    pub connect: Duration,
    /// The TLS handshake.
    pub tls: Duration,
    /// Until the last byte of the request was written.
    pub send: Duration,
    /// From then to the first byte of the answer.
    pub wait: Duration,
    /// From then to its last byte.
    pub receive: Duration,
}

/// A header field of an answer. Names are lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value; what is not UTF-8 in it is replaced.
    pub value: String,
}

/// An answer. It can be read until its iteration ends.
#[derive(Clone, Debug)]
pub struct Response {
    head: responses::Response,
}

impl Response {
    pub(crate) fn from_wit(head: responses::Response) -> Self {
        Self { head }
    }

    /// The HTTP status code.
    pub fn status(&self) -> u16 {
        self.head.status
    }

    /// From the beginning of the exchange to the last byte of the answer.
    pub fn duration(&self) -> Duration {
        Duration::from_nanos(self.head.duration)
    }

    /// Length of the body as it came over the wire, before decompression, in bytes.
    pub fn body_size(&self) -> u64 {
        self.head.body_size
    }

    /// The answer itself if its status is expected, else an error of the target's fault.
    #[track_caller]
    pub fn ensure_status(self, expected: impl Into<StatusRange>) -> Result<Self, Error> {
        let (status, expected) = (self.status(), expected.into());
        if expected.contains(status) {
            return Ok(self);
        }
        let url = self.url().unwrap_or_default();
        Err(Error::target(format_args!("{url} answered {status}, expected {expected}")))
    }

    /// The URL that answered, after redirects.
    pub fn url(&self) -> Result<String, ReadError> {
        responses::url(self.head.id).map_err(ReadError::from_wit)
    }

    /// `HTTP/1.1` or `HTTP/2`.
    pub fn protocol(&self) -> Result<String, ReadError> {
        responses::protocol(self.head.id).map_err(ReadError::from_wit)
    }

    /// How long each phase of the last exchange took.
    pub fn timings(&self) -> Result<Phases, ReadError> {
        let phases = responses::timings(self.head.id).map_err(ReadError::from_wit)?;
        Ok(Phases {
            blocked: Duration::from_nanos(phases.blocked),
            dns: Duration::from_nanos(phases.dns),
            connect: Duration::from_nanos(phases.connect),
            tls: Duration::from_nanos(phases.tls),
            send: Duration::from_nanos(phases.send),
            wait: Duration::from_nanos(phases.wait),
            receive: Duration::from_nanos(phases.receive),
        })
    }

    /// The first value of a header field, whose name is compared without regard to case.
    pub fn header(&self, name: &str) -> Result<Option<String>, ReadError> {
        responses::header(self.head.id, name).map_err(ReadError::from_wit)
    }

    /// All header fields in the order they came.
    pub fn headers(&self) -> Result<Vec<Header>, ReadError> {
        let headers = responses::headers(self.head.id).map_err(ReadError::from_wit)?;
        Ok(headers.into_iter().map(|header| Header { name: header.name, value: header.value }).collect())
    }

    /// The body, decompressed.
    pub fn bytes(&self) -> Result<Vec<u8>, ReadError> {
        responses::body(self.head.id).map_err(ReadError::from_wit)
    }

    /// The body as text.
    pub fn text(&self) -> Result<String, ReadError> {
        responses::text(self.head.id).map_err(ReadError::from_wit)
    }

    /// The whole body, read as JSON. [`json_path`](Self::json_path) is cheaper for a part of it.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ReadError> {
        serde_json::from_slice(&self.bytes()?).map_err(json_error)
    }

    /// The first node that a JSONPath (RFC 9535) selects. That it selects none is an error of the target's
    /// fault; [`find_json_path`](Self::find_json_path) takes it as an answer. A query that visits more than 2,000,000
    /// nodes of the body or selects more than 16 MiB of text is an error too.
    pub fn json_path<T: DeserializeOwned>(&self, path: &str) -> Result<T, ReadError> {
        self.find_json_path(path)?.ok_or_else(|| ReadError::NoMatch(path.to_owned()))
    }

    /// The first node that a JSONPath (RFC 9535) selects, if it selects one.
    pub fn find_json_path<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, ReadError> {
        let node = responses::json_path(self.head.id, path).map_err(ReadError::from_wit)?;
        node.map(|json| parse_node(path, &json)).transpose()
    }

    /// All nodes that a JSONPath (RFC 9535) selects, within the limits of [`json_path`](Self::json_path).
    pub fn json_path_all<T: DeserializeOwned>(&self, path: &str) -> Result<Vec<T>, ReadError> {
        let nodes = responses::json_path_all(self.head.id, path).map_err(ReadError::from_wit)?;
        nodes.iter().map(|json| parse_node(path, json)).collect()
    }

    /// Where the body does not fit a JSON Schema, and how: at most ten places; none if it fits. The schema is
    /// JSON text of at most 64 KiB, and whole: references to other documents are not followed. It is compiled
    /// once, by its text, so keep the text rather than write it anew.
    pub fn json_schema_faults(&self, schema: &str) -> Result<Vec<String>, ReadError> {
        responses::json_schema(self.head.id, schema).map_err(ReadError::from_wit)
    }

    /// The text of the first element that a CSS selector selects, with the texts of all elements in it. The
    /// body is read as XML if its content type says so, else as HTML. That there is none is an error of the
    /// target's fault; [`find_css`](Self::find_css) takes it as an answer.
    pub fn css(&self, selector: &str) -> Result<String, ReadError> {
        self.find_css(selector)?.ok_or_else(|| ReadError::NoMatch(selector.to_owned()))
    }

    /// The text of the first element that a CSS selector selects, if it selects one.
    pub fn find_css(&self, selector: &str) -> Result<Option<String>, ReadError> {
        responses::css(self.head.id, selector, None).map_err(ReadError::from_wit)
    }

    /// The texts of all elements that a CSS selector selects, in the order of the document.
    pub fn css_all(&self, selector: &str) -> Result<Vec<String>, ReadError> {
        responses::css_all(self.head.id, selector, None).map_err(ReadError::from_wit)
    }

    /// The value of an attribute, of the first element that a CSS selector selects and that has it. That
    /// there is none is an error of the target's fault; [`find_css_attribute`](Self::find_css_attribute)
    /// takes it as an answer.
    ///
    /// ```no_run
    /// # use outrider_sdk::{Result, http};
    /// # fn example() -> Result<()> {
    /// let page = http::get("/products").send()?;
    /// let next = page.css_attribute("a.next", "href")?;
    /// # let _ = next; Ok(()) }
    /// ```
    pub fn css_attribute(&self, selector: &str, attribute: &str) -> Result<String, ReadError> {
        let found = self.find_css_attribute(selector, attribute)?;
        found.ok_or_else(|| ReadError::NoMatch(format!("{selector} @{attribute}")))
    }

    /// The value of an attribute, of the first element that a CSS selector selects and that has it, if there
    /// is one.
    pub fn find_css_attribute(&self, selector: &str, attribute: &str) -> Result<Option<String>, ReadError> {
        responses::css(self.head.id, selector, Some(attribute)).map_err(ReadError::from_wit)
    }

    /// The values of an attribute, of all elements that a CSS selector selects and that have it.
    pub fn css_attribute_all(&self, selector: &str, attribute: &str) -> Result<Vec<String>, ReadError> {
        responses::css_all(self.head.id, selector, Some(attribute)).map_err(ReadError::from_wit)
    }

    /// The string value of the first node that an XPath 1.0 expression selects; of an expression that comes to
    /// a string, a number or a truth value, that value as text. A name without a prefix is the local name in
    /// any namespace. That it selects none is an error of the target's fault;
    /// [`find_xpath`](Self::find_xpath) takes it as an answer.
    pub fn xpath(&self, expression: &str) -> Result<String, ReadError> {
        self.find_xpath(expression)?.ok_or_else(|| ReadError::NoMatch(expression.to_owned()))
    }

    /// The string value of the first node that an XPath selects, if it selects one.
    pub fn find_xpath(&self, expression: &str) -> Result<Option<String>, ReadError> {
        responses::xpath(self.head.id, expression).map_err(ReadError::from_wit)
    }

    /// The string values of all nodes that an XPath selects, in the order of the document.
    pub fn xpath_all(&self, expression: &str) -> Result<Vec<String>, ReadError> {
        responses::xpath_all(self.head.id, expression).map_err(ReadError::from_wit)
    }

    /// A group of the first match of a regular expression in the values of a header field. That there is none
    /// is an error of the target's fault; [`find_header_regex`](Self::find_header_regex) takes it as an answer.
    pub fn header_regex(&self, name: &str, pattern: &str, group: u32) -> Result<String, ReadError> {
        let found = self.find_header_regex(name, pattern, group)?;
        found.ok_or_else(|| ReadError::NoMatch(format!("{pattern} in header {name}")))
    }

    /// A group of the first match of a regular expression in the values of a header field, if there is one.
    pub fn find_header_regex(
        &self,
        name: &str,
        pattern: &str,
        group: u32,
    ) -> Result<Option<String>, ReadError> {
        responses::header_regex(self.head.id, name, pattern, group).map_err(ReadError::from_wit)
    }

    /// A group of the first match of a regular expression in the body; group 0 is the whole match. Syntax:
    /// the crate `regex`. That there is none is an error of the target's fault;
    /// [`find_regex`](Self::find_regex) takes it as an answer.
    pub fn regex(&self, pattern: &str, group: u32) -> Result<String, ReadError> {
        self.find_regex(pattern, group)?.ok_or_else(|| ReadError::NoMatch(pattern.to_owned()))
    }

    /// A group of the first match of a regular expression in the body, if there is one and the group took
    /// part in it.
    pub fn find_regex(&self, pattern: &str, group: u32) -> Result<Option<String>, ReadError> {
        responses::regex(self.head.id, pattern, group).map_err(ReadError::from_wit)
    }
}

fn parse_node<T: DeserializeOwned>(path: &str, json: &str) -> Result<T, ReadError> {
    serde_json::from_str(json).map_err(|error| ReadError::Shape(format!("at {path}: {error}")))
}

/// A body that is JSON of another shape is another matter than a body that is no JSON.
fn json_error(error: serde_json::Error) -> ReadError {
    if error.is_data() { ReadError::Shape(error.to_string()) } else { ReadError::NotJson(error.to_string()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_of_another_shape_is_told_from_text_that_is_no_json() {
        let read = |json: &str| serde_json::from_str::<u32>(json).map_err(json_error).unwrap_err();
        assert!(matches!(read("\"x\""), ReadError::Shape(_)));
        assert!(matches!(read("<html>"), ReadError::NotJson(_)));
    }

    #[test]
    fn a_node_that_does_not_fit_is_named_by_its_path() {
        let error = parse_node::<u32>("$.id", "null").unwrap_err().to_string();
        assert!(error.starts_with("the JSON does not fit: at $.id: invalid type: null"), "{error}");
    }
}
