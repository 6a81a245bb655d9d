//! A far store that goes away: what this machine keeps meanwhile, and what becomes of it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    ObjectStoreExt, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use outrider_storage::{
    Check, DatasetStore, RecoveredRun, RemovedRun, RollPolicy, Roller, RunLayout, StorageError, recover_run,
    remove_run, runs_to_recover,
};
use outrider_telemetry::{BatchSink, Table, Tick};

use super::fixture::{Dataset, RUN, account, at, policy, request_batches, run_id};

/// A store that is away, or loses an answer, when it is told.
#[derive(Debug, Default)]
struct Far {
    inner: InMemory,
    is_away: AtomicBool,
    /// Puts are never answered, and do nothing.
    hangs: AtomicBool,
    /// The next put whose path has this in it arrives, though nobody hears of it.
    loses: Mutex<Option<&'static str>>,
    /// Whether the store is away from then on.
    leaves: AtomicBool,
    has_lost: AtomicBool,
}

impl Far {
    fn lose(&self, within: &'static str, leaves: bool) {
        *self.loses.lock().unwrap() = Some(within);
        self.has_lost.store(false, Ordering::SeqCst);
        self.leaves.store(leaves, Ordering::SeqCst);
    }

    /// Whether this is the put whose answer is lost.
    fn loses(&self, location: &Path) -> bool {
        let mut loses = self.loses.lock().unwrap();
        let is_it = loses.is_some_and(|within| location.as_ref().contains(within));
        if is_it {
            *loses = None;
        }
        is_it
    }

    fn asked(&self) -> Result<()> {
        if self.is_away.load(Ordering::SeqCst) { Err(away()) } else { Ok(()) }
    }

    fn set_away(&self, is_away: bool) {
        self.is_away.store(is_away, Ordering::SeqCst);
    }

    fn wait_until_lost(&self) {
        wait_until("an answer is lost", || self.has_lost.load(Ordering::SeqCst));
    }
}

/// A minute at most: what never comes must fail a test, not hold it up.
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..60_000 {
        if is_so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    panic!("it never was that {what}");
}

fn away() -> Error {
    Error::Generic { store: "far", source: "it is away".into() }
}

impl std::fmt::Display for Far {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Far")
    }
}

#[async_trait]
impl ObjectStore for Far {
    async fn put_opts(&self, location: &Path, payload: PutPayload, opts: PutOptions) -> Result<PutResult> {
        self.asked()?;
        if self.hangs.load(Ordering::SeqCst) {
            return std::future::pending().await;
        }
        let put = self.inner.put_opts(location, payload, opts).await;
        if self.loses(location) {
            self.set_away(self.leaves.load(Ordering::SeqCst));
            self.has_lost.store(true, Ordering::SeqCst);
            return Err(away());
        }
        put
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        opts: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.asked()?;
        self.inner.put_multipart_opts(location, opts).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.asked()?;
        self.inner.get_opts(location, options).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.inner.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        match self.asked() {
            Ok(()) => self.inner.list(prefix),
            Err(error) => futures::stream::once(async { Err(error) }).boxed(),
        }
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.asked()?;
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.asked()?;
        self.inner.copy_opts(from, to, options).await
    }
}

/// A run into a far store, with the spool of this machine.
struct Run {
    far: Arc<Far>,
    dataset: Dataset,
    folder: tempfile::TempDir,
    written: u64,
}

impl Run {
    fn begin() -> Run {
        let (far, folder) = (Arc::<Far>::default(), tempfile::tempdir().unwrap());
        let objects: Arc<dyn ObjectStore> = Arc::<Far>::clone(&far);
        let store = DatasetStore::far(objects, "s3://bucket", &folder.path().join("spool"));
        let dataset = Dataset { store, ..Dataset::in_memory() };
        dataset.begin();
        Run { far, dataset, folder, written: 0 }
    }

    /// Every batch of 100 rows is a part; each put is tried once.
    fn roller(&self) -> Roller {
        let upload_bytes = 1 << 20;
        self.dataset.roller(RollPolicy {
            row_group_rows: 100,
            part_bytes: 1,
            put_attempts: 1,
            upload_bytes,
            ..policy()
        })
    }

    /// Writes a part, and the manifest that names it.
    fn write(&mut self, roller: &mut Roller) {
        let (table, batch) = request_batches(1, 100).remove(0);
        roller.write(table, batch);
        roller.tick(Tick::at(at(1)));
        self.written += 100;
    }

