//! `constant-arrival-rate`: iterations start at a fixed rate, however long they take.

use std::sync::Arc;
use std::time::Duration;

use super::open::{self, Load, Pool};
use crate::scenario::Scenario;
use crate::schedule::Schedule;
use crate::seat::Seat;

pub(super) async fn run(
    schedule: Schedule,
    scenario: Arc<Scenario>,
    seats: Vec<Seat>,
    pool: Pool,
    duration: Duration,
) -> Vec<Seat> {
    let until = scenario.at(duration);
    open::run(scenario, seats, Load { schedule, pool, until }).await
}

#[cfg(test)]
mod tests;
