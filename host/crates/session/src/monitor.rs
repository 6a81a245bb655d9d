//! The generator watches itself: a row of `system` each second, with what held it up.

mod machine;

use std::convert::Infallible;
use std::time::Duration;

use outrider_model::{Bottleneck, RunClock, Sample, SampleSink, SystemInterval, SystemSample};
use outrider_scheduler::Gauges;
use outrider_telemetry::{DEFAULT_QUEUE_CAPACITY, QueueStats, SampleQueue};

pub(crate) use machine::open_files_limit;
use machine::{Room, read};

/// One second, the width of a window: health and results stand on the same axis.
pub const MONITOR_INTERVAL: Duration = Duration::from_secs(1);

/// Fifty milliseconds: how often the event loop's lag is looked at. A timer that is due then and fires
/// late was held up by work that did not yield.
const LAG_PROBE: Duration = Duration::from_millis(50);

/// Records a sample each second until it is dropped.
pub(crate) async fn watch(queue: &SampleQueue, gauges: &Gauges, clock: RunClock) -> Infallible {
    let mut before = Counters::now(queue, gauges);
    let mut taken_at = clock.instant();
    let mut lag = Duration::ZERO;
    loop {
        let due = clock.instant() + LAG_PROBE;
        tokio::time::sleep_until(due).await;
        let now = clock.instant();
        lag = lag.max(now.saturating_duration_since(due));
        let interval = now.saturating_duration_since(taken_at);
        if interval < MONITOR_INTERVAL {
            continue;
        }
        let counters = Counters::now(queue, gauges);
        let facts = SystemSample {
            at: clock.now(),
            event_loop_lag: lag,
            active_vus: gauges.active_vus(),
            initialized_vus: gauges.initialized_vus(),
            ..SystemSample::default()
        };
        let sample = counters.since(&before, interval, Room::now(), facts);
        queue.record(Sample::System(Box::new(sample)));
        before = counters;
        taken_at = now;
        lag = Duration::ZERO;
    }
}

/// Everything of which an interval is a difference.
#[derive(Clone, Copy, Debug, Default)]
struct Counters {
    usage: Usage,
    queue: QueueStats,
    started: u64,
    late_starts: u64,
}

impl Counters {
    fn now(queue: &SampleQueue, gauges: &Gauges) -> Counters {
        Counters {
            usage: Usage::now(),
            queue: queue.stats(),
            started: gauges.started(),
            late_starts: gauges.late_starts(),
        }
    }

    /// The sample of an interval: `facts`, the room that is left at its end, and what changed in it.
    fn since(&self, before: &Counters, interval: Duration, room: Room, facts: SystemSample) -> SystemSample {
        let mut sample = SystemSample {
            process_cpu: self.usage.process_share(&before.usage, interval),
            machine_cpu: self.usage.machine_share(&before.usage),
            others_cpu: self.usage.others_share(&before.usage),
            memory_bytes: self.usage.memory_bytes,
            memory_limit_bytes: room.memory_limit_bytes,
            memory_available_bytes: room.memory_available_bytes,
            queued_samples: self.queue.queued,
            lost_samples: self.queue.lost,
            open_files: room.open_files,
            open_files_limit: room.open_files_limit,
            time_wait_sockets: room.time_wait_sockets,
            local_ports: room.local_ports,
            started_iterations: self.started.saturating_sub(before.started),
            late_starts: self.late_starts.saturating_sub(before.late_starts),
            ..facts
        };
        let interval = SystemInterval {
            lost_samples: self.queue.lost.saturating_sub(before.queue.lost),
            queue_capacity: DEFAULT_QUEUE_CAPACITY as u64,
        };
        sample.bottleneck = Bottleneck::of(&sample, interval);
        sample
    }
}

/// Counters of the operating system. Where it does not tell (not Linux), they are zero.
#[derive(Clone, Copy, Debug, Default)]
struct Usage {
    process_ticks: u64,
    machine_busy_ticks: u64,
    machine_ticks: u64,
    memory_bytes: u64,
}

impl Usage {
    fn now() -> Usage {
        let (machine_busy_ticks, machine_ticks) = machine_ticks(&read("/proc/stat"));
        let page = rustix::param::page_size() as u64;
        let pages: u64 = field(&read("/proc/self/statm"), 1);
        Usage {
            process_ticks: process_ticks(&read("/proc/self/stat")),
            machine_busy_ticks,
            machine_ticks,
            memory_bytes: pages * page,
        }
    }

