//! Bodies: how many bytes, in which pieces, how encoded.

use std::convert::Infallible;
use std::io::{self, Write};
use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::Frame;

/// The size of an endless body's pieces.
const ENDLESS_PIECE_BYTES: usize = 1024;

/// The first `size_bytes` of an endless text: lines of digits and letters, different enough to show a
/// piece that is missing or comes twice.
///
/// ```
/// assert_eq!(&outrider_test_util::pattern(20)[..], b"line 0000000\nline 00");
/// ```
pub fn pattern(size_bytes: usize) -> Bytes {
    use std::fmt::Write;

    const LINE_BYTES: usize = "line 0000000\n".len();
    let mut text = String::with_capacity(size_bytes + LINE_BYTES);
    for number in 0..size_bytes.div_ceil(LINE_BYTES) {
        // Seven digits are enough for 130 MB.
        writeln!(text, "line {:07}", number % 10_000_000).expect("memory takes every byte");
    }
    text.truncate(size_bytes);
    Bytes::from(text)
}

/// How a body is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// `gzip`.
    Gzip,
    /// `br`.
    Brotli,
    /// `zstd`.
    Zstd,
}

impl Encoding {
    /// All of them.
    pub const ALL: [Encoding; 3] = [Encoding::Gzip, Encoding::Brotli, Encoding::Zstd];

    /// The encoding as `content-encoding` spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Encoding::Gzip => "gzip",
            Encoding::Brotli => "br",
            Encoding::Zstd => "zstd",
        }
    }

    pub(crate) fn compress(self, bytes: &[u8]) -> Bytes {
        let compressed = match self {
            Encoding::Gzip => gzip(bytes),
            Encoding::Brotli => brotli(bytes),
            Encoding::Zstd => zstd::encode_all(bytes, 0),
        };
        Bytes::from(compressed.expect("memory takes every byte"))
    }
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn brotli(bytes: &[u8]) -> io::Result<Vec<u8>> {
    // Buffer size, quality and window as brotli's own examples have them; only the format matters here.
    let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, 4, 22);
    encoder.write_all(bytes)?;
    Ok(encoder.into_inner())
}

/// A body and the way it is sent.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// At once, with its length.
    Whole(Bytes),
    /// At once, without its length.
    Chunked(Bytes),
    /// In pieces, with its length.
    Slow { bytes: Bytes, piece_bytes: usize, every: Duration },
    /// In pieces for ever.
    Endless,
}

impl Content {
    /// All bytes of a body that ends.
    pub(crate) fn bytes(&self) -> Bytes {
        match self {
            Content::Whole(bytes) | Content::Chunked(bytes) | Content::Slow { bytes, .. } => bytes.clone(),
            Content::Endless => panic!("an endless body cannot be modified"),
        }
    }

    /// The length to declare, where a stream does not say it by itself.
    pub(crate) fn declared_length(&self) -> Option<usize> {
        match self {
            Content::Slow { bytes, .. } => Some(bytes.len()),
            Content::Whole(_) | Content::Chunked(_) | Content::Endless => None,
        }
    }

    pub(crate) fn body(&self) -> UnsyncBoxBody<Bytes, io::Error> {
        match self {
            Content::Whole(bytes) => Full::new(bytes.clone()).map_err(never).boxed_unsync(),
            Content::Chunked(bytes) => streamed(stream::iter([bytes.clone()]).map(Ok)),
            Content::Slow { bytes, piece_bytes, every } => {
                streamed(pieces(bytes.clone(), *piece_bytes, *every).map(Ok))
            }
            Content::Endless => streamed(stream::repeat(pattern(ENDLESS_PIECE_BYTES)).map(Ok)),
        }
    }
}

/// A body out of a stream; without a length, since a stream does not know it.
pub(crate) fn streamed(
    stream: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
) -> UnsyncBoxBody<Bytes, io::Error> {
    StreamBody::new(stream.map(|piece| piece.map(Frame::data))).boxed_unsync()
}

fn pieces(bytes: Bytes, piece_bytes: usize, every: Duration) -> impl Stream<Item = Bytes> + Send {
    stream::unfold(bytes, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(every).await;
        let piece = rest.split_to(piece_bytes.min(rest.len()));
        Some((piece, rest))
    })
}

fn never(error: Infallible) -> io::Error {
    match error {}
}
