//! From markup to a tree, by html5ever's and xml5ever's parsers, within bounds.
//!
//! The parsers themselves do not recurse, but hostile markup makes them slow: every tag may be compared
//! with all open elements, every attribute with all others of its tag, and every paragraph may open all
//! formatting anew. So they are fed in small pieces, and are stopped between two pieces when the tree, or
//! the work, is beyond what a page needs.

mod tree;

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::time::Duration;

use html5ever::interface::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::{Attribute as ParsedAttribute, ExpandedName, LocalName, Namespace, QualName};
use outrider_model::RunClock;

use self::tree::Tree;
use super::{
    Attribute, Document, DocumentError, MAX_DOCUMENT_BYTES, MAX_DOCUMENT_DEPTH, MAX_DOCUMENT_NODES, Markup,
    NONE, NodeId, NodeKind, ROOT, some,
};

/// 1 KiB is fed at a time: what is too much is noticed within a few hundred tags.
const PIECE_BYTES: usize = 1024;

/// Fifty million looks at an open element, a few tenths of a second. A page of a megabyte needs a few
/// hundred thousand.
const MAX_LOOKS: u64 = 50_000_000;

/// Attributes that an element gets later make all its attributes move. That counts as a hundred looks
/// each, so that at most a few hundred thousand move.
const LOOKS_PER_MOVE: u64 = 100;

/// Two seconds for a document, ten times what the largest takes: a tag with a million attributes costs
/// time that the tree does not show.
const MAX_TIME: Duration = Duration::from_secs(2);

/// Reads a body as a document.
///
/// # Errors
///
/// If it is larger, deeper or more costly than the bounds.
pub(crate) fn parse(text: &str, markup: Markup) -> Result<Document, DocumentError> {
    if text.len() > MAX_DOCUMENT_BYTES {
        return Err(DocumentError::TooLarge { bytes: text.len() });
    }
    // What a parser makes of a text is hardly ever longer than the text.
    let builder = Builder::new(text.len());
    let tree = match markup {
        Markup::Html => {
            let options = html5ever::ParseOpts::default();
            feed(html5ever::parse_document(builder, options), text, |parser| &parser.tokenizer.sink.sink)
        }
        Markup::Xml => {
            let options = xml5ever::driver::XmlParseOpts::default();
            let parser = xml5ever::driver::parse_document(builder, options);
            feed(parser, text, |parser| &parser.tokenizer.sink.sink)
        }
    }?;
    tree.number(markup)
}

fn feed<P: TendrilSink<html5ever::tendril::fmt::UTF8, Output = Tree>>(
    mut parser: P,
    mut text: &str,
    builder: fn(&P) -> &Builder,
) -> Result<Tree, DocumentError> {
    let clock = RunClock::start_now();
    while !text.is_empty() {
        let (piece, rest) = text.split_at(text.floor_char_boundary(PIECE_BYTES));
        parser.process(StrTendril::from_slice(piece));
        text = rest;
        if let Some(fault) = builder(&parser).fault() {
            return Err(fault);
        }
        if clock.elapsed() > MAX_TIME {
            return Err(DocumentError::TooCostly);
        }
    }
    Ok(parser.finish())
}

/// What the parsers write into.
#[derive(Debug)]
struct Builder {
    tree: RefCell<Tree>,
    looks: Cell<u64>,
    deepest: Cell<u32>,
}

impl Builder {
    fn new(capacity: usize) -> Builder {
        Builder { tree: RefCell::new(Tree::new(capacity / 2)), looks: Cell::new(0), deepest: Cell::new(0) }
    }

    fn fault(&self) -> Option<DocumentError> {
        let tree = self.tree.borrow();
        if tree.nodes.len() > MAX_DOCUMENT_NODES {
            return Some(DocumentError::TooManyNodes);
        }
        if self.deepest.get() as usize > MAX_DOCUMENT_DEPTH {
            return Some(DocumentError::TooDeep);
        }
        (tree.is_overfull || self.looks.get() > MAX_LOOKS).then_some(DocumentError::TooCostly)
    }

    fn look(&self, times: u64) {
        self.looks.set(self.looks.get() + times);
    }

    fn insert(&self, parent: NodeId, next: NodeId, child: NodeOrText<NodeId>) {
        let mut tree = self.tree.borrow_mut();
        let id = match child {
            NodeOrText::AppendNode(id) => id,
            NodeOrText::AppendText(text) => {
                let previous = match some(next) {
                    Some(next) => tree.at(next).previous,
                    None => tree.at(parent).last,
                };
                if tree.extend_text(previous, &text) {
                    return;
                }
                let range = tree.add_text(&text);
                tree.add(NodeKind::Text(range))
            }
        };
        tree.insert(id, parent, next);
        let branch = tree.at(id);
        if matches!(branch.kind, NodeKind::Element { .. }) {
            self.deepest.set(self.deepest.get().max(branch.depth));
        }
    }
}

