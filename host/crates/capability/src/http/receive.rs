//! Takes in the body of an answer.

use bytes::{Bytes, BytesMut};

use super::HttpError;

/// Smaller bodies are copied out of hyper's read buffer, so that the buffer can be used again and a
/// kept body of 100 bytes does not hold on to 8 KiB.
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

/// Takes in frames.
#[derive(Debug)]
pub(crate) struct BodySink {
    keep: Keep,
    first: Bytes,
    /// Everything, once there is a second frame.
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
        if self.first.is_empty() && self.all.is_empty() {
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
    fn the_limit_holds_for_announced_and_for_real_lengths() {
        assert_eq!(collect(Keep::UpTo(3), &[b"abc"]).unwrap().unwrap(), "abc");
        let error = collect(Keep::UpTo(3), &[b"ab", b"cd"]).unwrap_err();
        assert_eq!(error.message(), "body too large: more than 3 bytes");
        assert!(BodySink::new(Keep::UpTo(3), Some(4)).is_err());
        assert!(BodySink::new(Keep::Nothing, Some(u64::MAX)).is_ok());
    }
}
