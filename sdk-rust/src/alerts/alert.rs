//! What there is to tell.

use std::time::{Duration, SystemTime};

use super::export::wit;
use crate::Verdict;

/// The kinds of alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AlertKind {
    /// The monitor is slower than it should be, or some of its locations fail.
    Degraded,
    /// It fails.
    Failed,
    /// It still fails, some time after the last alert.
    Reminder,
    /// It is well again.
    Recovered,
    /// Somebody tries the channel; nothing is wrong.
    Test,
}

/// An alert.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Alert {
    /// The same for all alerts of one incident, so that a channel can put them together.
    pub incident: String,
    /// What there is to tell.
    pub kind: AlertKind,
    /// The monitor's name.
    pub monitor: String,
    /// What happened, in one sentence.
    pub summary: String,
    /// When the incident began.
    pub began: SystemTime,
    /// When the alert was raised.
    pub raised: SystemTime,
    /// What each location saw last.
    pub locations: Vec<Location>,
    /// The run's id.
    pub run: Option<String>,
    /// A page with more of it.
    pub link: Option<String>,
    /// The monitor's tags.
    pub tags: Vec<(String, String)>,
}

/// What one location saw.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Location {
    /// Its name, for example a region.
    pub name: String,
    /// Whether the monitor holds there.
    pub passed: bool,
    /// How long it took there.
    pub duration: Duration,
    /// Why it failed, in one sentence.
    pub error: Option<String>,
    /// The checks that failed there.
    pub failed_checks: Vec<Verdict>,
}

impl AlertKind {
    /// The kind in one word: `degraded`, `failed`, `reminder`, `recovered`, `test`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Degraded => "degraded",
            Self::Failed => "failed",
            Self::Reminder => "reminder",
            Self::Recovered => "recovered",
            Self::Test => "test",
        }
    }

    fn from_wit(kind: wit::AlertKind) -> Self {
        match kind {
            wit::AlertKind::Degraded => Self::Degraded,
            wit::AlertKind::Failed => Self::Failed,
            wit::AlertKind::Reminder => Self::Reminder,
            wit::AlertKind::Recovered => Self::Recovered,
            wit::AlertKind::Test => Self::Test,
        }
    }
}

impl Alert {
    pub(super) fn from_wit(alert: wit::Alert) -> Self {
        let at = |nanoseconds| SystemTime::UNIX_EPOCH + Duration::from_nanos(nanoseconds);
        Self {
            incident: alert.incident,
            kind: AlertKind::from_wit(alert.kind),
            monitor: alert.monitor,
            summary: alert.summary,
            began: at(alert.began),
            raised: at(alert.raised),
            locations: alert.locations.into_iter().map(Location::from_wit).collect(),
            run: alert.run,
            link: alert.link,
            tags: alert.tags.into_iter().map(|tag| (tag.key, tag.value)).collect(),
        }
    }
}

impl Location {
    fn from_wit(location: wit::Location) -> Self {
        let wit::Location { name, passed, duration, error, failed_checks } = location;
        let failed_checks = failed_checks.into_iter().map(Verdict::from_wit).collect();
        Self { name, passed, duration: Duration::from_nanos(duration), error, failed_checks }
    }
}