    /// Writes the first part, and waits until the roller has heard that the store has its manifest: then its log goes.
    fn commit(&mut self, roller: &mut Roller) {
        self.write(roller);
        wait_until("there is a manifest", || self.dataset.open().manifests().count() == 1);
        wait_until("only the log of what comes next is left", || {
            roller.tick(Tick::at(at(2)));
            self.log().len() <= 1
        });
    }

    /// The segments of the write-ahead log.
    fn log(&self) -> Vec<PathBuf> {
        let all = all_in(self.folder.path().join("spool"));
        all.into_iter().filter(|path| path.extension() == Some("wal".as_ref())).collect()
    }

    /// Ends the run as a session does. Whether its rows were written.
    fn end(&self, roller: Roller) -> std::result::Result<(), Arc<StorageError>> {
        let rows = (0..self.written / 100).flat_map(|_| request_batches(1, 100)).collect::<Vec<_>>();
        let end = roller.finish(account(&rows));
        let outcome =
            outrider_storage::Outcome::finished(at(60), outrider_storage::Totals::of([&end.manifest]));
        let layout = RunLayout::new(run_id());
        drop(self.dataset.runtime.block_on(outcome.create(&self.dataset.store, &layout)));
        end.failure.map_or(Ok(()), Err)
    }

    fn recover(&self) -> std::result::Result<RecoveredRun, StorageError> {
        let store = &self.dataset.store;
        self.dataset.runtime.block_on(recover_run(store, &run_id(), false, at(100)))
    }

    fn remove(&self) -> std::result::Result<RemovedRun, StorageError> {
        self.dataset.runtime.block_on(remove_run(&self.dataset.store, &run_id()))
    }

    /// All rows are in the store, once, and nothing is left on this machine.
    fn is_whole(&self) {
        let found = self.dataset.runtime.block_on(self.dataset.open().completeness(Check::Digests));
        assert_eq!(found.missing, Vec::<String>::new());
        assert_eq!(self.dataset.rows(Table::Requests) as u64, self.written);
        self.has_nothing_left();
    }

    fn has_nothing_left(&self) {
        let left = all_in(self.folder.path().join("spool"));
        assert_eq!(left, Vec::<PathBuf>::new(), "no file and no folder");
    }
}

fn all_in(path: PathBuf) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(&path).into_iter().flatten().flatten();
    let below: Vec<PathBuf> = entries.flat_map(|entry| all_in(entry.path())).collect();
    std::fs::metadata(&path).is_ok().then_some(path).into_iter().chain(below).collect()
}

#[test]
fn a_first_manifest_that_arrived_unheard_before_the_store_went_away_is_found_by_recovery() {
    let mut run = Run::begin();
    let mut roller = run.roller();
    run.far.lose("/manifest/", true);
    run.write(&mut roller);
    run.far.wait_until_lost();
    run.end(roller).unwrap_err();
    assert!(run.recover().is_err(), "it is away");
    run.far.set_away(false);
    run.recover().unwrap();
    run.is_whole();
}

#[test]
fn a_later_manifest_that_arrived_unheard_is_found_too_and_rows_that_came_after_it_are_put() {
    let mut run = Run::begin();
    let mut roller = run.roller();
    run.commit(&mut roller);
    run.far.lose("/manifest/", true);
    run.write(&mut roller);
    run.far.wait_until_lost();
    run.write(&mut roller);
    run.end(roller).unwrap_err();
    run.far.set_away(false);
    run.recover().unwrap();
    run.is_whole();
}

/// The last manifest is all that is missing: there is no log any more.
#[test]
fn a_last_manifest_that_could_not_be_put_is_put_by_recovery() {
    let mut run = Run::begin();
    let mut roller = run.roller();
    run.commit(&mut roller);
    run.far.set_away(true);
    run.end(roller).unwrap_err();
    run.far.set_away(false);
    let store = &run.dataset.store;
    assert_eq!(run.dataset.runtime.block_on(runs_to_recover(store)).unwrap(), [run_id()]);
    assert!(run.recover().unwrap().workers[0].is_whole);
    run.is_whole();
}

