//! The phases of one exchange, from marks in time.

use std::time::Duration;

use outrider_model::Phases;
use tokio::time::Instant;

/// The end of a phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// The name is resolved.
    Resolved,
    /// The TCP connection is open.
    Connected,
    /// The TLS handshake is done.
    Secured,
    /// The last byte of the request is written.
    Sent,
    /// The first byte of the answer is read.
    FirstByte,
}

const MARKS: usize = 5;

/// Collects the marks of an exchange.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch {
    asked: Instant,
    started: Option<Instant>,
    marks: [Option<Instant>; MARKS],
}

impl Stopwatch {
    /// Starts with the wait for a connection.
    pub(crate) fn asked_at(asked: Instant) -> Stopwatch {
        Stopwatch { asked, started: None, marks: [None; MARKS] }
    }

    /// When the exchange was asked for.
    pub(crate) fn asked(&self) -> Instant {
        self.asked
    }

    /// Ends the wait; called again if the exchange starts afresh, which then counts as waiting too.
    pub(crate) fn start(&mut self, at: Instant) {
        self.started = Some(at);
        self.marks = [None; MARKS];
    }

    /// Ends the wait with a connection that is open already.
    pub(crate) fn start_on_open_connection(&mut self, at: Instant) {
        self.start(at);
        for mark in [Mark::Resolved, Mark::Connected, Mark::Secured] {
            self.mark(mark, at);
        }
    }

    /// Notes the end of a phase.
    pub(crate) fn mark(&mut self, mark: Mark, at: Instant) {
        self.marks[mark as usize] = Some(at);
    }

    /// The last mark that was set, or the start.
    pub(crate) fn last_mark(&self) -> Option<Instant> {
        self.marks.iter().rev().flatten().next().copied().or(self.started)
    }

    /// Start, duration and phases of the exchange if it ends at `end`. The phase that was under way
    /// lasts until the end. The phases without `blocked` sum up to the duration.
    pub(crate) fn stop(&self, end: Instant) -> (Instant, Duration, Phases) {
        let started = self.started.unwrap_or(end);
        let mut lengths = [Duration::ZERO; MARKS + 1];
        let mut last = started;
        for (index, length) in lengths.iter_mut().enumerate() {
            let mark = self.marks.get(index).copied().flatten();
            // Marks of the socket and of the task are taken in different places: keep their order.
            let until = mark.unwrap_or(end).clamp(last, end.max(last));
            *length = until - last;
            last = until;
            if mark.is_none() {
                break;
            }
        }
        let [dns, connect, tls, send, wait, receive] = lengths;
        let blocked = started.saturating_duration_since(self.asked);
        let phases = Phases { blocked, dns, connect, tls, send, wait, receive };
        (started, last - started, phases)
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "any instant will do")]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn sum(phases: Phases) -> Duration {
        phases.dns + phases.connect + phases.tls + phases.send + phases.wait + phases.receive
    }

    #[test]
    fn phases_follow_one_another_and_sum_up() {
        let t = Instant::now();
        let mut watch = Stopwatch::asked_at(t);
        watch.start(t + ms(5));
        let marks = [Mark::Resolved, Mark::Connected, Mark::Secured, Mark::Sent, Mark::FirstByte];
        for (mark, at) in marks.into_iter().zip([6, 8, 11, 15, 20]) {
            watch.mark(mark, t + ms(at));
        }
        let (started, duration, phases) = watch.stop(t + ms(26));
        assert_eq!((started, duration), (t + ms(5), ms(21)));
        let expected = Phases {
            blocked: ms(5),
            dns: ms(1),
            connect: ms(2),
            tls: ms(3),
            send: ms(4),
            wait: ms(5),
            receive: ms(6),
        };
        assert_eq!(phases, expected);
        assert_eq!(sum(phases), duration);
    }

    #[test]
    fn the_phase_under_way_gets_the_rest() {
        let t = Instant::now();
        let mut watch = Stopwatch::asked_at(t);
        watch.start(t);
        watch.mark(Mark::Resolved, t + ms(1));
        let (_, duration, phases) = watch.stop(t + ms(10));
        assert_eq!((phases.dns, phases.connect, duration), (ms(1), ms(9), ms(10)));
        assert_eq!(sum(phases), duration);
    }

    #[test]
    fn an_open_connection_has_no_connection_phases() {
        let t = Instant::now();
        let mut watch = Stopwatch::asked_at(t);
        watch.start_on_open_connection(t);
        watch.mark(Mark::Sent, t + ms(1));
        let (_, duration, phases) = watch.stop(t + ms(4));
        assert_eq!((phases.dns, phases.connect, phases.tls), Default::default());
        assert_eq!((phases.send, phases.wait, duration), (ms(1), ms(3), ms(4)));
    }

    #[test]
    fn an_exchange_that_never_started_was_blocked_only() {
        let t = Instant::now();
        let (started, duration, phases) = Stopwatch::asked_at(t).stop(t + ms(7));
        assert_eq!((started, duration), (t + ms(7), Duration::ZERO));
        assert_eq!(phases, Phases { blocked: ms(7), ..Phases::default() });
    }

    #[test]
    fn a_second_attempt_counts_the_first_as_blocked() {
        let t = Instant::now();
        let mut watch = Stopwatch::asked_at(t);
        watch.start_on_open_connection(t);
        watch.mark(Mark::Sent, t + ms(1));
        watch.start(t + ms(2));
        let (_, duration, phases) = watch.stop(t + ms(3));
        assert_eq!((phases.blocked, phases.dns, duration), (ms(2), ms(1), ms(1)));
    }

    #[test]
    fn marks_out_of_order_do_not_break_the_sum() {
        let t = Instant::now();
        let mut watch = Stopwatch::asked_at(t);
        watch.start_on_open_connection(t + ms(5));
        watch.mark(Mark::Sent, t + ms(20));
        watch.mark(Mark::FirstByte, t + ms(10));
        let (_, duration, phases) = watch.stop(t + ms(15));
        assert_eq!(sum(phases), duration);
        assert_eq!(duration, ms(10));
    }
}
