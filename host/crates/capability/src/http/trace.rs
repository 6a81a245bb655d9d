//! Trace ids: the W3C `traceparent` header, by which a target's own traces are found.
//!
//! They do not repeat with the run's seed, unlike everything else that is sent: two runs of one seed send the same
//! requests, and their traces must not meet in the target's own records. Neither do two users' of a run,
//! nor those of a user that was made anew.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use http::{HeaderName, HeaderValue};
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::TraceMode;
use crate::random::hex;

/// The header's name.
pub(crate) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// Gives each client of a run a sequence of ids that no other one has.
#[derive(Debug)]
pub(crate) struct TraceIds {
    seed: u64,
    clients: AtomicU64,
}

impl TraceIds {
    pub(crate) fn new(seed: u64) -> TraceIds {
        TraceIds { seed, clients: AtomicU64::new(0) }
    }

    fn of_next_client(&self) -> ChaCha8Rng {
        let mut ids = ChaCha8Rng::seed_from_u64(self.seed);
        ids.set_stream(self.clients.fetch_add(1, Relaxed));
        ids
    }
}

/// Makes the ids of one client.
#[derive(Debug)]
pub(crate) struct Tracer {
    mode: TraceMode,
    ids: ChaCha8Rng,
    of_iteration: Option<Arc<str>>,
}

impl Tracer {
    pub(crate) fn new(mode: TraceMode, ids: &TraceIds) -> Tracer {
        Tracer { mode, ids: ids.of_next_client(), of_iteration: None }
    }

    /// An iteration, or a call outside of iterations, begins.
    pub(crate) fn begin(&mut self) {
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
        let mut span = [0; 8];
        self.ids.fill_bytes(&mut span);
        let value = ["00", trace_id, &hex(&span), "01"].join("-");
        HeaderValue::try_from(value).ok()
    }

    fn draw(&mut self) -> Arc<str> {
        let mut bytes = [0; 16];
        self.ids.fill_bytes(&mut bytes);
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
    use super::*;

    fn tracer(mode: TraceMode) -> Tracer {
        Tracer::new(mode, &TraceIds::new(1))
    }

    #[test]
    fn each_request_or_each_iteration_has_a_trace_of_its_own() {
        let mut per_request = tracer(TraceMode::PerRequest);
        assert_ne!(per_request.trace_id(), per_request.trace_id());

        let mut per_iteration = tracer(TraceMode::PerIteration);
        per_iteration.begin();
        let first = per_iteration.trace_id();
        assert_eq!(first, per_iteration.trace_id());
        per_iteration.begin();
        assert_ne!(first, per_iteration.trace_id());

        assert_eq!(tracer(TraceMode::Off).trace_id(), None);
    }

    #[test]
    fn no_two_clients_of_a_run_share_an_id_and_no_two_runs() {
        let (run, other) = (TraceIds::new(1), TraceIds::new(2));
        let mut ids: Vec<_> = [&run, &run, &other]
            .into_iter()
            .flat_map(|ids| {
                let mut tracer = Tracer::new(TraceMode::PerRequest, ids);
                (0..10).map(move |_| tracer.trace_id().unwrap())
            })
            .collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 30);
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
