//! How rows are encoded: the same for every part.

use std::sync::Arc;

use arrow::datatypes::{DataType, SchemaRef};
use parquet::arrow::ArrowSchemaConverter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::{KeyValue, SortingColumn};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;

use crate::part::PartOrigin;

/// The column by which rows are sorted.
pub(crate) const TIME_COLUMN: &str = "started_at";

/// The lowest level: rows are encoded on the machine that makes the load, and higher levels cost CPU
/// that the load needs for a few percent of size.
const ZSTD_LEVEL: i32 = 1;

/// The properties of one worker's parts of a table: among them what each part says of itself (INV-10).
pub(crate) fn writer_properties(
    origin: &PartOrigin,
    row_group_rows: usize,
) -> Result<Arc<WriterProperties>, ParquetError> {
    let PartOrigin { table, run_id, worker, schema, schema_version } = origin;
    let metadata = [
        ("outrider.schema_version", schema_version.to_string()),
        ("outrider.table", table.to_string()),
        ("outrider.run_id", run_id.to_string()),
        ("outrider.worker", worker.to_string()),
    ];
    let builder = WriterProperties::builder()
        .set_created_by(concat!("outrider ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?))
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_max_row_group_row_count(Some(row_group_rows))
        .set_sorting_columns(Some(vec![sorted_by_time(schema)?]))
        .set_key_value_metadata(Some(
            metadata.map(|(key, value)| KeyValue::new(key.to_owned(), value)).into(),
        ));
    let builder = schema.fields().iter().fold(builder, |builder, field| {
        encode_column(builder, ColumnPath::from(field.name().as_str()), field.name(), field.data_type())
    });
    Ok(Arc::new(builder.build()))
}

/// Dictionaries suit words; other columns have a better encoding, or none that helps.
fn encode_column(
    builder: WriterPropertiesBuilder,
    path: ColumnPath,
    name: &str,
    data_type: &DataType,
) -> WriterPropertiesBuilder {
    match data_type {
        // Times of sorted rows and durations differ little from row to row; zeros take no bits at all.
        DataType::Timestamp(..) | DataType::Int64 => builder
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED),
        // Sketches and trace ids never repeat, and nobody looks for the smallest sketch.
        DataType::Binary => builder
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_statistics_enabled(path, EnabledStatistics::None),
        _ if name == "trace_id" => builder
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_statistics_enabled(path, EnabledStatistics::None),
        // Every page has about the same: the smallest and the largest leave none out.
        _ if name == "url" => builder.set_column_statistics_enabled(path, EnabledStatistics::None),
        _ => builder,
    }
}

fn sorted_by_time(schema: &SchemaRef) -> Result<SortingColumn, ParquetError> {
    let parquet = ArrowSchemaConverter::new().convert(schema)?;
    let index = parquet.columns().iter().position(|column| column.path().string() == TIME_COLUMN);
    let index = index.expect("every table has the column, a test of the schemas shows");
    let column_idx = i32::try_from(index).expect("a table has few columns");
    Ok(SortingColumn { column_idx, descending: false, nulls_first: false })
}
