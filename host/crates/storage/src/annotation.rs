//! What happened while a run went on, and was no part of it: deployments, failovers, sales.
//!
//! What is known before is in `run.json`. What is told while the run goes on, or later, is an object each: whoever deploys
//! writes it, knows nothing of the run's workers, and waits for nobody. An object is named by its time and its content, so
//! that the same annotation, told twice, is there once. No figure is counted by them: this is the one listing that readers
//! trust.

use futures::{StreamExt, stream};
use object_store::path::Path;
use outrider_model::{RunId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::digest::sha256;
use crate::store::{DatasetStore, json};
use crate::{LAYOUT_VERSION, RunLayout, RunRecord, StorageError, rfc3339};

/// One thousand of a run are read, the earliest: more are no notes but a log.
pub const MAX_ANNOTATIONS: usize = 1_000;

/// Sixteen objects are read at a time: a thousand of a bucket are there within seconds.
const READS_AT_A_TIME: usize = 16;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Annotation {
    /// When, or when it began.
    #[serde(with = "rfc3339")]
    pub at: Timestamp,
    /// When it was over, if it lasted.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "rfc3339::optional")]
    pub until: Option<Timestamp>,
    /// What.
    pub text: String,
}

/// The object of an annotation.
#[derive(Serialize, Deserialize)]
struct AnnotationObject {
    format: u32,
    annotation: Annotation,
}

/// The annotations of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Annotations {
    /// By time.
    pub all: Vec<Annotation>,
    /// What is wrong with those that are not among them, a sentence each.
    pub faults: Vec<String>,
}

/// Adds an annotation to a run, whether that goes on or not. Returns false if it is there already.
///
/// # Errors
///
/// If it cannot be written.
pub async fn annotate(
    store: &DatasetStore,
    run_id: &RunId,
    annotation: &Annotation,
) -> Result<bool, StorageError> {
    let object = json(&AnnotationObject { format: LAYOUT_VERSION, annotation: annotation.clone() });
    let path = RunLayout::new(run_id.clone()).annotation(annotation.at, &sha256(&object));
    match store.put_new(&path, object).await {
        Ok(()) => Ok(true),
        Err(StorageError::Exists { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The annotations of a run: those of its record, and those that were added.
///
/// # Errors
///
/// If they cannot be listed.
pub async fn annotations_of(store: &DatasetStore, record: &RunRecord) -> Result<Annotations, StorageError> {
    let folder = RunLayout::new(record.plan.run_id.clone()).annotations();
    let mut paths = store.files(&folder).await?;
    // Names begin with the time.
    paths.sort();
    let mut found = Annotations { all: record.annotations.clone(), faults: Vec::new() };
    if let Some(more) = paths.len().checked_sub(MAX_ANNOTATIONS).filter(|more| *more > 0) {
        found.faults.push(format!(
            "the run has {more} annotations more than the first {MAX_ANNOTATIONS}, which are shown"
        ));
        paths.truncate(MAX_ANNOTATIONS);
    }
    let mut read = stream::iter(&paths).map(|path| read(store, path)).buffered(READS_AT_A_TIME);
    while let Some(read) = read.next().await {
        match read {
            Ok(annotation) => found.all.extend(annotation),
            Err(error) => found.faults.push(error.to_string()),
        }
    }
    found.all.sort();
    Ok(found)
}

/// None if it went meanwhile.
async fn read(store: &DatasetStore, path: &Path) -> Result<Option<Annotation>, StorageError> {
    Ok(store.get_json::<AnnotationObject>(path).await?.map(|object| object.annotation))
}
