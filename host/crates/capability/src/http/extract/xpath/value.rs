//! What expressions come to (XPath 1.0 §1).

use crate::http::extract::document::{NONE, NodeId};

/// A node of the document, or an attribute of one. Ordered as in the document: an element's attributes
/// come after it and before its children.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Item {
    pub(super) node: NodeId,
    /// The attribute's number and one more; 0 for the node itself.
    attribute: u32,
}

impl Item {
    pub(super) fn of(node: NodeId) -> Item {
        debug_assert!(node != NONE, "a node that exists");
        Item { node, attribute: 0 }
    }

    pub(super) fn attribute_of(node: NodeId, attribute: u32) -> Item {
        Item { node, attribute: attribute + 1 }
    }

    pub(super) fn attribute(self) -> Option<u32> {
        self.attribute.checked_sub(1)
    }
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// In document order, each once.
    Nodes(Vec<Item>),
    Text(String),
    Number(f64),
    Truth(bool),
}

/// A text as a number: decimal digits with an optional sign and fraction, else no number.
pub(super) fn number_of(text: &str) -> f64 {
    let text = text.trim_matches([' ', '\t', '\r', '\n']);
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = |c: char| c.is_ascii_digit() || c == '.';
    match digits.chars().all(plain) && digits.contains(|c: char| c.is_ascii_digit()) {
        true => text.parse().unwrap_or(f64::NAN),
        false => f64::NAN,
    }
}

/// A number as text: without an exponent, whole numbers without a fraction.
pub(super) fn text_of(number: f64) -> String {
    match number {
        n if n.is_nan() => "NaN".to_owned(),
        n if n.is_infinite() => if n > 0.0 { "Infinity" } else { "-Infinity" }.to_owned(),
        0.0 => "0".to_owned(),
        n => n.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_texts_become_one_another() {
        assert_eq!([" 12.5\n", "-3", ".5", "1."].map(number_of), [12.5, -3.0, 0.5, 1.0]);
        for text in ["", "1e3", "+1", "1 2", "-", ".", "0x1", "Infinity"] {
            assert!(number_of(text).is_nan(), "{text}");
        }
        assert_eq!([1.0, -0.5, 1e21, -0.0].map(text_of), ["1", "-0.5", "1000000000000000000000", "0"]);
        assert_eq!([f64::NAN, f64::NEG_INFINITY].map(text_of), ["NaN", "-Infinity"]);
    }
}
