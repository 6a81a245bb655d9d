//! Tests of a plugin as they are written: scripted answers, and what is expected of the plugin.

mod check;
mod tables;
mod values;

use std::collections::BTreeMap;

use crate::read::{Source, Table, document};
use crate::{Place, PlanFault};

pub use tables::{
    AnswerTable, ConditionTable, DeliveryName, EndedIterationTable, EndedStepTable, ErrorName, ExchangeTable,
    ExpectTable, OutcomeName, RecordTable, TestFile, TestTable,
};
pub use values::{
    ExpectedRecord, ExpectedRecordTable, ExpectedRequest, Numbers, RequestPattern, RequestTable, Rows, Texts,
};

/// A file of tests as it was read, with everything that is wrong with it.
#[derive(Clone, Debug)]
pub struct TestDocument {
    /// What it says. What is not sound is left out.
    pub file: TestFile,
    /// Where each key stands, by its dotted path, as in `test[1].parameters.plan`.
    pub places: BTreeMap<String, Place>,
    /// What is wrong, in the order of the file.
    pub faults: Vec<PlanFault>,
    /// Whether the text is no TOML: nothing is known of what it says, and the faults are those of its syntax alone.
    pub is_unreadable: bool,
}

/// Reads a file of tests.
pub fn read_tests(text: &str) -> TestDocument {
    let source = Source::new(text, "a file of tests");
    let document = document(&source);
    if source.is_unreadable() {
        let mut faults = source.into_faults();
        // What the parser says of the rest of a line follows from the first.
        faults.dedup_by_key(|fault| fault.at.line);
        let (file, places) = (TestFile::default(), BTreeMap::new());
        return TestDocument { file, places, faults, is_unreadable: true };
    }
    let mut top = Table::top(&source, document.get_ref());
    let mut file = TestFile::take(&mut top);
    // What is there under a name that was probably meant to be its own is not said to be missing too.
    file.unsound.extend(top.finish());
    check::check(&file, &source);
    TestDocument { file, places: source.places(), faults: source.into_faults(), is_unreadable: false }
}

#[cfg(test)]
mod tests;
