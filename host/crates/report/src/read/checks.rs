//! The table `checks`: verdicts by pack and name.
//!
//! Counting reads three narrow columns. What failed checks said is read in a second pass, over the parts
//! alone in which each of them failed first.

use std::collections::{BTreeSet, HashMap};

use outrider_storage::PartName;
use outrider_telemetry::OTHER_NAME;

use super::columns::{MAX_NAMES, Rows, kept_text, text_of};
use crate::ReportError;
use crate::summary::{CheckExample, CheckSummary};

/// The columns that are counted.
pub(super) const COLUMNS: &[&str] = &["name", "pack", "ok"];

/// The columns that an example needs.
pub(super) const EXAMPLE_COLUMNS: &[&str] = &["name", "pack", "ok", "expected", "actual", "message"];

/// The verdicts of one check.
#[derive(Debug, Default)]
struct Verdicts {
    passed: u64,
    failed: u64,
    /// Where it failed first.
    failed_in: Option<PartName>,
    example: Option<CheckExample>,
}

/// Pack and name.
type CheckKey = (String, String);

/// All checks, in the order in which they first came: past the first [`MAX_NAMES`], one for the others of each pack.
#[derive(Debug, Default)]
pub(super) struct Checks {
    index: HashMap<CheckKey, usize>,
    slots: Vec<(CheckKey, Verdicts)>,
}

impl Checks {
    /// Counts a batch of a part.
    pub(super) fn add(&mut self, rows: Rows<'_>, part: &PartName) -> Result<(), ReportError> {
        let (names, packs, ok) = (rows.words("name")?, rows.words("pack")?, rows.flags("ok")?);
        // Pairs of words that this batch had before: most rows need no look at a text.
        let mut known: HashMap<(Option<usize>, Option<usize>), usize> = HashMap::new();
        for row in 0..rows.len() {
            let pair = (packs.key(row), names.key(row));
            let slot = *known.entry(pair).or_insert_with(|| self.slot(packs.word(row), names.word(row)));
            let (_, verdicts) = &mut self.slots[slot];
            match ok.value(row) {
                true => verdicts.passed += 1,
                false => {
                    verdicts.failed += 1;
                    verdicts.failed_in.get_or_insert_with(|| part.clone());
                }
            }
        }
        Ok(())
    }

    /// The parts in which failed checks without an example failed first.
    pub(super) fn parts_with_examples(&self) -> BTreeSet<PartName> {
        let without = self.slots.iter().filter(|(_, verdicts)| verdicts.example.is_none());
        without.filter_map(|(_, verdicts)| verdicts.failed_in.clone()).collect()
    }

    /// Takes examples from a batch with all columns.
    pub(super) fn add_examples(&mut self, rows: Rows<'_>) -> Result<(), ReportError> {
        let (names, packs, ok) = (rows.words("name")?, rows.words("pack")?, rows.flags("ok")?);
        let texts = [rows.text("expected")?, rows.text("actual")?, rows.text("message")?];
        for row in (0..rows.len()).filter(|row| !ok.value(*row)) {
            let slot = self.slot(packs.word(row), names.word(row));
            let example = &mut self.slots[slot].1.example;
            if example.is_none() {
                let [expected, actual, message] = texts.map(|column| text_of(column, row).map(kept_text));
                *example = Some(CheckExample { expected, actual, message });
            }
        }
        Ok(())
    }

    fn slot(&mut self, pack: &str, name: &str) -> usize {
        let mut key = (pack.to_owned(), name.to_owned());
        if self.slots.len() >= MAX_NAMES && name != OTHER_NAME && !self.index.contains_key(&key) {
            key.1 = OTHER_NAME.to_owned();
        }
        *self.index.entry(key).or_insert_with_key(|key| {
            self.slots.push((key.clone(), Verdicts::default()));
            self.slots.len() - 1
        })
    }

    pub(super) fn finish(self) -> Vec<CheckSummary> {
        self.slots.into_iter().map(|((pack, name), verdicts)| summary(pack, name, verdicts)).collect()
    }
}

fn summary(pack: String, name: String, verdicts: Verdicts) -> CheckSummary {
    let Verdicts { passed, failed, failed_in: _, example } = verdicts;
    // A check that said nothing has no example worth showing.
    let example = example.filter(|example| *example != CheckExample::default());
    CheckSummary { pack, name, passed, failed, example }
}
