//! When a load generator is at its limit: the rules by which a run judges itself at its end, and its report the rows.

use outrider_model::{
    BUSY_CPU, HELD_UP_EVENT_LOOP, IterationStatus, LATE_START, Sample, SystemSample, too_many_late,
};

/// Three seconds in a row: shorter ones are the start of the users, or a neighbour's cron job.
pub const SATURATED_SECONDS: u64 = 3;

/// How busy the CPU was in a second, by the columns of `system`: the machine, or what this process may use of it.
/// `None` where the system does not tell.
pub fn cpu_load(process_cpu: f64, machine_cpu: f64, others_cpu: Option<f64>) -> Option<f64> {
    (others_cpu.is_some() || machine_cpu > 0.0).then(|| machine_cpu.max(process_cpu))
}

/// Seconds in a row in which a limit was reached.
#[derive(Clone, Copy, Debug, Default)]
struct Streak(u64);

impl Streak {
    /// Takes the next second, and says whether they are too many.
    fn add(&mut self, is_over: bool) -> bool {
        self.0 = if is_over { self.0 + 1 } else { 0 };
        self.0 >= SATURATED_SECONDS
    }
}

/// Whether a worker was saturated, by its samples as they come.
#[derive(Clone, Copy, Debug, Default)]
pub struct SaturationTally {
    cpu: Streak,
    lag: Streak,
    was_at_limit: bool,
    started: u64,
    late: u64,
}

impl SaturationTally {
    /// Takes a sample.
    pub fn record(&mut self, sample: &Sample) {
        match sample {
            Sample::System(second) => self.add_second(second),
            Sample::Iteration(iteration) if iteration.status != IterationStatus::Dropped => {
                self.started += 1;
                let own = iteration.lateness().saturating_sub(iteration.waited);
                self.late += u64::from(own > LATE_START);
            }
            _ => {}
        }
    }

    fn add_second(&mut self, second: &SystemSample) {
        let SystemSample { process_cpu, machine_cpu, others_cpu, event_loop_lag, .. } = second;
        // A second that was not measured ends no streak and begins none.
        if let Some(load) = cpu_load(*process_cpu, *machine_cpu, *others_cpu) {
            self.was_at_limit |= self.cpu.add(load >= BUSY_CPU);
        }
        self.was_at_limit |= self.lag.add(*event_loop_lag >= HELD_UP_EVENT_LOOP);
    }

    /// Whether it was saturated at any time.
    pub fn is_saturated(&self) -> bool {
        self.was_at_limit || too_many_late(self.late, self.started)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use outrider_model::Timestamp;

    use super::*;

    fn of_seconds(seconds: &[(f64, u64)]) -> bool {
        let mut tally = SaturationTally::default();
        for (machine_cpu, lag_ms) in seconds {
            let event_loop_lag = Duration::from_millis(*lag_ms);
            let others_cpu = Some(0.0);
            let second =
                SystemSample { machine_cpu: *machine_cpu, others_cpu, event_loop_lag, ..Default::default() };
            tally.record(&Sample::System(Box::new(second)));
        }
        tally.is_saturated()
    }

    #[test]
    fn three_seconds_in_a_row_are_saturation() {
        assert!(of_seconds(&[(0.1, 0), (0.9, 0), (1.0, 0), (0.95, 0), (0.1, 0)]));
        assert!(!of_seconds(&[(1.0, 0), (1.0, 0), (0.5, 0), (1.0, 0), (1.0, 0)]));
        assert!(of_seconds(&[(0.1, 100), (0.1, 300), (0.1, 100)]));
        assert!(!of_seconds(&[(0.1, 99), (0.1, 300), (0.1, 100)]));
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
        assert!((tally.late, tally.started) == (3, 6) && tally.is_saturated());
    }

    #[test]
    fn what_was_not_measured_is_not_busy() {
        assert_eq!(cpu_load(0.0, 0.0, None), None);
        assert_eq!(cpu_load(0.96, 0.25, Some(0.01)), Some(0.96));
        assert_eq!(cpu_load(0.5, 0.8, None), Some(0.8));
    }
}
