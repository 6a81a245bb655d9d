//! Pages: the requests of a user between two pauses.
//!
//! Tsung calls the requests between two think times a page. Rows do not say where a journey thinks; but a user who
//! thinks has no request under way for a while, and a journey that does not goes on at once.

use std::collections::HashMap;

use super::buckets::Axis;
use super::series::Series;
use crate::summary::TimeStatistics;

/// A tenth of a second: what comes sooner feels instantaneous (Miller 1968, Nielsen 1993), so nobody thinks in it; and
/// journeys parse answers in far less.
const PAUSE_NS: i64 = 100_000_000;

/// The page that a user is on.
#[derive(Clone, Copy, Debug)]
struct Page {
    iteration: i64,
    from: i64,
    to: i64,
}

/// One exchange of a user.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exchange {
    pub(super) vu: u32,
    pub(super) iteration: i64,
    /// When the journey asked for it, in nanoseconds since 1970.
    pub(super) asked_at: i64,
    /// When it ended, in nanoseconds since 1970.
    pub(super) ended_at: i64,
}

/// All pages: one open for each user, bounded by the VUs of the plan.
#[derive(Debug)]
pub(super) struct Pages {
    open: HashMap<u32, Page>,
    closed: Series,
}

impl Pages {
    pub(super) fn new(axis: Axis) -> Pages {
        Pages { open: HashMap::new(), closed: Series::new(axis) }
    }

    /// Takes the next exchange of a user. Those of one user come about in order of time: what overlaps may come in any.
    pub(super) fn add(&mut self, exchange: Exchange) {
        let Exchange { vu, iteration, asked_at, ended_at } = exchange;
        let new = Page { iteration, from: asked_at, to: ended_at };
        match self.open.get_mut(&vu) {
            Some(page) if page.iteration == iteration && asked_at < page.to.saturating_add(PAUSE_NS) => {
                page.from = page.from.min(asked_at);
                page.to = page.to.max(ended_at);
            }
            _ => self.open.insert(vu, new).into_iter().for_each(|page| close(&mut self.closed, page)),
        }
    }

    /// Closes all pages.
    pub(super) fn close(&mut self) {
        self.open.drain().for_each(|(_, page)| close(&mut self.closed, page));
    }

    pub(super) fn series(&mut self) -> &mut Series {
        &mut self.closed
    }

    pub(super) fn finish(&self, load_ns: u64) -> Option<TimeStatistics> {
        self.closed.finish(load_ns)
    }
}

fn close(closed: &mut Series, page: Page) {
    closed.add(page.to, page.to.saturating_sub(page.from).unsigned_abs());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(exchanges: &[(u32, i64, i64, i64)]) -> Option<TimeStatistics> {
        let mut pages = Pages::new(Axis::default());
        for (vu, iteration, from_ms, to_ms) in exchanges {
            let (asked_at, ended_at) = (from_ms * 1_000_000, to_ms * 1_000_000);
            pages.add(Exchange { vu: *vu, iteration: *iteration, asked_at, ended_at });
        }
        pages.close();
        pages.finish(1_000_000_000)
    }

    #[test]
    fn requests_that_follow_at_once_are_a_page_and_a_pause_begins_a_new_one() {
        let found = pages(&[(1, 0, 0, 20), (1, 0, 25, 50), (1, 0, 149, 200), (1, 0, 300, 310)]).unwrap();
        assert_eq!((found.count, found.mean_ms), (2, 105.0), "200 ms and 10 ms");
    }

    #[test]
    fn what_is_under_way_at_once_is_one_page_in_any_order() {
        let found = pages(&[(1, 0, 5, 10), (1, 0, 0, 400), (1, 0, 390, 500)]).unwrap();
        assert_eq!((found.count, found.mean_ms), (1, 500.0));
    }

    #[test]
    fn users_and_iterations_have_pages_of_their_own() {
        let found = pages(&[(1, 0, 0, 10), (2, 1, 5, 15), (1, 2, 10, 20), (2, 1, 16, 20)]).unwrap();
        assert_eq!((found.count, found.mean_ms), (3, 11.666667));
    }
}
