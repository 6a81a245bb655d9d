//! The roller: batches in, durable parts and a committed manifest out.
//!
//! ```text
//! writing ── a put fails after all attempts ──► failed
//! write:  rows are logged, wait, are encoded    write:  rows are logged, and counted as missing
//! tick:   a mark; parts when one is due         tick:   a mark
//! finish: all parts, manifest finished, no log  finish: manifest, not finished, with the failure
//! ```
//!
//! The log is that of `wal.rs`; a dataset that is no folder of this machine has none.
//!
//! It runs on the batcher's thread and waits there for the store: object_store is asynchronous, that
//! thread is not, and it belongs to no runtime, so `Handle::block_on` is allowed and harmless. A slow
//! store holds up this one thread; the samples' queue fills and counts what it loses. So memory is
//! bounded (INV-4): for each table one row group that waits, one that is sorted, and one part, which is larger than
//! it should be by the rows of one tick at most.
//!
//! `failed` is final: rows that were encoded are gone, and a dataset with a hole in the middle would be
//! taken for a whole one. What was committed stays readable, what was logged can be recovered; whoever runs the
//! session watches [`Roller::failure`] and ends the run. That the log cannot be written ends the run too, but its rows
//! still go into parts.

mod policy;
pub(crate) mod put;

use std::sync::Arc;

use arrow::array::RecordBatch;
use outrider_model::{RunClock, RunId};
use outrider_telemetry::{BatchSink, Table, Tick};
use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::part::{Part, PartBuilder, PartOrigin};
use crate::store::json;
use crate::wal::WalWriter;
use crate::{
    DatasetStore, IterationAccount, Manifest, PartName, RunLayout, SampleAccount, StorageError, VuAccount,
};
pub use policy::{
    DEFAULT_PART_AGE, DEFAULT_PART_BYTES, DEFAULT_ROW_GROUP_BYTES, DEFAULT_ROW_GROUP_ROWS, RollPolicy,
};
pub use put::{DEFAULT_PUT_ATTEMPTS, DEFAULT_PUT_PAUSE};

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
    manifest: Manifest,
    /// Whether the manifest in the store is ours.
    claimed: bool,
    wal: Option<WalWriter>,
    /// Whether rows can no longer be put.
    has_failed: bool,
    failure: watch::Sender<Option<Arc<StorageError>>>,
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
        Ok(Roller {
            store,
            layout,
            policy,
            runtime,
            clock,
            parts,
            sequences: Default::default(),
            manifest: Manifest::new(run_id, worker, clock.now()),
            claimed: false,
            wal,
            has_failed: false,
            failure: watch::Sender::new(None),
        })
    }

    /// Tells when writing has failed for good: from then on rows are counted as missing.
    pub fn failure(&self) -> watch::Receiver<Option<Arc<StorageError>>> {
        self.failure.subscribe()
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
        self.manifest.finished = !self.has_failed;
        if self.manifest.finished {
            self.cut();
        }
        if !self.is_second_writer() {
            self.commit();
        }
        self.manifest.finished = !self.has_failed;
        if let (true, Some(wal)) = (self.manifest.finished, self.wal) {
            wal.remove();
        }
        let failure = self.failure.borrow().clone();
        RollerEnd { manifest: self.manifest, failure }
    }

    fn roll(&mut self, table: Table) {
        if self.has_failed {
            return;
        }
        let finished = self.parts[table as usize].finish();
        let put = finished.and_then(|part| part.map_or(Ok(()), |part| self.put(table, part)));
        if let Err(error) = put {
            self.fail(error);
        }
    }

    fn put(&mut self, table: Table, part: Part) -> Result<(), StorageError> {
        let sequence = &mut self.sequences[table as usize];
        let name = PartName { table, worker: self.manifest.worker, sequence: *sequence };
        let record = part.record(name.clone());
        let path = self.layout.path_of(&name);
        self.runtime.block_on(put::put_new(&self.store, &path, part.bytes, &self.policy))?;
        *sequence += 1;
        // It is durable: only now may it be named (INV-2).
        self.manifest.add_part(record);
        Ok(())
    }

    /// The first commit is create-only and claims the worker's place; later ones replace what is ours.
    fn commit(&mut self) {
        self.manifest.committed_at = self.clock.now();
        let committed = if self.claimed {
            self.runtime.block_on(put::replace(&self.manifest, &self.store, &self.policy))
        } else {
            let path = self.layout.manifest(self.manifest.worker);
            self.runtime.block_on(put::put_new(&self.store, &path, json(&self.manifest), &self.policy))
        };
        match committed {
            Ok(()) => self.claimed = true,
            Err(error) => self.fail(error),
        }
    }

    /// Parts of all tables, the manifest that names them, and no log of what is in them.
    fn roll_all(&mut self, tick: &Tick) {
        Table::ALL.into_iter().for_each(|table| self.roll(table));
        if self.has_failed {
            return;
        }
        self.cut();
        // The windows that are open now were logged in the segments that go.
        self.mark(tick);
        self.commit();
        if let (false, Some(wal)) = (self.has_failed, &mut self.wal) {
            wal.remove_cut();
        }
    }

    fn cut(&mut self) {
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
            self.fail(error);
        }
    }

    /// Whether this worker's place belongs to someone else: then its manifest is left alone (INV-7).
    fn is_second_writer(&self) -> bool {
        self.failure.borrow().as_deref().is_some_and(|error| matches!(error, StorageError::Exists { .. }))
    }

    /// The first failure is the one that counts.
    fn fail(&mut self, error: StorageError) {
        let is_first = self.failure.borrow().is_none();
        if is_first {
            tracing::error!(%error, worker = self.manifest.worker, "rows can no longer be kept safely");
        }
        match &error {
            // What is in it can still be recovered, but for what follows.
            StorageError::Log { .. } => self.wal = self.wal.take().map(WalWriter::broken),
            _ => {
                self.has_failed = true;
                self.manifest.failure.get_or_insert(outrider_model::with_causes(&error));
            }
        }
        if is_first {
            self.failure.send_replace(Some(Arc::new(error)));
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
            self.fail(error);
        }
    }

    /// When one table is due, all are cut: one manifest names the parts of all of them, not one manifest
    /// for each, and what a killed worker leaves ends at the same moment in every table.
    fn tick(&mut self, tick: Tick) {
        self.mark(&tick);
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
