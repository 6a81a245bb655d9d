//! The closed model: a VU that has finished an iteration starts the next, while its limits allow.

use std::sync::Arc;
use std::time::Duration;

use outrider_model::{Admission, IterationIndex, VuId};
use tokio::time::Instant;

use crate::crew::Crew;
use crate::iteration::{Scheduled, Started};
use crate::scenario::Scenario;
use crate::seat::{Pace, Seat};
use crate::signal::VuSignal;

/// One millisecond after an iteration that was refused, twice as long after the next one, up to a
/// quarter of a second: a user whose every iteration is refused would otherwise record millions of
/// them. One among many that may start holds nobody up.
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

/// How many iterations may start.
#[derive(Clone, Copy, Debug)]
pub(super) enum Quota {
    /// As many as there is time for.
    Unlimited,
    /// So many by all VUs of this worker together.
    Shared(u64),
    /// So many by each VU.
    Each(u64),
}

/// The pace of one VU in the closed model.
#[derive(Debug)]
pub(super) struct Closed {
    scenario: Arc<Scenario>,
    signal: Arc<VuSignal>,
    until: Instant,
    quota: Quota,
    /// After the next iteration that is refused.
    pause: Duration,
}

impl Closed {
    /// No iteration starts at `until` or later.
    pub(super) fn new(
        scenario: &Arc<Scenario>,
        signal: &Arc<VuSignal>,
        until: Instant,
        quota: Quota,
    ) -> Closed {
        let (scenario, signal) = (Arc::clone(scenario), Arc::clone(signal));
        Closed { scenario, signal, until, quota, pause: FIRST_PAUSE }
    }

    fn claim(&mut self) -> Option<IterationIndex> {
        match &mut self.quota {
            Quota::Unlimited => self.scenario.claim(u64::MAX),
            Quota::Shared(limit) => self.scenario.claim(*limit),
            Quota::Each(left) => {
                *left = left.checked_sub(1)?;
                self.scenario.claim(u64::MAX)
            }
        }
    }

    /// Waits after an iteration that was refused. What is counted is soon over, so it stays short there.
    async fn rest(&mut self) {
        let until = self.until.min(self.scenario.clock.instant() + self.pause);
        self.signal.unless_interrupted(tokio::time::sleep_until(until)).await;
        if matches!(self.quota, Quota::Unlimited) {
            self.pause = LONGEST_PAUSE.min(2 * self.pause);
        }
    }

    fn is_open(&self, now: Instant) -> bool {
        now < self.until && self.signal.may_stay()
    }
}

impl Pace for Closed {
    fn has_more(&self) -> bool {
        let within_quota = match self.quota {
            Quota::Unlimited => true,
            Quota::Shared(limit) => self.scenario.has_more(limit),
            Quota::Each(left) => left > 0,
        };
        within_quota && self.is_open(self.scenario.clock.instant())
    }

    async fn next(&mut self, vu: VuId) -> Option<Started> {
        loop {
            let now = self.scenario.clock.instant();
            if !self.is_open(now) {
                return None;
            }
            let index = self.claim()?;
            match self.scenario.admit(index) {
                Admission::Start => {
                    self.pause = FIRST_PAUSE;
                    return Some(Scheduled::new(&self.scenario, index, now).start(vu, now));
                }
                Admission::Drop { kind, reason } => {
                    Scheduled::new(&self.scenario, index, now).refuse(kind, &reason);
                    self.rest().await;
                }
                Admission::StopRun { .. } => return None,
            }
        }
    }
}

/// Lets all VUs work from now on: for `duration`, within `quota`, then for the graceful stop.
pub(super) async fn run(
    scenario: Arc<Scenario>,
    seats: Vec<Seat>,
    duration: Duration,
    quota: Quota,
) -> Vec<Seat> {
    let until = scenario.at(duration);
    let mut crew = Crew::new(&scenario);
    for (slot, seat) in seats.into_iter().enumerate() {
        crew.spawn(slot, seat, |signal| Closed::new(&scenario, signal, until, quota));
    }
    crew.wind_down(scenario.cutoff(until)).await
}
