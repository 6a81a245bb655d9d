//! Forms with files: `multipart/form-data` (RFC 7578).

use bytes::{BufMut, Bytes, BytesMut};
use http::HeaderValue;

use super::EncodedBody;
use crate::DrawFor;
use crate::http::error::InvalidRequest;
use crate::random::{Purpose, Sequence, hex};

/// One part of a multipart form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// The field's name.
    pub name: String,
    /// The name of the file, if the part is one.
    pub file_name: Option<String>,
    /// The part's content type; files default to `application/octet-stream`.
    pub content_type: Option<String>,
    /// The content.
    pub content: Bytes,
}

/// The boundaries of the forms of one iteration, one after the other.
#[derive(Debug)]
pub(crate) struct Boundaries {
    sequence: Sequence,
    drawn: u32,
}

impl Boundaries {
    pub(crate) fn new(seed: u64, draw_for: DrawFor<'_>) -> Boundaries {
        Boundaries { sequence: Sequence::new(seed, Purpose::Multipart, draw_for), drawn: 0 }
    }

    /// A boundary that no part of a form contains, but for one chance in 2^128.
    pub(crate) fn draw(&mut self) -> String {
        let bytes = self.sequence.sixteen_bytes(self.drawn);
        self.drawn = self.drawn.wrapping_add(1);
        format!("outrider-{}", hex(&bytes))
    }
}

pub(super) fn encode(parts: &[Part], boundary: &str) -> Result<EncodedBody, InvalidRequest> {
    let mut body = BytesMut::with_capacity(parts.iter().map(|part| part.content.len() + 256).sum());
    for part in parts {
        body.put_slice(format!("--{boundary}\r\n{}\r\n", header(part)?).as_bytes());
        body.put_slice(&part.content);
        body.put_slice(b"\r\n");
    }
    body.put_slice(format!("--{boundary}--\r\n").as_bytes());
    let content_type = HeaderValue::try_from(format!("multipart/form-data; boundary={boundary}"));
    Ok(EncodedBody { bytes: body.freeze(), content_type: content_type.ok() })
}

fn header(part: &Part) -> Result<String, InvalidRequest> {
    let name = quoted(&part.name);
    let file_name = part.file_name.as_ref().map(|file_name| format!("; filename=\"{}\"", quoted(file_name)));
    let default = part.file_name.as_ref().map(|_| "application/octet-stream");
    let content_type = match part.content_type.as_deref().or(default) {
        // Nothing may end the header early.
        Some(value) if value.chars().any(char::is_control) => {
            return Err(InvalidRequest::Part { what: "content type", value: value.to_owned() });
        }
        Some(value) => format!("content-type: {value}\r\n"),
        None => String::new(),
    };
    let file_name = file_name.unwrap_or_default();
    Ok(format!("content-disposition: form-data; name=\"{name}\"{file_name}\r\n{content_type}"))
}

/// The three characters that the HTML standard escapes in names, as browsers do.
fn quoted(text: &str) -> String {
    text.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use outrider_model::IterationIndex;

    use super::*;

    #[test]
    fn an_iterations_boundaries_differ_and_come_again_with_its_number() {
        let draw = |index| {
            let draw_for = DrawFor::Iteration { scenario: "buy", index: IterationIndex(index) };
            let mut boundaries = Boundaries::new(1, draw_for);
            [boundaries.draw(), boundaries.draw()]
        };
        assert_ne!(draw(0)[0], draw(0)[1]);
        assert_eq!(draw(0), draw(0));
        assert_ne!(draw(0), draw(1));
    }

    #[test]
    fn parts_are_framed_by_the_boundary() {
        let parts = [
            Part { name: "a".to_owned(), content: Bytes::from_static(b"1"), ..Part::default() },
            Part {
                name: "f".to_owned(),
                file_name: Some("x\"y\r\n.png".to_owned()),
                content_type: None,
                content: Bytes::from_static(b"\x00\xff"),
            },
        ];
        let encoded = encode(&parts, "B").unwrap();
        assert_eq!(encoded.content_type.unwrap(), "multipart/form-data; boundary=B");
        let expected = b"--B\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n1\r\n\
            --B\r\ncontent-disposition: form-data; name=\"f\"; filename=\"x%22y%0D%0A.png\"\r\n\
            content-type: application/octet-stream\r\n\r\n\x00\xff\r\n--B--\r\n";
        assert_eq!(&encoded.bytes[..], &expected[..]);
    }

    #[test]
    fn a_content_type_cannot_smuggle_headers() {
        let part = Part { content_type: Some("a\r\nb: c".to_owned()), ..Part::default() };
        assert!(matches!(encode(&[part], "B"), Err(InvalidRequest::Part { what: "content type", .. })));
    }
}
