//! Whether a run goes on: the process that makes it holds a lock (flock) on `run.json` for as long as it
//! lives. The system takes the lock away however the process ends, so that a killed run is never taken for
//! one that goes on, and a copied one neither. Of a run in a bucket it is a file in the spool of this machine: other
//! machines see nothing of it.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use outrider_model::RunId;
use same_file::Handle;

use crate::{DatasetStore, RunLayout};

/// One hundred tries: a reader that looks at this very moment holds the lock too, for the time of two system calls.
const LOCK_TRIES: usize = 100;

/// Shows readers that a run goes on, until it is dropped or the process ends.
#[derive(Debug)]
pub struct RunningMark {
    /// Closing it gives the lock up.
    _record: File,
    /// The run in a bucket for whose record a file of this machine stands.
    stand_in: Option<(DatasetStore, RunId)>,
}

impl RunningMark {
    /// Marks a run whose record is written. `None` where that cannot be: on a file system without locks, or on Windows.
    /// Such a run is shown as incomplete while it goes on.
    pub fn set(store: &DatasetStore, run_id: &RunId) -> Option<RunningMark> {
        // There a lock would keep readers out of the file.
        if cfg!(windows) {
            return None;
        }
        let file = file(store, run_id)?;
        let stand_in = store.is_remote().then(|| (store.clone(), run_id.clone()));
        for _ in 0..LOCK_TRIES {
            let record = if stand_in.is_some() { make(&file)? } else { File::open(&file).ok()? };
            match record.try_lock() {
                // Who looked just before this took it for that of a process that was killed, and took it away.
                Ok(()) if !is_at(&record, &file) => {}
                Ok(()) => return Some(RunningMark { _record: record, stand_in }),
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
        file(store, run_id)
            .and_then(|file| File::open(file).ok())
            .is_some_and(|record| matches!(record.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }
}

impl Drop for RunningMark {
    fn drop(&mut self) {
        // Under its own lock: nobody can have made another one meanwhile.
        if let Some((store, run_id)) = &self.stand_in {
            forget(store, run_id);
        }
    }
}

impl RunningMark {
    /// Takes away what a process that was killed left of its mark, and the run's folder in the spool if that was all. That
    /// of a run that goes on, or just begins, stays: it is taken away under its lock alone.
    pub(crate) fn clear(store: &DatasetStore, run_id: &RunId) {
        if !store.is_remote() {
            return;
        }
        match file(store, run_id).map(File::open) {
            Some(Ok(record)) => match record.try_lock() {
                Ok(()) => forget(store, run_id),
                Err(error) => tracing::debug!(%error, %run_id, "its mark stays: it goes on"),
            },
            _ => store.tidy(run_id),
        }
    }
}

fn forget(store: &DatasetStore, run_id: &RunId) {
    store.forget(&RunLayout::new(run_id.clone()).run_record());
    store.tidy(run_id);
}

/// Whether a file that is open is the one at this path, and not one that was taken away from there. The lock is the open
/// file's: it stays when what is opened for this is closed.
fn is_at(open: &File, path: &Path) -> bool {
    let open = open.try_clone().and_then(Handle::from_file);
    open.is_ok_and(|open| Handle::from_path(path).is_ok_and(|there| open == there))
}

fn file(store: &DatasetStore, run_id: &RunId) -> Option<PathBuf> {
    store.file(&RunLayout::new(run_id.clone()).run_record())
}

fn make(file: &Path) -> Option<File> {
    let folder = file.parent()?;
    let make = || fs::create_dir_all(folder).and_then(|()| File::create(file));
    // Who tidies up after the last run of this place may take the folder away just now.
    let made = make().or_else(|_| make());
    made.inspect_err(|error| tracing::debug!(%error, "the run cannot be marked as running")).ok()
}
