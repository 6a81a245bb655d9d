//! Parts that are put beside the run: into a store that is slow.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use futures::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use outrider_storage::{Check, RollPolicy, Roller, StorageError};
use outrider_telemetry::{BatchSink, Table, Tick};
use tokio::sync::Semaphore;

use super::fixture::{Dataset, account, at, policy, request_batches};

/// A store that puts parts only as far as it is let.
#[derive(Debug)]
struct Held {
    inner: InMemory,
    let_through: Semaphore,
    manifests: AtomicU64,
}

impl Held {
    fn new() -> Arc<Held> {
        Arc::new(Held {
            inner: InMemory::new(),
            let_through: Semaphore::new(0),
            manifests: AtomicU64::new(0),
        })
    }

    fn release(&self) {
        self.let_through.add_permits(1_000);
    }
}

impl std::fmt::Display for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Held")
    }
}

#[async_trait]
impl ObjectStore for Held {
    async fn put_opts(&self, location: &Path, payload: PutPayload, opts: PutOptions) -> Result<PutResult> {
        if location.as_ref().ends_with(".parquet") {
            self.let_through.acquire().await.unwrap().forget();
        }
        self.manifests.fetch_add(u64::from(location.as_ref().contains("/manifest/")), Ordering::Relaxed);
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

/// Every batch of 100 rows is a part, and so many bytes may wait.
fn beside(upload_bytes: usize) -> RollPolicy {
    RollPolicy { row_group_rows: 100, part_bytes: 1, upload_bytes, ..policy() }
}

/// Writes five parts of 100 rows.
fn write(roller: &mut Roller) {
    for (table, batch) in request_batches(5, 100) {
        roller.write(table, batch);
        roller.tick(Tick::at(at(0)));
    }
}

#[test]
fn a_slow_store_holds_nothing_up_and_gets_one_manifest_for_what_came_meanwhile() {
    let held = Held::new();
    let dataset = Dataset::new(Arc::<Held>::clone(&held));
    dataset.begin();
    let mut roller = dataset.roller(beside(1 << 20));
    // Nothing is put; a roller that waited would wait for ever.
    write(&mut roller);
    assert!(roller.failure().borrow().is_none());
    assert_eq!(dataset.open().manifests().count(), 0, "a manifest names only what is there");
    held.release();
    let end = roller.finish(account(&request_batches(5, 100)));
    dataset.end(&end);
    assert!(end.failure.is_none(), "{:?}", end.failure);
    assert_eq!((end.manifest.parts.len(), dataset.rows(Table::Requests)), (5, 500));
    let found = dataset.runtime.block_on(dataset.open().completeness(Check::Digests));
    assert!(found.complete, "{found:?}");
    // The first lot and the others, which came while it was held; and the last.
    let manifests = held.manifests.load(Ordering::Relaxed);
    assert!(manifests <= 3, "{manifests} manifests");
}

#[test]
fn more_than_may_wait_ends_the_run_and_names_only_what_is_there() {
    let held = Held::new();
    let dataset = Dataset::new(Arc::<Held>::clone(&held));
    dataset.begin();
    let mut roller = dataset.roller(beside(1));
    write(&mut roller);
    let error = roller.failure().borrow().clone().expect("the session is told at once");
    assert!(matches!(*error, StorageError::TooSlow { .. }), "{error}");
    assert!(error.to_string().starts_with("'memory' is too slow: "), "{error}");
    assert!(error.hint().unwrap().contains("`host recover`"));

    let end = roller.finish(account(&request_batches(5, 100)));
    assert!(!end.manifest.finished && end.manifest.parts.is_empty(), "{:?}", end.manifest);
    assert_eq!(end.manifest.missing_rows(), 500);
    let found = dataset.runtime.block_on(dataset.open().completeness(Check::Digests));
    assert!(
        found.missing.iter().any(|line| line.contains("did not write 500 rows of requests")),
        "{found:?}"
    );
}
