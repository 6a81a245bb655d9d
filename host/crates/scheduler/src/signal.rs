//! How a VU's task is told to end.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::Poll;

use futures::task::AtomicWaker;

/// The VU may start further iterations.
const STAY: u8 = 0;
/// It finishes the iteration that is under way.
const LEAVE: u8 = 1;
/// It drops the iteration that is under way. For good.
const INTERRUPT: u8 = 2;

/// One VU's signal. It lies between the VU's task, which only reads it, and its crew.
///
/// ```text
/// STAY ◄──rejoin── LEAVE
///   │ ───leave───►   │
///   └──────interrupt─┴──► INTERRUPT
/// ```
#[derive(Debug, Default)]
pub(crate) struct VuSignal {
    level: AtomicU8,
    waker: AtomicWaker,
}

impl VuSignal {
    pub(crate) fn leave(&self) {
        self.level.fetch_max(LEAVE, Ordering::AcqRel);
    }

    /// Takes `leave` back. The VU may have followed it already.
    pub(crate) fn rejoin(&self) {
        // Fails if the VU was interrupted, which stays; or was not to leave, which is what is wanted.
        self.level.compare_exchange(LEAVE, STAY, Ordering::AcqRel, Ordering::Acquire).ok();
    }

    pub(crate) fn interrupt(&self) {
        self.level.store(INTERRUPT, Ordering::Release);
        self.waker.wake();
    }

    pub(crate) fn may_stay(&self) -> bool {
        self.level.load(Ordering::Acquire) == STAY
    }

    fn is_interrupted(&self) -> bool {
        self.level.load(Ordering::Acquire) == INTERRUPT
    }

    /// Runs `work` to its end, or drops it when the VU is interrupted: `None`. Work that is ready in
    /// the same instant counts as done.
    pub(crate) async fn unless_interrupted<F: Future>(&self, work: F) -> Option<F::Output> {
        let mut work = pin!(work);
        std::future::poll_fn(|cx| {
            if let Poll::Ready(output) = work.as_mut().poll(cx) {
                return Poll::Ready(Some(output));
            }
            // Registered before the check: an interrupt in between wakes the task again.
            self.waker.register(cx.waker());
            if self.is_interrupted() { Poll::Ready(None) } else { Poll::Pending }
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;

    #[test]
    fn leaving_can_be_taken_back_and_interrupting_not() {
        let signal = VuSignal::default();
        signal.leave();
        assert!(!signal.may_stay());
        signal.rejoin();
        assert!(signal.may_stay());
        signal.interrupt();
        signal.leave();
        signal.rejoin();
        assert!(!signal.may_stay());
    }

    #[tokio::test(start_paused = true)]
    async fn interrupting_wakes_the_task_and_drops_its_work() {
        let signal = Arc::new(VuSignal::default());
        let waiting = Arc::clone(&signal);
        let task =
            tokio::spawn(async move { waiting.unless_interrupted(std::future::pending::<()>()).await });
        tokio::time::sleep(Duration::from_millis(1)).await;
        signal.interrupt();
        assert_eq!(task.await.unwrap(), None);
        assert_eq!(signal.unless_interrupted(async { 1 }).await, Some(1));
    }
}
