//! Who used the CPU of the generating machines, second by second.

use outrider_telemetry::cpu_load;

use crate::summary::{BUSY_CPU, CpuHealth, CpuShares};

/// The CPU in one second, from the columns of `system`.
#[derive(Clone, Copy, Debug)]
pub(super) struct CpuSecond(CpuShares);

impl CpuSecond {
    /// `None` where the system does not tell. `others` is missing in datasets of schema version 1: there the
    /// process is taken to use no more of the machine than it may.
    pub(super) fn of(process_of_allowed: f64, machine: f64, others: Option<f64>) -> Option<CpuSecond> {
        cpu_load(process_of_allowed, machine, others)?;
        let others = others.unwrap_or_else(|| (machine - process_of_allowed).max(0.0)).min(machine);
        Some(CpuSecond(CpuShares { machine, process: machine - others, others, process_of_allowed }))
    }

    /// How busy it was: the machine, or what this process may use of it.
    pub(super) fn load(&self) -> f64 {
        self.0.machine.max(self.0.process_of_allowed)
    }
}

/// All seconds of all workers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CpuTally {
    seconds: u64,
    busy_seconds: u64,
    sum: CpuShares,
    busy_sum: CpuShares,
    max: CpuShares,
}

impl CpuTally {
    pub(super) fn add(&mut self, second: CpuSecond) {
        self.seconds += 1;
        self.sum = combine(self.sum, second.0, |sum, share| sum + share);
        self.max = combine(self.max, second.0, f64::max);
        if second.load() >= BUSY_CPU {
            self.busy_seconds += 1;
            self.busy_sum = combine(self.busy_sum, second.0, |sum, share| sum + share);
        }
    }

    pub(super) fn finish(&self) -> Option<CpuHealth> {
        let CpuTally { seconds, busy_seconds, sum, busy_sum, max } = *self;
        let busy = (busy_seconds > 0).then(|| mean(busy_sum, busy_seconds));
        let health = |mean| CpuHealth { busy_from: BUSY_CPU, seconds, busy_seconds, busy, mean, max };
        (seconds > 0).then(|| health(mean(sum, seconds)))
    }
}

fn combine(a: CpuShares, b: CpuShares, with: impl Fn(f64, f64) -> f64) -> CpuShares {
    CpuShares {
        machine: with(a.machine, b.machine),
        process: with(a.process, b.process),
        others: with(a.others, b.others),
        process_of_allowed: with(a.process_of_allowed, b.process_of_allowed),
    }
}

fn mean(sum: CpuShares, seconds: u64) -> CpuShares {
    // To a millionth: what is beyond is noise of the sum.
    combine(sum, sum, |sum, _| (sum / seconds as f64 * 1e6).round() / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn busy_seconds_say_whose_the_cpu_was() {
        let mut tally = CpuTally::default();
        for (process, machine, others) in [(0.2, 0.3, 0.1), (0.62, 0.93, 0.31), (0.60, 0.95, 0.35)] {
            tally.add(CpuSecond::of(process, machine, Some(others)).unwrap());
        }
        let health = tally.finish().unwrap();
        assert_eq!((health.seconds, health.busy_seconds), (3, 2));
        let busy = health.busy.unwrap();
        assert_eq!((busy.machine, busy.process, busy.others), (0.94, 0.61, 0.33));
        assert_eq!((health.max.machine, health.max.others), (0.95, 0.35));
    }

    #[test]
    fn a_process_at_its_limit_is_busy_on_an_idle_machine() {
        let second = CpuSecond::of(0.96, 0.25, Some(0.01)).unwrap();
        assert_eq!(second.load(), 0.96);
        assert_eq!((second.0.process, second.0.others), (0.24, 0.01));
    }

    #[test]
    fn what_was_not_measured_is_not_idle() {
        assert!(CpuSecond::of(0.0, 0.0, None).is_none());
        assert!(CpuTally::default().finish().is_none());
        let old = CpuSecond::of(0.5, 0.8, None).unwrap();
        assert!((old.0.others - 0.3).abs() < 1e-9, "{old:?}");
    }
}
