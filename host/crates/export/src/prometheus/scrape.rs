//! Who scrapes, and how often: whoever does it again and again during a run may once more when it is over.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use outrider_model::RunClock;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

/// Five scrapes: the longest pause between them is taken for the interval. One more server that scrapes, or a person who looks
/// in between, makes some pauses shorter, and none longer.
const RECENT: usize = 5;

/// The next scrape is due after the interval, and overdue after twice as long.
const PATIENCE: u32 = 2;

/// When metrics were asked for.
#[derive(Debug)]
pub(crate) struct Scrapes {
    clock: RunClock,
    times: Mutex<Times>,
    count: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Times {
    /// The latest [`RECENT`], in their order.
    recent: VecDeque<Instant>,
    /// The run is over: values do not change any more.
    are_final: bool,
    /// They were asked for since.
    has_final: bool,
}

impl Times {
    /// When the next scrape is overdue; `None` if nobody scrapes again and again.
    fn overdue_at(&self) -> Option<Instant> {
        let pauses = self.recent.iter().zip(self.recent.iter().skip(1));
        let interval = pauses.map(|(earlier, later)| later.duration_since(*earlier)).max()?;
        Some(*self.recent.back()? + PATIENCE * interval)
    }
}

impl Scrapes {
    pub(crate) fn new(clock: RunClock) -> Scrapes {
        Scrapes { clock, times: Mutex::default(), count: watch::channel(0).0 }
    }

    /// Metrics were asked for.
    pub(crate) fn add(&self) {
        let mut times = self.times();
        if times.recent.len() == RECENT {
            times.recent.pop_front();
        }
        times.recent.push_back(self.clock.instant());
        times.has_final |= times.are_final;
        drop(times);
        self.count.send_modify(|count| *count += 1);
    }

    /// Whoever asks from now on gets the final values.
    pub(crate) fn are_final(&self) {
        self.times().are_final = true;
    }

    /// How long from now on the next one may take; `None` if none is to be waited for.
    fn next_within(&self, most: Duration) -> Option<Duration> {
        let times = self.times();
        let overdue_at = times.overdue_at().filter(|_| !times.has_final)?;
        Some(overdue_at.saturating_duration_since(self.clock.instant()).min(most))
    }

    fn times(&self) -> MutexGuard<'_, Times> {
        self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The last scrape of a run, that of its final values. The endpoint stays as long as this does.
#[derive(Clone, Debug)]
pub struct LastScrape {
    pub(crate) scrapes: Arc<Scrapes>,
    pub(crate) linger: Duration,
    pub(crate) url: String,
    /// Held: the endpoint ends when nobody does.
    pub(crate) _keeper: mpsc::Sender<std::convert::Infallible>,
}

impl LastScrape {
    /// Where metrics are asked for.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How long is to be waited for it: until it is overdue, that is twice the interval after the one before, and at most what
    /// is asked for. `None` if fewer than two scrapes came in the whole run, the next one is overdue already, or the final
    /// values were asked for.
    pub fn within(&self) -> Option<Duration> {
        self.scrapes.next_within(self.linger).filter(|within| !within.is_zero())
    }

    /// Waits for the next scrape, `within` at most. Whether it came.
    pub async fn wait(&self, within: Duration) -> bool {
        let mut count = self.scrapes.count.subscribe();
        if self.scrapes.times().has_final {
            return true;
        }
        tokio::time::timeout(within, count.changed()).await.is_ok_and(|changed| changed.is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last(linger: u64) -> LastScrape {
        LastScrape {
            scrapes: Arc::new(Scrapes::new(RunClock::start_now())),
            linger: Duration::from_secs(linger),
            url: String::new(),
            _keeper: mpsc::channel(1).0,
        }
    }

    async fn pass(seconds: u64) {
        tokio::time::advance(Duration::from_secs(seconds)).await;
    }

    fn seconds(last: &LastScrape) -> Option<u64> {
        last.within().map(|within| within.as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_asked_once_or_never_is_not_waited_for() {
        let last = last(30);
        assert_eq!(seconds(&last), None);
        last.scrapes.add();
        assert_eq!(seconds(&last), None, "nobody knows that there will be another one");
    }

    #[tokio::test(start_paused = true)]
    async fn the_next_scrape_is_waited_for_until_it_is_overdue() {
        let last = last(30);
        last.scrapes.add();
        pass(10).await;
        last.scrapes.add();
        pass(4).await;
        assert_eq!(seconds(&last), Some(16));
        pass(15).await;
        assert_eq!(seconds(&last), Some(1));
        pass(1).await;
        assert_eq!(seconds(&last), None, "whoever asked does so no more");
    }

    #[tokio::test(start_paused = true)]
    async fn the_wait_is_bounded() {
        for (linger, waited) in [(30, Some(30)), (600, Some(120)), (0, None)] {
            let last = last(linger);
            last.scrapes.add();
            pass(60).await;
            last.scrapes.add();
            assert_eq!(seconds(&last), waited);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn somebody_who_looks_in_between_makes_the_interval_no_shorter() {
        let last = last(60);
        for pause in [0, 15, 15, 1, 14, 3] {
            pass(pause).await;
            last.scrapes.add();
        }
        assert_eq!(seconds(&last), Some(30));
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_has_the_final_values_is_not_waited_for() {
        let last = last(30);
        last.scrapes.add();
        pass(10).await;
        last.scrapes.are_final();
        last.scrapes.add();
        assert_eq!(seconds(&last), None);
    }

    #[tokio::test(start_paused = true)]
    async fn the_wait_ends_with_a_scrape() {
        let last = last(30);
        assert!(!last.wait(Duration::from_secs(11)).await);
        let scrapes = Arc::clone(&last.scrapes);
        let later = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            scrapes.add();
        });
        assert!(last.wait(Duration::from_secs(11)).await);
        later.await.unwrap();
    }
}
