//! Debian's packages, installed only when they are missing and only as root.

use std::fs;
use std::process::Command;

use anyhow::{Result, bail};

use crate::command;
use crate::workspace::on_path;

/// Installs packages; refuses with what to type where this user may not.
///
/// Removes nothing: a package that conflicts with an installed one is an error.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    let missing: Vec<_> = packages.iter().copied().filter(|package| !installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let by_hand = format!("as root: apt-get update && apt-get install {}", missing.join(" "));
    if !can_install() {
        bail!("packages are missing: {}\n  what to do: {by_hand}", missing.join(", "));
    }
    // Where the lists cannot be renewed, what is known already may still do.
    let update = command::run(apt().arg("update"), &by_hand);
    let install = command::run(apt().args(["install", "--no-remove"]).args(&missing), &by_hand);
    install.map_err(|fault| update.err().unwrap_or(fault))
}

/// Whether this user may install packages on this system.
pub(crate) fn can_install() -> bool {
    on_path("apt-get") && is_root()
}

fn apt() -> Command {
    let mut apt = Command::new("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive");
    // A mirror that does not answer ends the attempt after half a minute, not after apt's two minutes per address.
    apt.args(["-y", "-qq", "-o", "Acquire::http::Timeout=30", "-o", "Acquire::Retries=1"]);
    apt.args(["-o", "DPkg::Lock::Timeout=120"]);
    apt
}

fn installed(package: &str) -> bool {
    let query = Command::new("dpkg-query").args(["-W", "-f", "${db:Status-Status}", package]).output();
    query.is_ok_and(|output| output.stdout == b"installed")
}

/// Linux says who runs a process in its status file: real, effective, saved and file-system user.
fn is_root() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let users = status.lines().find_map(|line| line.strip_prefix("Uid:"));
    users.and_then(|line| line.split_whitespace().nth(1)) == Some("0")
}
