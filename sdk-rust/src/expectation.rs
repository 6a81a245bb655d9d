//! Expectations that say what was expected and what was found.
//!
//! [`check::that`](crate::check::that) begins one that is recorded, and
//! [`Verdict::that`](crate::Verdict::that) one that is returned.

use std::fmt::Debug;
use std::ops::RangeBounds;
use std::panic::Location;

use crate::bindings::imports::types::Tag;
use crate::{Verdict, tag};

/// An expectation that has a name, and no value to judge yet.
#[derive(Clone, Debug)]
#[must_use = "nothing is checked until a value is compared"]
pub struct Expectation<V> {
    name: String,
    message: Option<String>,
    tags: Vec<Tag>,
    conclude: Conclude<V>,
}

/// What becomes of a verdict: with the tags of its check, and where it was compared.
type Conclude<V> = fn(Verdict, &[Tag], &Location<'_>) -> V;

impl<V> Expectation<V> {
    pub(crate) fn new(name: String, conclude: Conclude<V>) -> Self {
        Self { name, message: None, tags: Vec::new(), conclude }
    }

    /// Adds words for the reader of a report.
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// Sets the value that is judged. It is shown as [`Debug`] shows it.
    pub fn actual<T>(self, actual: T) -> Subject<T, V> {
        Subject { expectation: self, actual }
    }

    #[track_caller]
    fn conclude(self, passed: bool, expected: String, actual: String) -> V {
        let Self { name, message, tags, conclude } = self;
        let verdict = Verdict { name, passed, expected: Some(expected), actual: Some(actual), message };
        conclude(verdict, &tags, Location::caller())
    }
}

impl Expectation<bool> {
    /// Adds a tag to the check besides the iteration's.
    pub fn tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.tags.push(tag::new(key, value));
        self
    }
}

/// A value that is to be compared.
#[derive(Clone, Debug)]
#[must_use = "nothing is checked until the value is compared"]
pub struct Subject<T, V> {
    expectation: Expectation<V>,
    actual: T,
}

impl<T: Debug, V> Subject<T, V> {
    /// The value equals another.
    #[track_caller]
    pub fn equals<E: Debug>(self, expected: E) -> V
    where
        T: PartialEq<E>,
    {
        let passed = self.actual == expected;
        self.conclude(passed, format!("{expected:?}"))
    }

    /// The value does not equal another.
    #[track_caller]
    pub fn differs_from<E: Debug>(self, unexpected: E) -> V
    where
        T: PartialEq<E>,
    {
        let passed = self.actual != unexpected;
        self.conclude(passed, format!("not {unexpected:?}"))
    }

    /// The value is less than a limit.
    #[track_caller]
    pub fn is_below<E: Debug>(self, limit: E) -> V
    where
        T: PartialOrd<E>,
    {
        let passed = self.actual < limit;
        self.conclude(passed, format!("< {limit:?}"))
    }

    /// The value is a limit or less.
    #[track_caller]
    pub fn is_at_most<E: Debug>(self, limit: E) -> V
    where
        T: PartialOrd<E>,
    {
        let passed = self.actual <= limit;
        self.conclude(passed, format!("<= {limit:?}"))
    }

    /// The value is more than a limit.
    #[track_caller]
    pub fn is_above<E: Debug>(self, limit: E) -> V
    where
        T: PartialOrd<E>,
    {
        let passed = self.actual > limit;
        self.conclude(passed, format!("> {limit:?}"))
    }

    /// The value is a limit or more.
    #[track_caller]
    pub fn is_at_least<E: Debug>(self, limit: E) -> V
    where
        T: PartialOrd<E>,
    {
        let passed = self.actual >= limit;
        self.conclude(passed, format!(">= {limit:?}"))
    }

    /// The value lies in a range.
    #[track_caller]
    pub fn is_in<R: RangeBounds<T> + Debug>(self, range: R) -> V
    where
        T: PartialOrd,
    {
        let passed = range.contains(&self.actual);
        self.conclude(passed, format!("in {range:?}"))
    }

    /// The value is one of these.
    #[track_caller]
    pub fn is_one_of<E: Debug>(self, expected: &[E]) -> V
    where
        T: PartialEq<E>,
    {
        let passed = expected.iter().any(|one| self.actual == *one);
        self.conclude(passed, format!("one of {expected:?}"))
    }

