//! Recovery: what a killed worker left in its write-ahead log becomes parts.
//!
//! ```text
//! for each worker: scan the log ─► remove parts that no manifest names ─► put parts of what counts
//!                  ─► commit the manifest that names them ─► remove the log
//! ```
//!
//! A worker that could not put its last manifest into a bucket left it in the spool: its accounts come from there. Which
//! parts there are, the manifest in the bucket says: one may have been put without anybody hearing of it.
//!
//! Who is ended anywhere on this way leaves what it found: until the manifest is committed the log is as it was, and
//! the parts that were put are named by nobody; afterwards the log's segments are behind `wal_segment` (INV-14). Two
//! who recover the same run wait for each other; a run that goes on is left alone. That it does is seen by its lock on the
//! machine that makes it; elsewhere a lock may not be seen, and a log counts as left behind once it has not grown for
//! [`IDLE`].

mod parts_of_log;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path as FilePath, PathBuf};
use std::time::Duration;

use futures::TryStreamExt;
use object_store::ObjectStoreExt;
use outrider_model::{RunId, Timestamp};
use outrider_telemetry::Table;

use crate::roller::{DEFAULT_PUT_ATTEMPTS, put};
use crate::wal::{Log, this_machine};
use crate::{
    DatasetStore, Manifest, PartName, Recovery, RollPolicy, RunLayout, RunningMark, StorageError, list_runs,
};
use parts_of_log::PartsOfLog;

/// A minute: a worker that lives sets a mark twice a second, and clocks of two machines differ by less.
const IDLE: Duration = Duration::from_secs(60);

/// What was recovered of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecoveredRun {
    /// The workers of which rows were recovered, or the last manifest.
    pub workers: Vec<RecoveredWorker>,
    /// Whether the outcome was put that the run could not put into its bucket.
    pub outcome: bool,
}

/// A worker of a run that was recovered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveredWorker {
    /// The worker, from 0.
    pub worker: u32,
    /// What the manifest says of it now.
    pub recovery: Recovery,
    /// Whether all its rows are there: it ended by itself, and could not put them.
    pub is_whole: bool,
}

/// The runs of which something is to be recovered and that do not go on, the oldest first. Those in a bucket are known
/// without asking it; the mark of one that was killed before it had a row is taken away.
///
/// # Errors
///
/// If the dataset cannot be listed.
pub async fn runs_to_recover(store: &DatasetStore) -> Result<Vec<RunId>, StorageError> {
    if !store.is_remote() {
        let runs = list_runs(store).await?;
        return Ok(runs.into_iter().filter(|run_id| needs_recovery(store, run_id)).collect());
    }
    let spooled = store.spooled_runs().into_iter();
    let (left, rest): (Vec<_>, Vec<_>) = spooled.partition(|run_id| needs_recovery(store, run_id));
    let is_over = |run_id: &&RunId| !RunningMark::is_set(store, run_id);
    rest.iter().filter(is_over).for_each(|run_id| RunningMark::clear(store, run_id));
    Ok(left)
}

/// Whether something of a run is to be recovered, and it does not go on: it has a write-ahead log, or documents that could
/// not be put into a bucket.
pub fn needs_recovery(store: &DatasetStore, run_id: &RunId) -> bool {
    let layout = RunLayout::new(run_id.clone());
    let is_left = !workers_of(store, &layout).is_empty() || store.kept(&layout.outcome()).is_some();
    is_left && !RunningMark::is_set(store, run_id)
}

