//! The write-ahead log: where a row is before it is in a part. On-disk format, version [`WAL_VERSION`].
//!
//! # Layout
//!
//! ```text
//! <run>/wal/worker-<n>/segment-<number>.wal        both four digits or more
//!
//! segment = frame, frame, …
//! frame   = length of the body (u32, little-endian), CRC-32 of kind and body (the same), kind (one byte), body
//! kind 0    the head, first in each segment: JSON [`SegmentHead`]
//! kind 1    rows: the table's name, a zero byte, an Arrow IPC stream with its schema and one batch
//! kind 2    an open second: its start (nanoseconds since 1970, i64, little-endian), an Arrow IPC stream of its windows
//! kind 3    a mark: JSON [`Mark`]
//! ```
//!
//! # Invariants
//!
//! * **INV-12** A row is in the log before it waits for a part, and the log goes to the system at each mark, at least
//!   each half second: what a killed process loses is what came after the last mark, less than a second of rows; or, while
//!   the disk is so slow that a tick takes longer, the rows of that time.
//! * **INV-13** What counts ends at a mark: all rows before it, in this and earlier segments, and of each second that the
//!   mark names as open the last windows before it. There a sample is in a row and in a window, or in neither.
//! * **INV-14** Segments are cut where parts are. The manifest's `wal_segment` is the first whose rows are in no part:
//!   who reads it counts no row twice, and earlier segments can go.
//!
//! # Write path
//!
//! Rows are appended as they come. At a tick: the open seconds that are others than in this segment, a mark, flush. When parts are due: the parts are put,
//! the manifest that names them is committed with the number of the next segment, and the segments before that are
//! removed. At the end of the run the log is removed after the last manifest. The log is synced at most every
//! [`SYNC_EVERY`], so a machine that loses power loses at most five seconds.
//!
//! # Recovery
//!
//! See [`recover_run`](crate::recover_run).
//!
//! # Not promised
//!
//! Rows after damage (a CRC that is wrong) are not looked for: the log ends there.

mod frame;
mod machine;
mod scan;
mod writer;

use std::time::Duration;

use outrider_model::{RunId, Timestamp};
use outrider_telemetry::Table;
use serde::{Deserialize, Serialize};

pub(crate) use machine::this_machine;
pub(crate) use scan::{Log, Logged};
pub(crate) use writer::WalWriter;

/// The version of the log's format. A log is read by the version that wrote it and by later ones.
pub(crate) const WAL_VERSION: u32 = 1;

/// Four seconds, and with the tick and the time that it takes at most five: what is lost with the machine's power.
pub(crate) const SYNC_EVERY: Duration = Duration::from_secs(4);

/// What a segment says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SegmentHead {
    pub(crate) format: u32,
    pub(crate) run_id: RunId,
    pub(crate) worker: u32,
    pub(crate) segment: u32,
    pub(crate) schema_version: u32,
    /// Whether the process that wrote it could show that it lived: if not, no reader may take it for dead.
    pub(crate) marked: bool,
    /// The machine, since it was started: only there such a sign is seen for certain.
    pub(crate) machine: String,
    #[serde(with = "crate::rfc3339")]
    pub(crate) began_at: Timestamp,
}

/// A moment up to which the log counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    #[serde(with = "crate::rfc3339")]
    pub(crate) at: Timestamp,
    /// Samples that were lost until then.
    pub(crate) samples_lost: u64,
    /// Rows of the run that were made until then, by table; those of open windows are not among them.
    pub(crate) rows: Vec<(Table, u64)>,
    /// The starts of the seconds whose windows were open, in nanoseconds since 1970.
    pub(crate) open_seconds: Vec<i64>,
}

/// The name of a segment's file.
fn segment_name(number: u32) -> String {
    format!("segment-{number:04}.wal")
}

/// The number in the name of a segment's file.
fn segment_number(name: &str) -> Option<u32> {
    let number = name.strip_prefix("segment-")?.strip_suffix(".wal")?.parse().ok()?;
    (segment_name(number) == name).then_some(number)
}
