//! An answer as comma-separated values: every digit, times in RFC 3339, nothing where there is no value.

use std::io::Write;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;

use super::AnswerWriter;
use super::cells::texts;
use crate::QueryError;

pub(super) struct CsvRows<'a> {
    writer: csv::Writer<&'a mut (dyn Write + Send)>,
}

impl<'a> CsvRows<'a> {
    pub(super) fn new(
        sink: &'a mut (dyn Write + Send),
        schema: &SchemaRef,
    ) -> Result<CsvRows<'a>, QueryError> {
        let mut writer = csv::Writer::from_writer(sink);
        writer.write_record(schema.fields().iter().map(|field| field.name())).map_err(QueryError::write)?;
        Ok(CsvRows { writer })
    }
}

impl AnswerWriter for CsvRows<'_> {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), QueryError> {
        let columns: Vec<Vec<Option<String>>> =
            batch.columns().iter().map(texts).collect::<Result<_, _>>()?;
        for row in 0..batch.num_rows() {
            let cells = columns.iter().map(|column| column[row].as_deref().unwrap_or_default());
            self.writer.write_record(cells).map_err(QueryError::write)?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, _incomplete: &[String]) -> Result<(), QueryError> {
        self.writer.flush().map_err(QueryError::write)
    }
}
