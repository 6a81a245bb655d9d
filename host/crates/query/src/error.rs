//! What can go wrong when a question is asked.

mod engine;

use std::io;

use datafusion::error::DataFusionError;
use outrider_storage::StorageError;

pub(crate) use engine::{Names, asking_failed, reading_failed};

/// Where in a query something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryPlace {
    /// The line, from 1.
    pub line: u64,
    /// The column, from 1.
    pub column: u64,
}

/// One thing that is wrong with a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryFault {
    /// Where, if that is known.
    pub place: Option<QueryPlace>,
    /// What.
    pub message: String,
    /// What to do about it, if that is known.
    pub hint: Option<String>,
}

impl QueryFault {
    pub(crate) fn new(message: impl Into<String>) -> QueryFault {
        QueryFault { place: None, message: message.into(), hint: None }
    }

    #[must_use]
    pub(crate) fn hint(self, hint: impl Into<String>) -> QueryFault {
        QueryFault { hint: Some(hint.into()), ..self }
    }
}

/// A question got no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The query asks for what there is not, or is no query.
    #[error("{}", .0.first().map_or("cannot understand the query", |fault| fault.message.as_str()))]
    Query(Vec<QueryFault>),
    /// The answer needs more memory than it may have, and cannot be spilled.
    #[error("the query needs more than the {limit_bytes} bytes of memory that it may use")]
    Memory {
        /// What it may use, in bytes.
        limit_bytes: usize,
        /// Who wanted it, in the words of the engine.
        #[source]
        source: Box<DataFusionError>,
    },
    /// Rows of parts cannot be read that were sound by their footers.
    #[error("cannot read all rows")]
    Damaged {
        /// The parts that are not what was written, a sentence each; none if it is not known which.
        parts: Vec<String>,
        /// What was met first.
        #[source]
        source: Box<DataFusionError>,
    },
    /// A run cannot be read.
    #[error("cannot read the run")]
    Storage(#[from] StorageError),
    /// There is no place for what does not fit into memory.
    #[error("cannot make a temporary folder")]
    Spill(#[source] io::Error),
    /// The answer cannot be written.
    #[error("cannot write the answer")]
    Write(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The engine failed.
    #[error("the query engine failed")]
    Engine(#[source] Box<DataFusionError>),
}

impl QueryError {
    /// What the user can do about it, if that is known. Those of a query's faults are with each.
    pub fn hint(&self) -> Option<String> {
        match self {
            QueryError::Storage(error) => error.hint(),
            QueryError::Memory { .. } => Some(
                "--memory gives it more; or ask `windows` in place of rows, or for fewer groups and columns"
                    .to_owned(),
            ),
            QueryError::Damaged { .. } => {
                Some("`host report RUN` says what of the run is missing or damaged".to_owned())
            }
            QueryError::Spill(_) => Some(
                "what does not fit into memory goes to the system's folder for temporary files".to_owned(),
            ),
            QueryError::Query(_) | QueryError::Write(_) | QueryError::Engine(_) => None,
        }
    }

    pub(crate) fn write(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> QueryError {
        QueryError::Write(error.into())
    }
}
