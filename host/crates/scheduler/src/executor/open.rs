//! The open model: iterations start at their times, on whichever VU is free.

mod dispatcher;
mod mailbox;

use std::sync::Arc;
use std::time::Duration;

use outrider_model::WhenBusy;
use tokio::time::Instant;

use self::dispatcher::Dispatcher;
use crate::scenario::Scenario;
use crate::schedule::Schedule;
use crate::seat::Seat;

/// One millisecond: how long an iteration that finds no free VU waits for one before it is dropped, where it
/// is not to wait for longer ([`WhenBusy`]).
///
/// It is the tick of tokio's timers. All arrivals of one tick are started together, up to a tick late;
/// at 10,000 a second that is ten at once, for which two quick VUs may well suffice if they are given
/// the time that they would have had with exact timers. Without it the generator's clock would drop
/// iterations in the target's name.
pub const ARRIVAL_GRACE: Duration = Duration::from_millis(1);

/// 65,536 iterations of a scenario may wait for a VU ([`WhenBusy::Wait`]); what comes then is dropped. At 1,000
/// a second that is a target that has said nothing for a minute. They are some 6 MB, and were all of them to be
/// dropped at once at the scenario's end, their rows would fill half of the queue to the disk.
pub const MAX_WAITING: usize = 65_536;

/// Who carries the load of a scenario.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pool {
    /// How many of the seats are at work from the start; the others when they are needed.
    pub(super) prepared: usize,
    /// What becomes of arrivals when all of them are busy.
    pub(super) when_busy: WhenBusy,
}

/// The load of one scenario on this worker.
#[derive(Debug)]
pub(super) struct Load {
    pub(super) schedule: Schedule,
    pub(super) pool: Pool,
    /// The scenario's end.
    pub(super) until: Instant,
}

/// Starts the iterations of `load`, then waits for them for the graceful stop.
pub(super) async fn run(scenario: Arc<Scenario>, seats: Vec<Seat>, load: Load) -> Vec<Seat> {
    let cutoff = scenario.cutoff(load.until);
    let mut dispatcher = Dispatcher::new(scenario, seats, load.pool, cutoff);
    dispatcher.dispatch(load.schedule, load.until).await;
    dispatcher.wind_down().await
}

#[cfg(test)]
mod tests;
