//! Decompresses bodies, when a guest asks for them, up to a limit.

use std::io::{self, Read};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};

/// What is offered to servers, in the order of Chromium.
pub(crate) const ACCEPT_ENCODING: HeaderValue = HeaderValue::from_static("gzip, deflate, br, zstd");

/// Nobody compresses more than twice.
const MAX_LAYERS: usize = 3;

/// RFC 9659: a zstd window for the web is at most 8 MiB, 2 to the power of 23.
const ZSTD_MAX_WINDOW_LOG: u32 = 23;

/// Why a body cannot be decompressed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DecodeError {
    #[error("content encoding '{encoding}' is not known")]
    Unknown { encoding: String },
    #[error("{encoding} data is broken: {reason}")]
    Broken { encoding: String, reason: String },
    #[error("more than {limit_bytes} bytes when decompressed")]
    TooLarge { limit_bytes: usize },
    #[error("more than {MAX_LAYERS} content encodings")]
    TooManyLayers,
}

/// The body without its content encodings, at most `limit` bytes in each layer.
pub(crate) fn decode(headers: &HeaderMap, body: &Bytes, limit: usize) -> Result<Bytes, DecodeError> {
    let encodings = encodings(headers);
    if encodings.len() > MAX_LAYERS {
        return Err(DecodeError::TooManyLayers);
    }
    let mut decoded = body.clone();
    // The header lists them in the order in which they were applied.
    for encoding in encodings.iter().rev() {
        // Answers to HEAD, and empty ones, keep the header.
        if !decoded.is_empty() {
            decoded = decode_layer(encoding, &decoded, limit)?;
        }
    }
    Ok(decoded)
}

fn encodings(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(header::CONTENT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .map(|encoding| encoding.trim().to_ascii_lowercase())
        .filter(|encoding| !encoding.is_empty() && encoding != "identity")
        .collect()
}

fn decode_layer(encoding: &str, body: &[u8], limit: usize) -> Result<Bytes, DecodeError> {
    let decoded = match encoding {
        "gzip" | "x-gzip" => read(flate2::read::MultiGzDecoder::new(body), limit),
        // The standard says zlib, but some servers send bare deflate data, and browsers take both.
        "deflate" if has_zlib_header(body) => read(flate2::read::ZlibDecoder::new(body), limit),
        "deflate" => read(flate2::read::DeflateDecoder::new(body), limit),
        "br" => read(brotli::Decompressor::new(body, 4096), limit),
        "zstd" => zstd_decoder(body).and_then(|decoder| read(decoder, limit)),
        _ => return Err(DecodeError::Unknown { encoding: encoding.to_owned() }),
    };
    match decoded {
        Ok(bytes) if bytes.len() > limit => Err(DecodeError::TooLarge { limit_bytes: limit }),
        Ok(bytes) => Ok(bytes.into()),
        Err(error) => Err(DecodeError::Broken { encoding: encoding.to_owned(), reason: error.to_string() }),
    }
}

/// Reads one byte more than allowed at most.
fn read(decoder: impl Read, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    decoder.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn zstd_decoder(body: &[u8]) -> io::Result<impl Read> {
    let mut decoder = zstd::stream::read::Decoder::with_buffer(body)?;
    decoder.window_log_max(ZSTD_MAX_WINDOW_LOG)?;
    Ok(decoder)
}

/// RFC 1950: the method is 8 and the first two bytes are a multiple of 31.
fn has_zlib_header(body: &[u8]) -> bool {
    matches!(body, [first, second, ..] if first & 0x0f == 8 && (u16::from(*first) << 8 | u16::from(*second)) % 31 == 0)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;

    use super::*;

    const TEXT: &[u8] = b"a page that is worth compressing, compressing, compressing";

    fn headers(encodings: &[&'static str]) -> HeaderMap {
        encodings.iter().map(|e| (header::CONTENT_ENCODING, HeaderValue::from_static(e))).collect()
    }

    fn compress(encoding: &str, text: &[u8]) -> Bytes {
        match encoding {
            "gzip" => {
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Compression::best());
                encoder.write_all(text).unwrap();
                encoder.finish().unwrap()
            }
            "zlib" => {
                let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), Compression::fast());
                encoder.write_all(text).unwrap();
                encoder.finish().unwrap()
            }
            "deflate" => {
                let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), Compression::fast());
                encoder.write_all(text).unwrap();
                encoder.finish().unwrap()
            }
            "br" => {
                let mut bytes = Vec::new();
                brotli::CompressorWriter::new(&mut bytes, 4096, 5, 20).write_all(text).unwrap();
                bytes
            }
            "zstd" => zstd::encode_all(text, 1).unwrap(),
            _ => text.to_vec(),
        }
        .into()
    }

    #[test]
    fn every_encoding_that_is_offered_is_decoded() {
        for (header, format) in [
            ("gzip", "gzip"),
            ("GZIP", "gzip"),
            ("deflate", "zlib"),
            ("deflate", "deflate"),
            ("br", "br"),
            ("zstd", "zstd"),
            ("identity", "identity"),
        ] {
            let decoded = decode(&headers(&[header]), &compress(format, TEXT), 1000);
            assert_eq!(decoded.as_deref(), Ok(TEXT), "{header} as {format}");
        }
    }

    #[test]
    fn layers_are_taken_off_in_reverse_order() {
        let body = compress("br", &compress("gzip", TEXT));
        assert_eq!(decode(&headers(&["gzip, br"]), &body, 1000).as_deref(), Ok(TEXT));
        assert_eq!(decode(&headers(&["gzip", "br"]), &body, 1000).as_deref(), Ok(TEXT));
    }

    #[test]
    fn a_bomb_is_cut_off_at_the_limit() {
        let zeros = vec![0; 1_000_000];
        for format in ["gzip", "br", "zstd"] {
            let body = compress(format, &zeros);
            assert!(body.len() < 5_000, "{format} {}", body.len());
            let decoded = decode(&headers(&[format]), &body, 999_999);
            assert_eq!(decoded, Err(DecodeError::TooLarge { limit_bytes: 999_999 }), "{format}");
            assert_eq!(decode(&headers(&[format]), &body, 1_000_000).unwrap().len(), 1_000_000);
        }
    }

    #[test]
    fn what_cannot_be_decoded_is_told() {
        let truncated = compress("gzip", TEXT).slice(..20);
        let error = decode(&headers(&["gzip"]), &truncated, 1000).unwrap_err();
        assert!(error.to_string().starts_with("gzip data is broken: "), "{error}");
        let error = decode(&headers(&["compress"]), &truncated, 1000).unwrap_err();
        assert_eq!(error.to_string(), "content encoding 'compress' is not known");
        assert_eq!(decode(&headers(&["br,br,br,br"]), &truncated, 1000), Err(DecodeError::TooManyLayers));
        for format in ["br", "zstd"] {
            assert!(decode(&headers(&[format]), &Bytes::from_static(b"plain text"), 1000).is_err());
        }
    }

    #[test]
    fn an_empty_body_needs_no_decoding() {
        assert_eq!(decode(&headers(&["gzip"]), &Bytes::new(), 1000).as_deref(), Ok(&b""[..]));
    }
}