    /// The value fulfils a condition of your own, which `expected` says in words.
    #[track_caller]
    pub fn holds(self, expected: impl Into<String>, condition: impl FnOnce(&T) -> bool) -> V {
        let passed = condition(&self.actual);
        self.conclude(passed, expected.into())
    }

    /// The text contains another.
    #[track_caller]
    pub fn contains(self, expected: &str) -> V
    where
        T: AsRef<str>,
    {
        let passed = self.actual.as_ref().contains(expected);
        self.conclude(passed, format!("contains {expected:?}"))
    }

    #[track_caller]
    fn conclude(self, passed: bool, expected: String) -> V {
        let actual = format!("{:?}", self.actual);
        self.expectation.conclude(passed, expected, actual)
    }
}

impl<T: Debug, V> Subject<Option<T>, V> {
    /// There is a value.
    #[track_caller]
    pub fn is_present(self) -> V {
        let actual = self.actual.as_ref().map_or_else(|| "none".to_owned(), |value| format!("{value:?}"));
        let passed = self.actual.is_some();
        self.expectation.conclude(passed, "a value".to_owned(), actual)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn words(verdict: &Verdict) -> (bool, &str, &str) {
        let expected = verdict.expected.as_deref().unwrap();
        (verdict.passed, expected, verdict.actual.as_deref().unwrap())
    }

    #[test]
    fn equality_shows_both_sides() {
        let verdict = Verdict::that("title").actual("Shop").equals("shop");
        assert_eq!(words(&verdict), (false, "\"shop\"", "\"Shop\""));
    }

    #[test]
    fn limits_include_their_bound_where_they_say_so() {
        let limit = Duration::from_millis(5);
        assert!(!Verdict::that("quick").actual(limit).is_below(limit).passed);
        assert!(Verdict::that("quick").actual(limit).is_at_most(limit).passed);
        assert!(!Verdict::that("slow").actual(limit).is_above(limit).passed);
        assert!(Verdict::that("slow").actual(limit).is_at_least(limit).passed);
    }

    #[test]
    fn a_limit_is_shown_with_its_sign() {
        let verdict =
            Verdict::that("quick").actual(Duration::from_millis(7)).is_below(Duration::from_millis(5));
        assert_eq!(words(&verdict), (false, "< 5ms", "7ms"));
    }

    #[test]
    fn ranges_lists_and_texts_are_shown() {
        assert_eq!(
            words(&Verdict::that("status").actual(204).is_in(200..=299)),
            (true, "in 200..=299", "204")
        );
        let verdict = Verdict::that("status").actual(500).is_one_of(&[200, 201]);
        assert_eq!(words(&verdict), (false, "one of [200, 201]", "500"));
        let verdict = Verdict::that("page").actual("<h1>Shop").contains("Shop");
        assert_eq!(words(&verdict), (true, "contains \"Shop\"", "\"<h1>Shop\""));
    }

    #[test]
    fn a_missing_value_is_said_to_be_none() {
        let verdict = Verdict::that("token").actual(None::<u32>).is_present();
        assert_eq!(words(&verdict), (false, "a value", "none"));
    }

    #[test]
    fn a_condition_of_ones_own_needs_words() {
        let verdict =
            Verdict::that("even").message("by law").actual(3).holds("an even number", |n| n % 2 == 0);
        assert_eq!(words(&verdict), (false, "an even number", "3"));
        assert_eq!(verdict.message.as_deref(), Some("by law"));
    }

    #[test]
    fn the_place_is_that_of_the_comparison_wherever_the_value_comes_from() {
        let that = || Expectation::new("x".to_owned(), |_, _, place| (place.file().to_owned(), place.line()));
        let file = || file!().to_owned();
        assert_eq!(that().actual(1).equals(1), (file(), line!()));
        assert_eq!(that().actual(1).is_below(1), (file(), line!()));
        assert_eq!(that().actual(1).is_in(1..2), (file(), line!()));
        assert_eq!(that().actual(1).is_one_of(&[1]), (file(), line!()));
        assert_eq!(that().actual(1).holds("one", |one| *one == 1), (file(), line!()));
        assert_eq!(that().actual("one").contains("o"), (file(), line!()));
        assert_eq!(that().actual(Some(1)).is_present(), (file(), line!()));
    }
}
