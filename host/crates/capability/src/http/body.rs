//! Bodies of requests: what a guest gives, how it is written, how hyper takes it.

mod multipart;
mod outgoing;

use bytes::Bytes;
use http::HeaderValue;
use url::form_urlencoded;

use super::error::InvalidRequest;
pub(crate) use multipart::Boundaries;
pub use multipart::Part;
pub(crate) use outgoing::OutgoingBody;

/// The body of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RequestBody {
    /// No body.
    #[default]
    Empty,
    /// Bytes as they are, without a content type.
    Bytes(Bytes),
    /// Text, as `text/plain; charset=utf-8`.
    Text(String),
    /// JSON text, as `application/json`.
    Json(String),
    /// Fields of a form, as `application/x-www-form-urlencoded`.
    Form(Vec<(String, String)>),
    /// Parts of a form, as `multipart/form-data`.
    Multipart(Vec<Part>),
}

/// A body as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct EncodedBody {
    pub(crate) bytes: Bytes,
    /// The `content-type`, unless the journey sets its own.
    pub(crate) content_type: Option<HeaderValue>,
}

impl RequestBody {
    /// Writes the body; `boundary` is asked for by multipart forms only.
    pub(crate) fn encode(&self, boundary: impl FnOnce() -> String) -> Result<EncodedBody, InvalidRequest> {
        let fixed = |text: &str, content_type| EncodedBody {
            bytes: Bytes::copy_from_slice(text.as_bytes()),
            content_type: Some(HeaderValue::from_static(content_type)),
        };
        Ok(match self {
            RequestBody::Empty => EncodedBody::default(),
            RequestBody::Bytes(bytes) => EncodedBody { bytes: bytes.clone(), content_type: None },
            RequestBody::Text(text) => fixed(text, "text/plain; charset=utf-8"),
            RequestBody::Json(text) => fixed(text, "application/json"),
            RequestBody::Form(fields) => {
                let text = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
                fixed(&text, "application/x-www-form-urlencoded")
            }
            RequestBody::Multipart(parts) => multipart::encode(parts, &boundary())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(body: RequestBody) -> (String, String) {
        let encoded = body.encode(|| "B".to_owned()).unwrap();
        let content_type = encoded.content_type.map(|value| value.to_str().unwrap().to_owned());
        (content_type.unwrap_or_default(), String::from_utf8(encoded.bytes.to_vec()).unwrap())
    }

    #[test]
    fn each_kind_of_body_has_its_content_type() {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let table = [
            (RequestBody::Empty, "", ""),
            (RequestBody::Bytes(Bytes::from_static(b"x")), "", "x"),
            (RequestBody::Text("hé".to_owned()), "text/plain; charset=utf-8", "hé"),
            (RequestBody::Json("{}".to_owned()), "application/json", "{}"),
            (
                RequestBody::Form(vec![field("a b", "1&2"), field("ü", "")]),
                "application/x-www-form-urlencoded",
                "a+b=1%262&%C3%BC=",
            ),
        ];
        for (body, content_type, text) in table {
            assert_eq!(encode(body), (content_type.to_owned(), text.to_owned()));
        }
    }
}
