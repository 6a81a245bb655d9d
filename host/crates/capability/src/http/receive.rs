//! Takes in an answer: what is kept of it is copied out of hyper's read buffer, so that a kept answer of 100
//! bytes does not hold on to 8 KiB, and hyper need not take a new buffer for the next one.

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue};

use super::HttpError;

/// Larger bodies of an unknown length that come in one piece are not copied: they fill most of the buffer.
const COPY_BELOW: usize = 4096;

/// A body of a known or unknown length does not reserve more than this before bytes arrive.
const MAX_RESERVE: usize = 256 * 1024;

/// What is to be done with a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Keep up to this many bytes; more are an error.
    UpTo(usize),
    /// Count them.
    Nothing,
}

/// Copies the values of header fields, which are slices of hyper's read buffer, into one piece of memory.
pub(crate) fn detach(headers: &mut HeaderMap) {
    let mut all = BytesMut::with_capacity(headers.values().map(HeaderValue::len).sum());
    headers.values().for_each(|value| all.extend_from_slice(value.as_bytes()));
    let mut all = all.freeze();
    for value in headers.values_mut() {
        // The same bytes are as valid as before.
        if let Ok(copy) = HeaderValue::from_maybe_shared(all.split_to(value.len())) {
            *value = copy;
        }
    }
}

/// Takes in frames.
#[derive(Debug)]
pub(crate) struct BodySink {
    keep: Keep,
    first: Bytes,
    /// Everything, if the length is known or once there is a second frame.
    all: BytesMut,
    length: u64,
}

impl BodySink {
    /// A sink for a body; `announced` is its length by the header.
    pub(crate) fn new(keep: Keep, announced: Option<u64>) -> Result<BodySink, HttpError> {
        let mut sink = BodySink { keep, first: Bytes::new(), all: BytesMut::new(), length: 0 };
        sink.check(announced.unwrap_or(0))?;
        if let (Keep::UpTo(_), Some(announced)) = (keep, announced)
            && announced > COPY_BELOW as u64
        {
            sink.all.reserve(usize::try_from(announced).unwrap_or(MAX_RESERVE).min(MAX_RESERVE));
        }
        Ok(sink)
    }

    /// Takes in the next bytes.
    pub(crate) fn push(&mut self, bytes: Bytes) -> Result<(), HttpError> {
        self.length += bytes.len() as u64;
        self.check(self.length)?;
        if self.keep == Keep::Nothing {
            return Ok(());
        }
        if self.first.is_empty() && self.all.capacity() == 0 {
            self.first = bytes;
            return Ok(());
        }
        if !self.first.is_empty() {
            let first = std::mem::take(&mut self.first);
            self.all.extend_from_slice(&first);
        }
        self.all.extend_from_slice(&bytes);
        Ok(())
    }

    /// Bytes so far, kept or not.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// The body, unless it was only counted.
    pub(crate) fn finish(self) -> Option<Bytes> {
        if self.keep == Keep::Nothing {
            return None;
        }
        if !self.all.is_empty() {
            return Some(self.all.freeze());
        }
        let small = self.first.len() < COPY_BELOW;
        Some(if small { Bytes::copy_from_slice(&self.first) } else { self.first })
    }

    fn check(&self, length: u64) -> Result<(), HttpError> {
        match self.keep {
            Keep::UpTo(limit_bytes) if length > limit_bytes as u64 => {
                Err(HttpError::BodyTooLarge { limit_bytes })
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collect(keep: Keep, frames: &[&'static [u8]]) -> Result<Option<Bytes>, HttpError> {
        let mut sink = BodySink::new(keep, None)?;
        for frame in frames {
            sink.push(Bytes::from_static(frame))?;
        }
        Ok(sink.finish())
    }

    #[test]
    fn frames_are_joined() {
        let keep = Keep::UpTo(100);
        assert_eq!(collect(keep, &[]).unwrap().unwrap(), "");
        assert_eq!(collect(keep, &[b"ab"]).unwrap().unwrap(), "ab");
        assert_eq!(collect(keep, &[b"ab", b"", b"c", b"d"]).unwrap().unwrap(), "abcd");
        assert_eq!(collect(Keep::Nothing, &[b"ab"]).unwrap(), None);
    }

    #[test]
    fn what_is_kept_holds_on_to_no_buffer() {
        let buffer = Bytes::from(vec![b'x'; 8192]);
        let mut headers = HeaderMap::new();
        for (name, range) in [("a", 0..3), ("b", 3..3), ("a", 10..20)] {
            headers.append(name, HeaderValue::from_maybe_shared(buffer.slice(range)).unwrap());
        }
        let mut sink = BodySink::new(Keep::UpTo(8192), Some(5000)).unwrap();
        sink.push(buffer.slice(100..5100)).unwrap();
        assert!(!buffer.is_unique());
        detach(&mut headers);
        assert!(buffer.is_unique());
        let values: Vec<_> = headers.get_all("a").iter().map(|value| value.len()).collect();
        assert_eq!((values, headers["b"].len(), sink.finish().unwrap().len()), (vec![3, 10], 0, 5000));
    }

    #[test]
    fn the_limit_holds_for_announced_and_for_real_lengths() {
        assert_eq!(collect(Keep::UpTo(3), &[b"abc"]).unwrap().unwrap(), "abc");
        let error = collect(Keep::UpTo(3), &[b"ab", b"cd"]).unwrap_err();
        assert_eq!(error.message(), "body too large: more than 3 bytes");
        assert!(BodySink::new(Keep::UpTo(3), Some(4)).is_err());
        assert!(BodySink::new(Keep::Nothing, Some(u64::MAX)).is_ok());
    }
}
