//! Whose the CPU was, in words.

use crate::summary::{BUSY_CPU, CpuHealth, CpuShares, GeneratorHealth, Summary};
use crate::words::{counted, share, thousands};

/// In how many seconds the CPU was busy, and who used it then. `None` if it never was.
pub(super) fn usage(summary: &Summary) -> Option<String> {
    let cpu = summary.generator.cpu?;
    let busy = cpu.busy?;
    let CpuHealth { busy_from, seconds, busy_seconds, .. } = cpu;
    let limit = share(busy_from);
    let times = format!("in {} of {}", thousands(busy_seconds), counted(seconds, "second", "seconds"));
    let CpuShares { machine, process, others, process_of_allowed } = busy;
    Some(match machine >= process_of_allowed || machine >= BUSY_CPU {
        true => format!(
            "the machine's CPU was at {limit} or more {times}; of it this process used {}, others {}",
            share(process),
            share(others)
        ),
        // A limit (a container's, for example) lets it use less than there is.
        false => format!(
            "this process used {limit} or more of the CPU that it may use {times}; of the machine's it used {}, \
             others {}",
            share(process),
            share(others)
        ),
    })
}

/// The highest shares in any second.
pub(super) fn highest(cpu: CpuHealth) -> String {
    let CpuShares { machine, process, others, .. } = cpu.max;
    format!(
        "the machine's CPU at most {} (this process at most {}, others {})",
        share(machine),
        share(process),
        share(others)
    )
}

/// What to do about a saturated generator: it depends on who used more of the CPU.
pub(super) fn advice(health: &GeneratorHealth) -> &'static str {
    match health.cpu.and_then(|cpu| cpu.busy) {
        Some(_) if health.others_used_most_cpu() => {
            "others used most of the CPU; run the target, or whatever it is, on another machine"
        }
        Some(_) => "this process used most of the CPU; use less load, or a machine with more cores",
        None => "use less load on this machine",
    }
}
