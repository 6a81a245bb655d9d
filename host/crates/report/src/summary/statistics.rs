//! Statistics of Tsung's kinds.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The statistics that Tsung reports, by its definitions. An interval is ten seconds, from the first iteration on;
/// what ended in it counts. Requests of set-up and tear-down are no user's, and are left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Statistics {
    /// The length of an interval in seconds: 10. It doubles where a run is longer than a day, and so on.
    pub interval_s: u64,
    /// New connections: resolving the name, opening the connection and TLS together. Null if there were none.
    pub connect: Option<TimeStatistics>,
    /// HTTP exchanges, from the first byte sent to the last one received, connecting included. Null if there were none.
    pub request: Option<TimeStatistics>,
    /// Pages: what a VU requested in one iteration without a pause of 100 ms in between, from the start of the first
    /// request to the end of the last one. Null if there were no requests.
    pub page: Option<TimeStatistics>,
    /// Iterations that completed or failed, think time included. Null if there were none.
    pub session: Option<TimeStatistics>,
    /// HTTP statuses, ascending; exchanges without an answer last.
    pub status_codes: Vec<StatusStatistics>,
    /// Bytes written: request lines, headers and bodies, before TLS.
    pub sent: Throughput,
    /// Bytes read: status lines, headers and bodies, before TLS and decompression.
    pub received: Throughput,
    /// Users: each iteration is the visit of one.
    pub users: UserStatistics,
}

/// How long events of one kind took, and how many there were.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TimeStatistics {
    /// How many there were.
    pub count: u64,
    /// The mean of all of them, in milliseconds.
    pub mean_ms: f64,
    /// The standard deviation of all of them (that of the population), in milliseconds.
    pub standard_deviation_ms: f64,
    /// The highest mean of an interval, in milliseconds.
    pub highest_mean_ms: f64,
    /// The lowest mean of an interval in which something ended, in milliseconds.
    pub lowest_mean_ms: f64,
    /// The most that ended in a whole interval, per second; of a shorter load, the rate of that. Null if the load was
    /// shorter than a second.
    pub highest_rate_per_s: Option<f64>,
}

/// How often a status was answered.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StatusStatistics {
    /// The HTTP status; null for exchanges to which no answer came.
    pub status: Option<u16>,
    /// How many exchanges.
    pub count: u64,
    /// The most of them in a whole interval, per second. Null if the load was shorter than a second.
    pub highest_rate_per_s: Option<f64>,
}

/// Bytes in one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Throughput {
    /// All of them.
    pub total_bytes: u64,
    /// Bytes per second, over the duration of the load. Null without load.
    pub mean_bytes_per_s: Option<f64>,
    /// The most in a whole interval, in bytes per second. Null if the load was shorter than a second.
    pub highest_bytes_per_s: Option<f64>,
}

/// Users and whether they did what they came for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UserStatistics {
    /// The most that were there at once: VUs that were running an iteration, looked at once a second. Null if that was
    /// not measured.
    pub highest_simultaneous: Option<u64>,
    /// How many began: `finished` + `failed` + `interrupted`.
    pub started: u64,
    /// How many finished: their iteration completed.
    pub finished: u64,
    /// How many did not finish because their iteration failed.
    pub failed: u64,
    /// How many did not finish because time was up.
    pub interrupted: u64,
    /// How many never began: no VU was free for them, or what they need was missing.
    pub dropped: u64,
}
