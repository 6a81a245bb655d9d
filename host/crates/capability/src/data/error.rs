//! What can be wrong with data.

use std::path::PathBuf;

use outrider_model::IterationIndex;

use super::DataConfig;

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
    /// A file of a foreign format cannot be read.
    #[error("cannot read data file {}", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The file's ending is none that is known.
    #[error("data file {} is neither .csv nor .json nor .jsonl{}", path.display(), more(foreign))]
    Format {
        /// The file.
        path: PathBuf,
        /// Further endings that are known.
        foreign: Vec<&'static str>,
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
    /// A set is given to a scenario that does not exist.
    #[error("data set '{name}' is for scenario '{scenario}', which the run does not have")]
    Scenario {
        /// The set's name.
        name: String,
        /// The scenario's name.
        scenario: String,
    },
    /// A set is asked by a scenario that it was not given to.
    #[error("data set '{name}' is not for scenario '{scenario}'")]
    NotForScenario {
        /// The set's name.
        name: String,
        /// The scenario's name.
        scenario: String,
    },
    /// There is no such set.
    #[error(
        "the run has no data '{name}'{} (hint: --data {name}=FILE)",
        if known.is_empty() { String::new() } else { format!(", only {known}") }
    )]
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
        /// The iteration; for a user outside of one, its number less one.
        iteration: IterationIndex,
    },
}

impl DataError {
    /// Whether it is about this file, as it was asked for.
    pub fn is_about(&self, asked: &DataConfig) -> bool {
        match self {
            DataError::Read { path, .. }
            | DataError::Foreign { path, .. }
            | DataError::Format { path, .. }
            | DataError::TooLarge { path, .. }
            | DataError::Empty { path }
            | DataError::Line { path, .. }
            | DataError::More { path, .. } => *path == asked.path,
            DataError::Twice { name }
            | DataError::Scenario { name, .. }
            | DataError::NotForScenario { name, .. }
            | DataError::Unknown { name, .. }
            | DataError::Exhausted { name, .. } => *name == asked.name,
        }
    }
}

fn more(endings: &[&'static str]) -> String {
    endings.iter().map(|ending| format!(" nor .{ending}")).collect()
}
