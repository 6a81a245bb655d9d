//! Whether a run goes on: the process that makes it holds a lock (flock) on `run.json` for as long as it
//! lives. The system takes the lock away however the process ends, so that a killed run is never taken for
//! one that goes on, and a copied one neither.

use std::fs::{File, TryLockError};

use outrider_model::RunId;

use crate::{DatasetStore, RunLayout};

/// One hundred tries: a reader that looks at this very moment holds the lock too, for the time of two system calls.
const LOCK_TRIES: usize = 100;

/// Shows readers that a run goes on, until it is dropped or the process ends.
#[derive(Debug)]
pub struct RunningMark {
    /// Closing it gives the lock up.
    _record: File,
}

impl RunningMark {
    /// Marks a run whose record is written. `None` where that cannot be: in a store that is no folder of this
    /// machine, on a file system without locks, or on Windows. Such a run is shown as incomplete while it goes on.
    pub fn set(store: &DatasetStore, run_id: &RunId) -> Option<RunningMark> {
        // There a lock would keep readers out of the file.
        if cfg!(windows) {
            return None;
        }
        let record = open(store, run_id)?;
        for _ in 0..LOCK_TRIES {
            match record.try_lock() {
                Ok(()) => return Some(RunningMark { _record: record }),
                Err(TryLockError::WouldBlock) => std::thread::yield_now(),
                Err(TryLockError::Error(error)) => {
                    tracing::debug!(%error, "the run cannot be marked as running");
                    return None;
                }
            }
        }
        tracing::debug!("the run cannot be marked as running: its record is locked");
        None
    }

    /// Whether a run is marked by any process. To be asked before its outcome is looked for: a run that ends
    /// writes that first.
    pub(crate) fn is_set(store: &DatasetStore, run_id: &RunId) -> bool {
        // Shared, so that two who ask at the same time do not see each other.
        open(store, run_id)
            .is_some_and(|record| matches!(record.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }
}

fn open(store: &DatasetStore, run_id: &RunId) -> Option<File> {
    File::open(store.file(&RunLayout::new(run_id.clone()).run_record())?).ok()
}
