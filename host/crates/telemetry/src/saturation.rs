//! When a load generator is at its limit: the rules by which a run judges itself at its end, from its samples, and its
//! report the same run, from its rows. Both ask [`SaturationTally`], so that they say the same.

use std::time::Duration;

use outrider_model::{
    BUSY_CPU, HELD_UP_EVENT_LOOP, IterationStatus, LATE_START, Sample, SystemSample, Timestamp, too_many_late,
};

/// Three seconds in a row: shorter ones are the start of the users, or a neighbour's cron job.
pub const SATURATED_SECONDS: u64 = 3;

/// How busy the CPU was in a second, by the columns of `system`: the machine, or what this process may use of it.
/// `None` where the system does not tell.
pub fn cpu_load(process_cpu: f64, machine_cpu: f64, others_cpu: Option<f64>) -> Option<f64> {
    (others_cpu.is_some() || machine_cpu > 0.0).then(|| machine_cpu.max(process_cpu))
}

/// Shares are sums and differences of fractions: what differs by less is equal.
const ROUNDING: f64 = 1e-9;

/// The length of time that a row of `system` stands for.
const SECOND_NS: i64 = 1_000_000_000;

/// What was at its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaturatedBy {
    /// The CPU, by [`cpu_load`].
    Cpu,
    /// The event loop.
    EventLoop,
}

/// Three seconds or more in a row in which a limit was reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SaturatedStretch {
    /// What was at its limit.
    pub by: SaturatedBy,
    /// When its first second began.
    pub from: Timestamp,
    /// When its last second ended.
    pub to: Timestamp,
    /// The worst value: of the CPU a share from 0 to 1, of the event loop nanoseconds.
    pub worst: f64,
    /// Whether other processes used more of the CPU in it than this one.
    pub by_others: bool,
}

/// What of a second the rules look at.
#[derive(Clone, Copy, Debug)]
pub struct WatchedSecond {
    /// Its end.
    pub at: Timestamp,
    /// The column `process_cpu`.
    pub process_cpu: f64,
    /// The column `machine_cpu`.
    pub machine_cpu: f64,
    /// The column `others_cpu`.
    pub others_cpu: Option<f64>,
    /// How late a timer of the event loop fired.
    pub event_loop_lag: Duration,
}

impl From<&SystemSample> for WatchedSecond {
    fn from(sample: &SystemSample) -> WatchedSecond {
        WatchedSecond {
            at: sample.at,
            process_cpu: sample.process_cpu,
            machine_cpu: sample.machine_cpu,
            others_cpu: sample.others_cpu,
            event_loop_lag: sample.event_loop_lag,
        }
    }
}

/// Seconds in a row at a limit.
#[derive(Clone, Copy, Debug)]
struct Streak {
    from: i64,
    to: i64,
    seconds: u64,
    worst: f64,
    /// The sums of what others, and this process, used of the machine's CPU.
    others: f64,
    own: f64,
}

impl Streak {
    fn stretch(&self, by: SaturatedBy) -> Option<SaturatedStretch> {
        (self.seconds >= SATURATED_SECONDS).then_some(SaturatedStretch {
            by,
            from: Timestamp(self.from),
            to: Timestamp(self.to),
            worst: self.worst,
            by_others: self.others - self.own > ROUNDING,
        })
    }
}

/// Takes the value of the next second, and returns the streak that it ends.
fn follow(open: &mut Option<Streak>, second: &WatchedSecond, value: f64, limit: f64) -> Option<Streak> {
    if value < limit {
        return open.take();
    }
    let at = second.at.0;
    let blank =
        Streak { from: at.saturating_sub(SECOND_NS), to: at, seconds: 0, worst: 0.0, others: 0.0, own: 0.0 };
    let streak = open.get_or_insert(blank);
    // Where the system does not tell, this process is taken to use no more of the machine than it may.
    let others = second.others_cpu.unwrap_or((second.machine_cpu - second.process_cpu).max(0.0));
    let others = others.min(second.machine_cpu);
    *streak = Streak {
        to: at,
        seconds: streak.seconds + 1,
        worst: streak.worst.max(value),
        others: streak.others + others,
        own: streak.own + second.machine_cpu - others,
        ..*streak
    };
    None
}

