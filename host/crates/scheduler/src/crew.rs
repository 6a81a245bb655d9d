//! The VU tasks of one scenario.

use std::collections::HashMap;
use std::sync::Arc;

use outrider_model::FailureCause;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, sleep_until};

use crate::control::StopPhase;
use crate::scenario::Scenario;
use crate::seat::{Pace, Seat};
use crate::signal::VuSignal;

/// The VUs of a scenario that are at work, each in a task of its own. Dropping the crew cancels them,
/// which interrupts their iterations.
#[derive(Debug)]
pub(crate) struct Crew {
    scenario: Arc<Scenario>,
    tasks: JoinSet<Seat>,
    members: HashMap<Id, Member>,
}

#[derive(Debug)]
struct Member {
    slot: usize,
    signal: Arc<VuSignal>,
}

/// A VU whose task ended.
#[derive(Debug)]
pub(crate) struct Left {
    /// The number it was spawned with.
    pub(crate) slot: usize,
    /// Its seat; `None` if the task panicked.
    pub(crate) seat: Option<Seat>,
}

impl Crew {
    pub(crate) fn new(scenario: &Arc<Scenario>) -> Crew {
        Crew { scenario: Arc::clone(scenario), tasks: JoinSet::new(), members: HashMap::new() }
    }

    /// Starts the task of the VU on `seat`. `slot` is the caller's number for it; `pace` gets the VU's
    /// signal, which is returned too.
    pub(crate) fn spawn<P: Pace>(
        &mut self,
        slot: usize,
        seat: Seat,
        pace: impl FnOnce(&Arc<VuSignal>) -> P,
    ) -> Arc<VuSignal> {
        let signal = Arc::new(VuSignal::default());
        let (scenario, heard, pace) = (Arc::clone(&self.scenario), Arc::clone(&signal), pace(&signal));
        let task = self.tasks.spawn(async move { seat.drive(&scenario, &heard, pace).await });
        self.members.insert(task.id(), Member { slot, signal: Arc::clone(&signal) });
        signal
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// Waits for a VU whose task ended; `None` if there is no task. Cancel safe.
    pub(crate) async fn next_left(&mut self) -> Option<Left> {
        let joined = self.tasks.join_next_with_id().await?;
        let (id, seat) = match joined {
            Ok((id, seat)) => (id, Some(seat)),
            Err(error) => (error.id(), self.mourn(&error)),
        };
        let slot = self.members.remove(&id).expect("every task is a member until it is joined").slot;
        Some(Left { slot, seat })
    }

    /// Asks all VUs to finish their iterations.
    pub(crate) fn leave(&self) {
        self.members.values().for_each(|member| member.signal.leave());
    }

    /// Makes all VUs drop their iterations.
    pub(crate) fn interrupt(&self) {
        self.members.values().for_each(|member| member.signal.interrupt());
    }

    /// Waits for all VUs: those that are not ready by `cutoff` are interrupted; so is everyone when the
    /// run is aborted, and when it is stopped, after the graceful stop. Returns the seats.
    ///
    /// It does not ask anyone to leave before the run is stopped: the VUs' pace ends by itself.
    pub(crate) async fn wind_down(mut self, mut cutoff: Instant) -> Vec<Seat> {
        let mut stop = self.scenario.stop.watch();
        let mut seats = Vec::with_capacity(self.tasks.len());
        let mut interrupted = false;
        loop {
            tokio::select! {
                biased;
                left = self.next_left() => match left {
                    Some(left) => seats.extend(left.seat),
                    None => return seats,
                },
                phase = stop.next() => {
                    self.leave();
                    cutoff = cutoff.min(self.stop_cutoff(phase));
                }
                () = sleep_until(cutoff), if !interrupted => {
                    self.interrupt();
                    interrupted = true;
                }
            }
        }
    }

    /// When to interrupt if the run is stopped now.
    pub(crate) fn stop_cutoff(&self, phase: StopPhase) -> Instant {
        let now = self.scenario.clock.instant();
        if phase == StopPhase::Aborting { now } else { self.scenario.cutoff(now) }
    }

    fn mourn(&self, error: &JoinError) -> Option<Seat> {
        // The panic's message went to the panic hook; its iteration was recorded as failed.
        tracing::error!(scenario = %self.scenario.name, %error, "a VU's task panicked");
        self.scenario.stats.vu_lost(FailureCause::Generator);
        None
    }
}
