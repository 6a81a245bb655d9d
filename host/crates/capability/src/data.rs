//! Data sets: rows of files, handed out by iteration, so that no two workers use the same one.
//!
//! A set is read whole when the run is prepared and shared by all VUs. Rows are JSON objects as text;
//! the columns of CSV files are strings.
//!
//! Which row an iteration gets is a pure function of the run's seed, the set's name and the iteration's
//! number over all workers: workers need not talk to each other, and an iteration that asks twice gets
//! the same row twice.
//!
//! A set whose rows may run out ([`Exhaustion::Stop`], [`Exhaustion::Drop`]) is asked by the scheduler
//! before an iteration starts: see [`DataSets::admit`].

mod config;
mod error;
mod load;
mod set;
mod shuffle;

use std::collections::BTreeMap;
use std::sync::Arc;

use outrider_model::{IterationIndex, VuId};

pub use config::{DataConfig, DataConfigFault, Exhaustion, RowPolicy};
pub use error::DataError;
pub use load::{ForeignFormat, ForeignRows};
use set::Set;

/// 256 MiB for each file: a million rows of accounts, and still no danger to the machine, since the
/// set is kept once for all VUs.
pub const DEFAULT_MAX_DATA_BYTES: u64 = 256 * 1024 * 1024;

/// Who asks for a row.
#[derive(Clone, Copy, Debug)]
pub enum RowFor<'a> {
    /// An iteration.
    Iteration {
        /// The scenario of the run.
        scenario: &'a Arc<str>,
        /// The scenario of the plugin.
        plugin_scenario: &'a Arc<str>,
        /// The iteration's number in the scenario, over all workers.
        index: IterationIndex,
    },
    /// A user outside of an iteration: its number, less one, takes the place of the iteration's.
    User(VuId),
    /// Nobody in particular, as in `setup`: the first row.
    Run,
}

/// A set that has no row left for an iteration that is about to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exhausted {
    /// What happened, in a sentence that names the set.
    pub reason: String,
    /// What the set's policy wants: `true` to end the run, `false` to drop the iteration.
    pub stops: bool,
}

/// The data sets of a run, by name.
#[derive(Clone, Debug, Default)]
pub struct DataSets {
    sets: BTreeMap<String, Arc<Set>>,
    /// Whether any set may end the run or drop iterations.
    may_refuse: bool,
}

impl DataSets {
    /// Reads the given files. The ending decides the format: `.csv` (with a header line), `.json` (an
    /// array of objects), `.jsonl` or `.ndjson` (an object on each line), and that of `foreign`.
    /// `scenarios` are those of the run in the plan's order, and `seed` is the run's.
    ///
    /// # Errors
    ///
    /// All faults of all files at once, each with its line.
    pub fn load(
        files: &[DataConfig],
        scenarios: &[&str],
        seed: u64,
        foreign: &[ForeignFormat],
    ) -> Result<DataSets, Vec<DataError>> {
        DataSets::load_bounded(files, scenarios, seed, foreign, DEFAULT_MAX_DATA_BYTES)
    }