/// Recovers a run that was killed. Empty if there is nothing to recover, or it goes on. `killed` says that the user
/// knows it was killed, where that cannot be seen.
///
/// # Errors
///
/// If the log cannot be read, or what was in it cannot be written; then it is still in the log. [`StorageError::Unmarked`]
/// if whether the run goes on cannot be seen. [`StorageError::Gone`] if it is no longer in its bucket.
pub async fn recover_run(
    store: &DatasetStore,
    run_id: &RunId,
    killed: bool,
    now: Timestamp,
) -> Result<RecoveredRun, StorageError> {
    let layout = RunLayout::new(run_id.clone());
    let mut recovered = RecoveredRun::default();
    let Some(folder) = store.file(&layout.wals()) else { return Ok(recovered) };
    if store.is_remote() && needs_recovery(store, run_id) {
        refuse_gone(store, &layout).await?;
        // A worker may have left its last manifest alone.
        let made = fs::create_dir_all(&folder);
        made.map_err(|source| StorageError::Log { path: folder.display().to_string(), source })?;
    }
    let locked = lock(folder.clone()).await;
    // Asked under the lock: who recovered it meanwhile has left nothing.
    if RunningMark::is_set(store, run_id) {
        return Ok(recovered);
    }
    if locked.is_some() {
        for worker in workers_of(store, &layout) {
            let one = OneWorker { store, layout: &layout, worker, killed, now };
            recovered.workers.extend(one.recover().await?);
        }
        // Stays while something damaged is kept in it.
        if let Err(error) = fs::remove_dir(&folder) {
            tracing::debug!(%error, "the folder of the write-ahead log stays");
        }
    }
    recovered.outcome = put_kept_outcome(store, &layout).await?;
    RunningMark::clear(store, run_id);
    Ok(recovered)
}

/// Rows of a run that was removed from its bucket would lie there without one.
async fn refuse_gone(store: &DatasetStore, layout: &RunLayout) -> Result<(), StorageError> {
    match store.size(&layout.run_record()).await? {
        Some(_) => Ok(()),
        None => {
            let (run_id, place) = (layout.run_id().clone(), store.place().to_owned());
            Err(StorageError::Gone { run_id, place })
        }
    }
}

/// Puts the outcome that a run could not put into a bucket, if there is one.
async fn put_kept_outcome(store: &DatasetStore, layout: &RunLayout) -> Result<bool, StorageError> {
    let path = layout.outcome();
    let Some(outcome) = store.kept(&path) else { return Ok(false) };
    match put::put_document(store, &path, outcome).await {
        Ok(()) | Err(StorageError::Exists { .. }) => store.forget(&path),
        Err(error) => return Err(error),
    }
    Ok(true)
}

struct OneWorker<'a> {
    store: &'a DatasetStore,
    layout: &'a RunLayout,
    worker: u32,
    killed: bool,
    now: Timestamp,
}

