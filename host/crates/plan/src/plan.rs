//! From a text to a plan.

use std::collections::BTreeMap;

use outrider_model::MixShare;

use crate::check;
use crate::read::{Source, Table, document};
use crate::{LoadPlan, Place, PlanFault, PlanFile};

/// A plan as it was read, with everything that is wrong with it.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What it says. What is not sound is left out.
    pub file: PlanFile,
    /// The loads of its scenarios, in the order of the file; `None` where one is not sound.
    pub loads: Vec<Option<ScenarioLoad>>,
    /// Where each key stands, by its dotted path, as in `scenario.browse.rate`.
    pub places: BTreeMap<String, Place>,
    /// The load of the mix, if there is one and it is sound.
    pub mix: Option<LoadPlan>,
    /// What is wrong, in the order of the file.
    pub faults: Vec<PlanFault>,
    /// Whether the text is no TOML: nothing is known of what it says, and the faults are those of its syntax alone.
    pub is_unreadable: bool,
}

/// The load of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct ScenarioLoad {
    /// The load. Of a scenario of a mix, its part of the mix's on average.
    pub load: LoadPlan,
    /// Which of the mix's arrivals are its own, if it is of a mix.
    pub share: Option<MixShare>,
}

/// Reads a plan.
pub fn read(text: &str) -> Plan {
    let source = Source::new(text, "a plan");
    let document = document(&source);
    if source.is_unreadable() {
        return Plan::unreadable(source);
    }
    let mut top = Table::top(&source, document.get_ref());
    let mut file = PlanFile::take(&mut top);
    // What is there under a name that was probably meant to be its own is not said to be missing too.
    file.unsound.extend(top.finish());
    let (loads, mix) = check::check(&file, &source);
    Plan { file, loads, mix, places: source.places(), faults: source.into_faults(), is_unreadable: false }
}

impl Plan {
    /// A text that is no TOML. What seems to be missing may stand behind the fault, and what seems to be wrong may stand in
    /// another table.
    fn unreadable(source: Source<'_>) -> Plan {
        let mut faults = source.into_faults();
        // What the parser says of the rest of a line follows from the first.
        faults.dedup_by_key(|fault| fault.at.line);
        Plan {
            file: PlanFile::default(),
            loads: Vec::new(),
            places: BTreeMap::new(),
            mix: None,
            faults,
            is_unreadable: true,
        }
    }
}

#[cfg(test)]
mod tests;
