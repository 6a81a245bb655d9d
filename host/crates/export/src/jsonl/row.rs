//! From rows in columns to lines.

use std::io::{self, Write};

use arrow::array::{
    Array, AsArray, BooleanArray, DictionaryArray, MapArray, PrimitiveArray, RecordBatch, StringArray,
};
use arrow::datatypes::{Float64Type, Int32Type, Int64Type, TimestampNanosecondType, UInt16Type, UInt32Type};
use chrono::{DateTime, SecondsFormat};
use outrider_telemetry::{ColumnKind, Table};

/// A column's values.
enum Values<'a> {
    Text(&'a StringArray),
    Word(&'a DictionaryArray<Int32Type>, &'a StringArray),
    Time(&'a PrimitiveArray<TimestampNanosecondType>),
    Int64(&'a PrimitiveArray<Int64Type>),
    UInt32(&'a PrimitiveArray<UInt32Type>),
    UInt16(&'a PrimitiveArray<UInt16Type>),
    Float64(&'a PrimitiveArray<Float64Type>),
    Flag(&'a BooleanArray),
    Tags(&'a MapArray),
}

/// Writes the rows of a batch, a line each. What has no value has no field.
pub(super) fn write(table: Table, batch: &RecordBatch, out: &mut impl Write) -> io::Result<()> {
    let columns: Vec<(&str, Values<'_>, &dyn Array)> = table
        .columns()
        .zip(batch.columns())
        .filter_map(|(column, array)| Some((column.name, values(column.kind, array)?, &**array)))
        .collect();
    for row in 0..batch.num_rows() {
        write!(out, "{{\"table\":\"{table}\",\"worker\":0")?;
        for (name, values, array) in &columns {
            if array.is_valid(row) {
                write!(out, ",\"{name}\":")?;
                write_value(values, row, out)?;
            }
        }
        out.write_all(b"}\n")?;
    }
    Ok(())
}

/// `None` for what is no value of a line: sketches.
fn values(kind: ColumnKind, array: &dyn Array) -> Option<Values<'_>> {
    Some(match kind {
        ColumnKind::Text => Values::Text(array.as_string()),
        ColumnKind::Word => {
            let words = array.as_dictionary::<Int32Type>();
            Values::Word(words, words.values().as_string())
        }
        ColumnKind::Time => Values::Time(array.as_primitive()),
        ColumnKind::Int64 => Values::Int64(array.as_primitive()),
        ColumnKind::UInt32 => Values::UInt32(array.as_primitive()),
        ColumnKind::UInt16 => Values::UInt16(array.as_primitive()),
        ColumnKind::Float64 => Values::Float64(array.as_primitive()),
        ColumnKind::Flag => Values::Flag(array.as_boolean()),
        ColumnKind::Tags => Values::Tags(array.as_map()),
        ColumnKind::Sketch => return None,
    })
}

fn write_value(values: &Values<'_>, row: usize, out: &mut impl Write) -> io::Result<()> {
    match values {
        Values::Text(texts) => write_text(texts.value(row), out),
        Values::Word(words, texts) => {
            let key = words.keys().value(row);
            write_text(texts.value(usize::try_from(key).unwrap_or_default()), out)
        }
        Values::Time(times) => {
            let time = DateTime::from_timestamp_nanos(times.value(row));
            write!(out, "\"{}\"", time.to_rfc3339_opts(SecondsFormat::Nanos, true))
        }
        Values::Int64(numbers) => write!(out, "{}", numbers.value(row)),
        Values::UInt32(numbers) => write!(out, "{}", numbers.value(row)),
        Values::UInt16(numbers) => write!(out, "{}", numbers.value(row)),
        // JSON has neither infinity nor NaN: they are null.
        Values::Float64(numbers) => serde_json::to_writer(out, &numbers.value(row)).map_err(io::Error::from),
        Values::Flag(flags) => write!(out, "{}", flags.value(row)),
        Values::Tags(tags) => write_tags(tags, row, out),
    }
}

fn write_text(text: &str, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer(out, text).map_err(io::Error::from)
}

fn write_tags(tags: &MapArray, row: usize, out: &mut impl Write) -> io::Result<()> {
    let pairs = tags.value(row);
    let (keys, values) = (pairs.column(0).as_string::<i32>(), pairs.column(1).as_string::<i32>());
    out.write_all(b"{")?;
    for pair in 0..pairs.len() {
        if pair > 0 {
            out.write_all(b",")?;
        }
        write_text(keys.value(pair), out)?;
        out.write_all(b":")?;
        match values.is_valid(pair) {
            true => write_text(values.value(pair), out)?,
            false => out.write_all(b"null")?,
        }
    }
    out.write_all(b"}")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use outrider_model::{IterationStatus, Sample};
    use outrider_telemetry::{BatchBuilders, BatchOrigin};
    use serde_json::{Value, json};

    use super::*;
    use crate::jsonl::jsonl_schema;
    use crate::test_run::{identity, iteration, request, step};

    fn lines(samples: &[Sample]) -> Vec<Value> {
        let mut builders = BatchBuilders::new(BatchOrigin { run_id: identity().run_id, region: None });
        for sample in samples {
            builders.append(sample);
        }
        let mut out = Vec::new();
        for table in Table::ALL {
            if let Some(batch) = builders.finish(table) {
                write(table, &batch, &mut out).unwrap();
            }
        }
        String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn a_row_is_a_line_with_the_names_of_its_columns() {
        let line = lines(&[request("/a \"b\"", Some(503), Duration::from_nanos(1_500))]).remove(0);
        let expected = [
            ("table", json!("requests")),
            ("run_id", json!("20260202T024000Z-4f2a9c")),
            ("worker", json!(0)),
            ("scenario", json!("browse")),
            ("vu", json!(3)),
            ("started_at", json!("2026-02-02T02:40:00.005000000Z")),
            ("duration_ns", json!(1_500)),
            ("ok", json!(false)),
            ("status", json!(503)),
            ("name", json!("/a \"b\"")),
            ("tags", json!({})),
        ];
        for (key, value) in expected {
            assert_eq!(line[key], value, "{key} of {line}");
        }
        assert!(line.get("step").is_none() && line.get("trace_id").is_none(), "{line}");
    }

    #[test]
    fn every_line_fits_the_schema() {
        let schema: Value = serde_json::from_str(&jsonl_schema()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let samples = [
            request("/", Some(200), Duration::from_millis(1)),
            iteration(IterationStatus::Dropped),
            step("pay", true),
            Sample::System(Box::default()),
        ];
        for line in lines(&samples) {
            let faults: Vec<String> = validator.iter_errors(&line).map(|error| error.to_string()).collect();
            assert!(faults.is_empty(), "{faults:?} in {line}");
        }
        assert!(!validator.is_valid(&json!({"table": "requests"})));
        assert!(!validator.is_valid(&json!({"table": "others"})));
    }
}
