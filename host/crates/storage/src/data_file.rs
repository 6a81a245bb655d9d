//! Parquet files that users bring along: rows of test data, as JSON objects.

use std::fs::File;
use std::path::Path;

use arrow::array::{Array, AsArray, RecordBatch, StructArray};
use arrow::datatypes::{
    DataType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, Schema, TimeUnit,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use chrono::{DateTime, SecondsFormat};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;
use serde_json::{Map, Value};

/// A thousand rows at a time: enough to decode quickly, little to hold beside the rows.
const BATCH_ROWS: usize = 1024;

/// Lists and structures inside one another. Test data has two or three.
const MAX_NESTING: usize = 16;

/// A Parquet file whose rows cannot be used as data.
#[derive(Debug, thiserror::Error)]
pub enum DataFileError {
    /// The file cannot be opened.
    #[error("cannot open it")]
    Open(#[source] std::io::Error),
    /// It is no Parquet file, or is damaged.
    #[error("cannot read it as Parquet")]
    Parquet(#[from] ParquetError),
    /// It is compressed in a way that this program does not know.
    #[error("it is compressed with {codec}; write it with zstd, snappy or lz4, or without compression")]
    Compression {
        /// The codec.
        codec: String,
    },
    /// Its values cannot be read.
    #[error("cannot read its values")]
    Values(#[from] ArrowError),
    /// Some columns cannot be used.
    #[error("{}", .0.join("; "))]
    Columns(Vec<String>),
    /// Its rows are too long, as JSON.
    #[error("its rows have more than {max_bytes} bytes as JSON")]
    TooLarge {
        /// The limit.
        max_bytes: u64,
    },
}

/// The rows of a Parquet file as JSON objects. Dates, times and decimal numbers are texts, as ISO 8601
/// and as they are written; what a row lacks is `null`.
///
/// # Errors
///
/// If it is no readable Parquet file, has columns that JSON has no form for (binary ones), or is longer
/// than `max_bytes` as JSON. All columns that cannot be used are named at once.
pub fn read_data_file(path: &Path, max_bytes: u64) -> Result<Vec<Box<str>>, DataFileError> {
    let file = File::open(path).map_err(DataFileError::Open)?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file)?;
    check_columns(builder.schema())?;
    check_compression(builder.metadata())?;
    let mut rows = Vec::new();
    let mut bytes = 0;
    for batch in builder.with_batch_size(BATCH_ROWS).build()? {
        let batch = batch?;
        for row in 0..batch.num_rows() {
            let text = json_row(&batch, row)?;
            bytes += text.len() as u64;
            if bytes > max_bytes {
                return Err(DataFileError::TooLarge { max_bytes });
            }
            rows.push(text.into_boxed_str());
        }
    }
    Ok(rows)
}

fn check_columns(schema: &Schema) -> Result<(), DataFileError> {
    let mut faults = Vec::new();
    for (index, field) in schema.fields().iter().enumerate() {
        let name = field.name();
        if schema.fields()[..index].iter().any(|other| other.name() == name) {
            faults.push(format!("two columns are named '{name}'"));
        }
        if let Some(unfit) = unfit(field.data_type(), 0) {
            faults.push(format!("column '{name}' holds {unfit}, for which JSON has no form"));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(DataFileError::Columns(faults)) }
}

fn check_compression(metadata: &ParquetMetaData) -> Result<(), DataFileError> {
    let columns = metadata.row_groups().iter().flat_map(|group| group.columns());
    let readable = |codec| {
        use Compression::{LZ4, LZ4_RAW, SNAPPY, UNCOMPRESSED, ZSTD};
        matches!(codec, UNCOMPRESSED | LZ4 | LZ4_RAW | SNAPPY | ZSTD(_))
    };
    match columns.map(|column| column.compression()).find(|codec| !readable(*codec)) {
        Some(codec) => Err(DataFileError::Compression { codec: codec.to_string() }),
        None => Ok(()),
    }
}

/// What of a type cannot be written as JSON.
fn unfit(data_type: &DataType, nesting: usize) -> Option<String> {
    if nesting > MAX_NESTING {
        return Some(format!("more than {MAX_NESTING} lists inside one another"));
    }
    match data_type {
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            Some("bytes".to_owned())
        }
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            unfit(item.data_type(), nesting + 1)
        }
        DataType::Struct(fields) => fields.iter().find_map(|field| unfit(field.data_type(), nesting + 1)),
        DataType::Dictionary(_, values) => unfit(values, nesting + 1),
        DataType::Map(..) | DataType::Union(..) | DataType::ListView(_) | DataType::LargeListView(_) => {
            Some(data_type.to_string())
        }
        _ => None,
    }
}

fn json_row(batch: &RecordBatch, row: usize) -> Result<String, ArrowError> {
    let mut object = Map::new();
    for (field, column) in batch.schema_ref().fields().iter().zip(batch.columns()) {
        object.insert(field.name().clone(), value(column.as_ref(), row)?);
    }
    Ok(Value::Object(object).to_string())
}

fn value(array: &dyn Array, row: usize) -> Result<Value, ArrowError> {
    if array.is_null(row) {
        return Ok(Value::Null);
    }
    Ok(match array.data_type() {
        DataType::Null => Value::Null,
        DataType::Boolean => array.as_boolean().value(row).into(),
        DataType::Int8 => array.as_primitive::<Int8Type>().value(row).into(),
        DataType::Int16 => array.as_primitive::<Int16Type>().value(row).into(),
        DataType::Int32 => array.as_primitive::<Int32Type>().value(row).into(),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).into(),
        DataType::UInt8 => array.as_primitive::<UInt8Type>().value(row).into(),
        DataType::UInt16 => array.as_primitive::<UInt16Type>().value(row).into(),
        DataType::UInt32 => array.as_primitive::<UInt32Type>().value(row).into(),
        DataType::UInt64 => array.as_primitive::<UInt64Type>().value(row).into(),
        DataType::Float32 => array.as_primitive::<Float32Type>().value(row).into(),
        DataType::Float64 => array.as_primitive::<Float64Type>().value(row).into(),
        DataType::Utf8 => array.as_string::<i32>().value(row).into(),
        DataType::LargeUtf8 => array.as_string::<i64>().value(row).into(),
        DataType::Utf8View => array.as_string_view().value(row).into(),
        DataType::List(_) => list(array.as_list::<i32>().value(row).as_ref())?,
        DataType::LargeList(_) => list(array.as_list::<i64>().value(row).as_ref())?,
        DataType::FixedSizeList(..) => list(array.as_fixed_size_list().value(row).as_ref())?,
        DataType::Struct(_) => structure(array.as_struct(), row)?,
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            value(dictionary.values().as_ref(), dictionary.normalized_keys()[row])?
        }
        DataType::Timestamp(unit, zone) => timestamp(array, row, *unit, zone.is_some()).into(),
        // Dates, times of day, decimal numbers.
        _ => ArrayFormatter::try_new(array, &FormatOptions::new())?.value(row).try_to_string()?.into(),
    })
}