/// Nobody heard that it arrived, and then the store was away: the run says it failed, and is whole all the same.
#[test]
fn a_last_manifest_that_arrived_unheard_is_all_that_recovery_needs() {
    let mut run = Run::begin();
    let mut roller = run.roller();
    run.commit(&mut roller);
    run.far.lose("/manifest/", true);
    run.end(roller).unwrap_err();
    run.far.set_away(false);
    assert!(run.dataset.open().manifests().all(|manifest| manifest.finished));
    assert_eq!(run.recover().unwrap(), RecoveredRun { workers: Vec::new(), outcome: true });
    run.is_whole();
}

#[test]
fn a_manifest_that_arrived_unheard_is_ours_if_the_store_says_so_at_the_end() {
    for with_an_earlier_one in [false, true] {
        let mut run = Run::begin();
        let mut roller = run.roller();
        if with_an_earlier_one {
            run.commit(&mut roller);
        }
        run.far.lose("/manifest/", false);
        run.write(&mut roller);
        run.far.wait_until_lost();
        // A failure of which the roller heard before the end has ended the run, and stays said; one of which it did not is none.
        if let Err(failure) = run.end(roller) {
            assert!(outrider_model::with_causes(&failure).contains("it is away"), "{failure}");
        }
        run.is_whole();
    }
}

#[test]
fn who_does_not_wait_for_the_store_any_longer_leaves_all_rows_to_recovery() {
    let mut run = Run::begin();
    let mut roller = run.roller();
    run.write(&mut roller);
    run.far.hangs.store(true, Ordering::SeqCst);
    run.write(&mut roller);
    let give_up = roller.give_up();
    let failure = std::thread::scope(|scope| {
        let ending = scope.spawn(|| {
            let rows = [request_batches(1, 100), request_batches(1, 100)].concat();
            roller.finish(account(&rows)).failure
        });
        give_up.now();
        ending.join().unwrap().unwrap()
    });
    assert!(failure.is_given_up(), "{failure}");
    assert!(failure.hint().unwrap().contains("`host recover`"));
    run.far.hangs.store(false, Ordering::SeqCst);
    assert!(run.recover().unwrap().workers[0].is_whole);
    assert_eq!(run.dataset.rows(Table::Requests), 200);
    run.has_nothing_left();
}

#[test]
fn a_folder_of_this_machine_is_waited_for_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let dataset = Dataset::in_folder(folder.path());
    dataset.begin();
    let mut roller = dataset.roller(policy());
    let batches = request_batches(1, 100);
    roller.write(batches[0].0, batches[0].1.clone());
    roller.give_up().now();
    let end = roller.finish(account(&batches));
    assert!(end.failure.is_none() && end.manifest.finished, "{end:?}");
    assert_eq!(dataset.rows(Table::Requests), 100);
}

#[test]
fn rows_of_a_run_that_is_no_longer_in_its_bucket_are_put_nowhere_and_go_with_its_removal() {
    let mut run = Run::begin();
    let mut roller = run.roller();
    run.far.lose("/manifest/", true);
    run.write(&mut roller);
    run.far.wait_until_lost();
    run.end(roller).unwrap_err();
    run.far.set_away(false);
    // As another machine does it.
    let all: Vec<ObjectMeta> = run.dataset.runtime.block_on(run.far.inner.list(None).try_collect()).unwrap();
    for object in all {
        run.dataset.runtime.block_on(run.far.inner.delete(&object.location)).unwrap();
    }
    let error = run.recover().unwrap_err();
    assert!(matches!(error, StorageError::Gone { .. }), "{error}");
    assert_eq!(
        error.hint().unwrap(),
        format!("`host runs rm {RUN} --out s3://bucket` removes what this machine still keeps of it")
    );
    let left: Vec<ObjectMeta> = run.dataset.runtime.block_on(run.far.inner.list(None).try_collect()).unwrap();
    assert_eq!(left, [], "rows without a run");
    let removed = run.remove().unwrap();
    assert!(removed.was_gone && removed.bytes > 1_000, "{removed:?}");
    run.has_nothing_left();
    assert!(matches!(run.remove().unwrap_err(), StorageError::NoSuchRun { .. }));
}

#[test]
fn what_a_run_left_that_was_killed_before_it_had_a_row_is_taken_away() {
    let run = Run::begin();
    let runs = run.folder.path().join("spool/runs").join(RUN);
    std::fs::create_dir_all(runs.join("wal/worker-0000")).unwrap();
    std::fs::write(runs.join("run.json"), "").unwrap();
    let left = run.dataset.runtime.block_on(runs_to_recover(&run.dataset.store)).unwrap();
    assert_eq!(left, []);
    run.has_nothing_left();
}