impl OneWorker<'_> {
    async fn recover(&self) -> Result<Option<RecoveredWorker>, StorageError> {
        let (run_id, worker) = (self.layout.run_id(), self.worker);
        let committed = Manifest::load(self.store, self.layout, worker).await?;
        let mut manifest = committed.unwrap_or_else(|| Manifest::new(run_id.clone(), worker, self.now));
        self.add_last_words(&mut manifest);
        let first = manifest.wal_segment;
        let folder = self.folder()?;
        let (of, at) = (run_id.clone(), folder.clone());
        let scanned = in_background(move || Log::scan(&at, &of, worker, first)).await?;
        let Some(mut log) = scanned.or_else(|| self.no_log(&folder)) else { return Ok(None) };
        if !self.killed && !is_left_behind(&log) {
            return Err(StorageError::Unmarked { run_id: run_id.clone() });
        }
        // All that counts is in parts, by the worker's own last words or by those of who recovered it.
        if manifest.finished || manifest.recovery.is_some() && log.is_done(first) {
            log.damage = manifest.recovery.and_then(|recovery| recovery.damage);
            self.store.forget(&self.layout.manifest(worker));
            return log.remove().map(|()| None);
        }
        if !log.is_done(first) {
            self.remove_unnamed(&manifest).await?;
        }
        let (of, policy) = (run_id.clone(), self.store.roll_policy());
        let (log, parts) = in_background(move || {
            let parts = PartsOfLog::of(&log, first, &of, worker, policy)?;
            Ok((log, parts))
        })
        .await?;
        let recovery = self.commit(&mut manifest, &log, parts).await?;
        self.store.forget(&self.layout.manifest(worker));
        log.remove()?;
        Ok(Some(RecoveredWorker { worker, recovery, is_whole: manifest.finished }))
    }

    /// That of a worker which left nothing but its last manifest: all its rows were in parts.
    fn no_log(&self, folder: &FilePath) -> Option<Log> {
        self.store.kept(&self.layout.manifest(self.worker)).map(|_| Log::empty(folder))
    }

    /// Adds the accounts of a worker that could not put its last manifest into a bucket. Which parts there are, the one
    /// in the bucket says: it may have been put without anybody hearing of it.
    fn add_last_words(&self, manifest: &mut Manifest) {
        let kept = self.store.kept(&self.layout.manifest(self.worker));
        let last: Option<Manifest> = kept.and_then(|kept| serde_json::from_slice(&kept).ok());
        let Some(last) = last.filter(|_| !manifest.finished && manifest.recovery.is_none()) else { return };
        (manifest.iterations, manifest.vus, manifest.samples) = (last.iterations, last.vus, last.samples);
        manifest.failure = last.failure;
        for (table, last) in last.rows {
            let rows = manifest.rows.entry(table).or_default();
            rows.accepted = rows.accepted.max(last.accepted);
        }
    }

    /// Puts the parts and commits the manifest that names them.
    async fn commit(
        &self,
        manifest: &mut Manifest,
        log: &Log,
        parts: PartsOfLog,
    ) -> Result<Recovery, StorageError> {
        // A few attempts: whoever asked waits for it.
        let put_attempts = DEFAULT_PUT_ATTEMPTS.min(self.store.roll_policy().put_attempts);
        let policy = RollPolicy { put_attempts, ..self.store.roll_policy() };
        let mut rows: BTreeMap<Table, u64> = BTreeMap::new();
        for (table, part) in parts.parts {
            let named = manifest.parts.iter().filter(|named| named.path.table == table);
            let sequence = named.map(|named| named.path.sequence + 1).max().unwrap_or(0);
            let name = PartName { table, worker: self.worker, sequence };
            let record = part.record(name.clone());
            put::put_new(self.store, &self.layout.path_of(&name), part.bytes, &policy).await?;
            *rows.entry(table).or_default() += record.rows;
            manifest.add_part(record);
        }
        self.account(manifest, log, parts.open_windows);
        let until = log.mark.as_ref().map(|mark| mark.at);
        let began_at = log.head.as_ref().map(|head| head.began_at);
        let recovery = Recovery {
            recovered_at: self.now,
            until: until.or(began_at).unwrap_or(manifest.committed_at),
            rows,
            damage: log.damage.clone(),
        };
        manifest.recovery = Some(recovery.clone());
        manifest.wal_segment = log.segments.last().map_or(manifest.wal_segment, |last| last + 1);
        manifest.committed_at = self.now;
        put::replace(manifest, self.store, &policy).await?;
        Ok(recovery)
    }

    /// Rows that were made and are in no part are missing, also those that the log should have and has not.
    fn account(&self, manifest: &mut Manifest, log: &Log, open_windows: u64) {
        if let Some(mark) = &log.mark {
            for (table, made) in &mark.rows {
                let made = made + if *table == Table::Windows { open_windows } else { 0 };
                let rows = manifest.rows.entry(*table).or_default();
                rows.accepted = rows.accepted.max(made);
            }
            manifest.samples.lost = manifest.samples.lost.max(mark.samples_lost);
        }
        for rows in manifest.rows.values_mut() {
            rows.accepted = rows.accepted.max(rows.written);
        }
        // A worker that could not put its parts said so at its end, with its accounts; now they are put.
        if manifest.failure.is_some() && manifest.missing_rows() == 0 {
            (manifest.failure, manifest.finished) = (None, true);
        }
    }

    /// Removes what the worker was about to name: the log has its rows. And what it was about to write.
    async fn remove_unnamed(&self, manifest: &Manifest) -> Result<(), StorageError> {
        for table in Table::ALL {
            let folder = self.layout.parts(table, self.worker);
            let fault = |source| self.store.unread(&folder, source);
            let listed: Vec<_> =
                self.store.objects().list(Some(&folder)).try_collect().await.map_err(fault)?;
            for object in listed {
                let is_named =
                    manifest.parts.iter().any(|part| self.layout.path_of(&part.path) == object.location);
                if !is_named {
                    let path = self.store.shown(&object.location);
                    let fault =
                        |source: object_store::Error| StorageError::Put { path, source: source.into() };
                    self.store.objects().delete(&object.location).await.map_err(fault)?;
                }
            }
            self.remove_staged(&folder);
        }
        Ok(())
    }

    fn remove_staged(&self, folder: &object_store::path::Path) {
        let entries = self.store.file(folder).and_then(|folder| fs::read_dir(folder).ok());
        for entry in entries.into_iter().flatten().flatten() {
            let is_staged = entry.file_name().to_str().is_some_and(|name| name.contains(".parquet#"));
            if is_staged && let Err(error) = fs::remove_file(entry.path()) {
                tracing::debug!(%error, path = %entry.path().display(), "a temporary file stays");
            }
        }
    }

    fn folder(&self) -> Result<PathBuf, StorageError> {
        let path = self.layout.wal(self.worker);
        let unsupported =
            || StorageError::Log { path: path.to_string(), source: io::ErrorKind::Unsupported.into() };
        self.store.file(&path).ok_or_else(unsupported)
    }
}

