//! The table `checks`: verdicts by pack and name.
//!
//! Counting reads four narrow columns. What failed checks said is read in a second pass, over the parts
//! alone in which each of them failed first in each of its places.

use std::collections::{BTreeSet, HashMap};

use outrider_storage::PartName;
use outrider_telemetry::{OTHER_NAME, WindowTotals};

use super::columns::{MAX_NAMES, Rows, kept_text, text_of};
use super::messages::TextBudget;
use crate::ReportError;
use crate::summary::{CheckExample, CheckPlace, CheckSummary};

/// Five places of a check: few checks of one name stand in more, and whoever has mended those looks again.
const MAX_PLACES: usize = 5;

/// The columns that are counted. Files of earlier versions lack the last one.
pub(super) const COLUMNS: &[&str] = &["name", "pack", "ok", "source_location"];

/// The columns that an example needs.
pub(super) const EXAMPLE_COLUMNS: &[&str] =
    &["name", "pack", "ok", "expected", "actual", "message", "source_location"];

/// The verdicts of one check.
#[derive(Debug, Default)]
struct Verdicts {
    passed: u64,
    failed: u64,
    /// Where it failed, in the order in which it failed there first.
    places: Vec<Failures>,
    failed_elsewhere: u64,
}

/// The failures of a check in one place.
#[derive(Debug)]
struct Failures {
    /// In the journey's source, if that is said.
    at: Option<String>,
    failed: u64,
    /// Where the first of them is kept.
    failed_in: PartName,
    example: Option<CheckExample>,
}

impl Verdicts {
    fn add_failure(&mut self, at: Option<&str>, part: &PartName) {
        self.failed += 1;
        if let Some(known) = self.places.iter_mut().find(|known| known.at.as_deref() == at) {
            known.failed += 1;
        } else if self.places.len() < MAX_PLACES {
            let (at, failed_in) = (at.map(str::to_owned), part.clone());
            self.places.push(Failures { at, failed: 1, failed_in, example: None });
        } else {
            self.failed_elsewhere += 1;
        }
    }
}

/// Pack and name.
type CheckKey = (String, String);

/// All checks, in the order in which they first came: past the first [`MAX_NAMES`], one for the others of each pack.
#[derive(Debug, Default)]
pub(super) struct Checks {
    index: HashMap<CheckKey, usize>,
    slots: Vec<(CheckKey, Verdicts)>,
    /// Slots for others, one of each pack; they take no name's place.
    others: usize,
    /// What is left for examples of places besides the first of each check.
    texts: TextBudget,
}

impl Checks {
    /// Counts a batch of a part.
    pub(super) fn add(&mut self, rows: Rows<'_>, part: &PartName) -> Result<(), ReportError> {
        let (names, packs, ok) = (rows.words("name")?, rows.words("pack")?, rows.flags("ok")?);
        let places = rows.words_if_any("source_location")?;
        // Pairs of words that this batch had before: most rows need no look at a text.
        let mut known: HashMap<(Option<usize>, Option<usize>), usize> = HashMap::new();
        for row in 0..rows.len() {
            let pair = (packs.key(row), names.key(row));
            let slot = *known.entry(pair).or_insert_with(|| self.slot(packs.word(row), names.word(row)));
            let (_, verdicts) = &mut self.slots[slot];
            match ok.value(row) {
                true => verdicts.passed += 1,
                false => verdicts.add_failure(places.and_then(|places| places.get(row)), part),
            }
        }
        Ok(())
    }

    /// Counts verdicts of which nothing else is known.
    pub(super) fn add_totals(&mut self, pack: &str, name: &str, totals: &WindowTotals) {
        let slot = self.slot(pack, name);
        let (_, verdicts) = &mut self.slots[slot];
        verdicts.passed += totals.count.saturating_sub(totals.failed);
        verdicts.failed += totals.failed;
    }

    /// The parts in which failed checks without an example failed first.
    pub(super) fn parts_with_examples(&self) -> BTreeSet<PartName> {
        let places = self.slots.iter().flat_map(|(_, verdicts)| &verdicts.places);
        places.filter(|place| place.example.is_none()).map(|place| place.failed_in.clone()).collect()
    }

    /// Takes examples from a batch with all columns.
    pub(super) fn add_examples(&mut self, rows: Rows<'_>) -> Result<(), ReportError> {
        let (names, packs, ok) = (rows.words("name")?, rows.words("pack")?, rows.flags("ok")?);
        let texts = [rows.text("expected")?, rows.text("actual")?, rows.text("message")?];
        let places = rows.words_if_any("source_location")?;
        for row in (0..rows.len()).filter(|row| !ok.value(*row)) {
            let slot = self.slot(packs.word(row), names.word(row));
            let at = places.and_then(|places| places.get(row));
            let verdicts = &mut self.slots[slot].1;
            let Some(index) = verdicts.places.iter().position(|place| place.at.as_deref() == at) else {
                continue;
            };
            let example = &mut verdicts.places[index].example;
            if example.is_none() {
                let said = texts.map(|column| text_of(column, row).map(kept_text));
                let bytes = said.iter().flatten().map(String::len).sum();
                // A check that fails in many places would take the room of others.
                let is_kept = index == 0 || self.texts.take(bytes);
                let [expected, actual, message] = if is_kept { said } else { [None, None, None] };
                *example = Some(CheckExample { expected, actual, message, at: at.map(str::to_owned) });
            }
        }
        Ok(())
    }

    fn slot(&mut self, pack: &str, name: &str) -> usize {
        let mut key = (pack.to_owned(), name.to_owned());
        let is_full = self.slots.len() >= MAX_NAMES + self.others;
        if is_full && name != OTHER_NAME && !self.index.contains_key(&key) {
            key.1 = OTHER_NAME.to_owned();
        }
        if key.1 == OTHER_NAME && !self.index.contains_key(&key) {
            self.others += 1;
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
    let Verdicts { passed, failed, places, failed_elsewhere } = verdicts;
    let mut places: Vec<CheckPlace> = places.into_iter().map(place).collect();
    let example = places.first().and_then(|first| first.example.clone());
    places.sort_by_key(|place| std::cmp::Reverse(place.failed));
    CheckSummary { pack, name, passed, failed, example, places, failed_elsewhere }
}

fn place(Failures { failed, example, .. }: Failures) -> CheckPlace {
    // A check that said nothing has no example worth showing.
    CheckPlace { failed, example: example.filter(|example| *example != CheckExample::default()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_take_no_names_place_wherever_they_come() {
        let mut checks = Checks::default();
        checks.slot("", "first");
        checks.slot("", OTHER_NAME);
        (1..MAX_NAMES + 5).for_each(|index| {
            checks.slot("", &format!("check {index}"));
        });
        let names: Vec<&str> = checks.slots.iter().map(|((_, name), _)| name.as_str()).collect();
        assert_eq!(names.len(), MAX_NAMES + 1);
        assert_eq!(names.last(), Some(&&*format!("check {}", MAX_NAMES - 1)));
    }
}
