//! Windows: what ended in each second, by kind, scenario and name.
//!
//! A sample is counted in the second in which it *ended*, so that a second is complete soon after it
//! is over, however long its requests took. A second is closed [`LATE_GRACE_SECONDS`] after its end;
//! what still arrives for it opens it again, which gives a further row of the same key. Rows of one
//! key add up: that is true within a second, over seconds, workers and runs.

mod read;
mod totals;

use std::collections::BTreeMap;
use std::sync::Arc;

use hashbrown::hash_map::EntryRef;
use hashbrown::{Equivalent, HashMap};
use outrider_model::{MetricKind, Sample, Timestamp};

pub use read::{WINDOW_COLUMNS, windows_from_batch};
pub use totals::{RequestTotals, ValueTotals, WindowTotals};

/// Two seconds: a sample reaches the windows some ten milliseconds after its end; only a stalled disk
/// makes it later, and then a second row does no harm.
pub const LATE_GRACE_SECONDS: i64 = 2;

/// The length of a window in nanoseconds.
pub(crate) const WINDOW_NS: i64 = 1_000_000_000;

/// What a window counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WindowKind {
    /// HTTP exchanges.
    Request,
    /// Steps.
    Step,
    /// Iterations; the name is the scenario's.
    Iteration,
    /// Verdicts.
    Check,
    /// Values of custom metrics.
    Metric,
}

impl WindowKind {
    /// All kinds.
    pub const ALL: [WindowKind; 5] =
        [WindowKind::Request, WindowKind::Step, WindowKind::Iteration, WindowKind::Check, WindowKind::Metric];

    /// The kind as rows spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            WindowKind::Request => "request",
            WindowKind::Step => "step",
            WindowKind::Iteration => "iteration",
            WindowKind::Check => "check",
            WindowKind::Metric => "metric",
        }
    }

    /// Whether what it counts can be interrupted.
    pub fn has_interrupted(self) -> bool {
        matches!(self, WindowKind::Request | WindowKind::Step | WindowKind::Iteration)
    }

    /// The kind of this name.
    pub fn from_name(name: &str) -> Option<WindowKind> {
        WindowKind::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// What a window's totals are about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WindowKey {
    /// What is counted.
    pub kind: WindowKind,
    /// The scenario; empty for set-up and tear-down.
    pub scenario: Arc<str>,
    /// The name of what is counted.
    pub name: Arc<str>,
    /// What else sets it apart: a check's pack, a metric's kind, else empty.
    pub detail: Arc<str>,
}

/// A borrowed [`WindowKey`]: finding a window's totals touches no reference count that VUs share.
#[derive(Clone, Copy, Hash)]
struct KeyRef<'a> {
    kind: WindowKind,
    scenario: &'a str,
    name: &'a str,
    detail: &'a str,
}

impl Equivalent<WindowKey> for KeyRef<'_> {
    fn equivalent(&self, key: &WindowKey) -> bool {
        self.kind == key.kind
            && self.name == &*key.name
            && self.scenario == &*key.scenario
            && self.detail == &*key.detail
    }
}

impl KeyRef<'_> {
    fn to_key(self) -> WindowKey {
        WindowKey {
            kind: self.kind,
            scenario: self.scenario.into(),
            name: self.name.into(),
            detail: self.detail.into(),
        }
    }
}

/// One row of the table `windows`.
#[derive(Clone, Debug)]
pub struct Window {
    /// The start of the second.
    pub started_at: Timestamp,
    /// What the totals are about.
    pub key: WindowKey,
    /// The totals.
    pub totals: WindowTotals,
}

/// The windows of one second.
#[derive(Debug, Default)]
struct Second {
    totals: HashMap<WindowKey, WindowTotals>,
    /// Whether anything was counted since [`Windows::take_changes`] was last asked.
    has_changed: bool,
}

/// The windows that are open.
#[derive(Debug, Default)]
pub struct Windows {
    open: BTreeMap<i64, Second>,
}

