//! Data sets: rows of files, handed out by iteration, so that no two workers use the same one.
//!
//! A set is read whole when the run is prepared and shared by all VUs. Rows are JSON objects as text;
//! the columns of CSV files are strings.

mod load;

use std::collections::BTreeMap;
use std::path::PathBuf;

use outrider_model::IterationIndex;

use crate::VuRandom;

/// 256 MiB for each file: a million rows of accounts, and still no danger to the machine, since the
/// set is kept once for all VUs.
pub const DEFAULT_MAX_DATA_BYTES: u64 = 256 * 1024 * 1024;

/// Which row an iteration gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowPolicy {
    /// The row with the iteration's index; an error when there is none left.
    Unique,
    /// The row with the iteration's index modulo the number of rows.
    Circular,
    /// Any row, by the VU's random numbers.
    Random,
}

/// The data sets of a run, by name.
#[derive(Clone, Debug, Default)]
pub struct DataSets {
    sets: BTreeMap<String, Vec<Box<str>>>,
}

impl DataSets {
    /// Reads the given files. The ending decides the format: `.csv` (with a header line), `.json` (an
    /// array of objects), `.jsonl` or `.ndjson` (an object on each line).
    ///
    /// # Errors
    ///
    /// All faults of all files at once, each with its line.
    pub fn load(files: &[(String, PathBuf)]) -> Result<DataSets, Vec<DataError>> {
        DataSets::load_bounded(files, DEFAULT_MAX_DATA_BYTES)
    }

    /// As [`DataSets::load`], with a limit for the size of each file, in bytes.
    ///
    /// # Errors
    ///
    /// All faults of all files at once, each with its line.
    pub fn load_bounded(files: &[(String, PathBuf)], max_bytes: u64) -> Result<DataSets, Vec<DataError>> {
        let mut sets = BTreeMap::new();
        let mut faults = Vec::new();
        for (name, path) in files {
            match load::rows(path, max_bytes) {
                Ok(_) if sets.contains_key(name) => faults.push(DataError::Twice { name: name.clone() }),
                Ok(rows) => {
                    sets.insert(name.clone(), rows);
                }
                Err(of_file) => faults.extend(of_file),
            }
        }
        if faults.is_empty() { Ok(DataSets { sets }) } else { Err(faults) }
    }

    /// The number of rows of a set.
    ///
    /// # Errors
    ///
    /// [`DataError::Unknown`].
    pub fn len(&self, name: &str) -> Result<u64, DataError> {
        self.rows(name).map(|rows| rows.len() as u64)
    }

    /// Whether there is no set at all.
    pub fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }

    /// The names of all sets, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.sets.keys().map(String::as_str)
    }

    /// The row for an iteration, a JSON object as text.
    ///
    /// # Errors
    ///
    /// [`DataError::Unknown`], and [`DataError::Exhausted`] for unique rows.
    pub fn row(
        &self,
        name: &str,
        policy: RowPolicy,
        iteration: IterationIndex,
        random: &mut VuRandom,
    ) -> Result<&str, DataError> {
        let rows = self.rows(name)?;
        let count = rows.len() as u64;
        let index = match policy {
            RowPolicy::Unique => iteration.0,
            RowPolicy::Circular => iteration.0 % count,
            RowPolicy::Random => random.below(count),
        };
        let row = usize::try_from(index).ok().and_then(|index| rows.get(index));
        row.map(AsRef::as_ref).ok_or_else(|| DataError::Exhausted {
            name: name.to_owned(),
            rows: count,
            iteration,
        })
    }

    fn rows(&self, name: &str) -> Result<&Vec<Box<str>>, DataError> {
        self.sets.get(name).ok_or_else(|| DataError::Unknown {
            name: name.to_owned(),
            known: self.names().collect::<Vec<_>>().join(", "),
        })
    }
}

/// A data set that cannot be read, or a row that does not exist.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// The file cannot be read.
    #[error("cannot read data file {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file's ending is none that is known.
    #[error("data file {} is neither .csv nor .json nor .jsonl", path.display())]
    Format {
        /// The file.
        path: PathBuf,
    },
    /// The file is too large.
    #[error("data file {} has {bytes} bytes, more than {max_bytes}", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
        /// The limit.
        max_bytes: u64,
    },
    /// The file has no row.
    #[error("data file {} has no rows", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// Something is wrong in one place.
    #[error("{}:{line}: {what}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        what: String,
    },
    /// Too much is wrong to list it all.
    #[error("{}: {more} more faults", path.display())]
    More {
        /// The file.
        path: PathBuf,
        /// How many were not listed.
        more: u64,
    },
    /// Two sets have the same name.
    #[error("data set '{name}' is given twice")]
    Twice {
        /// The name.
        name: String,
    },
    /// There is no such set.
    #[error("no data set '{name}'{}", if known.is_empty() { String::new() } else { format!("; there are: {known}") })]
    Unknown {
        /// The name.
        name: String,
        /// The names of all sets.
        known: String,
    },
    /// Every row was used.
    #[error(
        "data set '{name}' is exhausted: iteration {iteration} asks for a unique row, but there are {rows}"
    )]
    Exhausted {
        /// The name.
        name: String,
        /// The number of rows.
        rows: u64,
        /// The iteration.
        iteration: IterationIndex,
    },
}

#[cfg(test)]
mod tests;
