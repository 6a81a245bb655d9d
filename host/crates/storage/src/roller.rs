//! The roller: batches in, durable parts and a committed manifest out.
//!
//! ```text
//! writing ── a put fails after all attempts ──► failed
//! write:  rows are logged, wait, are encoded    write:  rows are logged, and counted as missing
//! tick:   a mark; parts when one is due         tick:   a mark
//! finish: all parts, manifest finished, no log  finish: manifest, not finished, with the failure (`last_words.rs`)
//! ```
//!
//! The log is that of `wal.rs`: in the run's folder, or for a bucket in the spool of this machine.
//!
//! It runs on the batcher's thread. Parts are put beside it (`upload.rs`), in the order in which they were cut; where
//! [`RollPolicy::upload_bytes`] is 0, as in a folder of this machine, it waits there for each lot: then a slow disk holds
//! up this one thread, and the samples' queue fills and counts what it loses. So memory is bounded (INV-4): for each table
//! one row group that waits, one that is sorted, and one part, which is larger than it should be by the rows of one tick
//! at most; and what waits to be put.
//!
//! `failed` is final: rows that were encoded are gone, and a dataset with a hole in the middle would be
//! taken for a whole one. What was committed stays readable, what was logged can be recovered; whoever runs the
//! session watches [`Roller::failure`] and ends the run. That the log cannot be written ends the run too, but its rows
//! still go into parts.

mod give_up;
mod last_words;
mod policy;
pub(crate) mod put;
mod upload;

use std::sync::Arc;

use arrow::array::RecordBatch;
use bytes::Bytes;
use object_store::path::Path;
use outrider_model::{RunClock, RunId};
use outrider_telemetry::{BatchSink, Table, Tick};
use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::part::{Part, PartBuilder, PartOrigin};
use crate::wal::WalWriter;
use crate::{
    DatasetStore, IterationAccount, Manifest, PartName, RunLayout, SampleAccount, StorageError, VuAccount,
};
pub use give_up::GiveUp;
pub use policy::{
    DEFAULT_PART_AGE, DEFAULT_PART_BYTES, DEFAULT_ROW_GROUP_BYTES, DEFAULT_ROW_GROUP_ROWS, REMOTE_PART_AGE,
    REMOTE_PART_BYTES, REMOTE_PUT_ATTEMPTS, REMOTE_PUT_TIME, REMOTE_UPLOAD_BYTES, RollPolicy,
};
pub use put::{DEFAULT_PUT_ATTEMPTS, DEFAULT_PUT_PAUSE};
use upload::{GivenUp, Lot, Progress, Uploader};

/// Whose rows a roller writes.
#[derive(Clone, Debug)]
pub struct RollerConfig {
    /// The run.
    pub run_id: RunId,
    /// The worker, from 0.
    pub worker: u32,
    /// When parts are made.
    pub policy: RollPolicy,
    /// Whether a [`RunningMark`](crate::RunningMark) shows that this process lives: only then does anyone recover its
    /// log unasked.
    pub marked: bool,
}

/// What only the session knows, at the end.
#[derive(Clone, Copy, Debug, Default)]
pub struct FinalAccount {
    /// Iterations by how they ended, as the scheduler counted them.
    pub iterations: IterationAccount,
    /// VUs that were lost, as the scheduler counted them.
    pub vus: VuAccount,
    /// What became of the samples, as the queue counted them.
    pub samples: SampleAccount,
}

/// How a roller ended.
#[derive(Debug)]
pub struct RollerEnd {
    /// The manifest, as it was committed if nothing failed.
    pub manifest: Manifest,
    /// Why rows are missing, if so.
    pub failure: Option<Arc<StorageError>>,
}

/// Writes one worker's rows.
pub struct Roller {
    store: DatasetStore,
    layout: RunLayout,
    policy: RollPolicy,
    runtime: Handle,
    clock: RunClock,
    parts: Vec<PartBuilder>,
    sequences: [u32; Table::ALL.len()],
    /// As it will be when everything is put that was cut.
    manifest: Manifest,
    /// Parts that were cut and are in no lot yet.
    cut: Vec<(Path, Bytes)>,
    uploader: Uploader,
    wal: Option<WalWriter>,
    /// Whether rows can no longer be put.
    has_failed: bool,
    failure: watch::Sender<Option<Arc<StorageError>>>,
    give_up: GiveUp,
}

