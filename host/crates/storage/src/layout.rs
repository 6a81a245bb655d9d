//! Where each object of a dataset is: the on-disk format, version [`LAYOUT_VERSION`].
//!
//! # Layout
//!
//! ```text
//! <out>/runs/<run-id>/
//!   run.json                                        written first, create-only
//!   data/<table>/worker=<n>/part-<seq>.parquet      create-only; <seq> from 000000, six digits
//!   manifest/worker-<n>.json                        create-only, then replaced; <n> four digits
//!   wal/worker-<n>/segment-<number>.wal             rows that are in no part yet; gone when the worker has finished
//!   annotations/<time>-<digest>.json                create-only, by anybody at any time; <time> in UTC, eight digits of SHA-256
//!   outcome.json                                    written last, create-only
//! ```
//!
//! `worker=<n>` is not padded: engines that read Hive folders take `worker=0` for a number, but
//! `worker=0000` for text (DuckDB 2.0).
//!
//! # Invariants
//!
//! INV-1 to INV-5 are those of the whole program, in ARCHITECTURE.md. For this format:
//!
//! * INV-2 means: an object is visible whole or not at all. On this machine: a temporary file beside it,
//!   fsync, then a hard link (create-only) or a rename (replace), then fsync of the folder. In a bucket: one put, with
//!   `If-None-Match: *` where it is create-only. And a manifest
//!   names a part only after the part is durable, with its rows, bytes and SHA-256.
//! * **INV-6** Run ids sort by the time the runs started, and hold letters, digits and hyphens only.
//! * **INV-7** Every path is written by one worker only, and a part never changes once it exists. A second
//!   writer of the same worker fails at its first part or its first manifest, and leaves the first's alone.
//! * **INV-8** Rows of a row group are sorted by `started_at`; a part holds at most about
//!   [`DEFAULT_PART_BYTES`](crate::DEFAULT_PART_BYTES), and rows of at most about
//!   [`DEFAULT_PART_AGE`](crate::DEFAULT_PART_AGE); in a bucket [`REMOTE_PART_BYTES`](crate::REMOTE_PART_BYTES) and
//!   [`REMOTE_PART_AGE`](crate::REMOTE_PART_AGE).
//! * **INV-9** Paths in a manifest are relative to the run's folder: a run can be copied and moved.
//! * **INV-10** Every JSON document has `format`, this version; every Parquet file has
//!   `outrider.schema_version`, `outrider.table`, `outrider.run_id` and `outrider.worker` among its
//!   key-value metadata.
//!
//! # Write path
//!
//! `run.json`, which claims the id and shows that the place can be written to; then for each worker
//! parts, of all tables together when the oldest row is as old as a part may be, and after them, at most
//! once a second, its manifest; with the last manifest `finished: true`; `outcome.json` in the end.
//!
//! In a bucket parts are put beside the run that goes on: a bucket that is slow or away holds up nothing. The write-ahead
//! log, the mark of a run that goes on and documents that could not be put are in a folder of the machine that makes the
//! run, `XDG_STATE_HOME/outrider/spool/<16 digits of the place>/runs/<run-id>/`, under the names that they would have here.
//!
//! # Read path
//!
//! Readers go from `run.json` (how many workers) to the manifests to the parts; they never trust a
//! listing, but for that of the annotations, which count for nothing. A run is complete if it has an outcome, every manifest is finished, every part is there
//! with its rows, and no sample and no row was lost.
//!
//! On this machine the process that makes a run holds a lock (flock) on its `run.json` as long as it lives:
//! a run without an outcome goes on if the lock is held, and was killed if not; of a run in a bucket it is a file of the
//! spool. See
//! [`RunningMark`](crate::RunningMark).
//!
//! # Recovery
//!
//! A worker that was killed leaves a manifest with `finished: false`, or none, and its write-ahead log (`wal.rs`):
//! [`recover_run`](crate::recover_run) makes parts of what is in the log and says in the manifest that it did. All
//! parts that a manifest names are whole. A part beyond the last commit may exist; it is whole too, but its rows are
//! in the log as well: nothing counts it, and recovery removes it. Temporary files (`…#1`) are left behind by a kill
//! within a write; they are never read, and recovery removes them too.
//!
//! # Not promised
//!
//! Rows after the last mark of the log (half a second) are lost with a killed worker, up to five seconds of them with
//! the machine's power, and its manifest says until when they are there. Of a run into a bucket whose machine is gone with
//! its disk, what was not put: rows of a part's age (4 s), and while the bucket was away, of that time. An endpoint that
//! takes no notice of `If-None-Match` keeps no second writer away (INV-7). Nothing detects a part that was changed in place
//! without changing its size and row count, unless digests are checked.

