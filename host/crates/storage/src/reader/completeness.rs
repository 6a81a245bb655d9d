//! Whether a run is all there, and if not, exactly what is missing.

use std::collections::BTreeMap;

use futures::StreamExt;
use outrider_model::with_causes;
use outrider_telemetry::Table;

use super::RunReader;
use super::part_fault::PartFault;
use super::part_files::{PartFiles, compare_size};
use crate::{Manifest, PartRecord, Recovery, StorageError, rfc3339};

/// Sixteen footers at a time: a far store answers many requests at once, and each is some KiB.
const FOOTERS_AT_ONCE: usize = 16;

/// Two whole parts at a time: each may be 32 MiB.
const PARTS_AT_ONCE: usize = 2;

/// How closely parts are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// Whether they are there with their size: a listing, whatever their number.
    Sizes,
    /// Their size and the number of rows in their footer: a request or two for each part.
    Footers,
    /// All of their bytes against the manifest's digest.
    Digests,
}

/// What a run has, and what it lacks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completeness {
    /// Whether nothing is missing.
    pub complete: bool,
    /// Rows that are there, by table: those of sound parts.
    pub rows: BTreeMap<Table, u64>,
    /// What is missing, a sentence each; empty for a complete run.
    pub missing: Vec<String>,
}

/// What the documents say of the run, and what the parts of some tables are.
pub(super) async fn check(run: &RunReader, tables: &[Table], check: Check) -> Completeness {
    let mut found = Completeness { missing: document_faults(run), ..Completeness::default() };
    let parts: Vec<&PartRecord> = run
        .manifests()
        .flat_map(|manifest| &manifest.parts)
        .filter(|part| tables.contains(&part.path.table))
        .collect();
    let verdicts = match check {
        _ if parts.is_empty() => Ok(Vec::new()),
        Check::Sizes => sizes(run, &parts).await,
        Check::Footers => Ok(opened(run, &parts, check, FOOTERS_AT_ONCE).await),
        Check::Digests => Ok(opened(run, &parts, check, PARTS_AT_ONCE).await),
    };
    let verdicts = verdicts.unwrap_or_else(|error| {
        found.missing.push(with_causes(&error));
        Vec::new()
    });
    for (part, verdict) in parts.into_iter().zip(verdicts) {
        match verdict {
            Ok(()) => *found.rows.entry(part.path.table).or_default() += part.rows,
            Err(fault) => found.missing.push(StorageError::part(part, fault).to_string()),
        }
    }
    found.complete = found.missing.is_empty();
    found
}

type Verdicts = Vec<Result<(), PartFault>>;

/// What the listing of the run's folder says of parts.
async fn sizes(run: &RunReader, parts: &[&PartRecord]) -> Result<Verdicts, StorageError> {
    let sizes = run.store.sizes(&run.layout.data()).await?;
    let verdict = |part: &PartRecord| match sizes.get(&run.layout.path_of(&part.path)) {
        None => Err(PartFault::Missing),
        Some(found) => compare_size(*found, part),
    };
    Ok(parts.iter().map(|part| verdict(part)).collect())
}

/// What parts themselves say, `at_once` at a time.
async fn opened(run: &RunReader, parts: &[&PartRecord], check: Check, at_once: usize) -> Verdicts {
    let files = PartFiles::new(&run.store, &run.layout);
    let checks: Vec<_> = parts.iter().map(|part| check_part(&files, part, check)).collect();
    futures::stream::iter(checks).buffered(at_once).collect().await
}

async fn check_part(files: &PartFiles, part: &PartRecord, check: Check) -> Result<(), PartFault> {
    match check {
        Check::Digests => files.check_digest(part).await,
        Check::Sizes | Check::Footers => files.check_footer(part).await,
    }
}

/// What is missing by `outcome.json` and the manifests alone.
fn document_faults(run: &RunReader) -> Vec<String> {
    let mut faults = Vec::new();
    match run.outcome {
        None if run.is_running => faults.push("the run goes on: it has no outcome yet".to_owned()),
        None => faults.push("the run has no outcome: it was killed, or goes on elsewhere".to_owned()),
        Some(_) => {}
    }
    for (worker, manifest) in run.manifests.iter().enumerate() {
        match manifest {
            Some(manifest) => faults.extend(account_faults(manifest, run.is_running)),
            None if run.is_running => faults.push(format!("worker {worker} has written no rows yet")),
            None => faults.push(format!("worker {worker} has no manifest: none of its rows count")),
        }
    }
    faults
}

/// What the manifest itself says is missing.
fn account_faults(manifest: &Manifest, is_running: bool) -> Vec<String> {
    let worker = manifest.worker;
    let mut faults = Vec::new();
    if let Some(failure) = &manifest.failure {
        faults.push(format!("worker {worker} could not write all rows: {failure}"));
    } else if !manifest.finished {
        let at = rfc3339::text(manifest.committed_at);
        faults.push(match (&manifest.recovery, is_running) {
            (Some(Recovery { until, .. }), _) => {
                format!("worker {worker} did not finish: its rows after {} are lost", rfc3339::text(*until))
            }
            (None, true) => format!("worker {worker} has not written its rows after {at} yet"),
            (None, false) => format!("worker {worker} did not finish: its rows after {at} are unknown"),
        });
    }
    if let Some(damage) = manifest.recovery.as_ref().and_then(|recovery| recovery.damage.as_deref()) {
        faults
            .push(format!("worker {worker} has a write-ahead log that cannot be read to its end: {damage}"));
    }
    for (table, rows) in &manifest.rows {
        if rows.missing() > 0 {
            faults.push(format!("worker {worker} did not write {} rows of {table}", rows.missing()));
        }
    }
    if manifest.samples.lost > 0 {
        let lost = manifest.samples.lost;
        faults.push(format!("worker {worker} lost {lost} samples because its queue was full"));
    }
    if manifest.finished {
        faults.extend(balance_faults(manifest));
    }
    faults
}

/// A worker that finished must add up (INV-3): each accepted sample is a row, each iteration that ended too.
fn balance_faults(manifest: &Manifest) -> Vec<String> {
    let worker = manifest.worker;
    let accepted = |table: &Table| manifest.rows.get(table).map_or(0, |rows| rows.accepted);
    let mut faults = Vec::new();
    let rows: u64 = Table::ALL.iter().filter(|table| table.is_sampled()).map(accepted).sum();
    if rows != manifest.samples.accepted {
        let samples = manifest.samples.accepted;
        faults.push(format!("worker {worker} made {rows} rows of {samples} samples"));
    }
    let (ended, rows) = (manifest.iterations.ended(), accepted(&Table::Iterations));
    // Lost samples have been named above; they may be iterations.
    if ended != rows && manifest.samples.lost == 0 {
        faults.push(format!("worker {worker} ended {ended} iterations and has rows of {rows}"));
    }
    faults
}
