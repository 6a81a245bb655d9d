//! Compilers of other languages, as processes.

use std::io;
use std::process::{Command, Output};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// Runs a command to its end and collects what it says; `slow` is called once if it takes longer than `patience`.
pub(crate) fn output_telling(
    mut command: Command,
    patience: Duration,
    slow: impl FnOnce(),
) -> io::Result<Output> {
    let (done, ended) = mpsc::channel();
    let waiting = thread::Builder::new().name("outrider-compiler".to_owned()).spawn(move || {
        // Nobody listens only if the caller is gone.
        let _unheard = done.send(command.output());
    })?;
    let output = match ended.recv_timeout(patience) {
        Err(RecvTimeoutError::Timeout) => {
            slow();
            ended.recv()
        }
        Ok(output) => Ok(output),
        Err(RecvTimeoutError::Disconnected) => Err(mpsc::RecvError),
    };
    if let Err(panic) = waiting.join() {
        std::panic::resume_unwind(panic);
    }
    output.unwrap_or_else(|_| Err(io::Error::other("the compiler's thread ended without an outcome")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(line: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", line]);
        command
    }

    #[test]
    fn what_is_slow_is_told_once_and_what_is_quick_is_not() {
        let mut told = 0;
        let output = output_telling(shell("echo out; echo err >&2"), Duration::from_secs(60), || told += 1);
        let output = output.unwrap();
        assert_eq!((output.stdout.as_slice(), output.stderr.as_slice()), (&b"out\n"[..], &b"err\n"[..]));
        assert_eq!(told, 0);
        output_telling(shell("sleep 0.1"), Duration::ZERO, || told += 1).unwrap();
        assert_eq!(told, 1);
    }

    #[test]
    fn a_program_that_is_not_there_is_an_error() {
        let error = output_telling(Command::new("no-such-compiler"), Duration::ZERO, || {}).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