/// Iterations that started, and those of them that the generator itself made late.
#[derive(Clone, Copy, Debug)]
pub struct LateStarts {
    /// All that started.
    pub started: u64,
    /// Those that started late.
    pub late: u64,
    /// How late one started at worst.
    pub worst: Duration,
    /// When the first late one should have started.
    pub from: Timestamp,
    /// When the last late one did start.
    pub to: Timestamp,
}

impl Default for LateStarts {
    fn default() -> LateStarts {
        let (from, to) = (Timestamp(i64::MAX), Timestamp(i64::MIN));
        LateStarts { started: 0, late: 0, worst: Duration::ZERO, from, to }
    }
}

impl LateStarts {
    /// Takes an iteration that started then, so much later than scheduled by the generator's own fault: what it waited
    /// for a busy VU is not part of it.
    pub fn add(&mut self, started_at: Timestamp, own: Duration) {
        self.started += 1;
        self.worst = self.worst.max(own);
        if own > LATE_START {
            self.late += 1;
            let own_ns = u64::try_from(own.as_nanos()).unwrap_or(u64::MAX);
            self.from = self.from.min(Timestamp(started_at.0.saturating_sub_unsigned(own_ns)));
            self.to = self.to.max(started_at);
        }
    }

    /// Whether they are so many that the generator was saturated.
    pub fn are_saturation(&self) -> bool {
        too_many_late(self.late, self.started)
    }
}

/// Whether a worker was saturated, and when, by its seconds and iterations as they come.
#[derive(Clone, Copy, Debug, Default)]
pub struct SaturationTally {
    cpu: Option<Streak>,
    lag: Option<Streak>,
    was_at_limit: bool,
    starts: LateStarts,
}

impl SaturationTally {
    /// Takes a sample.
    pub fn record(&mut self, sample: &Sample) {
        match sample {
            Sample::System(second) => {
                self.add_second(&WatchedSecond::from(&**second));
            }
            Sample::Iteration(iteration) if iteration.status != IterationStatus::Dropped => {
                let own = iteration.lateness().saturating_sub(iteration.waited);
                self.add_start(iteration.started_at, own);
            }
            _ => {}
        }
    }

    /// Takes the next second, and returns the stretches that it ends.
    pub fn add_second(&mut self, second: &WatchedSecond) -> Vec<SaturatedStretch> {
        let WatchedSecond { process_cpu, machine_cpu, others_cpu, event_loop_lag, .. } = *second;
        // A second that was not measured ends no streak and begins none.
        let load = cpu_load(process_cpu, machine_cpu, others_cpu);
        let cpu = load.and_then(|load| follow(&mut self.cpu, second, load, BUSY_CPU));
        let limit_ns = HELD_UP_EVENT_LOOP.as_nanos() as f64;
        let lag = follow(&mut self.lag, second, event_loop_lag.as_nanos() as f64, limit_ns);
        self.was_at_limit |= !self.open().is_empty();
        stretches(cpu, lag)
    }

    /// Takes an iteration that started, as [`LateStarts::add`] does it.
    pub fn add_start(&mut self, started_at: Timestamp, own: Duration) {
        self.starts.add(started_at, own);
    }

    /// The stretches that go on.
    pub fn open(&self) -> Vec<SaturatedStretch> {
        stretches(self.cpu, self.lag)
    }

    /// The iterations that started.
    pub fn starts(&self) -> &LateStarts {
        &self.starts
    }

    /// Whether it was saturated at any time.
    pub fn is_saturated(&self) -> bool {
        self.was_at_limit || self.starts.are_saturation()
    }
}

