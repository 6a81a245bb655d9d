//! What can go wrong with a dataset.

use std::io;

use outrider_model::{RunId, causes};
use outrider_telemetry::Table;

use crate::{PartFault, PartName, PartRecord, StoreFault};

/// What can be done about rows that a far store did not take.
const RECOVERABLE: &str = "what is not in it is in the write-ahead log of this machine: `host recover` puts it there when it \
                           answers again";

/// An operation on a dataset failed.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The place is a URL that this program cannot write to.
    #[error("cannot use '{out}' as a dataset: the scheme '{scheme}' is not supported")]
    UnsupportedScheme {
        /// The place as it was given.
        out: String,
        /// Its scheme.
        scheme: String,
    },
    /// The place is a `file:` URL that is not a path of this machine.
    #[error("cannot use '{out}' as a dataset: it is no path of this machine")]
    InvalidPath {
        /// The place as it was given.
        out: String,
    },
    /// The folder cannot be made or opened for writing.
    #[error("cannot write to the folder '{out}'")]
    NotWritable {
        /// The place as it was given.
        out: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The place is the folder of a run: a dataset is the folder around its `runs`.
    #[error("cannot write runs to '{out}': it is the folder of the run '{run_id}'")]
    InsideRun {
        /// The place as it was given.
        out: String,
        /// The run.
        run_id: RunId,
    },
    /// There is no dataset to read.
    #[error("cannot read the folder '{out}'")]
    NotReadable {
        /// The place as it was given.
        out: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Another run has this id.
    #[error("a run '{run_id}' exists already in '{place}'")]
    RunExists {
        /// The id.
        run_id: RunId,
        /// The dataset.
        place: String,
    },
    /// No run has this id.
    #[error("there is no run '{run_id}' in '{place}'")]
    NoSuchRun {
        /// The id.
        run_id: RunId,
        /// The dataset.
        place: String,
    },
    /// A run that has ended is there but for its `run.json`, without which its rows mean nothing.
    #[error("the run '{run_id}' in '{place}' has no run.json, which says what it was to do")]
    NoRecord {
        /// The run.
        run_id: RunId,
        /// The dataset.
        place: String,
    },
    /// A run that goes on cannot be removed.
    #[error("the run '{run_id}' goes on")]
    GoesOn {
        /// The id.
        run_id: RunId,
    },
    /// The files of a run cannot be removed.
    #[error("cannot remove the run '{run_id}'")]
    Remove {
        /// The id.
        run_id: RunId,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A run is removed, but its files could not be.
    #[error("the run '{run_id}' is removed, but its files still lie in '{folder}'")]
    Left {
        /// The id.
        run_id: RunId,
        /// Where they lie.
        folder: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// An object that is written once exists already: someone else writes as this worker.
    #[error("cannot write '{path}': it exists already")]
    Exists {
        /// The object.
        path: String,
    },
    /// An object could not be written.
    #[error("cannot write '{path}'")]
    Put {
        /// The object.
        path: String,
        /// Why.
        #[source]
        source: StoreFault,
    },
    /// A far store takes rows more slowly than they are made, or not at all.
    #[error("'{place}' is too slow: {} MiB wait to be written to it", waiting >> 20)]
    TooSlow {
        /// The dataset.
        place: String,
        /// Encoded bytes that wait.
        waiting: usize,
    },
    /// Rows are not in a far store yet, and nobody wanted to wait for it any longer.
    #[error("nobody waited for '{place}' any longer")]
    GivenUp {
        /// The dataset.
        place: String,
    },
    /// A run in a bucket was removed, perhaps by another machine, while this one still keeps something of it.
    #[error("it is no longer in '{place}'")]
    Gone {
        /// The run.
        run_id: RunId,
        /// The dataset.
        place: String,
    },
    /// A bucket has a name that none can have.
    #[error("cannot use '{out}' as a dataset: the name of the bucket '{bucket}' {wrong}")]
    BucketName {
        /// The place as it was given.
        out: String,
        /// The bucket.
        bucket: String,
        /// What is wrong with it.
        wrong: String,
        /// What to do about it.
        hint: String,
    },
    /// A place is a URL that names no bucket.
    #[error("cannot use '{out}' as a dataset: it names no bucket")]
    NoBucket {
        /// The place as it was given.
        out: String,
    },
    /// What is set for a bucket is wrong.
    #[error("cannot use '{out}' as a dataset")]
    Remote {
        /// The place as it was given.
        out: String,
        /// Why.
        #[source]
        source: StoreFault,
    },
    /// This machine has no place for the write-ahead logs of runs that go into a bucket.
    #[error("cannot keep the write-ahead log of '{out}' in '{folder}'")]
    NoSpool {
        /// The place as it was given.
        out: String,
        /// Where it would be.
        folder: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A run in a bucket was written to a moment ago, perhaps by another machine.
    #[error(
        "whether the run '{run_id}' goes on cannot be seen from here: it was written to less than a minute ago"
    )]
    Young {
        /// The run.
        run_id: RunId,
    },
    /// The write-ahead log could not be written or read.
    #[error("cannot use the write-ahead log '{path}'")]
    Log {
        /// Its file.
        path: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A run that was killed cannot be recovered unasked: whether it was is not known.
    #[error("whether the run '{run_id}' goes on cannot be seen here")]
    Unmarked {
        /// The run.
        run_id: RunId,
    },
    /// An object could not be read.
    #[error("cannot read '{path}'")]
    Get {
        /// The object.
        path: String,
        /// Why.
        #[source]
        source: StoreFault,
    },
    /// Rows could not be encoded.
    #[error("cannot encode rows of the table '{table}'")]
    Encode {
        /// The table.
        table: Table,
        /// Why.
        #[source]
        source: parquet::errors::ParquetError,
    },
    /// A part is not what its manifest says of it.
    #[error("{rows} rows: {part} {fault}")]
    Part {
        /// The part.
        part: PartName,
        /// Its rows by the manifest.
        rows: u64,
        /// What is wrong with it.
        fault: PartFault,
    },
    /// Rows of a part could not be decoded.
    #[error("cannot decode '{path}'")]
    Decode {
        /// The part.
        path: String,
        /// Why.
        #[source]
        source: parquet::errors::ParquetError,
    },
    /// A JSON document is not what it should be.
    #[error("cannot understand '{path}'")]
    Json {
        /// The document.
        path: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// A document was written by a later version of this program.
    #[error("'{path}' has format {found}, this version reads formats up to {supported}")]
    NewerFormat {
        /// The document.
        path: String,
        /// Its format.
        found: u32,
        /// The latest that is understood.
        supported: u32,
    },
    /// A column was asked for that the table does not have.
    #[error("the table '{table}' has no column '{column}'")]
    NoSuchColumn {
        /// The table.
        table: Table,
        /// The column.
        column: String,
    },
}

impl StorageError {
    pub(crate) fn part(part: &PartRecord, fault: PartFault) -> StorageError {
        StorageError::Part { part: part.path.clone(), rows: part.rows, fault }
    }

    /// What the user can do about it, if that is known.
    pub fn hint(&self) -> Option<String> {
        match self {
            StorageError::UnsupportedScheme { .. } => Some(
                "give a folder, for example --out runs-of-today, or a bucket: --out s3://bucket/prefix"
                    .to_owned(),
            ),
            StorageError::NotWritable { .. } => Some("choose another folder with --out".to_owned()),
            StorageError::InsideRun { .. } => {
                Some("--out names the folder that holds the folder `runs`, not one in it".to_owned())
            }
            StorageError::NotReadable { .. } => {
                Some("name the folder that --out was given, by default the current one".to_owned())
            }
            StorageError::Exists { .. } | StorageError::RunExists { .. } => {
                Some("two processes must not write as the same worker of one run".to_owned())
            }
            StorageError::NewerFormat { .. } => Some("update host".to_owned()),
            StorageError::Put { .. } | StorageError::Log { .. } if self.is_disk_full() => {
                Some("the disk is full: what was written before is kept and can be read".to_owned())
            }
            StorageError::NoBucket { .. } => Some("for example --out s3://bucket/prefix".to_owned()),
            StorageError::Remote { source, .. } => source.hint(),
            StorageError::NoSpool { .. } => {
                Some("set XDG_STATE_HOME to a folder of this machine that can be written to".to_owned())
            }
            StorageError::Young { .. } => Some("if it has ended, try again in a minute".to_owned()),
            StorageError::TooSlow { .. } | StorageError::GivenUp { .. } => Some(RECOVERABLE.to_owned()),
            StorageError::Gone { run_id, place } => Some(format!(
                "`host runs rm {run_id} --out {place}` removes what this machine still keeps of it"
            )),
            StorageError::BucketName { hint, .. } => Some(hint.clone()),
            StorageError::Put { source, .. } | StorageError::Get { source, .. }
                if source.is_of_far_store() =>
            {
                source.hint()
            }
            StorageError::Unmarked { .. } => {
                Some("if it was killed, say so: `host recover RUN --killed`".to_owned())
            }
            StorageError::Put { .. } | StorageError::Log { .. } => {
                Some("see whether the folder given with --out can be written to".to_owned())
            }
            StorageError::Left { .. } => {
                Some("remove that folder by hand, or call `host runs rm` again later".to_owned())
            }
            StorageError::GoesOn { .. } => Some("end it first (Ctrl-C), or leave it".to_owned()),
            StorageError::NoRecord { .. } | StorageError::Json { .. } => Some(
                "copy the file again from where the run was made, or name another run: `host runs` lists them".to_owned(),
            ),
            StorageError::NoSuchRun { .. } => Some("see `host runs` for the runs there are".to_owned()),
            _ => None,
        }
    }

    /// Whether a far store says itself what is wrong.
    pub fn is_of_far_store(&self) -> bool {
        match self {
            StorageError::Put { source, .. } | StorageError::Get { source, .. } => source.is_of_far_store(),
            StorageError::Remote { .. } | StorageError::TooSlow { .. } => true,
            _ => false,
        }
    }

    /// Whether nobody wanted to wait any longer: nothing has failed.
    pub fn is_given_up(&self) -> bool {
        matches!(self, StorageError::GivenUp { .. })
    }

    /// Whether another time may bring another answer: a far store that cannot be reached, or has too much to do.
    pub fn is_passing(&self) -> bool {
        match self {
            StorageError::Put { source, .. } | StorageError::Get { source, .. } => source.is_passing(),
            _ => false,
        }
    }

    /// Whether the cause is a disk without space.
    pub fn is_disk_full(&self) -> bool {
        let io = causes(self).find_map(|cause| cause.downcast_ref::<io::Error>());
        io.is_some_and(|io| matches!(io.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded))
    }
}
