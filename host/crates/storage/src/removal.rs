//! Removing runs: a run is there whole or not at all.
//!
//! * Of a folder on this machine, `runs/ID` becomes `runs/.removed-ID` first, which no list has: that is the moment
//!   at which the run is gone. Its files go then.
//! * Who is ended in between leaves such a folder. [`sweep_removed`] takes it away; nothing else looks at it.
//! * Of a bucket, `run.json` goes first, which is that moment, and then everything else; what stays when that is cut
//!   off is removed by naming the run again. What this machine keeps of a run goes with it, also where the run is gone
//!   from its bucket already: another machine removed it.
//! * A run in a bucket that has no end, and was written to within the last minute, is spared: another machine may make it.
//! * Not promised: that a run is spared which goes on where its mark cannot be seen: on another machine, on a file
//!   system without locks, on Windows.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures::{StreamExt, TryStreamExt};
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};
use outrider_model::{RunClock, RunId, Timestamp};

use crate::recovery::{in_background, lock};
use crate::{DatasetStore, Manifest, RunLayout, RunningMark, StorageError, StoreFault, list_runs};

/// A minute: a run that goes on puts a manifest every few seconds, unless its bucket is away.
const YOUNG: Duration = Duration::from_secs(60);

/// How the names of folders begin whose run is gone.
const REMOVED: &str = ".removed-";

/// What was removed of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemovedRun {
    /// How many bytes that were.
    pub bytes: u64,
    /// Whether it was gone from its bucket before, and only this machine still kept something of it.
    pub was_gone: bool,
}

/// The runs of a dataset, and those that are no longer in their bucket while this machine still keeps something of them;
/// the oldest first.
///
/// # Errors
///
/// If the dataset cannot be listed.
pub async fn list_removable_runs(store: &DatasetStore) -> Result<Vec<RunId>, StorageError> {
    let mut runs = list_runs(store).await?;
    let spooled: Vec<RunId> =
        store.spooled_runs().into_iter().filter(|run_id| !runs.contains(run_id)).collect();
    if !spooled.is_empty() {
        runs.extend(spooled);
        runs.sort();
    }
    Ok(runs)
}

/// Removes a run with everything in it.
///
/// # Errors
///
/// If there is no such run, it goes on, or its files cannot be removed.
pub async fn remove_run(store: &DatasetStore, run_id: &RunId) -> Result<RemovedRun, StorageError> {
    if store.is_remote() {
        return remove_remote(store, run_id).await;
    }
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
    Ok(RemovedRun { bytes, was_gone: false })
}

async fn remove_remote(store: &DatasetStore, run_id: &RunId) -> Result<RemovedRun, StorageError> {
    let layout = RunLayout::new(run_id.clone());
    // Who recovers it would write what is gone.
    let _log = match store.file(&layout.wals()) {
        Some(log) => lock(log).await,
        None => None,
    };
    let fault = |source: object_store::Error| StorageError::Remove {
        run_id: run_id.clone(),
        source: io::Error::other(StoreFault::from(source)),
    };
    let listed = store.objects().list(Some(&layout.folder())).try_collect();
    let mut listed: Vec<ObjectMeta> = listed.await.map_err(fault)?;
    let was_gone = listed.is_empty();
    if was_gone && !is_spooled(store, &layout) {
        return Err(StorageError::NoSuchRun { run_id: run_id.clone(), place: store.place().to_owned() });
    }
    if RunningMark::is_set(store, run_id) {
        return Err(StorageError::GoesOn { run_id: run_id.clone() });
    }
    if may_go_on_elsewhere(store, &layout, &listed).await? {
        return Err(StorageError::Young { run_id: run_id.clone() });
    }
    let bytes: u64 = listed.iter().map(|object| object.size).sum();
    let record = layout.run_record();
    if let Some(first) = listed.iter().position(|object| object.location == record) {
        listed.swap_remove(first);
        store.objects().delete(&record).await.map_err(fault)?;
    }
    let others = futures::stream::iter(listed).map(|object| Ok(object.location)).boxed();
    store.objects().delete_stream(others).try_collect::<Vec<_>>().await.map_err(fault)?;
    let kept =
        store.forget_run(run_id).map_err(|source| StorageError::Remove { run_id: run_id.clone(), source })?;
    Ok(RemovedRun { bytes: bytes + kept, was_gone })
}

/// Whether this machine keeps something of a run in a bucket.
fn is_spooled(store: &DatasetStore, layout: &RunLayout) -> bool {
    store.spooled(&layout.folder()).is_some_and(|folder| folder.is_dir())
}

/// Whether a run without an end was written to a moment ago, and not by this machine: another may make it.
async fn may_go_on_elsewhere(
    store: &DatasetStore,
    layout: &RunLayout,
    listed: &[ObjectMeta],
) -> Result<bool, StorageError> {
    let is_there = |path| listed.iter().any(|object| object.location == path);
    if is_there(layout.outcome()) || !is_there(layout.run_record()) || is_spooled(store, layout) {
        return Ok(false);
    }
    let newest = listed.iter().filter_map(|object| object.last_modified.timestamp_nanos_opt()).max();
    let now = RunClock::start_now().now();
    if newest.is_none_or(|newest| now.since(Timestamp(newest)) >= YOUNG) {
        return Ok(false);
    }
    // Who was recovered does not go on.
    let manifest = Manifest::load(store, layout, 0).await?;
    Ok(manifest.is_none_or(|manifest| manifest.recovery.is_none()))
}

/// Takes away what is left of runs whose removal was cut off.
///
/// # Errors
///
/// If something cannot be taken away; the rest is.
pub async fn sweep_removed(store: &DatasetStore) -> io::Result<usize> {
    let Some(runs) = store.file(&RunLayout::runs()).filter(|_| !store.is_remote()) else { return Ok(0) };
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
pub(crate) fn bytes_in(folder: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        bytes += if kind.is_dir() { bytes_in(&entry.path())? } else { entry.metadata()?.len() };
    }
    Ok(bytes)
}