fn stretches(cpu: Option<Streak>, lag: Option<Streak>) -> Vec<SaturatedStretch> {
    let cpu = cpu.and_then(|streak| streak.stretch(SaturatedBy::Cpu));
    let lag = lag.and_then(|streak| streak.stretch(SaturatedBy::EventLoop));
    cpu.into_iter().chain(lag).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(at: i64, machine_cpu: f64, others_cpu: f64, lag_ms: u64) -> WatchedSecond {
        WatchedSecond {
            at: Timestamp(at * SECOND_NS),
            process_cpu: machine_cpu - others_cpu,
            machine_cpu,
            others_cpu: Some(others_cpu),
            event_loop_lag: Duration::from_millis(lag_ms),
        }
    }

    /// From, to, worst.
    fn found(seconds: &[(f64, u64)]) -> Vec<(SaturatedBy, i64, i64, f64)> {
        let mut tally = SaturationTally::default();
        let mut all = Vec::new();
        for (at, (machine_cpu, lag_ms)) in (1..).zip(seconds) {
            all.extend(tally.add_second(&second(at, *machine_cpu, 0.0, *lag_ms)));
        }
        all.extend(tally.open());
        assert_eq!(tally.is_saturated(), !all.is_empty(), "the verdict is that there is a stretch");
        all.iter().map(|s| (s.by, s.from.0 / SECOND_NS, s.to.0 / SECOND_NS, s.worst)).collect()
    }

    #[test]
    fn three_seconds_in_a_row_are_saturation() {
        use SaturatedBy::{Cpu, EventLoop};
        let busy = [0.95, 0.91, 0.2, 0.9, 0.99, 0.93, 0.1, 1.0, 1.0, 1.0, 1.0].map(|cpu| (cpu, 0));
        assert_eq!(found(&busy), [(Cpu, 3, 6, 0.99), (Cpu, 7, 11, 1.0)]);
        assert_eq!(found(&[(1.0, 0), (1.0, 0), (0.5, 0), (1.0, 0), (1.0, 0)]), []);
        assert_eq!(found(&[(0.1, 100), (0.1, 300), (0.1, 100)]), [(EventLoop, 0, 3, 3e8)]);
        assert_eq!(found(&[(0.1, 99), (0.1, 300), (0.1, 100)]), []);
    }

    #[test]
    fn a_stretch_says_whose_the_cpu_was() {
        let whose = |others: [f64; 3]| {
            let mut tally = SaturationTally::default();
            for (at, others) in (1..).zip(others) {
                assert!(tally.add_second(&second(at, 0.96, others, 0)).is_empty());
            }
            tally.open()[0].by_others
        };
        assert!(!whose([0.1, 0.2, 0.9]));
        assert!(whose([0.9, 0.2, 0.9]));
    }

    #[test]
    fn late_starts_are_saturation_if_they_are_many() {
        let mut tally = SaturationTally::default();
        let Sample::Iteration(sample) = crate::test_samples::iteration(IterationStatus::Completed, 5) else {
            panic!("an iteration")
        };
        for (late_ms, waited_ms) in [(0, 0), (10, 0), (11, 0), (20, 0), (30, 0), (500, 490)] {
            let started_at = Timestamp(sample.scheduled_at.0 + late_ms * 1_000_000);
            let waited = Duration::from_millis(waited_ms);
            let iteration = outrider_model::IterationSample { started_at, waited, ..sample.clone() };
            tally.record(&Sample::Iteration(iteration));
        }
        let starts = tally.starts();
        assert_eq!((starts.late, starts.started, starts.worst), (3, 6, Duration::from_millis(30)));
        assert_eq!((starts.from, starts.to.0 - starts.from.0), (sample.scheduled_at, 30_000_000));
        assert!(tally.is_saturated());
    }

    #[test]
    fn what_was_not_measured_is_not_busy() {
        assert_eq!(cpu_load(0.0, 0.0, None), None);
        assert_eq!(cpu_load(0.96, 0.25, Some(0.01)), Some(0.96));
        assert_eq!(cpu_load(0.5, 0.8, None), Some(0.8));
    }
}
