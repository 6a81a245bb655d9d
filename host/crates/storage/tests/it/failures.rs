use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use futures::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use outrider_storage::{Check, FinalAccount, RollPolicy, StorageError};
use outrider_telemetry::{BatchSink, Table, Tick};

use super::fixture::{Dataset, account, at, policy, request_batches};

/// A store whose disk is full from some put on, for some puts.
#[derive(Debug)]
struct Faulty {
    inner: InMemory,
    /// Puts of parts that still succeed.
    good: AtomicI64,
    /// Puts that fail after them.
    bad: AtomicI64,
    /// Whether a put that fails arrives all the same.
    arrives: bool,
}

impl Faulty {
    fn new(good: i64, bad: i64, arrives: bool) -> Arc<Faulty> {
        let (good, bad) = (AtomicI64::new(good), AtomicI64::new(bad));
        Arc::new(Faulty { inner: InMemory::new(), good, bad, arrives })
    }

    fn fails(&self, location: &Path) -> bool {
        location.as_ref().ends_with(".parquet")
            && self.good.fetch_sub(1, Ordering::Relaxed) <= 0
            && self.bad.fetch_sub(1, Ordering::Relaxed) > 0
    }
}

impl std::fmt::Display for Faulty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Faulty")
    }
}

#[async_trait]
impl ObjectStore for Faulty {
    async fn put_opts(&self, location: &Path, payload: PutPayload, opts: PutOptions) -> Result<PutResult> {
        if !self.fails(location) {
            return self.inner.put_opts(location, payload, opts).await;
        }
        if self.arrives {
            self.inner.put_opts(location, payload, opts).await?;
        }
        let source = Box::new(io::Error::from(io::ErrorKind::StorageFull));
        Err(object_store::Error::Generic { store: "faulty", source })
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        opts: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.inner.put_multipart_opts(location, opts).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
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

#[test]
fn a_full_disk_keeps_what_was_committed_and_counts_the_rest() {
    let dataset = Dataset::new(Faulty::new(2, i64::MAX, false));
    dataset.begin();
    let mut roller = dataset.roller(part_per_batch());
    let failure = roller.failure();
    let rows = request_batches(5, 100);
    for (table, batch) in &rows[..2] {
        roller.write(*table, batch.clone());
        roller.tick(Tick::at(at(1)));
    }
    assert!(failure.borrow().is_none());
    for (table, batch) in &rows[2..] {
        roller.write(*table, batch.clone());
        roller.tick(Tick::at(at(2)));
    }
    let error = failure.borrow().clone().expect("the session is told at once");
    assert!(error.is_disk_full() && error.hint().is_some());
    assert_eq!(
        error.to_string(),
        "cannot write 'runs/20260202T024000Z-4f2a9c/data/requests/worker=0/part-000002.parquet'"
    );

    let end = roller.finish(account(&rows));
    assert!(end.failure.is_some());
    assert!(!end.manifest.finished);
    assert_eq!(end.manifest.missing_rows(), 300);
    assert_eq!(dataset.rows(Table::Requests), 200);
    let found = dataset.runtime.block_on(dataset.open().completeness(Check::Digests));
    assert_eq!(found.rows[&Table::Requests], 200);
    assert!(!found.complete);
    assert!(
        found.missing.iter().any(|line| line.contains("did not write 300 rows of requests")),
        "{found:?}"
    );
    assert!(found.missing.iter().any(|line| line.contains("no storage space")), "{found:?}");
}

#[test]
fn a_hiccup_of_the_store_is_no_failure() {
    let dataset = Dataset::new(Faulty::new(1, 2, false));
    let end = dataset.write_run(part_per_batch(), &request_batches(3, 100));
    assert!(end.failure.is_none());
    assert_eq!(dataset.rows(Table::Requests), 300);
}

#[test]
fn a_put_that_arrived_although_it_failed_counts_once() {
    let dataset = Dataset::new(Faulty::new(1, 1, true));
    let end = dataset.write_run(part_per_batch(), &request_batches(3, 100));
    assert!(end.failure.is_none());
    assert_eq!(end.manifest.parts.len(), 3);
    assert_eq!(dataset.rows(Table::Requests), 300);
}

/// INV-7.
#[test]
fn a_second_writer_of_the_same_worker_is_refused() {
    let dataset = Dataset::in_memory();
    dataset.begin();
    let (mut first, mut second) = (dataset.roller(part_per_batch()), dataset.roller(part_per_batch()));
    let (table, batch) = request_batches(1, 100).remove(0);
    for roller in [&mut first, &mut second] {
        roller.write(table, batch.clone());
        roller.tick(Tick::at(at(0)));
    }
    let failure = second.failure().borrow().clone().expect("it is refused");
    assert!(matches!(*failure, StorageError::Exists { .. }), "{failure}");
    second.finish(FinalAccount::default());
    assert!(first.finish(FinalAccount::default()).failure.is_none());
    assert_eq!(dataset.rows(Table::Requests), 100);

    let third = dataset.roller(part_per_batch()).finish(FinalAccount::default());
    assert!(matches!(third.failure.as_deref(), Some(StorageError::Exists { .. })), "{:?}", third.failure);
    assert_eq!(dataset.rows(Table::Requests), 100, "the first one's manifest stands");
}
