//! JSONPath (RFC 9535), with a bound on what a query may cost.
//!
//! A query can be short and endless: `$[0,0][0,0]…` doubles its nodes with each segment, `$..*..*..*` meets
//! each node by many ways. It is evaluated in the host, where nobody can interrupt it. So it is walked
//! depth first, without lists in between, and each node that is looked at counts: beyond [`MAX_VISITS`] the
//! query is given up. Queries themselves are bounded in length, segments and nesting, so that neither
//! reading nor walking one can use up the stack.
//!
//! ```text
//! text ── parser ──► Query ── walk ──► nodes, in the order of the RFC
//!                                └──► condition: what filters ask of a node
//! ```

mod condition;
mod parser;
mod query;
mod reach;
mod walk;

use std::ops::ControlFlow;

use serde_json::Value;

use query::Query;
use walk::{Stop, Walk};

/// Two million nodes for one query: five times those of a document of 8 MiB with 20 bytes for each, so that
/// every query which looks at each node a few times fits.
pub const MAX_VISITS: u64 = 2_000_000;

/// 128 segments: as deep as documents can be nested, so that a longer query selects nothing.
pub const MAX_SEGMENTS: usize = 128;

/// 1 MiB for a compiled regular expression of a filter: `\w{1000}` does not fit.
const MAX_REGEX_BYTES: usize = 1024 * 1024;

/// A query that is ready to be asked.
#[derive(Debug)]
pub(crate) struct JsonPath(Query);

/// Why a text is no query.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason} at column {}", .characters_before + 1)]
pub(crate) struct JsonPathFault {
    reason: &'static str,
    characters_before: usize,
}

/// A query looked at more than [`MAX_VISITS`] nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooManyVisits;

impl JsonPath {
    /// Reads a query.
    pub(crate) fn parse(text: &str) -> Result<JsonPath, JsonPathFault> {
        let query = parser::parse(text).map_err(|fault| JsonPathFault {
            reason: fault.reason,
            characters_before: text[..fault.at].chars().count(),
        })?;
        Ok(JsonPath(query))
    }

    /// The first node that it selects.
    pub(crate) fn first<'a>(&'a self, document: &'a Value) -> Result<Option<&'a Value>, TooManyVisits> {
        let mut first = None;
        self.each(document, |node| {
            first = Some(node);
            ControlFlow::Break(())
        })?;
        Ok(first)
    }

    /// Hands over the nodes that it selects, one after the other, until `take` wants no more.
    pub(crate) fn each<'a>(
        &'a self,
        document: &'a Value,
        mut take: impl FnMut(&'a Value) -> ControlFlow<()>,
    ) -> Result<(), TooManyVisits> {
        let mut walk = Walk::new(document, MAX_VISITS);
        let mut take = |node| take(node).map_break(|()| Stop::Enough);
        match walk.select(document, &self.0.segments, &mut take) {
            ControlFlow::Break(Stop::TooManyVisits) => Err(TooManyVisits),
            ControlFlow::Break(Stop::Enough) | ControlFlow::Continue(()) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
