//! The way back: runs of a dataset, what a run says of itself, and its rows.

mod completeness;
mod head;
mod object_file;
mod part_fault;
mod part_files;
mod table;

use arrow::datatypes::SchemaRef;
use outrider_model::{RunId, Timestamp};
use outrider_telemetry::Table;

use crate::{DatasetStore, Manifest, Outcome, PartRecord, RunLayout, RunRecord, RunStatus, StorageError};
pub use completeness::{Check, Completeness};
pub use head::RunHead;
pub use part_fault::PartFault;
use part_files::PartFiles;
pub use table::TableReader;

/// The runs of a dataset, the oldest first. Empty if there are none.
///
/// # Errors
///
/// If the dataset cannot be listed.
pub async fn list_runs(store: &DatasetStore) -> Result<Vec<RunId>, StorageError> {
    let folders = store.folders(&RunLayout::runs()).await?;
    let mut runs: Vec<RunId> = folders.into_iter().filter_map(RunId::new).collect();
    runs.sort();
    for same_second in runs.chunk_by_mut(|a, b| second_of(a) == second_of(b)) {
        if same_second.len() > 1 {
            sort_by_start(store, same_second).await;
        }
    }
    Ok(runs)
}

/// The second that an id tells; what follows is chance.
fn second_of(run_id: &RunId) -> &str {
    run_id.as_str().split_once('-').map_or(run_id.as_str(), |(second, _)| second)
}

/// Puts runs in the order in which they started by their records; where one is lost, by when it ended. Those without
/// either were killed before they wrote anything, and come first.
async fn sort_by_start(store: &DatasetStore, runs: &mut [RunId]) {
    let mut started = Vec::new();
    for run_id in runs.iter() {
        started.push((start_of(store, &RunLayout::new(run_id.clone())).await, run_id.clone()));
    }
    started.sort();
    for (place, (_, run_id)) in runs.iter_mut().zip(started) {
        *place = run_id;
    }
}

async fn start_of(store: &DatasetStore, layout: &RunLayout) -> Option<Timestamp> {
    match store.get_json::<RunRecord>(&layout.run_record()).await.ok()? {
        Some(record) => Some(record.started_at),
        None => Some(store.get_json::<Outcome>(&layout.outcome()).await.ok()??.ended_at),
    }
}

/// The run that started last and has a `run.json`; `None` if there is none.
///
/// # Errors
///
/// If the dataset cannot be listed.
pub async fn latest_run(store: &DatasetStore) -> Result<Option<RunId>, StorageError> {
    for run_id in list_runs(store).await?.into_iter().rev() {
        if store.size(&RunLayout::new(run_id.clone()).run_record()).await?.is_some() {
            return Ok(Some(run_id));
        }
    }
    Ok(None)
}

/// One run, opened: its documents are read, its rows are not yet.
#[derive(Debug)]
pub struct RunReader {
    store: DatasetStore,
    layout: RunLayout,
    record: RunRecord,
    outcome: Option<Outcome>,
    is_running: bool,
    /// By worker; `None` where a worker has committed nothing.
    manifests: Vec<Option<Manifest>>,
}

impl RunReader {
    /// Opens a run by its id. One that is still going on can be opened too: it shows what is committed.
    ///
    /// # Errors
    ///
    /// [`StorageError::NoRecord`] and [`StorageError::NoSuchRun`] without a `run.json`; else if a document cannot be read or is of a
    /// later version.
    pub async fn open(store: &DatasetStore, run_id: &RunId) -> Result<RunReader, StorageError> {
        let layout = RunLayout::new(run_id.clone());
        let RunHead { record, outcome, is_running } = RunHead::read(store, run_id).await?;
        let record = record.ok_or_else(|| {
            let (run_id, place) = (run_id.clone(), store.place().to_owned());
            match outcome {
                Some(_) => StorageError::NoRecord { run_id, place },
                None => StorageError::NoSuchRun { run_id, place },
            }
        })?;
        let manifests = (0..record.workers).map(|worker| Manifest::load(store, &layout, worker));
        let manifests = futures::future::try_join_all(manifests).await?;
        Ok(RunReader { store: store.clone(), layout, record, outcome, is_running, manifests })
    }

    /// The dataset that it is in.
    pub fn store(&self) -> &DatasetStore {
        &self.store
    }

    /// Where its objects are.
    pub fn layout(&self) -> &RunLayout {
        &self.layout
    }

    /// What the run was to do.
    pub fn record(&self) -> &RunRecord {
        &self.record
    }

    /// How it ended, or that it goes on, or that it did not say.
    pub fn status(&self) -> RunStatus {
        match &self.outcome {
            Some(outcome) => outcome.status,
            None if self.is_running => RunStatus::Running,
            None => RunStatus::Incomplete,
        }
    }

    /// How it ended; `None` while it goes on, or if it was killed.
    pub fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }

    /// Whether a process on this machine was still making it when it was opened. A run that is made on another machine
    /// looks as if it was killed.
    pub fn is_running(&self) -> bool {
        self.is_running
    }

    /// The manifests there are, by worker.
    pub fn manifests(&self) -> impl Iterator<Item = &Manifest> {
        self.manifests.iter().flatten()
    }

    /// The parts of a table, by worker and then in the order in which they were written.
    pub fn parts(&self, table: Table) -> impl Iterator<Item = &PartRecord> {
        self.manifests().flat_map(|manifest| &manifest.parts).filter(move |part| part.path.table == table)
    }

    /// Compares a part's size and footer with its record, for whoever then reads its rows without a [`TableReader`]. Its
    /// columns, which in parts of earlier schema versions are fewer.
    ///
    /// # Errors
    ///
    /// [`StorageError::Part`].
    pub async fn part_schema(&self, part: &PartRecord) -> Result<SchemaRef, StorageError> {
        let columns = PartFiles::new(&self.store, &self.layout).columns(part).await;
        columns.map_err(|fault| StorageError::part(part, fault))
    }

    /// Compares all bytes of a part with its record.
    ///
    /// # Errors
    ///
    /// [`StorageError::Part`].
    pub async fn check_part(&self, part: &PartRecord) -> Result<(), StorageError> {
        let checked = PartFiles::new(&self.store, &self.layout).check_digest(part).await;
        checked.map_err(|fault| StorageError::part(part, fault))
    }

    /// Compares the run with its manifests. What is missing, damaged or cannot be read is a finding.
    pub async fn completeness(&self, check: Check) -> Completeness {
        completeness::check(self, &Table::ALL, check).await
    }

    /// The same, but looks at the parts of these tables alone: for whoever reads the other tables anyway
    /// and meets their faults there.
    pub async fn completeness_of(&self, tables: &[Table], check: Check) -> Completeness {
        completeness::check(self, tables, check).await
    }

    /// Reads a table part by part: all its columns, or the named ones. In a batch they are in the order
    /// of the schema, whatever the order here.
    ///
    /// # Errors
    ///
    /// [`StorageError::NoSuchColumn`].
    pub fn table(&self, table: Table, columns: Option<&[&str]>) -> Result<TableReader, StorageError> {
        TableReader::new(self, table, columns)
    }
}
