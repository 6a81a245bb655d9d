use arrow::array::{Array, AsArray};
use arrow::datatypes::{Int32Type, Int64Type, UInt16Type, UInt32Type};
use outrider_model::{IterationStatus, MetricKind};

use super::*;
use crate::test_samples::{self, check, failed_request, log, origin_of_run, request};
use crate::{Windows, windows_from_batch};

fn batch_of(table: Table, samples: &[Sample]) -> RecordBatch {
    let mut builders = BatchBuilders::new(origin_of_run());
    for sample in samples {
        assert_eq!(builders.append(sample), table);
    }
    builders.finish(table).expect("there are rows")
}

fn word<'a>(batch: &'a RecordBatch, column: &str, row: usize) -> Option<&'a str> {
    let words = batch.column_by_name(column).unwrap().as_dictionary::<Int32Type>();
    let values = words.values().as_string::<i32>();
    words.key(row).map(|key| values.value(key))
}

#[test]
fn every_table_builds_a_batch_of_its_schema_and_starts_anew() {
    let mut builders = BatchBuilders::new(origin_of_run());
    let mut windows = Windows::new();
    for _ in 0..3 {
        for sample in test_samples::one_of_each() {
            builders.append(&sample);
            windows.record(&sample);
        }
    }
    windows.close_all().iter().for_each(|window| builders.append_window(window));
    for table in Table::ALL {
        let batch = builders.finish(table).expect("there are rows");
        assert_eq!(batch.schema(), table.schema(), "{table}");
        assert_eq!(batch.num_rows(), if table == Table::Windows { 5 } else { 3 }, "{table}");
        assert!(builders.finish(table).is_none(), "{table} is empty now");
        assert_eq!(word(&batch, "run_id", 2), Some("20260202T024000Z-4f2a9c"));
        assert_eq!(word(&batch, "region", 2), None);
    }
}

#[test]
fn a_request_keeps_its_values() {
    let batch = batch_of(Table::Requests, &[request("/cart", 10), failed_request("/cart")]);
    let number =
        |column: &str, row| batch.column_by_name(column).unwrap().as_primitive::<Int64Type>().value(row);
    assert_eq!(number("duration_ns", 0), 10_000_000);
    assert_eq!(number("blocked_ns", 0), 5_000);
    assert_eq!(number("wait_ns", 0), 10_000_000);
    assert_eq!(number("bytes_received", 0), 4_096);
    assert_eq!(number("iteration", 0), 41);
    assert_eq!(batch.column_by_name("vu").unwrap().as_primitive::<UInt32Type>().value(0), 3);
    assert_eq!(word(&batch, "remote_address", 0), Some("127.0.0.1:8080"));
    assert_eq!(word(&batch, "step", 0), Some("open the cart"));
    assert_eq!((word(&batch, "protocol", 0), word(&batch, "protocol", 1)), (Some("HTTP/1.1"), None));
    let status = batch.column_by_name("status").unwrap().as_primitive::<UInt16Type>();
    assert_eq!((status.value(0), status.is_null(1)), (200, true));
    assert_eq!(word(&batch, "error_kind", 1), Some("connection refused"));
    let ok = batch.column_by_name("ok").unwrap().as_boolean();
    assert_eq!((ok.value(0), ok.value(1)), (true, false));
}

#[test]
fn tags_are_a_map_with_the_names_of_the_parquet_specification() {
    let batch = batch_of(Table::Requests, &[request("/", 1)]);
    let tags = batch.column_by_name("tags").unwrap().as_map();
    assert_eq!(tags.entries().column_names(), ["key", "value"]);
    assert_eq!(tags.keys().as_string::<i32>().value(0), "currency");
    assert_eq!(tags.values().as_string::<i32>().value(0), "EUR");
}

#[test]
fn the_message_of_a_failed_check_is_its_error() {
    let batch = batch_of(Table::Checks, &[check(true), check(false)]);
    let error = batch.column_by_name("error").unwrap().as_string::<i32>();
    assert!(error.is_null(0));
    assert_eq!(error.value(1), "sum of the lines");
    let message = batch.column_by_name("message").unwrap().as_string::<i32>();
    assert_eq!(message.value(0), "sum of the lines");
}

