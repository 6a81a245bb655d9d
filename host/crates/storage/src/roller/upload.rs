//! Puts in their order, beside the thread that makes them.
//!
//! A *lot* is what was cut at one moment: parts of all tables, then the manifest that names them. Lots are put one
//! after the other, the parts of one several at a time. Lots that came while one was put become one, with the manifest of
//! the last: the manifest grows with the run, and who is behind neither puts each nor keeps each. What is not put yet is in
//! memory, up to a bound, and its rows are in the write-ahead log until the manifest is committed: an endpoint that is slow
//! or away for a while costs nothing but that memory.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;
use tokio::runtime::Handle;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use super::{GiveUp, RollPolicy, put};
use crate::store::json;
use crate::{DatasetStore, Manifest, RunLayout, StorageError, StoreFault};

/// Four puts under way at a time: a far store takes some 50 ms for each, and eight tables are cut together.
const PUTS_AT_A_TIME: usize = 4;

/// What was cut at one moment, or at several.
#[derive(Debug)]
pub(super) struct Lot {
    pub(super) parts: Vec<(Path, Bytes)>,
    /// Names the parts of this lot and of all before it.
    pub(super) manifest: Arc<Manifest>,
}

impl Lot {
    fn bytes(&self) -> usize {
        self.parts.iter().map(|(_, bytes)| bytes.len()).sum()
    }
}

/// What is not put yet: all lots as one.
#[derive(Debug, Default)]
struct Waiting {
    lot: Mutex<Option<(Lot, usize)>>,
    came: Notify,
}

impl Waiting {
    fn add(&self, lot: Lot) {
        let mut waiting = self.lot.lock().unwrap_or_else(PoisonError::into_inner);
        *waiting = Some(match waiting.take() {
            Some((Lot { mut parts, .. }, lots)) => {
                parts.extend(lot.parts);
                (Lot { parts, manifest: lot.manifest }, lots + 1)
            }
            None => (lot, 1),
        });
        self.came.notify_one();
    }

    /// Everything, and how many lots that are.
    async fn take(&self) -> (Lot, usize) {
        loop {
            let waiting = self.lot.lock().unwrap_or_else(PoisonError::into_inner).take();
            match waiting {
                Some(waiting) => return waiting,
                None => self.came.notified().await,
            }
        }
    }
}

/// How far it is.
#[derive(Clone, Debug, Default)]
pub(super) struct Progress {
    /// The manifest that is in the store.
    pub(super) committed: Option<Arc<Manifest>>,
    /// The manifest whose put was begun, while nobody has heard that it is in the store: it may be.
    pub(super) begun: Option<Arc<Manifest>>,
    /// Lots that are put.
    done: usize,
    /// Encoded bytes of the lots that are put.
    bytes: usize,
    /// Why nothing is put any more.
    pub(super) failure: Option<Arc<StorageError>>,
}

/// Puts lots in the order in which they were given.
#[derive(Debug)]
pub(super) struct Uploader {
    waiting: Arc<Waiting>,
    progress: watch::Receiver<Progress>,
    putting: JoinHandle<()>,
    given: usize,
    given_bytes: usize,
}

impl Uploader {
    pub(super) fn new(store: DatasetStore, policy: RollPolicy, runtime: &Handle) -> Uploader {
        let waiting = Arc::<Waiting>::default();
        let (told, progress) = watch::channel(Progress::default());
        let putting = runtime.spawn(put_all(store, policy, Arc::clone(&waiting), told));
        Uploader { waiting, progress, putting, given: 0, given_bytes: 0 }
    }

    /// Takes a lot.
    pub(super) fn give(&mut self, lot: Lot) {
        (self.given, self.given_bytes) = (self.given + 1, self.given_bytes + lot.bytes());
        self.waiting.add(lot);
    }

    /// Encoded bytes that are not put yet.
    pub(super) fn waiting_bytes(&self) -> usize {
        self.given_bytes - self.progress.borrow().bytes
    }

    pub(super) fn progress(&self) -> Progress {
        self.progress.borrow().clone()
    }

    /// Puts nothing more, and says how far it came. Whoever writes the last manifest after that is alone.
    pub(super) fn stop(&mut self, runtime: &Handle) -> Progress {
        self.putting.abort();
        if let Err(error) = runtime.block_on(&mut self.putting)
            && !error.is_cancelled()
        {
            tracing::error!(%error, "the uploader broke");
        }
        self.progress()
    }

