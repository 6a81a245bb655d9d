//! The place of one VU, and the loop that its task runs.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use outrider_model::{FailureCause, VuError, VuId};
use tokio::task::JoinSet;

use crate::control::JourneyAbort;
use crate::iteration::Started;
use crate::outcome::FailureNote;
use crate::prepare::LiveVu;
use crate::scenario::Scenario;
use crate::signal::VuSignal;

/// Five seconds for the `stop` of all VUs of a scenario together, each in its own task: a logout is a
/// request or two, and who has pressed Ctrl-C twice does not wait for more.
pub const VU_STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// When a VU's next iteration starts.
pub(crate) trait Pace: Send + 'static {
    /// Whether `next` may still return an iteration: asked before a broken VU is replaced for it.
    fn has_more(&self) -> bool;

    /// Waits for the next iteration of `vu` and starts it; `None` if there is none any more.
    fn next(&mut self, vu: VuId) -> impl Future<Output = Option<Started>> + Send;
}

/// The place of one VU in a scenario. Its VU may be missing: not made yet, broken, or interrupted.
#[derive(Debug)]
pub(crate) struct Seat {
    id: VuId,
    vu: Option<LiveVu>,
    /// Iterations that VUs on this seat have begun.
    begun: u64,
    /// The VU could not be made. Nobody tries again: what failed once for a reason would fail hot.
    lost: bool,
}

impl Seat {
    pub(crate) fn empty(id: VuId) -> Seat {
        Seat { id, vu: None, begun: 0, lost: false }
    }

    pub(crate) fn id(&self) -> VuId {
        self.id
    }

    pub(crate) fn is_lost(&self) -> bool {
        self.lost
    }

    pub(crate) fn is_taken(&self) -> bool {
        self.vu.is_some()
    }

    pub(crate) fn take_in(&mut self, vu: LiveVu) {
        self.vu = Some(vu);
    }

    /// Runs iterations as `pace` brings them, until it brings no more, the VU is interrupted or lost,
    /// or its journey ends the run.
    pub(crate) async fn drive(mut self, scenario: &Scenario, signal: &VuSignal, mut pace: impl Pace) -> Seat {
        loop {
            if self.vu.is_none() && (!pace.has_more() || !self.replace(scenario, signal).await) {
                return self;
            }
            let Some(iteration) = pace.next(self.id).await else {
                return self;
            };
            if self.iterate(iteration, scenario, signal).await.is_break() {
                return self;
            }
            // Iterations that fail without waiting for anything would never give the thread back.
            tokio::task::coop::consume_budget().await;
        }
    }

    async fn iterate(
        &mut self,
        iteration: Started,
        scenario: &Scenario,
        signal: &VuSignal,
    ) -> ControlFlow<()> {
        let Some(vu) = &mut self.vu else {
            return ControlFlow::Break(());
        };
        let ctx = iteration.ctx(self.begun);
        self.begun += 1;
        let Some(outcome) = signal.unless_interrupted(vu.iterate(ctx)).await else {
            drop(iteration);
            self.vu = None;
            return ControlFlow::Break(());
        };
        let flow = iteration.end(outcome, vu.unmeasured());
        if !vu.is_reusable() {
            scenario.stats.vu_broke();
            self.vu = None;
        }
        flow
    }

    /// Makes the VU that is missing. On `false` the seat stays empty.
    async fn replace(&mut self, scenario: &Scenario, signal: &VuSignal) -> bool {
        match signal.unless_interrupted(scenario.vus.make(self.id, &scenario.stats)).await {
            Some(Ok(vu)) => self.vu = Some(vu),
            Some(Err(error)) => {
                self.lost = true;
                if error.aborts_run {
                    let abort = JourneyAbort::in_start(Arc::clone(&scenario.name), error);
                    scenario.stop.abort_by_journey(abort);
                } else {
                    report_loss(scenario, error);
                }
            }
            None => {}
        }
        self.vu.is_some()
    }
}

fn report_loss(scenario: &Scenario, error: VuError) {
    scenario.stats.vu_lost(error.cause);
    let (vu, message) = (error.vu, error.message.clone());
    let is_new = scenario.stats.note(FailureNote {
        scenario: Arc::clone(&scenario.name),
        vu,
        iteration: None,
        cause: error.cause,
        kind: "vu start",
        message: error.message,
        stack: error.stack.map(Arc::from),
        pack: error.pack,
    });
    if is_new {
        tracing::warn!(scenario = %scenario.name, %vu, message, "cannot start a VU, going on with fewer");
    }
}

/// Lets the VUs on `seats` finish, all at once, within [`VU_STOP_TIMEOUT`].
pub(crate) async fn stop_all(name: &Arc<str>, stats: &Arc<crate::stats::Stats>, seats: Vec<Seat>) {
    let mut tasks = JoinSet::new();
    for (id, mut vu) in seats.into_iter().filter_map(|seat| Some((seat.id, seat.vu?))) {
        let (name, stats) = (Arc::clone(name), Arc::clone(stats));
        tasks.spawn(async move {
            if tokio::time::timeout(VU_STOP_TIMEOUT, vu.stop()).await.is_err() {
                stats.note(stop_timeout(name, id));
            }
        });
    }
    while let Some(stopped) = tasks.join_next().await {
        if let Err(error) = stopped {
            tracing::error!(scenario = %name, %error, "a VU panicked in its stop");
        }
    }
}

fn stop_timeout(scenario: Arc<str>, vu: VuId) -> FailureNote {
    FailureNote {
        scenario,
        vu,
        iteration: None,
        cause: FailureCause::Plugin,
        kind: "stop timeout",
        message: format!("a VU's stop took longer than {} s", VU_STOP_TIMEOUT.as_secs()),
        stack: None,
        pack: None,
    }
}
