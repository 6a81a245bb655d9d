//! A body as a tree of elements, for CSS selectors and XPath.
//!
//! Nodes are numbered in document order, and a node's descendants follow it without a gap: a descendant
//! axis is a range of numbers, and two nodes are compared by theirs. Nothing here recurses, whatever a
//! body's nesting.

mod build;
mod inventory;

use std::cell::Cell;
use std::ops::Range;

use html5ever::QualName;

pub(crate) use build::parse;
pub(crate) use inventory::{Inventory, MAX_COUNTED_NAMES};

/// 8 MiB: larger documents are not parsed, as with JSON.
pub const MAX_DOCUMENT_BYTES: usize = 8 * 1024 * 1024;

/// 500,000 nodes, far more than pages have. A few kilobytes of markup can ask for millions.
pub const MAX_DOCUMENT_NODES: usize = 500_000;

/// 512 elements inside one another, as deep as Chromium builds a page.
pub const MAX_DOCUMENT_DEPTH: usize = 512;

/// Ten million visits of a node, twenty for each that a document may have: what one question about a document may cost.
pub const MAX_DOCUMENT_VISITS: u64 = 10_000_000;

/// 8 MiB of text and as much for lists: what one question may answer.
pub const MAX_ANSWER_BYTES: usize = 8 * 1024 * 1024;

/// A node's number; the document itself is 0.
pub(super) type NodeId = u32;

/// The number of no node.
pub(super) const NONE: NodeId = NodeId::MAX;

/// The document's own number.
pub(super) const ROOT: NodeId = 0;

/// How a body's markup is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Markup {
    /// As browsers read HTML: everything is a document somehow, names are in lower case.
    Html,
    /// As XML: names are as they are written.
    Xml,
}

impl Markup {
    /// How a body of this media type is read: as HTML unless it says that it is XML.
    pub(crate) fn of_media_type(content_type: Option<&str>) -> Markup {
        let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        let essence = essence.to_ascii_lowercase();
        match essence == "text/xml" || essence == "application/xml" || essence.ends_with("+xml") {
            true => Markup::Xml,
            false => Markup::Html,
        }
    }
}

/// A document that cannot be read, or a question that it costs too much to answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// The body is too long to be parsed.
    #[error("the body is a document of {bytes} bytes, more than {MAX_DOCUMENT_BYTES}")]
    TooLarge {
        /// Its length, in bytes.
        bytes: usize,
    },
    /// Too many elements, texts and comments.
    #[error("the body is a document of more than {MAX_DOCUMENT_NODES} nodes")]
    TooManyNodes,
    /// Too many elements inside one another.
    #[error("the body is a document of more than {MAX_DOCUMENT_DEPTH} elements inside one another")]
    TooDeep,
    /// Its markup is so broken that a tree of it costs far more than the page itself.
    #[error("the body's markup is so broken that it costs too much to read as a document")]
    TooCostly,
    /// The question looks at too many nodes.
    #[error("the question looks at more nodes than {MAX_DOCUMENT_VISITS}")]
    TooManyVisits,
    /// The answer is too long.
    #[error("the answer has more than {MAX_ANSWER_BYTES} bytes")]
    AnswerTooLarge,
}

#[derive(Debug)]
pub(super) enum NodeKind {
    Document,
    Element { name: QualName, attributes: Range<u32> },
    Text(Range<u32>),
    Comment(Range<u32>),
    Instruction { target: Range<u32>, data: Range<u32> },
}

#[derive(Debug)]
pub(super) struct Node {
    pub(super) kind: NodeKind,
    pub(super) parent: NodeId,
    pub(super) previous: NodeId,
    pub(super) next: NodeId,
    /// One more than the number of the last descendant.
    pub(super) end: NodeId,
}

#[derive(Debug)]
pub(super) struct Attribute {
    pub(super) name: QualName,
    pub(super) value: Range<u32>,
}

/// A body as a tree.
#[derive(Debug)]
pub(crate) struct Document {
    markup: Markup,
    nodes: Vec<Node>,
    attributes: Vec<Attribute>,
    /// All texts of the document.
    text: String,
}