use std::fmt;

use chrono::{DateTime, Utc};
use object_store::path::Path;
use outrider_model::{RunId, Timestamp};
use outrider_telemetry::Table;
use serde::{Deserialize, Serialize};

/// The version of the layout and of its JSON documents.
///
/// * 1: the first.
/// * 2: a run has several journeys: `plan.journeys` of `run.json` takes the place of `plan.plugin` and
///   `plan.parameters`, and each scenario names its journey.
pub const LAYOUT_VERSION: u32 = 2;

const RUNS: &str = "runs";

/// Eight digits: two annotations of one nanosecond that share them are the same one.
const DIGEST_DIGITS: usize = 8;

/// The paths of one run.
#[derive(Clone, Debug)]
pub struct RunLayout {
    run_id: RunId,
}

impl RunLayout {
    /// The paths of this run.
    pub fn new(run_id: RunId) -> RunLayout {
        RunLayout { run_id }
    }

    /// The run.
    pub fn run_id(&self) -> &RunId {
        &self.run_id
    }

    /// The folder of all runs.
    pub fn runs() -> Path {
        Path::from(RUNS)
    }

    /// The run's folder.
    pub fn folder(&self) -> Path {
        RunLayout::runs().join(self.run_id.as_str())
    }

    /// `run.json`.
    pub fn run_record(&self) -> Path {
        self.folder().join("run.json")
    }

    /// `outcome.json`.
    pub fn outcome(&self) -> Path {
        self.folder().join("outcome.json")
    }

    /// The folder of the manifests.
    pub(crate) fn manifests(&self) -> Path {
        self.folder().join("manifest")
    }

    /// A worker's manifest.
    pub fn manifest(&self, worker: u32) -> Path {
        self.manifests().join(format!("worker-{worker:04}.json"))
    }

    /// The folder of what was annotated.
    pub(crate) fn annotations(&self) -> Path {
        self.folder().join("annotations")
    }

    /// The object of an annotation, named so that names sort by time.
    pub(crate) fn annotation(&self, at: Timestamp, digest: &str) -> Path {
        let at = DateTime::<Utc>::from_timestamp_nanos(at.0).format("%Y%m%dT%H%M%S%.9fZ");
        let digest = digest.rsplit(':').next().unwrap_or(digest);
        self.annotations().join(format!("{at}-{}.json", &digest[..DIGEST_DIGITS.min(digest.len())]))
    }

    /// The folder of the write-ahead logs.
    pub(crate) fn wals(&self) -> Path {
        self.folder().join("wal")
    }

    /// The folder of a worker's write-ahead log.
    pub(crate) fn wal(&self, worker: u32) -> Path {
        self.wals().join(format!("worker-{worker:04}"))
    }

    /// The folder of all parts.
    pub(crate) fn data(&self) -> Path {
        self.folder().join("data")
    }

    /// The folder of a worker's parts of a table.
    pub(crate) fn parts(&self, table: Table, worker: u32) -> Path {
        self.data().join(table.as_str()).join(format!("worker={worker}"))
    }

    /// A part.
    pub fn part(&self, table: Table, worker: u32, sequence: u32) -> Path {
        self.path_of(&PartName { table, worker, sequence })
    }

    /// A part that a manifest names.
    pub fn path_of(&self, part: &PartName) -> Path {
        let relative = part.to_string();
        relative.split('/').fold(self.folder(), |path, segment| path.join(segment))
    }
}

