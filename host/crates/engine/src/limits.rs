//! What a guest may use of this machine.

use std::time::Duration;

use outrider_wit::wasmtime::{ResourceLimiter, Result};
use tokio::time::Instant;

/// 128 MiB: a QuickJS journey starts at 1.4 MiB and a Rust one below that, so this is room for large
/// data, and still lets 100 runaway users fit a machine of 16 GiB.
pub const DEFAULT_MEMORY_BYTES: usize = 128 << 20;

/// Two seconds of CPU for one iteration: three orders of magnitude above what a journey needs between its
/// requests, and short enough that a loop without end is found while one watches.
pub const DEFAULT_CPU_TIME: Duration = Duration::from_secs(2);

/// Ten minutes for one iteration, waiting included: longer than every realistic user's visit.
pub const DEFAULT_ITERATION_TIMEOUT: Duration = Duration::from_secs(600);

/// One minute for `setup`, `start` and `teardown`, as in k6. (`stop` gets what the scheduler gives it.)
pub const DEFAULT_LIFECYCLE_TIMEOUT: Duration = Duration::from_secs(60);

/// 16 MiB: the most that one call may hand from the guest to the host (a request body, a log line).
pub const DEFAULT_HOSTCALL_BYTES: usize = 16 << 20;

/// One second for one call of an assertion pack: a verdict is some comparisons, and a pack that is slower
/// than that is no witness but a load of its own.
pub const DEFAULT_PACK_TIMEOUT: Duration = Duration::from_secs(1);

/// Half a second of CPU for one call of an assertion pack: enough to validate a body of some megabytes,
/// and below [`DEFAULT_PACK_TIMEOUT`], so that a loop without end is told from a wait without end.
pub const DEFAULT_PACK_CPU_TIME: Duration = Duration::from_millis(500);

/// Limits of one virtual user. All are on by default.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Linear memory of all the guest's memories together, in bytes.
    pub memory_bytes: usize,
    /// CPU time of one iteration (or of one other call), waiting not included. The guest is looked at
    /// every [`EPOCH`], so it is stopped within one epoch after it.
    pub cpu_time: Duration,
    /// Wall-clock time of one iteration.
    pub iteration_timeout: Duration,
    /// Wall-clock time of each other call.
    pub lifecycle_timeout: Duration,
    /// Bytes that one call may hand to the host.
    pub hostcall_bytes: usize,
}

/// Ten milliseconds: how often a running guest is looked at.
pub const EPOCH: Duration = Duration::from_millis(10);

impl Limits {
    /// The limits of one assertion pack of one user: those of the user, but for the time of each call
    /// ([`DEFAULT_PACK_CPU_TIME`], [`DEFAULT_PACK_TIMEOUT`]), where the user's own are not shorter.
    pub fn of_pack(self) -> Limits {
        Limits {
            cpu_time: self.cpu_time.min(DEFAULT_PACK_CPU_TIME),
            iteration_timeout: self.iteration_timeout.min(DEFAULT_PACK_TIMEOUT),
            ..self
        }
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            memory_bytes: DEFAULT_MEMORY_BYTES,
            cpu_time: DEFAULT_CPU_TIME,
            iteration_timeout: DEFAULT_ITERATION_TIMEOUT,
            lifecycle_timeout: DEFAULT_LIFECYCLE_TIMEOUT,
            hostcall_bytes: DEFAULT_HOSTCALL_BYTES,
        }
    }
}

/// The CPU time that a call may still use.
///
/// A guest is looked at when an epoch ends while it runs, and when it calls a host function that waits.
/// What lies between is charged, but never more than one epoch at a time: a guest that was suspended in
/// between (it yields at every epoch) did not use that time. Waiting in the host is not charged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CpuMeter {
    left: Duration,
    resumed_at: Instant,
}

impl CpuMeter {
    pub(crate) fn new(limit: Duration, now: Instant) -> CpuMeter {
        CpuMeter { left: limit, resumed_at: now }
    }

    /// Charges the time since the guest was resumed. Says whether any is left.
    pub(crate) fn charge(&mut self, now: Instant) -> bool {
        let used = now.saturating_duration_since(self.resumed_at).min(EPOCH);
        self.left = self.left.saturating_sub(used);
        self.resumed_at = now;
        !self.left.is_zero()
    }

