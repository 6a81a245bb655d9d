//! What a worker has written: the list that readers trust.

use std::collections::BTreeMap;

use outrider_model::{FailureCounts, RunId, Timestamp};
use outrider_telemetry::{SCHEMA_VERSION, Table};
use serde::{Deserialize, Serialize};

use crate::store::{DatasetStore, json};
use crate::{LAYOUT_VERSION, PartName, RunLayout, StorageError, rfc3339};

/// One worker's account of its rows. Replaced as a whole at each commit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of the layout.
    pub format: u32,
    /// The run.
    pub run_id: RunId,
    /// The worker, from 0.
    pub worker: u32,
    /// The version of the tables' schemas.
    pub schema_version: u32,
    /// Whether the worker came to its end with everything written.
    pub finished: bool,
    /// Why not all rows could be written, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// The first segment of the write-ahead log whose rows are in no part.
    #[serde(default)]
    pub wal_segment: u32,
    /// What was recovered after the worker was killed, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery: Option<Recovery>,
    /// When it was committed.
    #[serde(with = "rfc3339")]
    pub committed_at: Timestamp,
    /// Iterations by how they ended; zeros until the worker is at its end.
    pub iterations: IterationAccount,
    /// VUs that were lost on the way; zeros until the worker is at its end.
    #[serde(default)]
    pub vus: VuAccount,
    /// Samples that entered the queue, and that did not; zeros until the worker is at its end.
    pub samples: SampleAccount,
    /// Rows by table.
    pub rows: BTreeMap<Table, RowCount>,
    /// The parts, in the order in which they were written.
    pub parts: Vec<PartRecord>,
}

/// What was recovered of a worker that was killed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovery {
    /// When that was done.
    #[serde(with = "rfc3339")]
    pub recovered_at: Timestamp,
    /// Up to when its rows are there.
    #[serde(with = "rfc3339")]
    pub until: Timestamp,
    /// Rows that came out of its write-ahead log, by table.
    pub rows: BTreeMap<Table, u64>,
    /// Why the write-ahead log could not be read to its end, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub damage: Option<String>,
}

/// Iterations of a worker. Each that was scheduled ends in exactly one of four ways (INV-1): completed,
/// failed, interrupted, dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IterationAccount {
    /// Iterations that were due.
    pub scheduled: u64,
    /// Those that a VU began.
    pub started: u64,
    /// Ran to their end without an error.
    pub completed: u64,
    /// Ended with an error.
    pub failed: u64,
    /// Were under way when their time was up.
    pub interrupted: u64,
    /// Found no VU when they were due.
    pub dropped: u64,
    /// Those of the plan that never came due, and so are not among the scheduled, where the plan says how
    /// many there are: time was up, the run was ended, or no VU was left.
    #[serde(default)]
    pub unstarted: u64,
}

impl IterationAccount {
    /// All that ended, which is the number of rows in the table `iterations`.
    pub fn ended(&self) -> u64 {
        self.completed + self.failed + self.interrupted + self.dropped
    }

    /// The account of two workers together.
    pub fn plus(self, other: IterationAccount) -> IterationAccount {
        IterationAccount {
            scheduled: self.scheduled + other.scheduled,
            started: self.started + other.started,
            completed: self.completed + other.completed,
            failed: self.failed + other.failed,
            interrupted: self.interrupted + other.interrupted,
            dropped: self.dropped + other.dropped,
            unstarted: self.unstarted + other.unstarted,
        }
    }
}

/// VUs of a worker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VuAccount {
    /// Those that broke and could not be made anew, by whose fault: their scenario went on without them.
    pub lost: FailureCounts,
}

impl VuAccount {
    /// The account of two workers together.
    pub fn plus(self, other: VuAccount) -> VuAccount {
        VuAccount { lost: self.lost.plus(other.lost) }
    }
}

/// Samples of a worker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleAccount {
    /// Samples that entered the queue; each is one row.
    pub accepted: u64,
    /// Samples that found it full.
    pub lost: u64,
}

impl SampleAccount {
    /// The account of two workers together.
    pub fn plus(self, other: SampleAccount) -> SampleAccount {
        SampleAccount { accepted: self.accepted + other.accepted, lost: self.lost + other.lost }
    }
}

/// Rows of one table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowCount {
    /// Rows that were made.
    pub accepted: u64,
    /// Rows that are in parts.
    pub written: u64,
}

impl RowCount {
    /// Rows that are in no part.
    pub fn missing(&self) -> u64 {
        self.accepted.saturating_sub(self.written)
    }
}

/// One part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartRecord {
    /// Its path in the run's folder, which says the table as well.
    pub path: PartName,
    /// Its rows.
    pub rows: u64,
    /// Its size in bytes.
    pub bytes: u64,
    /// `sha256:` and the digest of its bytes.
    pub sha256: String,
    /// The earliest `started_at` of its rows.
    #[serde(with = "rfc3339")]
    pub min_time: Timestamp,
    /// The latest `started_at` of its rows.
    #[serde(with = "rfc3339")]
    pub max_time: Timestamp,
}

impl Manifest {
    /// The manifest of a worker that has written nothing.
    pub fn new(run_id: RunId, worker: u32, now: Timestamp) -> Manifest {
        Manifest {
            format: LAYOUT_VERSION,
            run_id,
            worker,
            schema_version: SCHEMA_VERSION,
            finished: false,
            failure: None,
            wal_segment: 0,
            recovery: None,
            committed_at: now,
            iterations: IterationAccount::default(),
            vus: VuAccount::default(),
            samples: SampleAccount::default(),
            rows: BTreeMap::new(),
            parts: Vec::new(),
        }
    }

    /// Replaces the worker's manifest in the store. On return it is durable; before that the earlier
    /// one stands.
    ///
    /// # Errors
    ///
    /// [`StorageError::Put`].
    pub async fn commit(&self, store: &DatasetStore) -> Result<(), StorageError> {
        let path = RunLayout::new(self.run_id.clone()).manifest(self.worker);
        store.replace(&path, json(self)).await
    }

    /// Reads a worker's manifest; `None` if it has committed none.
    ///
    /// # Errors
    ///
    /// If it cannot be read or is of a later version.
    pub async fn load(
        store: &DatasetStore,
        layout: &RunLayout,
        worker: u32,
    ) -> Result<Option<Manifest>, StorageError> {
        store.get_json(&layout.manifest(worker)).await
    }

    /// Rows that were made and are in no part, over all tables.
    pub fn missing_rows(&self) -> u64 {
        self.rows.values().map(RowCount::missing).sum()
    }

    pub(crate) fn accept(&mut self, table: Table, rows: u64) {
        self.rows.entry(table).or_default().accepted += rows;
    }

    pub(crate) fn add_part(&mut self, part: PartRecord) {
        self.rows.entry(part.path.table).or_default().written += part.rows;
        self.parts.push(part);
    }
}
