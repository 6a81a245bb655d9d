//! Typed access to the columns of a batch.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, PrimitiveArray, RecordBatch, StringArray};
use arrow::datatypes::{ArrowPrimitiveType, Int32Type};
use outrider_telemetry::{DEFAULT_NAME_LIMIT, OTHER_NAME, Table};

use crate::ReportError;

/// A batch of one table.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a> {
    table: Table,
    batch: &'a RecordBatch,
}

impl<'a> Rows<'a> {
    pub(super) fn new(table: Table, batch: &'a RecordBatch) -> Rows<'a> {
        Rows { table, batch }
    }

    pub(super) fn len(&self) -> usize {
        self.batch.num_rows()
    }

    /// A column of numbers, times or durations.
    pub(super) fn numbers<T: ArrowPrimitiveType>(
        &self,
        name: &'static str,
    ) -> Result<&'a PrimitiveArray<T>, ReportError> {
        self.column(name)?.as_primitive_opt().ok_or_else(|| self.fault(name))
    }

    /// The same for a column that files of earlier versions lack.
    pub(super) fn numbers_if_any<T: ArrowPrimitiveType>(
        &self,
        name: &'static str,
    ) -> Result<Option<&'a PrimitiveArray<T>>, ReportError> {
        self.batch.column_by_name(name).map(|_| self.numbers(name)).transpose()
    }

    /// A column of yes and no.
    pub(super) fn flags(&self, name: &'static str) -> Result<&'a BooleanArray, ReportError> {
        self.column(name)?.as_boolean_opt().ok_or_else(|| self.fault(name))
    }

    /// The same for a column that files of earlier versions lack.
    pub(super) fn flags_if_any(&self, name: &'static str) -> Result<Option<&'a BooleanArray>, ReportError> {
        self.batch.column_by_name(name).map(|_| self.flags(name)).transpose()
    }

    /// Which rows of requests or steps were interrupted: none in files of earlier versions, which counted them as
    /// failed.
    pub(super) fn interrupted(&self) -> Result<impl Fn(usize) -> bool + use<'a>, ReportError> {
        let column = self.flags_if_any("interrupted")?;
        Ok(move |row| column.is_some_and(|column| column.value(row)))
    }

    /// A column of free text.
    pub(super) fn text(&self, name: &'static str) -> Result<&'a StringArray, ReportError> {
        self.column(name)?.as_string_opt().ok_or_else(|| self.fault(name))
    }

    /// The same for a column that files of earlier versions lack.
    pub(super) fn text_if_any(&self, name: &'static str) -> Result<Option<&'a StringArray>, ReportError> {
        self.batch.column_by_name(name).map(|_| self.text(name)).transpose()
    }

    /// A column of words that repeat.
    pub(super) fn words(&self, name: &'static str) -> Result<Words<'a>, ReportError> {
        let column = self.column(name)?.as_dictionary_opt::<Int32Type>().ok_or_else(|| self.fault(name))?;
        let values = column.values().as_string_opt().ok_or_else(|| self.fault(name))?;
        Ok(Words { keys: column.keys(), values })
    }

    /// The same for a column that files of earlier versions lack.
    pub(super) fn words_if_any(&self, name: &'static str) -> Result<Option<Words<'a>>, ReportError> {
        self.batch.column_by_name(name).map(|_| self.words(name)).transpose()
    }

    fn column(&self, name: &'static str) -> Result<&'a ArrayRef, ReportError> {
        self.batch.column_by_name(name).ok_or_else(|| self.fault(name))
    }

    fn fault(&self, column: &'static str) -> ReportError {
        ReportError::Column { table: self.table, column }
    }
}

/// Words that repeat, as keys into the different ones.
#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    keys: &'a PrimitiveArray<Int32Type>,
    values: &'a StringArray,
}

impl<'a> Words<'a> {
    /// Which of the batch's different words a row has, if any.
    pub(super) fn key(&self, row: usize) -> Option<usize> {
        self.keys.is_valid(row).then(|| self.keys.value(row) as usize)
    }

    /// The word of a row, if it has one.
    pub(super) fn get(&self, row: usize) -> Option<&'a str> {
        self.key(row).map(|key| self.values.value(key))
    }

    /// The word of a row, empty if it has none.
    pub(super) fn word(&self, row: usize) -> &'a str {
        self.get(row).unwrap_or_default()
    }

    /// Looks each different word up once, so that rows need no hashing.
    pub(super) fn resolve<T: Copy>(&self, lookup: impl FnMut(&str) -> T) -> Resolved<'a, T> {
        let found = self.values.iter().map(Option::unwrap_or_default).map(lookup).collect();
        Resolved { keys: self.keys, found }
    }
}

/// What was found for each different word of a column.
pub(super) struct Resolved<'a, T> {
    keys: &'a PrimitiveArray<Int32Type>,
    found: Vec<T>,
}

