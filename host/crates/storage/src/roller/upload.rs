//! Puts in their order, beside the thread that makes them.
//!
//! A *lot* is what was cut at one moment: parts of all tables, then the manifest that names them. Lots are put one
//! after the other, the parts of one several at a time. Lots that came while one was put become one, with the manifest of
//! the last: the manifest grows with the run, and who is behind need not put each. What is not put yet is in memory, up to a bound, and its rows
//! are in the write-ahead log until the manifest is committed: an endpoint that is slow or away for a while costs
//! nothing but that memory.

use std::sync::Arc;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use super::{RollPolicy, put};
use crate::store::json;
use crate::{DatasetStore, Manifest, RunLayout, StorageError, StoreFault};

/// Four puts under way at a time: a far store takes some 50 ms for each, and eight tables are cut together.
const PUTS_AT_A_TIME: usize = 4;

/// What was cut at one moment.
#[derive(Debug)]
pub(super) struct Lot {
    pub(super) parts: Vec<(Path, Bytes)>,
    /// Names the parts of this lot and of all before it.
    pub(super) manifest: Manifest,
}

impl Lot {
    fn bytes(&self) -> usize {
        self.parts.iter().map(|(_, bytes)| bytes.len()).sum()
    }

    /// Both, the later one given.
    fn and(mut self, later: Lot) -> Lot {
        self.parts.extend(later.parts);
        Lot { parts: self.parts, manifest: later.manifest }
    }
}

/// How far it is.
#[derive(Clone, Debug, Default)]
pub(super) struct Progress {
    /// The manifest that is in the store.
    pub(super) committed: Option<Arc<Manifest>>,
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
    lots: mpsc::UnboundedSender<Lot>,
    progress: watch::Receiver<Progress>,
    putting: JoinHandle<()>,
    given: usize,
    given_bytes: usize,
}

impl Uploader {
    pub(super) fn new(store: DatasetStore, policy: RollPolicy, runtime: &Handle) -> Uploader {
        let (lots, queue) = mpsc::unbounded_channel();
        let (told, progress) = watch::channel(Progress::default());
        let putting = runtime.spawn(put_all(store, policy, queue, told));
        Uploader { lots, progress, putting, given: 0, given_bytes: 0 }
    }

    /// Takes a lot.
    pub(super) fn give(&mut self, lot: Lot) {
        (self.given, self.given_bytes) = (self.given + 1, self.given_bytes + lot.bytes());
        // Where the other end is gone it has failed, or the runtime ends: the progress says so, or nobody asks.
        if self.lots.send(lot).is_err() {
            tracing::debug!("a lot came after the last");
        }
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

    /// Waits until everything that was given is put, or something has failed.
    pub(super) fn drain(&mut self, runtime: &Handle) -> Progress {
        let given = self.given;
        let drained = async {
            let waited =
                self.progress.wait_for(|progress| progress.failure.is_some() || progress.done == given);
            waited.await.map(|progress| progress.clone()).ok()
        };
        let drained = runtime.block_on(drained);
        // Its task is gone without a word: nothing says that what was given is there.
        drained.unwrap_or_else(|| Progress { failure: Some(Arc::new(broken())), ..self.progress() })
    }
}

fn broken() -> StorageError {
    let source = StoreFault::new(std::io::Error::other("the task that puts them has ended"));
    StorageError::Put { path: "the parts that wait".to_owned(), source }
}

async fn put_all(
    store: DatasetStore,
    policy: RollPolicy,
    mut queue: mpsc::UnboundedReceiver<Lot>,
    told: watch::Sender<Progress>,
) {
    while let Some(mut lot) = queue.recv().await {
        let mut lots = 1;
        while let Ok(later) = queue.try_recv() {
            (lot, lots) = (lot.and(later), lots + 1);
        }
        let (bytes, is_first) = (lot.bytes(), told.borrow().committed.is_none());
        match put_lot(&store, &policy, lot, is_first).await {
            Ok(manifest) => told.send_modify(|progress| {
                progress.committed = Some(Arc::new(manifest));
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
    is_first: bool,
) -> Result<Manifest, StorageError> {
    let Lot { parts, manifest } = lot;
    let puts =
        parts.into_iter().map(|(path, bytes)| async move { put::put_new(store, &path, bytes, policy).await });
    futures::stream::iter(puts).buffered(PUTS_AT_A_TIME).try_collect::<Vec<()>>().await?;
    // They are durable: only now may they be named (INV-2).
    if is_first {
        let path = RunLayout::new(manifest.run_id.clone()).manifest(manifest.worker);
        put::put_new(store, &path, json(&manifest), policy).await?;
    } else {
        put::replace(&manifest, store, policy).await?;
    }
    Ok(manifest)
}
