//! What a run says of itself in two documents: enough for a list of runs.

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

impl RunHead {
    /// Reads the two documents of a run.
    ///
    /// # Errors
    ///
    /// If one cannot be read or is of a later version.
    pub async fn read(store: &DatasetStore, run_id: &RunId) -> Result<RunHead, StorageError> {
        let layout = RunLayout::new(run_id.clone());
        // Asked first: who ends meanwhile has written the outcome that is read then.
        let marked = RunningMark::is_set(store, run_id);
        let record = store.get_json(&layout.run_record()).await?;
        let outcome: Option<Outcome> = store.get_json(&layout.outcome()).await?;
        Ok(RunHead { record, is_running: marked && outcome.is_none(), outcome })
    }
}
