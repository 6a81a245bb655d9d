use std::time::Duration;

use bytes::Bytes;
use object_store::ObjectStoreExt;
use outrider_storage::{FinalAccount, RollPolicy, Roller, RollerConfig, RunLayout};
use outrider_telemetry::{BatchSink, DEFAULT_TICK, Table, Tick};
use parquet::basic::Compression;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader};

use super::fixture::{Dataset, RUN, at, batches, clock, policy, request_batches, run_id};

fn bytes_of(dataset: &Dataset, table: Table, sequence: u32) -> Bytes {
    let path = RunLayout::new(run_id()).part(table, 0, sequence);
    let read = async { dataset.store.objects().get(&path).await.unwrap().bytes().await.unwrap() };
    dataset.runtime.block_on(read)
}

fn footer(bytes: &Bytes) -> ParquetMetaData {
    ParquetMetaDataReader::new()
        .with_page_index_policy(PageIndexPolicy::Required)
        .parse_and_finish(bytes)
        .unwrap()
}

#[test]
fn a_part_is_compressed_sorted_indexed_and_names_its_origin() {
    let dataset = Dataset::in_memory();
    dataset.write_run(policy(), &batches(200));
    for table in Table::ALL {
        let footer = footer(&bytes_of(&dataset, table, 0));
        let group = footer.row_group(0);
        let sorted = &group.sorting_columns().unwrap()[0];
        let column = group.column(sorted.column_idx as usize);
        assert_eq!(column.column_path().string(), "started_at", "{table}");
        assert!(matches!(column.compression(), Compression::ZSTD(_)), "{table}");
        assert!(column.statistics().is_some(), "{table}");
        assert!(footer.column_index().is_some() && footer.offset_index().is_some(), "{table}");
        let metadata = footer.file_metadata().key_value_metadata().unwrap();
        let value =
            |key: &str| metadata.iter().find(|pair| pair.key == key).and_then(|pair| pair.value.clone());
        assert_eq!(value("outrider.schema_version"), Some(outrider_telemetry::SCHEMA_VERSION.to_string()));
        assert_eq!(value("outrider.table").as_deref(), Some(table.as_str()));
        assert_eq!(value("outrider.run_id").as_deref(), Some(RUN));
        assert_eq!(value("outrider.worker").as_deref(), Some("0"));
    }
}

#[test]
fn columns_that_can_leave_rows_out_have_statistics() {
    let dataset = Dataset::in_memory();
    dataset.write_run(policy(), &batches(200));
    let footer = footer(&bytes_of(&dataset, Table::Requests, 0));
    let without = footer.row_group(0).columns().iter().filter(|column| column.statistics().is_none());
    let names: Vec<_> = without.map(|column| column.column_path().string()).collect();
    assert_eq!(names, ["url", "trace_id"]);
}

#[test]
fn rows_become_row_groups_and_row_groups_parts() {
    let dataset = Dataset::in_memory();
    let policy = RollPolicy { row_group_rows: 250, part_bytes: 20_000, ..policy() };
    let end = dataset.write_run(policy, &request_batches(20, 100));
    let parts = &end.manifest.parts;
    assert!(parts.len() > 1, "{} parts", parts.len());
    assert_eq!(parts.iter().map(|part| part.rows).sum::<u64>(), 2_000);
    for (sequence, part) in parts.iter().enumerate() {
        assert_eq!(part.path.sequence as usize, sequence);
        let bytes = bytes_of(&dataset, Table::Requests, part.path.sequence);
        assert_eq!(part.bytes, bytes.len() as u64);
        let footer = footer(&bytes);
        assert_eq!(footer.file_metadata().num_rows() as u64, part.rows);
        let rows: Vec<i64> = footer.row_groups().iter().map(|group| group.num_rows()).collect();
        let (_, full) = rows.split_last().unwrap();
        assert!(full.iter().all(|rows| *rows == 200), "two batches fit each: {rows:?}");
    }
    assert!(parts.windows(2).all(|pair| pair[0].max_time < pair[1].min_time), "parts follow one another");
}

#[test]
fn a_part_is_rolled_by_its_age_and_seen_by_readers_before_the_end() {
    let dataset = Dataset::in_memory();
    dataset.begin();
    let mut roller = dataset.roller(policy());
    let (table, batch) = request_batches(1, 10).remove(0);
    roller.write(table, batch);
    roller.tick(Tick::at(clock().now() + Duration::from_secs(5)));
    assert_eq!(dataset.open().manifests().count(), 0, "too young");

    // With the second that they may have waited in the batcher, its rows are eleven seconds old.
    roller.tick(Tick::at(clock().now() + Duration::from_secs(10)));
    let run = dataset.open();
    assert_eq!(run.parts(Table::Requests).count(), 1);
    assert_eq!(dataset.rows(Table::Requests), 10);
    let manifest = run.manifests().next().unwrap();
    assert!(!manifest.finished);
    assert!(run.outcome().is_none());
    assert!(roller.finish(FinalAccount::default()).manifest.finished);
}

#[test]
fn when_one_table_is_due_all_are_cut_at_the_same_moment() {
    let dataset = Dataset::in_memory();
    dataset.begin();
    let (clock, hour) = (clock(), Duration::from_secs(3_600));
    let policy = RollPolicy { part_age: hour + DEFAULT_TICK, ..policy() };
    let config = RollerConfig { run_id: run_id(), worker: 0, policy, marked: true };
    let mut roller =
        Roller::new(dataset.store.clone(), config, clock, dataset.runtime.handle().clone()).unwrap();
    let batches = batches(5);
    let write = |roller: &mut Roller, wanted| {
        let (table, batch) = batches.iter().find(|(table, _)| *table == wanted).unwrap();
        roller.write(*table, batch.clone());
    };
    write(&mut roller, Table::Requests);
    let opened = clock.now();
    while clock.now() <= opened {
        std::thread::yield_now();
    }
    write(&mut roller, Table::Windows);
    // The requests are an hour old, with the tick that they waited before; the windows are not.
    roller.tick(Tick::at(opened + hour));
    let run = dataset.open();
    assert_eq!((run.parts(Table::Requests).count(), run.parts(Table::Windows).count()), (1, 1));
}

#[test]
fn a_manifest_is_not_written_again_when_nothing_changed() {
    let dataset = Dataset::in_memory();
    dataset.begin();
    let mut roller = dataset.roller(policy());
    let (table, batch) = request_batches(1, 10).remove(0);
    roller.write(table, batch);
    roller.tick(Tick::at(at(100)));
    let committed_at = || dataset.open().manifests().next().unwrap().committed_at;
    let first = committed_at();
    roller.tick(Tick::at(at(200)));
    assert_eq!(committed_at(), first);
}

#[test]
fn nothing_but_the_documented_files_is_in_a_finished_folder() {
    let folder = tempfile::tempdir().unwrap();
    let dataset = Dataset::in_folder(folder.path());
    dataset.write_run(policy(), &batches(5));
    let mut files = Vec::new();
    let mut folders = vec![folder.path().join("runs").join(RUN)];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    let run = folder.path().join("runs").join(RUN);
    let mut files: Vec<String> =
        files.iter().map(|file| file.strip_prefix(&run).unwrap().to_str().unwrap().to_owned()).collect();
    files.sort();
    let mut expected: Vec<String> =
        Table::ALL.iter().map(|table| format!("data/{table}/worker=0/part-000000.parquet")).collect();
    expected.extend(["manifest/worker-0000.json", "outcome.json", "run.json"].map(str::to_owned));
    expected.sort();
    assert_eq!(files, expected);
}
