//! Removing runs: a run is there whole or not at all.
//!
//! * Of a folder on this machine, `runs/ID` becomes `runs/.removed-ID` first, which no list has: that is the moment
//!   at which the run is gone. Its files go then.
//! * Who is ended in between leaves such a folder. [`sweep_removed`] takes it away; nothing else looks at it.
//! * Not promised: that a run whose mark cannot be seen (another machine's, over a network's file system) is spared.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use outrider_model::RunId;

use crate::{DatasetStore, RunLayout, RunningMark, StorageError};

/// How the names of folders begin whose run is gone.
const REMOVED: &str = ".removed-";

/// Removes a run with everything in it, and returns how many bytes that were.
///
/// # Errors
///
/// If there is no such run, it goes on, or its files cannot be removed.
pub async fn remove_run(store: &DatasetStore, run_id: &RunId) -> Result<u64, StorageError> {
    let fault = |source| StorageError::Remove { run_id: run_id.clone(), source };
    let runs = store.file(&RunLayout::runs()).ok_or_else(|| fault(io::ErrorKind::Unsupported.into()))?;
    let folder = runs.join(run_id.as_str());
    if !folder.is_dir() {
        return Err(StorageError::NoSuchRun { run_id: run_id.clone(), place: store.place().to_owned() });
    }
    if RunningMark::is_set(store, run_id) {
        return Err(StorageError::GoesOn { run_id: run_id.clone() });
    }
    let gone = runs.join(format!("{REMOVED}{run_id}"));
    let removed = tokio::task::spawn_blocking(move || {
        let bytes = bytes_in(&folder)?;
        fs::rename(&folder, &gone)?;
        fs::remove_dir_all(&gone)?;
        Ok(bytes)
    });
    removed.await.unwrap_or_else(|panic| Err(io::Error::other(panic))).map_err(fault)
}

/// Takes away what is left of runs whose removal was cut off, and says how many that were.
pub async fn sweep_removed(store: &DatasetStore) -> usize {
    let Some(runs) = store.file(&RunLayout::runs()) else { return 0 };
    let swept = tokio::task::spawn_blocking(move || {
        left_in(&runs).into_iter().filter(|folder| fs::remove_dir_all(folder).is_ok()).count()
    });
    swept.await.unwrap_or(0)
}

fn left_in(runs: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(runs).into_iter().flatten().flatten();
    let left = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(REMOVED));
    left.map(|entry| entry.path()).collect()
}

/// The sizes of all files below a folder. Links are not followed: what they lead to stays.
fn bytes_in(folder: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        bytes += if kind.is_dir() { bytes_in(&entry.path())? } else { entry.metadata()?.len() };
    }
    Ok(bytes)
}