#[test]
fn a_line_of_set_up_has_no_user_and_no_scenario() {
    let batch = batch_of(Table::Logs, &[log("ready")]);
    for column in ["scenario", "vu", "iteration", "step", "duration_ns", "ok", "error"] {
        assert!(batch.column_by_name(column).unwrap().is_null(0), "{column}");
    }
}

#[test]
fn a_request_of_set_up_has_no_user_either() {
    let mut sample = request("/login", 1);
    if let Sample::Request(request) = &mut sample {
        request.origin.scenario = "".into();
    }
    let batch = batch_of(Table::Requests, &[sample]);
    for column in ["scenario", "vu", "iteration"] {
        assert!(batch.column_by_name(column).unwrap().is_null(0), "{column}");
    }
}

#[test]
fn many_addresses_keep_their_rows_and_little_memory() {
    let samples: Vec<Sample> = (0..1_000u16)
        .map(|port| {
            let mut sample = request("/", 1);
            if let Sample::Request(request) = &mut sample {
                request.remote_address = Some(([127, 0, 0, 1], port).into());
            }
            sample
        })
        .collect();
    let batch = batch_of(Table::Requests, &samples);
    assert_eq!(word(&batch, "remote_address", 999), Some("127.0.0.1:999"));
}

#[test]
fn windows_read_back_are_what_was_written() {
    let mut windows = Windows::new();
    for sample in test_samples::one_of_each() {
        windows.record(&sample);
    }
    windows.record(&failed_request("/cart"));
    windows.record(&test_samples::metric(MetricKind::Gauge, 7.0));
    let written = windows.close_all();
    let mut builders = BatchBuilders::new(origin_of_run());
    written.iter().for_each(|window| builders.append_window(window));
    let read = windows_from_batch(&builders.finish(Table::Windows).unwrap()).unwrap();
    assert_eq!(read.len(), written.len());
    for (read, written) in read.iter().zip(&written) {
        assert_eq!((read.started_at, &read.key), (written.started_at, &written.key));
        let (ours, theirs) = (&read.totals, &written.totals);
        assert_eq!((ours.count, ours.failed, ours.request), (theirs.count, theirs.failed, theirs.request));
        assert_eq!(ours.values.map(|values| values.sum), theirs.values.map(|values| values.sum));
        let p50 = |totals: &crate::WindowTotals| totals.sketch.as_ref().map(|sketch| sketch.quantile(0.5));
        assert_eq!(p50(ours), p50(theirs));
        let corrected = |totals: &crate::WindowTotals| totals.corrected.as_ref().map(|sketch| sketch.max());
        assert_eq!(corrected(ours), corrected(theirs));
    }
}

#[test]
fn a_batch_of_another_table_is_not_read_as_windows() {
    let batch = batch_of(Table::Logs, &[log("ready")]);
    let error = windows_from_batch(&batch).unwrap_err();
    assert_eq!(error.to_string(), "table 'windows' has no column 'kind' of type text (dictionary)");
}

#[test]
fn an_iteration_that_failed_keeps_its_stack_and_its_bytes_count() {
    let stack = "    at pay (partial.ts:2:17)\n    at iterate (partial.ts:9:3)";
    let mut failed = test_samples::iteration(IterationStatus::Failed, 5);
    if let Sample::Iteration(iteration) = &mut failed {
        iteration.stack = Some(stack.into());
    }
    let completed = test_samples::iteration(IterationStatus::Completed, 5);
    let mut builders = BatchBuilders::new(origin_of_run());
    builders.append(&completed);
    let before = builders.rows(Table::Iterations).text_bytes();
    builders.append(&failed);
    assert_eq!(builders.rows(Table::Iterations).text_bytes() - before, stack.len());
    let batch = builders.finish(Table::Iterations).unwrap();
    let stacks = batch.column_by_name("stack").unwrap().as_string::<i32>();
    assert_eq!((stacks.is_null(0), stacks.value(1)), (true, stack));
}

#[test]
fn a_check_that_failed_keeps_its_place() {
    let batch = batch_of(Table::Checks, &[test_samples::check(true), test_samples::check(false)]);
    assert_eq!(word(&batch, "source_location", 0), None);
    assert_eq!(word(&batch, "source_location", 1), Some("src/lib.rs:12:5"));
}
