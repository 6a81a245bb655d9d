//! What a guest may use of this machine.

use std::time::Duration;

use outrider_wit::wasmtime::{ResourceLimiter, Result};

/// 128 MiB: a QuickJS journey starts at 1.4 MiB and a Rust one below that, so this is room for large
/// data, and still lets 100 runaway users fit a machine of 16 GiB.
pub const DEFAULT_MEMORY_BYTES: usize = 128 << 20;

/// Two seconds of CPU for one iteration: three orders of magnitude above what a journey needs between its
/// requests, and short enough that a loop without end is found while one watches.
pub const DEFAULT_CPU_TIME: Duration = Duration::from_secs(2);

/// Ten minutes for one iteration, waiting included: longer than every realistic user's visit.
pub const DEFAULT_ITERATION_TIMEOUT: Duration = Duration::from_secs(600);

/// One minute for `setup`, `start`, `stop` and `teardown`, as in k6.
pub const DEFAULT_LIFECYCLE_TIMEOUT: Duration = Duration::from_secs(60);

/// 16 MiB: the most that one call may hand from the guest to the host (a request body, a log line).
pub const DEFAULT_HOSTCALL_BYTES: usize = 16 << 20;

/// Limits of one virtual user. All are on by default.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Linear memory of all the guest's memories together, in bytes.
    pub memory_bytes: usize,
    /// CPU time of one iteration (or of one other call). Counted in epochs of [`EPOCH`], so the guest is
    /// stopped within one epoch after it.
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

impl Limits {
    /// The CPU limit in epochs, at least one.
    pub(crate) fn cpu_epochs(&self) -> u64 {
        (self.cpu_time.as_millis() / EPOCH.as_millis()).max(1).try_into().unwrap_or(u64::MAX)
    }
}

/// The most memories, tables and core instances of one component. QuickJS uses 3, 6 and 14.
pub(crate) const MAX_MEMORIES: u32 = 8;
pub(crate) const MAX_TABLES: u32 = 32;
pub(crate) const MAX_CORE_INSTANCES: u32 = 64;

/// The largest table. The largest that a known toolchain makes has 7,700 elements.
pub(crate) const MAX_TABLE_ELEMENTS: usize = 20_000;

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

    #[test]
    fn memory_is_counted_over_all_memories() {
        let mut budget = MemoryBudget::new(100);
        assert!(budget.memory_growing(0, 60, None).unwrap());
        assert!(!budget.memory_growing(0, 60, None).unwrap(), "a second memory counts too");
        assert!(budget.exceeded);
        assert!(budget.memory_growing(60, 90, None).unwrap(), "growing counts the difference");
        assert_eq!(budget.used(), 90);
    }
}