    /// Charges work that the host did for the guest `since` then, without waiting: all of it, since no epoch looks
    /// at it. Says whether any time is left.
    pub(crate) fn charge_work(&mut self, since: Instant, now: Instant) -> bool {
        self.charge(since);
        self.left = self.left.saturating_sub(now.saturating_duration_since(since));
        self.resumed_at = now;
        !self.left.is_zero()
    }

    /// The guest goes on.
    pub(crate) fn resume(&mut self, now: Instant) {
        self.resumed_at = now;
    }
}

/// The most memories, tables and core instances of one component. QuickJS uses 3, 6 and 14.
pub(crate) const MAX_MEMORIES: u32 = 8;
pub(crate) const MAX_TABLES: u32 = 32;
pub(crate) const MAX_CORE_INSTANCES: u32 = 64;

/// The largest table. The largest that a known toolchain makes has 7,700 elements.
pub(crate) const MAX_TABLE_ELEMENTS: usize = 20_000;

/// Tags that a journey may set on an iteration, and that a sample carries. Every combination of their values is
/// a series of its own.
pub const MAX_TAGS: usize = 32;

/// Bytes of a name, a tag's key or a tag's value; the rest is cut.
pub const MAX_NAME_BYTES: usize = 256;

/// Bytes of what a check expected and found, and of an error's message; the rest is cut.
pub const MAX_TEXT_BYTES: usize = 1024;

/// Steps inside one another. Deeper nesting is a runaway recursion.
pub const MAX_OPEN_STEPS: usize = 64;

/// Requests of one batch. A page of a browser has a few hundred.
pub const MAX_BATCH: usize = 1_000;

/// Twenty frames of a stack: enough to get from a panic to the author's function.
pub const MAX_FRAMES: usize = 20;

/// 512 bytes for a frame, or for the place of a check; the rest is cut. Names of generic functions are long.
pub const MAX_FRAME_BYTES: usize = 512;

/// Counts a store's memory over all its memories (wasmtime's own limit is per memory).
#[derive(Debug)]
pub(crate) struct MemoryBudget {
    limit: usize,
    used: usize,
    /// Whether the guest asked for more than its limit. A guest that cannot grow usually traps soon
    /// after, and this says why.
    pub(crate) exceeded: bool,
}

impl MemoryBudget {
    pub(crate) fn new(limit: usize) -> MemoryBudget {
        MemoryBudget { limit, used: 0, exceeded: false }
    }

    /// Linear memory in use, in bytes.
    pub(crate) fn used(&self) -> usize {
        self.used
    }
}

