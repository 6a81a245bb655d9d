//! The roller: batches in, durable parts and a committed manifest out.
//!
//! ```text
//! writing ── a put fails after all attempts ──► failed
//! write:  rows wait, are encoded, put           write:  rows are counted as missing
//! tick:   parts when one is due, manifest       tick:   nothing
//! finish: all parts, manifest finished          finish: manifest, not finished, with the failure
//! ```
//!
//! It runs on the batcher's thread and waits there for the store: object_store is asynchronous, that
//! thread is not, and it belongs to no runtime, so `Handle::block_on` is allowed and harmless. A slow
//! store holds up this one thread; the samples' queue fills and counts what it loses. So memory is
//! bounded (INV-4): for each table one row group that waits, one that is sorted, and one part.
//!
//! `failed` is final: rows that were encoded are gone, and a dataset with a hole in the middle would be
//! taken for a whole one. What was committed stays readable; whoever runs the session watches
//! [`Roller::failure`] and ends the run.

mod policy;
mod put;

use std::sync::Arc;

use arrow::array::RecordBatch;
use outrider_model::{RunClock, RunId, Timestamp};
use outrider_telemetry::{BatchSink, Table};
use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::digest::sha256;
use crate::parquet_format::writer_properties;
use crate::part::{Part, PartBuilder};
use crate::store::json;
use crate::{
    DatasetStore, IterationAccount, Manifest, PartName, PartRecord, RunLayout, SampleAccount, StorageError,
    VuAccount,
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
    /// Whether parts were put since the last commit.
    uncommitted: bool,
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
        let RollerConfig { run_id, worker, policy } = config;
        let parts = Table::ALL
            .into_iter()
            .map(|table| {
                writer_properties(table, &run_id, worker, policy.row_group_rows)
                    .map(|properties| PartBuilder::new(table, properties))
                    .map_err(|source| StorageError::Encode { table, source })
            })
            .collect::<Result<_, _>>()?;
        Ok(Roller {
            store,
            layout: RunLayout::new(run_id.clone()),
            policy,
            runtime,
            clock,
            parts,
            sequences: Default::default(),
            manifest: Manifest::new(run_id, worker, clock.now()),
            claimed: false,
            uncommitted: false,
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
        for table in Table::ALL {
            self.roll(table);
        }
        self.manifest.iterations = account.iterations;
        self.manifest.vus = account.vus;
        self.manifest.samples = account.samples;
        self.manifest.finished = !self.has_failed();
        if !self.is_second_writer() {
            self.commit();
        }
        let failure = self.failure.borrow().clone();
        self.manifest.finished = failure.is_none();
        RollerEnd { manifest: self.manifest, failure }
    }

    fn roll(&mut self, table: Table) {
        if self.has_failed() {
            return;
        }
        let finished = self.parts[table as usize].finish();
        let put = finished
            .map_err(|source| StorageError::Encode { table, source })
            .and_then(|part| part.map_or(Ok(()), |part| self.put(table, part)));
        if let Err(error) = put {
            self.fail(error);
        }
    }

    fn put(&mut self, table: Table, part: Part) -> Result<(), StorageError> {
        let sequence = &mut self.sequences[table as usize];
        let name = PartName { table, worker: self.manifest.worker, sequence: *sequence };
        let record = PartRecord {
            path: name.clone(),
            rows: part.rows,
            bytes: part.bytes.len() as u64,
            sha256: sha256(&part.bytes),
            min_time: part.min_time,
            max_time: part.max_time,
        };
        let path = self.layout.path_of(&name);
        self.runtime.block_on(put::put_new(&self.store, &path, part.bytes, &self.policy))?;
        *sequence += 1;
        // It is durable: only now may it be named (INV-2).
        self.manifest.add_part(record);
        self.uncommitted = true;
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
            Ok(()) => (self.claimed, self.uncommitted) = (true, false),
            Err(error) => self.fail(error),
        }
    }

    fn has_failed(&self) -> bool {
        self.failure.borrow().is_some()
    }

    /// Whether this worker's place belongs to someone else: then its manifest is left alone (INV-7).
    fn is_second_writer(&self) -> bool {
        self.failure.borrow().as_deref().is_some_and(|error| matches!(error, StorageError::Exists { .. }))
    }

    /// The first failure is the one that counts.
    fn fail(&mut self, error: StorageError) {
        tracing::error!(%error, worker = self.manifest.worker, "rows can no longer be written");
        if self.has_failed() {
            return;
        }
        self.manifest.failure = Some(outrider_model::with_causes(&error));
        self.failure.send_replace(Some(Arc::new(error)));
    }
}

impl BatchSink for Roller {
    fn write(&mut self, table: Table, batch: RecordBatch) {
        // Before anything can fail: what is not written will be missing, not unknown (INV-3).
        self.manifest.accept(table, batch.num_rows() as u64);
        if self.has_failed() {
            return;
        }
        let now = self.clock.now();
        let part = &mut self.parts[table as usize];
        match part.push(batch, now, &self.policy) {
            Ok(()) if part.is_full(&self.policy) => self.roll(table),
            Ok(()) => {}
            Err(source) => self.fail(StorageError::Encode { table, source }),
        }
    }

    /// When one table is due, all are cut: one manifest names the parts of all of them, not one manifest
    /// for each, and what a killed worker leaves ends at the same moment in every table.
    fn tick(&mut self, now: Timestamp) {
        if self.parts.iter().any(|part| part.is_due(now, &self.policy)) {
            Table::ALL.into_iter().for_each(|table| self.roll(table));
        }
        if self.uncommitted && !self.has_failed() {
            self.commit();
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
