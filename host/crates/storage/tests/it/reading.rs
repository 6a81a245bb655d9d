//! How parts are read: what it costs, and in what order rows come.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow::array::RecordBatch;
use async_trait::async_trait;
use futures::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, ObjectStoreExt,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use outrider_model::{LogLevel, LogSample, Sample};
use outrider_storage::{Check, DatasetStore, PartFault, PartName, RollPolicy, RunLayout, StorageError};
use outrider_telemetry::{BatchBuilders, BatchOrigin, Table};
use parquet::file::metadata::ParquetMetaDataReader;

use super::fixture::{Dataset, at, policy, request_batches, run_id};

/// A store that counts what is asked of it.
#[derive(Debug, Default)]
struct Counting {
    inner: InMemory,
    gets: AtomicUsize,
    under_way: AtomicUsize,
    most_under_way: AtomicUsize,
}

impl Counting {
    /// Gets since the last call, and the most of them that were under way at a time.
    fn take(&self) -> (usize, usize) {
        (self.gets.swap(0, Ordering::SeqCst), self.most_under_way.swap(0, Ordering::SeqCst))
    }
}

impl std::fmt::Display for Counting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Counting")
    }
}

#[async_trait]
impl ObjectStore for Counting {
    async fn put_opts(&self, location: &Path, payload: PutPayload, opts: PutOptions) -> Result<PutResult> {
        self.inner.put_opts(location, payload, opts).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        opts: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.inner.put_multipart_opts(location, opts).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.gets.fetch_add(1, Ordering::SeqCst);
        let under_way = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_under_way.fetch_max(under_way, Ordering::SeqCst);
        // As from a far store: others get their turn in between.
        tokio::task::yield_now().await;
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        self.inner.get_opts(location, options).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.inner.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await
    }
}

/// Every batch of 100 rows is a part.
fn part_per_batch() -> RollPolicy {
    RollPolicy { row_group_rows: 100, part_bytes: 1, ..policy() }
}

/// Forty parts of 100 requests in a store that counts.
fn forty_parts() -> (Arc<Counting>, Dataset) {
    let store = Arc::new(Counting::default());
    let dataset = Dataset::new(store.clone());
    dataset.write_run(part_per_batch(), &request_batches(40, 100));
    (store, dataset)
}

fn path_of(sequence: u32) -> Path {
    RunLayout::new(run_id()).part(Table::Requests, 0, sequence)
}

/// All batches of a table, with the parts that failed in between.
fn read(dataset: &Dataset, table: Table) -> Vec<std::result::Result<usize, StorageError>> {
    let mut reader = dataset.open().table(table, Some(&["started_at"])).unwrap();
    let mut found = Vec::new();
    dataset.runtime.block_on(async {
        loop {
            match reader.next_batch().await {
                Ok(Some(batch)) => found.push(Ok(batch.num_rows())),
                Ok(None) => return found,
                Err(error) => found.push(Err(error)),
            }
        }
    })
}

#[test]
fn a_small_part_takes_one_request_and_eight_are_under_way_at_a_time() {
    let (store, dataset) = forty_parts();
    let run = dataset.open();
    store.take();
    let mut reader = run.table(Table::Requests, Some(&["duration_ns"])).unwrap();
    let mut rows = 0;
    while let Some(batch) = dataset.runtime.block_on(reader.next_batch()).unwrap() {
        rows += batch.num_rows();
    }
    assert_eq!(rows, 4_000);
    assert_eq!(store.take(), (40, 8));
}

#[test]
fn footers_are_compared_several_at_a_time_and_only_those_of_the_tables_asked_for() {
    let (store, dataset) = forty_parts();
    let run = dataset.open();
    store.take();
    let found = dataset.runtime.block_on(run.completeness(Check::Footers));
    assert_eq!(
        (found.rows[&Table::Requests], store.take()),
        (4_000, (40, 16)),
        "size and footer in one request"
    );
    let found = dataset.runtime.block_on(run.completeness_of(&[Table::Steps], Check::Footers));
    assert!(found.complete && found.rows.is_empty(), "{found:?}");
    assert_eq!(store.take(), (0, 0));
}

