//! A tree under construction: nodes come and move, and are numbered in document order in the end.

use std::ops::Range;

use html5ever::{LocalName, Namespace, QualName};

use super::super::{
    Attribute, Document, DocumentError, MAX_DOCUMENT_BYTES, MAX_DOCUMENT_DEPTH, Markup, NONE, Node, NodeId,
    NodeKind, ROOT, some,
};

/// Twice the longest document: elements that are opened anew have their attributes anew.
const MAX_TEXT_BYTES: usize = 2 * MAX_DOCUMENT_BYTES;

/// A tree under construction.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) nodes: Vec<Branch>,
    pub(super) attributes: Vec<Attribute>,
    pub(super) text: String,
    /// More text than there may be.
    pub(super) is_overfull: bool,
    /// The name of what has none. The parsers ask elements alone.
    pub(super) nameless: QualName,
}

/// A node under construction: its place may still change.
#[derive(Debug)]
pub(super) struct Branch {
    pub(super) kind: NodeKind,
    pub(super) parent: NodeId,
    pub(super) previous: NodeId,
    next: NodeId,
    pub(super) first: NodeId,
    pub(super) last: NodeId,
    /// About how many elements are around it.
    pub(super) depth: u32,
}

impl Tree {
    /// A tree of the document alone. `capacity` is about how much text it will have, in bytes.
    pub(super) fn new(capacity: usize) -> Tree {
        let mut tree = Tree {
            nodes: Vec::new(),
            attributes: Vec::new(),
            text: String::with_capacity(capacity),
            is_overfull: false,
            nameless: QualName::new(None, Namespace::default(), LocalName::default()),
        };
        tree.add(NodeKind::Document);
        tree
    }

    pub(super) fn add(&mut self, kind: NodeKind) -> NodeId {
        let id = NodeId::try_from(self.nodes.len()).unwrap_or(NONE);
        let (parent, previous, next, first, last) = (NONE, NONE, NONE, NONE, NONE);
        self.nodes.push(Branch { kind, parent, previous, next, first, last, depth: 0 });
        id
    }

    pub(super) fn add_text(&mut self, text: &str) -> Range<u32> {
        let start = self.text.len() as u32;
        self.is_overfull |= self.text.len() + text.len() > MAX_TEXT_BYTES;
        if !self.is_overfull {
            self.text.push_str(text);
        }
        start..self.text.len() as u32
    }

    pub(super) fn at(&mut self, id: NodeId) -> &mut Branch {
        &mut self.nodes[id as usize]
    }

    /// Adds a text behind `previous`, or to it, where it is the text that was added last.
    pub(super) fn extend_text(&mut self, previous: NodeId, text: &str) -> bool {
        let end = self.text.len() as u32;
        let Some(previous) = some(previous) else { return false };
        let NodeKind::Text(range) = &mut self.at(previous).kind else { return false };
        if range.end != end {
            // Moving it to the end could be done again for every letter of a hostile document.
            return false;
        }
        range.end += text.len() as u32;
        // No text is longer than the document, of which this is a part.
        self.text.push_str(text);
        true
    }

    pub(super) fn detach(&mut self, id: NodeId) {
        let Branch { parent, previous, next, .. } = *self.at(id);
        if let Some(previous) = some(previous) {
            self.at(previous).next = next;
        }
        if let Some(next) = some(next) {
            self.at(next).previous = previous;
        }
        if let Some(parent) = some(parent) {
            let parent = self.at(parent);
            if parent.first == id {
                parent.first = next;
            }
            if parent.last == id {
                parent.last = previous;
            }
        }
        let branch = self.at(id);
        (branch.parent, branch.previous, branch.next) = (NONE, NONE, NONE);
    }

    /// Puts a node into `parent`, before `next`, or as its last child.
    pub(super) fn insert(&mut self, id: NodeId, parent: NodeId, next: NodeId) {
        self.detach(id);
        let previous = match some(next) {
            Some(next) => std::mem::replace(&mut self.at(next).previous, id),
            None => std::mem::replace(&mut self.at(parent).last, id),
        };
        match some(previous) {
            Some(previous) => self.at(previous).next = id,
            None => self.at(parent).first = id,
        }
        let depth = self.at(parent).depth + 1;
        let branch = self.at(id);
        (branch.parent, branch.previous, branch.next, branch.depth) = (parent, previous, next, depth);
    }

    /// The finished document: nodes in document order, and what belongs to no parent left out.
    pub(super) fn number(self, markup: Markup) -> Result<Document, DocumentError> {
        let Tree { mut nodes, attributes, text, .. } = self;
        let mut numbered: Vec<Node> = Vec::with_capacity(nodes.len());
        // The new numbers of the open elements, and of the last child of each that was numbered.
        let mut open: Vec<(NodeId, NodeId)> = Vec::new();
        let mut next = Some(ROOT);
        while let Some(id) = next {
            let number = numbered.len() as NodeId;
            let (parent, previous) = open.last().copied().unwrap_or((NONE, NONE));
            if let Some(previous) = some(previous) {
                numbered[previous as usize].next = number;
            }
            if let Some((_, last)) = open.last_mut() {
                *last = number;
            }
            let kind = std::mem::replace(&mut nodes[id as usize].kind, NodeKind::Document);
            numbered.push(Node { kind, parent, previous, next: NONE, end: number + 1 });
            let mut at = id;
            next = some(nodes[at as usize].first);
            if next.is_some() {
                open.push((number, NONE));
                // The document itself is no element.
                if open.len() > MAX_DOCUMENT_DEPTH + 1 {
                    return Err(DocumentError::TooDeep);
                }
            }
            // Up to the first ancestor that has a sibling.
            while next.is_none() && at != ROOT {
                next = some(nodes[at as usize].next);
                if next.is_none() {
                    at = nodes[at as usize].parent;
                    if let Some((closed, _)) = open.pop() {
                        numbered[closed as usize].end = numbered.len() as NodeId;
                    }
                }
            }
        }
        Ok(Document { markup, nodes: numbered, attributes, text })
    }
}
