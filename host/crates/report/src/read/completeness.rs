//! Whether everything is there: what the manifests prove, and what the rows themselves say.
//!
//! INV-1: scheduled = started + dropped, and started = completed + failed + interrupted.

use outrider_model::with_causes;
use outrider_storage::{
    IterationAccount, Manifest, Outcome, PartName, RunReader, RunStatus, StorageError, Totals,
};
use outrider_telemetry::TelemetryError;

use super::collected::Collected;
use super::iterations::Endings;
use crate::summary::Completeness;
use crate::words::thousands;

/// What is missing, as it is found out.
#[derive(Debug)]
pub(super) struct Findings(Vec<String>);

impl Findings {
    /// Begins with what the manifests prove.
    pub(super) fn new(proven: outrider_storage::Completeness) -> Findings {
        Findings(proven.missing)
    }

    /// A part that could not be read.
    pub(super) fn unreadable(&mut self, error: &StorageError) {
        self.0.push(with_causes(error));
    }

    /// Rows of a sound part whose content makes no sense.
    pub(super) fn undecodable(&mut self, part: &PartName, rows: usize, error: &TelemetryError) {
        self.0.push(format!("{rows} rows: {part}: {}", with_causes(error)));
    }

    /// Compares the rows with the manifests, and the iterations with INV-1.
    pub(super) fn compare(&mut self, run: &RunReader, collected: &Collected) {
        for manifest in run.manifests().filter(|manifest| manifest.finished) {
            self.compare_iterations(manifest, collected);
        }
        if let Some(outcome) = run.outcome() {
            self.compare_totals(outcome, run);
        }
        let all_finished =
            run.manifests().filter(|manifest| manifest.finished).count() == run.record().workers as usize;
        if run.status() == RunStatus::Incomplete && !all_finished {
            let executors = run.record().plan.scenarios.iter().map(|scenario| &scenario.executor);
            let users: u64 = executors.map(|executor| u64::from(executor.max_vus())).sum();
            self.0.push(under_way(users));
        }
        let why = match run.is_running() {
            true => "the windows of the last seconds are not written yet",
            false => "windows are missing",
        };
        for (table, rows, in_windows) in collected.unaccounted() {
            let (few, many) = (thousands(rows.min(in_windows)), thousands(rows.max(in_windows)));
            self.0.push(match rows < in_windows {
                true => format!(
                    "percentiles and metrics stand on {many} rows of {table}, of which {few} are there"
                ),
                false => format!("percentiles and metrics stand on {few} of {many} rows of {table}: {why}"),
            });
        }
    }

    fn compare_iterations(&mut self, manifest: &Manifest, collected: &Collected) {
        let worker = manifest.worker;
        // The unstarted have no rows to be compared with: nothing of them was ever scheduled.
        let IterationAccount { scheduled, started, completed, failed, interrupted, dropped, unstarted: _ } =
            manifest.iterations;
        let counted = Endings { completed, failed, interrupted, dropped };
        if scheduled != started + dropped || started != counted.started() {
            self.0.push(format!(
                "worker {worker} scheduled {scheduled} iterations and started {started}, but {completed} \
                 completed, {failed} failed, {interrupted} were interrupted and {dropped} dropped"
            ));
        }
        let kept = collected.iterations.workers.get(&worker).map(|own| own.endings).unwrap_or_default();
        let parts = [
            ("completed", kept.completed, counted.completed),
            ("failed", kept.failed, counted.failed),
            ("interrupted", kept.interrupted, counted.interrupted),
            ("dropped", kept.dropped, counted.dropped),
        ];
        for (status, kept, counted) in parts.into_iter().filter(|(_, kept, counted)| kept != counted) {
            self.0
                .push(format!("worker {worker} counted {counted} {status} iterations, the table has {kept}"));
        }
    }

    fn compare_totals(&mut self, outcome: &Outcome, run: &RunReader) {
        let manifests = Totals::of(run.manifests());
        for (table, written) in &outcome.totals.rows {
            let named = manifests.rows.get(table).copied().unwrap_or(0);
            // What could not be written then was recovered since.
            let recoveries = || run.manifests().filter_map(|manifest| manifest.recovery.as_ref());
            let recovered: u64 = recoveries().filter_map(|recovery| recovery.rows.get(table)).sum();
            // A bucket may have taken rows of which the run never heard.
            let may_be_more = run.store().is_remote() || recoveries().next().is_some();
            if named < *written + recovered || named > *written + recovered && !may_be_more {
                self.0.push(format!("the outcome counts {written} rows of {table}, the manifests {named}"));
            }
        }
    }

    /// The findings, with the rows that were found.
    pub(super) fn finish(self, collected: &Collected) -> Completeness {
        Completeness {
            complete: self.0.is_empty(),
            rows: collected.rows.values().sum(),
            tables: collected.rows.values().filter(|rows| **rows > 0).count() as u64,
            missing: self.0,
        }
    }
}

/// What nobody wrote: an iteration has its row when it ends.
fn under_way(users: u64) -> String {
    let most = match users {
        1 => "1, as there was one VU".to_owned(),
        users => format!("{0}, as there were at most {0} VUs", thousands(users)),
    };
    format!("iterations that had not ended have no row: at most {most}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_no_more_iterations_under_way_than_users() {
        assert_eq!(
            [under_way(1), under_way(1_200)],
            [
                "iterations that had not ended have no row: at most 1, as there was one VU",
                "iterations that had not ended have no row: at most 1,200, as there were at \
                 most 1,200 VUs",
            ]
        );
    }
}
