//! External commands: run, read, bounded in time, and told apart when they fail.
//!
//! A failure names the whole command, so that it can be typed again, and what to do about it.

use std::error::Error;
use std::fmt::{self, Display, Formatter};
use std::io::{self, BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::Result;

use crate::steps::Stopwatch;

/// How often a bounded command is looked at.
const POLL: Duration = Duration::from_millis(20);

/// Runs a command that talks to the terminal by itself.
pub(crate) fn run(command: &mut Command, remedy: &str) -> Result<()> {
    let ended = command.status();
    judge(command, ended.map(Ended::Status), remedy)
}

/// Runs a command and returns what it printed on standard output.
pub(crate) fn read(command: &mut Command, remedy: &str) -> Result<String> {
    match command.stderr(Stdio::inherit()).output() {
        Ok(output) => {
            judge(command, Ok(Ended::Status(output.status)), remedy)?;
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        }
        Err(fault) => Err(failed(command, Ended::NotStarted(fault), remedy)),
    }
}

/// Runs a command, shows its standard output and hands each line of it to `line`.
pub(crate) fn run_reading(command: &mut Command, remedy: &str, mut line: impl FnMut(&str)) -> Result<()> {
    let mut child = match command.stdout(Stdio::piped()).spawn() {
        Ok(child) => child,
        Err(fault) => return Err(failed(command, Ended::NotStarted(fault), remedy)),
    };
    if let Some(output) = child.stdout.take() {
        for text in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            let text = String::from_utf8_lossy(&text);
            crate::steps::result(&text);
            line(&text);
        }
    }
    judge(command, child.wait().map(Ended::Status), remedy)
}

/// Runs a command with its output thrown away; says only whether it succeeded.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    let silent = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    silent.status().is_ok_and(|status| status.success())
}

/// Runs a command and kills it when it takes longer than `limit`.
pub(crate) fn run_bounded(command: &mut Command, limit: Duration, remedy: &str) -> Result<()> {
    match command.spawn() {
        Ok(mut child) => {
            let ended = wait_bounded(&mut child, limit);
            judge(command, ended, remedy)
        }
        Err(fault) => Err(failed(command, Ended::NotStarted(fault), remedy)),
    }
}

/// Waits for a child and kills it when it takes longer than `limit`.
pub(crate) fn wait_bounded(child: &mut Child, limit: Duration) -> io::Result<Ended> {
    let watch = Stopwatch::start();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Ended::Status(status));
        }
        if watch.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            return Ok(Ended::TooSlow(limit));
        }
        thread::sleep(POLL);
    }
}

/// How a command ended.
#[derive(Debug)]
pub(crate) enum Ended {
    Status(ExitStatus),
    TooSlow(Duration),
    NotStarted(io::Error),
}

fn judge(command: &Command, ended: io::Result<Ended>, remedy: &str) -> Result<()> {
    match ended.unwrap_or_else(Ended::NotStarted) {
        Ended::Status(status) if status.success() => Ok(()),
        ended => Err(failed(command, ended, remedy)),
    }
}

fn failed(command: &Command, ended: Ended, remedy: &str) -> anyhow::Error {
    CommandFailed { shown: shown(command), ended, remedy: remedy.to_owned() }.into()
}

/// A command that did not do its work.
#[derive(Debug)]
struct CommandFailed {
    shown: String,
    ended: Ended,
    remedy: String,
}

impl Error for CommandFailed {}

impl Display for CommandFailed {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match &self.ended {
            Ended::Status(status) => write!(formatter, "command ended with {status}")?,
            Ended::TooSlow(limit) => {
                write!(formatter, "command was ended after {}", crate::steps::plain(*limit))?;
            }
            Ended::NotStarted(fault) => write!(formatter, "command could not be started: {fault}")?,
        }
        write!(formatter, "\n  command: {}\n  what to do: {}", self.shown, self.remedy)
    }
}

/// The command as it can be typed: its folder, the variables set for it, the program and its arguments.
pub(crate) fn shown(command: &Command) -> String {
    let mut words = Vec::new();
    if let Some(folder) = command.get_current_dir() {
        words.push(format!("cd {} &&", quoted(&folder.to_string_lossy())));
    }
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            words.push(format!("{}={}", name.to_string_lossy(), quoted(&value.to_string_lossy())));
        }
    }
    words.push(quoted(&command.get_program().to_string_lossy()));
    words.extend(command.get_args().map(|argument| quoted(&argument.to_string_lossy())));
    words.join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./=:,+@%".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else if word.contains(char::is_control) {
        // The separator of encoded flags, as bash takes it.
        format!("$'{}'", word.replace('\u{1f}', r"\x1f"))
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_command_says_what_to_type_and_what_to_do() {
        let fault = run(Command::new("false").args(["a b", "c"]), "do it by hand").unwrap_err().to_string();
        assert_eq!(
            fault,
            "command ended with exit status: 1\n  command: false 'a b' c\n  what to do: do it by hand"
        );
    }

    #[test]
    fn a_missing_program_is_told_apart_from_one_that_failed() {
        let fault = run(&mut Command::new("no-such-program-here"), "install it").unwrap_err().to_string();
        assert!(fault.starts_with("command could not be started"), "{fault}");
    }

    #[test]
    fn a_command_that_hangs_is_ended() {
        let limit = Duration::from_millis(50);
        let fault = run_bounded(Command::new("sleep").arg("600"), limit, "wait").unwrap_err().to_string();
        assert!(fault.starts_with("command was ended after"), "{fault}");
    }

    #[test]
    fn words_are_quoted_only_where_a_shell_needs_it() {
        let mut command = Command::new("cargo");
        command.current_dir("/a b").env("X", "1 2").arg("it's");
        assert_eq!(shown(&command), r"cd '/a b' && X='1 2' cargo 'it'\''s'");
    }
}
