//! Reading a table key by key.

use outrider_model::nearest;
use toml::de::{DeTable, DeValue};

use super::aliases;
use super::node::{Node, Read, Source};
use super::scalar::THRESHOLDS;
use crate::{Place, PlanFault, Written};

/// A table under way: what is asked of it is known, the rest is not.
#[derive(Debug)]
pub(crate) struct Table<'n, 'a> {
    source: &'n Source<'a>,
    entries: &'n DeTable<'a>,
    /// Its dotted name; empty at the top.
    path: String,
    known: Vec<&'static str>,
    unsound: Vec<&'static str>,
}

impl<'n, 'a> Table<'n, 'a> {
    /// The whole document.
    pub(crate) fn top(source: &'n Source<'a>, entries: &'n DeTable<'a>) -> Table<'n, 'a> {
        Table { source, entries, path: String::new(), known: Vec::new(), unsound: Vec::new() }
    }

    /// The table that `node` is.
    pub(crate) fn of(node: &Node<'n, 'a>) -> Option<Table<'n, 'a>> {
        let DeValue::Table(entries) = node.value else {
            let example = match (node.table.as_str(), node.path().as_str()) {
                // Without a name, the keys of a scenario stand where names should.
                ("[scenario] ", _) | (_, "scenario") => "[scenario.browse]: each has a name".to_owned(),
                (_, path) if path.ends_with(']') => "{ … }".to_owned(),
                _ => format!("[{}]", node.header()),
            };
            return node.is_no("a table", &example);
        };
        Some(Table {
            source: node.source,
            entries,
            path: node.path(),
            known: Vec::new(),
            unsound: Vec::new(),
        })
    }

    /// What the table holds under `key`, if it does and it is sound.
    pub(crate) fn take<T: Read>(&mut self, key: &'static str) -> Option<Written<T>> {
        self.known.push(key);
        let (at, node) = self.entries().find(|(_, node)| node.key == key)?;
        let value = T::read(&node);
        if value.is_none() {
            self.unsound.push(key);
        }
        Some(Written { value: value?, at })
    }

    /// What was asked for and is not sound.
    pub(crate) fn unsound(&self) -> Vec<&'static str> {
        self.unsound.clone()
    }

    /// Every entry, with the place of its key.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (Place, Node<'n, 'a>)> + use<'n, 'a> {
        let (source, table) = (self.source, self.in_brackets());
        let mut entries: Vec<_> = self.entries.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        entries.into_iter().map(move |(key, value)| {
            let at = source.place(key.span().start);
            let key = key.get_ref().to_string();
            let node = Node { source, value: value.get_ref(), at, table: table.clone(), key };
            source.stands(node.path(), at);
            (at, node)
        })
    }

    /// Says which keys nobody asked for. Returns those that were probably meant by them.
    pub(crate) fn finish(self) -> Vec<&'static str> {
        let mut meant = Vec::new();
        for (at, node) in self.entries().filter(|(_, node)| !self.known.contains(&node.key.as_str())) {
            let has = match self.path.as_str() {
                "" => self.source.what.to_owned(),
                path => format!("[{path}]"),
            };
            let (noun, verb) = match node.value {
                DeValue::Table(_) if self.path.is_empty() => ("table", "has no"),
                _ => ("key", "has no"),
            };
            let fault = PlanFault::new(at, format!("{has} {verb} {noun} '{}'", node.key));
            self.source.push(fault.hint(self.hint(&node.key)));
            meant.extend(self.meant(&node.key));
        }
        meant
    }

    /// The key of the table that was probably meant by one that it does not have.
    fn meant(&self, key: &str) -> Option<&'static str> {
        aliases::ours(key, &self.known).or_else(|| self.near(key))
    }

    fn near(&self, key: &str) -> Option<&'static str> {
        nearest(&key.replace('-', "_").to_lowercase(), self.known.iter().copied())
    }

    fn hint(&self, key: &str) -> String {
        if key == "thresholds" {
            return "thresholds stand at the top of the file, before the first table".to_owned();
        }
        if let Some(words) = aliases::hint(key, &self.known) {
            return words;
        }
        match self.near(key) {
            Some("thresholds") => format!("did you mean thresholds = {THRESHOLDS}?"),
            Some(near) => format!("did you mean {near}?"),
            None => format!("it has {}", self.known.join(", ")),
        }
    }

    fn in_brackets(&self) -> String {
        if self.path.is_empty() { String::new() } else { format!("[{}] ", self.path) }
    }
}

impl Node<'_, '_> {
    /// Its dotted name.
    pub(crate) fn path(&self) -> String {
        match self.table.trim_end().trim_start_matches('[').strip_suffix(']') {
            Some(table) => format!("{table}.{}", self.key),
            None => self.key.clone(),
        }
    }

    /// Its dotted name as a table's header has it: there, tables of lists have no numbers.
    pub(super) fn header(&self) -> String {
        let path = self.path();
        let names: Vec<&str> = path.split('.').map(|part| part.split('[').next().unwrap_or(part)).collect();
        names.join(".")
    }
}
