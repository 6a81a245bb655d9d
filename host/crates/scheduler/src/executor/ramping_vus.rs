//! `ramping-vus`: as `constant-vus`, with a number of VUs that follows stages.

use std::collections::VecDeque;
use std::iter::Peekable;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::closed::{Closed, Quota};
use crate::control::StopPhase;
use crate::crew::{Crew, Left};
use crate::scenario::{Scenario, later};
use crate::schedule::VuSteps;
use crate::seat::Seat;
use crate::signal::VuSignal;

/// Follows `steps` for `duration`. A VU that is ramped down gets `graceful_ramp_down` for its
/// iteration, but never longer than the scenario's graceful stop lasts.
pub(super) async fn run(
    scenario: Arc<Scenario>,
    seats: Vec<Seat>,
    steps: VuSteps,
    duration: Duration,
    graceful_ramp_down: Duration,
) -> Vec<Seat> {
    let end = scenario.at(duration);
    let mut ramp = Ramp {
        crew: Crew::new(&scenario),
        slots: seats.into_iter().map(Slot::Resting).collect(),
        steps: steps.peekable(),
        wanted: 0,
        graceful_ramp_down,
        deadlines: VecDeque::new(),
        end,
        cutoff: scenario.cutoff(end),
        closing: false,
        interrupted: false,
        scenario,
    };
    ramp.run().await;
    ramp.slots.into_iter().filter_map(Slot::into_seat).collect()
}

/// The place of one VU in the ramp. The first `wanted` slots are to work.
///
/// ```text
///           ramped up                ramped down
/// Resting ────────────► Working ◄──────────────► Working, to be back by a deadline
///    ▲                     │       ramped up             │
///    └─────────────────────┴── its task ended ───────────┘   (Gone, if its VU cannot be made)
/// ```
#[derive(Debug)]
enum Slot {
    /// No task.
    Resting(Seat),
    Working {
        signal: Arc<VuSignal>,
        /// When the VU is interrupted, if it is to leave.
        deadline: Option<Instant>,
    },
    Gone,
}

impl Slot {
    fn into_seat(self) -> Option<Seat> {
        match self {
            Slot::Resting(seat) => Some(seat),
            Slot::Working { .. } | Slot::Gone => None,
        }
    }
}

#[derive(Debug)]
struct Ramp {
    scenario: Arc<Scenario>,
    crew: Crew,
    slots: Vec<Slot>,
    steps: Peekable<VuSteps>,
    /// How many VUs are to work now.
    wanted: usize,
    graceful_ramp_down: Duration,
    /// When which slot's VU is to be back, in order: all get the same time.
    deadlines: VecDeque<(Instant, usize)>,
    /// When iterations cease to start.
    end: Instant,
    /// When those under way are interrupted.
    cutoff: Instant,
    /// Nobody is to start an iteration.
    closing: bool,
    /// The cutoff has passed.
    interrupted: bool,
}

impl Ramp {
    async fn run(&mut self) {
        let mut stop = self.scenario.stop.watch();
        while !(self.closing && self.crew.is_empty()) {
            let wake = self.next_wake();
            tokio::select! {
                biased;
                Some(left) = self.crew.next_left() => self.welcome(left),
                phase = stop.next() => self.stop(phase),
                () = sleep_until(wake) => self.catch_up(),
            }
        }
    }

    /// When the next thing is to be done.
    fn next_wake(&mut self) -> Instant {
        let scheduled = if self.closing { self.cutoff } else { self.end };
        let step = self.steps.peek().map(|step| self.scenario.at(step.at)).filter(|_| !self.closing);
        let deadline = self.deadlines.front().map(|(at, _)| *at);
        let wake = [step, deadline].into_iter().flatten().fold(scheduled, Instant::min);
        // After the last interrupt there is nothing to do but to wait for the VUs.
        if self.interrupted { later(self.scenario.clock.instant(), Duration::MAX) } else { wake }
    }

    /// Does whatever is due by now, in the order of the times it was due.
    fn catch_up(&mut self) {
        let now = self.scenario.clock.instant();
        while let Some(step) = self.steps.next_if(|step| !self.closing && self.scenario.at(step.at) <= now) {
            self.follow(step.vus as usize, self.scenario.at(step.at));
        }
        while let Some((deadline, slot)) = self.deadlines.pop_front_if(|(at, _)| *at <= now) {
            self.interrupt_if_away(slot, deadline);
        }
        if now >= self.end {
            self.close();
        }
        if self.closing && now >= self.cutoff {
            self.crew.interrupt();
            self.interrupted = true;
        }
    }

    fn follow(&mut self, vus: usize, at: Instant) {
        let vus = vus.min(self.slots.len());
        for slot in self.wanted..vus {
            self.ramp_up(slot);
        }
        for slot in (vus..self.wanted).rev() {
            self.ramp_down(slot, at);
        }
        self.wanted = vus;
    }

    fn ramp_up(&mut self, slot: usize) {
        match &mut self.slots[slot] {
            Slot::Working { signal, deadline } => {
                *deadline = None;
                signal.rejoin();
            }
            resting @ Slot::Resting(_) => {
                if let Slot::Resting(seat) = std::mem::replace(resting, Slot::Gone) {
                    self.set_to_work(slot, seat);
                }
            }
            Slot::Gone => {}
        }
    }

    fn ramp_down(&mut self, slot: usize, at: Instant) {
        if let Slot::Working { signal, deadline } = &mut self.slots[slot] {
            signal.leave();
            let due = later(at, self.graceful_ramp_down);
            *deadline = Some(due);
            self.deadlines.push_back((due, slot));
        }
    }

    fn set_to_work(&mut self, slot: usize, seat: Seat) {
        let (scenario, end) = (&self.scenario, self.end);
        let signal = self.crew.spawn(slot, seat, |s| Closed::new(scenario, s, end, Quota::Unlimited));
        self.slots[slot] = Slot::Working { signal, deadline: None };
    }

    /// A VU is back. If it left just when it was wanted again, it goes on.
    fn welcome(&mut self, left: Left) {
        let Some(seat) = left.seat.filter(|seat| !seat.is_lost()) else {
            self.slots[left.slot] = Slot::Gone;
            return;
        };
        let goes_on = left.slot < self.wanted
            && !self.closing
            && self.scenario.stop.phase() == StopPhase::Running
            && self.scenario.clock.instant() < self.end;
        if goes_on {
            self.set_to_work(left.slot, seat);
        } else {
            self.slots[left.slot] = Slot::Resting(seat);
        }
    }

    fn interrupt_if_away(&mut self, slot: usize, due: Instant) {
        match &self.slots[slot] {
            Slot::Working { signal, deadline } if *deadline == Some(due) => signal.interrupt(),
            _ => {}
        }
    }

    fn stop(&mut self, phase: StopPhase) {
        self.cutoff = self.cutoff.min(self.crew.stop_cutoff(phase));
        self.close();
    }

    fn close(&mut self) {
        self.closing = true;
        self.crew.leave();
    }
}

#[cfg(test)]
mod tests;
