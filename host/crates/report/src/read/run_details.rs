//! A run by its documents.

use outrider_model::{RunId, Timestamp};
use outrider_storage::{Check, DatasetStore, Manifest, RunHead, RunReader, annotations_of};
use outrider_telemetry::Table;

use super::{dataset, journey, plugin, rfc3339, run_list};
use crate::ReportError;
use crate::summary::{AnnotationSummary, RUN_DETAILS_VERSION, RunDetails, TableDetails, WorkerDetails};

impl RunDetails {
    /// Reads the documents of a run and lists its parts. `now` is how long it runs if it goes on.
    ///
    /// # Errors
    ///
    /// If there is no such run, or one of its documents cannot be understood.
    pub async fn read(
        store: &DatasetStore,
        run_id: &RunId,
        now: Timestamp,
    ) -> Result<RunDetails, ReportError> {
        let head = RunHead::read(store, run_id).await?;
        let run = RunReader::open(store, run_id).await?;
        let record = run.record();
        let annotations = annotations_of(store, record).await?.all;
        let start = record.started_at;
        Ok(RunDetails {
            version: RUN_DETAILS_VERSION,
            run: run_list::entry(run_id, head, now),
            dataset: dataset(store.place(), run_id),
            seed: record.plan.seed,
            versions: record.versions.clone(),
            grants: record.grants.clone(),
            journeys: record.plan.journeys.iter().map(journey).collect(),
            plugins: record.plugins.iter().map(plugin).collect(),
            thresholds: record.plan.thresholds.iter().map(ToString::to_string).collect(),
            workers: run.manifests().map(worker).collect(),
            planned_workers: record.workers,
            tables: Table::ALL.into_iter().filter_map(|table| kept(&run, table)).collect(),
            missing: run.completeness(Check::Sizes).await.missing,
            annotations: annotations.iter().map(|one| AnnotationSummary::new(one, start)).collect(),
        })
    }
}

fn worker(manifest: &Manifest) -> WorkerDetails {
    WorkerDetails {
        worker: manifest.worker,
        finished: manifest.finished,
        failure: manifest.failure.clone(),
        committed_at: rfc3339(manifest.committed_at),
        recovered_until: manifest.recovery.as_ref().map(|recovery| rfc3339(recovery.until)),
        lost_samples: manifest.samples.lost,
    }
}

fn kept(run: &RunReader, table: Table) -> Option<TableDetails> {
    let none = TableDetails { table: table.to_string(), ..TableDetails::default() };
    let kept = run.parts(table).fold(none, |sum, part| TableDetails {
        rows: sum.rows + part.rows,
        parts: sum.parts + 1,
        bytes: sum.bytes + part.bytes,
        ..sum
    });
    (kept.parts > 0).then_some(kept)
}
