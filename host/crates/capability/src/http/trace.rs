//! Trace ids: the W3C `traceparent` header, by which a target's own traces are found.

use std::sync::Arc;

use http::{HeaderName, HeaderValue};
use outrider_model::IterationIndex;

use super::TraceMode;
use crate::VuRandom;
use crate::random::hex;

/// The header's name.
pub(crate) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// Makes the ids of one virtual user. They come from the run's seed, the VU and the iteration.
#[derive(Debug)]
pub(crate) struct Tracer {
    mode: TraceMode,
    random: VuRandom,
    of_iteration: Option<Arc<str>>,
}

impl Tracer {
    pub(crate) fn new(mode: TraceMode, random: VuRandom) -> Tracer {
        Tracer { mode, random, of_iteration: None }
    }

    pub(crate) fn begin_iteration(&mut self, iteration: IterationIndex) {
        self.random.begin_iteration(iteration);
        self.of_iteration = None;
    }

    /// The trace id of a new request, 32 hexadecimal digits.
    pub(crate) fn trace_id(&mut self) -> Option<Arc<str>> {
        match self.mode {
            TraceMode::Off => None,
            TraceMode::PerRequest => Some(self.draw()),
            TraceMode::PerIteration => match &self.of_iteration {
                Some(id) => Some(Arc::clone(id)),
                None => {
                    let id = self.draw();
                    self.of_iteration = Some(Arc::clone(&id));
                    Some(id)
                }
            },
        }
    }

    /// The header for one exchange of a trace: it has a span id of its own, and is sampled.
    pub(crate) fn traceparent(&mut self, trace_id: &str) -> Option<HeaderValue> {
        let span: [u8; 8] = self.random.array();
        let value = ["00", trace_id, &hex(&span), "01"].join("-");
        HeaderValue::try_from(value).ok()
    }

    /// A boundary that no part of a multipart form contains, but for one chance in 2^128.
    pub(crate) fn boundary(&mut self) -> String {
        let bytes: [u8; 16] = self.random.array();
        format!("outrider-{}", hex(&bytes))
    }

    fn draw(&mut self) -> Arc<str> {
        let bytes: [u8; 16] = self.random.array();
        hex(&bytes).into()
    }
}

/// The trace id in a `traceparent` that the journey set itself.
pub(crate) fn trace_id_of(header: &HeaderValue) -> Option<Arc<str>> {
    let id = header.to_str().ok()?.split('-').nth(1)?;
    (id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| id.into())
}

#[cfg(test)]
mod tests {
    use outrider_model::VuId;

    use super::*;

    fn tracer(mode: TraceMode) -> Tracer {
        Tracer::new(mode, VuRandom::new(1, VuId(1)))
    }

    #[test]
    fn each_request_or_each_iteration_has_a_trace_of_its_own() {
        let mut per_request = tracer(TraceMode::PerRequest);
        assert_ne!(per_request.trace_id(), per_request.trace_id());

        let mut per_iteration = tracer(TraceMode::PerIteration);
        per_iteration.begin_iteration(IterationIndex(0));
        let first = per_iteration.trace_id();
        assert_eq!(first, per_iteration.trace_id());
        per_iteration.begin_iteration(IterationIndex(1));
        assert_ne!(first, per_iteration.trace_id());

        assert_eq!(tracer(TraceMode::Off).trace_id(), None);
    }

    #[test]
    fn the_header_is_a_w3c_trace_context() {
        let mut tracer = tracer(TraceMode::PerRequest);
        let id = tracer.trace_id().unwrap();
        let header = tracer.traceparent(&id).unwrap();
        let lengths: Vec<usize> = header.to_str().unwrap().split('-').map(str::len).collect();
        assert_eq!(lengths, [2, 32, 16, 2]);
        assert_eq!(trace_id_of(&header), Some(id));
        assert_eq!(trace_id_of(&HeaderValue::from_static("nonsense")), None);
    }
}