    /// Waits until everything that was given is put, or something has failed, or nobody wants to wait any longer.
    pub(super) fn drain(&mut self, runtime: &Handle, give_up: &GiveUp) -> Result<Progress, GivenUp> {
        let (given, progress) = (self.given, &mut self.progress);
        let drained = async {
            let is_over = |progress: &Progress| progress.failure.is_some() || progress.done == given;
            tokio::select! {
                biased;
                waited = progress.wait_for(is_over) => Ok(waited.map(|progress| progress.clone()).ok()),
                () = give_up.asked() => Err(GivenUp),
            }
        };
        let drained = runtime.block_on(drained)?;
        // Its task is gone without a word: nothing says that what was given is there.
        Ok(drained.unwrap_or_else(|| Progress { failure: Some(Arc::new(broken())), ..self.progress() }))
    }
}

impl Drop for Uploader {
    fn drop(&mut self) {
        self.putting.abort();
    }
}

/// Nobody wanted to wait any longer.
#[derive(Debug)]
pub(super) struct GivenUp;

fn broken() -> StorageError {
    let source = StoreFault::new(std::io::Error::other("the task that puts them has ended"));
    StorageError::Put { path: "the parts that wait".to_owned(), source }
}

async fn put_all(
    store: DatasetStore,
    policy: RollPolicy,
    waiting: Arc<Waiting>,
    told: watch::Sender<Progress>,
) {
    loop {
        let (lot, lots) = waiting.take().await;
        let bytes = lot.bytes();
        match put_lot(&store, &policy, lot, &told).await {
            Ok(manifest) => told.send_modify(|progress| {
                (progress.committed, progress.begun) = (Some(manifest), None);
                progress.done += lots;
                progress.bytes += bytes;
            }),
            Err(error) => {
                told.send_modify(|progress| progress.failure = Some(Arc::new(error)));
                return;
            }
        }
    }
}

/// The first commit is create-only and claims the worker's place; later ones replace what is ours.
async fn put_lot(
    store: &DatasetStore,
    policy: &RollPolicy,
    lot: Lot,
    told: &watch::Sender<Progress>,
) -> Result<Arc<Manifest>, StorageError> {
    let Lot { parts, manifest } = lot;
    let puts =
        parts.into_iter().map(|(path, bytes)| async move { put::put_new(store, &path, bytes, policy).await });
    futures::stream::iter(puts).buffered(PUTS_AT_A_TIME).try_collect::<Vec<()>>().await?;
    // They are durable: only now may they be named (INV-2).
    let is_first = told.borrow().committed.is_none();
    told.send_modify(|progress| progress.begun = Some(Arc::clone(&manifest)));
    if is_first {
        let path = RunLayout::new(manifest.run_id.clone()).manifest(manifest.worker);
        put::put_new(store, &path, json(&*manifest), policy).await?;
    } else {
        put::replace(&manifest, store, policy).await?;
    }
    Ok(manifest)
}

#[cfg(test)]
mod tests {
    use object_store::memory::InMemory;
    use object_store::throttle::{ThrottleConfig, ThrottledStore};
    use outrider_model::{RunId, Timestamp};

    use super::*;

    /// Of hundreds of lots that wait, each with a manifest that names all before it.
    #[tokio::test(start_paused = true)]
    async fn only_the_newest_manifest_is_kept_of_lots_that_wait() {
        let never = std::time::Duration::from_secs(3_600);
        let config = ThrottleConfig { wait_put_per_call: never, ..ThrottleConfig::default() };
        let objects = ThrottledStore::new(InMemory::new(), config);
        let store = DatasetStore::new(Arc::new(objects), "slow");
        let mut uploader = Uploader::new(store, RollPolicy::remote(), &Handle::current());
        let run_id = RunId::new("20260101T000000Z-a").unwrap();
        let mut kept = Vec::new();
        for number in 0..100 {
            let manifest = Arc::new(Manifest::new(run_id.clone(), 0, Timestamp(number)));
            kept.push(Arc::downgrade(&manifest));
            let parts = vec![(Path::from(format!("part-{number}")), Bytes::from_static(b"rows"))];
            uploader.give(Lot { parts, manifest });
            tokio::task::yield_now().await;
        }
        assert_eq!(uploader.waiting_bytes(), 400, "all of them wait");
        let kept: Vec<usize> = (0..100).filter(|number| kept[*number].upgrade().is_some()).collect();
        assert_eq!(kept, [0, 99], "that which is put, and the newest");
    }
}
