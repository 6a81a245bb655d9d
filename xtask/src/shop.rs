//! The demo shop as a child process: ready when it has said its address, ended with its log complete.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::command::{Ended, run, wait_bounded};
use crate::steps::plain;
use crate::workspace::Workspace;

/// The shop waits five seconds for requests under way, at most; then it writes what is left of its log.
const END_LIMIT: Duration = Duration::from_secs(15);

/// A shop that runs. Dropped without [`Shop::end`], it is killed.
#[derive(Debug)]
pub(crate) struct Shop {
    process: Child,
    url: String,
    log: PathBuf,
}

impl Shop {
    /// Starts it on a free port, with these latencies and faults, and waits until it says where it listens.
    pub(crate) fn start(workspace: &Workspace, faults: &[&str]) -> Result<Self> {
        let log = workspace.target().join(format!("shop-access-{}.jsonl", std::process::id()));
        let mut command = Command::new(workspace.program("shop"));
        command.args(["--listen=127.0.0.1:0", "--access-log"]).arg(&log).args(faults).stdout(Stdio::piped());
        let mut process = command.spawn().context("cannot start the demo shop")?;
        let said = process.stdout.take().map(|output| BufReader::new(output).lines().next());
        let mut shop = Self { process, url: String::new(), log };
        let Some(Some(Ok(line))) = said else { bail!("the demo shop ended before it listened") };
        shop.url = line.split_whitespace().last().unwrap_or_default().to_owned();
        Ok(shop)
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Asks it to end, waits for it, and returns how many requests its access log has.
    pub(crate) fn end(mut self) -> Result<u64> {
        // std can only kill, which would cut the log; SIGTERM lets the shop finish it.
        let id = self.process.id().to_string();
        run(Command::new("kill").args(["-TERM", &id]), "end the shop by hand")?;
        if let Ended::TooSlow(limit) = wait_bounded(&mut self.process, END_LIMIT)? {
            bail!("the demo shop did not end within {}", plain(limit));
        }
        count_lines(&self.log)
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        // Both fail when it has ended already, which is what is wanted.
        drop(self.process.kill());
        drop(self.process.wait());
        drop(fs::remove_file(&self.log));
    }
}

fn count_lines(log: &Path) -> Result<u64> {
    let file = File::open(log).with_context(|| format!("cannot read {}", log.display()))?;
    let lines = BufReader::new(file).split(b'\n').map_while(Result::ok).filter(|line| !line.is_empty());
    Ok(u64::try_from(lines.count())?)
}
