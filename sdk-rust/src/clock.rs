//! Time, as the host has it.

use std::time::{Duration, SystemTime};

use crate::bindings::imports::clock;

/// The time now. It never goes backwards during a run.
pub fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_nanos(clock::now())
}

/// The time since the run started.
pub fn elapsed() -> Duration {
    Duration::from_nanos(clock::elapsed())
}

/// Waits. [`think`](crate::think()) is the word for a user who thinks.
pub fn sleep(duration: Duration) {
    clock::sleep(nanos(duration));
}

/// As the contract counts time; 584 years and more are 584 years.
pub(crate) fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
