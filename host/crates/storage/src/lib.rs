//! Where a run's rows are kept: object paths, Parquet parts, manifest, outcome, and the way back.
//!
//! * [`DatasetStore`]: an `--out` folder as an object store.
//! * [`RunRecord`] is written first, [`Outcome`] last; [`Roller`] turns batches into parts and commits
//!   them to the worker's [`Manifest`].
//! * [`RunningMark`] shows readers that a run goes on; [`RunHead`] is a run in a list.
//! * [`recover_run`] makes parts of what a killed worker left in its write-ahead log.
//! * [`annotate`] notes what happened while a run went on.
//! * [`remove_run`] takes a run away, whole or not at all.
//! * [`RunReader`]: opens a run, proves its [`Completeness`] against the manifests, reads its tables.
//!
//! [`read_data_file`] reads what users bring along as Parquet: rows of test data.
//!
//! [`RunLayout`] says where each object is; the header of `layout.rs` is the format's description.
//!
//! This crate makes no rows and knows no statistics: rows come as batches from `outrider-telemetry`,
//! and what they mean is for `outrider-report` to say.
//!
//! ```
//! use outrider_model::RunId;
//! use outrider_storage::RunLayout;
//! use outrider_telemetry::Table;
//!
//! let layout = RunLayout::new(RunId::new("20260131T120000Z-4f2a9c").expect("a valid id"));
//! assert_eq!(
//!     layout.part(Table::Requests, 0, 7).to_string(),
//!     "runs/20260131T120000Z-4f2a9c/data/requests/worker=0/part-000007.parquet",
//! );
//! ```
#![warn(missing_docs)]

mod annotation;
mod data_file;
mod digest;
mod error;
mod layout;
mod manifest;
mod parquet_format;
mod part;
mod reader;
mod recovery;
mod removal;
pub mod rfc3339;
mod roller;
mod run_record;
mod running;
mod store;
mod store_fault;
mod wal;

pub use annotation::{Annotation, Annotations, MAX_ANNOTATIONS, annotate, annotations_of};
pub use data_file::{DataFileError, read_data_file};
pub use error::StorageError;
pub use layout::{LAYOUT_VERSION, PartName, RunLayout};
pub use manifest::{IterationAccount, Manifest, PartRecord, Recovery, RowCount, SampleAccount, VuAccount};
pub use reader::{Check, Completeness, PartFault, RunHead, RunReader, TableReader, latest_run, list_runs};
pub use recovery::{RecoveredRun, RecoveredWorker, needs_recovery, recover_run, runs_to_recover};
pub use removal::{RemovedRun, list_removable_runs, remove_run, sweep_removed};
pub use roller::{
    DEFAULT_PART_AGE, DEFAULT_PART_BYTES, DEFAULT_PUT_ATTEMPTS, DEFAULT_PUT_PAUSE, DEFAULT_ROW_GROUP_BYTES,
    DEFAULT_ROW_GROUP_ROWS, FinalAccount, GiveUp, REMOTE_PART_AGE, REMOTE_PART_BYTES, REMOTE_PUT_ATTEMPTS,
    REMOTE_PUT_TIME, REMOTE_UPLOAD_BYTES, RollPolicy, Roller, RollerConfig, RollerEnd,
};
pub use run_record::{
    ENDED_EARLY, Outcome, PackCalls, REPLACED, RunRecord, RunStatus, ThresholdOutcome, Totals, Verdict,
};
pub use running::RunningMark;
pub use store::DatasetStore;
pub use store_fault::StoreFault;
