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
