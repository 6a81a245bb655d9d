//! The process, as the program sees it: arguments, streams, the terminal. The only file that touches it.

use std::ffi::OsString;
use std::io::{self, ErrorKind, IsTerminal, Read, Write};
use std::sync::{Mutex, PoisonError};

use outrider_capability::{Redactor, SecretText};
use outrider_session::{Exit, Fault};

use crate::failure::Failure;
use crate::terminal::Talk;

/// Arguments and streams of a process.
pub struct Env {
    pub(crate) args: Vec<OsString>,
    stdout: Output,
    stderr: Talk,
    stdout_is_terminal: bool,
    stderr_is_terminal: bool,
    color: bool,
    /// Known as soon as secrets are. Nothing is written without it, on standard error neither.
    redactor: Mutex<Redactor>,
}

impl std::fmt::Debug for Env {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Env").field("args", &self.args).finish_non_exhaustive()
    }
}

/// Standard output.
pub(crate) struct Output {
    stream: Box<dyn Write + Send>,
    /// Why it is not what it should be, if so.
    lost: Option<io::Error>,
    redactor: Redactor,
}

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Output").field("lost", &self.lost).finish_non_exhaustive()
    }
}

/// Bytes as they are, for rows of a run: secrets were taken out of them when they were recorded.
impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

impl Output {
    fn to(stream: impl Write + Send + 'static) -> Output {
        Output { stream: Box::new(stream), lost: None, redactor: Redactor::default() }
    }

    /// Writes a line of data, without secrets. A reader that went away (`host report | head`) has what it wanted; what
    /// is lost otherwise, [`Env::conclude`] says.
    pub(crate) fn line(&mut self, text: &str) {
        let text = self.redactor.redact(text);
        match writeln!(self.stream, "{text}").and_then(|()| self.stream.flush()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                self.lost.get_or_insert(error);
            }
            _ => {}
        }
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
            stdout: Output::to(std::io::stdout()),
            stderr: Talk::to(std::io::stderr()),
            color: !no_color,
            redactor: Mutex::default(),
        }
    }

    /// A variable of the environment that holds a secret; `None` if there is none, or if it is no text.
    #[expect(clippy::disallowed_methods, reason = "this file is where the environment is read")]
    pub(crate) fn secret(&self, variable: &str) -> Option<SecretText> {
        std::env::var(variable).ok().map(SecretText::new)
    }

    /// Keeps the credentials of buckets out of everything that is written: they come from no plan, so that nobody else does.
    /// What is shorter than AWS's own (a test's) may be a word.
    pub(crate) fn keep_credentials(&self) {
        const SHORTEST: usize = 20;
        let names = ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
        let known: Vec<_> = names.iter().filter_map(|name| Some((*name, self.secret(name)?))).collect();
        let known = known.iter().map(|(name, value)| (*name, value.reveal()));
        self.keep_secret(&Redactor::new(known.filter(|(_, value)| value.len() >= SHORTEST)));
    }

    /// A variable of the environment that others define, as OpenTelemetry does; `None` if there is none, or if it is no text.
    #[expect(clippy::disallowed_methods, reason = "this file is where the environment is read")]
    #[expect(clippy::unused_self, reason = "what of the process is used is asked of its environment")]
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    /// Standard output for data that is written while a command is under way, beside which nothing else is written there.
    #[expect(clippy::unused_self, reason = "what of the process is used is asked of its environment")]
    pub(crate) fn stream(&self) -> impl Write + Send + use<> {
        io::stdout()
    }

    /// Standard input, to its end.
    #[expect(clippy::unused_self, reason = "what of the process is used is asked of its environment")]
    pub(crate) fn input(&self) -> Box<dyn Read> {
        Box::new(io::stdin().lock())
    }

    /// Takes secrets out of everything that is written from now on, logs of the program included (INV-11).
    pub(crate) fn keep_secret(&self, redactor: &Redactor) {
        // With --watch a process is told several times.
        let mut known = self.redactor.lock().unwrap_or_else(PoisonError::into_inner);
        *known = known.and(redactor);
        self.stderr.keep_secret(&known);
    }

    fn known_secrets(&self) -> Redactor {
        self.redactor.lock().unwrap_or_else(PoisonError::into_inner).clone()
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

    /// Writes a line of data to standard output, see [`Output::line`].
    pub(crate) fn print(&mut self, text: &str) {
        self.stdout.redactor = self.known_secrets();
        self.stdout.line(text);
    }

    /// Standard output, for who writes there piece by piece.
    pub(crate) fn output(&mut self) -> &mut Output {
        &mut self.stdout
    }

    /// Standard output, for who writes there while a command is under way. Until it is given back nothing else is
    /// written to it.
    pub(crate) fn lend_output(&mut self) -> Output {
        let redactor = self.known_secrets();
        Output { redactor, ..std::mem::replace(&mut self.stdout, Output::to(io::sink())) }
    }

    /// Standard output is here again.
    pub(crate) fn give_back_output(&mut self, output: Output) {
        self.stdout = output;
    }

    /// Writes a line of talk to standard error.
    pub(crate) fn say(&self, text: &str) {
        self.stderr.say(text);
    }

    /// Standard error, for who speaks while a command is under way.
    pub(crate) fn talk(&self) -> Talk {
        self.stderr.clone()
    }

    /// The exit of a command that is done. With its output lost, all cannot be well.
    pub(crate) fn conclude(&mut self, exit: Exit) -> Exit {
        let Some(error) = self.stdout.lost.take() else { return exit };
        let fault = Fault::new("cannot write to standard output").cause(error.to_string());
        Failure::new(Exit::Unexpected, fault).print(self);
        if exit == Exit::Ok { Exit::Unexpected } else { exit }
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

    pub(crate) fn out_is_terminal(&self) -> bool {
        self.stdout_is_terminal
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
        let to_stderr = error.use_stderr();
        let style = if to_stderr { self.style_err() } else { self.style_out() };
        let text = if style.color { rendered.ansi().to_string() } else { rendered.to_string() };
        match to_stderr {
            true => self.say(text.trim_end()),
            false => self.print(text.trim_end()),
        }
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
        let talk = self.talk();
        let started = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(move || talk.clone())
            .with_ansi(self.style_err().color)
            .without_time()
            .try_init();
        if started.is_err() {
            tracing::debug!("logging was started before");
        }
    }
}
