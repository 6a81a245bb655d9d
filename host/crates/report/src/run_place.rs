//! Where runs are.

use outrider_model::RunId;
use outrider_storage::DatasetStore;

/// A run among others, and where it is.
#[derive(Clone, Debug)]
pub struct RunPlace {
    /// The dataset that it is in.
    pub store: DatasetStore,
    /// Its id.
    pub run_id: RunId,
}

impl PartialEq for RunPlace {
    fn eq(&self, other: &RunPlace) -> bool {
        self.run_id == other.run_id && self.store.place() == other.store.place()
    }
}