impl ResourceLimiter for MemoryBudget {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        let used = self.used.saturating_sub(current).saturating_add(desired);
        if used > self.limit {
            self.exceeded = true;
            return Ok(false);
        }
        self.used = used;
        Ok(true)
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        Ok(desired <= MAX_TABLE_ELEMENTS)
    }

    fn instances(&self) -> usize {
        MAX_CORE_INSTANCES as usize
    }

    fn tables(&self) -> usize {
        MAX_TABLES as usize
    }

    fn memories(&self) -> usize {
        MAX_MEMORIES as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn waiting_and_suspension_cost_no_cpu_time() {
        let mut meter = CpuMeter::new(Duration::from_millis(30), now());
        for _ in 0..100 {
            tokio::time::advance(Duration::from_millis(500)).await;
            meter.resume(now());
        }
        tokio::time::advance(Duration::from_millis(400)).await;
        assert!(meter.charge(now()), "one epoch at most, however long it was suspended");
        tokio::time::advance(Duration::from_millis(10)).await;
        assert!(meter.charge(now()));
        tokio::time::advance(Duration::from_millis(10)).await;
        assert!(!meter.charge(now()));
    }

    #[tokio::test(start_paused = true)]
    async fn work_of_the_host_is_charged_in_full() {
        let mut meter = CpuMeter::new(Duration::from_millis(30), now());
        let since = now();
        tokio::time::advance(Duration::from_millis(29)).await;
        assert!(meter.charge_work(since, now()));
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(!meter.charge_work(now(), now()));
    }

    fn now() -> Instant {
        outrider_model::RunClock::start_now().instant()
    }

    #[test]
    fn memory_is_counted_over_all_memories() {
        let mut budget = MemoryBudget::new(100);
        assert!(budget.memory_growing(0, 60, None).unwrap());
        assert!(!budget.memory_growing(0, 60, None).unwrap(), "a second memory counts too");
        assert!(budget.exceeded);
        assert!(budget.memory_growing(60, 90, None).unwrap(), "growing counts the difference");
        assert_eq!(budget.used(), 90);
    }

    /// What the contract says of limits, with the constants that enforce them.
    #[test]
    fn the_contract_states_the_limits() {
        use outrider_capability as capability;

        let defaults = Limits::default();
        let mib = |bytes: usize| format!("{} MiB", bytes >> 20);
        let kib = |bytes: usize| format!("{} KiB", bytes >> 10);
        let count = |number: usize| match number {
            ..1_000 => number.to_string(),
            1_000..1_000_000 => format!("{},{:03}", number / 1_000, number % 1_000),
            _ => format!("{},{:03},{:03}", number / 1_000_000, number / 1_000 % 1_000, number % 1_000),
        };
        let text = |limit: usize| format!("ut after {} bytes", count(limit));
        let table = [
            ("package.wit", format!("at most {}", mib(defaults.hostcall_bytes))),
            ("package.wit", format!("{} of memory, two seconds", mib(defaults.memory_bytes))),
            ("types.wit", text(MAX_NAME_BYTES)),
            ("types.wit", text(MAX_TEXT_BYTES)),
            ("types.wit", format!("{MAX_FRAMES} frames are kept, {MAX_FRAME_BYTES} bytes")),
            ("measure.wit", text(MAX_NAME_BYTES)),
            ("measure.wit", text(MAX_TEXT_BYTES)),
            ("measure.wit", text(MAX_FRAME_BYTES)),
            ("measure.wit", format!("up to {MAX_OPEN_STEPS} of them; one")),
            ("measure.wit", format!("up to {MAX_TAGS} different keys; one more traps")),
            ("measure.wit", text(crate::MAX_LINE_BYTES)),
            ("measure.wit", format!("may have {} bytes in an iteration", count(crate::DEFAULT_OUTPUT_BYTES))),
            ("measure.wit", format!("counts {} bytes more", crate::LINE_COST_BYTES)),
            ("http.wit", format!("{} requests trap", count(MAX_BATCH))),
            ("http.wit", format!("{} at once at most", capability::DEFAULT_BATCH_CONCURRENCY)),
            ("http.wit", text(capability::MAX_LABEL_BYTES)),
            ("http.wit", format!("Rows keep {} bytes", count(capability::MAX_RECORDED_URL_BYTES))),
            ("http.wit", format!("{} seconds if none", capability::DEFAULT_TIMEOUT.as_secs())),
            ("http.wit", format!("{} if none is given", capability::DEFAULT_MAX_REDIRECTS)),
            ("http.wit", format!("may have {}, its body", kib(capability::MAX_HEADER_BYTES))),
            ("http.wit", format!("body {} as it comes", mib(capability::DEFAULT_MAX_BODY_BYTES))),
            ("random.wit", format!("more than {} at a time trap", count(capability::MAX_RANDOM_BYTES))),
            ("responses.wit", format!("the last {} are kept", count(capability::MAX_RESPONSES))),
            ("responses.wit", format!("the wire {}, the", mib(capability::DEFAULT_MAX_KEPT_BYTES))),
            ("responses.wit", format!("grows beyond {}", mib(capability::DEFAULT_MAX_DECODED_BYTES))),
            ("responses.wit", format!("longer than {}; the reason", kib(capability::MAX_PATTERN_BYTES))),
            ("responses.wit", format!("JSON of more than {}", mib(capability::MAX_JSON_BYTES))),
            ("responses.wit", format!("longer than {}; why", kib(capability::MAX_URL_BYTES))),
            ("responses.wit", format!("within {} seconds", capability::DEFAULT_CONNECT_TIMEOUT.as_secs())),
            ("responses.wit", format!("visit more than {} nodes", count(capability::MAX_VISITS as usize))),
            ("responses.wit", format!("{} of text", mib(capability::MAX_RESULT_BYTES))),
            ("responses.wit", format!("have {} segments", capability::MAX_SEGMENTS)),
        ];
        for (file, words) in table {
            let source = outrider_wit::SOURCES
                .iter()
                .find(|(name, _)| *name == file)
                .expect("a file of the contract")
                .1;
            let lines: Vec<_> =
                source.lines().map(|line| line.trim_start().trim_start_matches("///").trim()).collect();
            assert!(lines.join(" ").contains(&words), "{file} does not say '{words}'");
        }
    }
}
