//! The process, as the program sees it: arguments, streams, the terminal. The only file that touches it.

use std::ffi::OsString;
use std::io::{IsTerminal, Write};

/// Arguments and streams of a process.
pub struct Env {
    pub(crate) args: Vec<OsString>,
    stdout: Box<dyn Write + Send>,
    stderr: Box<dyn Write + Send>,
    stdout_is_terminal: bool,
    stderr_is_terminal: bool,
    color: bool,
}

impl std::fmt::Debug for Env {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Env").field("args", &self.args).finish_non_exhaustive()
    }
}

/// How text is marked on one stream: not at all where it is no terminal or `NO_COLOR` is set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    color: bool,
}

impl Style {
    pub(crate) fn red(self, text: &str) -> String {
        self.wrap("1;31", text)
    }

    pub(crate) fn cyan(self, text: &str) -> String {
        self.wrap("36", text)
    }

    pub(crate) fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }

    fn wrap(self, code: &str, text: &str) -> String {
        if self.color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

impl Env {
    /// The environment of this process.
    #[expect(clippy::disallowed_methods, reason = "this file is where the environment is read")]
    pub fn of_process() -> Env {
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Env {
            args: std::env::args_os().collect(),
            stdout_is_terminal: std::io::stdout().is_terminal(),
            stderr_is_terminal: std::io::stderr().is_terminal(),
            stdout: Box::new(std::io::stdout()),
            stderr: Box::new(std::io::stderr()),
            color: !no_color,
        }
    }

    /// Lets this process open as many files as the system allows it: each connection is one, and a
    /// shell's usual limit of 1,024 is below what a few hundred users need.
    #[cfg(unix)]
    pub(crate) fn raise_open_files(&self) {
        use rustix::process::{Resource, getrlimit, setrlimit};
        let mut limit = getrlimit(Resource::Nofile);
        limit.current = limit.maximum;
        if let Err(error) = setrlimit(Resource::Nofile, limit) {
            tracing::debug!(%error, "the limit of open files stays as it is");
        }
    }

    #[cfg(not(unix))]
    pub(crate) fn raise_open_files(&self) {}

    /// Writes a line of data to standard output. A reader that went away (`host report | head`) ends
    /// nothing here.
    pub(crate) fn print(&mut self, text: &str) {
        write_line(&mut self.stdout, text);
    }

    /// Writes a line of talk to standard error.
    pub(crate) fn say(&mut self, text: &str) {
        write_line(&mut self.stderr, text);
    }

    pub(crate) fn style_out(&self) -> Style {
        Style { color: self.color && self.stdout_is_terminal }
    }

    pub(crate) fn style_err(&self) -> Style {
        Style { color: self.color && self.stderr_is_terminal }
    }

    pub(crate) fn out_is_colored(&self) -> bool {
        self.color && self.stdout_is_terminal
    }

    pub(crate) fn err_is_terminal(&self) -> bool {
        self.stderr_is_terminal
    }

    /// The terminal's width in columns, where standard output is one.
    pub(crate) fn width(&self) -> Option<usize> {
        if !self.stdout_is_terminal {
            return None;
        }
        let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?;
        Some(usize::from(size.ws_col)).filter(|&columns| columns > 0)
    }

    pub(crate) fn print_clap(&mut self, error: &clap::Error) {
        let rendered = error.render();
        let (colored, stream) = match error.use_stderr() {
            true => (self.style_err().color, &mut self.stderr),
            false => (self.style_out().color, &mut self.stdout),
        };
        let text = if colored { rendered.ansi().to_string() } else { rendered.to_string() };
        write_line(stream, text.trim_end());
    }

    /// Logs of the program itself go to standard error: warnings, or more with `-v`, or what
    /// `OUTRIDER_LOG` says.
    pub(crate) fn start_logging(&self, verbose: u8) {
        let default = match verbose {
            0 => "warn",
            1 => "info,outrider=debug",
            _ => "debug",
        };
        let filter = tracing_subscriber::EnvFilter::try_from_env("OUTRIDER_LOG")
            .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(default));
        let started = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .with_ansi(self.style_err().color)
            .without_time()
            .try_init();
        if started.is_err() {
            tracing::debug!("logging was started before");
        }
    }
}

fn write_line(stream: &mut dyn Write, text: &str) {
    // Nobody is left to be told that the stream is closed.
    drop(writeln!(stream, "{text}").and_then(|()| stream.flush()));
}
