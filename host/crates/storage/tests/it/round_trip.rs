use std::thread;

use arrow::array::{Array, AsArray, UInt32Array};
use arrow::compute::{concat_batches, take_record_batch};
use arrow::datatypes::TimestampNanosecondType;
use outrider_model::SampleSink;
use outrider_storage::{Check, FinalAccount, SampleAccount, StorageError};
use outrider_telemetry::{BatchOrigin, Batcher, BatcherConfig, SampleQueue, Table, windows_from_batch};

use super::fixture::{Dataset, at, batches, clock, policy, request, run_id};

/// The rows of a table as a reader must find them: in order of time, ties as they came.
fn expected(table: Table, batches: &[(Table, arrow::array::RecordBatch)]) -> arrow::array::RecordBatch {
    let parts: Vec<_> =
        batches.iter().filter(|(of, _)| *of == table).map(|(_, batch)| batch.clone()).collect();
    let rows = concat_batches(&table.schema(), &parts).unwrap();
    let times = rows.column_by_name("started_at").unwrap().as_primitive::<TimestampNanosecondType>();
    let mut order: Vec<u32> = (0..rows.num_rows() as u32).collect();
    order.sort_by_key(|row| times.value(*row as usize));
    take_record_batch(&rows, &UInt32Array::from(order)).unwrap()
}

#[test]
fn every_table_is_read_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let dataset = Dataset::in_folder(folder.path());
    let written = batches(300);
    let end = dataset.write_run(policy(), &written);
    assert!(end.failure.is_none());
    for table in Table::ALL {
        let read = concat_batches(&table.schema(), &dataset.read(table, None)).unwrap();
        let expected = expected(table, &written);
        assert_eq!(read.num_rows(), expected.num_rows(), "{table}");
        for (column, field) in table.schema().fields().iter().enumerate() {
            assert_eq!(read.column(column), expected.column(column), "{table}.{}", field.name());
        }
    }
    let completeness = dataset.runtime.block_on(dataset.open().completeness(Check::Digests));
    assert_eq!(completeness.missing, [""; 0]);
    assert!(completeness.complete);
    assert_eq!(completeness.rows[&Table::Requests], 600);
}

#[test]
fn units_and_descriptions_survive_in_the_files() {
    let dataset = Dataset::in_memory();
    dataset.write_run(policy(), &batches(3));
    let read = dataset.read(Table::Requests, None);
    let schema = read[0].schema();
    let field = schema.field_with_name("wait_ns").unwrap();
    assert_eq!(field.metadata()["unit"], "ns");
    assert!(field.metadata()["description"].contains("first byte"));
}

#[test]
fn a_projection_reads_the_named_columns_alone() {
    let dataset = Dataset::in_memory();
    dataset.write_run(policy(), &batches(10));
    let read = dataset.read(Table::Requests, Some(&["duration_ns", "name", "tags"]));
    let schema = read[0].schema();
    let names: Vec<_> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    assert_eq!(names, ["duration_ns", "tags", "name"]);
    let error = dataset.open().table(Table::Requests, Some(&["worker"])).unwrap_err();
    assert!(matches!(error, StorageError::NoSuchColumn { .. }), "{error}");
}

#[test]
fn windows_come_back_with_their_sketches() {
    let dataset = Dataset::in_memory();
    dataset.write_run(policy(), &batches(100));
    let mut totals = outrider_telemetry::WindowTotals::default();
    for batch in dataset.read(Table::Windows, None) {
        for window in windows_from_batch(&batch).unwrap() {
            if window.key.kind == outrider_telemetry::WindowKind::Request {
                totals.merge(&window.totals);
            }
        }
    }
    assert_eq!((totals.count, totals.failed), (200, 4));
    assert_eq!(totals.sketch.unwrap().count(), 200);
}

#[test]
fn the_whole_way_from_a_queue_to_a_complete_run() {
    let folder = tempfile::tempdir().unwrap();
    let dataset = Dataset::in_folder(folder.path());
    dataset.begin();
    let (queue, receiver) = SampleQueue::new(1 << 16);
    let config = BatcherConfig::new(BatchOrigin { run_id: run_id(), region: None });
    let batcher = Batcher::new(config, receiver, dataset.roller(policy()), clock()).spawn().unwrap();
    let vus: Vec<_> = (0..4)
        .map(|vu| {
            let queue = queue.clone();
            thread::spawn(move || (0..5_000).for_each(|n| queue.record(request(vu * 5_000 + n, at(1)))))
        })
        .collect();
    vus.into_iter().for_each(|vu| vu.join().unwrap());
    queue.close();
    let end = batcher.join().unwrap();
    let stats = queue.stats();
    let end = end.sink.finish(FinalAccount {
        samples: SampleAccount { accepted: stats.accepted, lost: stats.lost },
        ..FinalAccount::default()
    });
    dataset.end(&end);

    let run = dataset.open();
    let completeness = dataset.runtime.block_on(run.completeness(Check::Footers));
    assert_eq!(completeness.rows[&Table::Requests] + stats.lost, 20_000);
    assert_eq!(completeness.complete, stats.lost == 0, "{:?}", completeness.missing);
    assert_eq!(dataset.rows(Table::Requests) as u64, stats.accepted);
    let totals = &run.outcome().unwrap().totals;
    assert_eq!(totals.rows[&Table::Requests], stats.accepted);
}

#[test]
fn reading_is_possible_with_several_parts_and_says_which_one_it_is_at() {
    let dataset = Dataset::in_memory();
    let small = outrider_storage::RollPolicy { row_group_rows: 100, part_bytes: 1, ..policy() };
    dataset.write_run(small, &super::fixture::request_batches(5, 100));
    let mut reader = dataset.open().table(Table::Requests, Some(&["vu"])).unwrap();
    let mut parts = Vec::new();
    while let Some(batch) = dataset.runtime.block_on(reader.next_batch()).unwrap() {
        assert_eq!(batch.column(0).len(), 100);
        parts.push(reader.current_part().unwrap().sequence);
    }
    assert_eq!(parts, [0, 1, 2, 3, 4]);
}
