//! Trace ids: the W3C `traceparent` header, by which a target's own traces are found.
//!
//! They do not repeat with the run's seed, unlike everything else that is sent: two runs of one seed send the same
//! requests, and their traces must not meet in the target's own records. Neither do two users' of a run,
//! nor those of a user that was made anew. Where an iteration has one trace, its id follows from the iteration, so that who
//! exports its spans knows it too ([`IterationTraces`]).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use http::{HeaderName, HeaderValue};
use outrider_model::IterationTraces;
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{HttpConfig, TraceMode};
use crate::DrawFor;
use crate::random::hex;

/// The header's name.
pub(crate) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// Gives each client of a run a sequence of ids that no other one has.
#[derive(Debug)]
pub(crate) struct TraceIds {
    seed: u64,
    mode: TraceMode,
    iterations: IterationTraces,
    clients: AtomicU64,
}

impl TraceIds {
    pub(crate) fn new(config: &HttpConfig) -> TraceIds {
        TraceIds {
            seed: config.trace_seed,
            mode: config.trace,
            iterations: config.iteration_traces(),
            clients: AtomicU64::new(0),
        }
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
    iterations: IterationTraces,
    /// Written out for the first request that needs it.
    of_iteration: Option<Arc<str>>,
    /// That of the iteration that goes on; `None` outside of iterations.
    trace_id: Option<u128>,
    is_sampled: bool,
}

impl Tracer {
    pub(crate) fn new(ids: &TraceIds) -> Tracer {
        let iterations = ids.iterations;
        Tracer {
            mode: ids.mode,
            ids: ids.of_next_client(),
            iterations,
            of_iteration: None,
            trace_id: None,
            is_sampled: iterations.are_all_sampled(),
        }
    }

    /// An iteration, or a call outside of iterations, begins.
    pub(crate) fn begin(&mut self, draw_for: DrawFor<'_>) {
        let trace = match draw_for {
            DrawFor::Iteration { scenario, index } => Some(self.iterations.of(scenario, index)),
            DrawFor::Call { .. } => None,
        };
        self.trace_id = trace.map(|trace| trace.trace_id);
        self.is_sampled = trace.map_or(self.iterations.are_all_sampled(), |trace| trace.is_sampled);
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
                    let id = self.trace_id.map_or_else(|| self.draw(), |id| format!("{id:032x}").into());
                    self.of_iteration = Some(Arc::clone(&id));
                    Some(id)
                }
            },
        }
    }

    /// The id of a new span, never zero.
    pub(crate) fn span_id(&mut self) -> u64 {
        self.ids.next_u64().max(1)
    }

    /// The header for one exchange of a trace.
    pub(crate) fn traceparent(&self, trace_id: &str, span_id: u64) -> Option<HeaderValue> {
        let flags = u8::from(self.is_sampled);
        HeaderValue::try_from(format!("00-{trace_id}-{span_id:016x}-{flags:02x}")).ok()
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
    use outrider_model::{IterationIndex, VuId};

    use super::*;
    use crate::Lifecycle;

    fn ids(trace: TraceMode, trace_seed: u64, trace_share: f64) -> TraceIds {
        TraceIds::new(&HttpConfig { trace, trace_seed, trace_share, ..HttpConfig::default() })
    }

    fn tracer(mode: TraceMode) -> Tracer {
        Tracer::new(&ids(mode, 1, 1.0))
    }

    fn iteration(index: u64) -> DrawFor<'static> {
        DrawFor::Iteration { scenario: "buy", index: IterationIndex(index) }
    }

    #[test]
    fn each_request_or_each_iteration_has_a_trace_of_its_own() {
        let mut per_request = tracer(TraceMode::PerRequest);
        assert_ne!(per_request.trace_id(), per_request.trace_id());

        let mut per_iteration = tracer(TraceMode::PerIteration);
        per_iteration.begin(iteration(0));
        let first = per_iteration.trace_id();
        assert_eq!(first, per_iteration.trace_id());
        per_iteration.begin(iteration(1));
        assert_ne!(first, per_iteration.trace_id());

        assert_eq!(tracer(TraceMode::Off).trace_id(), None);
    }

    #[test]
    fn whoever_runs_an_iteration_its_trace_is_the_same_and_calls_outside_have_others() {
        let ids = ids(TraceMode::PerIteration, 1, 1.0);
        let (mut one, mut other) = (Tracer::new(&ids), Tracer::new(&ids));
        one.begin(iteration(7));
        other.begin(iteration(7));
        assert_eq!(one.trace_id(), other.trace_id());
        let start = DrawFor::Call { journey: "shop", call: Lifecycle::Start, vu: VuId(1) };
        one.begin(start);
        other.begin(start);
        assert_ne!(one.trace_id(), other.trace_id());
    }

    #[test]
    fn no_two_clients_of_a_run_share_an_id_and_no_two_runs() {
        let (run, other) = (ids(TraceMode::PerRequest, 1, 1.0), ids(TraceMode::PerRequest, 2, 1.0));
        let mut ids: Vec<_> = [&run, &run, &other]
            .into_iter()
            .flat_map(|ids| {
                let mut tracer = Tracer::new(ids);
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
        let header = tracer.traceparent(&id, 0xb7ad_6b71).unwrap();
        assert_eq!(header.to_str().unwrap(), format!("00-{id}-00000000b7ad6b71-01"));
        assert_eq!(trace_id_of(&header), Some(id));
        assert_eq!(trace_id_of(&HeaderValue::from_static("nonsense")), None);
    }

    #[test]
    fn of_a_share_of_the_iterations_alone_the_target_is_asked_for_traces() {
        let mut tracer = Tracer::new(&ids(TraceMode::PerIteration, 1, 1e-9));
        let mut flags = |index| {
            tracer.begin(iteration(index));
            let id = tracer.trace_id().unwrap();
            tracer.traceparent(&id, 1).unwrap().to_str().unwrap().rsplit_once('-').unwrap().1.to_owned()
        };
        assert_eq!((flags(0), flags(1)), ("01".to_owned(), "00".to_owned()));
    }
}
