//! An answer in the form that was asked for, written as its rows come.

mod binary;
mod cells;
mod csv;
mod json;
mod layout;
mod text;

use std::collections::BTreeSet;
use std::io::Write;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;

use crate::{QueryError, QueryFault};

pub(crate) use json::ColumnDocument;
pub use text::MAX_SHOWN_ROWS;

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerFormat {
    /// Columns side by side, for people.
    Table,
    /// Comma-separated values with a head.
    Csv,
    /// One document.
    Json,
    /// An object a line.
    Jsonl,
    /// A Parquet file.
    Parquet,
    /// An Arrow IPC file, as Feather 2 is one.
    Arrow,
}

impl AnswerFormat {
    /// Whether it is nothing for a terminal.
    pub fn is_binary(self) -> bool {
        matches!(self, AnswerFormat::Parquet | AnswerFormat::Arrow)
    }
}

/// How a table is laid out.
#[derive(Clone, Copy, Debug, Default)]
pub struct AnswerStyle {
    /// Whether ANSI colours are used.
    pub color: bool,
    /// The terminal's width in columns; without one, rows are as wide as they are.
    pub width: Option<usize>,
}

/// Writes an answer.
pub trait AnswerWriter {
    /// Takes the next rows. Called from one task, in their order; it may block for as long as the sink does.
    ///
    /// # Errors
    ///
    /// [`QueryError::Write`].
    fn write(&mut self, batch: &RecordBatch) -> Result<(), QueryError>;

    /// Whether no further row would be shown, so that the query can end.
    fn is_full(&self) -> bool {
        false
    }

    /// Writes what is left. `incomplete` is what the runs lack, for documents that have a place for it.
    ///
    /// # Errors
    ///
    /// [`QueryError::Write`].
    fn finish(self: Box<Self>, incomplete: &[String]) -> Result<(), QueryError>;
}

/// Writes an answer with these columns.
///
/// # Errors
///
/// [`QueryError::Query`] if two columns have one name, and rows are objects; [`QueryError::Write`].
pub fn answer_writer<'a>(
    format: AnswerFormat,
    sink: &'a mut (dyn Write + Send),
    schema: &SchemaRef,
    style: AnswerStyle,
) -> Result<Box<dyn AnswerWriter + 'a>, QueryError> {
    if matches!(format, AnswerFormat::Json | AnswerFormat::Jsonl) {
        refuse_equal_names(schema)?;
    }
    Ok(match format {
        AnswerFormat::Table => Box::new(text::TextTable::new(sink, schema, style)),
        AnswerFormat::Csv => Box::new(csv::CsvRows::new(sink, schema)?),
        AnswerFormat::Json => Box::new(json::JsonDocument::new(sink, schema)?),
        AnswerFormat::Jsonl => Box::new(json::JsonLines::new(sink)),
        AnswerFormat::Parquet => Box::new(binary::ParquetFile::new(sink, schema)?),
        AnswerFormat::Arrow => Box::new(binary::ArrowFile::new(sink, schema)?),
    })
}

/// Of two values of an object with one name, a reader has the second one.
fn refuse_equal_names(schema: &SchemaRef) -> Result<(), QueryError> {
    let mut names = BTreeSet::new();
    let twice = schema.fields().iter().filter(|field| !names.insert(field.name()));
    let fault = |name: &String| {
        QueryFault::new(format!("two columns are called '{name}'"))
            .hint(format!("give one of them another name: {name} as other"))
    };
    let faults: Vec<QueryFault> = twice.map(|field| fault(field.name())).collect();
    if faults.is_empty() { Ok(()) } else { Err(QueryError::Query(faults)) }
}

#[cfg(test)]
mod tests;
