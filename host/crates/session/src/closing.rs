//! The last rows of a run: written, or left on this machine where nobody waits for a bucket any longer.

use std::convert::Infallible;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use outrider_export::Tee;
use outrider_scheduler::StopHandle;
use outrider_storage::{
    DatasetStore, FinalAccount, GiveUp, Outcome, REMOTE_PUT_TIME, Roller, RollerEnd, RunLayout,
    SampleAccount, Verdict,
};
use outrider_telemetry::{AnswerTally, BatcherEnd, BatcherStats, SampleQueue};

use crate::{EndReason, Exit, Phase, SessionEnd, ThresholdEnd, Watch, packs};

/// Three seconds: a bucket that is there has taken the last four seconds of rows by then.
const SAID_AFTER: Duration = Duration::from_secs(3);

/// The rows of a run whose load has ended.
pub(crate) struct Rows {
    pub(crate) batching: JoinHandle<BatcherEnd<Tee<Roller>>>,
    pub(crate) give_up: GiveUp,
    pub(crate) queue: Arc<SampleQueue>,
    pub(crate) account: FinalAccount,
}

/// What the rows say of a run besides what the scheduler counted.
pub(crate) struct Closed {
    pub(crate) rolled: RollerEnd,
    pub(crate) answers: AnswerTally,
    pub(crate) lost_samples: u64,
    pub(crate) saturated: bool,
    /// Whether some of them are on this machine alone, because nobody wanted to wait for the bucket.
    pub(crate) is_left_here: bool,
}

/// Writes the last parts and the manifest. Who asks for an abort from now on does not wait for a bucket.
pub(crate) async fn close(rows: Rows, store: &DatasetStore, watch: &Watch, stop: &StopHandle) -> Closed {
    watch.enter(if store.is_remote() { Phase::Uploading } else { Phase::Writing });
    let give_up = rows.give_up.clone();
    let mut finishing = tokio::task::spawn_blocking(move || finish(rows));
    let finished = tokio::select! {
        finished = &mut finishing => finished,
        never = heed_abort(stop, &give_up) => match never {},
        never = say_wait(store) => match never {},
    };
    let closed = finished.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()));
    let is_left_here = store.is_remote() && give_up.is_asked() && closed.rolled.failure.is_some();
    Closed { is_left_here, ..closed }
}

async fn heed_abort(stop: &StopHandle, give_up: &GiveUp) -> Infallible {
    stop.next_abort().await;
    give_up.now();
    std::future::pending().await
}

async fn say_wait(store: &DatasetStore) -> Infallible {
    tokio::time::sleep(SAID_AFTER).await;
    if store.is_remote() {
        tracing::warn!(
            "the last rows wait for '{}', until it has taken none for {} minutes; Ctrl-C, or twice if it is the first, leaves \
             them on this machine for `host recover`",
            store.place(),
            REMOTE_PUT_TIME.as_secs() / 60,
        );
    }
    std::future::pending().await
}

/// Waits for the batcher to drain the closed queue, then writes the last parts and the manifest.
fn finish(rows: Rows) -> Closed {
    let Rows { batching, queue, mut account, .. } = rows;
    let ended = batching.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    for (kind, count) in &ended.stats.replaced_names {
        tracing::warn!("{count} {} names were past the limit and became (other)", kind.as_str());
    }
    let stats = queue.stats();
    account.samples = SampleAccount { accepted: stats.accepted, lost: stats.lost };
    let BatcherStats { answers, saturated, .. } = ended.stats;
    let rolled = ended.sink.into_inner().finish(account);
    Closed { rolled, answers, lost_samples: stats.lost, saturated, is_left_here: false }
}

/// Writes `outcome.json`; what a bucket does not take, or is not waited for, is kept for recovery.
pub(crate) async fn write_outcome(
    store: &DatasetStore,
    end: &mut SessionEnd,
    outcome: Outcome,
    stop: &StopHandle,
) {
    let layout = RunLayout::new(end.run_id.clone());
    let whole = outcome_of(end, outcome.clone());
    if end.is_left_here {
        return whole.keep(store, &layout);
    }
    tokio::select! {
        () = stop.next_abort(), if store.is_remote() => {
            end.leave_here();
            outcome_of(end, outcome).keep(store, &layout);
        }
        written = whole.create(store, &layout) => if let Err(error) = written {
            // The report says that a run without an outcome is incomplete.
            let error = outrider_model::with_causes(&error);
            tracing::warn!(%error, "the outcome could not be written");
        },
    }
}

fn outcome_of(end: &SessionEnd, outcome: Outcome) -> Outcome {
    let exit = end.exit();
    Outcome {
        status: end.reason.status(),
        reason: end.sentence(),
        ended_early: Some(matches!(end.reason, EndReason::DataExhausted { .. })),
        broken_pack: end.pack_to_blame().map(str::to_owned),
        exit_code: exit.code(),
        verdict: if exit == Exit::Ok { Verdict::Pass } else { Verdict::Fail },
        thresholds: end.thresholds.iter().map(ThresholdEnd::outcome).collect(),
        packs: end.packs.iter().map(packs::calls).collect(),
        unexported: end.unexported.clone(),
        ..outcome
    }
}
