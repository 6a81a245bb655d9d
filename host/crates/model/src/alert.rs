//! What people are told when a monitor fails, or is well again.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::Timestamp;

/// What there is to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// The same for all alerts of one incident.
    pub incident: String,
    /// What there is to tell.
    pub kind: AlertKind,
    /// The monitor's name.
    pub monitor: String,
    /// What happened, in one sentence.
    pub summary: String,
    /// When the incident began.
    pub began: Timestamp,
    /// When the alert was raised.
    pub raised: Timestamp,
    /// What each location saw last.
    pub locations: Vec<Location>,
    /// The run's id.
    pub run: Option<String>,
    /// A page with more of it.
    pub link: Option<String>,
    /// The monitor's tags.
    pub tags: BTreeMap<String, String>,
}

/// What one location saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// Its name, for example a region.
    pub name: String,
    /// Whether the monitor holds there.
    pub passed: bool,
    /// How long it took there.
    pub duration: Duration,
    /// Why it failed.
    pub error: Option<String>,
    /// The checks that failed there.
    pub failed_checks: Vec<FailedCheck>,
}

/// A check that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedCheck {
    /// Its name.
    pub name: String,
    /// What was expected, if said.
    pub expected: Option<String>,
    /// What was found, if said.
    pub actual: Option<String>,
    /// More words, if said.
    pub message: Option<String>,
}
