//! The fake VU and its factory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use outrider_model::{
    Admission, BoxFuture, FailureCause, IterationCtx, IterationFailure, IterationIndex, IterationOutcome,
    RunClock, Timestamp, Vu, VuError, VuFactory, VuId,
};

/// One call of `iterate`, as a script sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    pub(crate) vu: u32,
    pub(crate) iteration: u64,
    pub(crate) vu_iteration: u64,
}

/// What an iteration does: it takes its time, then ends.
#[derive(Clone, Debug)]
pub(crate) struct Act {
    takes: Duration,
    outcome: Option<IterationOutcome>,
    breaks: bool,
    unmeasured: Duration,
}

impl Act {
    pub(crate) fn completes(takes: Duration) -> Act {
        Act { takes, outcome: Some(IterationOutcome::Completed), breaks: false, unmeasured: Duration::ZERO }
    }

    pub(crate) fn fails(takes: Duration, cause: FailureCause, message: &str) -> Act {
        let failure = IterationFailure {
            cause,
            kind: "fake",
            message: message.to_owned(),
            stack: Some("at fake.rs:1:1".into()),
        };
        Act {
            takes,
            outcome: Some(IterationOutcome::Failed(failure)),
            breaks: false,
            unmeasured: Duration::ZERO,
        }
    }

    /// Of the time that it takes, so much is no part of its duration.
    pub(crate) fn unmeasured(self, unmeasured: Duration) -> Act {
        Act { unmeasured, ..self }
    }

    /// Fails, and leaves the VU unusable, as a trap does.
    pub(crate) fn breaks(takes: Duration) -> Act {
        Act { breaks: true, ..Act::fails(takes, FailureCause::Plugin, "trap") }
    }

    pub(crate) fn aborts_run(takes: Duration, reason: &str) -> Act {
        let outcome = IterationOutcome::AbortRun { reason: reason.to_owned() };
        Act { takes, outcome: Some(outcome), breaks: false, unmeasured: Duration::ZERO }
    }

    pub(crate) fn panics(takes: Duration) -> Act {
        Act { takes, outcome: None, breaks: false, unmeasured: Duration::ZERO }
    }
}

/// How a VU is made.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Birth {
    pub(crate) takes: Duration,
    pub(crate) fails: bool,
    /// It fails, and asks for the run to end.
    pub(crate) aborts_run: bool,
}

/// What happened to a VU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Created(u32),
    Stopped(u32),
    Dropped(u32),
    /// The scheduler broke the contract of `Vu`.
    Violation(u32),
}

type Script<A, R> = Box<dyn Fn(A) -> R + Send + Sync>;

pub(crate) struct FakeFactory {
    pub(super) script: Script<Call, Act>,
    /// Gets the iteration's number.
    pub(super) admits: Script<u64, Admission>,
    /// Gets the VU's number and how often it was to be made before.
    pub(super) births: Script<(u32, u32), Birth>,
    pub(super) stop_takes: Duration,
    pub(super) clock: RunClock,
    pub(super) state: Mutex<State>,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) events: Vec<(Timestamp, Event)>,
    attempts: HashMap<u32, u32>,
    in_the_making: usize,
    pub(super) most_in_the_making: usize,
}

impl FakeFactory {
    /// What happened so far.
    pub(crate) fn events(&self) -> Vec<Event> {
        self.state.lock().unwrap().events.iter().map(|(_, event)| *event).collect()
    }

    fn log(&self, event: Event) {
        self.state.lock().unwrap().events.push((self.clock.now(), event));
    }

    fn attempt(&self, id: VuId) -> u32 {
        let mut state = self.state.lock().unwrap();
        state.in_the_making += 1;
        state.most_in_the_making = state.most_in_the_making.max(state.in_the_making);
        let attempts = state.attempts.entry(id.0).or_default();
        *attempts += 1;
        *attempts - 1
    }
}

/// So that the tests can keep their handle on the factory.
pub(super) struct Shared(pub(super) Arc<FakeFactory>);

impl VuFactory for Shared {
    fn admit(&self, _: &str, _: &str, iteration: IterationIndex) -> Admission {
        (self.0.admits)(iteration.0)
    }

    fn create(&self, id: VuId) -> BoxFuture<'_, Result<Box<dyn Vu>, VuError>> {
        let world = Arc::clone(&self.0);
        Box::pin(async move {
            let birth = (world.births)((id.0, world.attempt(id)));
            tokio::time::sleep(birth.takes).await;
            world.state.lock().unwrap().in_the_making -= 1;
            if birth.fails || birth.aborts_run {
                return Err(VuError {
                    vu: id,
                    cause: FailureCause::Plugin,
                    aborts_run: birth.aborts_run,
                    message: "no start today".to_owned(),
                    stack: None,
                    said: Vec::new(),
                    pack: None,
                });
            }
            world.log(Event::Created(id.0));
            Ok(Box::new(FakeVu { id, world, state: VuState::Ready, unmeasured: Duration::ZERO })
                as Box<dyn Vu>)
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum VuState {
    Ready,
    /// In an iteration, or dropped in one.
    Busy,
    Broken,
    Stopped,
}

struct FakeVu {
    id: VuId,
    world: Arc<FakeFactory>,
    state: VuState,
    unmeasured: Duration,
}

impl FakeVu {
    fn expect(&self, state: VuState) {
        if self.state != state {
            self.world.log(Event::Violation(self.id.0));
        }
    }
}

impl Vu for FakeVu {
    fn id(&self) -> VuId {
        self.id
    }

    fn iterate(&mut self, ctx: IterationCtx) -> BoxFuture<'_, IterationOutcome> {
        Box::pin(async move {
            self.expect(VuState::Ready);
            self.state = VuState::Busy;
            let call = Call { vu: self.id.0, iteration: ctx.iteration.0, vu_iteration: ctx.vu_iteration };
            let act = (self.world.script)(call);
            self.unmeasured = act.unmeasured;
            if !act.takes.is_zero() {
                tokio::time::sleep(act.takes).await;
            }
            self.state = if act.breaks { VuState::Broken } else { VuState::Ready };
            act.outcome.expect("the script says that this iteration panics")
        })
    }

    fn is_reusable(&self) -> bool {
        self.state == VuState::Ready
    }

    fn unmeasured(&self) -> Duration {
        self.unmeasured
    }

    fn stop(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            self.expect(VuState::Ready);
            self.state = VuState::Stopped;
            tokio::time::sleep(self.world.stop_takes).await;
            self.world.log(Event::Stopped(self.id.0));
        })
    }
}

impl Drop for FakeVu {
    fn drop(&mut self) {
        self.world.log(Event::Dropped(self.id.0));
    }
}