impl<T: Copy> Resolved<'_, T> {
    /// What was found for the word of a row, if it has one.
    pub(super) fn get(&self, row: usize) -> Option<T> {
        self.keys.is_valid(row).then(|| self.found[self.keys.value(row) as usize])
    }
}

/// The text of a row, if it has one.
pub(super) fn text_of(column: &StringArray, row: usize) -> Option<&str> {
    column.is_valid(row).then(|| column.value(row))
}

/// Text that is kept in a report: cut where it gets long, since it may be as long as an answer's body.
pub(super) fn kept_text(text: &str) -> String {
    cut_text(text, MAX_KEPT_BYTES)
}

/// One thousand bytes: a message with some frames of a stack.
pub(super) const MAX_KEPT_BYTES: usize = 1_000;

/// Text cut after `max_bytes` bytes.
pub(super) fn cut_text(text: &str, max_bytes: usize) -> String {
    match text.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= max_bytes).last() {
        Some(end) if end < text.len() => format!("{}…", &text[..end]),
        _ => text.to_owned(),
    }
}

/// A number that is never negative in what we write; a corrupt one counts as zero.
pub(super) fn whole(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// Nanoseconds as milliseconds.
pub(super) fn ms(nanoseconds: f64) -> f64 {
    // To the nanosecond: what is beyond is noise of the division.
    nanoseconds.round() / 1e6
}

/// One thousand names, as many as each worker lets pass: of several workers others may be the first.
pub(crate) const MAX_NAMES: usize = DEFAULT_NAME_LIMIT;

/// Names in the order in which they first came, with a slot for each of the first [`MAX_NAMES`] and one for all others.
#[derive(Debug)]
pub(super) struct Slots<T> {
    index: std::collections::HashMap<Arc<str>, usize>,
    pub(super) slots: Vec<(Arc<str>, T)>,
}

impl<T> Default for Slots<T> {
    fn default() -> Slots<T> {
        Slots { index: Default::default(), slots: Vec::new() }
    }
}

impl<T> Slots<T> {
    /// Whether a name has a slot of its own.
    pub(super) fn has(&self, name: &str) -> bool {
        self.index.contains_key(name)
    }
}

impl<T: Default> Slots<T> {
    /// The slot of a name, made if it is new and there is room.
    pub(super) fn slot(&mut self, name: &str) -> usize {
        if let Some(slot) = self.index.get(name) {
            return *slot;
        }
        if name != OTHER_NAME && self.slots.len() >= MAX_NAMES + usize::from(self.has(OTHER_NAME)) {
            return self.slot(OTHER_NAME);
        }
        let name: Arc<str> = name.into();
        self.index.insert(name.clone(), self.slots.len());
        self.slots.push((name, T::default()));
        self.slots.len() - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_past_the_limit_share_one_slot() {
        let mut slots: Slots<u64> = Slots::default();
        for name in (0..MAX_NAMES + 500).chain(0..2) {
            let slot = slots.slot(&format!("name {name}"));
            slots.slots[slot].1 += 1;
        }
        let (other, count) = &slots.slots[MAX_NAMES];
        assert_eq!((&**other, *count, slots.slots.len()), (OTHER_NAME, 500, MAX_NAMES + 1));
        assert_eq!(slots.slots[1].1, 2, "a name that is known stays");
    }
}
