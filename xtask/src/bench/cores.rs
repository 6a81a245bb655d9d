//! Which core is whose, so that no tool takes time from the target.

use std::ffi::OsStr;
use std::process::Command;

/// A core of this machine.
#[derive(Debug, Clone, Copy)]
pub(super) enum Core {
    /// The target's.
    Target,
    /// That of the tools, one after the other.
    Tools,
}

impl Core {
    /// A program that may use this core alone.
    pub(super) fn command(self, program: impl AsRef<OsStr>) -> Command {
        let number = match self {
            Self::Target => "0",
            Self::Tools => "1",
        };
        let mut command = Command::new("taskset");
        command.args(["-c", number]).arg(program);
        command
    }
}
