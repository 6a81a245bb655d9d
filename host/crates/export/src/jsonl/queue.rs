//! Rows on their way to the writer.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow::array::RecordBatch;
use outrider_telemetry::{BatchSink, Table, Tick};

use crate::exports::Drops;

/// 64 MiB of rows that wait: some 150,000 requests, two seconds of a generator that is busy on two cores.
pub(crate) const MAX_QUEUED_BYTES: usize = 64 << 20;

/// Batches that wait. There are some fourteen in a second, more only where they are full.
const MAX_QUEUED: usize = 1_024;

/// How far the writer is, for whoever waits for it. A row that was taken is counted as dropped once at most: what is given up
/// is counted under the same lock as what is done. What was counted when it was given up may arrive all the same.
#[derive(Debug, Default)]
pub(super) struct Progress(Mutex<Standing>);

#[derive(Debug, Default)]
struct Standing {
    /// Rows that were taken and are not written.
    unwritten: usize,
    is_abandoned: bool,
}

impl Progress {
    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Rows were taken.
    fn took(&self, rows: usize) {
        self.standing().unwritten += rows;
    }

    /// Rows were written, or are to be counted as dropped: whether nobody has counted them yet.
    pub(super) fn done(&self, rows: usize) -> bool {
        let mut standing = self.standing();
        if !standing.is_abandoned {
            standing.unwritten -= rows;
        }
        !standing.is_abandoned
    }

    /// Nobody waits any longer: the rows that are not written.
    pub(super) fn abandon(&self) -> usize {
        let mut standing = self.standing();
        standing.is_abandoned = true;
        std::mem::take(&mut standing.unwritten)
    }

    /// Whether what is left was counted as dropped.
    pub(super) fn is_abandoned(&self) -> bool {
        self.standing().is_abandoned
    }
}

/// The near end of the queue.
#[derive(Debug)]
pub(crate) struct RowQueue {
    sender: SyncSender<(Table, RecordBatch)>,
    waiting: Arc<AtomicUsize>,
    progress: Arc<Progress>,
    drops: Arc<Drops>,
}

/// The far end of the queue.
#[derive(Debug)]
pub(super) struct Rows {
    receiver: Receiver<(Table, RecordBatch)>,
    waiting: Arc<AtomicUsize>,
}

impl RowQueue {
    pub(super) fn new(drops: Arc<Drops>, progress: Arc<Progress>) -> (RowQueue, Rows) {
        let (sender, receiver) = sync_channel(MAX_QUEUED);
        let waiting = Arc::new(AtomicUsize::new(0));
        (RowQueue { sender, waiting: Arc::clone(&waiting), progress, drops }, Rows { receiver, waiting })
    }

    fn offer(&self, table: Table, batch: &RecordBatch) {
        let bytes = batch.get_array_memory_size();
        let has_room = self.waiting.fetch_add(bytes, Relaxed) + bytes <= MAX_QUEUED_BYTES;
        self.progress.took(batch.num_rows());
        if !has_room || self.sender.try_send((table, batch.clone())).is_err() {
            self.waiting.fetch_sub(bytes, Relaxed);
            if self.progress.done(batch.num_rows()) {
                self.drops.rows(batch.num_rows());
            }
        }
    }
}

impl Rows {
    /// The next batch; `None` when there will be none.
    pub(super) fn next(&self) -> Option<(Table, RecordBatch)> {
        self.taken(self.receiver.recv().ok()?)
    }

    /// The same if one is there.
    pub(super) fn next_at_once(&self) -> Option<(Table, RecordBatch)> {
        self.taken(self.receiver.try_recv().ok()?)
    }

    fn taken(&self, taken: (Table, RecordBatch)) -> Option<(Table, RecordBatch)> {
        self.waiting.fetch_sub(taken.1.get_array_memory_size(), Relaxed);
        Some(taken)
    }
}

/// Hands batches on, and shows them to whoever writes lines. Windows are derived from the rows, and not shown.
#[derive(Debug)]
pub struct Tee<S> {
    inner: S,
    rows: Option<RowQueue>,
}

impl<S> Tee<S> {
    pub(crate) fn new(inner: S, rows: Option<RowQueue>) -> Tee<S> {
        Tee { inner, rows }
    }

    /// What batches are handed on to.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    /// The same, when there will be no more: the lines of all that passed are written then.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S: BatchSink> BatchSink for Tee<S> {
    fn write(&mut self, table: Table, batch: RecordBatch) {
        if let Some(rows) = self.rows.as_ref().filter(|_| table.is_sampled()) {
            rows.offer(table, &batch);
        }
        self.inner.write(table, batch);
    }

    fn tick(&mut self, tick: Tick) {
        self.inner.tick(tick);
    }
}
