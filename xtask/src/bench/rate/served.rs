//! The target's process: started on its core, asked to write its log, gone afterwards.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::target::{Law, Served, read_log};
use crate::bench::cores::Core;
use crate::command::{Ended, wait_bounded};

/// Ten seconds to write a log of some hundred thousand lines.
const END_LIMIT: Duration = Duration::from_secs(10);

/// A target that runs; dropped, it is ended.
#[derive(Debug)]
pub(super) struct Target {
    process: Child,
    /// Closed, it tells the target to end.
    input: Option<ChildStdin>,
    port: u16,
    log: PathBuf,
}

impl Target {
    pub(super) fn start(program: &Path, law: Law, folder: &Path) -> Result<Target> {
        let log = folder.join("target.log");
        if log.is_file() {
            fs::remove_file(&log).with_context(|| format!("cannot remove {}", log.display()))?;
        }
        let mut command = Core::Target.command(program);
        command.args(["bench", "target", "--log"]).arg(&log);
        let numbers = [
            ("--shortest-ms", law.shortest_ms),
            ("--mean-ms", law.mean_ms),
            ("--stall-after-s", law.stall_after_s),
            ("--stall-s", law.stall_s),
        ];
        for (flag, number) in numbers {
            command.args([flag, &number.to_string()]);
        }
        let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut process = started.context("cannot start the target by taskset (package util-linux)")?;
        let input = process.stdin.take();
        let mut line = String::new();
        if let Some(output) = process.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        let port =
            line.trim().parse().with_context(|| format!("the target said '{}', not its port", line.trim()));
        // The process is ended too where there is no port.
        let mut target = Target { process, input, port: 0, log };
        target.port = port?;
        Ok(target)
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Ends the target and reads what it wrote down.
    pub(super) fn finish(mut self) -> Result<Vec<Served>> {
        drop(self.input.take());
        match wait_bounded(&mut self.process, END_LIMIT)? {
            Ended::Status(status) if status.success() => read_log(&self.log),
            ended => bail!("the target did not end well: {ended:?}"),
        }
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