/// A point in time as ISO 8601: in UTC where the column has a zone, whichever it is, else as it stands.
fn timestamp(array: &dyn Array, row: usize, unit: TimeUnit, has_zone: bool) -> Option<String> {
    let time = match unit {
        TimeUnit::Second => {
            DateTime::from_timestamp(array.as_primitive::<TimestampSecondType>().value(row), 0)
        }
        TimeUnit::Millisecond => {
            DateTime::from_timestamp_millis(array.as_primitive::<TimestampMillisecondType>().value(row))
        }
        TimeUnit::Microsecond => {
            DateTime::from_timestamp_micros(array.as_primitive::<TimestampMicrosecondType>().value(row))
        }
        TimeUnit::Nanosecond => {
            Some(DateTime::from_timestamp_nanos(array.as_primitive::<TimestampNanosecondType>().value(row)))
        }
    }?;
    Some(match has_zone {
        true => time.to_rfc3339_opts(SecondsFormat::AutoSi, true),
        false => time.naive_utc().format("%Y-%m-%dT%H:%M:%S%.f").to_string(),
    })
}

fn list(items: &dyn Array) -> Result<Value, ArrowError> {
    (0..items.len()).map(|index| value(items, index)).collect::<Result<Vec<_>, _>>().map(Value::Array)
}

fn structure(array: &StructArray, row: usize) -> Result<Value, ArrowError> {
    let mut object = Map::new();
    for (field, column) in array.fields().iter().zip(array.columns()) {
        object.insert(field.name().clone(), value(column.as_ref(), row)?);
    }
    Ok(Value::Object(object))
}
