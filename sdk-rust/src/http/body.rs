//! What a request sends.

use crate::bindings::imports::http;

/// A part of a multipart form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    name: String,
    filename: Option<String>,
    content_type: Option<String>,
    data: Vec<u8>,
}

impl Part {
    /// A field with a text; `text/plain`.
    pub fn text(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), filename: None, content_type: None, data: value.into().into_bytes() }
    }

    /// A file; `application/octet-stream` unless [`content_type`](Self::content_type) says otherwise.
    pub fn file(name: impl Into<String>, filename: impl Into<String>, data: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), filename: Some(filename.into()), content_type: None, data: data.into() }
    }

    /// Sets the media type.
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    pub(crate) fn into_wit(self) -> http::Part {
        let Self { name, filename, content_type, data } = self;
        http::Part { name, filename, content_type, data }
    }
}
