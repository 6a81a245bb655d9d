//! What is wrong with an expression, and where.

use std::fmt;
use std::ops::Range;

use super::hints;
use super::scan::printable;
use super::{Aggregation, Dimension, Family, ThresholdMetric};

/// An expression that is not a threshold.
#[derive(Clone, Debug, PartialEq)]
pub struct ThresholdError {
    expression: String,
    span: Range<usize>,
    kind: ThresholdErrorKind,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ThresholdErrorKind {
    /// There is nothing.
    #[error("the threshold is empty")]
    Empty,
    /// Something else should come here.
    #[error("expected {what}, found {found}")]
    Expected {
        /// What should come.
        what: &'static str,
        /// What comes.
        found: String,
    },
    /// There is no such metric.
    #[error("there is no metric '{}'", super::scan::shown(.name))]
    UnknownMetric {
        /// Its name.
        name: String,
    },
    /// A metric of the journey's own needs its name.
    #[error("the journey's metric has no name")]
    UnnamedMetric,
    /// The tags have no end.
    #[error("the brace that opens the tags is not closed")]
    UnclosedTags,
    /// A text in quotes has no end.
    #[error("the quote is not closed")]
    UnclosedQuote,
    /// A backslash in quotes stands before something else than a quote or a backslash.
    #[error("a backslash in quotes stands before a quote or a backslash only")]
    Escape,
    /// One tag twice: no sample has two values of it.
    #[error("the tag '{}' is there twice, and no sample has two values of it", super::scan::shown(.key))]
    RepeatedTag {
        /// Its key.
        key: String,
    },
    /// Samples of the metric never have such a tag.
    #[error("{} have no tag '{}'", .family.as_str(), super::scan::shown(.key))]
    ForeignTag {
        /// Its key.
        key: String,
        /// Whose metric it is.
        family: Family,
    },
    /// A status that no answer has.
    #[error("'{value}' is not a status")]
    BadStatus {
        /// The value.
        value: String,
    },
    /// There is no such aggregation.
    #[error("there is no aggregation '{name}'")]
    UnknownAggregation {
        /// Its name.
        name: String,
    },
    /// A percentile below 0 or above 100.
    #[error("'{text}' is not a percentile from 0 to 100")]
    BadPercentile {
        /// What stands for its number.
        text: String,
    },
    /// The aggregation makes nothing of the metric.
    #[error("{metric} has no {aggregation}")]
    UnfitAggregation {
        /// The metric.
        metric: ThresholdMetric,
        /// The aggregation.
        aggregation: Aggregation,
    },
    /// Not a number.
    #[error("'{text}' is not a number")]
    BadNumber {
        /// What stands for it.
        text: String,
    },
    /// A comma in a number.
    #[error("a number has no comma")]
    Comma,
    /// A number that is not to be represented, or longer than any run.
    #[error("the number is too large")]
    TooLarge,
    /// What is never below zero.
    #[error("{} is never negative", .dimension.in_words())]
    Negative {
        /// What it is.
        dimension: Dimension,
    },
    /// More than all.
    #[error("a share is at most 100%")]
    ShareAboveAll,
    /// A number that says nothing without a unit.
    #[error("{} needs a unit", .dimension.in_words())]
    MissingUnit {
        /// What the value is.
        dimension: Dimension,
        /// The number.
        number: String,
    },
    /// There is no such unit.
    #[error("there is no unit '{unit}'")]
    UnknownUnit {
        /// The unit.
        unit: String,
        /// What the value is.
        dimension: Dimension,
    },
    /// A unit of something else.
    #[error("'{unit}' does not fit: the value is {}", .dimension.in_words())]
    UnfitUnit {
        /// The unit.
        unit: &'static str,
        /// What the value is.
        dimension: Dimension,
    },
}

/// An error before it is known which expression it is about.
#[derive(Debug)]
pub(super) struct Fault {
    span: Range<usize>,
    kind: ThresholdErrorKind,
}

impl Fault {
    /// Whether a number or a duration is larger than any that makes sense.
    pub(super) fn is_too_large(&self) -> bool {
        self.kind == ThresholdErrorKind::TooLarge
    }

    pub(super) fn at(span: Range<usize>, kind: ThresholdErrorKind) -> Fault {
        Fault { span, kind }
    }
}

impl ThresholdError {
    pub(super) fn new(expression: &str, fault: Fault) -> ThresholdError {
        ThresholdError { expression: expression.to_owned(), span: fault.span, kind: fault.kind }
    }

    /// What is wrong.
    pub fn kind(&self) -> &ThresholdErrorKind {
        &self.kind
    }

    /// Where: bytes of the expression, none where something is missing.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The expression on one line, and a line of carets under the place.
    pub fn excerpt(&self) -> String {
        let shown: String = self.expression.chars().map(printable).collect();
        let before = self.expression[..self.span.start].chars().count();
        let wide = self.expression[self.span.clone()].chars().count().max(1);
        format!("{}\n{}{}", shown.trim_end(), " ".repeat(before), "^".repeat(wide))
    }

    /// What to write instead.
    pub fn hint(&self) -> Option<String> {
        hints::of(&self.kind)
    }
}

impl fmt::Display for ThresholdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl std::error::Error for ThresholdError {}
