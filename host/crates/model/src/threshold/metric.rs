//! What a threshold can look at.

use std::fmt;
use std::sync::Arc;

use super::tags::quoted_if;

/// A metric: one value of each sample of a table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ThresholdMetric {
    /// Of HTTP exchanges.
    Requests(RequestMetric),
    /// Of steps.
    Steps(StepMetric),
    /// Of iterations.
    Iterations(IterationMetric),
    /// Of verdicts.
    Checks(CheckMetric),
    /// Of pages in a browser.
    Pages(PageMetric),
    /// A metric of the journey's own, by its name.
    Custom(Arc<str>),
}

/// What is measured of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestMetric {
    /// That it ended.
    Count,
    /// Whether it failed: no answer, or a status of 400 and more.
    Failed,
    /// Whether the end of its iteration cut it off, among all that were sent.
    Interrupted,
    /// From its start on a free connection to the last byte of the answer.
    Duration,
    /// The same from the time at which the schedule wanted it: later exchanges of an iteration are due when the
    /// one before them has been answered, so it differs for the first one alone, if its iteration started late.
    CorrectedDuration,
    /// Waiting for a free connection of the VU; not part of the duration.
    Blocked,
    /// Resolving the name.
    Dns,
    /// Opening the TCP connection.
    Connect,
    /// The TLS handshake.
    Tls,
    /// Writing the request.
    Send,
    /// From then to the first byte of the answer.
    Wait,
    /// From then to its last byte.
    Receive,
    /// Bytes written, before TLS.
    BytesSent,
    /// Bytes read, before TLS and decompression.
    BytesReceived,
}

/// What is measured of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepMetric {
    /// That it ended.
    Count,
    /// Whether it failed.
    Failed,
    /// How long it took, think time within it included.
    Duration,
}

/// What is measured of an iteration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IterationMetric {
    /// That it completed or failed.
    Count,
    /// Whether it failed, among those that completed or failed.
    Failed,
    /// Whether it was interrupted, among all that were scheduled.
    Interrupted,
    /// Whether it never started, among all that were scheduled.
    Dropped,
    /// From its start to its end, if it completed or failed.
    Duration,
    /// From its scheduled time to its end, if it completed or failed: what a user who comes at that
    /// time waits, also while this generator or the target is too slow to start it. In the closed model
    /// it is the duration.
    CorrectedDuration,
    /// From its scheduled time to its start.
    Lateness,
}

/// What is measured of a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CheckMetric {
    /// That it was made.
    Count,
    /// Whether it passed.
    Passed,
    /// Whether it failed.
    Failed,
}

/// What is measured of a page in a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PageMetric {
    /// Largest contentful paint.
    Lcp,
    /// First contentful paint.
    Fcp,
    /// Time to first byte.
    Ttfb,
    /// Interaction to next paint.
    Inp,
    /// Cumulative layout shift, a number without a unit.
    Cls,
}

/// The kind of a metric's values, which says what can be made of many of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Something happened.
    Events,
    /// Something happened or did not.
    Share,
    /// A length of time.
    Duration,
    /// A number of bytes.
    Bytes,
    /// A number without a unit.
    Score,
    /// What the journey chose: known once it reports a value.
    Custom,
}

/// Metrics of one kind of sample, which have the same tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// HTTP exchanges.
    Requests,
    /// Steps.
    Steps,
    /// Iterations.
    Iterations,
    /// Verdicts.
    Checks,
    /// Pages in a browser.
    Pages,
    /// The journey's own metrics.
    Metrics,
}

/// All metrics that have a name of their own, in the order of the guide.
static BUILT_IN: [(&str, ThresholdMetric); 32] = {
    use ThresholdMetric::{Checks, Iterations, Pages, Requests, Steps};
    [
        ("requests", Requests(RequestMetric::Count)),
        ("requests.failed", Requests(RequestMetric::Failed)),
        ("requests.interrupted", Requests(RequestMetric::Interrupted)),
        ("requests.duration", Requests(RequestMetric::Duration)),
        ("requests.corrected_duration", Requests(RequestMetric::CorrectedDuration)),
        ("requests.blocked", Requests(RequestMetric::Blocked)),
        ("requests.dns", Requests(RequestMetric::Dns)),
        ("requests.connect", Requests(RequestMetric::Connect)),
        ("requests.tls", Requests(RequestMetric::Tls)),
        ("requests.send", Requests(RequestMetric::Send)),
        ("requests.wait", Requests(RequestMetric::Wait)),
        ("requests.receive", Requests(RequestMetric::Receive)),
        ("requests.bytes_sent", Requests(RequestMetric::BytesSent)),
        ("requests.bytes_received", Requests(RequestMetric::BytesReceived)),
        ("steps", Steps(StepMetric::Count)),
        ("steps.failed", Steps(StepMetric::Failed)),
        ("steps.duration", Steps(StepMetric::Duration)),
        ("iterations", Iterations(IterationMetric::Count)),
        ("iterations.failed", Iterations(IterationMetric::Failed)),
        ("iterations.interrupted", Iterations(IterationMetric::Interrupted)),
        ("iterations.dropped", Iterations(IterationMetric::Dropped)),
        ("iterations.duration", Iterations(IterationMetric::Duration)),
        ("iterations.corrected_duration", Iterations(IterationMetric::CorrectedDuration)),
        ("iterations.lateness", Iterations(IterationMetric::Lateness)),
        ("checks", Checks(CheckMetric::Count)),
        ("checks.passed", Checks(CheckMetric::Passed)),
        ("checks.failed", Checks(CheckMetric::Failed)),
        ("pages.lcp", Pages(PageMetric::Lcp)),
        ("pages.fcp", Pages(PageMetric::Fcp)),
        ("pages.ttfb", Pages(PageMetric::Ttfb)),
        ("pages.inp", Pages(PageMetric::Inp)),
        ("pages.cls", Pages(PageMetric::Cls)),
    ]
};

