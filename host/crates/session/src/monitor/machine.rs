//! What the operating system says about this machine and this process. Where it does not tell (not Linux),
//! counters are zero and limits unknown.

use std::path::Path;

/// Limits, and what is left of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Room {
    /// The memory of this machine, or what the control group of this process may use if that is less.
    pub(super) memory_limit_bytes: Option<u64>,
    /// What of it is left, caches that can be given up included.
    pub(super) memory_available_bytes: Option<u64>,
    pub(super) open_files: u64,
    pub(super) open_files_limit: Option<u64>,
    /// TCP sockets that keep their port for a minute after their end.
    pub(super) time_wait_sockets: Option<u64>,
    /// Ports for outgoing connections.
    pub(super) local_ports: Option<u64>,
}

impl Room {
    pub(super) fn now() -> Room {
        let (memory_limit_bytes, memory_available_bytes) = memory().unzip();
        Room {
            memory_limit_bytes,
            memory_available_bytes,
            open_files: open_files(),
            open_files_limit: open_files_limit(),
            time_wait_sockets: time_wait_sockets(&read("/proc/net/sockstat")),
            local_ports: local_ports(&read("/proc/sys/net/ipv4/ip_local_port_range")),
        }
    }
}

/// A file's text; empty where there is none.
pub(super) fn read(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// How many files this process may have open; `None` without a limit.
#[cfg(unix)]
pub(crate) fn open_files_limit() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).current
}

#[cfg(not(unix))]
pub(crate) fn open_files_limit() -> Option<u64> {
    None
}

fn open_files() -> u64 {
    std::fs::read_dir("/proc/self/fd").map_or(0, |entries| entries.count() as u64)
}

/// Limit and rest: of the machine and of the control group the one that leaves less.
fn memory() -> Option<(u64, u64)> {
    let machine = machine_memory(&read("/proc/meminfo"));
    let group = group_folder(&read("/proc/self/cgroup")).and_then(|folder| {
        let file = |name: &str| read(format!("{folder}/{name}"));
        group_memory(&file("memory.max"), &file("memory.current"), &file("memory.stat"))
    });
    [machine, group].into_iter().flatten().min_by_key(|(_, available)| *available)
}

/// `MemTotal` and `MemAvailable` of `/proc/meminfo`, which are in KiB (proc(5)).
fn machine_memory(meminfo: &str) -> Option<(u64, u64)> {
    let kib = |key: &str| named(meminfo, key).map(|kib| kib.saturating_mul(1024));
    kib("MemTotal:").zip(kib("MemAvailable:"))
}

/// Where the control group of this process is, by `/proc/self/cgroup`: version 2 has the line `0::/path`.
fn group_folder(cgroup: &str) -> Option<String> {
    let path = cgroup.lines().find_map(|line| line.strip_prefix("0::"))?;
    Some(format!("/sys/fs/cgroup{}", path.trim_end_matches('/')))
}

/// Limit and rest of a control group. What it keeps of files is given up when memory is needed, and is as good
/// as free: a run writes files all the time.
fn group_memory(max: &str, current: &str, stat: &str) -> Option<(u64, u64)> {
    let limit: u64 = max.trim().parse().ok()?;
    let used: u64 = current.trim().parse().ok()?;
    let cached = ["active_file", "inactive_file"].iter().filter_map(|key| named(stat, key)).sum();
    Some((limit, limit.saturating_sub(used.saturating_sub(cached))))
}

/// The number behind a word at the beginning of a line.
fn named(text: &str, key: &str) -> Option<u64> {
    let mut lines = text.lines().map(str::split_whitespace);
    lines.find_map(|mut words| (words.next()? == key).then(|| words.next()?.parse().ok())?)
}

/// The line `TCP: inuse 5 orphan 0 tw 12 alloc 7 mem 1` of `/proc/net/sockstat`.
fn time_wait_sockets(sockstat: &str) -> Option<u64> {
    let line = sockstat.lines().find_map(|line| line.strip_prefix("TCP: "))?;
    let mut words = line.split_whitespace();
    words.find(|word| *word == "tw")?;
    words.next()?.parse().ok()
}

/// The first and the last one, with a tab between them.
fn local_ports(range: &str) -> Option<u64> {
    let (first, last) = range.trim().split_once(char::is_whitespace)?;
    let [first, last]: [u64; 2] = [first.trim().parse().ok()?, last.trim().parse().ok()?];
    Some((last + 1).saturating_sub(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_from_the_machine() {
        let meminfo = "MemTotal:       16000 kB\nMemFree:  10 kB\nMemAvailable:    8000 kB\n";
        assert_eq!(machine_memory(meminfo), Some((16_000 * 1024, 8_000 * 1024)));
        assert_eq!(machine_memory(""), None);
    }

    #[test]
    fn a_control_group_has_what_it_keeps_of_files_left() {
        let stat = "anon 500\nfile 300\nactive_file 100\ninactive_file 200\n";
        assert_eq!(group_memory("1000\n", "900\n", stat), Some((1_000, 400)));
        assert_eq!(group_memory("1000\n", "1100\n", "anon 1100\n"), Some((1_000, 0)));
        assert_eq!(group_memory("max\n", "900\n", stat), None, "without a limit");
        assert_eq!(group_folder("0::/user.slice/a\n").as_deref(), Some("/sys/fs/cgroup/user.slice/a"));
        assert_eq!(group_folder("0::/\n").as_deref(), Some("/sys/fs/cgroup"));
        assert_eq!(group_folder("4:memory:/x\n"), None, "version 1");
    }

    #[test]
    fn sockets_and_ports_are_counted() {
        let sockstat = "sockets: used 290\nTCP: inuse 8 orphan 0 tw 12 alloc 9 mem 2\nUDP: inuse 1 mem 0\n";
        assert_eq!(time_wait_sockets(sockstat), Some(12));
        assert_eq!(time_wait_sockets(""), None);
        assert_eq!(local_ports("32768\t60999\n"), Some(28_232));
        assert_eq!(local_ports(""), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_machine_tells_all_of_it() {
        let room = Room::now();
        assert!(room.open_files > 0 && room.open_files_limit > Some(0), "{room:?}");
        assert!(room.memory_available_bytes <= room.memory_limit_bytes, "{room:?}");
        assert!(room.memory_limit_bytes > Some(1 << 20), "{room:?}");
    }
}