impl Roller {
    /// A roller that has written nothing. Puts run on `runtime`.
    ///
    /// # Errors
    ///
    /// [`StorageError::Encode`] if a table's schema cannot be kept in Parquet, which no test lets pass.
    pub fn new(
        store: DatasetStore,
        config: RollerConfig,
        clock: RunClock,
        runtime: Handle,
    ) -> Result<Roller, StorageError> {
        let RollerConfig { run_id, worker, policy, marked } = config;
        let new_part = |table| PartBuilder::new(PartOrigin::new(table, &run_id, worker), &policy);
        let parts = Table::ALL.into_iter().map(new_part).collect::<Result<_, _>>()?;
        let layout = RunLayout::new(run_id.clone());
        let wal = store.file(&layout.wal(worker));
        let wal = wal.map(|folder| WalWriter::new(folder, run_id.clone(), worker, marked));
        let uploader = Uploader::new(store.clone(), policy, &runtime);
        Ok(Roller {
            store,
            layout,
            policy,
            runtime,
            clock,
            parts,
            sequences: Default::default(),
            manifest: Manifest::new(run_id, worker, clock.now()),
            cut: Vec::new(),
            uploader,
            wal,
            has_failed: false,
            failure: watch::Sender::new(None),
            give_up: GiveUp::default(),
        })
    }

    /// Tells when writing has failed for good: from then on rows are counted as missing.
    pub fn failure(&self) -> watch::Receiver<Option<Arc<StorageError>>> {
        self.failure.subscribe()
    }

    /// Ends what [`finish`](Roller::finish) waits for, where that is a far store.
    pub fn give_up(&self) -> GiveUp {
        self.give_up.clone()
    }

    /// Writes what waits and the last manifest. Blocks; call it where blocking is allowed, outside
    /// asynchronous code. With [`RollerEnd::failure`] set, the manifest in the store says as much as
    /// could still be written.
    pub fn finish(mut self, account: FinalAccount) -> RollerEnd {
        // What cannot be put can be recovered.
        let last = Tick { samples_lost: account.samples.lost, ..Tick::at(self.clock.now()) };
        self.mark(&last);
        Table::ALL.into_iter().for_each(|table| self.roll(table));
        self.manifest.iterations = account.iterations;
        self.manifest.vus = account.vus;
        self.manifest.samples = account.samples;
        let failure_before = self.failure.borrow().clone();
        if !self.has_failed {
            self.manifest.finished = true;
            self.cut_log();
            // Nothing comes after it: however much waits, it is waited for.
            self.hand_over();
            let drained = self.drain();
            self.heed(drained);
        }
        if !self.has_failed || self.leave_last_words() {
            self.wal.take().into_iter().for_each(WalWriter::remove);
            self.store.tidy(&self.manifest.run_id);
            // What came since turned out to be none.
            self.failure.send_replace(failure_before);
        }
        let failure = self.failure.borrow().clone();
        RollerEnd { manifest: self.manifest, failure }
    }

    fn roll(&mut self, table: Table) {
        if self.has_failed {
            return;
        }
        match self.parts[table as usize].finish() {
            Ok(Some(part)) => self.put(table, part),
            Ok(None) => {}
            Err(error) => self.fail(Arc::new(error)),
        }
    }

    fn put(&mut self, table: Table, part: Part) {
        let sequence = &mut self.sequences[table as usize];
        let name = PartName { table, worker: self.manifest.worker, sequence: *sequence };
        *sequence += 1;
        let record = part.record(name.clone());
        self.cut.push((self.layout.path_of(&name), part.bytes));
        self.manifest.add_part(record);
    }

    /// Gives what was cut to whoever puts it, and waits for that where nothing may wait.
    fn give(&mut self) {
        self.hand_over();
        let progress = match self.policy.upload_bytes {
            0 => self.drain(),
            _ => self.uploader.progress(),
        };
        self.heed(progress);
    }

    fn hand_over(&mut self) {
        self.manifest.committed_at = self.clock.now();
        let parts = std::mem::take(&mut self.cut);
        self.uploader.give(Lot { parts, manifest: Arc::new(self.manifest.clone()) });
    }

