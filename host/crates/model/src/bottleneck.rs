//! What kept the generator from making its load and measuring it, second by second.
//!
//! One rule, applied where the second was measured and written into its row: readers take it from there.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::SystemSample;

/// From ninety percent on a second's CPU counts as busy: a core that is needed is often not free then, and the
/// wait for it is measured as if it were the target's.
pub const BUSY_CPU: f64 = 0.9;

/// One hundred milliseconds: an event loop so far behind adds to every duration that it measures more
/// than most answers take.
pub const HELD_UP_EVENT_LOOP: Duration = Duration::from_millis(100);

/// Half of the queue to the disk: it fills within a second at the rate that its size was chosen for, and what
/// finds it full is lost.
pub const BUSY_QUEUE: f64 = 0.5;

/// Ninety percent of a limit of the system's, on open files or on ports: connections are opened by the dozen, and
/// the next dozen may fail in the target's name.
pub const NEAR_LIMIT: f64 = 0.9;

/// Five percent of the memory left: Linux takes from programs and caches by then, which makes everything wait for
/// the disk, or ends a program.
pub const SCARCE_MEMORY: f64 = 0.05;

/// Ten milliseconds: an iteration that starts later than that after its scheduled time is counted as late, unless it
/// waited for a busy VU. A timer of the event loop is up to 2 ms late by design (its own tick and the operating
/// system's), so what exceeds five times that is not rounding, but a busy machine or a VU that had to be made first.
pub const LATE_START: Duration = Duration::from_millis(10);

/// One percent of the iterations that start late: what a report's p99 still shows.
pub const MANY_LATE_SHARE: f64 = 0.01;

/// Three late starts: fewer are chance, however few iterations there were.
pub const MANY_LATE_STARTS: u64 = 3;

/// What of the generator was at its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Bottleneck {
    /// Open file descriptors of this process, at 90 % or more of what it may have.
    #[serde(rename = "open files")]
    OpenFiles,
    /// Ports for outgoing connections to one address: those in use, and those that the system keeps for a minute
    /// after a connection's end, are 90 % or more of all.
    #[serde(rename = "sockets")]
    Sockets,
    /// Less than 5 % of the memory is left, the machine's or what this process may use.
    #[serde(rename = "memory")]
    Memory,
    /// The CPU was busy to 90 % or more, and this process used most of it, or all that it may use.
    #[serde(rename = "cpu")]
    Cpu,
    /// The CPU was busy to 90 % or more, and other processes used more of it than this one.
    #[serde(rename = "others' cpu")]
    OthersCpu,
    /// Samples were lost because the queue to the disk was full, or it was half full.
    #[serde(rename = "sample queue")]
    SampleQueue,
    /// A timer of the event loop fired 100 ms late or later.
    #[serde(rename = "event loop")]
    EventLoop,
    /// More than 1 % of the iterations that started, and at least three, started late by the generator's own fault.
    #[serde(rename = "late starts")]
    LateStarts,
}

/// What of an interval is not in its sample: counts since the one before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SystemInterval {
    /// Samples that were lost.
    pub lost_samples: u64,
    /// How many samples the queue to the disk holds.
    pub queue_capacity: u64,
}

impl Bottleneck {
    /// All of them, in the order in which they are looked for: what fails requests, then what makes everything
    /// else late, then what that leads to. The first one that holds is the cause.
    pub const ALL: [Bottleneck; 8] = [
        Bottleneck::OpenFiles,
        Bottleneck::Sockets,
        Bottleneck::Memory,
        Bottleneck::Cpu,
        Bottleneck::OthersCpu,
        Bottleneck::SampleQueue,
        Bottleneck::EventLoop,
        Bottleneck::LateStarts,
    ];

    /// The bottleneck as rows and reports spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Bottleneck::OpenFiles => "open files",
            Bottleneck::Sockets => "sockets",
            Bottleneck::Memory => "memory",
            Bottleneck::Cpu => "cpu",
            Bottleneck::OthersCpu => "others' cpu",
            Bottleneck::SampleQueue => "sample queue",
            Bottleneck::EventLoop => "event loop",
            Bottleneck::LateStarts => "late starts",
        }
    }

    /// The bottleneck of this name.
    pub fn from_name(name: &str) -> Option<Bottleneck> {
        Bottleneck::ALL.into_iter().find(|bottleneck| bottleneck.as_str() == name)
    }

    /// What the generator was held up by in an interval; `None` if nothing is known to have held it up.
    pub fn of(sample: &SystemSample, interval: SystemInterval) -> Option<Bottleneck> {
        Bottleneck::ALL.into_iter().find(|bottleneck| bottleneck.holds(sample, interval))
    }

    fn holds(self, sample: &SystemSample, interval: SystemInterval) -> bool {
        match self {
            Bottleneck::OpenFiles => is_near(sample.open_files, sample.open_files_limit),
            // Nearly all open files of a process under load are connections.
            Bottleneck::Sockets => sample
                .time_wait_sockets
                .is_some_and(|kept| is_near(sample.open_files.saturating_add(kept), sample.local_ports)),
            Bottleneck::Memory => sample
                .memory_available_bytes
                .zip(sample.memory_limit_bytes)
                .is_some_and(|(left, all)| (left as f64) < all as f64 * SCARCE_MEMORY),
            Bottleneck::Cpu => sample.process_cpu >= BUSY_CPU || is_busy(sample) && !is_others(sample),
            Bottleneck::OthersCpu => is_busy(sample) && is_others(sample),
            Bottleneck::SampleQueue => {
                let capacity = interval.queue_capacity;
                let half = capacity > 0 && sample.queued_samples as f64 >= capacity as f64 * BUSY_QUEUE;
                interval.lost_samples > 0 || half
            }
            Bottleneck::EventLoop => sample.event_loop_lag >= HELD_UP_EVENT_LOOP,
            Bottleneck::LateStarts => too_many_late(sample.late_starts, sample.started_iterations),
        }
    }
}

