//! What a tool costs: CPU time and memory of its process and of all that it starts.

use std::collections::HashMap;
use std::fs;
use std::process::{Child, Command};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::command::{shown, succeeds};
use crate::steps::Stopwatch;

/// How often memory is looked at: a shorter peak is missed.
const POLL: Duration = Duration::from_millis(50);

/// How often it is looked whether a command has ended: what times it is as coarse.
const WAIT: Duration = Duration::from_millis(2);

/// `/proc` counts CPU time in hundredths of a second: `USER_HZ`, which is 100 on every Linux.
const TICK: Duration = Duration::from_millis(10);

/// CPU time and memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Usage {
    pub(super) cpu: Duration,
    /// The peaks of all processes of the tool together, in bytes: their proportional set sizes, in which a page that is mapped many times
    /// counts once. The resident set counts it each time: instances of a component share most of their first memory.
    pub(super) peak_bytes: u64,
}

/// Runs a command to its end and says what it cost.
pub(super) fn run(command: &mut Command, limit: Duration) -> Result<Usage> {
    let before = children_cpu()?;
    let mut child = command.spawn().with_context(|| format!("cannot start: {}", shown(command)))?;
    let mut peaks = HashMap::new();
    let watched = watch(&mut child, limit, &mut peaks);
    if watched.is_err() {
        end(&mut child);
    }
    let status = watched.with_context(|| format!("command: {}", shown(command)))?;
    if !status.success() {
        bail!("command ended with {status}: {}", shown(command));
    }
    Ok(Usage { cpu: children_cpu()?.saturating_sub(before), peak_bytes: peaks.values().sum() })
}

/// Ends a command and what it started: tsung is a script, and Erlang below it.
fn end(child: &mut Child) {
    for process in descendants(child.id()) {
        succeeds(Command::new("kill").args(["-KILL", &process.to_string()]));
    }
    drop(child.wait());
}

fn watch(
    child: &mut Child,
    limit: Duration,
    peaks: &mut HashMap<u32, u64>,
) -> Result<std::process::ExitStatus> {
    let watch = Stopwatch::start();
    let mut next_look = Duration::ZERO;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if watch.elapsed() > limit {
            bail!("not done after {limit:?}");
        }
        if watch.elapsed() >= next_look {
            look(child.id(), peaks);
            next_look = watch.elapsed() + POLL;
        }
        thread::sleep(WAIT);
    }
}

/// Notes how much memory a process and everything below it has.
fn look(root: u32, peaks: &mut HashMap<u32, u64>) {
    for process in descendants(root) {
        if let Some(bytes) = proportional_bytes(process) {
            let peak = peaks.entry(process).or_default();
            *peak = bytes.max(*peak);
        }
    }
}

/// CPU time of all children that have ended and been waited for, and of theirs.
fn children_cpu() -> Result<Duration> {
    let text = fs::read_to_string("/proc/self/stat").context("CPU times are read from /proc")?;
    let [user, system] = [13, 14].map(|index| stat_field(&text, index).unwrap_or(0));
    Ok(TICK * u32::try_from(user + system).unwrap_or(u32::MAX))
}

/// A process and everything below it.
fn descendants(root: u32) -> Vec<u32> {
    let mut parents = HashMap::<u32, Vec<u32>>::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let process = entry.file_name().to_str().and_then(|name| name.parse().ok());
        let parent = || stat_field(&fs::read_to_string(entry.path().join("stat")).ok()?, 1);
        if let Some((process, parent)) = process.and_then(|process| Some((process, parent()?))) {
            parents.entry(u32::try_from(parent).unwrap_or(0)).or_default().push(process);
        }
    }
    let mut all = vec![root];
    let mut next = 0;
    while let Some(&process) = all.get(next) {
        all.extend(parents.remove(&process).into_iter().flatten());
        next += 1;
    }
    all
}

/// A field of `/proc/PID/stat`, counted from the state, which follows the name in brackets: 1 is the parent, 13 and 14
/// the CPU time of children (fields 4, 16 and 17 of proc(5)).
fn stat_field(text: &str, index: usize) -> Option<u64> {
    let (_, fields) = text.rsplit_once(')')?;
    fields.split_whitespace().nth(index)?.parse().ok()
}

/// `Pss` of proc_pid_smaps(5).
fn proportional_bytes(process: u32) -> Option<u64> {
    let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
    let kilobytes = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    Some(kilobytes.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_counted_behind_the_name_whatever_it_holds() {
        let text = "7 (a) b) S 1 7 7 0 -1 0 0 0 0 0 5 6 70 80 20 0 1";
        assert_eq!([1, 11, 13, 14].map(|index| stat_field(text, index)), [1, 5, 70, 80].map(Some));
        assert_eq!(stat_field("", 1), None);
    }

    #[test]
    fn a_command_that_takes_too_long_is_ended_with_what_it_started() {
        // The shell waits for its child, and both have the pipe.
        let (mut reader, writer) = std::io::pipe().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 600 & wait"]).stdout(writer);
        assert!(run(&mut command, Duration::from_millis(200)).is_err());
        drop(command);
        std::io::Read::read_to_end(&mut reader, &mut Vec::new()).unwrap();
    }

    #[test]
    fn a_command_is_said_to_have_used_memory() {
        let used = run(Command::new("sh").args(["-c", "sleep 0.2 & wait"]), Duration::from_secs(60)).unwrap();
        assert!(used.peak_bytes > 50_000, "{used:?}");
        assert!(run(&mut Command::new("false"), Duration::from_secs(60)).is_err());
    }
}
