//! An answer as one JSON document, or as an object a line.

use std::io::Write;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field, SchemaRef};
use arrow::json::LineDelimitedWriter;
use arrow::json::writer::{LineDelimited, WriterBuilder};
use schemars::JsonSchema;
use serde::Serialize;

use super::AnswerWriter;
use crate::QueryError;
use crate::answer::UNIT_KEY;
use crate::catalogue::unit_of_column;

/// A column of an answer.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ColumnDocument {
    /// Its name.
    pub(crate) name: String,
    /// The type of its values: text, integer, float, boolean, time, map, list or another word of Arrow's.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// Their unit, where the column is one of the dataset's or the views' under any name, or has a name of theirs that ends with it; else null.
    pub(crate) unit: Option<String>,
}

/// The unit of a column: of what it is, else the one that its name ends with, as `p95_ms` does, which is the word of who asks.
pub(super) fn unit_of(field: &Field) -> Option<&str> {
    let of_name = unit_of_column(field.name()).filter(|unit| ends_with_unit(field.name(), unit));
    field.metadata().get(UNIT_KEY).map(String::as_str).or(of_name)
}

/// Whether a name says the unit itself.
pub(super) fn ends_with_unit(name: &str, unit: &str) -> bool {
    name.strip_suffix(unit).is_some_and(|before| before.ends_with('_'))
}

/// A type in a word.
fn type_word(data_type: &DataType) -> String {
    match data_type {
        DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8 => "text".to_owned(),
        DataType::Dictionary(_, words) => type_word(words),
        DataType::Boolean => "boolean".to_owned(),
        number if number.is_integer() => "integer".to_owned(),
        number if number.is_numeric() => "float".to_owned(),
        DataType::Timestamp(..) => "time".to_owned(),
        DataType::Map(..) => "map".to_owned(),
        DataType::List(..) | DataType::LargeList(..) | DataType::FixedSizeList(..) => "list".to_owned(),
        DataType::Binary | DataType::BinaryView | DataType::LargeBinary => "binary".to_owned(),
        other => other.to_string().to_lowercase(),
    }
}

/// The rows of a batch, an object a line.
fn lines(batch: &RecordBatch) -> Result<Vec<u8>, QueryError> {
    let builder = WriterBuilder::new().with_explicit_nulls(true);
    let mut writer: LineDelimitedWriter<Vec<u8>> = builder.build::<_, LineDelimited>(Vec::new());
    writer.write(batch).and_then(|()| writer.finish()).map_err(QueryError::write)?;
    Ok(writer.into_inner())
}

pub(super) struct JsonLines<'a> {
    sink: &'a mut (dyn Write + Send),
}

impl<'a> JsonLines<'a> {
    pub(super) fn new(sink: &'a mut (dyn Write + Send)) -> JsonLines<'a> {
        JsonLines { sink }
    }
}

impl AnswerWriter for JsonLines<'_> {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), QueryError> {
        self.sink.write_all(&lines(batch)?).map_err(QueryError::write)
    }

    fn finish(self: Box<Self>, _incomplete: &[String]) -> Result<(), QueryError> {
        self.sink.flush().map_err(QueryError::write)
    }
}

/// `{"columns": […], "rows": […], "incomplete": […]}`, a row a line.
pub(super) struct JsonDocument<'a> {
    sink: &'a mut (dyn Write + Send),
    is_first: bool,
}

impl<'a> JsonDocument<'a> {
    pub(super) fn new(
        sink: &'a mut (dyn Write + Send),
        schema: &SchemaRef,
    ) -> Result<JsonDocument<'a>, QueryError> {
        let column = |field: &arrow::datatypes::FieldRef| ColumnDocument {
            name: field.name().clone(),
            kind: type_word(field.data_type()),
            unit: unit_of(field).map(str::to_owned),
        };
        let columns: Vec<ColumnDocument> = schema.fields().iter().map(column).collect();
        let columns = serde_json::to_string(&columns).map_err(QueryError::write)?;
        write!(sink, "{{\n\"columns\": {columns},\n\"rows\": [").map_err(QueryError::write)?;
        Ok(JsonDocument { sink, is_first: true })
    }
}

impl AnswerWriter for JsonDocument<'_> {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), QueryError> {
        let lines = lines(batch)?;
        for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let before: &[u8] = if std::mem::take(&mut self.is_first) { b"\n" } else { b",\n" };
            self.sink
                .write_all(before)
                .and_then(|()| self.sink.write_all(line))
                .map_err(QueryError::write)?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>, incomplete: &[String]) -> Result<(), QueryError> {
        let incomplete = serde_json::to_string(incomplete).map_err(QueryError::write)?;
        let end = if self.is_first { "]" } else { "\n]" };
        let written = writeln!(self.sink, "{end},\n\"incomplete\": {incomplete}\n}}");
        written.and_then(|()| self.sink.flush()).map_err(QueryError::write)
    }
}