    /// Waits until everything is put; a far store only as long as anybody wants that.
    fn drain(&mut self) -> Progress {
        let never = GiveUp::default();
        let give_up = if self.policy.upload_bytes > 0 { &self.give_up } else { &never };
        match self.uploader.drain(&self.runtime, give_up) {
            Ok(progress) => progress,
            Err(GivenUp) => {
                let mut progress = self.uploader.progress();
                progress.failure = Some(Arc::new(self.given_up()));
                progress
            }
        }
    }

    fn given_up(&self) -> StorageError {
        StorageError::GivenUp { place: self.store.place().to_owned() }
    }

    /// Ends the run if more waits to be put than may.
    fn limit_waiting(&mut self) {
        let waiting = self.uploader.waiting_bytes();
        if !self.has_failed && self.policy.upload_bytes > 0 && waiting > self.policy.upload_bytes {
            self.fail(Arc::new(StorageError::TooSlow { place: self.store.place().to_owned(), waiting }));
        }
    }

    /// Takes note of what became of what was given.
    fn heed(&mut self, progress: Progress) {
        if let (Some(committed), Some(wal)) = (&progress.committed, &mut self.wal) {
            wal.remove_before(committed.wal_segment);
        }
        if let (Some(failure), false) = (progress.failure, self.has_failed) {
            self.fail(failure);
        }
    }

    /// Parts of all tables, the manifest that names them, and no log of what is in them.
    fn roll_all(&mut self, tick: &Tick) {
        Table::ALL.into_iter().for_each(|table| self.roll(table));
        if self.has_failed {
            return;
        }
        self.cut_log();
        // The windows that are open now were logged in the segments that go.
        self.mark(tick);
        self.give();
        self.limit_waiting();
    }

    fn cut_log(&mut self) {
        if let Some(wal) = &mut self.wal {
            self.manifest.wal_segment = wal.cut();
        }
    }

    fn mark(&mut self, tick: &Tick) {
        let rows = self.manifest.rows.iter().map(|(table, rows)| (*table, rows.accepted)).collect();
        let logged = self.wal.as_mut().map_or(Ok(()), |wal| wal.mark(tick, rows));
        self.note_log(logged);
    }

    fn note_log(&mut self, logged: Result<(), StorageError>) {
        if let Err(error) = logged {
            self.fail(Arc::new(error));
        }
    }

    /// Whether this worker's place belongs to someone else: then its manifest is left alone (INV-7).
    fn is_second_writer(&self) -> bool {
        self.failure.borrow().as_deref().is_some_and(|error| matches!(error, StorageError::Exists { .. }))
    }

    /// The first failure is the one that counts.
    fn fail(&mut self, error: Arc<StorageError>) {
        let is_first = self.failure.borrow().is_none();
        if is_first && !error.is_given_up() {
            tracing::error!(%error, worker = self.manifest.worker, "rows can no longer be kept safely");
        }
        match &*error {
            // What is in it can still be recovered, but for what follows.
            StorageError::Log { .. } => self.wal = self.wal.take().map(WalWriter::broken),
            _ => {
                self.has_failed = true;
                self.manifest.failure.get_or_insert(outrider_model::with_causes(&error));
            }
        }
        if is_first {
            self.failure.send_replace(Some(error));
        }
    }
}

impl BatchSink for Roller {
    fn write(&mut self, table: Table, batch: RecordBatch) {
        // Before anything can fail: what is not written will be missing, not unknown (INV-3).
        self.manifest.accept(table, batch.num_rows() as u64);
        let now = self.clock.now();
        // Before it waits (INV-12).
        let logged = self.wal.as_mut().map_or(Ok(()), |wal| wal.append(table, &batch, now));
        self.note_log(logged);
        if self.has_failed {
            return;
        }
        if let Err(error) = self.parts[table as usize].push(batch, now, &self.policy) {
            self.fail(Arc::new(error));
        }
    }

    /// When one table is due, all are cut: one manifest names the parts of all of them, not one manifest
    /// for each, and what a killed worker leaves ends at the same moment in every table.
    fn tick(&mut self, tick: Tick) {
        self.mark(&tick);
        let progress = self.uploader.progress();
        self.heed(progress);
        if !self.has_failed && self.parts.iter().any(|part| part.is_due(tick.now, &self.policy)) {
            self.roll_all(&tick);
        }
    }
}

impl std::fmt::Debug for Roller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Roller")
            .field("store", &self.store)
            .field("parts", &self.manifest.parts.len())
            .field("failure", &self.failure.borrow())
            .finish_non_exhaustive()
    }
}