    fn process_share(&self, before: &Usage, interval: Duration) -> f64 {
        let per_second = rustix::param::clock_ticks_per_second() as f64;
        let cores = std::thread::available_parallelism().map_or(1, usize::from) as f64;
        let used = self.process_ticks.saturating_sub(before.process_ticks) as f64 / per_second;
        (used / interval.as_secs_f64() / cores).clamp(0.0, 1.0)
    }

    fn machine_share(&self, before: &Usage) -> f64 {
        let all = self.machine_ticks.saturating_sub(before.machine_ticks);
        let busy = self.machine_busy_ticks.saturating_sub(before.machine_busy_ticks);
        if all == 0 { 0.0 } else { (busy as f64 / all as f64).clamp(0.0, 1.0) }
    }

    /// What of the machine's share was not this process's. The two counters are read one after the other and
    /// tick by hundredths of a second: the difference is exact to about that.
    fn others_share(&self, before: &Usage) -> Option<f64> {
        let all = self.machine_ticks.saturating_sub(before.machine_ticks);
        let busy = self.machine_busy_ticks.saturating_sub(before.machine_busy_ticks);
        let own = self.process_ticks.saturating_sub(before.process_ticks);
        (all > 0).then(|| (busy.saturating_sub(own) as f64 / all as f64).clamp(0.0, 1.0))
    }
}

/// User and system time of the process: fields 14 and 15 of `/proc/self/stat`, counted after the
/// program's name, which may hold spaces (proc(5)).
fn process_ticks(stat: &str) -> u64 {
    let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    field(rest, 11) + field(rest, 12)
}

/// Busy and all time of the machine: the first line of `/proc/stat`, whose fourth and fifth numbers are
/// idle time and time waiting for disks (proc(5)).
fn machine_ticks(stat: &str) -> (u64, u64) {
    let line = stat.lines().next().unwrap_or_default();
    let ticks: Vec<u64> =
        line.split_whitespace().skip(1).take(8).map(|text| text.parse().unwrap_or(0)).collect();
    let all: u64 = ticks.iter().sum();
    let idle: u64 = ticks.iter().skip(3).take(2).sum();
    (all - idle, all)
}

fn field(text: &str, index: usize) -> u64 {
    text.split_whitespace().nth(index).and_then(|text| text.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_read_from_the_right_fields() {
        let stat = "12 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 111 222 13";
        assert_eq!(process_ticks(stat), 333);
        assert_eq!(machine_ticks("cpu  1 2 3 40 50 6 7 8 0 0\ncpu0 1"), (27, 117));
        assert_eq!(machine_ticks(""), (0, 0));
    }

    #[test]
    fn shares_are_of_all_cores() {
        let before = Usage { machine_ticks: 100, machine_busy_ticks: 10, ..Usage::default() };
        let after = Usage { machine_ticks: 300, machine_busy_ticks: 110, ..Usage::default() };
        assert_eq!(after.machine_share(&before), 0.5);
        assert_eq!(before.machine_share(&before), 0.0);
    }

    #[test]
    fn what_the_machine_did_beyond_this_process_is_the_others() {
        let usage = |process_ticks, machine_busy_ticks, machine_ticks| Usage {
            process_ticks,
            machine_busy_ticks,
            machine_ticks,
            memory_bytes: 0,
        };
        let before = usage(50, 100, 1_000);
        assert_eq!(usage(110, 190, 1_100).others_share(&before), Some(0.3));
        assert_eq!(usage(110, 110, 1_100).others_share(&before), Some(0.0), "never below nothing");
        assert_eq!(before.others_share(&before), None, "where the system does not tell");
    }

    #[test]
    fn an_interval_is_what_changed_in_it_and_says_what_held_it_up() {
        let counters = |accepted, lost, started, late_starts| Counters {
            queue: QueueStats { accepted, lost, queued: 5 },
            started,
            late_starts,
            ..Counters::default()
        };
        let second = Duration::from_secs(1);
        let between = |before: &Counters, after: &Counters| {
            after.since(before, second, Room::default(), SystemSample::default())
        };
        let (first, then) = (counters(100, 7, 1_000, 40), counters(200, 7, 1_100, 42));
        let sample = between(&first, &then);
        assert_eq!((sample.started_iterations, sample.late_starts, sample.lost_samples), (100, 2, 7));
        assert_eq!(sample.bottleneck, None, "what was lost before is not this second's");
        let late = between(&first, &counters(200, 7, 1_100, 43));
        assert_eq!(late.bottleneck, Some(Bottleneck::LateStarts));
        let lossy = between(&first, &counters(200, 8, 1_100, 43));
        assert_eq!(lossy.bottleneck, Some(Bottleneck::SampleQueue));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_uses_memory() {
        assert!(Usage::now().memory_bytes > 1 << 20);
    }
}