/// A part's name: its path within the run's folder. In JSON it is that text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PartName {
    /// The table.
    pub table: Table,
    /// The worker that wrote it.
    pub worker: u32,
    /// Its number among the worker's parts of this table, from 0.
    pub sequence: u32,
}

impl fmt::Display for PartName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PartName { table, worker, sequence } = self;
        write!(f, "data/{table}/worker={worker}/part-{sequence:06}.parquet")
    }
}

impl From<PartName> for String {
    fn from(name: PartName) -> String {
        name.to_string()
    }
}

impl TryFrom<String> for PartName {
    type Error = String;

    fn try_from(text: String) -> Result<PartName, String> {
        parse(&text).ok_or_else(|| format!("'{text}' is not the name of a part"))
    }
}

/// Takes only what [`PartName`] itself writes, so that no manifest leads out of its run's folder (INV-9).
fn parse(text: &str) -> Option<PartName> {
    let (table, rest) = text.strip_prefix("data/")?.split_once("/worker=")?;
    let (worker, rest) = rest.split_once("/part-")?;
    let sequence = rest.strip_suffix(".parquet")?;
    let name = PartName {
        table: Table::from_name(table)?,
        worker: worker.parse().ok()?,
        sequence: sequence.parse().ok()?,
    };
    (name.to_string() == text).then_some(name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn layout() -> RunLayout {
        RunLayout::new(RunId::new("20260131T120000Z-4f2a9c").unwrap())
    }

    fn names() -> impl Strategy<Value = PartName> {
        (0..Table::ALL.len(), any::<u32>(), any::<u32>()).prop_map(|(table, worker, sequence)| PartName {
            table: Table::ALL[table],
            worker,
            sequence,
        })
    }

    proptest! {
        #[test]
        fn a_name_leads_back_to_its_part(name in names()) {
            prop_assert_eq!(PartName::try_from(name.to_string()), Ok(name));
        }

        #[test]
        fn parts_of_a_worker_sort_by_their_number(worker in 0u32..10_000, a in 0u32..1_000_000, b in 0u32..1_000_000) {
            let path = |sequence| layout().part(Table::Requests, worker, sequence);
            prop_assert_eq!(path(a).cmp(&path(b)), a.cmp(&b));
        }

        #[test]
        fn no_text_leads_out_of_the_folder_of_its_run(text in r"(data/)?[a-z./%=0-9-]{0,40}(\.parquet)?") {
            if let Ok(name) = PartName::try_from(text.clone()) {
                prop_assert_eq!(name.to_string(), text);
                prop_assert!(layout().path_of(&name).prefix_matches(&layout().folder()));
            }
        }

        #[test]
        fn a_path_survives_the_store_as_it_is(name in names()) {
            let path = layout().path_of(&name);
            prop_assert_eq!(Path::parse(path.as_ref()).unwrap(), path);
        }
    }

    #[test]
    fn paths_are_those_of_the_documentation() {
        let layout = layout();
        assert_eq!(layout.run_record().as_ref(), "runs/20260131T120000Z-4f2a9c/run.json");
        assert_eq!(layout.outcome().as_ref(), "runs/20260131T120000Z-4f2a9c/outcome.json");
        assert_eq!(layout.manifest(3).as_ref(), "runs/20260131T120000Z-4f2a9c/manifest/worker-0003.json");
        assert_eq!(
            layout.part(Table::Steps, 12, 1_234_567).as_ref(),
            "runs/20260131T120000Z-4f2a9c/data/steps/worker=12/part-1234567.parquet"
        );
    }

    #[test]
    fn texts_that_are_almost_names_are_refused() {
        for text in [
            "data/requests/worker=0/part-0.parquet",
            "data/requests/worker=00/part-000000.parquet",
            "data/pages/worker=0/part-000000.parquet",
            "data/requests/worker=0/part-000000.parquet/..",
            "../data/requests/worker=0/part-000000.parquet",
        ] {
            assert!(PartName::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
