//! What can go wrong with rows: only reading them, since writing follows the schema by construction.

/// A batch or a sketch could not be read.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// A batch lacks a column that this version needs, or it has another type.
    #[error("table '{table}' has no column '{column}' of type {expected}")]
    Column {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The type that was expected, as the reference spells it.
        expected: String,
    },
    /// A column holds a word that this version does not know.
    #[error("column '{column}' holds '{value}', which this version does not know")]
    Word {
        /// The column.
        column: &'static str,
        /// The word.
        value: String,
    },
    /// The bytes of a sketch cannot be decoded, or are of another accuracy.
    #[error("cannot decode a sketch of {length} bytes: {detail}")]
    Sketch {
        /// How many bytes there are.
        length: usize,
        /// What the decoder said.
        detail: String,
    },
}