#[test]
fn a_part_with_something_wrong_fails_once_and_the_others_are_read() {
    let (_, dataset) = forty_parts();
    let objects = dataset.store.objects();
    dataset.runtime.block_on(async {
        let bytes =
            |sequence| async move { objects.get(&path_of(sequence)).await.unwrap().bytes().await.unwrap() };
        objects.delete(&path_of(3)).await.unwrap();
        objects.put(&path_of(7), bytes(7).await.slice(..100).into()).await.unwrap();
        let size = bytes(9).await.len();
        objects.put(&path_of(9), vec![7; size].into()).await.unwrap();
    });
    damage(&dataset, &path_of(11), 0);
    let found = read(&dataset, Table::Requests);
    assert_eq!(found.iter().flatten().sum::<usize>(), 3_600);
    let faults: Vec<&StorageError> = found.iter().filter_map(|part| part.as_ref().err()).collect();
    let [missing, cut, garbled, damaged] = faults[..] else { panic!("{faults:?}") };
    assert_eq!(missing.to_string(), "100 rows: data/requests/worker=0/part-000003.parquet is missing");
    assert!(matches!(cut, StorageError::Part { fault: PartFault::Bytes { found: 100, .. }, .. }), "{cut}");
    for (fault, sequence) in [(garbled, 9), (damaged, 11)] {
        let name = format!("part-{sequence:06}.parquet has other bytes than were written");
        assert!(matches!(fault, StorageError::Part { fault: PartFault::Digest, .. }), "{fault}");
        assert!(fault.to_string().ends_with(&name), "{fault}");
    }
}

#[test]
fn only_the_parts_that_are_asked_for_are_read() {
    let (store, dataset) = forty_parts();
    let run = dataset.open();
    store.take();
    let wanted: BTreeSet<PartName> = run
        .parts(Table::Requests)
        .map(|part| part.path.clone())
        .filter(|part| [5, 30].contains(&part.sequence))
        .collect();
    let mut reader = run.table(Table::Requests, None).unwrap().only(&wanted);
    let mut parts = Vec::new();
    while dataset.runtime.block_on(reader.next_batch()).unwrap().is_some() {
        parts.push(reader.current_part().unwrap().sequence);
    }
    assert_eq!((parts, store.take().0), (vec![5, 30], 2));
}

/// Overwrites the times of a row group; the footer stays sound.
fn damage(dataset: &Dataset, path: &Path, row_group: usize) {
    let objects = dataset.store.objects();
    dataset.runtime.block_on(async {
        let bytes = objects.get(path).await.unwrap().bytes().await.unwrap();
        let footer = ParquetMetaDataReader::new().parse_and_finish(&bytes).unwrap();
        let columns = footer.row_group(row_group).columns();
        let times = columns.iter().find(|column| column.column_path().string() == "started_at").unwrap();
        let (start, length) = times.byte_range();
        let mut bytes = bytes.to_vec();
        bytes[start as usize..(start + length) as usize].fill(0xff);
        objects.put(path, bytes.into()).await.unwrap();
    });
}

/// Batches of log lines that do not compress, a megabyte and a half each.
fn log_batches(count: i64) -> Vec<(Table, RecordBatch)> {
    let mut builders = BatchBuilders::new(BatchOrigin { run_id: run_id(), region: None });
    let mut state = 1_u64;
    let mut batches = Vec::new();
    for batch in 0..count {
        for line in 0..500 {
            let words = (0..350).map(|_| {
                // Marsaglia's xorshift, 64 bits.
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                format!("{state:016x}")
            });
            let message = words.collect::<String>().into();
            let at = at(batch * 500 + line);
            let sample = LogSample { origin: None, source: "stdout", level: LogLevel::Info, at, message };
            builders.append(&Sample::Log(sample));
        }
        batches.push((Table::Logs, builders.finish(Table::Logs).unwrap()));
    }
    batches
}

#[test]
fn of_a_large_part_far_away_a_row_group_is_read_at_a_time_until_one_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let objects = Arc::new(InMemory::new());
    let far = DatasetStore::far(objects.clone(), "s3://bucket", folder.path());
    let dataset = Dataset { store: far, ..Dataset::in_memory() };
    // Two parts of two row groups.
    let policy = RollPolicy { row_group_rows: 500, part_bytes: 2_000_000, ..policy() };
    let end = dataset.write_run(policy, &log_batches(4));
    let sizes: Vec<u64> = end.manifest.parts.iter().map(|part| part.bytes).collect();
    assert!(sizes.len() == 2 && sizes.iter().all(|size| *size > 2 << 20), "{sizes:?}");
    let rows = |found: &[std::result::Result<usize, StorageError>]| -> Vec<Option<usize>> {
        found.iter().map(|batch| batch.as_ref().ok().copied()).collect()
    };
    assert_eq!(rows(&read(&dataset, Table::Logs)), [Some(500); 4]);

    damage(&dataset, &RunLayout::new(run_id()).part(Table::Logs, 0, 0), 1);
    assert_eq!(rows(&read(&dataset, Table::Logs)), [Some(500), None, Some(500), Some(500)]);

    let near = Dataset { store: DatasetStore::new(objects, "here"), ..Dataset::in_memory() };
    assert_eq!(
        rows(&read(&near, Table::Logs)),
        [None, Some(500), Some(500)],
        "its bytes are looked at first"
    );
}
