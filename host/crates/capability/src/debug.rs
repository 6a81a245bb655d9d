//! What a user does, one thing after the other, for somebody who debugs a journey.
//!
//! A run that is debugged has a [`Debugger`]; every other run has none, and asks for it once for each thing that it
//! would hear of. What it hears is a [`DebugEvent`]: text that anybody may read, without secrets (INV-11), without
//! anything that drives a terminal, and bounded. It hands events to a [`DebugListener`], which belongs to whoever
//! shows them.
//!
//! * `event`: the events, as they are shown and written as JSON.
//! * `shown`: from texts and bodies to what may be shown of them.
//! * `question`, `hint`: what a journey asked of an answer, and where nothing was found, what is there instead.
//! * `samples`: events that are rows as well, taken on their way to the dataset.
//!
//! Requests and answers are told by those who make them, in `http::exchange`.

mod event;
mod hint;
mod question;
mod samples;
mod shown;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use outrider_model::{RunClock, VuId};

use crate::Redactor;

pub(crate) use event::{CookieEvent, PhasesEvent, milliseconds};
pub use event::{DebugEvent, FailureEvent, Happening, JourneyCall, ShownBody};
pub(crate) use hint::{list, quoted};
pub use question::{Found, Question};
pub use samples::DebuggedSink;

/// 2 KiB of a body are shown: a screenful of JSON, and the head of a page with what most tokens stand in.
pub const DEFAULT_DEBUG_BODY_BYTES: usize = 2 * 1024;

/// 4 KiB of any other text: a header field with a session in it is shown whole.
pub const MAX_DEBUG_TEXT_BYTES: usize = 4 * 1024;

type Hear = dyn Fn(DebugEvent) + Send + Sync;

/// Hears of each thing that happens in a run, in its order. It is called from the user's own task, also between the
/// opening of a connection and the request: what it does for long, the user waits for, and the phase `send` has it.
#[derive(Clone)]
pub struct DebugListener(Arc<Hear>);

impl DebugListener {
    /// A listener that calls `hear` for each event.
    pub fn new(hear: impl Fn(DebugEvent) + Send + Sync + 'static) -> DebugListener {
        DebugListener(Arc::new(hear))
    }
}

impl fmt::Debug for DebugListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DebugListener").finish_non_exhaustive()
    }
}

/// Tells a listener what happens. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Debugger(Arc<Told>);

#[derive(Debug)]
struct Told {
    listener: DebugListener,
    redactor: Redactor,
    clock: RunClock,
    body_bytes: usize,
    exchanges: AtomicU64,
}

impl Debugger {
    /// A debugger that shows `body_bytes` of each body.
    pub fn new(listener: DebugListener, redactor: Redactor, clock: RunClock, body_bytes: usize) -> Debugger {
        Debugger(Arc::new(Told { listener, redactor, clock, body_bytes, exchanges: AtomicU64::new(0) }))
    }

    /// Tells that something happened to a user; to nobody in particular (`setup`, `teardown`) where it is number 0.
    pub fn tell(&self, vu: VuId, what: Happening) {
        let at_ms = event::milliseconds(self.0.clock.elapsed());
        (self.0.listener.0)(DebugEvent { at_ms, vu: vu.0, what });
    }

    /// What may be shown of a text, on one line.
    pub fn text(&self, text: &str) -> String {
        shown::line(&self.0.redactor, text, MAX_DEBUG_TEXT_BYTES)
    }

    /// The same of several lines, as a stack has them.
    pub fn lines(&self, text: &str) -> String {
        shown::lines(&self.0.redactor, text, MAX_DEBUG_TEXT_BYTES)
    }

    /// What may be shown of a text that is as long as a body, on one line.
    pub fn value(&self, text: &str) -> String {
        shown::line(&self.0.redactor, text, self.0.body_bytes)
    }

    /// What takes secrets out of texts.
    fn redactor(&self) -> &Redactor {
        &self.0.redactor
    }

    /// What may be shown of a body.
    pub(crate) fn body(&self, bytes: &[u8], content_type: Option<&str>) -> ShownBody {
        shown::body(&self.0.redactor, bytes, content_type, self.0.body_bytes)
    }

    /// The number of a new exchange, from 1.
    pub(crate) fn next_exchange(&self) -> u64 {
        self.0.exchanges.fetch_add(1, Ordering::Relaxed) + 1
    }
}
