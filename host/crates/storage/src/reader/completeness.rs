//! Whether a run is all there, and if not, exactly what is missing.

use std::collections::BTreeMap;

use outrider_telemetry::Table;
use parquet::arrow::async_reader::AsyncFileReader;

use super::RunReader;
use super::object_file::ObjectFile;
use crate::digest::sha256;
use crate::{Manifest, PartRecord, StorageError, rfc3339};

/// How closely parts are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
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

pub(super) async fn check(run: &RunReader, check: Check) -> Result<Completeness, StorageError> {
    let mut found = Completeness::default();
    if run.outcome.is_none() {
        found.missing.push("the run has no outcome: it goes on, or it was killed".to_owned());
    }
    for (worker, manifest) in run.manifests.iter().enumerate() {
        match manifest {
            Some(manifest) => check_worker(run, manifest, check, &mut found).await?,
            None => found.missing.push(format!("worker {worker} has no manifest: none of its rows count")),
        }
    }
    found.complete = found.missing.is_empty();
    Ok(found)
}

async fn check_worker(
    run: &RunReader,
    manifest: &Manifest,
    check: Check,
    found: &mut Completeness,
) -> Result<(), StorageError> {
    found.missing.extend(account_faults(manifest));
    for part in &manifest.parts {
        match part_fault(run, part, check).await? {
            None => *found.rows.entry(part.path.table).or_default() += part.rows,
            Some(fault) => found.missing.push(format!("{} rows: {} {fault}", part.rows, part.path)),
        }
    }
    Ok(())
}

/// What the manifest itself says is missing.
fn account_faults(manifest: &Manifest) -> Vec<String> {
    let worker = manifest.worker;
    let mut faults = Vec::new();
    if let Some(failure) = &manifest.failure {
        faults.push(format!("worker {worker} could not write all rows: {failure}"));
    } else if !manifest.finished {
        let at = rfc3339::text(manifest.committed_at);
        faults.push(format!("worker {worker} did not finish: its rows after {at} are unknown"));
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

/// A worker that finished must add up: each accepted sample is a row, each iteration that ended too.
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

/// What is wrong with a part; `None` if it is sound.
async fn part_fault(
    run: &RunReader,
    part: &PartRecord,
    check: Check,
) -> Result<Option<String>, StorageError> {
    let path = run.layout.path_of(&part.path);
    let Some(bytes) = run.store.size(&path).await? else {
        return Ok(Some("is missing".to_owned()));
    };
    if bytes != part.bytes {
        return Ok(Some(format!("has {bytes} bytes instead of {}", part.bytes)));
    }
    if check == Check::Digests {
        let content = run.store.get(&path).await?;
        let sound = content.is_some_and(|content| sha256(&content) == part.sha256);
        return Ok((!sound).then(|| "has other bytes than were written".to_owned()));
    }
    let mut file = ObjectFile { objects: run.store.objects().clone(), path, bytes };
    Ok(match file.get_metadata(None).await {
        Ok(footer) => row_fault(footer.file_metadata().num_rows(), part),
        Err(error) => Some(format!("cannot be decoded: {error}")),
    })
}

fn row_fault(rows: i64, part: &PartRecord) -> Option<String> {
    let same = u64::try_from(rows).is_ok_and(|rows| rows == part.rows);
    (!same).then(|| format!("has {rows} rows instead of {}", part.rows))
}
