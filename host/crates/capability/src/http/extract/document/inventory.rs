//! What a document consists of: for who asked it for something that is not there.

use std::collections::BTreeMap;

use super::{Document, Markup};

/// So many different names of each kind are counted: pages of frameworks have thousands of classes.
pub(crate) const MAX_COUNTED_NAMES: usize = 1_000;

/// The names that a document has, and how often.
#[derive(Debug)]
pub(crate) struct Inventory {
    pub(crate) markup: Markup,
    pub(crate) elements: BTreeMap<String, usize>,
    pub(crate) attributes: BTreeMap<String, usize>,
    pub(crate) classes: BTreeMap<String, usize>,
    pub(crate) ids: BTreeMap<String, usize>,
}

impl Document {
    /// The names that it has.
    pub(crate) fn inventory(&self) -> Inventory {
        let mut inventory = Inventory {
            markup: self.markup,
            elements: BTreeMap::new(),
            attributes: BTreeMap::new(),
            classes: BTreeMap::new(),
            ids: BTreeMap::new(),
        };
        for id in 0..self.len() {
            let Some(name) = self.name(id) else { continue };
            count(&mut inventory.elements, &name.local);
            for index in self.attributes_of(id) {
                let attribute = self.attribute(index);
                let value = self.slice(&attribute.value);
                count(&mut inventory.attributes, &attribute.name.local);
                match &*attribute.name.local {
                    "class" => {
                        value.split_whitespace().for_each(|class| count(&mut inventory.classes, class))
                    }
                    "id" => count(&mut inventory.ids, value),
                    _ => {}
                }
            }
        }
        inventory
    }
}

fn count(names: &mut BTreeMap<String, usize>, name: &str) {
    if let Some(count) = names.get_mut(name) {
        *count += 1;
    } else if names.len() < MAX_COUNTED_NAMES {
        names.insert(name.to_owned(), 1);
    }
}
