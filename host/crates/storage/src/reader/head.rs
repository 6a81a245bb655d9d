//! What a run says of itself in two documents: enough for a list of runs.

use futures::StreamExt;
use outrider_model::RunId;

use crate::{DatasetStore, Outcome, RunLayout, RunRecord, RunningMark, StorageError};

/// A run without its manifests and rows.
#[derive(Clone, Debug)]
pub struct RunHead {
    /// What it was to do; `None` if it was killed before it wrote that.
    pub record: Option<RunRecord>,
    /// How it ended; `None` while it goes on, or if it was killed.
    pub outcome: Option<Outcome>,
    /// Whether a process on this machine is still making it.
    pub is_running: bool,
}

/// Sixteen runs at a time, two small documents each: a far store takes some 50 ms for one, and answers many at once.
const HEADS_AT_ONCE: usize = 16;

impl RunHead {
    /// Reads the two documents of these runs, in their order.
    pub async fn read_all(
        store: &DatasetStore,
        runs: Vec<RunId>,
    ) -> Vec<(RunId, Result<RunHead, StorageError>)> {
        let read = runs.into_iter().map(|run_id| async move {
            let head = RunHead::read(store, &run_id).await;
            (run_id, head)
        });
        futures::stream::iter(read).buffered(HEADS_AT_ONCE).collect().await
    }

    /// Reads the two documents of a run.
    ///
    /// # Errors
    ///
    /// If one cannot be read or is of a later version.
    pub async fn read(store: &DatasetStore, run_id: &RunId) -> Result<RunHead, StorageError> {
        let layout = RunLayout::new(run_id.clone());
        // Asked first: who ends meanwhile has written the outcome that is read then.
        let marked = RunningMark::is_set(store, run_id);
        let (record, outcome) = (layout.run_record(), layout.outcome());
        let (record, outcome) = (store.get_json(&record), store.get_json::<Outcome>(&outcome));
        let (record, outcome) = futures::try_join!(record, outcome)?;
        Ok(RunHead { record, is_running: marked && outcome.is_none(), outcome })
    }
}
