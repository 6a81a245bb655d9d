//! Answers in every form.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryArray, Float64Array, Int64Array, MapBuilder, StringArray, StringBuilder, StringViewArray,
    TimestampNanosecondArray,
};
use arrow::datatypes::{Field, FieldRef, Schema};
use arrow::ipc::reader::FileReader;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::*;

fn batch() -> RecordBatch {
    let mut tags = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
    tags.keys().append_value("branch");
    tags.values().append_value("a \"b\"");
    tags.append(true).unwrap();
    tags.append(true).unwrap();
    let times = TimestampNanosecondArray::from(vec![1_769_860_810_000_000_001, 0]).with_timezone("UTC");
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("name", Arc::new(StringViewArray::from(vec![Some("cart, or\nnot"), None]))),
        ("bytes_sent", Arc::new(Int64Array::from(vec![12, 3_456]))),
        ("mean", Arc::new(Float64Array::from(vec![1.0 / 3.0, 12.0]))),
        ("started_at", Arc::new(times)),
        ("tags", Arc::new(tags.finish())),
        ("raw", Arc::new(BinaryArray::from(vec![&b"\x01\xff"[..], b""]))),
    ];
    in_units(&RecordBatch::try_from_iter(columns).unwrap(), &[("bytes_sent", "bytes")])
}

/// The batch with units of what some of its columns are.
fn in_units(batch: &RecordBatch, units: &[(&str, &str)]) -> RecordBatch {
    let field = |field: &FieldRef| {
        let unit = units.iter().find(|(name, _)| name == field.name());
        let metadata = unit.map(|(_, unit)| ("unit".to_owned(), (*unit).to_owned()));
        field.as_ref().clone().with_metadata(metadata.into_iter().collect::<HashMap<_, _>>())
    };
    let fields: Vec<Field> = batch.schema().fields().iter().map(field).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), batch.columns().to_vec()).unwrap()
}

fn written(format: AnswerFormat, style: AnswerStyle, batches: &[RecordBatch]) -> Vec<u8> {
    let mut sink = Vec::new();
    let mut writer = answer_writer(format, &mut sink, &batches[0].schema(), style).unwrap();
    batches.iter().for_each(|batch| writer.write(batch).unwrap());
    writer.finish(&["a part is missing".to_owned()]).unwrap();
    sink
}

fn text(format: AnswerFormat) -> String {
    String::from_utf8(written(format, AnswerStyle::default(), &[batch()])).unwrap()
}

