//! The part of a run that load is made in: `setup`, users, scenarios, `teardown`.

use std::sync::Arc;

use outrider_engine::{Plugin, RunShared};
use outrider_scheduler::{Scheduler, SchedulerOutcome, StopHandle};
use outrider_storage::StorageError;
use tokio::sync::watch;

use crate::{EndReason, Phase, Watch};

/// Runs `setup` and all scenarios.
pub(crate) async fn load(
    plugin: &Plugin,
    shared: &Arc<RunShared>,
    mut scheduler: Scheduler,
    progress: &Watch,
    stop: &StopHandle,
) -> (EndReason, Option<SchedulerOutcome>) {
    let thresholds = progress.thresholds();
    let setup = tokio::select! {
        setup = plugin.setup(Arc::clone(shared)) => setup,
        () = stop.stopping() => return (EndReason::of_request(stop.end(), thresholds), None),
    };
    match setup {
        // The only writer: a set cell would mean that set-up ran twice.
        Ok(json) => drop(shared.setup_data.set(json)),
        Err(error) => return (EndReason::of_setup(error), None),
    }
    progress.enter(Phase::PreparingVus);
    if let Err(error) = scheduler.prepare(stop).await {
        return (EndReason::of_prepare(error, stop.end(), thresholds), None);
    }
    progress.enter(Phase::Running);
    thresholds.begin(shared.clock.now());
    let outcome = scheduler.run(stop.clone()).await;
    (EndReason::of_run(&outcome, thresholds), Some(outcome))
}

/// How `teardown` ended.
#[derive(Debug)]
pub(crate) enum Teardown {
    /// As it should.
    Done,
    /// Badly: what it said.
    Failed(String),
    /// Nobody wanted to wait for it any longer.
    GivenUp,
}

impl Teardown {
    /// What is to be said of it.
    pub(crate) fn complaint(self) -> Option<String> {
        match self {
            Teardown::Done => None,
            Teardown::Failed(message) => Some(message),
            Teardown::GivenUp => Some("given up, as asked from outside".to_owned()),
        }
    }
}

/// Runs `teardown`, whatever became of the load: it is there to clean up. Who has asked for the run to be
/// aborted before has waited for nothing but this since; who asks from now on gives it up.
pub(crate) async fn teardown(plugin: &Plugin, shared: Arc<RunShared>, stop: &StopHandle) -> Teardown {
    let given_up = stop.next_abort();
    tokio::select! {
        ended = plugin.teardown(shared) => match ended {
            Ok(()) => Teardown::Done,
            Err(error) => Teardown::Failed(error.to_string()),
        },
        () = given_up => Teardown::GivenUp,
    }
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