impl Document {
    pub(super) fn is_html(&self) -> bool {
        self.markup == Markup::Html
    }

    /// All nodes in document order.
    pub(super) fn len(&self) -> NodeId {
        NodeId::try_from(self.nodes.len()).unwrap_or(NONE)
    }

    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    pub(super) fn is_element(&self, id: NodeId) -> bool {
        matches!(self.node(id).kind, NodeKind::Element { .. })
    }

    /// The name of an element.
    pub(super) fn name(&self, id: NodeId) -> Option<&QualName> {
        match &self.node(id).kind {
            NodeKind::Element { name, .. } => Some(name),
            _ => None,
        }
    }

    pub(super) fn first_child(&self, id: NodeId) -> Option<NodeId> {
        (self.node(id).end > id + 1).then_some(id + 1)
    }

    pub(super) fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        std::iter::successors(self.first_child(id), |child| some(self.node(*child).next))
    }

    /// The numbers of an element's attributes.
    pub(super) fn attributes_of(&self, id: NodeId) -> Range<u32> {
        match &self.node(id).kind {
            NodeKind::Element { attributes, .. } => attributes.clone(),
            _ => 0..0,
        }
    }

    pub(super) fn attribute(&self, index: u32) -> &Attribute {
        &self.attributes[index as usize]
    }

    /// The value of an element's attribute, by its local name.
    pub(super) fn attribute_value(&self, id: NodeId, name: &str) -> Option<&str> {
        let mut all = self.attributes_of(id).map(|index| self.attribute(index));
        all.find(|attribute| *attribute.name.local == *name).map(|attribute| self.slice(&attribute.value))
    }

    pub(super) fn slice(&self, range: &Range<u32>) -> &str {
        &self.text[range.start as usize..range.end as usize]
    }

    /// The texts of a node and its descendants, in order.
    pub(super) fn texts(&self, id: NodeId) -> impl Iterator<Item = &str> {
        (id..self.node(id).end).filter_map(|inner| match &self.node(inner).kind {
            NodeKind::Text(range) => Some(self.slice(range)),
            _ => None,
        })
    }
}

/// A number that may be that of no node.
pub(super) fn some(id: NodeId) -> Option<NodeId> {
    (id != NONE).then_some(id)
}

/// What one question may still cost. A question that has used it up goes on without finding anything,
/// and is an error in the end.
#[derive(Debug)]
pub(super) struct Budget {
    visits: Cell<u64>,
    bytes: Cell<usize>,
    fault: Cell<Option<Overrun>>,
}

#[derive(Clone, Copy, Debug)]
enum Overrun {
    Visits,
    Bytes,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget {
            visits: Cell::new(MAX_DOCUMENT_VISITS),
            bytes: Cell::new(MAX_ANSWER_BYTES),
            fault: Cell::default(),
        }
    }
}

impl Budget {
    /// Takes `visits`; whether there were so many left.
    pub(super) fn visit(&self, visits: u64) -> bool {
        match self.visits.get().checked_sub(visits) {
            Some(left) => self.visits.set(left),
            None => self.run_over(Overrun::Visits),
        }
        !self.is_over()
    }

    /// Takes the bytes of a part of the answer; whether there were so many left.
    pub(super) fn answer(&self, bytes: usize) -> bool {
        // A list has an entry for each text, however short it is.
        match self.bytes.get().checked_sub(bytes + 16) {
            Some(left) => self.bytes.set(left),
            None => self.run_over(Overrun::Bytes),
        }
        !self.is_over()
    }

    pub(super) fn is_over(&self) -> bool {
        self.fault.get().is_some()
    }

    fn run_over(&self, overrun: Overrun) {
        self.fault.set(self.fault.get().or(Some(overrun)));
    }

    /// An answer that was found within the budget.
    pub(super) fn within<T>(&self, answer: T) -> Result<T, DocumentError> {
        match self.fault.get() {
            None => Ok(answer),
            Some(Overrun::Visits) => Err(DocumentError::TooManyVisits),
            Some(Overrun::Bytes) => Err(DocumentError::AnswerTooLarge),
        }
    }
}

#[cfg(test)]
mod tests;
