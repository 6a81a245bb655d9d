//! A trial of a run: everything that it would do, once, by one user of each scenario, with nothing written.
//!
//! ```text
//! resolve ─► setup of each journey ─► for each scenario: a user, one iteration of each way ─► teardown
//!                                                              │
//!                       what was seen ─► thresholds that can never match, data, estimate
//! ```
//!
//! A trial iteration is the first of the run that goes that way: it has the same index, and so the same draw of
//! the mix and the same row of data.

mod channel;
mod data;
mod end;
mod estimate;
mod metrics;
mod run;
mod seen;
mod sole;
mod thresholds;
mod transform;

use std::time::Duration;

use outrider_engine::PackAccount;
use outrider_model::{IterationFailure, IterationIndex};
use outrider_scheduler::StopHandle;

use crate::{Breakdown, DryRun, Session, SessionConfig, SessionError};

pub use channel::ChannelTrial;
pub use data::DataTrial;
pub use end::TrialEnd;
pub use estimate::{Estimate, ScenarioEstimate};
pub use metrics::MetricSeen;
pub(crate) use run::{Course, go};
pub(crate) use seen::Collector;
pub use seen::{MAX_SEEN, Seen};
pub use thresholds::{Certainty, UnseenThreshold};
pub use transform::TransformTrial;

/// What came of a trial.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The run as it would be.
    pub dry_run: DryRun,
    /// The journeys, in the plan's order.
    pub journeys: Vec<JourneyTrial>,
    /// One entry for each way of each scenario, in the plan's order.
    pub iterations: Vec<IterationTrial>,
    /// Users that could not be made, and what the others did in their `stop`.
    pub users: Vec<UserTrial>,
    /// What became of the calls of each assertion pack.
    pub packs: Vec<PackAccount>,
    /// Thresholds that nothing was measured for.
    pub unseen_thresholds: Vec<UnseenThreshold>,
    /// The data files and what the plan needs of them.
    pub data: Vec<DataTrial>,
    /// What the run would come to; `None` if no iteration was completed to estimate it by.
    pub estimate: Option<Estimate>,
    /// Whether it was ended from outside, and does not say everything.
    pub interrupted: bool,
}

/// A journey in a trial.
#[derive(Clone, Debug)]
pub struct JourneyTrial {
    /// Its name in the plan.
    pub name: String,
    /// As faults name it.
    pub title: String,
    /// What its `setup` did; `None` if the trial was ended before it.
    pub setup: Option<CallTrial>,
    /// What its `teardown` did; `None` if its `setup` was not begun.
    pub teardown: Option<CallTrial>,
}

/// `setup` or `teardown` in a trial.
#[derive(Clone, Debug)]
pub struct CallTrial {
    /// How long it took.
    pub duration: Duration,
    /// What was measured.
    pub seen: Seen,
    /// How it ended.
    pub end: CallEnd,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallEnd {
    /// As it should.
    Done,
    /// The journey asked for the run to end, for this reason.
    Abort(String),
    /// It broke.
    Broke(Breakdown),
    /// It was given up, as asked from outside.
    GivenUp,
}

/// A call of a user that belongs to none of its iterations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserCall {
    /// `start`, which failed: what one that succeeds does counts with the iteration that the user was made for.
    Start,
    /// `stop`. That it fails is no fault of a run.
    Stop,
}

/// What a user of a scenario did outside of its iterations.
#[derive(Clone, Debug)]
pub struct UserTrial {
    /// The scenario of the run.
    pub scenario: String,
    /// Where.
    pub call: UserCall,
    /// What was measured.
    pub seen: Seen,
    /// How it ended.
    pub end: CallEnd,
}

/// An iteration in a trial.
#[derive(Clone, Debug)]
pub struct IterationTrial {
    /// The scenario of the run.
    pub scenario: String,
    /// The plugin's scenario.
    pub plugin_scenario: String,
    /// The share of the scenario's iterations that go this way.
    pub share: f64,
    /// Its index in the scenario: the first of the run that goes this way.
    pub iteration: IterationIndex,
    /// How long it took, without the time in which packs judged it.
    pub duration: Duration,
    /// What was measured, also in the `start` of a user that was made for it.
    pub seen: Seen,
    /// How it ended.
    pub end: IterationEnd,
}

/// How a trial iteration ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IterationEnd {
    /// As it should.
    Completed,
    /// It failed.
    Failed(IterationFailure),
    /// The journey asked for the run to end, for this reason.
    Abort(String),
    /// It was interrupted, as asked from outside.
    Interrupted,
}

impl Session {
    /// Resolves and checks a run as [`prepare`](Session::prepare) does it, then tries it: `setup` of each journey,
    /// one user of each scenario who goes each of its ways once, with the packs, and `teardown`. The target sees
    /// these requests; nothing is written.
    ///
    /// # Errors
    ///
    /// As [`dry_run`](Session::dry_run). What goes wrong in the trial is in the [`Trial`].
    pub async fn trial(config: SessionConfig, stop: &StopHandle) -> Result<Trial, SessionError> {
        run::run(&config, stop).await
    }
}
