//! Walking a query through a document.

use std::ops::ControlFlow::{self, Break, Continue};

use serde_json::Value;

use super::query::{Query, Root, Segment, Selector};

/// Why a walk ended before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Whoever asked wants no more.
    Enough,
    /// Too many nodes were looked at.
    TooManyVisits,
}

/// Takes the nodes that are selected.
pub(super) type Take<'t, 'a> = &'t mut dyn FnMut(&'a Value) -> ControlFlow<Stop>;

/// One evaluation.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    document: &'a Value,
    visits_left: u64,
}

impl<'a> Walk<'a> {
    pub(super) fn new(document: &'a Value, max_visits: u64) -> Walk<'a> {
        Walk { document, visits_left: max_visits }
    }

    /// Hands the nodes that `segments` select from `node` on to `take`.
    ///
    /// Each call goes one segment or one level of the document further, and a segment goes down a level: the
    /// depth of the document, which serde_json bounds to 128, bounds the recursion.
    pub(super) fn select(
        &mut self,
        node: &'a Value,
        segments: &'a [Segment],
        take: Take<'_, 'a>,
    ) -> ControlFlow<Stop> {
        let Some((segment, rest)) = segments.split_first() else {
            self.spend(1)?;
            return take(node);
        };
        // A selector that finds nothing is work too.
        self.spend(segment.selectors.len() as u64)?;
        for selector in &segment.selectors {
            self.apply(selector, node, rest, take)?;
        }
        if segment.descends {
            for child in children(node) {
                self.select(child, segments, take)?;
            }
        }
        Continue(())
    }

    fn apply(
        &mut self,
        selector: &'a Selector,
        node: &'a Value,
        rest: &'a [Segment],
        take: Take<'_, 'a>,
    ) -> ControlFlow<Stop> {
        match (selector, node) {
            (Selector::Name(name), Value::Object(members)) => {
                members.get(name).map_or(Continue(()), |child| self.select(child, rest, take))
            }
            (Selector::Index(index), Value::Array(items)) => {
                item(items, *index).map_or(Continue(()), |child| self.select(child, rest, take))
            }
            (Selector::Slice(slice), Value::Array(items)) => {
                slice.indices(items.len()).try_for_each(|index| self.select(&items[index], rest, take))
            }
            (Selector::Wildcard, _) => children(node).try_for_each(|child| self.select(child, rest, take)),
            (Selector::Filter(condition), _) => children(node).try_for_each(|child| {
                self.spend(1)?;
                if self.holds(condition, child)? { self.select(child, rest, take) } else { Continue(()) }
            }),
            (Selector::Name(_) | Selector::Index(_) | Selector::Slice(_), _) => Continue(()),
        }
    }

    /// Hands the nodes that a filter's query selects to `take`, until that says that it has enough.
    pub(super) fn ask(&mut self, query: &'a Query, node: &'a Value, take: Take<'_, 'a>) -> ControlFlow<Stop> {
        let start = match query.root {
            Root::Document => self.document,
            Root::Node => node,
        };
        match self.select(start, &query.segments, take) {
            Break(Stop::Enough) => Continue(()),
            other => other,
        }
    }

    /// Counts nodes that are looked at, or work that takes as long.
    pub(super) fn spend(&mut self, visits: u64) -> ControlFlow<Stop> {
        match self.visits_left.checked_sub(visits) {
            Some(left) => {
                self.visits_left = left;
                Continue(())
            }
            None => Break(Stop::TooManyVisits),
        }
    }
}

fn item(items: &[Value], index: i64) -> Option<&Value> {
    let from_end = || items.len().checked_sub(usize::try_from(index.unsigned_abs()).ok()?);
    items.get(if index < 0 { from_end()? } else { usize::try_from(index).ok()? })
}

/// The children of a node, in the document's order.
fn children(node: &Value) -> impl Iterator<Item = &Value> {
    let (items, members) = match node {
        Value::Array(items) => (Some(items), None),
        Value::Object(members) => (None, Some(members)),
        _ => (None, None),
    };
    items.into_iter().flatten().chain(members.into_iter().flat_map(serde_json::Map::values))
}
