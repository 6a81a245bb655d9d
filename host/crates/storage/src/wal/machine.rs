//! Which machine this is, and since when: what a lock on a shared folder does not say.

use std::sync::LazyLock;

/// A name of this machine that is another one after it was started anew.
pub(crate) fn this_machine() -> &'static str {
    static MACHINE: LazyLock<String> = LazyLock::new(|| format!("{} {}", node_name(), boot_id()));
    &MACHINE
}

#[cfg(unix)]
fn node_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

#[cfg(not(unix))]
fn node_name() -> String {
    String::new()
}

/// Empty where the system has none.
fn boot_id() -> String {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id");
    id.map(|id| id.trim().to_owned()).unwrap_or_default()
}