#[test]
fn a_table_is_for_people() {
    insta::assert_snapshot!(text(AnswerFormat::Table), @r#"
    name           bytes_sent [bytes]    mean  started_at                      tags                  raw
    cart, or\nnot                  12  0.3333  2026-01-31T12:00:10.000000001Z  {"branch":"a \"b\""}  01ff
                                 3456      12  1970-01-01T00:00:00Z            {}
    "#);
}

#[test]
fn what_is_too_wide_for_the_terminal_stands_in_blocks() {
    let style = AnswerStyle { color: false, width: Some(40) };
    let text = String::from_utf8(written(AnswerFormat::Table, style, &[batch()])).unwrap();
    insta::assert_snapshot!(text, @r#"
    row 1
      name                cart, or\nnot
      bytes_sent [bytes]  12
      mean                0.3333
      started_at          2026-01-31T12:00:10.000000001Z
      tags                {"branch":"a \"b\""}
      raw                 01ff
    row 2
      name
      bytes_sent [bytes]  3456
      mean                12
      started_at          1970-01-01T00:00:00Z
      tags                {}
      raw
    "#);
}

#[test]
fn a_plan_keeps_its_lines() {
    let batch = RecordBatch::try_from_iter([
        ("plan_type", Arc::new(StringArray::from(vec!["logical_plan"])) as ArrayRef),
        ("plan", Arc::new(StringArray::from(vec!["Sort\n  Scan\u{1b}[2J"])) as ArrayRef),
    ]);
    let written = written(AnswerFormat::Table, AnswerStyle::default(), &[batch.unwrap()]);
    assert_eq!(String::from_utf8(written).unwrap(), "logical_plan\n  Sort\n    Scan\\u{1b}[2J\n");
}

#[test]
fn a_table_shows_a_thousand_rows_and_knows_that_there_are_more() {
    let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(0..1_500));
    let batch = RecordBatch::try_from_iter([("n", numbers)]).unwrap();
    let (mut sink, schema) = (Vec::new(), batch.schema());
    let mut writer = answer_writer(AnswerFormat::Table, &mut sink, &schema, AnswerStyle::default()).unwrap();
    writer.write(&batch.slice(0, 1_000)).unwrap();
    assert!(!writer.is_full(), "all of them are shown so far");
    writer.write(&batch.slice(1_000, 500)).unwrap();
    assert!(writer.is_full());
    writer.finish(&[]).unwrap();
    assert_eq!(String::from_utf8(sink).unwrap().lines().count(), 1 + MAX_SHOWN_ROWS);
}

#[test]
fn csv_has_every_digit() {
    assert_eq!(
        text(AnswerFormat::Csv),
        "name,bytes_sent,mean,started_at,tags,raw\n\
         \"cart, or\nnot\",12,0.3333333333333333,2026-01-31T12:00:10.000000001Z,\"{\"\"branch\"\":\"\"a \\\"\"b\\\"\"\"\"}\",01ff\n\
         ,3456,12.0,1970-01-01T00:00:00Z,{},\n"
    );
}

#[test]
fn a_json_document_says_what_its_columns_are_and_what_is_missing() {
    let document: serde_json::Value = serde_json::from_str(&text(AnswerFormat::Json)).unwrap();
    assert_eq!(
        document["columns"][1],
        serde_json::json!({"name": "bytes_sent", "type": "integer", "unit": "bytes"})
    );
    assert_eq!(document["rows"][0]["tags"]["branch"], "a \"b\"");
    assert_eq!(document["rows"][1]["name"], serde_json::Value::Null);
    assert_eq!(document["incomplete"][0], "a part is missing");
    let empty = written(AnswerFormat::Json, AnswerStyle::default(), &[batch().slice(0, 0)]);
    let empty: serde_json::Value = serde_json::from_slice(&empty).unwrap();
    assert_eq!(empty["rows"], serde_json::json!([]));
}

#[test]
fn a_unit_is_that_of_what_a_column_is_or_of_what_its_name_ends_with() {
    let number = || Arc::new(Int64Array::from(vec![7])) as ArrayRef;
    let names = ["second", "bytes_sent", "p95_ms", "took", "took_ms", "duration_ns"];
    let batch = RecordBatch::try_from_iter(names.map(|name| (name, number()))).unwrap();
    let batch = in_units(&batch, &[("took", "ns"), ("took_ms", "ns"), ("duration_ns", "ns")]);
    let table = written(AnswerFormat::Table, AnswerStyle::default(), std::slice::from_ref(&batch));
    let table = String::from_utf8(table).unwrap();
    let head = "second  bytes_sent  p95_ms  took [ns]  took_ms [ns]  duration_ns";
    assert_eq!(table.lines().next(), Some(head));
    let document = written(AnswerFormat::Json, AnswerStyle::default(), &[batch]);
    let document: serde_json::Value = serde_json::from_slice(&document).unwrap();
    let units: Vec<Option<&str>> =
        document["columns"].as_array().unwrap().iter().map(|column| column["unit"].as_str()).collect();
    assert_eq!(units, [None, None, Some("ms"), Some("ns"), Some("ns"), Some("ns")]);
}

#[test]
fn json_lines_are_objects() {
    let lines = text(AnswerFormat::Jsonl);
    let rows: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["started_at"], "2026-01-31T12:00:10.000000001Z");
}

#[test]
fn parquet_and_arrow_hold_the_same_rows_as_plain_text() {
    let batch = batch();
    let expected = ["name", "bytes_sent", "mean", "started_at"];
    let parquet = written(AnswerFormat::Parquet, AnswerStyle::default(), std::slice::from_ref(&batch));
    let reader =
        ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(parquet)).unwrap().build().unwrap();
    let from_parquet: Vec<RecordBatch> = reader.map(Result::unwrap).collect();
    let arrow = written(AnswerFormat::Arrow, AnswerStyle::default(), std::slice::from_ref(&batch));
    let reader = FileReader::try_new(std::io::Cursor::new(arrow), None).unwrap();
    let from_arrow: Vec<RecordBatch> = reader.map(Result::unwrap).collect();
    for read in [from_parquet, from_arrow] {
        assert_eq!(read.len(), 1);
        assert_eq!(read[0].schema().field(0).data_type(), &arrow::datatypes::DataType::Utf8);
        for name in expected {
            let (found, written) =
                (read[0].column_by_name(name).unwrap(), batch.column_by_name(name).unwrap());
            assert_eq!(cells::texts(found).unwrap(), cells::texts(written).unwrap(), "{name}");
        }
    }
}
