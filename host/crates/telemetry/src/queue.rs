//! The queue between the hot path and the batcher.
//!
//! ```text
//! open ── close() ──► closed ── everything queued was taken ──► drained
//! record: queued,      record: lost,     the receiver ends
//! or lost if full      counted
//! ```
//!
//! The sender is behind a read-write lock, which every record takes for reading and `close` once for
//! writing: after `close` has returned no sample can enter, so what the receiver finds until it sees
//! the end is all there will ever be, and accepted + lost = recorded, exactly: where INV-3 begins.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::sync::{Arc, PoisonError, RwLock};

use outrider_model::{Sample, SampleSink};

/// 131,072 samples: two seconds of a generator that makes 60,000 samples a second on a core, the time
/// a slow disk or a far object store may take for one part. It costs some 25 MB, and at worst 80 MB
/// more while all of it is requests that wait.
pub const DEFAULT_QUEUE_CAPACITY: usize = 131_072;

/// Takes samples without blocking; full, it drops and counts them.
#[derive(Debug)]
pub struct SampleQueue {
    sender: RwLock<Option<SyncSender<Sample>>>,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    accepted: AtomicU64,
    lost: AtomicU64,
    taken: AtomicU64,
}

/// What became of the samples so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueStats {
    /// Samples that entered the queue.
    pub accepted: u64,
    /// Samples that found the queue full or closed.
    pub lost: u64,
    /// Samples in the queue now.
    pub queued: u64,
}

impl SampleQueue {
    /// A queue of `capacity` samples and its only receiver. The capacity defaults to 131,072 via
    /// [`DEFAULT_QUEUE_CAPACITY`].
    pub fn new(capacity: usize) -> (Arc<SampleQueue>, SampleReceiver) {
        let (sender, receiver) = sync_channel(capacity);
        let counts = Arc::new(Counts::default());
        let queue = SampleQueue { sender: RwLock::new(Some(sender)), counts: counts.clone() };
        (Arc::new(queue), SampleReceiver { receiver, counts })
    }

    /// Ends the queue: samples recorded from now on are lost and counted, and the receiver sees the end
    /// after the last one that is queued. Idempotent.
    pub fn close(&self) {
        *self.sender.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// What became of the samples so far. After [`SampleQueue::close`] the sum of accepted and lost
    /// samples is that of all that were recorded.
    pub fn stats(&self) -> QueueStats {
        let taken = self.counts.taken.load(Ordering::Relaxed);
        let accepted = self.counts.accepted.load(Ordering::Relaxed);
        let lost = self.counts.lost.load(Ordering::Relaxed);
        QueueStats { accepted, lost, queued: accepted.saturating_sub(taken) }
    }

    fn try_send(&self, sample: Sample) -> bool {
        let sender = self.sender.read().unwrap_or_else(PoisonError::into_inner);
        sender.as_ref().is_some_and(|sender| sender.try_send(sample).is_ok())
    }
}

impl SampleSink for SampleQueue {
    fn record(&self, sample: Sample) {
        let count = if self.try_send(sample) { &self.counts.accepted } else { &self.counts.lost };
        count.fetch_add(1, Ordering::Relaxed);
    }
}

/// The batcher's end of a [`SampleQueue`].
#[derive(Debug)]
pub struct SampleReceiver {
    receiver: Receiver<Sample>,
    counts: Arc<Counts>,
}

/// What the receiver found.
#[derive(Debug)]
pub(crate) enum Received {
    /// The next sample.
    Sample(Sample),
    /// Nothing now.
    Nothing,
    /// Nothing, ever again.
    End,
}

impl SampleReceiver {
    /// Samples that found the queue full, so far.
    pub(crate) fn lost(&self) -> u64 {
        self.counts.lost.load(Ordering::Relaxed)
    }

    /// Takes the next sample without waiting.
    pub(crate) fn try_next(&self) -> Received {
        match self.receiver.try_recv() {
            Ok(sample) => {
                self.counts.taken.fetch_add(1, Ordering::Relaxed);
                Received::Sample(sample)
            }
            Err(TryRecvError::Empty) => Received::Nothing,
            Err(TryRecvError::Disconnected) => Received::End,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_samples::request;

    #[test]
    fn a_sample_is_as_small_as_the_capacity_assumes() {
        assert!(size_of::<Sample>() <= 184, "{} bytes", size_of::<Sample>());
    }

    #[test]
    fn a_full_queue_loses_and_counts_instead_of_blocking() {
        let (queue, receiver) = SampleQueue::new(2);
        (0..5).for_each(|_| queue.record(request("/", 1)));
        assert_eq!(queue.stats(), QueueStats { accepted: 2, lost: 3, queued: 2 });
        assert!(matches!(receiver.try_next(), Received::Sample(_)));
        assert_eq!(queue.stats().queued, 1);
    }

    #[test]
    fn a_closed_queue_is_drained_before_its_end_and_takes_nothing_more() {
        let (queue, receiver) = SampleQueue::new(8);
        queue.record(request("/", 1));
        assert!(matches!(receiver.try_next(), Received::Sample(_)));
        assert!(matches!(receiver.try_next(), Received::Nothing));
        queue.record(request("/", 1));
        queue.close();
        queue.record(request("/", 1));
        assert!(matches!(receiver.try_next(), Received::Sample(_)));
        assert!(matches!(receiver.try_next(), Received::End));
        assert_eq!(queue.stats(), QueueStats { accepted: 2, lost: 1, queued: 0 });
    }

    #[test]
    fn nothing_is_lost_uncounted_when_threads_race_with_the_close() {
        let (queue, receiver) = SampleQueue::new(100_000);
        let recorders: Vec<_> = (0..4)
            .map(|_| {
                let queue = queue.clone();
                std::thread::spawn(move || (0..5_000).for_each(|_| queue.record(request("/", 1))))
            })
            .collect();
        queue.close();
        recorders.into_iter().for_each(|thread| thread.join().unwrap());
        let mut drained = 0;
        while let Received::Sample(_) = receiver.try_next() {
            drained += 1;
        }
        let stats = queue.stats();
        assert_eq!((stats.accepted, stats.queued), (drained, 0));
        assert_eq!(stats.accepted + stats.lost, 20_000);
    }
}
