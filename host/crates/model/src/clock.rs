//! The clock of a run: wall-clock timestamps that never jump.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

/// A point in time, in nanoseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The time from `earlier` to `self`, zero if `earlier` is later.
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_nanos(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl std::ops::Add<Duration> for Timestamp {
    type Output = Timestamp;
    fn add(self, rhs: Duration) -> Timestamp {
        Timestamp(self.0.saturating_add(i64::try_from(rhs.as_nanos()).unwrap_or(i64::MAX)))
    }
}

/// The one clock of a run.
///
/// It reads the wall clock once, when it is made, and moves on with the monotonic clock from there: a
/// clock that is set back or forward during a run changes no duration and reorders no row. The
/// monotonic clock is tokio's, so a test that pauses tokio's time drives this clock too.
#[derive(Clone, Copy, Debug)]
pub struct RunClock {
    wall_start: Timestamp,
    start: Instant,
}

impl RunClock {
    /// A clock that reads the wall clock now.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clocks")]
    pub fn start_now() -> RunClock {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        RunClock::starting_at(Timestamp(i64::try_from(wall.as_nanos()).unwrap_or(i64::MAX)))
    }

    /// A clock that says `wall_start` now; for tests and for workers that corrected their clock.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clocks")]
    pub fn starting_at(wall_start: Timestamp) -> RunClock {
        RunClock { wall_start, start: Instant::now() }
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        self.timestamp(self.instant())
    }

    /// The monotonic time now; what tokio's timers compare with.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clocks")]
    pub fn instant(&self) -> Instant {
        Instant::now()
    }

    /// The monotonic time of this machine, also where tokio's is paused: what CPU time is measured by.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clocks")]
    pub fn machine_instant(&self) -> Instant {
        Instant::from_std(std::time::Instant::now())
    }

    /// The timestamp of a monotonic time.
    pub fn timestamp(&self, instant: Instant) -> Timestamp {
        match instant.checked_duration_since(self.start) {
            Some(after) => self.wall_start + after,
            None => {
                let before = self.start.duration_since(instant);
                Timestamp(self.wall_start.0 - i64::try_from(before.as_nanos()).unwrap_or(i64::MAX))
            }
        }
    }

    /// The time since this clock was made.
    pub fn elapsed(&self) -> Duration {
        self.instant().duration_since(self.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn paused_time_drives_the_clock_to_the_nanosecond() {
        let clock = RunClock::starting_at(Timestamp(1_000));
        tokio::time::advance(Duration::from_nanos(234)).await;
        assert_eq!(clock.now(), Timestamp(1_234));
        assert_eq!(clock.now().since(Timestamp(1_000)), Duration::from_nanos(234));
    }
}
