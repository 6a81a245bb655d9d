//! Gives each arrival a VU, lets it wait for one, or drops it.

use std::collections::VecDeque;
use std::iter::Peekable;
use std::sync::Arc;
use std::vec;

use outrider_model::{Admission, IterationIndex, WhenBusy};
use tokio::sync::mpsc::{self, error::TrySendError};
use tokio::time::{Instant, sleep_until};

use super::mailbox::{Mailbox, Notice};
use super::{ARRIVAL_GRACE, MAX_WAITING, Pool};
use crate::control::StopPhase;
use crate::crew::Crew;
use crate::iteration::Scheduled;
use crate::scenario::{Scenario, later};
use crate::schedule::Schedule;
use crate::seat::Seat;

/// Sixty-four arrivals are handled before others get a turn.
const RUSH: usize = 64;

/// An arrival that found no free VU.
#[derive(Debug)]
struct Waiting {
    iteration: Scheduled,
    /// When it is dropped, unless a VU is being made for it.
    patience: Instant,
}

/// One slot of the pool of VUs.
#[derive(Debug)]
struct Slot {
    mailbox: mpsc::Sender<Scheduled>,
    /// Its VU is being made for the first time.
    is_new: bool,
}

/// The loop that starts the iterations of one scenario. The only one who knows which VU is free, so it
/// needs no lock: VUs tell it through one channel and hear from it through their mailboxes.
///
/// Waiting arrivals are served oldest first by any VU, whether it is new or has become free. As many of
/// them as VUs are being made wait for as long as that takes; the rest for [`ARRIVAL_GRACE`], or, with
/// [`WhenBusy::Wait`], until the cut-off, as long as there is anybody to wait for.
#[derive(Debug)]
pub(super) struct Dispatcher {
    scenario: Arc<Scenario>,
    crew: Crew,
    slots: Vec<Slot>,
    /// Seats whose VU is made when it is needed.
    spare: vec::IntoIter<Seat>,
    free: VecDeque<usize>,
    /// Slots whose first VU is being made.
    in_the_making: usize,
    /// Slots whose VU takes no more iterations.
    gone: usize,
    waiting: VecDeque<Waiting>,
    when_busy: WhenBusy,
    /// When iterations under way are interrupted, and none is begun any more.
    cutoff: Instant,
    notices: mpsc::UnboundedReceiver<Notice>,
    to_notices: mpsc::UnboundedSender<Notice>,
}

impl Dispatcher {
    /// The prepared seats are set to work.
    pub(super) fn new(scenario: Arc<Scenario>, seats: Vec<Seat>, pool: Pool, cutoff: Instant) -> Dispatcher {
        let (to_notices, notices) = mpsc::unbounded_channel();
        let Pool { prepared, when_busy } = pool;
        let mut dispatcher = Dispatcher {
            crew: Crew::new(&scenario),
            scenario,
            slots: Vec::with_capacity(prepared),
            spare: seats.into_iter(),
            free: VecDeque::with_capacity(prepared),
            in_the_making: 0,
            gone: 0,
            waiting: VecDeque::new(),
            when_busy,
            cutoff,
            notices,
            to_notices,
        };
        (0..prepared).for_each(|_| {
            dispatcher.set_to_work_another();
        });
        dispatcher
    }

    /// Starts each iteration of `schedule` at its time. Returns when none waits for a VU any more: at
    /// `until`, or up to the cut-off if some still do; or when the run is stopped.
    pub(super) async fn dispatch(&mut self, schedule: Schedule, until: Instant) {
        let cutoff = self.cutoff;
        let mut stop = self.scenario.stop.watch();
        let mut arrivals = schedule.peekable();
        loop {
            let arrival = arrivals.peek().map(|(_, offset)| self.scenario.at(*offset));
            let now = self.scenario.clock.instant();
            if arrival.is_none() && now >= until && (self.waiting.is_empty() || now >= cutoff) {
                break;
            }
            let planned = arrival.unwrap_or(if now < until { until } else { cutoff });
            let wake = self.next_expiry().map_or(planned, |expiry| expiry.min(planned));
            tokio::select! {
                biased;
                _ = stop.next() => break,
                () = sleep_until(wake) => {
                    self.start_due(&mut arrivals).await;
                    self.expire();
                }
                // Otherwise notices can wait until the next arrival: that spares a wake-up for each.
                Some(notice) = self.notices.recv(), if !self.waiting.is_empty() => self.heed(notice),
            }
        }
        self.give_up_waiting().await;
    }

    /// Drops everything that waits, with pauses in which rows can be taken in.
    async fn give_up_waiting(&mut self) {
        while !self.waiting.is_empty() {
            self.waiting.drain(..self.waiting.len().min(RUSH));
            tokio::task::yield_now().await;
        }
    }