    /// As [`DataSets::load`], with a limit for the size of each file, in bytes.
    ///
    /// # Errors
    ///
    /// All faults of all files at once, each with its line.
    pub fn load_bounded(
        files: &[DataConfig],
        scenarios: &[&str],
        seed: u64,
        foreign: &[ForeignFormat],
        max_bytes: u64,
    ) -> Result<DataSets, Vec<DataError>> {
        let mut sets = BTreeMap::new();
        let mut faults = Vec::new();
        for config in files {
            faults.extend(unknown_scenarios(config, scenarios));
            let rows = match &config.rows {
                Some(rows) => Ok(rows.clone()),
                None => load::rows(&config.path, foreign, max_bytes),
            };
            match rows {
                Ok(_) if sets.contains_key(&config.name) => {
                    faults.push(DataError::Twice { name: config.name.clone() });
                }
                Ok(rows) => {
                    let set = Set::new(config, rows, scenarios, seed);
                    sets.insert(config.name.clone(), Arc::new(set));
                }
                Err(of_file) => faults.extend(of_file),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let may_refuse = sets.values().any(|set| set.may_refuse());
        Ok(DataSets { sets, may_refuse })
    }

    /// The number of rows of a set.
    ///
    /// # Errors
    ///
    /// [`DataError::Unknown`].
    pub fn len(&self, name: &str) -> Result<u64, DataError> {
        self.set(name).map(|set| set.len())
    }

    /// Whether no two iterations get the same row of a set as long as it has enough.
    ///
    /// # Errors
    ///
    /// [`DataError::Unknown`].
    pub fn is_unique(&self, name: &str) -> Result<bool, DataError> {
        self.set(name).map(|set| set.is_unique())
    }

    /// How many rows a set of unique rows must have for so many iterations of a scenario to have one each. Zero if
    /// no iteration of the scenario has asked for one until now.
    ///
    /// # Errors
    ///
    /// [`DataError::Unknown`].
    pub fn rows_for(&self, name: &str, scenario: &str, iterations: u64) -> Result<u64, DataError> {
        self.set(name).map(|set| set.rows_for(scenario, iterations))
    }

    /// Whether there is no set at all.
    pub fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }

    /// The names of all sets, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.sets.keys().map(String::as_str)
    }

    /// The row for whoever asks, a JSON object as text.
    ///
    /// # Errors
    ///
    /// [`DataError::Unknown`], [`DataError::NotForScenario`], and [`DataError::Exhausted`] for unique rows.
    pub fn row(&self, name: &str, asks: RowFor<'_>) -> Result<&str, DataError> {
        self.set(name)?.row(asks)
    }

    /// Which row of the file that is, from 0, if there is one.
    pub fn place(&self, name: &str, asks: RowFor<'_>) -> Option<u64> {
        let set = self.sets.get(name)?;
        set.place(asks).filter(|place| *place < set.len())
    }

    /// Whether an iteration finds a row in every set that its scenario was given, if it asks.
    pub fn has_rows(&self, scenario: &str, iteration: IterationIndex) -> bool {
        !self.may_refuse || self.sets.values().all(|set| set.has_row(scenario, iteration))
    }

    /// Whether an iteration may start: no, if it would ask a set that has no row left for it. That it
    /// would ask is known from the iterations of the same scenario before it; the first one that asks
    /// too late gets [`DataError::Exhausted`] instead.
    ///
    /// Called before every iteration; without sets whose rows may run out it costs nothing.
    ///
    /// # Errors
    ///
    /// What happened, and what is to be done about it.
    pub fn admit<'a>(
        &self,
        scenario: &str,
        plugin_scenario: impl FnOnce() -> &'a str,
        iteration: IterationIndex,
    ) -> Result<(), Exhausted> {
        if !self.may_refuse {
            return Ok(());
        }
        let plugin_scenario = plugin_scenario();
        let refused = self.sets.values().filter_map(|set| set.refusal(scenario, plugin_scenario, iteration));
        // A set that ends the run comes before one that drops an iteration.
        match refused.max_by_key(|exhausted| exhausted.stops) {
            Some(exhausted) => Err(exhausted),
            None => Ok(()),
        }
    }

    /// What is to be said about the sets after a run, a sentence each: rows that were used again, and
    /// iterations that were dropped for want of one.
    pub fn remarks(&self) -> Vec<String> {
        self.sets.values().filter_map(|set| set.remark()).collect()
    }

    fn set(&self, name: &str) -> Result<&Set, DataError> {
        self.sets.get(name).map(AsRef::as_ref).ok_or_else(|| DataError::Unknown {
            name: name.to_owned(),
            known: self.names().collect::<Vec<_>>().join(", "),
        })
    }
}

fn unknown_scenarios(config: &DataConfig, scenarios: &[&str]) -> Vec<DataError> {
    let unknown = config.scenarios.iter().filter(|name| !scenarios.contains(&name.as_str()));
    unknown
        .map(|scenario| DataError::Scenario { name: config.name.clone(), scenario: scenario.clone() })
        .collect()
}

#[cfg(test)]
mod tests;
