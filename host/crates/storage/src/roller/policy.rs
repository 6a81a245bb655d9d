//! When rows become a row group, and row groups a part.

use std::time::Duration;

use super::{DEFAULT_PUT_ATTEMPTS, DEFAULT_PUT_PAUSE};

/// 32 MiB: some millions of rows, read by engines in a second, and little to send again when a put to a
/// far store fails.
pub const DEFAULT_PART_BYTES: usize = 32 << 20;

/// Ten seconds: how old a row can be that no reader sees and that a killed worker loses. An hour makes
/// 400 parts of a table; at one second it would be 3,600, each with a footer larger than its rows. It does
/// not grow with the run, since the last ten seconds of a long run are worth as much as those of a short
/// one; readers take small parts in one request each, and several at a time.
pub const DEFAULT_PART_AGE: Duration = Duration::from_secs(10);

/// Four seconds, in a far store: a machine that is gone with its disk takes what it has not put yet with it, and that is
/// to be no more than five seconds of rows.
pub const REMOTE_PART_AGE: Duration = Duration::from_secs(4);

/// 16 MiB, in a far store: four are under way at a time, and each must arrive within a minute (10 Mbit/s).
pub const REMOTE_PART_BYTES: usize = 16 << 20;

/// 32 MiB of rows in memory end a row group in a far store, so that a part, with what waits when it is cut, is some tens
/// of MiB whatever the rows: one put.
const REMOTE_ROW_GROUP_BYTES: usize = 32 << 20;

/// 256 MiB of encoded rows may wait for a far store: some twenty million requests, or minutes of a busy run in which the
/// store does not answer.
pub const REMOTE_UPLOAD_BYTES: usize = 256 << 20;

/// Five minutes in which a far store may be away before the run is ended: whether it resets connections at once or lets
/// requests hang. The last attempt begins within them.
pub const REMOTE_PUT_TIME: Duration = Duration::from_secs(300);

/// As many as fit into [`REMOTE_PUT_TIME`] with a second between them: time is what ends it.
pub const REMOTE_PUT_ATTEMPTS: u32 = 300;

/// A second, for a store that refuses at once: credentials may be renewed meanwhile.
const REMOTE_PUT_PAUSE: Duration = Duration::from_secs(1);

/// 122,880 rows at most, the row group of DuckDB, which reads one per thread.
pub const DEFAULT_ROW_GROUP_ROWS: usize = 122_880;

/// 64 MiB of rows in memory end a row group early: long log lines and URLs.
pub const DEFAULT_ROW_GROUP_BYTES: usize = 64 << 20;

/// When rows become a row group, and row groups a part.
#[derive(Clone, Copy, Debug)]
pub struct RollPolicy {
    /// Encoded bytes that make a part. Defaults to 32 MiB via [`DEFAULT_PART_BYTES`].
    pub part_bytes: usize,
    /// The age of the oldest row that makes parts of all tables. Defaults to 10 s via
    /// [`DEFAULT_PART_AGE`].
    pub part_age: Duration,
    /// Rows of a row group at most: it ends before a batch that would not fit. Defaults to 122,880 via [`DEFAULT_ROW_GROUP_ROWS`].
    pub row_group_rows: usize,
    /// Bytes in memory that make a row group. Defaults to 64 MiB via [`DEFAULT_ROW_GROUP_BYTES`].
    pub row_group_bytes: usize,
    /// Encoded bytes that may wait to be put before the run is ended; with 0, the default, each put is waited for.
    pub upload_bytes: usize,
    /// How often a put is tried. Defaults to 3 via [`DEFAULT_PUT_ATTEMPTS`].
    pub put_attempts: u32,
    /// The pause between attempts. Defaults to 250 ms via [`DEFAULT_PUT_PAUSE`].
    pub put_pause: Duration,
    /// After how long no attempt is begun, however many there were. Defaults to no such bound.
    pub put_time: Option<Duration>,
}

impl RollPolicy {
    /// That of a far store, which has its own way of trying again: parts are younger, and put while the run goes on.
    pub fn remote() -> RollPolicy {
        RollPolicy {
            part_bytes: REMOTE_PART_BYTES,
            part_age: REMOTE_PART_AGE,
            row_group_bytes: REMOTE_ROW_GROUP_BYTES,
            upload_bytes: REMOTE_UPLOAD_BYTES,
            put_attempts: REMOTE_PUT_ATTEMPTS,
            put_pause: REMOTE_PUT_PAUSE,
            put_time: Some(REMOTE_PUT_TIME),
            ..RollPolicy::default()
        }
    }
}

impl Default for RollPolicy {
    fn default() -> RollPolicy {
        RollPolicy {
            part_bytes: DEFAULT_PART_BYTES,
            part_age: DEFAULT_PART_AGE,
            row_group_rows: DEFAULT_ROW_GROUP_ROWS,
            row_group_bytes: DEFAULT_ROW_GROUP_BYTES,
            upload_bytes: 0,
            put_attempts: DEFAULT_PUT_ATTEMPTS,
            put_pause: DEFAULT_PUT_PAUSE,
            put_time: None,
        }
    }
}
