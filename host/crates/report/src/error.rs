//! What can go wrong when a dataset is read: only what leaves nothing to report. A part that is
//! missing or broken is no error, it is in the report.

use outrider_storage::StorageError;
use outrider_telemetry::{Table, TelemetryError};

use crate::compare::{ComparedSide, NoValues};

/// A report could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A part lacks a column that this version needs, or it has another type.
    #[error("table '{table}' has no column '{column}' of the type this version reads")]
    Column {
        /// The table.
        table: Table,
        /// The column.
        column: &'static str,
    },
    /// A side of a comparison has nothing that could be compared.
    #[error("the {side} has no values to compare: {why}")]
    NoValues {
        /// Which one.
        side: ComparedSide,
        /// Why.
        why: NoValues,
    },
    /// The run cannot be opened, or the store not be reached.
    #[error("cannot read the run")]
    Storage(#[from] StorageError),
    /// Windows cannot be decoded.
    #[error("cannot decode windows")]
    Windows(#[from] TelemetryError),
}

impl ReportError {
    /// What the user can do about it, if that is known.
    pub fn hint(&self) -> Option<String> {
        match self {
            ReportError::Storage(error) => error.hint(),
            ReportError::NoValues { why, .. } => why.hint(),
            ReportError::Column { .. } | ReportError::Windows(_) => None,
        }
    }
}