/// Whether so many of the iterations that started were late that it is no chance.
pub fn too_many_late(late: u64, started: u64) -> bool {
    late >= MANY_LATE_STARTS && late as f64 > started as f64 * MANY_LATE_SHARE
}

fn is_near(used: u64, limit: Option<u64>) -> bool {
    limit.is_some_and(|limit| used as f64 >= limit as f64 * NEAR_LIMIT)
}

fn is_busy(sample: &SystemSample) -> bool {
    sample.machine_cpu >= BUSY_CPU
}

/// Whether others used more of the machine's CPU than this process.
fn is_others(sample: &SystemSample) -> bool {
    sample.others_cpu.is_some_and(|others| others > sample.machine_cpu - others)
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: SystemInterval = SystemInterval { lost_samples: 0, queue_capacity: 1_000 };

    fn cause(change: impl FnOnce(&mut SystemSample)) -> Option<Bottleneck> {
        let mut sample = quiet();
        change(&mut sample);
        Bottleneck::of(&sample, INTERVAL)
    }

    /// A second in which everything is known and nothing is short.
    fn quiet() -> SystemSample {
        SystemSample {
            process_cpu: 0.4,
            machine_cpu: 0.6,
            others_cpu: Some(0.2),
            memory_limit_bytes: Some(1_000),
            memory_available_bytes: Some(500),
            open_files: 100,
            open_files_limit: Some(1_000),
            time_wait_sockets: Some(100),
            local_ports: Some(10_000),
            started_iterations: 1_000,
            ..SystemSample::default()
        }
    }

    #[test]
    fn a_quiet_second_has_none_and_what_is_not_known_is_none() {
        assert_eq!(cause(|_| {}), None);
        assert_eq!(cause(|sample| *sample = SystemSample::default()), None);
    }

    #[test]
    fn files_ports_and_memory_are_short_near_their_limits() {
        assert_eq!(cause(|sample| sample.open_files = 899), None);
        assert_eq!(cause(|sample| sample.open_files = 900), Some(Bottleneck::OpenFiles));
        let many_kept = |kept: u64| cause(|sample| sample.time_wait_sockets = Some(kept));
        assert_eq!((many_kept(8_899), many_kept(8_900)), (None, Some(Bottleneck::Sockets)));
        let left = |bytes: u64| cause(|sample| sample.memory_available_bytes = Some(bytes));
        assert_eq!((left(50), left(49)), (None, Some(Bottleneck::Memory)));
        let unlimited = |sample: &mut SystemSample| {
            (sample.open_files, sample.open_files_limit, sample.local_ports) = (u64::MAX, None, None);
        };
        assert_eq!(cause(unlimited), None);
    }

    #[test]
    fn a_busy_cpu_is_whose_who_used_most_of_it() {
        let busy = |process: f64, machine: f64, others: Option<f64>| {
            cause(|sample| {
                (sample.process_cpu, sample.machine_cpu, sample.others_cpu) = (process, machine, others);
            })
        };
        assert_eq!(busy(0.6, 0.89, Some(0.3)), None);
        assert_eq!(busy(0.6, 0.9, Some(0.3)), Some(Bottleneck::Cpu));
        assert_eq!(busy(0.3, 0.9, Some(0.6)), Some(Bottleneck::OthersCpu));
        assert_eq!(busy(0.3, 0.95, None), Some(Bottleneck::Cpu), "nobody knows of others");
        assert_eq!(busy(0.97, 0.3, Some(0.2)), Some(Bottleneck::Cpu), "all that a limit leaves it");
    }

    #[test]
    fn a_queue_that_fills_or_overflows_an_event_loop_and_late_starts_are_named() {
        assert_eq!(cause(|sample| sample.queued_samples = 499), None);
        assert_eq!(cause(|sample| sample.queued_samples = 500), Some(Bottleneck::SampleQueue));
        let lost = SystemInterval { lost_samples: 1, ..INTERVAL };
        assert_eq!(Bottleneck::of(&quiet(), lost), Some(Bottleneck::SampleQueue));
        let lag = |ms| cause(|sample| sample.event_loop_lag = Duration::from_millis(ms));
        assert_eq!((lag(99), lag(100)), (None, Some(Bottleneck::EventLoop)));
        let late =
            |late, started| cause(|sample| (sample.late_starts, sample.started_iterations) = (late, started));
        assert_eq!(late(2, 2), None, "that is chance");
        assert_eq!((late(10, 1_000), late(11, 1_000)), (None, Some(Bottleneck::LateStarts)));
    }

    #[test]
    fn of_several_the_one_that_leads_to_the_others_is_the_cause() {
        let everything = |sample: &mut SystemSample| {
            (sample.machine_cpu, sample.queued_samples, sample.late_starts) = (1.0, 1_000, 500);
            sample.event_loop_lag = Duration::from_secs(1);
        };
        assert_eq!(cause(everything), Some(Bottleneck::Cpu));
        let without_files = |sample: &mut SystemSample| {
            everything(sample);
            sample.open_files = 1_000;
        };
        assert_eq!(cause(without_files), Some(Bottleneck::OpenFiles));
    }

    #[test]
    fn names_lead_back_and_are_those_of_documents() {
        for bottleneck in Bottleneck::ALL {
            assert_eq!(Bottleneck::from_name(bottleneck.as_str()), Some(bottleneck));
            assert_eq!(serde_json::to_value(bottleneck).unwrap(), bottleneck.as_str());
        }
        assert_eq!(Bottleneck::from_name("gpu"), None);
    }
}