impl Windows {
    /// No windows yet.
    pub fn new() -> Windows {
        Windows::default()
    }

    /// Counts a sample in the second of its end. Logs and system samples have no window.
    pub fn record(&mut self, sample: &Sample) {
        match sample {
            Sample::Request(request) => {
                let key = key(WindowKind::Request, &request.origin.scenario, &request.name, "");
                self.totals(request.started_at + request.duration, key).add_request(request);
            }
            Sample::Step(step) => {
                let key = key(WindowKind::Step, &step.origin.scenario, &step.name, "");
                self.totals(step.started_at + step.duration, key).add_step(step);
            }
            Sample::Iteration(iteration) => {
                let key = key(WindowKind::Iteration, &iteration.scenario, &iteration.scenario, "");
                self.totals(iteration.started_at + iteration.duration, key).add_iteration(iteration);
            }
            Sample::Check(check) => {
                let key = key(WindowKind::Check, &check.origin.scenario, &check.name, &check.pack);
                self.totals(check.at, key).add_verdict(check.passed);
            }
            Sample::Metric(metric) => {
                let kind = metric.kind.as_str();
                let key = key(WindowKind::Metric, &metric.origin.scenario, &metric.name, kind);
                let is_trend = metric.kind == MetricKind::Trend;
                self.totals(metric.at, key).add_metric(metric.value, is_trend);
            }
            Sample::Log(_) | Sample::System(_) => {}
        }
    }

    /// Takes out the windows of all seconds that are over and had their grace, in order of time and key.
    pub fn close_before(&mut self, now: Timestamp) -> Vec<Window> {
        let keep_from = second_of(now) - LATE_GRACE_SECONDS;
        let keep = self.open.split_off(&keep_from);
        rows(std::mem::replace(&mut self.open, keep))
    }

    /// Takes out all windows.
    pub fn close_all(&mut self) -> Vec<Window> {
        rows(std::mem::take(&mut self.open))
    }

    /// The starts of the seconds that are not closed yet, and whether anything was counted in each since this was last
    /// asked.
    pub(crate) fn take_changes(&mut self) -> Vec<(Timestamp, bool)> {
        let changes = self.open.iter_mut();
        changes
            .map(|(second, windows)| {
                (Timestamp(second * WINDOW_NS), std::mem::take(&mut windows.has_changed))
            })
            .collect()
    }

    /// The windows of a second that is not closed, in order of their keys.
    pub(crate) fn in_second(&self, started_at: Timestamp) -> Vec<(&WindowKey, &WindowTotals)> {
        let windows = self.open.get(&second_of(started_at));
        let mut rows: Vec<_> = windows.into_iter().flat_map(|second| &second.totals).collect();
        rows.sort_unstable_by_key(|(key, _)| *key);
        rows
    }

    fn totals(&mut self, ended_at: Timestamp, key: KeyRef<'_>) -> &mut WindowTotals {
        let second = self.open.entry(second_of(ended_at)).or_default();
        second.has_changed = true;
        match second.totals.entry_ref(&key) {
            EntryRef::Occupied(entry) => entry.into_mut(),
            EntryRef::Vacant(entry) => entry.insert_with_key(key.to_key(), WindowTotals::default()),
        }
    }
}

fn key<'a>(kind: WindowKind, scenario: &'a str, name: &'a str, detail: &'a str) -> KeyRef<'a> {
    KeyRef { kind, scenario, name, detail }
}

fn second_of(at: Timestamp) -> i64 {
    at.0.div_euclid(WINDOW_NS)
}

fn rows(seconds: BTreeMap<i64, Second>) -> Vec<Window> {
    let mut rows = Vec::new();
    for (second, windows) in seconds {
        let started_at = Timestamp(second * WINDOW_NS);
        let first = rows.len();
        rows.extend(windows.totals.into_iter().map(|(key, totals)| Window { started_at, key, totals }));
        rows[first..].sort_unstable_by(|a, b| a.key.cmp(&b.key));
    }
    rows
}

#[cfg(test)]
mod tests;