impl TreeSink for Builder {
    type Handle = NodeId;
    type Output = Tree;
    type ElemName<'a> = Name<'a>;

    fn finish(self) -> Tree {
        self.tree.into_inner()
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> NodeId {
        ROOT
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Name<'a> {
        self.look(1);
        Name(std::cell::Ref::map(self.tree.borrow(), |tree| match &tree.nodes[*target as usize].kind {
            NodeKind::Element { name, .. } => name,
            _ => &tree.nameless,
        }))
    }

    fn create_element(&self, name: QualName, attrs: Vec<ParsedAttribute>, _: ElementFlags) -> NodeId {
        let mut tree = self.tree.borrow_mut();
        let start = tree.attributes.len() as u32;
        for attribute in attrs {
            let value = tree.add_text(&attribute.value);
            tree.attributes.push(Attribute { name: attribute.name, value });
        }
        let attributes = start..tree.attributes.len() as u32;
        tree.add(NodeKind::Element { name, attributes })
    }

    fn create_comment(&self, text: StrTendril) -> NodeId {
        let mut tree = self.tree.borrow_mut();
        let range = tree.add_text(&text);
        tree.add(NodeKind::Comment(range))
    }

    fn create_pi(&self, target: StrTendril, data: StrTendril) -> NodeId {
        let mut tree = self.tree.borrow_mut();
        let target = tree.add_text(&target);
        let data = tree.add_text(&data);
        tree.add(NodeKind::Instruction { target, data })
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        self.insert(*parent, NONE, child);
    }

    fn append_based_on_parent_node(
        &self,
        element: &NodeId,
        prev_element: &NodeId,
        child: NodeOrText<NodeId>,
    ) {
        let has_parent = some(self.tree.borrow_mut().at(*element).parent).is_some();
        match has_parent {
            true => self.append_before_sibling(element, child),
            false => self.append(prev_element, child),
        }
    }

    /// Neither CSS nor XPath see it.
    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    /// What is in a template can be asked for as if it were in the page.
    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        *target
    }

    fn same_node(&self, x: &NodeId, y: &NodeId) -> bool {
        self.look(1);
        x == y
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &NodeId, new_node: NodeOrText<NodeId>) {
        let parent = self.tree.borrow_mut().at(*sibling).parent;
        if let Some(parent) = some(parent) {
            self.insert(parent, *sibling, new_node);
        }
    }

    fn add_attrs_if_missing(&self, target: &NodeId, attrs: Vec<ParsedAttribute>) {
        let mut tree = self.tree.borrow_mut();
        let NodeKind::Element { attributes, .. } = &tree.at(*target).kind else { return };
        let known = attributes.clone();
        self.look((known.len() * attrs.len()) as u64);
        let is_known = |tree: &Tree, attribute: &ParsedAttribute| {
            known.clone().any(|index| tree.attributes[index as usize].name == attribute.name)
        };
        let missing: Vec<_> = attrs.into_iter().filter(|attribute| !is_known(&tree, attribute)).collect();
        if missing.is_empty() {
            return;
        }
        // An element's attributes stand together, so all of them move.
        self.look(LOOKS_PER_MOVE * known.len() as u64);
        let start = tree.attributes.len() as u32;
        for index in known {
            let Attribute { name, value } = &tree.attributes[index as usize];
            let copy = Attribute { name: name.clone(), value: value.clone() };
            tree.attributes.push(copy);
        }
        for attribute in missing {
            let value = tree.add_text(&attribute.value);
            tree.attributes.push(Attribute { name: attribute.name, value });
        }
        let moved = start..tree.attributes.len() as u32;
        if let NodeKind::Element { attributes, .. } = &mut tree.at(*target).kind {
            *attributes = moved;
        }
    }

    fn remove_from_parent(&self, target: &NodeId) {
        self.tree.borrow_mut().detach(*target);
    }

    fn reparent_children(&self, node: &NodeId, new_parent: &NodeId) {
        let mut tree = self.tree.borrow_mut();
        while let Some(child) = some(tree.at(*node).first) {
            self.look(1);
            tree.insert(child, *new_parent, NONE);
        }
    }
}

/// The name of an element under construction.
#[derive(Debug)]
struct Name<'a>(std::cell::Ref<'a, QualName>);

impl html5ever::interface::tree_builder::ElemName for Name<'_> {
    fn ns(&self) -> &Namespace {
        &self.0.ns
    }

    fn local_name(&self) -> &LocalName {
        &self.0.local
    }

    fn expanded(&self) -> ExpandedName<'_> {
        self.0.expanded()
    }
}
