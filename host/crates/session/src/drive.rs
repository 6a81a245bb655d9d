//! The part of a run that load is made in: `setup`, users, scenarios, `teardown`.

use std::sync::Arc;

use outrider_scheduler::{Scheduler, SchedulerOutcome, StopHandle};
use outrider_storage::StorageError;
use tokio::sync::watch;

use crate::journey::{Journey, Titles};
use crate::{EndReason, Phase, Watch};

/// What the load came to.
pub(crate) struct Load {
    pub(crate) reason: EndReason,
    /// Unless it was not begun.
    pub(crate) outcome: Option<SchedulerOutcome>,
    /// Of how many journeys, in the plan's order, `setup` was begun.
    pub(crate) set_up: usize,
}

/// Runs `setup` of all journeys, one after the other, then all scenarios.
pub(crate) async fn load(
    journeys: &[Journey],
    titles: &Titles,
    mut scheduler: Scheduler,
    progress: &Watch,
    stop: &StopHandle,
) -> Load {
    let thresholds = progress.thresholds();
    let (set_up, ended) = set_up(journeys, titles, progress, stop).await;
    if let Some(reason) = ended {
        return Load { reason, outcome: None, set_up };
    }
    progress.enter(Phase::PreparingVus);
    if let Err(error) = scheduler.prepare(stop).await {
        let reason = EndReason::of_prepare(error, stop.end(), titles, thresholds);
        return Load { reason, outcome: None, set_up };
    }
    progress.enter(Phase::Running);
    thresholds.begin(journeys[0].shared.clock.now());
    let outcome = scheduler.run(stop.clone()).await;
    let reason = EndReason::of_run(&outcome, titles, thresholds);
    Load { reason, outcome: Some(outcome), set_up }
}

/// How many `setup`s were begun, and why the run ends, if one of them is why.
async fn set_up(
    journeys: &[Journey],
    titles: &Titles,
    progress: &Watch,
    stop: &StopHandle,
) -> (usize, Option<EndReason>) {
    for (index, Journey { plugin, shared, .. }) in journeys.iter().enumerate() {
        let setup = tokio::select! {
            setup = plugin.setup(Arc::clone(shared)) => setup,
            () = stop.stopping() => {
                return (index + 1, Some(EndReason::of_request(stop.end(), titles, progress.thresholds())));
            }
        };
        match setup {
            // The only writer: a set cell would mean that set-up ran twice.
            Ok(json) => drop(shared.setup_data.set(json)),
            Err(error) => return (index + 1, Some(EndReason::of_setup(error, index, titles))),
        }
    }
    (journeys.len(), None)
}

/// How all `teardown`s ended.
#[derive(Debug, Default)]
pub(crate) struct Teardown {
    /// Nobody wanted to wait for one of them any longer.
    pub(crate) given_up: bool,
    /// What is to be said of them, a sentence each.
    pub(crate) complaints: Vec<String>,
}

impl Teardown {
    /// `journey` is named if there are several.
    fn complain(&mut self, journey: &Journey, titles: &Titles, message: &str) {
        self.complaints.push(match titles.are_several() {
            true => format!("teardown of {} failed: {message}", journey.title),
            false => format!("teardown failed: {message}"),
        });
    }
}

/// Runs `teardown` of these journeys, one after the other, whatever became of the load and of the others: it is
/// there to clean up. Who has asked for the run to be aborted before has waited for nothing but this since; who
/// asks from now on gives up the one that runs.
pub(crate) async fn teardown(journeys: &[Journey], titles: &Titles, stop: &StopHandle) -> Teardown {
    let mut ends = Teardown::default();
    for journey in journeys {
        let given_up = stop.next_abort();
        tokio::select! {
            ended = journey.plugin.teardown(Arc::clone(&journey.shared)) => {
                if let Err(error) = ended {
                    ends.complain(journey, titles, &error.to_string());
                }
            }
            () = given_up => {
                ends.given_up = true;
                ends.complain(journey, titles, "given up, as asked from outside");
            }
        }
    }
    ends
}

/// Aborts the load when rows can no longer be written: what is not kept was not measured.
pub(crate) async fn abort_when<T>(
    mut failure: watch::Receiver<Option<Arc<StorageError>>>,
    stop: &StopHandle,
    load: impl Future<Output = T>,
) -> T {
    let failed = async {
        if failure.wait_for(Option::is_some).await.is_ok() {
            stop.abort();
        }
        std::future::pending::<std::convert::Infallible>().await
    };
    tokio::select! {
        ended = load => ended,
        never = failed => match never {},
    }
}
