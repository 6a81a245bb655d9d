//! XPath 1.0 over our own tree.
//!
//! All axes but `namespace`, all functions of the core library, and `lower-case`, `upper-case` and
//! `ends-with`, which later versions have. Three things are made easy for pages and answers of services,
//! where XPath 1.0 itself would select nothing:
//!
//! * a name without a prefix is the local name, whatever the namespace;
//! * a name with a prefix is the name as the document writes it;
//! * in HTML, names of elements and attributes are compared without regard to case.
//!
//! Variables do not exist. What an expression may cost is bounded by a count of the nodes that it looks
//! at, and its nesting by the parser.

mod axis;
mod eval;
mod expr;
mod function;
mod lexer;
mod parser;
mod value;

use self::eval::{Context, Evaluator};
use self::expr::Expr;
use self::value::Value;
use super::PatternError;
use super::document::{Budget, Document, DocumentError, ROOT};

/// A compiled expression.
#[derive(Debug)]
pub(crate) struct XPath {
    expr: Expr,
}

impl XPath {
    /// Reads an expression.
    pub(super) fn parse(text: &str) -> Result<XPath, PatternError> {
        match parser::parse(text) {
            Ok(expr) => Ok(XPath { expr }),
            Err(fault) => Err(PatternError::XPath {
                expression: text.to_owned(),
                reason: format!("{} at column {}", fault.what, column(text, fault.at)),
            }),
        }
    }

    /// The string values of the nodes that it selects, in document order, at most `limit`; or the one
    /// string, number or truth value that it comes to, as text.
    pub(super) fn evaluate(&self, document: &Document, limit: usize) -> Result<Vec<String>, DocumentError> {
        let budget = Budget::default();
        let evaluator = Evaluator { document, budget: &budget };
        let value = evaluator.eval(&self.expr, Context::of(ROOT));
        let found = match value {
            Value::Nodes(items) => items
                .into_iter()
                .take(limit)
                .map_while(|item| {
                    let text = evaluator.string_of(item);
                    budget.answer(text.len()).then_some(text)
                })
                .collect(),
            other => vec![evaluator.text_from(other)].into_iter().take(limit).collect(),
        };
        budget.within(found)
    }
}

/// The column of a byte, in letters from 1.
fn column(text: &str, at: usize) -> usize {
    text[..text.floor_char_boundary(at)].chars().count() + 1
}

#[cfg(test)]
mod tests;
