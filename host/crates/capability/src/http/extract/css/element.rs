//! An element as `selectors` looks at it. Every look is taken from the question's budget: when that is
//! used up nothing matches any more.

use html5ever::Namespace;
use html5ever::ns;
use selectors::attr::{AttrSelectorOperation, CaseSensitivity, NamespaceConstraint};
use selectors::bloom::BloomFilter;
use selectors::matching::{ElementSelectorFlags, MatchingContext};
use selectors::{Element, OpaqueElement};

use super::words::{Name, Nothing, Value, Words};
use crate::http::extract::document::{Budget, Document, NodeId, NodeKind, ROOT, some};

/// An element of a document, on behalf of one question.
#[derive(Clone, Copy, Debug)]
pub(super) struct ElementRef<'a> {
    document: &'a Document,
    budget: &'a Budget,
    id: NodeId,
}

impl<'a> ElementRef<'a> {
    pub(super) fn new(document: &'a Document, budget: &'a Budget, id: NodeId) -> ElementRef<'a> {
        ElementRef { document, budget, id }
    }

    /// The first element from `from` on, following `next`.
    fn element(self, from: NodeId, next: impl Fn(NodeId) -> NodeId) -> Option<ElementRef<'a>> {
        let mut id = from;
        while let Some(candidate) = some(id).filter(|_| self.budget.visit(1)) {
            if self.document.is_element(candidate) {
                return Some(ElementRef { id: candidate, ..self });
            }
            id = next(candidate);
        }
        None
    }

    /// The value of an attribute in no namespace.
    fn attribute(self, name: &str) -> Option<&'a str> {
        let count = self.document.attributes_of(self.id).len() as u64;
        self.budget.visit(1 + count / 8).then(|| self.document.attribute_value(self.id, name)).flatten()
    }
}

impl Element for ElementRef<'_> {
    type Impl = Words;

    fn opaque(&self) -> OpaqueElement {
        OpaqueElement::new(self.document.node(self.id))
    }

    fn parent_element(&self) -> Option<Self> {
        let parent = some(self.document.node(self.id).parent).filter(|parent| *parent != ROOT)?;
        self.budget.visit(1).then_some(ElementRef { id: parent, ..*self })
    }

    fn parent_node_is_shadow_root(&self) -> bool {
        false
    }

    fn containing_shadow_host(&self) -> Option<Self> {
        None
    }

    fn is_pseudo_element(&self) -> bool {
        false
    }

    fn prev_sibling_element(&self) -> Option<Self> {
        self.element(self.document.node(self.id).previous, |id| self.document.node(id).previous)
    }

    fn next_sibling_element(&self) -> Option<Self> {
        self.element(self.document.node(self.id).next, |id| self.document.node(id).next)
    }

    fn first_element_child(&self) -> Option<Self> {
        let first = self.document.first_child(self.id)?;
        self.element(first, |id| self.document.node(id).next)
    }

    fn is_html_element_in_html_document(&self) -> bool {
        self.document.is_html() && self.has_namespace(&ns!(html))
    }

    fn has_local_name(&self, name: &Name) -> bool {
        self.budget.visit(1) && self.document.name(self.id).is_some_and(|own| own.local == name.0)
    }

    fn has_namespace(&self, namespace: &Namespace) -> bool {
        self.document.name(self.id).is_some_and(|own| own.ns == *namespace)
    }

    fn is_same_type(&self, other: &Self) -> bool {
        self.document.name(self.id) == self.document.name(other.id)
    }

    fn attr_matches(
        &self,
        namespace: &NamespaceConstraint<&Namespace>,
        name: &Name,
        operation: &AttrSelectorOperation<&Value>,
    ) -> bool {
        let attributes = self.document.attributes_of(self.id);
        self.budget.visit(1 + attributes.len() as u64 / 8)
            && attributes.map(|index| self.document.attribute(index)).any(|attribute| {
                let in_namespace = match namespace {
                    NamespaceConstraint::Any => true,
                    NamespaceConstraint::Specific(wanted) => attribute.name.ns == **wanted,
                };
                in_namespace && attribute.name.local == name.0 && {
                    let value = self.document.slice(&attribute.value);
                    // A value of a megabyte costs as much as many elements.
                    self.budget.visit(value.len() as u64 / 64) && operation.eval_str(value)
                }
            })
    }

    fn match_non_ts_pseudo_class(&self, class: &Nothing, _: &mut MatchingContext<'_, Words>) -> bool {
        match *class {}
    }

    fn match_pseudo_element(&self, element: &Nothing, _: &mut MatchingContext<'_, Words>) -> bool {
        match *element {}
    }

    fn apply_selector_flags(&self, _: ElementSelectorFlags) {}

    fn is_link(&self) -> bool {
        let is = |name: &str| self.document.name(self.id).is_some_and(|own| *own.local == *name);
        (is("a") || is("area") || is("link")) && self.attribute("href").is_some()
    }

    fn is_html_slot_element(&self) -> bool {
        false
    }

    fn has_id(&self, id: &Name, case: CaseSensitivity) -> bool {
        self.attribute("id").is_some_and(|own| case.eq(own.as_bytes(), id.0.as_bytes()))
    }

    fn has_class(&self, class: &Name, case: CaseSensitivity) -> bool {
        self.attribute("class").is_some_and(|own| {
            self.budget.visit(own.len() as u64 / 64)
                && own.split_ascii_whitespace().any(|one| case.eq(one.as_bytes(), class.0.as_bytes()))
        })
    }

    fn has_custom_state(&self, _: &Name) -> bool {
        false
    }

    fn imported_part(&self, _: &Name) -> Option<Name> {
        None
    }

    fn is_part(&self, _: &Name) -> bool {
        false
    }

    fn is_empty(&self) -> bool {
        self.document.children(self.id).all(|child| match &self.document.node(child).kind {
            NodeKind::Element { .. } => false,
            NodeKind::Text(range) => range.is_empty(),
            _ => self.budget.visit(1),
        })
    }

    fn is_root(&self) -> bool {
        self.document.node(self.id).parent == ROOT
    }

    fn add_element_unique_hashes(&self, _: &mut BloomFilter) -> bool {
        false
    }
}
