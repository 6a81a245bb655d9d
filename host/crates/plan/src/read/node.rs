//! A value of the document, with its place and its path.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::{Place, PlanFault, Written};

/// The text, and what was found wrong with it so far.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    text: &'a str,
    /// What the text is, as faults name it: `a plan`.
    pub(crate) what: &'static str,
    faults: RefCell<Vec<PlanFault>>,
    unreadable: Cell<bool>,
    /// By the dotted path of a key.
    places: RefCell<BTreeMap<String, Place>>,
}

impl<'a> Source<'a> {
    pub(crate) fn new(text: &'a str, what: &'static str) -> Source<'a> {
        Source {
            text,
            what,
            faults: RefCell::default(),
            unreadable: Cell::new(false),
            places: RefCell::default(),
        }
    }

    /// The place of a byte.
    pub(crate) fn place(&self, byte: usize) -> Place {
        let before = &self.text[..self.text.floor_char_boundary(byte.min(self.text.len()))];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Place { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
    }

    pub(crate) fn push(&self, fault: PlanFault) {
        self.faults.borrow_mut().push(fault);
    }

    /// Remembers where a key stands.
    pub(crate) fn stands(&self, path: String, at: Place) {
        self.places.borrow_mut().insert(path, at);
    }

    /// Where the keys stand, by their dotted paths.
    pub(crate) fn places(&self) -> BTreeMap<String, Place> {
        self.places.borrow().clone()
    }

    /// Whether the text is no TOML.
    pub(crate) fn is_unreadable(&self) -> bool {
        self.unreadable.get()
    }

    /// All faults, in the order of their places.
    pub(crate) fn into_faults(self) -> Vec<PlanFault> {
        let mut faults = self.faults.into_inner();
        faults.sort_by_key(|fault| fault.at);
        faults
    }
}

/// The whole document, or what of it could be read; what is no TOML is said.
pub(crate) fn document<'a>(source: &Source<'a>) -> Spanned<DeTable<'a>> {
    let (table, errors) = DeTable::parse_recoverable(source.text);
    source.unreadable.set(!errors.is_empty());
    for error in errors {
        let at = source.place(error.span().map_or(0, |span: Range<usize>| span.start));
        let message = error.message().lines().collect::<Vec<_>>().join(", ");
        source.push(PlanFault::new(at, message));
    }
    table
}

/// A value of the document.
#[derive(Clone, Debug)]
pub(crate) struct Node<'n, 'a> {
    pub(crate) source: &'n Source<'a>,
    pub(crate) value: &'n DeValue<'a>,
    /// Where its key stands, or itself in a list.
    pub(crate) at: Place,
    /// The table that it stands in, in brackets and with a space behind; empty at the top.
    pub(crate) table: String,
    /// Its key, with its number behind it in a list.
    pub(crate) key: String,
}

impl<'n, 'a> Node<'n, 'a> {
    /// `[scenario.browse] vus`.
    pub(crate) fn name(&self) -> String {
        format!("{}{}", self.table, self.key)
    }

    /// Says what is wrong with the value; there is none then.
    pub(crate) fn refuse<T>(&self, what: impl std::fmt::Display, hint: Option<String>) -> Option<T> {
        let fault = PlanFault::new(self.at, format!("{}{what}", self.name())).maybe_hint(hint);
        self.source.push(fault);
        None
    }

    /// The value is of another kind.
    pub(crate) fn is_no<T>(&self, wanted: &str, example: &str) -> Option<T> {
        let found = kind(self.value);
        self.refuse(format_args!(" is {found}, not {wanted}"), Some(format!("write for example {example}")))
    }

    /// The list that should be there, and where: behind the header of a table, a key of the whole file would be that
    /// table's.
    fn list_in_place_of_tables(&self, list: &str) -> String {
        let place =
            if self.table.is_empty() { ", at the top of the file, before the first table" } else { "" };
        format!("{} = {list}{place}", self.key)
    }
}

/// What a value is, in words.
fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// A value that can be read.
pub(crate) trait Read: Sized {
    /// A list of such values as it is written under a key, where they are no tables.
    fn list(_key: &str) -> Option<&'static str> {
        None
    }

    /// The value, or `None` once what is wrong with it was said.
    fn read(node: &Node<'_, '_>) -> Option<Self>;
}

impl<T: Read> Read for Vec<Written<T>> {
    /// What is wrong with one is said, and hides nothing that is wrong with others: the sound ones are there.
    fn read(node: &Node<'_, '_>) -> Option<Self> {
        let list = T::list(&node.key);
        let DeValue::Array(values) = node.value else {
            let example = match (list, node.value) {
                (Some(list), DeValue::Table(_)) => node.list_in_place_of_tables(list),
                (None, DeValue::Table(_)) => format!("[[{}]]", node.header()),
                (list, _) => format!("{} = {}", node.key, list.unwrap_or("[…, …]")),
            };
            return node.is_no("a list", &example);
        };
        let is_table = |value: &Spanned<DeValue<'_>>| matches!(value.get_ref(), DeValue::Table(_));
        if let Some(list) = list
            && !values.is_empty()
            && values.iter().all(is_table)
        {
            let hint = format!("write for example {}", node.list_in_place_of_tables(list));
            return node.refuse(" is a list of tables, not of texts", Some(hint));
        }
        let element = |(number, value): (usize, &Spanned<DeValue<'_>>)| {
            let at = node.source.place(value.span().start);
            let key = format!("{}[{}]", node.key, number + 1);
            let element = Node { value: value.get_ref(), at, key, ..node.clone() };
            node.source.stands(element.path(), at);
            Some(Written { value: T::read(&element)?, at })
        };
        let sound: Vec<_> = values.iter().enumerate().filter_map(element).collect();
        // Of none that is sound it is not said too that they are too few.
        (!sound.is_empty() || values.is_empty()).then_some(sound)
    }
}
