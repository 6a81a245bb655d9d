//! What a pack judges.

use std::time::Duration;

use super::export::wit;
use crate::ErrorKind;
use crate::http::{self, Response};

/// An HTTP exchange that ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Exchange {
    /// The label under which it is counted.
    pub name: String,
    /// The method, upper case.
    pub method: String,
    /// The URL, without user and password.
    pub url: String,
    /// The answer, or why there is none.
    pub outcome: Result<Response, http::Error>,
}

/// A step that ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step {
    /// Its name.
    pub name: String,
    /// How long it took.
    pub duration: Duration,
    /// The journey's error, if it failed.
    pub error: Option<String>,
}

/// A page of a browser that finished loading. Vitals are none where the browser measured none.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Page {
    /// The label under which it is counted.
    pub name: String,
    /// Its URL.
    pub url: String,
    /// Largest contentful paint.
    pub lcp: Option<Duration>,
    /// First contentful paint.
    pub fcp: Option<Duration>,
    /// Time to first byte.
    pub ttfb: Option<Duration>,
    /// Interaction to next paint.
    pub inp: Option<Duration>,
    /// Cumulative layout shift, without unit.
    pub cls: Option<f64>,
}

/// An iteration that ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Iteration {
    /// The scenario's name.
    pub scenario: String,
    /// How long it took.
    pub duration: Duration,
    /// The journey's failure, if it failed.
    pub failure: Option<Failure>,
}

/// Why an iteration failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// Whose fault.
    pub kind: ErrorKind,
    /// What happened.
    pub message: String,
    /// Where in the journey's source, one frame a line, innermost first.
    pub stack: Option<String>,
}

impl Exchange {
    pub(super) fn from_wit(exchange: wit::Exchange) -> Self {
        let wit::Exchange { name, method, url, outcome } = exchange;
        let outcome = outcome.map(Response::from_wit).map_err(http::Error::from_wit);
        Self { name, method, url, outcome }
    }
}

impl Step {
    pub(super) fn from_wit(step: wit::Step) -> Self {
        Self { name: step.name, duration: Duration::from_nanos(step.duration), error: step.error }
    }
}

impl Page {
    pub(super) fn from_wit(page: wit::Page) -> Self {
        let wit::Page { name, url, lcp, fcp, ttfb, inp, cls } = page;
        let [lcp, fcp, ttfb, inp] = [lcp, fcp, ttfb, inp].map(|vital| vital.map(Duration::from_nanos));
        Self { name, url, lcp, fcp, ttfb, inp, cls }
    }
}

impl Iteration {
    pub(super) fn from_wit(iteration: wit::Iteration) -> Self {
        let failure = iteration.failure.map(|failure| Failure {
            kind: ErrorKind::from_wit(failure.kind),
            message: failure.message,
            stack: failure.stack,
        });
        let duration = Duration::from_nanos(iteration.duration);
        Self { scenario: iteration.scenario, duration, failure }
    }
}
