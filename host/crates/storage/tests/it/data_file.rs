//! Rows of test data that users bring along as Parquet.

use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float64Array,
    Int64Array, ListArray, RecordBatch, StringArray, StructArray, TimestampMillisecondArray,
};
use arrow::datatypes::{DataType, Field, Int32Type, Int64Type, Schema};
use outrider_storage::{DataFileError, read_data_file};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use tempfile::TempDir;

const MEGABYTE: u64 = 1 << 20;

fn written(columns: Vec<(&str, ArrayRef)>) -> (TempDir, PathBuf) {
    written_with(columns, Compression::UNCOMPRESSED)
}

fn written_with(columns: Vec<(&str, ArrayRef)>, codec: Compression) -> (TempDir, PathBuf) {
    let fields: Vec<Field> =
        columns.iter().map(|(name, column)| Field::new(*name, column.data_type().clone(), true)).collect();
    let schema = Arc::new(Schema::new(fields));
    let arrays = columns.into_iter().map(|(_, column)| column).collect();
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.parquet");
    let properties = Some(WriterProperties::builder().set_compression(codec).build());
    let file = std::fs::File::create(&path).unwrap();
    let mut writer = ArrowWriter::try_new(file, schema, properties).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    (folder, path)
}

#[test]
fn rows_become_json_objects() {
    let tags = ListArray::from_iter_primitive::<Int64Type, _, _>([Some(vec![Some(1), None]), None]);
    let words: DictionaryArray<Int32Type> = ["a", "b"].into_iter().collect();
    let address: StructArray = vec![(
        Arc::new(Field::new("city", DataType::Utf8, true)),
        Arc::new(StringArray::from(vec![Some("Rome"), None])) as ArrayRef,
    )]
    .into();
    let price = Decimal128Array::from(vec![1999, 5]).with_precision_and_scale(10, 2).unwrap();
    let (_folder, path) = written(vec![
        ("name", Arc::new(StringArray::from(vec!["O\"Hara", "Bo"]))),
        ("id", Arc::new(Int64Array::from(vec![Some(9_007_199_254_740_993), None]))),
        ("rate", Arc::new(Float64Array::from(vec![0.5, f64::NAN]))),
        ("vip", Arc::new(BooleanArray::from(vec![true, false]))),
        ("born", Arc::new(Date32Array::from(vec![0, 20_000]))),
        ("price", Arc::new(price)),
        ("seen", Arc::new(TimestampMillisecondArray::from(vec![1_500, 0]).with_timezone("UTC"))),
        ("at", Arc::new(TimestampMillisecondArray::from(vec![Some(1_500), None]))),
        ("tags", Arc::new(tags)),
        ("word", Arc::new(words)),
        ("address", Arc::new(address)),
    ]);
    let rows = read_data_file(&path, MEGABYTE).unwrap();
    assert_eq!(
        &*rows[0],
        r#"{"name":"O\"Hara","id":9007199254740993,"rate":0.5,"vip":true,"born":"1970-01-01","price":"19.99","seen":"1970-01-01T00:00:01.500Z","at":"1970-01-01T00:00:01.500","tags":[1,null],"word":"a","address":{"city":"Rome"}}"#
    );
    assert_eq!(
        &*rows[1],
        r#"{"name":"Bo","id":null,"rate":null,"vip":false,"born":"2024-10-04","price":"0.05","seen":"1970-01-01T00:00:00Z","at":null,"tags":null,"word":"b","address":{"city":null}}"#
    );
}

#[test]
fn many_rows_are_read_in_order() {
    let (_folder, path) = written(vec![("n", Arc::new(Int64Array::from_iter_values(0..5_000)))]);
    let rows = read_data_file(&path, MEGABYTE).unwrap();
    assert_eq!(rows.len(), 5_000);
    assert_eq!(&*rows[4_321], r#"{"n":4321}"#);
}

#[test]
fn the_compressions_that_other_programs_choose_by_default_are_read() {
    for codec in
        [Compression::SNAPPY, Compression::LZ4_RAW, Compression::LZ4, Compression::ZSTD(ZstdLevel::default())]
    {
        let (_folder, path) =
            written_with(vec![("n", Arc::new(Int64Array::from_iter_values(0..500)))], codec);
        let rows = read_data_file(&path, MEGABYTE).unwrap();
        assert_eq!((rows.len(), &*rows[321]), (500, r#"{"n":321}"#), "{codec}");
    }
}

#[test]
fn columns_that_cannot_be_used_are_named_at_once() {
    let bytes = || Arc::new(BinaryArray::from(vec![b"x".as_slice()])) as ArrayRef;
    let (_folder, path) = written(vec![("a", bytes()), ("b", bytes())]);
    assert_eq!(
        read_data_file(&path, MEGABYTE).unwrap_err().to_string(),
        "column 'a' holds bytes, for which JSON has no form; column 'b' holds bytes, for which JSON has no form"
    );
}

#[test]
fn what_is_too_long_or_no_parquet_is_an_error() {
    let (folder, path) = written(vec![("n", Arc::new(Int64Array::from_iter_values(0..5_000)))]);
    assert!(matches!(read_data_file(&path, 1_000), Err(DataFileError::TooLarge { max_bytes: 1_000 })));
    let path = folder.path().join("text.parquet");
    std::fs::write(&path, "name,city\nAda,London\n").unwrap();
    assert!(matches!(read_data_file(&path, MEGABYTE), Err(DataFileError::Parquet(_))));
    let gone = read_data_file(&folder.path().join("gone.parquet"), MEGABYTE);
    assert!(matches!(gone, Err(DataFileError::Open(_))));
}
