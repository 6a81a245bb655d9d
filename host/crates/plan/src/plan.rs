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
    let source = Source::new(text);
    let document = document(&source);
    let mut top = Table::top(&source, document.get_ref());
    let file = PlanFile::take(&mut top);
    top.finish();
    let (loads, mix) = check::check(&file, &source);
    Plan { file, loads, mix, places: source.places(), faults: source.into_faults() }
}

#[cfg(test)]
mod tests;
