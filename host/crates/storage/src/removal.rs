//! Removing runs: a run is there whole or not at all.
//!
//! * Of a folder on this machine, `runs/ID` becomes `runs/.removed-ID` first, which no list has: that is the moment
//!   at which the run is gone. Its files go then.
//! * Who is ended in between leaves such a folder. [`sweep_removed`] takes it away; nothing else looks at it.
//! * Not promised: that a run is spared which goes on where its mark cannot be seen: on another machine, on a file
//!   system without locks, on Windows.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use outrider_model::RunId;

use crate::recovery::{in_background, lock};
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
    // Who recovers it would write into a folder that is gone.
    let _log = match store.file(&RunLayout::new(run_id.clone()).wals()) {
        Some(log) => lock(log).await,
        None => None,
    };
    if RunningMark::is_set(store, run_id) {
        return Err(StorageError::GoesOn { run_id: run_id.clone() });
    }
    let gone = runs.join(format!("{REMOVED}{run_id}"));
    let left =
        |source| StorageError::Left { run_id: run_id.clone(), folder: gone.display().to_string(), source };
    let (from, to) = (folder, gone.clone());
    let renamed = in_background(move || {
        let bytes = bytes_in(&from)?;
        fs::rename(&from, &to).map(|()| bytes)
    });
    let bytes = renamed.await.map_err(fault)?;
    let to = gone.clone();
    in_background(move || fs::remove_dir_all(&to)).await.map_err(left)?;
    Ok(bytes)
}

/// Takes away what is left of runs whose removal was cut off.
///
/// # Errors
///
/// If something cannot be taken away; the rest is.
pub async fn sweep_removed(store: &DatasetStore) -> io::Result<usize> {
    let Some(runs) = store.file(&RunLayout::runs()) else { return Ok(0) };
    in_background(move || {
        let left = left_in(&runs);
        let removed: Vec<io::Result<()>> = left.iter().map(fs::remove_dir_all).collect();
        removed.into_iter().collect::<io::Result<Vec<()>>>().map(|swept| swept.len())
    })
    .await
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
