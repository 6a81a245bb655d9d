//! An answer in the making.

use std::io;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;

use super::Content;

/// An answer in all but its connection.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    /// By number of the request; the last one stays. Never empty.
    pub(crate) statuses: Vec<StatusCode>,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) content: Content,
}

impl Reply {
    /// 200 with this content.
    pub(crate) fn ok(media_type: &'static str, bytes: Bytes) -> Reply {
        let headers = vec![(CONTENT_TYPE, HeaderValue::from_static(media_type))];
        Reply { statuses: vec![StatusCode::OK], headers, content: Content::Whole(bytes) }
    }

    /// The status of the `ordinal`-th request, from 0.
    pub(crate) fn status(&self, ordinal: u64) -> StatusCode {
        let last = self.statuses.len() - 1;
        self.statuses[usize::try_from(ordinal).map_or(last, |ordinal| ordinal.min(last))]
    }

    /// The answer to the `ordinal`-th request.
    pub(crate) fn response(&self, ordinal: u64) -> Response<UnsyncBoxBody<Bytes, io::Error>> {
        let mut response = Response::new(self.content.body());
        *response.status_mut() = self.status(ordinal);
        for (name, value) in &self.headers {
            response.headers_mut().append(name, value.clone());
        }
        if let Some(length) = self.content.declared_length() {
            response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        response
    }
}
