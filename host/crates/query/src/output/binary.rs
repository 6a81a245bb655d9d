//! An answer as a Parquet or an Arrow file. Text is kept as plain strings, which every reader knows.

use std::io::Write;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::cast;
use arrow::datatypes::{DataType, FieldRef, Schema, SchemaRef};
use arrow::ipc::writer::FileWriter;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::properties::WriterProperties;

use super::AnswerWriter;
use crate::QueryError;

type Sink<'a> = &'a mut (dyn Write + Send);

pub(super) struct ParquetFile<'a> {
    schema: SchemaRef,
    writer: ArrowWriter<Sink<'a>>,
}

impl<'a> ParquetFile<'a> {
    pub(super) fn new(sink: Sink<'a>, schema: &SchemaRef) -> Result<ParquetFile<'a>, QueryError> {
        let schema = portable(schema);
        let properties = WriterProperties::builder()
            .set_created_by(concat!("outrider ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .build();
        let writer =
            ArrowWriter::try_new(sink, schema.clone(), Some(properties)).map_err(QueryError::write)?;
        Ok(ParquetFile { schema, writer })
    }
}

impl AnswerWriter for ParquetFile<'_> {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), QueryError> {
        self.writer.write(&ported(batch, &self.schema)?).map_err(QueryError::write)
    }

    fn finish(self: Box<Self>, _incomplete: &[String]) -> Result<(), QueryError> {
        let sink = self.writer.into_inner().map_err(QueryError::write)?;
        sink.flush().map_err(QueryError::write)
    }
}

pub(super) struct ArrowFile<'a> {
    schema: SchemaRef,
    writer: FileWriter<Sink<'a>>,
}

impl<'a> ArrowFile<'a> {
    pub(super) fn new(sink: Sink<'a>, schema: &SchemaRef) -> Result<ArrowFile<'a>, QueryError> {
        let schema = portable(schema);
        let writer = FileWriter::try_new(sink, &schema).map_err(QueryError::write)?;
        Ok(ArrowFile { schema, writer })
    }
}

impl AnswerWriter for ArrowFile<'_> {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), QueryError> {
        self.writer.write(&ported(batch, &self.schema)?).map_err(QueryError::write)
    }

    fn finish(mut self: Box<Self>, _incomplete: &[String]) -> Result<(), QueryError> {
        self.writer.finish().and_then(|()| self.writer.flush()).map_err(QueryError::write)
    }
}

/// The columns as they are kept.
fn portable(schema: &SchemaRef) -> SchemaRef {
    let field = |field: &FieldRef| field.as_ref().clone().with_data_type(portable_type(field.data_type()));
    Arc::new(Schema::new(schema.fields().iter().map(field).collect::<Vec<_>>()))
}

fn portable_type(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Utf8View => DataType::Utf8,
        DataType::BinaryView => DataType::Binary,
        other => other.clone(),
    }
}

fn ported(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, QueryError> {
    let columns = batch.columns().iter().zip(schema.fields());
    let columns = columns.map(|(column, field)| cast(column, field.data_type())).collect::<Result<_, _>>();
    columns.and_then(|columns| RecordBatch::try_new(schema.clone(), columns)).map_err(QueryError::write)
}