/// What custom metrics begin with.
pub(super) const CUSTOM_PREFIX: &str = "metrics.";

impl ThresholdMetric {
    /// All metrics but the journeys' own, with their names.
    pub fn built_in() -> impl Iterator<Item = (&'static str, &'static ThresholdMetric)> {
        BUILT_IN.iter().map(|(name, metric)| (*name, metric))
    }

    /// The metric of this name, custom ones excepted.
    pub(super) fn named(name: &str) -> Option<ThresholdMetric> {
        ThresholdMetric::built_in().find(|(known, _)| *known == name).map(|(_, metric)| metric.clone())
    }

    /// The kind of its values.
    pub fn measure(&self) -> Measure {
        match self {
            ThresholdMetric::Requests(RequestMetric::Count)
            | ThresholdMetric::Steps(StepMetric::Count)
            | ThresholdMetric::Iterations(IterationMetric::Count)
            | ThresholdMetric::Checks(CheckMetric::Count) => Measure::Events,
            ThresholdMetric::Requests(RequestMetric::Failed | RequestMetric::Interrupted)
            | ThresholdMetric::Steps(StepMetric::Failed)
            | ThresholdMetric::Iterations(
                IterationMetric::Failed | IterationMetric::Interrupted | IterationMetric::Dropped,
            )
            | ThresholdMetric::Checks(CheckMetric::Passed | CheckMetric::Failed) => Measure::Share,
            ThresholdMetric::Requests(RequestMetric::BytesSent | RequestMetric::BytesReceived) => {
                Measure::Bytes
            }
            ThresholdMetric::Pages(PageMetric::Cls) => Measure::Score,
            ThresholdMetric::Requests(_)
            | ThresholdMetric::Steps(StepMetric::Duration)
            | ThresholdMetric::Iterations(_)
            | ThresholdMetric::Pages(_) => Measure::Duration,
            ThresholdMetric::Custom(_) => Measure::Custom,
        }
    }

    /// Whose metric it is.
    pub fn family(&self) -> Family {
        match self {
            ThresholdMetric::Requests(_) => Family::Requests,
            ThresholdMetric::Steps(_) => Family::Steps,
            ThresholdMetric::Iterations(_) => Family::Iterations,
            ThresholdMetric::Checks(_) => Family::Checks,
            ThresholdMetric::Pages(_) => Family::Pages,
            ThresholdMetric::Custom(_) => Family::Metrics,
        }
    }
}

impl fmt::Display for ThresholdMetric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let ThresholdMetric::Custom(name) = self {
            let bare = name.chars().all(continues_name) && !name.is_empty();
            return write!(f, "{CUSTOM_PREFIX}{}", quoted_if(!bare, name));
        }
        let name = ThresholdMetric::built_in().find(|(_, metric)| *metric == self);
        f.write_str(name.map_or("", |(name, _)| name))
    }
}

/// Whether a name that is not quoted goes on with this character.
pub(super) fn continues_name(c: char) -> bool {
    !c.is_whitespace() && !c.is_control() && !matches!(c, '{' | '<' | '>' | '=' | '!' | '"')
}

/// Tags that this program gives to samples; all others are the journey's.
const OWN_TAGS: [&str; 7] = ["name", "method", "status", "scenario", "step", "check", "pack"];

impl Family {
    /// All of them.
    pub const ALL: [Family; 6] =
        [Family::Requests, Family::Steps, Family::Iterations, Family::Checks, Family::Pages, Family::Metrics];

    /// The family's name, which its metrics begin with.
    pub fn as_str(self) -> &'static str {
        match self {
            Family::Requests => "requests",
            Family::Steps => "steps",
            Family::Iterations => "iterations",
            Family::Checks => "checks",
            Family::Pages => "pages",
            Family::Metrics => "metrics",
        }
    }

    /// The tags that each of its samples has, besides those that the journey sets.
    pub fn tags(self) -> &'static [&'static str] {
        match self {
            Family::Requests => &["name", "method", "status", "scenario", "step"],
            Family::Steps => &["name", "step", "scenario"],
            Family::Iterations => &["scenario"],
            Family::Checks => &["name", "check", "pack", "scenario", "step"],
            Family::Pages => &["name", "scenario", "step"],
            Family::Metrics => &["scenario", "step"],
        }
    }

    /// Whether a journey's tags are on its samples. Iterations have none: a tag is set during one.
    pub fn has_tags_of_the_journey(self) -> bool {
        self != Family::Iterations
    }

    /// Whether samples can have a tag of this key. A custom metric is free to have any.
    pub(super) fn can_have(self, key: &str) -> bool {
        match self {
            Family::Metrics => true,
            _ if self.tags().contains(&key) => true,
            _ => self.has_tags_of_the_journey() && !OWN_TAGS.contains(&key),
        }
    }
}
