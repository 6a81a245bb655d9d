//! A test of a plugin: what it does by a fixed clock, with answers that are scripted.
//!
//! The tests' clock is tokio's, paused: it goes on when everybody waits, by as much as the first of them does. So a test
//! runs on a runtime of its own that starts paused, and an hour of think time takes no time.

mod pack;

use outrider_model::IterationIndex;
use outrider_scheduler::StopHandle;

use crate::trial::{Course, go};
use crate::{CallTrial, IterationTrial, Session, SessionConfig, SessionError, UserTrial};

pub use pack::{PackTest, StagedEnd, StagedStep, TestedPack};

/// How a journey is tested. The run has one journey and one scenario of it.
#[derive(Clone, Copy, Debug)]
pub struct JourneyTest {
    /// The first iteration's number.
    pub first: IterationIndex,
    /// How many iterations the user runs.
    pub iterations: u64,
}

/// What a journey did in a test.
#[derive(Clone, Debug)]
pub struct TestedJourney {
    /// What its `setup` did.
    pub setup: Option<CallTrial>,
    /// What its `teardown` did; `None` if its `setup` was not begun.
    pub teardown: Option<CallTrial>,
    /// Users that could not be made, and what the others did in their `stop`.
    pub users: Vec<UserTrial>,
    /// The iterations in their order.
    pub iterations: Vec<IterationTrial>,
}

impl Session {
    /// Runs `setup`, a user's iterations and `teardown`. Nothing is written. With [`SessionConfig::now`],
    /// [`SessionConfig::answerer`] and on a runtime whose time is paused, it is the same each time.
    ///
    /// # Errors
    ///
    /// As [`dry_run`](Session::dry_run). What goes wrong in the test is in the [`TestedJourney`].
    pub async fn test(config: &SessionConfig, test: JourneyTest) -> Result<TestedJourney, SessionError> {
        let course = Course::Iterations { first: test.first, count: test.iterations };
        let gone = go(config, config.clock(), &StopHandle::new(), course).await?;
        let journey = gone.journeys.into_iter().next();
        let (setup, teardown) = journey.map_or((None, None), |journey| (journey.setup, journey.teardown));
        Ok(TestedJourney { setup, teardown, users: gone.users, iterations: gone.iterations })
    }
}
