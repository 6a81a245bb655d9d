//! A user without a journey: what packs judge is done by hand, one thing after the other. Tests of packs work so, on
//! the way that an exchange, a step and an iteration take in a run.

use std::slice;
use std::sync::Arc;
use std::time::Duration;

use outrider_capability::HttpRequest;
use outrider_model::{IterationIndex, IterationOutcome, Tags, VuId};

use super::{AttachedPack, EndedStep, Packs};
use crate::fault::PluginFault;
use crate::state::{RunShared, StepEnd, VuState};

/// The number of the user.
const VU: VuId = VuId(1);

/// A user without a journey, watched by packs.
#[derive(Debug)]
pub struct StagedUser {
    state: VuState,
}

impl StagedUser {
    /// A user in its first iteration of a scenario, beside whom an instance of each pack was started.
    ///
    /// # Errors
    ///
    /// If a pack breaks in its `start`.
    pub async fn start(
        run: Arc<RunShared>,
        packs: &[AttachedPack],
        scenario: &str,
    ) -> Result<StagedUser, PluginFault> {
        let mut state = VuState::new(run, VU);
        state.packs = Packs::start(packs, VU).await?;
        state.begin_iteration(scenario.into(), IterationIndex(0), Tags::default());
        Ok(StagedUser { state })
    }

    /// Sends a request, and has the packs judge what comes of it.
    pub async fn exchange(&mut self, request: &HttpRequest) {
        let state = &mut self.state;
        let origin = state.origin();
        let sent = state.http.send(request, &origin).await;
        state.judge_exchanges(slice::from_ref(request), slice::from_ref(&sent), &origin).await;
    }

    /// Has the packs judge a step that took so long, and that an error may have ended.
    pub async fn step(&mut self, name: &str, duration: Duration, error: Option<&str>) {
        self.state.judge_steps(vec![EndedStep { name: name.into(), duration }], error).await;
    }

    /// Has the packs judge the iteration, which took `elapsed` and ended so.
    pub async fn end(mut self, outcome: &IterationOutcome, elapsed: Duration) {
        let scenario = Arc::clone(&self.state.scenario);
        self.state.unmeasured = Duration::ZERO;
        self.state.judge_end(&scenario, outcome, elapsed).await;
        self.state.end_iteration(StepEnd::Well);
    }
}
