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

/// 122,880 rows, the row group of DuckDB, which reads one per thread.
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
    /// Rows that make a row group. Defaults to 122,880 via [`DEFAULT_ROW_GROUP_ROWS`].
    pub row_group_rows: usize,
    /// Bytes in memory that make a row group. Defaults to 64 MiB via [`DEFAULT_ROW_GROUP_BYTES`].
    pub row_group_bytes: usize,
    /// How often a put is tried. Defaults to 3 via [`DEFAULT_PUT_ATTEMPTS`].
    pub put_attempts: u32,
    /// The pause between attempts. Defaults to 250 ms via [`DEFAULT_PUT_PAUSE`].
    pub put_pause: Duration,
}

impl Default for RollPolicy {
    fn default() -> RollPolicy {
        RollPolicy {
            part_bytes: DEFAULT_PART_BYTES,
            part_age: DEFAULT_PART_AGE,
            row_group_rows: DEFAULT_ROW_GROUP_ROWS,
            row_group_bytes: DEFAULT_ROW_GROUP_BYTES,
            put_attempts: DEFAULT_PUT_ATTEMPTS,
            put_pause: DEFAULT_PUT_PAUSE,
        }
    }
}
