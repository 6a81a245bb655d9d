//! The body as hyper takes it.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::http::timed_io::{IoMeter, Moment};

/// HTTP/2 takes a frame when the peer's window has room, so that frames of this size, its default
/// maximum, show how far the body has been sent.
const FRAME_BYTES: usize = 16 * 1024;

/// A request's body of known length.
#[derive(Debug)]
pub(crate) struct OutgoingBody {
    rest: Bytes,
    frame_bytes: usize,
    /// On HTTP/2: notes when the end of the body was written.
    end: Option<(Arc<IoMeter>, Arc<Moment>)>,
}

impl OutgoingBody {
    /// A body that is taken whole.
    pub(crate) fn whole(bytes: Bytes) -> OutgoingBody {
        OutgoingBody { rest: bytes, frame_bytes: usize::MAX, end: None }
    }

    /// A body whose end is noted: in `moment`, when `meter`'s connection writes after it was taken.
    pub(crate) fn noting_its_end(bytes: Bytes, meter: &Arc<IoMeter>, moment: &Arc<Moment>) -> OutgoingBody {
        let end = Some((Arc::clone(meter), Arc::clone(moment)));
        let mut body = OutgoingBody { rest: bytes, frame_bytes: FRAME_BYTES, end };
        body.note_end();
        body
    }

    fn note_end(&mut self) {
        if self.rest.is_empty()
            && let Some((meter, moment)) = self.end.take()
        {
            meter.note_next_write(moment);
        }
    }
}

impl Body for OutgoingBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let length = self.frame_bytes.min(self.rest.len());
        let frame = self.rest.split_to(length);
        self.note_end();
        Poll::Ready(Some(Ok(Frame::data(frame))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}