    /// Sends everyone home. VUs that are not ready by the cut-off are interrupted.
    pub(super) async fn wind_down(self) -> Vec<Seat> {
        // VUs whose mailbox is closed leave.
        drop(self.slots);
        let mut seats = self.crew.wind_down(self.cutoff).await;
        seats.extend(self.spare);
        seats
    }

    async fn start_due(&mut self, arrivals: &mut Peekable<Schedule>) {
        let now = self.scenario.clock.instant();
        let begin = self.scenario.begin;
        let mut rush = 0_usize;
        while let Some((index, offset)) = arrivals.next_if(|(_, offset)| later(begin, *offset) <= now) {
            self.heed_all();
            self.arrive(index, later(begin, offset), now);
            rush += 1;
            // A long rush, after the machine was busy elsewhere, must neither keep the VUs from working
            // nor pile up arrivals.
            if rush.is_multiple_of(RUSH) {
                tokio::task::yield_now().await;
                self.expire();
                if self.scenario.stop.phase() != StopPhase::Running {
                    return;
                }
            }
        }
    }

    fn arrive(&mut self, index: IterationIndex, at: Instant, now: Instant) {
        match self.scenario.admit(index) {
            Admission::Start => {}
            Admission::Drop { kind, reason } => {
                return Scheduled::new(&self.scenario, index, at).refuse(kind, &reason);
            }
            // The run is ending: its time does not come.
            Admission::StopRun { .. } => return,
        }
        let mut iteration = Scheduled::new(&self.scenario, index, at);
        while let Some(slot) = self.free.pop_front() {
            match self.give(slot, iteration) {
                Ok(()) => return,
                Err(returned) => iteration = returned,
            }
        }
        if self.waiting.len() >= self.in_the_making {
            self.set_to_work_another();
        }
        self.wait(iteration, now);
    }

    /// Lets an arrival wait, unless too many do.
    fn wait(&mut self, mut iteration: Scheduled, now: Instant) {
        if self.waiting.len() >= MAX_WAITING || self.is_deserted() {
            return;
        }
        if self.waiting.len() >= self.in_the_making {
            // No VU is being made for it: all that it may have are busy.
            iteration.waits_for_busy_vus(now);
        }
        let patience = match self.when_busy {
            WhenBusy::Drop => later(now, ARRIVAL_GRACE),
            WhenBusy::Wait => self.cutoff,
        };
        self.waiting.push_back(Waiting { iteration, patience });
    }

    /// Whether nobody is left to wait for.
    fn is_deserted(&self) -> bool {
        self.gone == self.slots.len() && self.spare.len() == 0
    }

    /// Sets the next seat to work, if there is one.
    fn set_to_work_another(&mut self) {
        let Some(seat) = self.spare.next() else { return };
        let (slot, is_ready) = (self.slots.len(), seat.is_taken());
        let (mailbox, pace) = Mailbox::new(&self.scenario, slot, &self.to_notices, is_ready);
        self.crew.spawn(slot, seat, |_| pace);
        self.slots.push(Slot { mailbox, is_new: !is_ready });
        if is_ready {
            self.free.push_back(slot);
        } else {
            self.in_the_making += 1;
        }
    }

    fn heed_all(&mut self) {
        while let Ok(notice) = self.notices.try_recv() {
            self.heed(notice);
        }
    }

    fn heed(&mut self, notice: Notice) {
        let (Notice::Free(slot) | Notice::Gone(slot)) = notice;
        if std::mem::take(&mut self.slots[slot].is_new) {
            self.in_the_making -= 1;
        }
        if notice != Notice::Free(slot) {
            self.gone += 1;
            if self.is_deserted() {
                self.waiting.clear();
            }
            return;
        }
        match self.waiting.pop_front() {
            Some(Waiting { iteration, patience }) => {
                if let Err(iteration) = self.give(slot, iteration) {
                    self.waiting.push_front(Waiting { iteration, patience });
                }
            }
            None => self.free.push_back(slot),
        }
    }

    /// Hands the iteration to a VU that said it is free; returned if that VU is gone meanwhile.
    fn give(&self, slot: usize, iteration: Scheduled) -> Result<(), Scheduled> {
        self.slots[slot].mailbox.try_send(iteration).map_err(TrySendError::into_inner)
    }

    /// When the next waiting arrival loses patience.
    fn next_expiry(&self) -> Option<Instant> {
        let may_expire = self.waiting.len() > self.in_the_making;
        self.waiting.front().filter(|_| may_expire).map(|waiting| waiting.patience)
    }

    /// Drops the arrivals that have waited long enough.
    fn expire(&mut self) {
        let now = self.scenario.clock.instant();
        if self.next_expiry().is_some_and(|patience| patience <= now) {
            self.heed_all();
        }
        while self.next_expiry().is_some_and(|patience| patience <= now) {
            self.waiting.pop_front();
        }
    }
}