/// Whether nobody writes this log any more, as far as that can be seen.
fn is_left_behind(log: &Log) -> bool {
    let Some(head) = &log.head else { return true };
    // Its lock was asked for before.
    let is_seen_here = head.marked && head.machine == this_machine();
    is_seen_here || head.marked && log.idle().is_some_and(|idle| idle >= IDLE)
}

/// Keeps others from recovering the same run until it is dropped. `None` if there is no log (any more).
pub(crate) async fn lock(folder: PathBuf) -> Option<LogLock> {
    let locked = tokio::task::spawn_blocking(move || {
        let lock = match File::open(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            opened => opened.and_then(|lock| lock.lock().map(|()| lock)),
        };
        // Where folders cannot be locked there is no one to wait for.
        let lock = lock.inspect_err(|error| tracing::debug!(%error, "the write-ahead log cannot be locked"));
        folder.exists().then(|| LogLock { _folder: lock.ok() })
    });
    locked.await.ok().flatten()
}

/// Keeps others from the write-ahead log of a run.
#[derive(Debug)]
pub(crate) struct LogLock {
    _folder: Option<File>,
}

/// The workers that have segments, or left a manifest that could not be put.
fn workers_of(store: &DatasetStore, layout: &RunLayout) -> Vec<u32> {
    let mut workers = store.file(&layout.wals()).map(|folder| workers_in(&folder)).unwrap_or_default();
    let manifests = store.spooled(&layout.manifests()).and_then(|folder| fs::read_dir(folder).ok());
    let names = manifests.into_iter().flatten().flatten().map(|entry| entry.file_name());
    workers.extend(names.filter_map(|name| {
        name.to_str()?.strip_prefix("worker-")?.strip_suffix(".json")?.parse::<u32>().ok()
    }));
    workers.sort_unstable();
    workers.dedup();
    workers
}

/// The workers that have segments, by the names of their folders.
fn workers_in(folder: &FilePath) -> Vec<u32> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let has_segments = |folder: &FilePath| {
        fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .any(|file| file.path().extension() == Some("wal".as_ref()))
    };
    entries
        .filter(|entry| has_segments(&entry.path()))
        .filter_map(|entry| entry.file_name().to_str()?.strip_prefix("worker-")?.parse().ok())
        .collect()
}

/// Runs what blocks where it may.
pub(crate) async fn in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}
