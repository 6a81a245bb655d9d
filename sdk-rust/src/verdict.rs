//! What was expected and what was found.

use std::panic::Location;

use crate::bindings::imports::measure;
use crate::bindings::imports::types::Tag;
use crate::expectation::Expectation;
use crate::tag;

/// The outcome of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a verdict counts only when it is recorded or returned to the host"]
pub struct Verdict {
    /// The check's name: few different ones. Cut after 256 bytes.
    pub name: String,
    /// Whether it holds.
    pub passed: bool,
    /// What was expected; cut after 1,024 bytes.
    pub expected: Option<String>,
    /// What was found; cut after 1,024 bytes.
    pub actual: Option<String>,
    /// More words, where they help; cut after 1,024 bytes.
    pub message: Option<String>,
}

impl Verdict {
    /// A verdict without further words.
    pub fn new(name: impl Into<String>, passed: bool) -> Self {
        Self { name: name.into(), passed, expected: None, actual: None, message: None }
    }

    /// Says what was expected.
    ///
    /// ```
    /// # use outrider_sdk::Verdict;
    /// let verdict = Verdict::new("answer is fresh", false).expected("an age of 60 or less").actual("71");
    /// assert_eq!(verdict.actual.as_deref(), Some("71"));
    /// ```
    pub fn expected(self, expected: impl Into<String>) -> Self {
        Self { expected: Some(expected.into()), ..self }
    }

    /// Says what was found.
    pub fn actual(self, actual: impl Into<String>) -> Self {
        Self { actual: Some(actual.into()), ..self }
    }

    /// Begins an expectation that ends in a verdict.
    ///
    /// ```
    /// # use outrider_sdk::Verdict;
    /// let verdict = Verdict::that("status is 200").actual(404).equals(200);
    /// assert!(!verdict.passed);
    /// assert_eq!(verdict.expected.as_deref(), Some("200"));
    /// assert_eq!(verdict.actual.as_deref(), Some("404"));
    /// ```
    pub fn that(name: impl Into<String>) -> Expectation<Verdict> {
        Expectation::new(name.into(), |verdict, _, _| verdict)
    }

    /// Records it as a check of the journey, and says whether it holds. One that does not is reported with the place of
    /// this call.
    #[track_caller]
    pub fn record(self) -> bool {
        self.record_at(&[], Location::caller())
    }

    /// As [`record`](Self::record), with tags besides the iteration's.
    #[track_caller]
    pub fn record_tagged<K: Into<String>, V: Into<String>>(
        self,
        tags: impl IntoIterator<Item = (K, V)>,
    ) -> bool {
        let tags: Vec<Tag> = tags.into_iter().map(|(key, value)| tag::new(key, value)).collect();
        self.record_at(&tags, Location::caller())
    }

    /// Only a check that fails says its place: the others are as cheap as they can be.
    pub(crate) fn record_at(self, tags: &[Tag], place: &Location<'_>) -> bool {
        let passed = self.passed;
        let verdict = self.into_wit();
        match (passed, tags) {
            (true, []) => measure::check(&verdict),
            (true, tags) => measure::check_tagged(&verdict, tags),
            (false, tags) => measure::check_at(&verdict, tags, &place.to_string()),
        }
        passed
    }

    pub(crate) fn from_wit(verdict: measure::Verdict) -> Self {
        let measure::Verdict { name, passed, expected, actual, message } = verdict;
        Self { name, passed, expected, actual, message }
    }

    pub(crate) fn into_wit(self) -> measure::Verdict {
        let Self { name, passed, expected, actual, message } = self;
        measure::Verdict { name, passed, expected, actual, message }
    }
}
