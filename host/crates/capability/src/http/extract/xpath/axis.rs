//! The nodes of an axis, nearest first (XPath 1.0 §2.2), and which of them are meant (§2.3).

use super::eval::Evaluator;
use super::expr::{Axis, Test};
use super::value::Item;
use crate::http::extract::document::{NodeId, NodeKind, some};

impl Evaluator<'_> {
    /// Adds the nodes of `axis` from `from` that fit `test` to `found`, nearest first.
    pub(super) fn walk(&self, axis: Axis, test: &Test, from: Item, found: &mut Vec<Item>) {
        let node = from.node;
        let is_attribute = from.attribute().is_some();
        let keep = |id: NodeId, found: &mut Vec<Item>| {
            if self.fits(test, id) {
                found.push(Item::of(id));
            }
        };
        match axis {
            Axis::SelfNode if is_attribute => {
                found.extend((*test == Test::Node).then_some(from));
            }
            Axis::SelfNode => self.each([node], |id| keep(id, found)),
            Axis::Attribute if !is_attribute => self.attributes(test, node, found),
            Axis::Child if !is_attribute => self.each(self.document.children(node), |id| keep(id, found)),
            Axis::Descendant if !is_attribute => {
                self.each(node + 1..self.document.node(node).end, |id| keep(id, found));
            }
            Axis::DescendantOrSelf if !is_attribute => {
                self.each(node..self.document.node(node).end, |id| keep(id, found));
            }
            Axis::DescendantOrSelf | Axis::AncestorOrSelf if is_attribute => {
                found.extend((*test == Test::Node).then_some(from));
                if axis == Axis::AncestorOrSelf {
                    self.each(self.ancestors(Some(node)), |id| keep(id, found));
                }
            }
            Axis::Parent if is_attribute => self.each([node], |id| keep(id, found)),
            Axis::Parent => self.each(some(self.document.node(node).parent), |id| keep(id, found)),
            Axis::Ancestor if is_attribute => self.each(self.ancestors(Some(node)), |id| keep(id, found)),
            Axis::Ancestor => {
                self.each(self.ancestors(some(self.document.node(node).parent)), |id| keep(id, found));
            }
            Axis::AncestorOrSelf => self.each(self.ancestors(Some(node)), |id| keep(id, found)),
            Axis::FollowingSibling if !is_attribute => {
                let next = |id: NodeId| some(self.document.node(id).next);
                self.each(std::iter::successors(next(node), |id| next(*id)), |id| keep(id, found));
            }
            Axis::PrecedingSibling if !is_attribute => {
                let previous = |id: NodeId| some(self.document.node(id).previous);
                self.each(std::iter::successors(previous(node), |id| previous(*id)), |id| keep(id, found));
            }
            // Of an attribute: what is in its element comes after it.
            Axis::Following if is_attribute => {
                self.each(node + 1..self.document.len(), |id| keep(id, found));
            }
            Axis::Following => {
                self.each(self.document.node(node).end..self.document.len(), |id| keep(id, found));
            }
            Axis::Preceding => self.each((1..node).rev(), |id| {
                // An ancestor is the only node before this one that ends after it.
                if self.document.node(id).end <= node {
                    keep(id, found);
                }
            }),
            _ => {}
        }
    }

    fn each(&self, ids: impl IntoIterator<Item = NodeId>, mut visit: impl FnMut(NodeId)) {
        for id in ids {
            if !self.budget.visit(1) {
                return;
            }
            visit(id);
        }
    }

    fn ancestors(&self, first: Option<NodeId>) -> impl Iterator<Item = NodeId> {
        std::iter::successors(first, |id| some(self.document.node(*id).parent))
    }

    fn attributes(&self, test: &Test, node: NodeId, found: &mut Vec<Item>) {
        for index in self.document.attributes_of(node) {
            if !self.budget.visit(1) {
                return;
            }
            let name = &self.document.attribute(index).name;
            let prefix = name.prefix.as_deref().unwrap_or_default();
            let fits = match test {
                Test::Any | Test::Node => true,
                Test::Local(local) => self.same_name(&name.local, local),
                Test::Qualified(wanted, local) => prefix == wanted && self.same_name(&name.local, local),
                Test::Prefix(wanted) => prefix == wanted,
                Test::Text | Test::Comment | Test::Instruction(_) => false,
            };
            // What declares a namespace is no attribute.
            let declares = prefix == "xmlns" || (prefix.is_empty() && *name.local == *"xmlns");
            if fits && !declares {
                found.push(Item::attribute_of(node, index));
            }
        }
    }

    fn fits(&self, test: &Test, id: NodeId) -> bool {
        match (&self.document.node(id).kind, test) {
            (_, Test::Node) | (NodeKind::Element { .. }, Test::Any) => true,
            (NodeKind::Element { name, .. }, Test::Local(local)) => self.same_name(&name.local, local),
            (NodeKind::Element { name, .. }, Test::Qualified(prefix, local)) => {
                name.prefix.as_deref().unwrap_or_default() == prefix && self.same_name(&name.local, local)
            }
            (NodeKind::Element { name, .. }, Test::Prefix(prefix)) => {
                name.prefix.as_deref().unwrap_or_default() == prefix
            }
            (NodeKind::Text(_), Test::Text) | (NodeKind::Comment(_), Test::Comment) => true,
            (NodeKind::Instruction { .. }, Test::Instruction(None)) => true,
            (NodeKind::Instruction { target, .. }, Test::Instruction(Some(wanted))) => {
                self.document.slice(target) == wanted
            }
            _ => false,
        }
    }

    fn same_name(&self, own: &str, wanted: &str) -> bool {
        match self.document.is_html() {
            true => own.eq_ignore_ascii_case(wanted),
            false => own == wanted,
        }
    }
}
