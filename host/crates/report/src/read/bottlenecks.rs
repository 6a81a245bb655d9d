//! When the generator was the bottleneck: seconds in a row with one cause together, and not more of them than a report
//! can name (INV-4).

use std::collections::BTreeMap;

use outrider_model::Bottleneck;

use crate::summary::{BottleneckStretch, OtherBottlenecks};

/// A hundred: more than anybody reads one by one. A CPU that is busy in every other second for a day has 43,200.
const MOST_STRETCHES: usize = 100;

/// A row stands for one second.
const INTERVAL_NS: i64 = 1_000_000_000;

/// Seconds in a row with the same bottleneck, in nanoseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    cause: Bottleneck,
    from: i64,
    to: i64,
}

/// Stretches that are not named, by their cause: how many, and their nanoseconds together.
#[derive(Clone, Debug, Default)]
struct Rest(BTreeMap<Bottleneck, (u64, i64)>);

impl Rest {
    fn add(&mut self, stretch: Stretch) {
        self.add_all(stretch.cause, 1, stretch.to.saturating_sub(stretch.from));
    }

    fn add_all(&mut self, cause: Bottleneck, count: u64, length_ns: i64) {
        let (stretches, sum_ns) = self.0.entry(cause).or_default();
        *stretches += count;
        *sum_ns = sum_ns.saturating_add(length_ns);
    }

    fn finish(self) -> Vec<OtherBottlenecks> {
        let one =
            |(cause, (stretches, sum_ns))| OtherBottlenecks { cause, stretches, seconds: seconds(sum_ns) };
        self.0.into_iter().map(one).collect()
    }
}

/// The bottlenecks of one worker, as its rows name them.
#[derive(Debug, Default)]
pub(super) struct Bottlenecks {
    /// The first ones.
    first: Vec<Stretch>,
    rest: Rest,
    /// That of the last row, which may go on.
    open: Option<Stretch>,
}

impl Bottlenecks {
    /// Takes the second that ended at `at`.
    pub(super) fn add(&mut self, at: i64, cause: Option<Bottleneck>) {
        match &mut self.open {
            Some(open) if cause == Some(open.cause) => open.to = at,
            _ => {
                self.close();
                self.open = cause.map(|cause| Stretch { cause, from: at - INTERVAL_NS, to: at });
            }
        }
    }

    fn close(&mut self) {
        match self.open.take() {
            Some(stretch) if self.first.len() < MOST_STRETCHES => self.first.push(stretch),
            Some(stretch) => self.rest.add(stretch),
            None => {}
        }
    }
}

/// Those of all workers, in order of time: the first ones, and the rest by cause.
pub(super) fn finish<'a>(
    workers: impl Iterator<Item = (u32, &'a Bottlenecks)>,
    run_start: i64,
) -> (Vec<BottleneckStretch>, Vec<OtherBottlenecks>) {
    let (mut found, mut rest) = (Vec::new(), Rest::default());
    for (worker, own) in workers {
        found.extend(own.first.iter().copied().chain(own.open).map(|stretch| (worker, stretch)));
        own.rest.0.iter().for_each(|(cause, (count, sum_ns))| rest.add_all(*cause, *count, *sum_ns));
    }
    found.sort_by_key(|(worker, stretch)| (stretch.from, *worker));
    found.iter().skip(MOST_STRETCHES).for_each(|(_, stretch)| rest.add(*stretch));
    let after = |at: i64| seconds(at.saturating_sub(run_start).max(0));
    let named = found.into_iter().take(MOST_STRETCHES).map(|(worker, Stretch { cause, from, to })| {
        BottleneckStretch { cause, worker, from_s: after(from), to_s: after(to) }
    });
    (named.collect(), rest.finish())
}

fn seconds(ns: i64) -> f64 {
    ns as f64 / INTERVAL_NS as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use Bottleneck::{Cpu, EventLoop};

    fn of(causes: impl IntoIterator<Item = Option<Bottleneck>>) -> Bottlenecks {
        let mut bottlenecks = Bottlenecks::default();
        (1..).zip(causes).for_each(|(second, cause)| bottlenecks.add(second * INTERVAL_NS, cause));
        bottlenecks
    }

    #[test]
    fn seconds_in_a_row_with_one_cause_are_one_stretch() {
        let found = of([None, Some(Cpu), Some(Cpu), Some(EventLoop), Some(Cpu), None, Some(Cpu)]);
        let (named, rest) = finish([(0, &found)].into_iter(), 0);
        let named: Vec<_> = named.iter().map(|s| (s.cause, s.from_s, s.to_s)).collect();
        assert_eq!(named, [(Cpu, 1.0, 3.0), (EventLoop, 3.0, 4.0), (Cpu, 4.0, 5.0), (Cpu, 6.0, 7.0)]);
        assert_eq!(rest, []);
    }

    #[test]
    fn of_all_workers_the_first_are_named_and_the_rest_counted() {
        let flapping = of((0..1_000).map(|second| (second % 2 == 0).then_some(Cpu)));
        let steady = of([Some(EventLoop); 5]);
        let (named, rest) = finish([(0, &flapping), (1, &flapping), (2, &steady)].into_iter(), 0);
        assert_eq!((named.len(), named[2].cause, named[2].to_s), (MOST_STRETCHES, EventLoop, 5.0));
        assert!(named.is_sorted_by_key(|stretch| stretch.from_s), "{named:?}");
        assert_eq!(rest, [OtherBottlenecks { cause: Cpu, stretches: 901, seconds: 901.0 }]);
    }
}
