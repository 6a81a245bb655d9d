//! What who debugs a run is told of the calls of its guests.

use std::fmt::Display;

use outrider_capability::{Debugger, FailureEvent, Found, Happening, JourneyCall, Question, ResponseId};
use outrider_model::VuId;
use tokio::time::Instant;

use crate::journey::LifecycleError;
use crate::state::{RunShared, VuState};

impl RunShared {
    /// Tells who debugs the run of something that happened to a user. Where nobody does, it is a look.
    pub(crate) fn tell(&self, vu: VuId, what: impl FnOnce(&Debugger) -> Happening) {
        if let Some(debugger) = &self.debugger {
            debugger.tell(vu, what(debugger));
        }
    }

    /// A function of the journey is about to be called.
    pub(crate) fn tell_call(&self, vu: VuId, call: JourneyCall) -> ToldCall<'_> {
        self.tell(vu, |_| Happening::CallBegin { call });
        ToldCall { run: self, vu, call, began: self.clock.instant() }
    }
}

/// A call whose beginning was told.
#[derive(Debug)]
pub(crate) struct ToldCall<'r> {
    run: &'r RunShared,
    vu: VuId,
    call: JourneyCall,
    began: Instant,
}

impl ToldCall<'_> {
    /// It did what it was asked; `result` is what it returned, as JSON text.
    pub(crate) fn done(self, result: Option<&str>) {
        self.end(|debugger| (result.map(|json| debugger.value(json)), None));
    }

    /// It did not.
    pub(crate) fn failed(self, kind: &str, message: &str, stack: Option<&str>) {
        self.end(|debugger| {
            let stack = stack.map(|stack| debugger.lines(stack));
            let (kind, message) = (debugger.text(kind), debugger.text(message));
            (None, Some(FailureEvent { kind, message, stack }))
        });
    }

    /// It did or did not, as its result says.
    pub(crate) fn ended<T>(self, ended: &Result<T, LifecycleError>, result: impl FnOnce(&T) -> Option<&str>) {
        match ended {
            Ok(value) => self.done(result(value)),
            Err(LifecycleError::Fault(fault)) => {
                self.failed(fault.kind, &fault.message, fault.stack.as_deref());
            }
            Err(LifecycleError::Failure { abort, target, message, stack, .. }) => {
                self.failed(failure_kind(*abort, *target), message, stack.as_deref());
            }
        }
    }

    fn end(self, ended: impl FnOnce(&Debugger) -> (Option<String>, Option<FailureEvent>)) {
        let ToldCall { run, vu, call, began } = self;
        run.tell(vu, |debugger| {
            let elapsed = run.clock.instant().saturating_duration_since(began);
            let (result, failure) = ended(debugger);
            Happening::CallEnd { call, duration_ms: Happening::milliseconds(elapsed), result, failure }
        });
    }
}

/// What a failure is called that a guest returned from a call of its life.
pub(crate) fn failure_kind(abort: bool, target: bool) -> &'static str {
    match (abort, target) {
        (true, _) => "abort",
        (false, true) => "target",
        (false, false) => "exception",
    }
}

impl VuState {
    /// The guest asked something of an answer.
    pub(crate) fn tell_answered<T, E: Display>(
        &self,
        id: u32,
        question: Question<'_>,
        asked: &Result<T, E>,
        found: impl FnOnce(&T) -> Found<'_>,
    ) {
        self.tell(|debugger| {
            let found = asked.as_ref().map(found).map_err(|error| error as &dyn Display);
            debugger.extraction(self.http.responses(), ResponseId(id), question, found)
        });
    }
}
