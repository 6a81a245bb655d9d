//! What counts in a log, as parts.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use arrow::array::RecordBatch;
use outrider_model::{RunId, Timestamp};
use outrider_telemetry::{SCHEMA_VERSION, Table};

use crate::part::{Part, PartBuilder, PartOrigin};
use crate::wal::{Log, Logged};
use crate::{RollPolicy, StorageError};

/// The parts that a log becomes.
pub(super) struct PartsOfLog {
    run_id: RunId,
    worker: u32,
    schema_version: u32,
    policy: RollPolicy,
    builders: BTreeMap<Table, PartBuilder>,
    /// The windows of the seconds that are open, by their starts.
    open: BTreeMap<i64, RecordBatch>,
    pub(super) parts: Vec<(Table, Part)>,
    /// How many rows of `windows` are of windows that were open at the end.
    pub(super) open_windows: u64,
}

impl PartsOfLog {
    /// Encodes what counts from this segment on. A row group of each table is in memory at a time, and the parts.
    pub(super) fn of(
        log: &Log,
        first: u32,
        run_id: &RunId,
        worker: u32,
        policy: RollPolicy,
    ) -> Result<PartsOfLog, StorageError> {
        let mut parts = PartsOfLog {
            run_id: run_id.clone(),
            worker,
            schema_version: log.head.as_ref().map_or(SCHEMA_VERSION, |head| head.schema_version),
            policy,
            builders: BTreeMap::new(),
            open: BTreeMap::new(),
            parts: Vec::new(),
            open_windows: 0,
        };
        log.replay(first, |logged| parts.take(logged))?;
        parts.finish()?;
        Ok(parts)
    }

    fn take(&mut self, logged: Logged) -> Result<(), StorageError> {
        match logged {
            Logged::Rows(table, rows) => return self.push(table, rows),
            Logged::OpenSecond(started_at, windows) => drop(self.open.insert(started_at, windows)),
            Logged::StillOpen(seconds) => self.open.retain(|started_at, _| seconds.contains(started_at)),
        }
        Ok(())
    }

    fn push(&mut self, table: Table, rows: RecordBatch) -> Result<(), StorageError> {
        let builder = match self.builders.entry(table) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                // As they were logged, by whichever version.
                let (schema, schema_version) = (rows.schema(), self.schema_version);
                let origin = PartOrigin::new(table, &self.run_id, self.worker);
                let origin = PartOrigin { schema, schema_version, ..origin };
                entry.insert(PartBuilder::new(origin, &self.policy)?)
            }
        };
        builder.push(rows, Timestamp(0), &self.policy)?;
        if builder.is_full(&self.policy) {
            self.parts.extend(builder.finish()?.map(|part| (table, part)));
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), StorageError> {
        for windows in std::mem::take(&mut self.open).into_values() {
            self.open_windows += windows.num_rows() as u64;
            self.push(Table::Windows, windows)?;
        }
        for (table, builder) in &mut self.builders {
            self.parts.extend(builder.finish()?.map(|part| (*table, part)));
        }
        Ok(())
    }
}
