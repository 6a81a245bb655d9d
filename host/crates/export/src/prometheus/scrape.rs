//! Who has asked for metrics, and how often: whoever did during a run may once more when it is over.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use outrider_model::RunClock;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

/// Five seconds: nobody is taken to ask more often, whatever a person at a browser does.
const LEAST: Duration = Duration::from_secs(5);

/// A scrape may be late by half of what is between two of them.
const PATIENCE: f64 = 1.5;

/// When metrics were asked for.
#[derive(Debug)]
pub(crate) struct Scrapes {
    clock: RunClock,
    times: Mutex<Times>,
    count: watch::Sender<u64>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Times {
    last: Option<Instant>,
    between: Option<Duration>,
}

impl Scrapes {
    pub(crate) fn new(clock: RunClock) -> Scrapes {
        Scrapes { clock, times: Mutex::default(), count: watch::channel(0).0 }
    }

    /// Metrics were asked for, and have been sent.
    pub(crate) fn add(&self) {
        let now = self.clock.instant();
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        times.between = times.last.map(|last| now.duration_since(last));
        times.last = Some(now);
        drop(times);
        self.count.send_modify(|count| *count += 1);
    }

    /// How long from now on the next one may take; `None` if there was none yet.
    fn next_within(&self, most: Duration) -> Option<Duration> {
        let times = *self.times.lock().unwrap_or_else(PoisonError::into_inner);
        let since = self.clock.instant().duration_since(times.last?);
        let expected =
            times.between.map_or(most, |between| between.mul_f64(PATIENCE).max(LEAST).saturating_sub(since));
        Some(expected.min(most))
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

    /// How long is to be waited for it: as long as scrapes came one after the other, and half as long again; at most what
    /// is asked for. `None` if nobody has asked for metrics in the whole run.
    pub fn within(&self) -> Option<Duration> {
        self.scrapes.next_within(self.linger).filter(|within| !within.is_zero())
    }

    /// Waits for the next scrape, `within` at most. Whether it came.
    pub async fn wait(&self, within: Duration) -> bool {
        let mut count = self.scrapes.count.subscribe();
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

    #[tokio::test(start_paused = true)]
    async fn whoever_never_asked_is_not_waited_for() {
        assert_eq!(last(60).within(), None);
        let none = last(0);
        none.scrapes.add();
        assert_eq!(none.within(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn the_next_scrape_is_expected_when_it_is_due() {
        let last = last(60);
        last.scrapes.add();
        assert_eq!(last.within(), Some(Duration::from_secs(60)), "nobody knows yet how often they come");
        tokio::time::advance(Duration::from_secs(10)).await;
        last.scrapes.add();
        tokio::time::advance(Duration::from_secs(4)).await;
        assert_eq!(last.within(), Some(Duration::from_secs(11)));
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
