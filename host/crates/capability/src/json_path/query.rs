//! A query, taken apart.

use regex::Regex;
use serde_json::Value;

/// Where a query begins, and how it goes on from there.
#[derive(Debug)]
pub(super) struct Query {
    pub(super) root: Root,
    pub(super) segments: Vec<Segment>,
}

/// Where a query begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Root {
    /// `$`: the whole document.
    Document,
    /// `@`: the node that a filter looks at.
    Node,
}

/// One step of a query.
#[derive(Debug)]
pub(super) struct Segment {
    /// `..`: from the node and all that is below it.
    pub(super) descends: bool,
    /// At least one.
    pub(super) selectors: Vec<Selector>,
}

/// Which children of a node.
#[derive(Debug)]
pub(super) enum Selector {
    Name(String),
    Wildcard,
    /// Counted from the end if it is negative.
    Index(i64),
    Slice(Slice),
    Filter(Condition),
}

/// `start:end:step`, as in Python.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slice {
    pub(super) start: Option<i64>,
    pub(super) end: Option<i64>,
    pub(super) step: i64,
}

/// What a filter asks of a node.
#[derive(Debug)]
pub(super) enum Condition {
    /// `||`
    Any(Vec<Condition>),
    /// `&&`
    All(Vec<Condition>),
    /// `!`
    Not(Box<Condition>),
    /// The query selects something.
    Exists(Query),
    Compare {
        left: Operand,
        operator: Operator,
        right: Operand,
    },
    /// `match` and `search`.
    Matches {
        text: Operand,
        pattern: Pattern,
    },
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A value, or nothing.
#[derive(Debug)]
pub(super) enum Operand {
    Literal(Value),
    /// A query that selects one node at most.
    Singular(Query),
    /// `length`
    Length(Box<Operand>),
    /// `count`
    Count(Query),
    /// `value`
    Only(Query),
}

/// A regular expression.
#[derive(Debug)]
pub(super) enum Pattern {
    /// Written in the query. `None` if it is not valid: it matches nothing then, as the RFC has it.
    Fixed(Option<Regex>),
    /// Taken from the document.
    Computed {
        text: Operand,
        /// `match` and not `search`.
        whole: bool,
    },
}

impl Query {
    /// Whether it selects one node at most, by its form.
    pub(super) fn is_singular(&self) -> bool {
        self.segments.iter().all(|segment| {
            !segment.descends && matches!(segment.selectors[..], [Selector::Name(_) | Selector::Index(_)])
        })
    }
}

impl Slice {
    /// The indices of a list of `length` items, in the order of the slice (RFC 9535 §2.3.4.2.2).
    pub(super) fn indices(self, length: usize) -> impl Iterator<Item = usize> {
        let length = i64::try_from(length).unwrap_or(i64::MAX);
        let absolute = |index: i64| if index < 0 { length.saturating_add(index) } else { index };
        let (from, to) = if self.step >= 0 {
            let start = absolute(self.start.unwrap_or(0)).clamp(0, length);
            (start, absolute(self.end.unwrap_or(length)).clamp(0, length))
        } else {
            let start = self.start.map_or(length - 1, absolute).clamp(-1, length - 1);
            (start, self.end.map_or(-1, absolute).clamp(-1, length - 1))
        };
        let step = self.step;
        let inside = move |index: &i64| if step > 0 { *index < to } else { step < 0 && *index > to };
        std::iter::successors(Some(from).filter(inside), move |index| index.checked_add(step).filter(inside))
            .filter_map(|index| usize::try_from(index).ok())
    }
}
