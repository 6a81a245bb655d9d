//! What the plan needs of the data.

use outrider_capability::DataSets;

use super::Estimate;
use crate::dry_run::DataNeed;
use crate::resolve::Resolved;

/// A data file, and what the plan needs of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataTrial {
    /// The file.
    pub file: DataNeed,
    /// How many rows it must have for every planned iteration of the scenarios that asked for one in the trial to
    /// have its own. `None` where rows are used again as planned, or nobody asked.
    pub needed_rows: Option<u64>,
    /// Whether the need follows from how long iterations took in the trial, and not from the plan alone.
    pub is_estimated: bool,
}

impl DataTrial {
    /// Whether iterations would find no row left.
    pub fn is_exhausted(&self) -> bool {
        self.needed_rows.is_some_and(|needed| needed > self.file.rows)
    }
}

pub(super) fn data(resolved: &Resolved, estimate: Option<&Estimate>) -> Vec<DataTrial> {
    let sets = &resolved.shared.data;
    resolved.data.iter().map(|file| of_file(file.clone(), sets, estimate)).collect()
}

fn of_file(file: DataNeed, sets: &DataSets, estimate: Option<&Estimate>) -> DataTrial {
    let is_unique = sets.is_unique(&file.name).unwrap_or(false);
    let scenarios = estimate.into_iter().flat_map(|estimate| &estimate.scenarios).filter(|_| is_unique);
    let needs = scenarios.filter_map(|scenario| {
        let rows = sets.rows_for(&file.name, &scenario.name, scenario.iterations).unwrap_or(0);
        (rows > 0).then_some((rows, scenario.is_assumed))
    });
    let most = needs.max_by_key(|(rows, _)| *rows);
    DataTrial {
        needed_rows: most.map(|(rows, _)| rows),
        is_estimated: most.is_some_and(|(_, is_assumed)| is_assumed),
        file,
    }
}
